"""The specimen as the registry offers it, and the target file that a laboratory would write for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations, Fault
from conformance.specimen.ipv6_api.clients import BURST, PREFIX
from conformance.specimen.ipv6_api.faults import FAULTS, HOLLOW
from conformance.specimen.ipv6_api.service import DUAL, RECEIVER, Service
from conformance.specimen.ipv6_api.sockets import Sockets, open_sockets
from conformance.specimen.registry import Made
from conformance.specimen.server import Server

NAME = "ipv6-api"
_CAPABILITIES = (
    "entries", "removal", "unique", "search", "export", "zones", "rules", "ipv4_rules", "rule_output", "endpoints", "webhooks",
    "dialling", "canary", "trusts_proxy", "gateway", "log", "rate_limit", "sessions", "reverse_dns", "links", "redirects",
    "dual_stack_socket",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ipv6ApiSpecimen:
    """The address book."""

    name: str = NAME
    title: str = "地址簿（对 IPv6 的处理）"

    @property
    def faults(self) -> tuple[Fault, ...]:
        return FAULTS

    def make(self, active: tuple[str, ...]) -> Made:
        faults = Deviations(active, (fault.name for fault in FAULTS))
        whole = [name for name in faults if name in HOLLOW]
        app = _hollow(HOLLOW[whole[0]]) if whole else Service(faults).app()
        running: list[_Running] = []

        def serve(port: int) -> _Running:
            running.append(_Running(app, open_sockets(faults), port))
            return running[-1]

        return Made(None, lambda base_url: target(base_url, running[-1].sockets, faults), serve)


class _Running:
    """The application on its own port of 127.0.0.1 and on the other sockets."""

    def __init__(self, app: Starlette, sockets: Sockets, port: int) -> None:
        self.sockets = sockets
        try:
            self._server = Server(app, port, beside=sockets.served).start()
        except BaseException:
            sockets.close()
            raise

    @property
    def base_url(self) -> str:
        return self._server.base_url

    def stop(self) -> None:
        self._server.stop()
        self.sockets.close()

    def join(self) -> None:
        self._server.join()


SPECIMENS = (Ipv6ApiSpecimen(),)


def target(base_url: str, sockets: Sockets, faults: Deviations) -> dict[str, Any]:
    """A complete target mapping for the specimen that answers on `base_url` and on these sockets."""
    four, six = f"http://127.0.0.1:{sockets.port}", f"http://[::1]:{sockets.port}"
    return {
        "target": f"specimen:{'+'.join((NAME, *faults))}",
        "system": {"name": "地址簿样机（仅供测试）", "version": "1.0", "build": "1", "vendor": "conformance 样机"},
        "parameters": {
            "base_url": base_url,
            "ipv4_url": f"{four}/whoami",
            "ipv6_url": f"{six}/whoami",
            "ipv6_authority": f"[::1]:{sockets.port}",
            "dual_stack_url": f"http://127.0.0.1:{sockets.dual}/whoami",
            "gateway_url": f"{six}/gateway/echo",
            "canary_url": f"{four}/canary/hook",
            "canary_read_url": f"{base_url}/canary",
            "receiver_url": f"http://{RECEIVER}:{base_url.rpartition(':')[2]}/canary/hook",
            "slow_receiver_url": f"http://{DUAL}:{sockets.hole}/canary/hook",
            "zone": "lo",
            "rate_burst": BURST,
            "rate_prefix": PREFIX,
            "examples": 10,
        },
        "declares": dict.fromkeys(_CAPABILITIES, True) | {"zone_in_address": False},
        "limits": {
            "concurrency": 2,
            "timeout": "10s",
        },  # one process holds both ends: more threads only wait for each other
        "hosts": ["127.0.0.1", "::1"],
        "writes": "allow",
    }


def _hollow(status: int) -> Starlette:
    """A system that looks alive and is not: one answer for every request."""

    async def everything(_request: Request) -> Response:
        return JSONResponse({}) if status == 200 else PlainTextResponse(str(status), status)

    return Starlette(routes=[Route("/{path:path}", everything, methods=["GET", "POST", "PUT", "DELETE"])])

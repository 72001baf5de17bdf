"""The two specimens of the backend, as the registry offers them, and the target files that describe them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations, Fault
from conformance.specimen.govapp_backend import people, shape_gateway, shape_rest
from conformance.specimen.govapp_backend.faults import FAULTS, HOLLOW
from conformance.specimen.govapp_backend.service import SERVICE, Service
from conformance.specimen.govapp_backend.sockets import Beside
from conformance.specimen.registry import Made
from conformance.specimen.server import Server

REST, GATEWAY = "govapp-backend", "govapp-backend-gateway"


@dataclass(frozen=True, slots=True)
class BackendSpecimen:
    """The backend in one shape."""

    name: str
    title: str
    create: Callable[[Service], Starlette]

    @property
    def faults(self) -> tuple[Fault, ...]:
        return FAULTS

    def make(self, active: tuple[str, ...], apk: bytes | None = None) -> Made:
        """`apk`: the package that the backend offers, when there is one to be tested with it."""
        faults = Deviations(active, (fault.name for fault in FAULTS))
        service = Service(faults, apk)
        whole = [name for name in faults if name in HOLLOW]
        app = _hollow(HOLLOW[whole[0]]) if whole else self.create(service)
        running: list[_Running] = []

        def serve(port: int) -> _Running:
            running.append(_Running(app, faults, service, port))
            return running[-1]

        return Made(None, lambda base_url: target(self.name, base_url, service, running[-1].beside, faults), serve)


class _Running:
    """The interface on its own port, and what stands beside it."""

    def __init__(self, app: Starlette, faults: Deviations, service: Service, port: int) -> None:
        self.beside = Beside(app, faults)
        try:
            extract = self.beside.folder / "extract.csv"
            extract.write_text(service.store.extract(), "utf-8")
            self.beside.parameters["database_extract"] = str(extract)
            self._server = Server(app, port).start()
        except BaseException:
            self.beside.stop()
            raise

    @property
    def base_url(self) -> str:
        return self._server.base_url

    def stop(self) -> None:
        self._server.stop()
        self.beside.stop()

    def join(self) -> None:
        self._server.join()


SPECIMENS = (
    BackendSpecimen(REST, "政务App 后台（资源形态的接口）", shape_rest.create),
    BackendSpecimen(GATEWAY, "政务App 后台（统一网关形态的接口）", shape_gateway.create),
)

_OFFERED = (
    "real_name", "registration", "sensitive_operations", "content", "download", "booking", "collecting", "personalised",
    "several_functions", "forms", "extract",
)  # fmt: skip


def target(name: str, base_url: str, service: Service, beside: Beside, faults: Deviations) -> dict[str, Any]:
    """A complete target mapping for the specimen `name` that answers on `base_url`."""
    made: dict[str, Any] = {
        "target": f"specimen:{'+'.join((name, *faults))}",
        "system": {
            "name": "政务App 后台样机（仅供测试）",
            "version": "1.0",
            "build": "1",
            "vendor": "conformance 样机",
        },
        "parameters": {
            "base_url": base_url,
            "service": SERVICE,
            "form_values": ["reason=换发", "address=测试路 1 号", "ethnic=汉族", "marital=未婚"],
            "needless_fields": ["ethnic=汉族", "marital=未婚"],
            "necessary_fields": ["reason", "address"],
            "filed_stores": ["127.0.0.1"],
            "package_sha256": hashlib.sha256(service.apk).hexdigest(),
            "code": people.CODE,
            "new_name": people.NEW.name,
            "new_id_number": people.NEW.id_number,
            "new_phone": people.NEW.phone,
            "other_phone": people.SPARE_PHONE,
            "own_id_number": people.DEFAULT.id_number,
            "own_phone": people.DEFAULT.phone,
            "other_application": service.other_application,
            "policy_version": people.POLICY,
            "function": people.FUNCTIONS[0],
            "other_function": people.FUNCTIONS[1],
            "extract_marker": people.DEFAULT.account,
            **beside.parameters,
        },
        "secrets": {"expired_token": f"plain:{service.expired}"},
        "identities": {
            role: {"account": one.account, "password": f"plain:{one.password}"}
            for role, one in (
                ("default", people.DEFAULT),
                ("other", people.OTHER),
                ("unconsented", people.UNCONSENTED),
                ("consented_before", people.EARLY),
                ("partly", people.PARTLY),
            )
        },
        "declares": dict.fromkeys(_OFFERED, True),
        "limits": {"concurrency": 4, "timeout": "10s"},
        "hosts": ["127.0.0.1", "localhost"],
        "routes": dict(beside.routes),
        "writes": "allow",
    }
    if name == GATEWAY:
        made |= {"bindings": shape_gateway.bindings(), "envelope": shape_gateway.ENVELOPE, "auth": shape_gateway.AUTH}
    return made


def _hollow(status: int) -> Starlette:
    """A system that looks alive and is not: one answer for every request."""

    async def everything(_request: Request) -> Response:
        return JSONResponse({}) if status == 200 else PlainTextResponse(str(status), status)

    return Starlette(routes=[Route("/{path:path}", everything, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])

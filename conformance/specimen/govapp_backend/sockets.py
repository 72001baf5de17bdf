"""What stands beside the interface: its TLS port, its plain port, and a name server that knows its hosts."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import ssl
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations
from conformance.specimen.server import Server

HOSTS = ("fuwu.example.gov.cn", "api.fuwu.example.gov.cn")
RESOLVER, ADDRESS, CLOSED = "2001:db8:53::99", "2001:db8:80::13", "2001:db8:80::14"  # RFC 3849: nobody's


class Beside:
    """Real sockets on loopback. What needs a library that is not installed (`ipv6`) is left out, and its parameters too."""

    def __init__(self, app: Starlette, faults: Deviations) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="conformance-govapp-"))
        self._stops: list[Callable[[], None]] = [lambda: shutil.rmtree(self.folder, ignore_errors=True)]
        self.parameters: dict[str, Any] = {}
        self.routes: dict[str, str] = {}
        try:
            self._open_plain(app, faults)
            with contextlib.suppress(ImportError):
                self._open_tls(app, faults)
            with contextlib.suppress(ImportError):
                self._open_names(faults)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for stop in reversed(self._stops):
            stop()

    def _open_plain(self, app: Starlette, faults: Deviations) -> None:
        async def moved(request: Request) -> Response:
            return RedirectResponse(f"https://{HOSTS[0]}{request.url.path}", 301)

        to_https = Starlette(routes=[Route("/{path:path}", moved, methods=["GET", "POST"])])
        server = Server(app if "plain-port-serves" in faults else to_https).start()
        self._stops.append(server.stop)
        self.parameters["plain_url"] = server.base_url

    def _open_tls(self, app: Starlette, faults: Deviations) -> None:
        import cryptography  # noqa: F401 - the certificate is made with it

        from conformance.specimen.ipv6_site import certificates

        pair = certificates.make(self.folder, list(HOSTS), {""}).pairs[""]
        server = Server(app, tls=pair)
        if "old-tls-is-accepted" in faults:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # this is the fault
                server.tls.set_ciphers("ALL:@SECLEVEL=0")
                server.tls.minimum_version = ssl.TLSVersion.TLSv1_1
        else:
            server.tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._stops.append(server.start().stop)
        place = server.base_url.removeprefix("https://")
        self.parameters["tls_endpoint"] = place
        self.routes[place] = place  # where there is a table at all, it names everything

    def _open_names(self, faults: Deviations) -> None:
        import dns  # noqa: F401 - the server speaks with dnspython

        from conformance.specimen.ipv6_site.names import NameServer
        from conformance.specimen.ipv6_site.nameserver import Answering, Behaviour, bound, listening

        first = CLOSED if "aaaa-of-a-closed-port" in faults else ADDRESS
        soa = {"SOA": [f"{HOSTS[0]}. admin.{HOSTS[0]}. 1 3600 600 86400 300"]}
        zone: dict[str, dict[str, list[str]]] = {"example.gov.cn.": soa}
        for host, address in zip(HOSTS, (first, ADDRESS), strict=True):
            zone[f"{host}."] = {"A": ["192.0.2.83"], "AAAA": [address]}
        if "backend-host-without-aaaa" in faults:
            del zone[f"{HOSTS[1]}."]["AAAA"]
        server = NameServer("resolver.", RESOLVER, "192.0.2.29", {"example.gov.cn.": zone}, recursive=True)
        names = listening(Answering(server, lambda _: Behaviour()), 6)
        opened, shut = bound(6, socket.SOCK_STREAM), bound(6, socket.SOCK_STREAM)
        opened.listen(8)
        self._stops += [opened.close, shut.close, _served(names)]
        for address, port, to in (
            (RESOLVER, 53, names.port), (ADDRESS, 443, opened.getsockname()[1]), (CLOSED, 443, shut.getsockname()[1]),
        ):  # fmt: skip
            self.routes[f"[{address}]:{port}"] = f"[::1]:{to}"
        self.parameters |= {
            "backend_resolver": RESOLVER,
            "app_backend_hosts": list(HOSTS),
            "lab_prefixes": ["2001:db8::/32"],
            "dns_timeout": 1,
        }


def _served(names: Any) -> Callable[[], None]:
    """The name server in a thread of its own; what ends it."""
    loop = asyncio.new_event_loop()
    closing: list[Callable[[], None]] = []

    def run() -> None:
        loop.run_until_complete(names.serve(closing))
        loop.run_forever()
        for close in closing:
            close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, name="specimen-names", daemon=True)
    thread.start()

    def stop() -> None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        names.udp.close()
        if names.tcp is not None:
            names.tcp.close()

    return stop

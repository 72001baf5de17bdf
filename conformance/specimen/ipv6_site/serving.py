"""All sockets of the specimen in one thread: name servers and web listeners, each on one loopback address of one family."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import uvicorn

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_site import certificates, names
from conformance.specimen.ipv6_site.misbehaving import behaviour
from conformance.specimen.ipv6_site.nameserver import Answering, Listening, bound, listening
from conformance.specimen.ipv6_site.nginx import Nginx, configuration, write_pages
from conformance.specimen.ipv6_site.pages import Site
from conformance.specimen.ipv6_site.slow_accept import SlowAccept
from conformance.specimen.ipv6_site.text import Shape
from conformance.specimen.looping import Looping
from conformance.specimen.server import quiet

_STOP = 5.0
_BACKLOG = 512
ADMIN = 8443  # a port that the firewall is to close over both families


class Serving:
    """The specimen while it runs. `routes` is the laboratory's table: address of the tree → place on loopback.

    nginx: its pages come from an nginx, and not from the application in this process.
    """

    def __init__(self, faults: Deviations, shape: Shape, port: int = 0, *, nginx: bool = False) -> None:
        self.faults = faults
        self.folder = Path(tempfile.mkdtemp(prefix="conformance-specimen-"))
        self.routes: dict[str, str] = {}
        self._sockets: list[socket.socket] = []
        self._names: list[Listening] = []
        self._web: list[tuple[uvicorn.Server, list[socket.socket]]] = []
        self._slow: SlowAccept | None = None
        self._nginx: Nginx | None = None
        self._looping = Looping("specimen", self._serve)
        try:
            self._open_names()
            if nginx:
                self._open_nginx(shape, port)
            else:
                self._open_web(Site(faults, shape), port)
        except BaseException:
            self._tidy()
            raise

    # What listens ----------------------------------------------------------------------------------------

    def _open_names(self) -> None:
        for server in names.tree(self.faults):
            answering = Answering(server, behaviour(self.faults))
            for family, address in ((6, server.v6), (4, server.v4)):
                filtered = family == 6 and server.name == names.NS2 and "tcp-53-is-filtered-over-ipv6" in self.faults
                socket_pair = listening(answering, family, tcp=not filtered)
                self._names.append(socket_pair)
                self._route(address, 53, socket_pair.port)
        if "second-name-server-is-dead-over-ipv6" in self.faults:
            self._route(names.SERVERS[names.NS2][0], 53, self._closed(6))

    def _open_web(self, site: Site, port: int) -> None:
        app = site.app()
        kinds: dict[str, tuple[int, ...]] = {"": (4, 6)}
        other = next(
            (k for k in ("self-signed", "expired", "other-name") if f"ipv6-certificate-is-{k}" in self.faults), ""
        )
        if other:
            kinds = {"": (4,), other: (6,)}
        files = certificates.make(self.folder, [h.rstrip(".") for h in names.HOSTS], set(kinds))
        self.ca = files.ca
        plain = {family: self._listen(family, port if family == 4 else 0) for family in (4, 6)}
        secured = {family: self._listen(family) for family in (4, 6)}
        self._web.append((quiet(app), list(plain.values())))
        for kind, families in kinds.items():
            self._web.append((quiet(app, files.pairs[kind]), [secured[f] for f in families]))
        self._base = plain[4].getsockname()[1]
        places = {(f, 80): plain[f].getsockname()[1] for f in (4, 6)}
        places |= {(f, 443): secured[f].getsockname()[1] for f in (4, 6)}
        places |= {(f, port): self._closed(f) for f in (4, 6) for port in (22, ADMIN)}
        if "ipv6-connections-are-late" in self.faults:
            self._slow = SlowAccept(places[6, 80])
            places[6, 80] = self._slow.port
        if "ipv6-lacks-port-443" in self.faults:
            places[6, 443] = self._closed(6)
        if "admin-port-is-open-over-ipv6-only" in self.faults:
            places[6, ADMIN] = places[6, 443]
        self._places(places)

    def _open_nginx(self, shape: Shape, port: int) -> None:
        other = {"other-name"} if "nginx-default-certificate-over-ipv6" in self.faults else set()
        files = certificates.make(self.folder, [h.rstrip(".") for h in names.HOSTS], {"", *other})
        self.ca = files.ca
        lacking = {
            (6, number)
            for number in (80, 443)
            if "nginx-listens-on-ipv4-only" in self.faults
            or (number == 443 and "nginx-has-tls-on-ipv4-only" in self.faults)
        }
        open_ = [(family, number) for number in (80, 443) for family in (4, 6) if (family, number) not in lacking]
        handed = {place: self._listen(place[0], port if place == (4, 80) else 0) for place in open_}
        places = {place: int(one.getsockname()[1]) for place, one in handed.items()}
        conf = configuration(self.folder, self.faults, places, files.pairs, self._closed(6))
        write_pages(self.folder, shape)
        self._nginx = Nginx(self.folder, conf, list(handed.values()))
        for one in handed.values():  # nginx has them now; what it let go of answers nobody
            self._sockets.remove(one)
            one.close()
        self._base = places[4, 80]
        shut = {(f, number): self._closed(f) for f in (4, 6) for number in (80, 443, 22, ADMIN)}
        self._places(shut | places)

    def _places(self, places: dict[tuple[int, int], int]) -> None:
        """Where each address of the tree has each port: (family, port) → port on loopback."""
        for v6, v4 in names.HOSTS.values():
            for family, addresses in ((6, v6), (4, v4)):
                for address in addresses:
                    for number in (80, 443, 22, ADMIN):
                        self._route(address, number, places[family, number])
        for number in (80, 443, 22, ADMIN):
            self._route(names.DEAD, number, self._closed(6))

    def _listen(self, family: int, port: int = 0) -> socket.socket:
        out = bound(family, socket.SOCK_STREAM, port)
        self._sockets.append(out)
        out.listen(_BACKLOG)
        return out

    def _closed(self, family: int) -> int:
        """A port that refuses over TCP and swallows over UDP: bound, so that nobody else gets it, and never served."""
        stream = bound(family, socket.SOCK_STREAM)
        self._sockets.append(stream)
        port = int(stream.getsockname()[1])
        with contextlib.suppress(OSError):  # taken by somebody else: then it is not ours to swallow with
            self._sockets.append(bound(family, socket.SOCK_DGRAM, port))
        return port

    def _route(self, address: str, port: int, to: int) -> None:
        six = ":" in address
        self.routes[f"[{address}]:{port}" if six else f"{address}:{port}"] = f"[::1]:{to}" if six else f"127.0.0.1:{to}"

    # Running ---------------------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._base}"

    def start(self) -> Serving:
        self._looping.start()
        return self

    async def _serve(self, ready: Callable[[], None], ended: asyncio.Event) -> None:
        closing: list[Callable[[], None]] = []
        for server in self._names:
            await server.serve(closing)
        asyncio.get_running_loop().call_soon(ready)
        try:
            await asyncio.gather(*(server.serve(sockets) for server, sockets in self._web))
            if self._nginx is not None:
                await ended.wait()
        finally:
            for close in closing:
                close()

    def stop(self) -> None:
        for server, _ in self._web:
            server.should_exit = True
        if not self._looping.end(_STOP):
            for server, _ in self._web:
                server.force_exit = True
            self._looping.end(_STOP)
        self._tidy()

    def _tidy(self) -> None:
        if self._slow is not None:
            self._slow.stop()
        if self._nginx is not None:
            self._nginx.stop()
        for one in self._sockets:
            one.close()
        for pair in self._names:
            pair.udp.close()
            if pair.tcp is not None:
                pair.tcp.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def join(self) -> None:
        self._looping.join()

"""The names of the site: the name servers of the IPv6 specimen, which hold www.example.gov.cn with A and AAAA as well."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from typing import Any

from conformance.errors import MissingExtra
from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_site import names as tree
from conformance.specimen.ipv6_site.faults import FAULTS
from conformance.specimen.looping import Looping

_STOP = 10.0
_FAULTS = ("no-aaaa", "aaaa-of-a-dead-address")  # as the IPv6 specimen knows them
(V6, V6_OTHER), DEAD = tree.HOSTS[tree.WWW][0], tree.DEAD


class NameServers:
    """Root, cn, gov.cn and example.gov.cn on loopback, with a resolver. `routes`: address of the tree → place."""

    def __init__(self, faults: Deviations) -> None:
        try:
            from conformance.specimen.ipv6_site.nameserver import Answering, Behaviour, listening
        except ImportError:
            raise MissingExtra("dnspython", "ipv6") from None
        known = [fault.name for fault in FAULTS]
        deviations = Deviations((f for f in _FAULTS if f in faults), known)
        self.routes: dict[str, str] = {}
        self._listening: list[Any] = []
        for server in tree.tree(deviations):
            answering = Answering(server, lambda _question: Behaviour())
            for family, address in ((6, server.v6), (4, server.v4)):
                pair = listening(answering, family)
                self._listening.append(pair)
                self.route(address, 53, pair.port)
        self._looping = Looping("specimen-names", self._serve)

    def route(self, address: str, port: int, to: int) -> None:
        six = ":" in address
        self.routes[f"[{address}]:{port}" if six else f"{address}:{port}"] = f"[::1]:{to}" if six else f"127.0.0.1:{to}"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What a target says about names in a closed laboratory."""
        return {
            "roots": list(tree.SERVERS[tree.ROOT_SERVER]),
            "resolver": tree.SERVERS[tree.RESOLVER][0],
            "lab_prefixes": ["2001:db8::/32", "192.0.2.0/24"],
            "dns_timeout": 0.5,
            "visit_interval": 0,
        }

    def start(self) -> NameServers:
        self._looping.start()
        return self

    async def _serve(self, ready: Callable[[], None], ended: asyncio.Event) -> None:
        closing: list[Callable[[], None]] = []
        for pair in self._listening:
            await pair.serve(closing)
        ready()
        try:
            await ended.wait()
        finally:
            for close in closing:
                close()

    def stop(self) -> None:
        self._looping.end(_STOP)
        for pair in self._listening:
            pair.udp.close()
            if pair.tcp is not None:
                pair.tcp.close()


def listening() -> socket.socket:
    """A listening socket on the IPv6 loopback address."""
    out = closed()
    out.listen(128)
    return out


def closed(family: int = 6) -> socket.socket:
    """A socket on loopback whose port refuses: bound, so that nobody else gets it, and never served."""
    out = socket.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if family == 6:
            out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        out.bind(("::1" if family == 6 else "127.0.0.1", 0))
    except OSError:
        out.close()
        raise
    return out

"""The loopback sockets of this specimen: one port on both families, one dual-stack socket, and a black hole."""

from __future__ import annotations

import contextlib
import errno
import socket
from dataclasses import dataclass, field

from conformance.errors import UsageError, system_reason
from conformance.specimen.fault import Deviations

FOUR, SIX, MAPPED = "127.0.0.1", "::1", "::ffff:127.0.0.1"
_TRIES = 20


@dataclass(slots=True)
class Sockets:
    """`served` are answered by the application.

    port  the port of the pair 127.0.0.1 and ::1
    dual  the port of the dual-stack socket, which only IPv4 reaches: it is bound to ::ffff:127.0.0.1
    hole  a port that answers on 127.0.0.1, while a connection to it on ::1 is neither accepted nor refused
    """

    port: int
    dual: int
    hole: int
    served: tuple[socket.socket, ...]
    _held: list[socket.socket] = field(default_factory=list)

    def close(self) -> None:
        for held in (*self.served, *self._held):
            held.close()


def open_sockets(faults: Deviations) -> Sockets:
    """Bind them all. UsageError U305 where this machine has no IPv6 loopback."""
    four, six = _pair()
    hole_four, hole_six = _pair()
    dual = _bound(socket.AF_INET6, MAPPED, 0, only_six=False)
    for listening in (four, six, hole_four, dual):
        listening.listen(128)
    served, held = [four, six, hole_four, dual], _fill(hole_six)
    ports = four.getsockname()[1], dual.getsockname()[1], hole_four.getsockname()[1]
    for name, closed in (("no-ipv6-listener", six), ("no-ipv4-listener", four)):
        if name in faults:
            served.remove(closed)
            closed.close()
    return Sockets(*ports, tuple(served), held)


def _bound(family: int, address: str, port: int, *, only_six: bool = True) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only_six))
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made


def _pair() -> tuple[socket.socket, socket.socket]:
    """The same free port on both loopback addresses."""
    try:
        _bound(socket.AF_INET6, SIX, 0).close()
    except OSError as error:
        raise UsageError(
            "U305",
            f"本机没有可用的 IPv6 回环地址 ::1（{system_reason(error)}），这个样机不能起动",
            expected="::1 可以绑定",
            hint="sysctl net.ipv6.conf.lo.disable_ipv6=0，容器则要开启 IPv6",
        ) from None
    for _ in range(_TRIES):
        four = _bound(socket.AF_INET, FOUR, 0)
        with contextlib.suppress(OSError):
            return four, _bound(socket.AF_INET6, SIX, four.getsockname()[1])
        four.close()
    raise OSError(errno.EADDRINUSE, "no port is free on both 127.0.0.1 and ::1")


def _fill(listening: socket.socket) -> list[socket.socket]:
    """A queue of one that is full: the kernel drops every further SYN, as a dead path does."""
    listening.listen(0)
    held = [listening]
    for _ in range(4):
        client = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        client.setblocking(False)
        client.connect_ex(listening.getsockname())
        held.append(client)
    return held

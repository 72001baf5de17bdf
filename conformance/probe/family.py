"""Sockets that speak to one address of one family and to nothing else.

The address is classified before a socket is made: an IPv4-mapped address would make an IPv6 socket speak IPv4
(RFC 4291 section 2.5.5.2). Every IPv6 socket is V6ONLY (RFC 3493 section 5.3), and the address of the other end is
read back from the socket. In a laboratory with `routes`, only what the table names is reached.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from conformance.errors import system_reason
from conformance.model.exchange import Fault, Response
from conformance.target.access import Address, endpoint, written

_UNREACHABLE = frozenset(
    (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
)


class Refusal(Exception):  # noqa: N818 - a result, not an error of ours
    """Nothing came of it; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(slots=True)
class Outcome:
    """What came of one exchange: the response, or why there is none; `times` in seconds by phase."""

    response: Response | None = None
    fault: Fault | None = None
    peer: str = ""
    tls: dict[str, str] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a socket goes. `name` is the endpoint that was really contacted."""

    address: Address
    port: int

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if self.address.version == 6 else socket.AF_INET

    @property
    def sockaddr(self) -> tuple[str, int]:
        return str(self.address), self.port

    @property
    def name(self) -> str:
        return written(self.address, self.port)


def locate(text: str, routes: Mapping[str, str]) -> Place:
    """The endpoint of `[2001:db8::1]:53`, as the laboratory's table has it. Refusal for what must not be contacted."""
    host, _, port = text.rpartition(":")
    try:
        bare = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        raise Refusal(Fault("request", f"不是地址: {text[:80]}")) from None
    if isinstance(bare, ipaddress.IPv6Address) and bare.ipv4_mapped is not None:
        raise Refusal(Fault("mapped", f"{bare} 是 IPv4 映射地址，连接它用的是 IPv4，未连接"))
    if bare.is_multicast or bare.is_unspecified:
        raise Refusal(Fault("request", f"{bare} 不是单播地址，未连接"))
    try:
        address, number = endpoint(f"[{bare}]:{port}" if bare.version == 6 else f"{bare}:{port}")
    except ValueError as error:
        raise Refusal(Fault("request", f"不是地址和端口: {text[:80]}（{error}）")) from None
    if routes:
        to = routes.get(written(address, number))
        if to is None:
            raise Refusal(Fault("not-routed", f"{written(address, number)} 不在实验室地址表 routes 中，未连接"))
        address, number = endpoint(to)
    return Place(address, number)


def make(place: Place, kind: socket.SocketKind) -> socket.socket:
    """A socket of the family of `place` that cannot speak the other one."""
    out = socket.socket(place.family, kind)
    try:
        if place.family is socket.AF_INET6:
            out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    except OSError:
        out.close()
        raise
    return out


def connect(place: Place, deadline: float) -> tuple[socket.socket, float]:
    """(connection, seconds that the TCP handshake took). Refusal when there is none."""
    with guard("TCP"):
        connection = make(place, socket.SOCK_STREAM)
        try:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            clock = time.perf_counter()
            connection.connect(place.sockaddr)
            seconds = time.perf_counter() - clock
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            other = ipaddress.ip_address(connection.getpeername()[0].partition("%")[0])
            if other.version != place.address.version:
                raise Refusal(Fault("mapped", f"对端地址 {other} 不是所要的地址族"))
        except BaseException:
            connection.close()
            raise
    return connection, seconds


@contextmanager
def guard(what: str) -> Iterator[None]:
    """What the operating system says about a connection, as a `Refusal` with a stable word."""
    try:
        yield
    except ConnectionRefusedError:
        raise Refusal(Fault("refused", f"连接被拒绝（{what}）")) from None
    except TimeoutError:
        raise Refusal(Fault("connect-timeout" if what == "TCP" else "timeout", f"在时限内没有连上（{what}）")) from None
    except OSError as error:
        if error.errno in _UNREACHABLE:
            raise Refusal(Fault("unreachable", f"网络不可达: {system_reason(error)}（{what}）")) from None
        raise Refusal(Fault("closed", f"连接中断: {system_reason(error)}（{what}）")) from None

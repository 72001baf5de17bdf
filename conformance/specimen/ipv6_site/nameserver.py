"""An authoritative name server that can be told to be wrong: UDP and TCP, one address of each family, on loopback.

It answers as RFC 1034 section 4.3.2 says: referral with glue below a cut, records, alias, NODATA with SOA, NXDOMAIN;
REFUSED for what it is not responsible for. Larger than the room that the client offers means TC over UDP (RFC 2181
section 9). What a fault changes is one question to `Behaviour`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from conformance.specimen.ipv6_site.names import NameServer, Zone

_TTL = 300
_MOST = 64 * 1024
_IDLE = 10.0


@dataclass(frozen=True, slots=True)
class Question:
    """What arrived: at which server, over what, and what for."""

    server: str
    family: int  # 4 | 6
    transport: str  # udp | tcp
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a server does instead of answering: nothing at all, an RCODE, or the answer after a while."""

    drop: bool = False
    rcode: str = ""
    delay: float = 0.0
    truncate_silently: bool = False  # a large answer over UDP comes cut, without TC


Behave = Callable[[Question], Behaviour]


class Answering:
    """One server's answers, whatever they travel over."""

    def __init__(self, server: NameServer, behave: Behave) -> None:
        self._server, self._behave = server, behave

    async def answer(self, raw: bytes, family: int, transport: str) -> bytes | None:
        try:
            query = dns.message.from_wire(raw)
            asked = query.question[0]
        except (dns.exception.DNSException, IndexError, ValueError):
            return None
        name, type_ = asked.name.to_text().lower(), dns.rdatatype.to_text(asked.rdtype)
        behaviour = self._behave(Question(self._server.name, family, transport, name, type_))
        if behaviour.drop:
            return None
        if behaviour.delay:
            await asyncio.sleep(behaviour.delay)
        reply = dns.message.make_response(query, recursion_available=self._server.recursive)
        if behaviour.rcode:
            reply.set_rcode(dns.rcode.from_text(behaviour.rcode))
            return bytes(reply.to_wire())
        self._fill(reply, name, type_)
        room = _MOST if transport == "tcp" else max(512, query.payload or 512)
        wire = bytes(reply.to_wire(max_size=_MOST))
        if len(wire) <= room:
            return wire
        short = dns.message.make_response(query)
        short.flags |= dns.flags.AA
        if not behaviour.truncate_silently:
            short.flags |= dns.flags.TC
        return bytes(short.to_wire())

    def _fill(self, reply: Any, name: str, type_: str) -> None:
        apex = max((z for z in self._server.zones if _inside(name, z)), key=len, default=None)
        if apex is None:
            reply.set_rcode(dns.rcode.REFUSED)
            return
        zone = self._server.zones[apex]
        cut = max((n for n in zone if n != apex and "NS" in zone[n] and _inside(name, n)), key=len, default=None)
        if cut is not None:
            _add(reply.authority, cut, "NS", zone[cut]["NS"])
            for server in zone[cut]["NS"]:
                for kind in ("A", "AAAA"):
                    _add(reply.additional, server, kind, zone.get(server, {}).get(kind, []))
            return
        if not self._server.recursive:
            reply.flags |= dns.flags.AA
        while "CNAME" in zone.get(name, {}) and type_ != "CNAME":
            _add(reply.answer, name, "CNAME", zone[name]["CNAME"])
            name = zone[name]["CNAME"][0]
        found = zone.get(name, {}).get(type_, [])
        _add(reply.answer, name, type_, found)
        if not found:
            _add(reply.authority, apex, "SOA", zone[apex]["SOA"])
            if not _exists(zone, name) and not reply.answer:
                reply.set_rcode(dns.rcode.NXDOMAIN)


def _inside(name: str, zone: str) -> bool:
    return zone == "." or name == zone or name.endswith("." + zone)


def _exists(zone: Zone, name: str) -> bool:
    return any(_inside(other, name) for other in zone)


def _add(section: list[Any], name: str, type_: str, data: list[str]) -> None:
    if data:
        section.append(dns.rrset.from_text(name, _TTL, "IN", type_, *data))


# Sockets ---------------------------------------------------------------------------------------------------


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answering: Answering, family: int) -> None:
        self._answering, self._family = answering, family
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        task = asyncio.ensure_future(self._reply(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, data: bytes, addr: Any) -> None:
        reply = await self._answering.answer(data, self._family, "udp")
        if reply is not None and not self._transport.is_closing():
            self._transport.sendto(reply, addr)


@dataclass(slots=True)
class Listening:
    """One server on one family: its two sockets at one port, made before the loop runs so that the port is known."""

    answering: Answering
    family: int
    udp: socket.socket
    tcp: socket.socket | None

    @property
    def port(self) -> int:
        return int(self.udp.getsockname()[1])

    async def serve(self, closing: list[Callable[[], None]]) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self.answering, self.family), sock=self.udp
        )
        closing.append(transport.close)
        if self.tcp is not None:
            server = await asyncio.start_server(self._stream, sock=self.tcp)
            closing.append(server.close)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            size = struct.unpack("!H", await asyncio.wait_for(reader.readexactly(2), _IDLE))[0]
            raw = await asyncio.wait_for(reader.readexactly(size), _IDLE)
            reply = await self.answering.answer(raw, self.family, "tcp")
            if reply is not None:
                writer.write(struct.pack("!H", len(reply)) + reply)
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            pass  # a client that goes away is its own affair
        finally:
            writer.close()


def listening(answering: Answering, family: int, *, tcp: bool = True) -> Listening:
    """UDP and TCP at one free port of the loopback address of a family. Without `tcp` its port refuses."""
    for _ in range(20):
        stream = bound(family, socket.SOCK_STREAM)
        try:
            datagrams = bound(family, socket.SOCK_DGRAM, stream.getsockname()[1])
        except OSError:
            stream.close()  # that port is taken over UDP: another one
            continue
        if tcp:
            stream.listen(64)
            return Listening(answering, family, datagrams, stream)
        stream.close()
        return Listening(answering, family, datagrams, None)
    raise OSError("no port is free over UDP and TCP")


def bound(family: int, kind: socket.SocketKind, port: int = 0) -> socket.socket:
    """A socket on the loopback address of one family, and of that family alone."""
    out = socket.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, kind)
    if kind == socket.SOCK_STREAM:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == 6:
        out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        out.bind(("::1" if family == 6 else "127.0.0.1", port))
    except OSError:
        out.close()
        raise
    out.setblocking(False)
    return out

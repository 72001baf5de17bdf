"""One DNS message to one given server over one given family: what came back, or exactly why nothing did.

A query is a `Request` with the method DNS and the URL `dns://[2001:db8::53]:53/www.example.cn/AAAA?transport=udp`; its
body is the message with ID 0 (the ID that goes out is drawn anew, RFC 5452 section 9.2). The answer is a `Response`
whose status is the RCODE and whose body is the message as received; its headers are the message in words. So a query
is evidence, and is replayed, like any HTTP exchange. No resolver library is involved: nothing is retried, cached,
followed or asked of anybody else. dnspython reads and writes the messages; it comes with the extra `ipv6`.
"""

from __future__ import annotations

import ipaddress
import secrets
import select
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from conformance.errors import MissingExtra
from conformance.model.exchange import DNS, Exchange, Fault, Request, Response
from conformance.probe import family
from conformance.probe.family import Outcome

_LARGEST = 65535
_MOST_LINES = 200  # records shown of one message; the body holds them all


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record; names are lower case and absolute, `data` is the presentation form."""

    name: str
    type: str
    ttl: int
    data: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said, or `fault`: why it said nothing (timeout, refused, unreachable, closed, malformed …)."""

    rcode: str = ""
    flags: frozenset[str] = frozenset()
    answer: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    additional: tuple[Record, ...] = ()
    size: int = 0
    elapsed: float = 0.0
    fault: str = ""
    message: str = ""

    @property
    def answered(self) -> bool:
        return not self.fault

    @property
    def authoritative(self) -> bool:
        return "AA" in self.flags

    @property
    def truncated(self) -> bool:
        return "TC" in self.flags

    def records(self, name: str, type_: str) -> tuple[Record, ...]:
        """Records of one name and type in the answer section."""
        return tuple(r for r in self.answer if r.type == type_ and r.name == absolute(name))

    @property
    def said(self) -> str:
        """In one word: the fault, the RCODE, NODATA, or how many records."""
        if self.fault:
            return self.message or self.fault
        if self.rcode == "NOERROR" and not self.answer:
            return "NOERROR，应答段为空"
        return f"{self.rcode}，{len(self.answer)} 条记录" if self.rcode == "NOERROR" else self.rcode


def absolute(name: str) -> str:
    """The one spelling of a name: lower case, with the final dot."""
    return name.lower().rstrip(".") + "."


def query(
    server: str,
    name: str,
    type_: str,
    *,
    transport: str = "udp",
    recursion: bool = False,
    bufsize: int = 1232,
    timeout: float = 2.0,
) -> Request:
    """The request that asks `server` ("[2001:db8::53]:53") for `name` and `type_`. `bufsize` 0: without EDNS.

    1232 is the EDNS size that avoids fragments on every path of IPv6 (DNS Flag Day 2020); the two flags of the URL
    that matter for the message are in the message itself.
    """
    dns = library()
    message = dns.message.make_query(
        absolute(name), type_, use_edns=0 if bufsize else -1, payload=bufsize or None, want_dnssec=False
    )
    message.id = 0
    if not recursion:
        message.flags &= ~dns.flags.RD
    url = f"dns://{server}/{quote(absolute(name))}/{type_}?transport={transport}&timeout={timeout:g}"
    return Request(DNS, url, {}, message.to_wire())


def read(exchange: Exchange) -> Reply:
    """What an exchange of this module says; a stored one reads like a live one."""
    if exchange.response is None:
        fault = exchange.fault or Fault("closed", "没有应答")
        return Reply(fault=fault.kind, message=fault.message, elapsed=exchange.elapsed)
    try:
        message = _parse(exchange.response.body)
    except ValueError as error:
        return Reply(fault="malformed", message=str(error), elapsed=exchange.elapsed)
    dns = library()
    flags = frozenset(dns.flags.to_text(message.flags).split())
    answer, authority, additional = (
        tuple(_records(section)) for section in (message.answer, message.authority, message.additional)
    )
    return Reply(
        rcode=dns.rcode.to_text(message.rcode()),
        flags=flags,
        answer=answer,
        authority=authority,
        additional=additional,
        size=len(exchange.response.body),
        elapsed=exchange.elapsed,
    )


def exchange(request: Request, routes: Mapping[str, str], limit: float) -> Outcome:
    """Send the message and wait for its answer, at most `limit` seconds. Never raises for what a server does."""
    out = Outcome()
    parts = urlsplit(request.url)
    given = parse_qs(parts.query)
    transport = given.get("transport", ["udp"])[0]
    deadline = time.monotonic() + min(limit, float(given.get("timeout", ["2"])[0]))
    sent = struct.pack("!H", secrets.randbits(16)) + request.body[2:]
    try:
        place = family.locate(parts.netloc, routes)
        out.peer = place.name
        if transport == "tcp":
            raw, out.times["connect"] = _over_tcp(place, sent, deadline)
        else:
            raw = _over_udp(place, sent, deadline)
        message = _parse(raw)
    except family.Refusal as refusal:
        out.fault = refusal.fault
    except ValueError as error:
        out.fault = Fault("malformed", f"应答不是合法的 DNS 报文: {error}")
    else:
        words = tuple(_words(message, unquote(parts.path)))
        out.response = Response(int(message.rcode()), words, raw, f"DNS/{transport.upper()}")
    return out


def _over_udp(place: family.Place, sent: bytes, deadline: float) -> bytes:
    """A connected socket: the kernel lets in nothing that another address sent, and tells of ICMP errors."""
    with family.guard("UDP"), family.make(place, socket.SOCK_DGRAM) as udp:
        udp.connect(place.sockaddr)
        udp.send(sent)
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([udp], [], [], left)[0]:
                break
            raw = udp.recv(_LARGEST)
            if raw[:2] == sent[:2] and len(raw) >= 12 and raw[2] & 0x80:
                return raw
    raise family.Refusal(Fault("timeout", "在时限内没有应答（UDP）"))


def _over_tcp(place: family.Place, sent: bytes, deadline: float) -> tuple[bytes, float]:
    """RFC 7766: two octets of length, then the message."""
    with family.guard("TCP"):
        connection, seconds = family.connect(place, deadline)
        with connection:
            connection.sendall(struct.pack("!H", len(sent)) + sent)
            size = struct.unpack("!H", _exactly(connection, 2, deadline))[0]
            raw = _exactly(connection, size, deadline)
    if raw[:2] != sent[:2] or len(raw) < 12:
        raise ValueError("应答的标识与查询不符")
    return raw, seconds


def _exactly(connection: socket.socket, size: int, deadline: float) -> bytes:
    parts = b""
    while len(parts) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise family.Refusal(Fault("timeout", "在时限内没有收完应答（TCP）"))
        connection.settimeout(left)
        part = connection.recv(size - len(parts))
        if not part:
            raise family.Refusal(Fault("closed", "连接在应答完成前关闭（TCP）"))
        parts += part
    return parts


def _parse(raw: bytes) -> Any:
    """The message, or ValueError: a hostile message may make any of many exceptions inside the reader."""
    try:
        return library().message.from_wire(raw, ignore_trailing=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message could not be read
        raise ValueError(type(error).__name__) from None


def _records(section: Any) -> list[Record]:
    dns = library()
    return [
        Record(absolute(rrset.name.to_text()), dns.rdatatype.to_text(rrset.rdtype), int(rrset.ttl), _data(item))
        for rrset in section
        for item in rrset
    ]


def _data(item: Any) -> str:
    """Presentation form; addresses in the form of `ipaddress`, so that two spellings are one."""
    text = str(item.to_text())
    if hasattr(item, "address"):
        return str(ipaddress.ip_address(item.address))
    return absolute(text) if hasattr(item, "target") and " " not in text else text


def _words(message: Any, question: str) -> list[tuple[str, str]]:
    dns = library()
    out = [
        ("question", question.strip("/").replace("/", " ")),
        ("rcode", dns.rcode.to_text(message.rcode())),
        ("flags", dns.flags.to_text(message.flags)),
    ]
    for name, section in (
        ("answer", message.answer),
        ("authority", message.authority),
        ("additional", message.additional),
    ):
        out += [(name, f"{r.name} {r.ttl} {r.type} {r.data}"[:500]) for r in _records(section)]
    return out[:_MOST_LINES]


def library() -> Any:
    """dnspython, or X001 with the command that installs it."""
    try:
        import dns.flags
        import dns.message
        import dns.rcode
        import dns.rdatatype
    except ImportError:
        raise MissingExtra("dnspython", "ipv6") from None
    return dns

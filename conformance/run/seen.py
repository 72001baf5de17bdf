"""A frame that came, read octet by octet, and the matchers that checks wait with. Nothing in a frame is trusted to be there."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from conformance.probe import frames


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a Fragment header says (RFC 8200 section 4.5): offset in octets, more to come, identification."""

    offset: int
    more: bool
    number: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An IPv6 frame: its number in the capture (from 1), when it came, on which link, its octets (at least both headers)."""

    number: int
    time: float
    link: str
    data: bytes

    @property
    def source(self) -> str:
        return str(ipaddress.IPv6Address(self.data[22:38]))

    @property
    def destination(self) -> str:
        return str(ipaddress.IPv6Address(self.data[38:54]))

    @property
    def hop_limit(self) -> int:
        return self.data[21]

    @property
    def mac(self) -> str:
        """The MAC address it comes from."""
        return self.data[6:12].hex(":")

    @property
    def mac_to(self) -> str:
        return self.data[:6].hex(":")

    @property
    def packet(self) -> bytes:
        """The IPv6 packet."""
        return self.data[14:]

    @property
    def size(self) -> int:
        """Octets of the IPv6 packet."""
        return len(self.data) - 14

    @property
    def upper(self) -> tuple[int, bytes]:
        """(protocol, octets) of the upper layer, past extension headers; (44, …) of a fragment that is not whole."""
        return frames.walk(self.packet)

    @property
    def body(self) -> bytes:
        return self.upper[1]

    @property
    def kind(self) -> tuple[int, int] | None:
        """(type, code) of its ICMPv6 message."""
        protocol, data = self.upper
        return (data[0], data[1]) if protocol == frames.ICMPV6 and len(data) >= 8 else None

    @property
    def pointer(self) -> int:
        """The four octets after the checksum: pointer of a Parameter Problem, MTU of a Packet Too Big, flags of an advertisement."""
        return int.from_bytes(self.body[4:8])

    @property
    def target(self) -> str:
        """The target address of a Neighbor Solicitation, Advertisement or Redirect; `::` when it is too short for one."""
        found = self.body[8:24]
        return str(ipaddress.IPv6Address(found)) if len(found) == 16 else "::"

    @property
    def fragment(self) -> Fragment | None:
        """The Fragment header, when it comes right after the IPv6 header."""
        if self.data[20] != frames.FRAGMENT or len(self.data) < 62:
            return None
        word = int.from_bytes(self.data[56:58])
        return Fragment(word & 0xFFF8, bool(word & 1), int.from_bytes(self.data[58:62]))

    def option(self, kind: int) -> bytes | None:
        """A Neighbor Discovery option (RFC 4861 section 4.6) behind the target address: what follows type and length."""
        at, body = 24, self.body
        while at + 8 <= len(body) and body[at + 1]:
            if body[at] == kind:
                return body[at + 2 : at + 8 * body[at + 1]]
            at += 8 * body[at + 1]
        return None

    def to(self, address: str) -> bool:
        return frames.same(self.destination, address)

    @property
    def said(self) -> str:
        return f"帧 {self.number}: {frames.describe(self.data)}"


Match = Callable[[Seen], bool]


def readable(data: bytes) -> bool:
    """Whether a frame is long enough to be looked at, and IPv6."""
    return len(data) >= 54 and data[14] >> 4 == 6


def advert_for(target: str, *, to: str = "") -> Match:
    """Matches a Neighbor Advertisement for `target`, sent to `to` if that is given."""
    return lambda s: s.kind == (frames.NEIGHBOR_ADVERT, 0) and frames.same(s.target, target) and (not to or s.to(to))


def error_to(source: str, kind: int, code: int | None = None) -> Match:
    """Matches an ICMPv6 error message of a type (and code) to `source`."""
    return lambda s: s.kind is not None and s.kind[0] == kind and code in (None, s.kind[1]) and s.to(source)


def any_error_to(source: str) -> Match:
    """Matches any ICMPv6 error message (types below 128, RFC 4443 section 2.1) to `source`."""
    return lambda s: s.kind is not None and s.kind[0] < 128 and s.to(source)


def anything_to(source: str) -> Match:
    """Matches whatever is sent to `source`, except that the node asks for its MAC address."""
    return lambda s: s.to(source) and s.kind != (frames.NEIGHBOR_SOLICIT, 0)

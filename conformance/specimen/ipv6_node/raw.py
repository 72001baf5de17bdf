"""An Ethernet frame with an IPv6 packet, octet by octet: enough to change one thing in it and mend its checksum."""

from __future__ import annotations

import struct

ICMPV6, UDP, TCP, FRAGMENT, DESTINATION, ROUTING = 58, 17, 6, 44, 60, 43
_ETHER, _HEADER = 14, 40


class Packet:
    """A frame that may be changed. Offsets are those of the frame; `upper` is where the upper layer begins."""

    def __init__(self, frame: bytes) -> None:
        self.raw = bytearray(frame)
        self.whole = len(frame) >= _ETHER + _HEADER and frame[12:14] == b"\x86\xdd"
        self.protocol, self.upper = self._walk() if self.whole else (-1, len(frame))

    def _walk(self) -> tuple[int, int]:
        kind, at = self.raw[20], _ETHER + _HEADER
        while kind in (0, ROUTING, DESTINATION, FRAGMENT) and at + 8 <= len(self.raw):
            if kind == FRAGMENT:
                if int.from_bytes(self.raw[at + 2 : at + 4]) & 0xFFF9:
                    return FRAGMENT, at
                kind, at = self.raw[at], at + 8
            else:
                kind, at = self.raw[at], at + 8 * (self.raw[at + 1] + 1)
        return kind, at

    @property
    def source(self) -> bytes:
        return bytes(self.raw[22:38])

    @source.setter
    def source(self, value: bytes) -> None:
        self.raw[22:38] = value

    @property
    def destination(self) -> bytes:
        return bytes(self.raw[38:54])

    @property
    def to_group(self) -> bool:
        return bool(self.raw[38] == 0xFF)

    @property
    def next_header(self) -> int:
        return int(self.raw[20])

    @property
    def hop_limit(self) -> int:
        return int(self.raw[21])

    @hop_limit.setter
    def hop_limit(self, value: int) -> None:
        self.raw[21] = value

    @property
    def icmp(self) -> int:
        """The ICMPv6 type, or -1."""
        return int(self.raw[self.upper]) if self.protocol == ICMPV6 and self.upper + 4 <= len(self.raw) else -1

    @property
    def code(self) -> int:
        return int(self.raw[self.upper + 1])

    @property
    def body(self) -> bytes:
        return bytes(self.raw[self.upper :])

    def is_error(self, kind: int, code: int, pointer: int | None = None) -> bool:
        """Whether it is this ICMPv6 error message."""
        return self.icmp == kind and self.code == code and pointer in (None, int.from_bytes(self.body[4:8]))

    def mended(self) -> bytes:
        """The frame with payload length and upper-layer checksum as they should be."""
        self.raw[18:20] = struct.pack(">H", len(self.raw) - _ETHER - _HEADER)
        where = {ICMPV6: 2, UDP: 6, TCP: 16}.get(self.protocol)
        if where is not None and self.upper + where + 2 <= len(self.raw):
            at = self.upper + where
            self.raw[at : at + 2] = bytes(2)
            value = checksum(self.source, self.destination, self.protocol, self.body)
            self.raw[at : at + 2] = struct.pack(">H", value or 0xFFFF)
        return bytes(self.raw)


def checksum(source: bytes, destination: bytes, protocol: int, body: bytes) -> int:
    """The Internet checksum over pseudo-header and upper layer (RFC 8200 section 8.1)."""
    data = source + destination + struct.pack(">II", len(body), protocol) + body + bytes(len(body) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return int(~total & 0xFFFF)


def packet(
    mac_to: bytes, mac_from: bytes, source: bytes, destination: bytes, protocol: int, body: bytes, hop_limit: int = 64
) -> bytes:
    """A frame of an IPv6 packet without extension headers, its checksum computed."""
    head = struct.pack(">IHBB", 6 << 28, len(body), protocol, hop_limit)
    return Packet(mac_to + mac_from + b"\x86\xdd" + head + source + destination + body).mended()


def answer(to: Packet, node: bytes, body: bytes, hop_limit: int = 64) -> bytes:
    """An ICMPv6 message from the node's address to whom a packet came from, straight back to its MAC address."""
    return packet(bytes(to.raw[6:12]), bytes(to.raw[:6]), node, to.source, ICMPV6, body, hop_limit)


def problem(to: Packet, node: bytes, code: int, pointer: int) -> bytes:
    """A Parameter Problem (RFC 4443 section 3.4) about a packet."""
    return answer(to, node, struct.pack(">BBHI", 4, code, 0, pointer) + bytes(to.raw[_ETHER : _ETHER + 1232]))

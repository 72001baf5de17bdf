"""Writing DER (X.690): values to bytes, and nothing that reads them back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime


def tlv(tag: int, *content: bytes) -> bytes:
    """One element: identifier octet, length in the fewest octets, content."""
    body = b"".join(content)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + body


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """SET OF: its elements in ascending order of their encodings (X.690, 11.6)."""
    return tlv(0x31, *sorted(parts))


def explicit(number: int, *parts: bytes) -> bytes:
    """[number] around whole elements."""
    return tlv(0xA0 | number, *parts)


def integer(value: int) -> bytes:
    """A non-negative INTEGER, with a leading zero octet where its top bit is set."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def boolean(value: bool) -> bytes:
    return tlv(0x01, b"\xff" if value else b"\x00")


def null() -> bytes:
    return tlv(0x05)


def octets(value: bytes) -> bytes:
    return tlv(0x04, value)


def bits(value: bytes, unused: int = 0) -> bytes:
    return tlv(0x03, bytes((unused,)), value)


def named_bits(*positions: int) -> bytes:
    """A named bit list without trailing zero bits (X.690, 11.2.2)."""
    width = max(positions) + 1
    value = sum(1 << (width - 1 - p) for p in positions)
    unused = -width % 8
    return bits((value << unused).to_bytes((width + unused) // 8, "big"), unused)


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return tlv(0x06, *(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    out = [arc & 0x7F]
    while arc := arc >> 7:
        out.append(0x80 | (arc & 0x7F))
    return bytes(reversed(out))


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


def printable(text: str) -> bytes:
    return tlv(0x13, text.encode("ascii"))


def ia5(text: str) -> bytes:
    return tlv(0x16, text.encode("ascii"))


def utc_time(moment: datetime) -> bytes:
    return tlv(0x17, f"{moment.astimezone(UTC):%y%m%d%H%M%SZ}".encode())


def generalized(moment: datetime) -> bytes:
    return tlv(0x18, f"{moment.astimezone(UTC):%Y%m%d%H%M%SZ}".encode())


def algorithm(identifier: str, *parameters: bytes) -> bytes:
    return sequence(oid(identifier), *parameters)


def long_form(element: bytes) -> bytes:
    """The same short element with its length in two octets: BER, and not DER."""
    assert element[1] < 0x80
    return element[:1] + b"\x81" + element[1:]


def joined(parts: Iterable[bytes]) -> bytes:
    return b"".join(parts)

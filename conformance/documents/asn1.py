"""Writing DER (X.690): pure functions from values to bytes, for test material and for what is rebuilt to be verified."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, PRINTABLE_STRING, T61_STRING, IA5_STRING = 0x0C, 0x13, 0x14, 0x16
UTC_TIME, GENERALIZED_TIME, BMP_STRING = 0x17, 0x18, 0x1E
SEQUENCE, SET = 0x30, 0x31


def length(count: int) -> bytes:
    """The length octets of `count` content octets, in the fewest possible."""
    if count < 0x80:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag: int, content: bytes) -> bytes:
    """Any element: identifier octet, length, content."""
    return bytes([tag]) + length(len(content)) + content


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, b"".join(parts))


def set_of(*parts: bytes) -> bytes:
    """SET OF, its elements in the order that DER demands."""
    return tlv(SET, b"".join(sorted(parts)))


def explicit(number: int, *parts: bytes) -> bytes:
    """[number] EXPLICIT, or [number] IMPLICIT of something constructed."""
    return tlv(0xA0 | number, b"".join(parts))


def integer(value: int) -> bytes:
    """INTEGER in the fewest octets of two's complement: a positive value with its top bit set gets a leading zero."""
    size = ((value if value >= 0 else ~value).bit_length() // 8) + 1
    return tlv(INTEGER, value.to_bytes(size, "big", signed=True))


def boolean(value: bool) -> bytes:
    return tlv(BOOLEAN, b"\xff" if value else b"\x00")


def null() -> bytes:
    return tlv(NULL, b"")


def octet_string(value: bytes) -> bytes:
    return tlv(OCTET_STRING, value)


def bit_string(value: bytes, unused: int = 0) -> bytes:
    """BIT STRING of whole octets; `unused` bits of the last one do not count."""
    return tlv(BIT_STRING, bytes([unused]) + value)


def named_bits(positions: Iterable[int]) -> bytes:
    """BIT STRING of a named bit list, trailing zero bits removed (keyUsage and the like)."""
    on = set(positions)
    if not on:
        return bit_string(b"")
    bits = max(on) + 1
    octets = bytearray((bits + 7) // 8)
    for position in on:
        octets[position // 8] |= 0x80 >> position % 8
    return bit_string(bytes(octets), -bits % 8)


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from its dotted form."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return tlv(OID, bytes(content))


def utf8(value: str) -> bytes:
    return tlv(UTF8_STRING, value.encode("utf-8"))


def printable(value: str) -> bytes:
    return tlv(PRINTABLE_STRING, value.encode("ascii"))


def ia5(value: str) -> bytes:
    return tlv(IA5_STRING, value.encode("ascii"))


def utc_time(value: datetime) -> bytes:
    """UTCTime YYMMDDhhmmssZ of an aware datetime."""
    return tlv(UTC_TIME, value.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode("ascii"))


def generalized_time(value: datetime) -> bytes:
    """GeneralizedTime YYYYMMDDhhmmssZ of an aware datetime."""
    return tlv(GENERALIZED_TIME, f"{value.astimezone(UTC):%Y%m%d%H%M%SZ}".encode("ascii"))


def algorithm(identifier: str, parameters: bytes = b"") -> bytes:
    """AlgorithmIdentifier; without parameters unless their encoding is given."""
    return sequence(oid(identifier), parameters)


def sm2_signature(r: int, s: int) -> bytes:
    """SM2Signature of GB/T 35276, 7.3: SEQUENCE {R INTEGER, S INTEGER}."""
    return sequence(integer(r), integer(s))

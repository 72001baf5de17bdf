"""What kind of thing a signature value is, and the seal inside it, from the outermost tags alone; no more is decoded here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

_SEQUENCE, _INTEGER, _BITS, _OID = 0x30, 0x02, 0x03, 0x06
HEAD = 4096  # bytes of an XML file in which its root element begins
_INVOICE = re.compile(rb"<(?:[\w.-]{1,40}:)?EInvoice[\s/>]")
_SM2_SIGNED_DATA = bytes.fromhex("2a811ccf550601040202")  # 1.2.156.10197.6.1.4.2.2
_PKCS7_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2


class ValueKind(StrEnum):
    SES = "ses"  # GB/T 38540-2020, GM/T 0031-2025: {toSign, cert, algorithm, signature, [0]}
    SES_V1 = "ses-v1"  # GM/T 0031-2014: {toSign, signature}
    CMS = "cms"  # GB/T 35275 signedData
    PKCS7 = "pkcs7"  # the same structure under the RSA world's OID
    BARE = "bare"  # SEQUENCE{R, S} alone
    RAW = "raw"  # 64 bytes
    OTHER = "other"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    ValueKind.SES: "GB/T 38540 电子签章数据", ValueKind.SES_V1: "GM/T 0031-2014 电子签章数据", ValueKind.CMS: "GB/T 35275 签名数据",
    ValueKind.PKCS7: "PKCS#7 签名数据", ValueKind.BARE: "只有 R、S 两个整数的裸签名值", ValueKind.RAW: "64 字节的裸签名值",
    ValueKind.OTHER: "无法识别的数据",
}  # fmt: skip


def value_kind(data: bytes) -> ValueKind:
    """By shape, never by a version number: a wrong number is a matter of its own clause."""
    if len(data) == 64 and data[:1] != b"\x30":
        return ValueKind.RAW
    parts = _inside(data)
    tags = [tag for tag, _, _ in parts]
    if tags[:1] == [_OID]:
        oid = data[parts[0][1] : parts[0][2]][2:]
        return {_SM2_SIGNED_DATA: ValueKind.CMS, _PKCS7_SIGNED_DATA: ValueKind.PKCS7}.get(oid, ValueKind.OTHER)
    if tags == [_INTEGER, _INTEGER]:
        return ValueKind.BARE
    if tags[:1] == [_SEQUENCE] and _seal_at(data) is not None:
        return ValueKind.SES_V1 if len(tags) == 2 else ValueKind.SES
    return ValueKind.OTHER


def embedded_seal(data: bytes) -> bytes | None:
    """The bytes of the electronic seal inside electronic seal signature data, exactly as they stand there."""
    at = _seal_at(data)
    return None if at is None else data[at[0] : at[1]]


def outer_length(data: bytes) -> int | None:
    """How many bytes the first element takes, header and content; None when its header is none of DER or BER's definite form."""
    head = _header(data, 0)
    if head is None or head > len(data) or data[1] == 0x80:
        return None
    first = data[1]
    return head + (first if first < 0x80 else int.from_bytes(data[2:head]))


def promises_invoice(head: bytes) -> bool:
    """Whether the first bytes of an XML file promise an e-invoice (数电票): its root element stands among them."""
    return _INVOICE.search(head[:HEAD]) is not None


def is_seal(data: bytes) -> bool:
    """An electronic seal (.esl): SEQUENCE{SEQUENCE{SEQUENCE{IA5String "ES" …"""
    parts = _inside(data)
    if len(parts) not in (2, 4, 5) or parts[0][0] != _SEQUENCE:
        return False
    head = _inside(data[parts[0][1] : parts[0][2]])
    return bool(head) and head[0][0] == _SEQUENCE and b"\x16\x02" in data[parts[0][1] : parts[0][1] + 24]


def _seal_at(data: bytes) -> tuple[int, int] | None:
    """toSign is {INTEGER version, SEQUENCE seal, …}: where the seal begins and ends."""
    parts = _inside(data)
    if not parts or parts[0][0] != _SEQUENCE:
        return None
    start = parts[0][1]
    inner = _inside(data[start : parts[0][2]])
    if len(inner) < 3 or inner[0][0] != _INTEGER or inner[1][0] != _SEQUENCE:
        return None
    return start + inner[1][1], start + inner[1][2]


def _inside(data: bytes) -> list[tuple[int, int, int]]:
    """Tag, start and end of every element directly inside one SEQUENCE; [] when it is none."""
    outer = next(_elements(data, 0, len(data)), None)
    if outer is None or outer[0] != _SEQUENCE:
        return []
    head = _header(data, 0)
    return [] if head is None else list(_elements(data, head, outer[2]))


def _header(data: bytes, at: int) -> int | None:
    """Where the content of the element at `at` begins."""
    if at + 2 > len(data):
        return None
    first = data[at + 1]
    return at + 2 + (first & 0x7F if first > 0x80 else 0)


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    while at < end:
        content = _header(data, at)
        if content is None or content > end:
            return
        first = data[at + 1]
        length = first if first < 0x80 else int.from_bytes(data[at + 2 : content])
        if first == 0x80 or content + length > end:
            return
        yield data[at], at, content + length
        at = content + length

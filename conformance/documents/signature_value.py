"""The two numbers of an SM2 signature value (GB/T 35276, 7.3), out of whatever a vendor's encoder made of them."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.documents import asn1, der, sm2
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect

# A named-bit-list encoder cuts trailing zero bits, so whole zero octets too: one in 256 values loses one, more are rare.
_MOST_CUT = 4
_MOST_OCTETS = 256


@dataclass(frozen=True, slots=True)
class SignatureValue:
    """r and s as they must have been meant, None when no two numbers are in it; and what is wrong with the encoding."""

    r: int | None
    s: int | None
    defects: tuple[Defect, ...]

    @property
    def readable(self) -> bool:
        return self.r is not None and self.s is not None


def read(octets: bytes, where: str = "signature") -> SignatureValue:
    """From the octets of the signature's BIT STRING or OCTET STRING; never raises."""
    strict = asn1_numbers(octets)
    if strict is not None:
        return SignatureValue(*strict, _range(*strict, where))
    if len(octets) > _MOST_OCTETS:
        return SignatureValue(None, None, (_defect("signature-unreadable", where, "签名值过长，不是 SM2 签名值"),))
    lenient = _structure(octets, where)
    if lenient is not None:
        return lenient
    if len(octets) <= 64 and len(octets) >= 64 - _MOST_CUT:
        return _raw(octets, where)
    return SignatureValue(
        None, None, (_defect("signature-unreadable", where, "签名值不是 SEQUENCE{R, S}，也不是 64 字节"),)
    )


def asn1_numbers(octets: bytes) -> tuple[int, int] | None:
    """r and s when the octets are exactly their DER encoding, else None."""
    if len(octets) < 8 or octets[0] != asn1.SEQUENCE or octets[2] != asn1.INTEGER or len(octets) > 72:
        return None
    cut = 4 + octets[3]
    if len(octets) < cut + 3:
        return None
    r = int.from_bytes(octets[4:cut], "big", signed=True)
    s = int.from_bytes(octets[cut + 2 :], "big", signed=True)
    return (r, s) if r >= 0 and s >= 0 and asn1.sm2_signature(r, s) == octets else None


def _structure(octets: bytes, where: str) -> SignatureValue | None:
    """SEQUENCE of two INTEGERs, badly encoded: None when it is nothing of the kind."""
    defects: list[Defect] = []
    for missing in range(_MOST_CUT + 1):
        try:
            encoding = der.read(octets + bytes(missing))
        except DocumentError:
            continue
        root = encoding.root
        if root.tag != asn1.SEQUENCE or len(root.children) < 2:
            return None
        numbers = root.children[:2]
        if any(n.tag != asn1.INTEGER or not 0 < len(n.content) <= 40 for n in numbers):
            return None
        if missing and root.end != len(octets) + missing:
            return None
        if missing:
            defects.append(
                _defect("bit-string-trimmed", where, "签名值末尾的零字节被截掉", "完整的签名值", f"少 {missing} 个字节")
            )
        for name, number in zip("RS", numbers, strict=True):
            if number.content[0] & 0x80:
                defects.append(_defect("integer-without-leading-zero", where, f"签名值的 {name} 缺少前导零，成了负数"))
        if len(root.children) > 2:
            defects.append(_defect("signature-extra-field", where, "签名值在 R、S 之后还有字段"))
        defects += (
            Defect(d.code, where, d.offset, f"签名值：{d.message}", d.expected, d.actual) for d in encoding.defects
        )
        r, s = (int.from_bytes(n.content, "big") for n in numbers)
        return SignatureValue(r, s, (*defects, *_range(r, s, where)))
    return None


def _raw(octets: bytes, where: str) -> SignatureValue:
    defects = [
        _defect(
            "raw-signature", where, "签名值是 R‖S 的原始字节，不是 DER 编码", "SEQUENCE{R, S}", f"{len(octets)} 个字节"
        )
    ]
    if len(octets) < 64:
        defects.append(
            _defect("bit-string-trimmed", where, "签名值末尾的零字节被截掉", "64 个字节", f"{len(octets)} 个字节")
        )
    whole = octets.ljust(64, b"\0")
    r, s = int.from_bytes(whole[:32], "big"), int.from_bytes(whole[32:], "big")
    return SignatureValue(r, s, (*defects, *_range(r, s, where)))


def _range(r: int, s: int, where: str) -> tuple[Defect, ...]:
    if 0 < r < sm2.N and 0 < s < sm2.N:
        return ()
    return (_defect("signature-out-of-range", where, "签名值的 R 或 S 不在 1 到 n-1 之间"),)


def _defect(code: str, where: str, message: str, expected: str = "", actual: str = "") -> Defect:
    return Defect(code, where, 0, message, expected, actual)

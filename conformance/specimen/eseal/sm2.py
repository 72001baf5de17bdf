"""SM2 signatures (GB/T 32918.2) by test keys: the nonce follows from key and message, so the same input gives the same bytes.

**Not for a key that protects anything**: whoever knows the name of a key knows the key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from functools import cache

from conformance.specimen.eseal import der
from conformance.specimen.eseal.hashes import sm3

# GB/T 32918.5: y² = x³ − 3x + b over F_p, base point G of order n.
_P = 2**256 - 2**224 - 2**96 + 2**64 - 1
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
IDENTITY = b"1234567812345678"  # GM/T 0009: of a signer that declares none
_TRIES = 4000  # for a value of a certain form; the rarest occurs once in 256

Point = tuple[int, int]


def private(name: str) -> int:
    """The test key of a name."""
    return int.from_bytes(hashlib.sha512(f"eseal specimen {name}".encode()).digest(), "big") % (ORDER - 2) + 1


@cache
def public(key: int) -> bytes:
    """04‖x‖y of a private key."""
    x, y = _times_base(key)
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def sign(key: int, message: bytes) -> tuple[int, int]:
    """(r, s) over a message, with the identity of GM/T 0009."""
    return next(_signatures(key, message))


def value(key: int, message: bytes, form: str = "der") -> bytes:
    """The octets of a signature value: `der` as GB/T 35276 7.3 has it, or one of the ways vendors get it wrong.

    raw                 r‖s, 64 octets
    no-leading-zero     INTEGERs without the zero octet that a set top bit asks for
    trailing-zero       the last octet is zero and was cut off
    long-length         the length in two octets
    trailing-bytes      one octet too many
    flipped             r is not what it was
    """
    r, s = next(pair for pair in _signatures(key, message) if _fits(form, *pair))
    whole = der.sequence(der.integer(r), der.integer(s))
    if form == "raw":
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if form == "no-leading-zero":
        return der.sequence(*(der.tlv(0x02, n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (r, s)))
    if form == "flipped":
        return der.sequence(der.integer(r ^ 2), der.integer(s))
    return {
        "der": whole,
        "trailing-zero": whole[:-1],
        "long-length": der.long_form(whole),
        "trailing-bytes": whole + b"\0",
    }[form]


def _fits(form: str, r: int, s: int) -> bool:
    if form == "no-leading-zero":
        return r >> 255 == 1 and s >> 248 != 0
    return form != "trailing-zero" or s & 0xFF == 0


def _signatures(key: int, message: bytes) -> Iterator[tuple[int, int]]:
    """Signatures of one message, one nonce after the other."""
    e = int.from_bytes(sm3(_z(key) + message), "big")
    seed = hmac.new(key.to_bytes(32, "big"), e.to_bytes(32, "big"), hashlib.sha512).digest()
    k = int.from_bytes(seed, "big") % (ORDER - 2 - _TRIES) + 1
    point = _times_base(k)
    inverse = pow(1 + key, -1, ORDER)
    for _ in range(_TRIES):
        r = (e + point[0]) % ORDER
        s = inverse * (k - r * key) % ORDER
        if r and s and r + k != ORDER:
            yield r, s
        k, point = k + 1, _plus(point, _G)


@cache
def _z(key: int) -> bytes:
    """GB/T 32918.2, 5.5."""
    numbers = b"".join(n.to_bytes(32, "big") for n in (_P - 3, _B, *_G))
    return sm3((len(IDENTITY) * 8).to_bytes(2, "big") + IDENTITY + numbers + public(key)[1:])


def _plus(a: Point, b: Point) -> Point:
    """Affine addition; also a doubling. The sum is never the point at infinity here."""
    (x1, y1), (x2, y2) = a, b
    slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, _P) if a == b else (y2 - y1) * pow(x2 - x1, -1, _P)
    x = (slope * slope - x1 - x2) % _P
    return x, (slope * (x1 - x) - y1) % _P


@cache
def _rows() -> tuple[tuple[Point, ...], ...]:
    """Row i: the multiples 1 to 15 of 16^i·G."""
    rows, start = [], _G
    for _ in range(64):
        row = [start]
        for _ in range(14):
            row.append(_plus(row[-1], start))
        rows.append(tuple(row))
        start = _plus(row[-1], start)
    return tuple(rows)


def _times_base(k: int) -> Point:
    """k·G by one mixed addition for each hexadecimal digit, in Jacobian coordinates."""
    x, y, z = 0, 0, 0
    for row in _rows():
        digit, k = k & 15, k >> 4
        if not digit:
            continue
        x2, y2 = row[digit - 1]
        if not z:
            x, y, z = x2, y2, 1
            continue
        zz = z * z % _P
        h, w = (x2 * zz - x) % _P, (y2 * zz * z - y) % _P
        hh = h * h % _P
        hhh, v = hh * h % _P, x * hh % _P
        x = (w * w - hhh - 2 * v) % _P
        y, z = (w * (v - x) - y * hhh) % _P, z * h % _P
    inverse = pow(z, -1, _P)
    square = inverse * inverse % _P
    return x * square % _P, y * square * inverse % _P

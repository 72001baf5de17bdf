"""SM4-CBC (GB/T 32907, GB/T 17964) for a few kilobytes of test material; cross-checked against a library by the tests."""

from __future__ import annotations

from functools import cache

BLOCK = 16
_FK = (0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC)
_ROW, _CONSTANT, _POLYNOMIAL = 0xA7, 0xD3, 0x1F5


def encrypt(key: bytes, iv: bytes, plain: bytes) -> bytes:
    """With PKCS#7 padding."""
    count = BLOCK - len(plain) % BLOCK
    plain += bytes((count,)) * count
    keys, out, last = _schedule(key), bytearray(), int.from_bytes(iv, "big")
    for at in range(0, len(plain), BLOCK):
        last = _block(keys, last ^ int.from_bytes(plain[at : at + BLOCK], "big"))
        out += last.to_bytes(BLOCK, "big")
    return bytes(out)


def _block(keys: tuple[int, ...], block: int) -> int:
    x = [block >> shift & 0xFFFFFFFF for shift in (96, 64, 32, 0)]
    for key in keys:
        b = _substituted(x[1] ^ x[2] ^ x[3] ^ key)
        x = [*x[1:], x[0] ^ b ^ _left(b, 2) ^ _left(b, 10) ^ _left(b, 18) ^ _left(b, 24)]
    return x[3] << 96 | x[2] << 64 | x[1] << 32 | x[0]


def _schedule(key: bytes) -> tuple[int, ...]:
    k = [int.from_bytes(key[4 * i : 4 * i + 4], "big") ^ _FK[i] for i in range(4)]
    out = []
    for n in range(32):
        ck = int.from_bytes(bytes((4 * n + j) * 7 & 0xFF for j in range(4)), "big")
        b = _substituted(k[1] ^ k[2] ^ k[3] ^ ck)
        k = [*k[1:], k[0] ^ b ^ _left(b, 13) ^ _left(b, 23)]
        out.append(k[3])
    return tuple(out)


def _left(word: int, by: int) -> int:
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


def _substituted(word: int) -> int:
    box = _box()
    return box[word >> 24] << 24 | box[word >> 16 & 0xFF] << 16 | box[word >> 8 & 0xFF] << 8 | box[word & 0xFF]


@cache
def _box() -> tuple[int, ...]:
    """The S-box from its algebra: affine map, inverse in GF(2⁸), affine map."""
    return tuple(_map(_inverse(_map(x))) for x in range(256))


def _map(x: int) -> int:
    """x·A ⊕ C, A circulant."""
    out = 0
    for bit in range(8):
        row = (_ROW << bit | _ROW >> (8 - bit)) & 0xFF
        out |= ((row & x).bit_count() & 1) << bit
    return out ^ _CONSTANT


def _inverse(x: int) -> int:
    """x²⁵⁴ in GF(2⁸)."""
    out = 1
    for _ in range(254):
        out = _product(out, x)
    return out if x else 0


def _product(a: int, b: int) -> int:
    out = 0
    while b:
        if b & 1:
            out ^= a
        a <<= 1
        if a & 0x100:
            a ^= _POLYNOMIAL
        b >>= 1
    return out

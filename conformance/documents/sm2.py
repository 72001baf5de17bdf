"""SM2 digital signatures (GB/T 32918.2) on the recommended curve of GB/T 32918.5, in plain Python.

Verification handles public data only. Signing exists to make test material: its nonce is derived from key and message
(as RFC 6979 does), and its running time depends on the key, so **it is not for a key that protects anything real**.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache, lru_cache

from conformance.documents.sm3 import sm3

# GB/T 32918.5: y² = x³ + ax + b over F_p, base point G of prime order n.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

# The identity of a signer that declares none, fixed by GM/T 0009 and used by every file seen.
DEFAULT_ID = b"1234567812345678"

Affine = tuple[int, int]
Jacobian = tuple[int, int, int]  # (X, Y, Z) stands for (X/Z², Y/Z³); Z = 0 is the point at infinity
_INFINITY: Jacobian = (1, 1, 0)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A point of the curve. `read` refuses everything else."""

    x: int
    y: int

    @classmethod
    def read(cls, octets: bytes) -> PublicKey | None:
        """From 65 octets 04‖x‖y or 33 octets 02/03‖x; None when that is no point of the curve."""
        if len(octets) == 65 and octets[0] == 4:
            x, y = int.from_bytes(octets[1:33], "big"), int.from_bytes(octets[33:], "big")
            on_curve = x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0
            return cls(x, y) if on_curve else None
        if len(octets) == 33 and octets[0] in (2, 3):
            x = int.from_bytes(octets[1:], "big")
            square = (x * x * x + A * x + B) % P
            y = pow(square, (P + 1) // 4, P)  # p ≡ 3 (mod 4)
            if x >= P or y * y % P != square:
                return None
            return cls(x, y if y & 1 == octets[0] & 1 else P - y)
        return None

    def octets(self) -> bytes:
        """04‖x‖y."""
        return b"\x04" + self.x.to_bytes(32, "big") + self.y.to_bytes(32, "big")


def _double(point: Jacobian) -> Jacobian:
    x, y, z = point
    if not z or not y:
        return _INFINITY
    zz = z * z % P
    yy = y * y % P
    s = 4 * x * yy % P
    m = 3 * (x - zz) * (x + zz) % P  # a = -3
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add_affine(point: Jacobian, other: Affine) -> Jacobian:
    x1, y1, z1 = point
    x2, y2 = other
    if not z1:
        return x2, y2, 1
    zz = z1 * z1 % P
    h = (x2 * zz - x1) % P
    r = (y2 * zz * z1 - y1) % P
    if not h:
        return _INFINITY if r else _double(point)
    hh = h * h % P
    hhh = h * hh % P
    v = x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, z1 * h % P


def _affine(points: list[Jacobian]) -> list[Affine]:
    """Many points at the price of one inversion (Montgomery's trick); none may be at infinity."""
    products, product = [], 1
    for _, _, z in points:
        products.append(product)
        product = product * z % P
    inverse = pow(product, -1, P)
    out: list[Affine] = []
    for (x, y, z), before in zip(reversed(points), reversed(products), strict=True):
        zi = inverse * before % P
        inverse = inverse * z % P
        zz = zi * zi % P
        out.append((x * zz % P, y * zz * zi % P))
    return out[::-1]


def _odd_multiples(x: int, y: int, count: int) -> list[Affine]:
    """P, 3P, 5P, … of a point of prime order."""
    (two,) = _affine([_double((x, y, 1))])
    points: list[Jacobian] = [(x, y, 1)]
    for _ in range(count - 1):
        points.append(_add_affine(points[-1], two))
    return _affine(points)


@cache
def _base_table() -> list[Affine]:
    return _odd_multiples(GX, GY, 128)


@lru_cache(maxsize=256)
def _key_table(x: int, y: int) -> tuple[Affine, ...]:
    return tuple(_odd_multiples(x, y, 8))


def _signed_digits(k: int, width: int) -> list[int]:
    """Non-adjacent form of window `width`, least significant digit first: odd digits, far apart."""
    digits = []
    full, half = 1 << width, 1 << (width - 1)
    while k:
        digit = 0
        if k & 1:
            digit = k & (full - 1)
            if digit >= half:
                digit -= full
            k -= digit
        digits.append(digit)
        k >>= 1
    return digits


def _combine(s: int, t: int, key: PublicKey | None) -> Jacobian:
    """[s]G + [t]Q, one run of doublings for both."""
    base, other = _base_table(), _key_table(key.x, key.y) if key else ()
    left, right = _signed_digits(s, 9), _signed_digits(t, 5) if key else []
    total = max(len(left), len(right))
    left += [0] * (total - len(left))
    right += [0] * (total - len(right))
    point = _INFINITY
    for d, e in zip(reversed(left), reversed(right), strict=True):
        point = _double(point)
        if d:
            x, y = base[abs(d) >> 1]
            point = _add_affine(point, (x, y if d > 0 else P - y))
        if e:
            x, y = other[abs(e) >> 1]
            point = _add_affine(point, (x, y if e > 0 else P - y))
    return point


@lru_cache(maxsize=256)
def z_value(key: PublicKey, user_id: bytes = DEFAULT_ID) -> bytes:
    """Z of GB/T 32918.2, 5.5: SM3(ENTL ‖ ID ‖ a ‖ b ‖ G ‖ public key). An identity has at most 8,191 octets."""
    bits = len(user_id) * 8
    if bits > 0xFFFF:
        raise ValueError("the identity of a signer has at most 8191 octets")
    numbers = b"".join(n.to_bytes(32, "big") for n in (A, B, GX, GY, key.x, key.y))
    return sm3(bits.to_bytes(2, "big") + user_id + numbers)


def digest(key: PublicKey, message: bytes, user_id: bytes = DEFAULT_ID) -> bytes:
    """What is really signed: SM3(Z ‖ message)."""
    return sm3(z_value(key, user_id) + message)


@lru_cache(maxsize=4096)
def verify_digest(key: PublicKey, hashed: bytes, r: int, s: int) -> bool:
    """GB/T 32918.2, 7.1 from step B5 on. Remembered: the same maker's certificates come back in every file."""
    if not (0 < r < N and 0 < s < N):
        return False
    t = (r + s) % N
    if not t:
        return False
    x, _, z = _combine(s, t, key)
    if not z:
        return False
    return (int.from_bytes(hashed, "big") + x * pow(z, -2, P) % P) % N == r


def verify(key: PublicKey, message: bytes, r: int, s: int, user_id: bytes = DEFAULT_ID) -> bool:
    """Whether (r, s) is a signature of the message by the holder of this key. Any integers may be given."""
    return verify_digest(key, digest(key, message, user_id), r, s)


def multiply(number: int, point: PublicKey) -> PublicKey | None:
    """[number]point, None for the point at infinity. Its time depends on the number: for test keys only."""
    found = _combine(0, number % N, point)
    if not found[2]:
        return None
    ((x, y),) = _affine([found])
    return PublicKey(x, y)


# Signing: test material only ---------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def public_key(private: int) -> PublicKey:
    """The public key of a test key, 1 ≤ private ≤ n − 2."""
    if not 0 < private < N - 1:
        raise ValueError("a private key lies between 1 and n - 2")
    (point,) = _affine([_combine(private, 0, None)])
    return PublicKey(*point)


def private_key(seed: bytes) -> int:
    """A test key that the same seed always gives. Whoever knows the seed knows the key."""
    return int.from_bytes(hashlib.sha512(b"conformance test key " + seed).digest(), "big") % (N - 2) + 1


def sign_digest(private: int, hashed: bytes, k: int) -> tuple[int, int] | None:
    """GB/T 32918.2, 6.1 from step A4 on with a given nonce; None when that nonce has to be replaced."""
    e = int.from_bytes(hashed, "big")
    r = (e + public_key.__wrapped__(k).x) % N  # a nonce is used once: not worth remembering
    s = pow(1 + private, -1, N) * (k - r * private) % N
    return (r, s) if r and s and r + k != N else None


def sign(private: int, message: bytes, user_id: bytes = DEFAULT_ID, *, attempt: int = 0) -> tuple[int, int]:
    """A signature (r, s) by a test key; the same inputs give the same bytes.

    `attempt` gives further signatures of the same message, for who looks for one with a certain form.
    """
    hashed = digest(public_key(private), message, user_id)
    return _sign(private, hashed, attempt)


def _sign(private: int, hashed: bytes, attempt: int) -> tuple[int, int]:
    seed = private.to_bytes(32, "big") + hashed + attempt.to_bytes(4, "big")
    key = hashlib.sha256(seed).digest()
    counter = 0
    while True:
        wide = hmac.new(key, counter.to_bytes(4, "big"), hashlib.sha512).digest()
        signature = sign_digest(private, hashed, int.from_bytes(wide, "big") % (N - 2) + 1)
        if signature is not None:
            return signature
        counter += 1

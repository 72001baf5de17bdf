"""Published test keys (仅供测试) and the certificates that developers make for themselves: RSA, self-signed.

**Not for anything that matters**: every key stands here for everybody to read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from conformance.specimen.eseal import der, rsa

_WEAK_P = int(
    "e8f552f8ab307e544468e2ab88cb03dac8b10cfc90e7a82c8c28aa788c72ca83adafd22f631b1c4a8dc89782087233525bb3c880b60d31afed3ae493e9a3f38d",
    16,
)
_WEAK_Q = int(
    "cbf5cbf0e6d856ad849faeab5e59d74a9c30921049a5dc56c8960679a6c6c8e2eff7cf6310f172aafbe0b81988ef20c8ce07df969fca37223dd7b81a27464815",
    16,
)
_E = 65537
_RSA = "1.2.840.113549.1.1.1"
_HASHES = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}
_SIGNATURES = {"sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11"}
_START, _END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Key:
    """Two primes."""

    p: int
    q: int

    @property
    def n(self) -> int:
        return self.p * self.q

    def sign(self, message: bytes, hash_: str = "sha256") -> bytes:
        """RSASSA-PKCS1-v1_5 (RFC 8017, 8.2)."""
        size = (self.n.bit_length() + 7) // 8
        digest = hashlib.new(hash_, message, usedforsecurity=False).digest()
        info = der.sequence(der.algorithm(_HASHES[hash_], der.null()), der.octets(digest))
        padded = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
        m = int.from_bytes(padded, "big")
        d = pow(_E, -1, (self.p - 1) * (self.q - 1))
        a, b = pow(m, d % (self.p - 1), self.p), pow(m, d % (self.q - 1), self.q)
        return (b + (a - b) * pow(self.q, -1, self.p) % self.p * self.q).to_bytes(size, "big")

    def spki(self) -> bytes:
        public = der.sequence(der.integer(self.n), der.integer(_E))
        return der.sequence(der.algorithm(_RSA, der.null()), der.bits(public))


MAIN = Key(rsa.SIGNER.p, rsa.SIGNER.q)
OTHER = Key(rsa.ROOT.p, rsa.ROOT.q)
WEAK = Key(_WEAK_P, _WEAK_Q)


@dataclass(frozen=True)
class Signer:
    """A key with its self-signed certificate; `hash` of the certificate's own signature."""

    key: Key
    subject: str = "示例市政务App 测试签名（仅供测试）"
    hash: str = "sha256"

    @cached_property
    def name(self) -> bytes:
        one = der.sequence(der.oid("2.5.4.3"), der.utf8(self.subject))
        return der.sequence(der.set_of(one))

    @cached_property
    def certificate(self) -> bytes:
        how = der.algorithm(_SIGNATURES[self.hash], der.null())
        valid = der.sequence(der.utc_time(_START), der.utc_time(_END))
        tbs = der.sequence(
            der.explicit(0, der.integer(2)), der.integer(1), how, self.name, valid, self.name, self.key.spki()
        )
        return der.sequence(tbs, how, der.bits(self.key.sign(tbs, self.hash)))

    def pkcs7(self, content: bytes) -> bytes:
        """A detached signature without attributes (RFC 2315), as tools for JAR files write it."""
        hashed = der.algorithm(_HASHES["sha256"], der.null())
        info = der.sequence(
            der.integer(1), der.sequence(self.name, der.integer(1)), hashed, der.algorithm(_RSA, der.null()),
            der.octets(self.key.sign(content)),
        )  # fmt: skip
        data = der.sequence(
            der.integer(1), der.set_of(hashed), der.sequence(der.oid("1.2.840.113549.1.7.1")),
            der.explicit(0, self.certificate), der.set_of(info),
        )  # fmt: skip
        return der.sequence(der.oid("1.2.840.113549.1.7.2"), der.explicit(0, data))

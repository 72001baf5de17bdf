"""RSA for the PDF of the RSA world: two published test keys, PKCS#1 v1.5 signatures with SHA-256, and their certificates.

**Not for anything that matters**: both keys stand here for everybody to read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from conformance.specimen.eseal import der, oids
from conformance.specimen.eseal.clock import Clock
from conformance.specimen.eseal.pki import name

_ROOT_P = int(
    "efdd469ba5fdb8f4166003e5d71c1350a5d3659ee1fc12b44088e97588781fd03b878125d8dbf7b6c7dc50602327325e"
    "a9d3e8963e1488fb6897f13f31887009491f77e6cffc7f7b233f2c73cc25367822288af529a50d75411806227f2c8d46"
    "7e69f2e447643614bce56c1113f9a082fccf51bbbdef053d660a37a706c7db6d",
    16,
)
_ROOT_Q = int(
    "de5c903175ae58f45959bf2b21b84c8e45e65d8f2597c6fda4107f448d21b67339d07ff41df58b368b21509c217fbae8"
    "1a6709af684f148654e3bb823e039da36c5b3aa15410641a00eb2c4b9e8cbcf3fbda8b00b5430f66c9ff07fe28421c19"
    "fb0531a11e98a9283ac7e948b82675b545a3eac832bf6cdef92dcb2dd65df0c9",
    16,
)
_SIGNER_P = int(
    "e0f3668fd9ff72814f1cfb4726ee855582456adf92886170b513f6c1c20969d1d1f3166ecfd03ae0b1ef7bc18e477974"
    "3ba12d94185bbd01cbe46a9b161062fd5ffc08512a6513c12f7cd640b2dc1dbd07f9fe9cd55265bf5e3b952ea81f07f2"
    "0ddae09ae477176d3424315333286c77e659bb6e0b6e8bab0c75e5a1bf1bdb07",
    16,
)
_SIGNER_Q = int(
    "f3eb13278485de8a1955edc37b2ccd5a5fa5c51e74b2082e8f27576e26ade6c9ebb4271bfefc58e3540376392b05db75"
    "974467620d796b987c37457db31ef05d67fb31e73373470df4504e4c125eb6ee58300e621dcaa0f650379230eec4fb7d"
    "d188974cc4c8f9b1fa99a4a578a5ade6ce7043039b10ac0f88e90fb44b02db6b",
    16,
)
_E = 65537
_PREFIX = der.algorithm(oids.SHA256, der.null())
_ISSUER = name("测试 RSA 根证书", "测试电子认证服务机构")


@dataclass(frozen=True)
class RsaKey:
    """Two primes."""

    p: int
    q: int

    @property
    def n(self) -> int:
        return self.p * self.q

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2)."""
        info = der.sequence(_PREFIX, der.octets(hashlib.sha256(message).digest()))
        padded = b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info
        m = int.from_bytes(padded, "big")
        d = pow(_E, -1, (self.p - 1) * (self.q - 1))
        a, b = pow(m, d % (self.p - 1), self.p), pow(m, d % (self.q - 1), self.q)
        return (b + (a - b) * pow(self.q, -1, self.p) % self.p * self.q).to_bytes(256, "big")

    def spki(self) -> bytes:
        public = der.sequence(der.integer(self.n), der.integer(_E))
        return der.sequence(der.algorithm(oids.RSA, der.null()), der.bits(public))

    def id(self) -> bytes:
        return hashlib.sha256(self.spki()).digest()[:20]


ROOT, SIGNER = RsaKey(_ROOT_P, _ROOT_Q), RsaKey(_SIGNER_P, _SIGNER_Q)


@cache
def root(clock: Clock) -> bytes:
    return _certificate(ROOT, _ISSUER, 1, clock.start, clock.end, ca=True)


@cache
def signer(clock: Clock, end: datetime | None = None) -> bytes:
    return _certificate(SIGNER, name("测试 RSA 签名者"), 2, clock.start, end or clock.end)


@cache
def crl(clock: Clock) -> bytes:
    """Nobody is revoked."""
    algorithm = der.algorithm(oids.RSA_SHA256, der.null())
    number = der.sequence(der.oid(oids.CRL_NUMBER), der.octets(der.integer(1)))
    authority = der.sequence(der.oid(oids.AUTHORITY_KEY), der.octets(der.sequence(der.tlv(0x80, ROOT.id()))))
    tbs = der.sequence(
        der.integer(1), algorithm, _ISSUER, der.utc_time(clock.now - timedelta(hours=1)), der.utc_time(clock.end),
        der.explicit(0, der.sequence(authority, number)),
    )  # fmt: skip
    return der.sequence(tbs, algorithm, der.bits(ROOT.sign(tbs)))


def _certificate(key: RsaKey, subject: bytes, serial: int, start: datetime, end: datetime, ca: bool = False) -> bytes:
    def one(kind: str, value: bytes, critical: bool = False) -> bytes:
        return der.sequence(der.oid(kind), der.boolean(True) if critical else b"", der.octets(value))

    extensions = [
        one(oids.AUTHORITY_KEY, der.sequence(der.tlv(0x80, ROOT.id()))),
        one(oids.SUBJECT_KEY, der.octets(key.id())),
        one(oids.KEY_USAGE, der.named_bits(*((5, 6) if ca else (0, 1))), critical=True),
    ]
    if ca:
        extensions.append(one(oids.BASIC_CONSTRAINTS, der.sequence(der.boolean(True)), critical=True))
    algorithm = der.algorithm(oids.RSA_SHA256, der.null())
    tbs = der.sequence(
        der.explicit(0, der.integer(2)), der.integer(serial), algorithm, _ISSUER,
        der.sequence(der.utc_time(start), der.utc_time(end)), subject, key.spki(), der.explicit(3, der.sequence(*extensions)),
    )  # fmt: skip
    return der.sequence(tbs, algorithm, der.bits(ROOT.sign(tbs)))


@dataclass(frozen=True)
class RsaCms:
    """A detached CMS signature (RFC 5652) with signed attributes.

    end         when the signer's certificate ends, None for late enough
    digest      what stands for the digest of the document; None: the right one
    """

    clock: Clock
    end: datetime | None = None
    digest: bytes | None = None

    def over(self, document: bytes) -> bytes:
        digest = self.digest or hashlib.sha256(document).digest()
        pairs = (
            (oids.CONTENT_TYPE, der.oid(oids.DATA)),
            (oids.MESSAGE_DIGEST, der.octets(digest)),
            (oids.SIGNING_TIME, der.utc_time(self.clock.signed)),
        )
        attributes = der.set_of(*(der.sequence(der.oid(kind), der.set_of(value)) for kind, value in pairs))
        hashed = der.algorithm(oids.SHA256, der.null())
        info = der.sequence(
            der.integer(1), der.sequence(_ISSUER, der.integer(2)), hashed, b"\xa0" + attributes[1:],
            der.algorithm(oids.RSA, der.null()), der.octets(SIGNER.sign(attributes)),
        )  # fmt: skip
        data = der.sequence(
            der.integer(1), der.set_of(hashed), der.sequence(der.oid(oids.DATA)),
            der.explicit(0, signer(self.clock, self.end), root(self.clock)), der.set_of(info),
        )  # fmt: skip
        return der.sequence(der.oid(oids.SIGNED), der.explicit(0, data))

"""A test PKI: certificates and a revocation list by a root that nobody trusts, every subject marked 仅供测试."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from conformance.specimen.eseal import der, oids, sm2
from conformance.specimen.eseal.clock import Clock
from conformance.specimen.eseal.hashes import sm3

SIGNING = (0, 1)  # digitalSignature, nonRepudiation
ENCIPHERING = (2,)  # keyEncipherment
NOT_SIGNING = (6,)  # cRLSign
_ISSUING = (5, 6)  # keyCertSign, cRLSign
MARK = "（仅供测试）"
UNIT = "测试市行政审批服务局"


@dataclass(frozen=True)
class Cert:
    """What a certificate is made of.

    key         name of the key; by: name of the issuer and of its key
    usage       bits of keyUsage, None for no such extension
    person      surname and given name in the subject instead of a unit
    """

    key: str
    common: str
    serial: int
    start: datetime
    end: datetime
    by: str = "root"
    usage: tuple[int, ...] | None = SIGNING
    ca: bool = False
    stamping: bool = False
    unit: str | None = UNIT
    person: tuple[str, str] | None = None
    algorithm: str = oids.SM2_SM3
    curve: str = oids.SM2_CURVE
    explicit_default: bool = False
    crl_address: str = ""

    def subject(self) -> bytes:
        return name(self.common, self.unit, self.person)


def name(common: str, unit: str | None = UNIT, person: tuple[str, str] | None = None) -> bytes:
    """A distinguished name with the mark in it."""
    pairs = [(oids.COUNTRY, der.printable("CN"))]
    if unit:
        pairs.append((oids.ORGANISATION, der.utf8(unit)))
    if person:
        pairs += [(oids.SURNAME, der.utf8(person[0])), (oids.GIVEN_NAME, der.utf8(person[1]))]
    pairs.append((oids.COMMON_NAME, der.utf8(common + MARK)))
    return der.sequence(*(der.set_of(der.sequence(der.oid(kind), value)) for kind, value in pairs))


_CA_NAMES = {"root": "测试根证书", "rogue-root": "测试外来根证书"}


def issuer_name(by: str) -> bytes:
    return name(_CA_NAMES[by], "测试电子认证服务机构")


def spki(cert: Cert) -> bytes:
    key = sm2.public(sm2.private(cert.key))
    return der.sequence(der.sequence(der.oid(oids.EC_KEY), der.oid(cert.curve)), der.bits(key))


def key_id(key: str) -> bytes:
    return sm3(sm2.public(sm2.private(key)))[:20]


@cache
def certificate(cert: Cert) -> bytes:
    """The DER of a certificate (GB/T 20518, RFC 5280)."""
    algorithm = der.algorithm(cert.algorithm)
    tbs = der.sequence(
        der.explicit(0, der.integer(2)), der.integer(cert.serial), algorithm, issuer_name(cert.by),
        der.sequence(der.utc_time(cert.start), der.utc_time(cert.end)), cert.subject(), spki(cert),
        der.explicit(3, der.sequence(*_extensions(cert))),
    )  # fmt: skip
    return der.sequence(tbs, algorithm, der.bits(sm2.value(sm2.private(cert.by), tbs)))


def _extensions(cert: Cert) -> list[bytes]:
    def one(kind: str, value: bytes, critical: bool = False) -> bytes:
        mark = der.boolean(True) if critical else der.boolean(False) if cert.explicit_default else b""
        return der.sequence(der.oid(kind), mark, der.octets(value))

    found = [
        one(oids.AUTHORITY_KEY, der.sequence(der.tlv(0x80, key_id(cert.by)))),
        one(oids.SUBJECT_KEY, der.octets(key_id(cert.key))),
    ]
    if cert.ca:
        found.append(one(oids.BASIC_CONSTRAINTS, der.sequence(der.boolean(True)), critical=True))
    if cert.usage is not None:
        found.append(one(oids.KEY_USAGE, der.named_bits(*cert.usage), critical=True))
    if cert.stamping:
        found.append(one(oids.EXTENDED_USAGE, der.sequence(der.oid(oids.TIME_STAMPING)), critical=True))
    if cert.crl_address:
        place = der.tlv(0x86, cert.crl_address.encode())  # an IA5String, if the address is one
        names = der.tlv(0xA0, der.tlv(0xA0, place))
        found.append(one(oids.CRL_PLACES, der.sequence(der.sequence(names))))
    return found


@dataclass(frozen=True)
class People:
    """Everybody who has a certificate, as of one clock."""

    clock: Clock

    def _of(self, key: str, common: str, serial: int, **more: object) -> Cert:
        return Cert(key, common, serial, self.clock.start, self.clock.end, **more)  # type: ignore[arg-type]

    @property
    def root(self) -> Cert:
        return self._of("root", "测试根证书", 1, usage=_ISSUING, ca=True, unit="测试电子认证服务机构")

    @property
    def maker(self) -> Cert:
        """制章者。"""
        return self._of("maker", "测试电子印章制作系统", 2, unit="测试电子印章制作单位")

    @property
    def signer(self) -> Cert:
        """签章者。"""
        return self._of("signer", "测试市行政审批服务局电子印章", 3)

    @property
    def second(self) -> Cert:
        """Who adds a note later."""
        return self._of("second", "测试市大数据局加注专用", 4, unit="测试市大数据局")

    @property
    def tsa(self) -> Cert:
        return self._of("tsa", "测试时间戳服务", 5, stamping=True, unit="测试时间戳服务机构", usage=(0,))

    @property
    def revoked_since(self) -> Cert:
        """A signer whose certificate was revoked after signing: that does not matter."""
        return self._of("revoked-since", "测试停用印章", 6)

    @property
    def revoked_before(self) -> Cert:
        """A signer whose certificate was revoked before signing."""
        return self._of("revoked-before", "测试失密印章", 7)

    @property
    def revoked_maker(self) -> Cert:
        """A maker whose certificate was revoked before any seal was made."""
        return self._of("revoked-maker", "测试已撤销制章系统", 8, unit="测试电子印章制作单位")

    @property
    def rogue_root(self) -> Cert:
        return self._of("rogue-root", "测试外来根证书", 1, by="rogue-root", usage=_ISSUING, ca=True,
                        unit="测试电子认证服务机构")  # fmt: skip

    @property
    def rogue_maker(self) -> Cert:
        """A maker that a root nobody trusts has certified."""
        return self._of("rogue-maker", "测试外来制章系统", 2, by="rogue-root", unit="测试外来制章单位")

    @property
    def rogue_signer(self) -> Cert:
        return self._of("rogue-signer", "测试外来印章", 3, by="rogue-root")


@cache
def crl(clock: Clock) -> bytes:
    """The list of the root: three certificates are revoked, one of them only after documents were signed."""
    who = People(clock)
    entries = (
        (who.revoked_since.serial, clock.signed + timedelta(days=5)),
        (who.revoked_before.serial, clock.signed - timedelta(days=5)),
        (who.revoked_maker.serial, clock.made - timedelta(days=5)),
    )
    reason = der.sequence(der.sequence(der.oid(oids.CRL_REASON), der.octets(der.tlv(0x0A, b"\1"))))
    algorithm = der.algorithm(oids.SM2_SM3)
    number = der.sequence(der.oid(oids.CRL_NUMBER), der.octets(der.integer(1)))
    authority = der.sequence(
        der.oid(oids.AUTHORITY_KEY), der.octets(der.sequence(der.tlv(0x80, key_id("root"))))
    )  # fmt: skip
    tbs = der.sequence(
        der.integer(1), algorithm, issuer_name("root"), der.utc_time(clock.now - timedelta(hours=1)),
        der.utc_time(clock.end), der.sequence(*(der.sequence(der.integer(n), der.utc_time(t), reason) for n, t in entries)),
        der.explicit(0, der.sequence(authority, number)),
    )  # fmt: skip
    return der.sequence(tbs, algorithm, der.bits(sm2.value(sm2.private("root"), tbs)))

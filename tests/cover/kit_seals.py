"""Seals, signatures, certificates, lists and time-stamps for tests: valid ones, and one knob for each way to be wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from conformance.documents import asn1, oids, sm2
from conformance.documents.policy import Generation, Policy, SealState
from conformance.documents.sm3 import sm3

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2028, 1, 1, tzinfo=UTC)
MADE = datetime(2026, 2, 1, tzinfo=UTC)
SIGNED = datetime(2026, 6, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
DOCUMENT = b"<ofd:Signature>signed</ofd:Signature>"
PATH = "/Doc_0/Signs/Sign_0/Signature.xml"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
SIGNING = (0, 1)
CA_USE = (5, 6)


def key(name: str) -> int:
    return sm2.private_key(name.encode())


@cache
def public(private: int) -> sm2.PublicKey:
    return sm2.public_key(private)


def signature(private: int, message: bytes) -> bytes:
    return asn1.sm2_signature(*sm2.sign(private, message))


def name(common: str, unit: str | None = "测试单位", extra: tuple[tuple[str, str], ...] = ()) -> bytes:
    parts = [(oids.COMMON_NAME, f"{common}（仅供测试）"), *([(oids.ORGANISATION, unit)] if unit else []), *extra]
    return asn1.sequence(*(asn1.set_of(asn1.sequence(asn1.oid(o), asn1.utf8(v))) for o, v in parts))


@dataclass(frozen=True)
class Cert:
    """What a certificate is made of."""

    holder: str
    by: str = "root"
    serial: int = 1000
    start: datetime = START
    end: datetime = END
    usage: tuple[int, ...] | None = SIGNING
    ca: bool = False
    stamping: bool = False
    unit: str | None = "测试单位"
    more: tuple[tuple[str, str], ...] = ()
    key: str = ""
    algorithm: str = oids.SM2_SM3
    critical_false: bool = False
    path_length: int | None = None

    def spki(self) -> bytes:
        kind = asn1.sequence(asn1.oid(oids.EC_PUBLIC_KEY), asn1.oid(oids.SM2_CURVE))
        return asn1.sequence(kind, asn1.bit_string(public(key(self.key or self.holder)).octets()))

    def extensions(self) -> bytes:
        def one(oid: str, value: bytes, critical: bool = False) -> bytes:
            flag = asn1.boolean(True) if critical else asn1.boolean(False) if self.critical_false else b""
            return asn1.sequence(asn1.oid(oid), flag, asn1.octet_string(value))

        found = []
        if self.ca:
            length = b"" if self.path_length is None else asn1.integer(self.path_length)
            found.append(one(oids.BASIC_CONSTRAINTS, asn1.sequence(asn1.boolean(True), length), True))
        if self.usage is not None:
            found.append(one(oids.KEY_USAGE, asn1.named_bits(self.usage), True))
        if self.stamping:
            found.append(one(oids.EXTENDED_KEY_USAGE, asn1.sequence(asn1.oid(oids.TIME_STAMPING)), True))
        found.append(one(oids.SUBJECT_KEY_ID, asn1.octet_string(sm3(self.spki())[:20])))
        return asn1.explicit(3, asn1.sequence(*found))

    def der(self) -> bytes:
        algorithm = asn1.algorithm(self.algorithm)
        tbs = asn1.sequence(
            asn1.explicit(0, asn1.integer(2)), asn1.integer(self.serial), algorithm, name(self.by),
            asn1.sequence(asn1.utc_time(self.start), asn1.utc_time(self.end)),
            name(self.holder, self.unit, self.more), self.spki(), self.extensions(),
        )  # fmt: skip
        return asn1.sequence(tbs, algorithm, asn1.bit_string(signature(key(self.by), tbs)))


ROOT = Cert("root", serial=1, usage=CA_USE, ca=True)
MAKER = Cert("maker", serial=2)
SIGNER = Cert("signer", serial=3)
TSA = Cert("tsa", serial=4, stamping=True)


@cache
def der(cert: Cert) -> bytes:
    return cert.der()


def crl(
    entries: tuple[tuple[int, datetime], ...] = (), by: str = "root", this: datetime = NOW, until: datetime | None = END
) -> bytes:
    reason = asn1.sequence(asn1.sequence(asn1.oid(oids.CRL_REASON), asn1.octet_string(b"\x0a\x01\x01")))
    revoked = [asn1.sequence(asn1.integer(s), asn1.utc_time(when), reason) for s, when in entries]
    algorithm = asn1.algorithm(oids.SM2_SM3)
    tbs = asn1.sequence(
        asn1.integer(1), algorithm, name(by), asn1.utc_time(this), asn1.utc_time(until) if until else b"",
        asn1.sequence(*revoked) if revoked else b"",
    )  # fmt: skip
    return asn1.sequence(tbs, algorithm, asn1.bit_string(signature(key(by), tbs)))


def policy(**changes: object) -> Policy:
    """Everything that a verification can be given, so that nothing is 无法判定."""
    full = Policy(
        at=NOW, anchors=(der(ROOT),), crls=(crl(),), seal_states=(SealState("SEAL-1", "normal", MADE),),
    )  # fmt: skip
    return replace(full, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Stamp:
    """A time-stamp token over something."""

    time: datetime = SIGNED + timedelta(minutes=1)
    cert: Cert = TSA
    hash: str = oids.SM3
    imprint: bytes | None = None
    attributes: bool = True
    digest: bytes | None = None
    private: str = ""

    def der(self, stamped: bytes) -> bytes:
        info = asn1.sequence(
            asn1.integer(1), asn1.oid("1.2.3.4"),
            asn1.sequence(asn1.algorithm(self.hash), asn1.octet_string(self.imprint or sm3(stamped))),
            asn1.integer(77), asn1.generalized_time(self.time),
        )  # fmt: skip
        signed = Cms(
            cert=self.cert, content=info, attributes=self.attributes, inner=oids.TST_INFO, outer=oids.PKCS7_SIGNED_DATA,
            digest=self.digest, private=self.private, version=3,
        )  # fmt: skip
        return signed.der(info)


@dataclass(frozen=True)
class Cms:
    """A SignedData over a document, in either profile."""

    cert: Cert = SIGNER
    attributes: bool = False
    content: bytes | None = b""  # b"" = the digest of the document
    outer: str = oids.SM2_SIGNED_DATA
    inner: str = oids.SM2_DATA
    certificates: bool = True
    digest: bytes | None = None
    private: str = ""
    version: int = 1
    digest_algorithm: str = oids.SM3
    time: datetime | None = SIGNED
    stamp: Stamp | None = None
    encode: str = "der"

    def der(self, document: bytes) -> bytes:
        content = self.content
        if content == b"":
            content = None if self.attributes else self.digest or sm3(document)
        attributes = b""
        to_sign = content if content is not None else document
        if self.attributes:
            digest = self.digest or sm3(content if content is not None else document)
            pairs = [(oids.CONTENT_TYPE, asn1.oid(self.inner)), (oids.MESSAGE_DIGEST, asn1.octet_string(digest))]
            if self.time:
                pairs.append((oids.SIGNING_TIME, asn1.utc_time(self.time)))
            whole = asn1.set_of(*(asn1.sequence(asn1.oid(o), asn1.set_of(v)) for o, v in pairs))
            attributes, to_sign = b"\xa0" + whole[1:], whole
        value = encoded(self.encode, key(self.private or self.cert.key or self.cert.holder), to_sign)
        unsigned = b""
        if self.stamp:
            one = asn1.sequence(asn1.oid(oids.TIME_STAMP_TOKEN), asn1.set_of(self.stamp.der(value)))
            unsigned = asn1.explicit(1, one)
        signer = asn1.sequence(
            asn1.integer(1), asn1.sequence(name(self.cert.by), asn1.integer(self.cert.serial)),
            asn1.algorithm(self.digest_algorithm), attributes, asn1.algorithm(oids.SM2_SIGN), asn1.octet_string(value), unsigned,
        )  # fmt: skip
        inner = asn1.sequence(
            asn1.oid(self.inner), asn1.explicit(0, asn1.octet_string(content)) if content is not None else b""
        )
        held = asn1.explicit(0, der(self.cert)) if self.certificates else b""
        signed = asn1.sequence(
            asn1.integer(self.version),
            asn1.set_of(asn1.algorithm(self.digest_algorithm)),
            inner,
            held,
            asn1.set_of(signer),
        )
        return asn1.sequence(asn1.oid(self.outer), asn1.explicit(0, signed))


def encoded(how: str, private: int, message: bytes) -> bytes:
    """The octets of a signature value, in one of the ways that encoders get it right or wrong."""
    for attempt in range(3000):
        r, s = sm2.sign(private, message, attempt=attempt)
        top = r >> 255 or s >> 255
        if how == "no-leading-zero" and not top:
            continue
        if how == "trailing-zero" and s & 0xFF:
            continue
        break
    else:
        raise AssertionError("no signature with this form found")
    if how == "raw":
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if how == "no-leading-zero":
        return asn1.sequence(*(asn1.tlv(asn1.INTEGER, n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (r, s)))
    whole = asn1.sm2_signature(r, s)
    if how == "trailing-zero":
        return whole[:-1]
    if how == "long-length":
        return b"\x30\x81" + whole[1:]
    if how == "trailing-bytes":
        return whole + b"\0"
    return whole


@dataclass(frozen=True)
class Seal:
    """An electronic seal of any generation."""

    generation: Generation = Generation.V4
    maker: Cert = MAKER
    signers: tuple[Cert, ...] = (SIGNER,)
    entries: tuple[bytes, ...] | None = None
    list_type: int = 1
    id: str = "ES"
    version: int | None = None
    es_id: str = "SEAL-1"
    times: tuple[bytes, ...] = ()
    made: datetime = MADE
    start: datetime = MADE
    end: datetime = END
    picture: bytes = PNG
    picture_type: str = "png"
    size: tuple[int, int] = (40, 40)
    algorithm: str = oids.SM2_SM3
    private: str = "maker"
    encode: str = "der"
    unused: int = 0
    cert: bytes | None = None
    stamp: Stamp | None = None
    swap: bool = False
    forged_picture: bytes | None = None
    extra: bytes = b""

    def info(self, picture: bytes) -> bytes:
        v1 = self.generation is Generation.V1
        version = (
            self.version
            if self.version is not None
            else {Generation.V1: 1, Generation.V4: 4, Generation.V5: 5}[self.generation]
        )
        header = asn1.sequence(asn1.ia5(self.id), asn1.integer(version), asn1.ia5("TEST"))
        entries = self.entries
        if entries is None:
            certs = [der(c) for c in self.signers]
            if self.list_type == 2:
                entries = tuple(asn1.sequence(asn1.printable(oids.SM3), asn1.octet_string(sm3(c))) for c in certs)
            else:
                entries = tuple(asn1.octet_string(c) for c in certs)
        write = asn1.utc_time if v1 else asn1.generalized_time
        times = self.times or tuple(write(t) for t in (self.made, self.start, self.end))
        prop = asn1.sequence(
            asn1.integer(1), asn1.utf8("测试单位电子印章（仅供测试）"), b"" if v1 else asn1.integer(self.list_type),
            asn1.sequence(*entries), *times,
        )  # fmt: skip
        shown = asn1.sequence(
            asn1.ia5(self.picture_type),
            asn1.octet_string(picture),
            asn1.integer(self.size[0]),
            asn1.integer(self.size[1]),
        )
        return asn1.sequence(header, asn1.ia5(self.es_id), prop, shown, self.extra)

    def der(self) -> bytes:
        info = self.info(self.picture)
        cert, algorithm = asn1.octet_string(self.cert or der(self.maker)), asn1.oid(self.algorithm)
        signed = asn1.sequence(info, cert, algorithm) if self.generation is Generation.V1 else info
        value = encoded(self.encode, key(self.private), signed)
        if self.forged_picture is not None:
            info = self.info(self.forged_picture)
        bits = asn1.bit_string(value, self.unused)
        if self.generation is Generation.V1:
            return asn1.sequence(info, asn1.sequence(cert, algorithm, bits))
        stamp = asn1.explicit(0, asn1.bit_string(self.stamp.der(value))) if self.stamp else b""
        parts = (cert, info) if self.swap else (info, cert)
        return asn1.sequence(*parts, algorithm, bits, stamp)


@dataclass(frozen=True)
class Ses:
    """An electronic seal signature of any generation."""

    seal: Seal = field(default_factory=Seal)
    cert: Cert = SIGNER
    cert_bytes: bytes | None = None
    version: int | None = None
    time: bytes | None = None
    signed: datetime = SIGNED
    data_hash: bytes | None = None
    hash_unused: int = 0
    info: str = PATH
    algorithm: str = oids.SM2_SM3
    private: str = "signer"
    encode: str = "der"
    unused: int = 0
    stamp: Stamp | None = None
    stamp_bytes: bytes | None = None
    swap: bool = False
    tail: bytes = b""
    seal_bytes: bytes | None = None
    extra: bytes = b""

    def der(self) -> bytes:
        v1 = self.seal.generation is Generation.V1
        default = {Generation.V1: 1, Generation.V4: 4, Generation.V5: 5}[self.seal.generation]
        version = (
            self.version
            if self.version is not None
            else self.seal.version
            if self.seal.version is not None
            else default
        )
        if v1:
            time = self.time or asn1.bit_string(self.signed.strftime("%y%m%d%H%M%SZ").encode())
        else:
            time = self.time or asn1.generalized_time(self.signed)
        data_hash = asn1.bit_string(sm3(DOCUMENT) if self.data_hash is None else self.data_hash, self.hash_unused)
        cert, algorithm = asn1.octet_string(self.cert_bytes or der(self.cert)), asn1.oid(self.algorithm)
        first = (asn1.integer(version), self.seal_bytes or self.seal.der())
        body = (*(first[::-1] if self.swap else first), time, data_hash, asn1.ia5(self.info), self.extra)
        to_sign = asn1.sequence(*body, *((cert, algorithm) if v1 else ()))
        value = encoded(self.encode, key(self.private), to_sign)
        bits = asn1.bit_string(value, self.unused)
        if v1:
            return asn1.sequence(to_sign, bits)
        stamp = b""
        if self.stamp or self.stamp_bytes is not None:
            token = self.stamp.der(value) if self.stamp else self.stamp_bytes or b""
            stamp = asn1.explicit(0, asn1.bit_string(token))
        return asn1.sequence(to_sign, cert, algorithm, bits, stamp) + self.tail


def extension(critical: bool) -> bytes:
    """extDatas with one entry."""
    return asn1.sequence(
        asn1.sequence(asn1.oid("1.2.3.4"), asn1.boolean(True) if critical else b"", asn1.octet_string(b"x"))
    )

"""X.509 certificates as GB/T 20518 profiles them, read from their own bytes, with what is not DER about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from conformance.documents import der, oids, sm2, times, values
from conformance.documents.asn1 import (
    BIT_STRING,
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    UTC_TIME,
)
from conformance.documents.der import Node
from conformance.documents.fields import Fields, Names
from conformance.documents.keys import Key
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect

_LIMITS = der.Limits(size=64 << 10, depth=20, nodes=3_000)

USAGES = (
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
    "cRLSign", "encipherOnly", "decipherOnly",
)  # fmt: skip
USAGES_ZH = dict(zip(USAGES, (
    "数字签名", "抗抵赖", "密钥加密", "数据加密", "密钥协商", "证书签名", "CRL 签名", "仅加密", "仅解密",
), strict=True))  # fmt: skip


# Extensions whose meaning does not change what is judged here, or is judged: they may be critical.
_WITH_ADDRESSES = {oids.CRL_POINTS, oids.SUBJECT_ALT_NAME, oids.ISSUER_ALT_NAME, oids.AUTHORITY_INFO}
_UNDERSTOOD = _WITH_ADDRESSES | {
    oids.KEY_USAGE, oids.EXTENDED_KEY_USAGE, oids.BASIC_CONSTRAINTS, oids.SUBJECT_KEY_ID, oids.AUTHORITY_KEY_ID,
    oids.CERTIFICATE_POLICIES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A distinguished name: its bytes (what is compared) and its attributes in order, OID and text."""

    raw: bytes
    attributes: tuple[tuple[str, str], ...]

    def get(self, attribute: str) -> str:
        """The first value of an attribute type, or ""."""
        return next((value for oid, value in self.attributes if oid == attribute), "")

    def __str__(self) -> str:
        return ", ".join(f"{oids.ATTRIBUTES.get(oid, oid)}={value}" for oid, value in self.attributes)


@dataclass(frozen=True, slots=True)
class Certificate:
    """证书。`usage` 为 None 表示没有密钥用法扩展；`defects` 是不符合 DER 或类型规定之处。"""

    raw: bytes
    tbs: bytes
    serial: int
    issuer: Name
    subject: Name
    not_before: Time
    not_after: Time
    key: Key
    algorithm: str
    inner_algorithm: str
    signature: bytes
    usage: frozenset[str] | None
    extended_usage: frozenset[str]
    is_ca: bool
    path_length: int | None
    key_id: bytes
    authority_key_id: bytes
    crl_points: tuple[str, ...]
    unknown_critical: tuple[str, ...]
    defects: tuple[Defect, ...]

    @property
    def holder(self) -> str:
        """Whom to name to a person: the common name, else the whole subject."""
        return self.subject.get(oids.COMMON_NAME) or str(self.subject)

    @property
    def self_issued(self) -> bool:
        return self.issuer.raw == self.subject.raw


@dataclass(slots=True)
class _Extensions:
    """What the extensions say, gathered while they are walked."""

    usage: frozenset[str] | None = None
    extended_usage: frozenset[str] = frozenset()
    is_ca: bool = False
    path_length: int | None = None
    key_id: bytes = b""
    authority_key_id: bytes = b""
    crl_points: tuple[str, ...] = ()
    unknown_critical: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def read(data: bytes) -> Certificate:
    """A certificate from its bytes. DocumentError F101 to F104 when it cannot be read; remembered by content."""
    encoding = der.read(data, _LIMITS)
    names = Names()
    outer = Fields(encoding.root, names, "certificate")
    tbs = outer.inner("tbsCertificate")
    algorithm = read_algorithm(outer.inner("signatureAlgorithm"))
    signature = values.bits(outer.take("signatureValue", BIT_STRING), names, "certificate.signatureValue")
    outer.end()
    version = tbs.optional("version", 0xA0)
    if version and (not version.children or values.integer(version.children[0]) == 0):
        names.defects.append(_default("certificate.tbsCertificate.version", version))
    serial = values.integer(tbs.take("serialNumber", INTEGER))
    inner = read_algorithm(tbs.inner("signature"))
    issuer = read_name(tbs.take("issuer", SEQUENCE))
    validity = tbs.inner("validity")
    start, end = (times.read(validity.take(n, UTC_TIME, GENERALIZED_TIME)) for n in ("notBefore", "notAfter"))
    subject = read_name(tbs.take("subject", SEQUENCE))
    key = read_key(tbs.take("subjectPublicKeyInfo", SEQUENCE), names)
    for tag in (0x81, 0x82, 0xA1, 0xA2):
        tbs.optional("uniqueIdentifier", tag)
    extensions = _Extensions()
    if wrapped := tbs.optional("extensions", 0xA3):
        _read_extensions(wrapped, extensions, names)
    tbs.end()
    return Certificate(
        raw=data[: encoding.root.end], tbs=tbs.node.raw, serial=serial, issuer=issuer, subject=subject,
        not_before=start, not_after=end, key=key, algorithm=algorithm, inner_algorithm=inner, signature=signature,
        usage=extensions.usage, extended_usage=extensions.extended_usage, is_ca=extensions.is_ca,
        path_length=extensions.path_length, key_id=extensions.key_id, authority_key_id=extensions.authority_key_id,
        crl_points=extensions.crl_points, unknown_critical=extensions.unknown_critical,
        defects=names.tell(encoding.defects),
    )  # fmt: skip


def read_algorithm(fields: Fields) -> str:
    """AlgorithmIdentifier: its OID. Parameters other than none or NULL are a defect for the hashes and signatures used here."""
    oid = values.oid(fields.take("algorithm", OID))
    if fields.next_is(0x05) or not fields.left:
        fields.rest()
    fields.end()
    return oid


def read_name(node: Node) -> Name:
    """RDNSequence; elements of other shapes are passed over, since a name is compared by its bytes."""
    attributes = []
    for rdn in node.children:
        for pair in rdn.children if rdn.tag == SET else ():
            if len(pair.children) == 2 and pair.children[0].tag == OID:
                attributes.append((values.oid(pair.children[0]), values.text(pair.children[1])))
    return Name(node.raw, tuple(attributes))


def read_key(node: Node, names: Names) -> Key:
    """SubjectPublicKeyInfo."""
    fields = Fields(node, names, "certificate.tbsCertificate.subjectPublicKeyInfo")
    inner = fields.inner("algorithm")
    algorithm = values.oid(inner.take("algorithm", OID))
    curve = values.oid(parameter) if (parameter := inner.optional("parameters", OID)) else ""
    octets = values.bits(fields.take("subjectPublicKey", BIT_STRING), names, f"{fields.name}.subjectPublicKey")
    point = sm2.PublicKey.read(octets) if curve == oids.SM2_CURVE else None
    return Key(node.raw, algorithm, curve, point)


def _default(where: str, node: Node) -> Defect:
    return Defect("default-encoded", where, node.start, "缺省值不应编码（DER）", "省略", "写出了缺省值")


def _read_extensions(wrapped: Node, found: _Extensions, names: Names) -> None:
    seen: set[str] = set()
    for node in wrapped.children[0].children if len(wrapped.children) == 1 else ():
        fields = Fields(node, names)
        oid = values.oid(fields.take("extnID", OID))
        where = f"certificate.extension {oid}"
        critical = fields.optional("critical", BOOLEAN)
        if critical and critical.content == b"\0":
            names.defects.append(_default(f"{where}.critical", critical))
        if oid in seen:
            names.defects.append(Defect("duplicate-extension", where, node.start, "同一扩展出现两次"))
        seen.add(oid)
        value = fields.take("extnValue", OCTET_STRING)
        fields.end()
        known = oid in _UNDERSTOOD
        try:
            encoding = der.read(value.octets, _LIMITS)
        except DocumentError as error:
            if known:  # an extension of somebody's own need not hold DER
                names.defects.append(
                    Defect("extension-unreadable", where, value.start, f"扩展无法解析：{error.message}")
                )
        else:
            names.defects += (
                Defect(d.code, where, value.head + d.offset, d.message, d.expected, d.actual) for d in encoding.defects
            )
            _read_extension(oid, encoding.root, found, names, where, value.head)
        if not known and critical and critical.content != b"\0":
            found.unknown_critical += (oid,)


def _read_extension(oid: str, root: Node, found: _Extensions, names: Names, where: str, offset: int) -> None:
    if oid == oids.KEY_USAGE:
        found.usage = frozenset(USAGES[i] for i in values.named_bits(root) if i < len(USAGES))
    elif oid == oids.EXTENDED_KEY_USAGE:
        found.extended_usage = frozenset(values.oid(n) for n in root.children)
    elif oid == oids.BASIC_CONSTRAINTS:
        for node in root.children[:2]:
            if node.tag == BOOLEAN:
                found.is_ca = node.content != b"\0"
                if not found.is_ca:
                    names.defects.append(Defect("default-encoded", where, offset, "缺省值 cA=FALSE 不应编码（DER）"))
            elif node.tag == INTEGER:
                found.path_length = values.integer(node)
    elif oid == oids.SUBJECT_KEY_ID:
        found.key_id = root.content
    elif oid == oids.AUTHORITY_KEY_ID:
        found.authority_key_id = next((n.content for n in root.children if n.tag == 0x80), b"")
    elif oid in _WITH_ADDRESSES:
        addresses = [n.content for n in _walk(root) if n.tag == 0x86]  # uniformResourceIdentifier [6] IA5String
        if not all(a.isascii() for a in addresses):
            names.defects.append(Defect("ia5-string-not-ascii", where, offset, "IA5String 含有非 ASCII 字节"))
        if oid == oids.CRL_POINTS:
            found.crl_points = tuple(a.decode("utf-8", "replace") for a in addresses)[:16]


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)

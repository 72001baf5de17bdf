"""SignedData of GB/T 35275 (and the PKCS#7 and CMS forms it comes from), read into frozen values, and its signature checked."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.documents import asn1, certificates, der, keys, oids, times, values
from conformance.documents.asn1 import INTEGER, OCTET_STRING, OID, SEQUENCE, SET
from conformance.documents.certificates import Certificate
from conformance.documents.der import Node
from conformance.documents.fields import Fields, Names, type_name
from conformance.documents.keys import Checked
from conformance.documents.sm2 import DEFAULT_ID
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect

_MOST_SIGNERS = 16
_MOST_CERTIFICATES = 64
_MOST_ATTRIBUTES = 64


@dataclass(frozen=True, slots=True)
class Attribute:
    """属性：类型和值（各值为 DER）。"""

    oid: str
    values: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """签名者信息 SignerInfo。

    issuer, serial    颁发者名称的字节与证书序列号；用主题密钥标识指明证书时为空，标识在 key_id
    signed_attributes 待签名属性 SET 的 DER 编码，没有属性时为 None
    """

    version: int
    issuer: bytes
    serial: int
    key_id: bytes
    digest_algorithm: str
    signed_attributes: bytes | None
    attributes: tuple[Attribute, ...]
    signature_algorithm: str
    signature: bytes
    unsigned: tuple[Attribute, ...]

    def attribute(self, oid: str) -> bytes | None:
        """The one value of a signed attribute, as its string content; None when it is missing or not single."""
        found = [a for a in self.attributes if a.oid == oid]
        if len(found) != 1 or len(found[0].values) != 1:
            return None
        root = der.read(found[0].values[0]).root
        return root.content

    @property
    def signing_time(self) -> Time | None:
        found = [a for a in self.attributes if a.oid == oids.SIGNING_TIME and a.values]
        return times.read(der.read(found[0].values[0]).root) if found else None

    @property
    def time_stamp(self) -> bytes | None:
        """The time-stamp token over this signature, from the unsigned attributes."""
        return next((a.values[0] for a in self.unsigned if a.oid == oids.TIME_STAMP_TOKEN and a.values), None)


@dataclass(frozen=True, slots=True)
class SignedData:
    """签名数据（GB/T 35275）。`content` 为内层内容，没有时为 None。"""

    raw: bytes
    type: str
    version: int
    digest_algorithms: tuple[str, ...]
    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    signers: tuple[Signer, ...]

    def certificate_of(self, signer: Signer, more: tuple[Certificate, ...] = ()) -> Certificate | None:
        """The signer's certificate, out of those that came along and `more`."""
        for candidate in (*self.readable(), *more):
            by_name = candidate.issuer.raw == signer.issuer and candidate.serial == signer.serial
            if by_name or (signer.key_id and candidate.key_id == signer.key_id):
                return candidate
        return None

    def readable(self) -> tuple[Certificate, ...]:
        """The certificates that came along and can be read."""
        found = []
        for data in self.certificates:
            try:
                found.append(certificates.read(data))
            except DocumentError:
                continue
        return tuple(found)


def is_signed_data(data: bytes) -> bool:
    """Whether the data look like a SignedData at all, whatever its object identifier."""
    try:
        root = der.read(data).root
    except DocumentError:
        return False
    children = root.children
    return root.tag == SEQUENCE and len(children) == 2 and children[0].tag == OID and children[1].tag == 0xA0


def read(data: bytes) -> tuple[SignedData, tuple[Defect, ...]]:
    """A ContentInfo with SignedData. DocumentError F101 to F104 when it is none."""
    encoding = der.read(data)
    names = Names()
    outer = Fields(encoding.root, names)
    kind = values.oid(outer.take("contentType", OID))
    fields = Fields(_only(outer.take("content", 0xA0), "content"), names, "signedData")
    outer.end()
    version = values.integer(fields.take("version", INTEGER))
    algorithms = tuple(
        certificates.read_algorithm(Fields(n, names, "signedData.digestAlgorithms"))
        for n in fields.take("digestAlgorithms", SET).children[:_MOST_SIGNERS]
    )
    inner = fields.inner("contentInfo")
    content_type = values.oid(inner.take("contentType", OID))
    wrapped = inner.optional("content", 0xA0)
    content = None if wrapped is None else _content(_only(wrapped, "contentInfo.content"), names)
    inner.end()
    held = fields.optional("certificates", 0xA0)
    fields.optional("crls", 0xA1)
    signers = fields.take("signerInfos", SET)
    fields.end()
    found = tuple(n.raw for n in held.children[:_MOST_CERTIFICATES]) if held else ()
    if len(set(found)) != len(found):
        names.defects.append(Defect("certificate-repeated", "certificates", 0, "同一证书出现多次"))
    infos = tuple(_signer(Fields(n, names, "signerInfo")) for n in signers.children[:_MOST_SIGNERS])
    signed = SignedData(encoding.root.raw, kind, version, algorithms, content_type, content, found, infos)
    return signed, names.tell(encoding.defects)


def _only(node: Node, name: str) -> Node:
    if len(node.children) != 1:
        raise DocumentError("F104", f"{name} 应含一个元素，实有 {len(node.children)} 个", where=name)
    return node.children[0]


def _content(node: Node, names: Names) -> bytes:
    if node.tag in (OCTET_STRING, 0x24):
        return node.octets
    where = "contentInfo.content"
    names.defects.append(
        Defect("wrong-type", where, node.start, "内层内容的类型不对", "OCTET STRING", type_name(node.tag))
    )
    return node.content


def _signer(fields: Fields) -> Signer:
    names = fields.names
    version = values.integer(fields.take("version", INTEGER))
    issuer, serial, key_id = b"", 0, b""
    if fields.next_is(0x80):
        key_id = fields.take("subjectKeyIdentifier", 0x80).content
    else:
        by = fields.inner("issuerAndSerialNumber")
        issuer = by.take("issuer", SEQUENCE).raw
        serial = values.integer(by.take("serialNumber", INTEGER))
        by.end()
    digest_algorithm = certificates.read_algorithm(fields.inner("digestAlgorithm"))
    signed = fields.optional("authenticatedAttributes", 0xA0)
    algorithm = certificates.read_algorithm(fields.inner("digestEncryptionAlgorithm"))
    signature = fields.take("encryptedDigest", OCTET_STRING).octets
    unsigned = fields.optional("unauthenticatedAttributes", 0xA1)
    fields.end()
    attributes = None
    if signed is not None:
        attributes = b"\x31" + signed.raw[1:]
        written = [n.raw for n in signed.children]
        if written != sorted(written):
            names.defects.append(
                Defect(
                    "set-not-sorted",
                    "signerInfo.authenticatedAttributes",
                    signed.start,
                    "签名属性没有按 DER 的次序排列",
                )
            )
    return Signer(
        version, issuer, serial, key_id, digest_algorithm, attributes, _attributes(signed, names), algorithm, signature,
        _attributes(unsigned, names),
    )  # fmt: skip


def _attributes(node: Node | None, names: Names) -> tuple[Attribute, ...]:
    found: list[Attribute] = []
    if node and len(node.children) > _MOST_ATTRIBUTES:
        raise DocumentError("F103", "签名属性过多", where="signerInfo", expected=f"不超过 {_MOST_ATTRIBUTES} 个")
    for child in node.children if node else ():
        fields = Fields(child, names)
        oid = values.oid(fields.take("type", OID))
        held = tuple(n.raw for n in fields.take("values", SET).children)
        if len(held) != 1 or any(a.oid == oid for a in found):
            names.defects.append(
                Defect(
                    "attribute-not-single",
                    "signerInfo",
                    child.start,
                    f"属性 {oids.shown(oid)} 应恰有一个值",
                    "1",
                    str(len(held)),
                )
            )
        found.append(Attribute(oid, held))
        fields.end()
    return tuple(found)


def fits(signer: Signer, key: keys.Key) -> bool:
    """Whether the algorithm identifier of the signer is one that goes with the key.

    Real files name SM2 by the signature, by the combination with SM3, or by the curve.
    """
    algorithm = signer.signature_algorithm
    if key.is_sm2:
        return algorithm in (oids.SM2_SM3, oids.SM2_SIGN, oids.SM2_CURVE)
    return algorithm == oids.RSA or (algorithm in oids.SIGNATURE_HASHES and algorithm != oids.SM2_SM3)


def check(signer: Signer, key: keys.Key, content: bytes, user_id: bytes = DEFAULT_ID) -> Checked:
    """The signature value alone: over the attributes when there are some, else over the content.

    Attributes are signed as they were written; when that does not verify, their DER order is tried, since a writer may
    sign one and send the other.
    """
    hash_name = oids.HASHES.get(signer.digest_algorithm, "")
    algorithm, value = signer.signature_algorithm, signer.signature
    if signer.signed_attributes is None:
        return keys.verify(key, algorithm, content, value, "encryptedDigest", user_id, hash_name)
    checked = keys.verify(key, algorithm, signer.signed_attributes, value, "encryptedDigest", user_id, hash_name)
    if checked.holds is False:
        parts = [n.raw for n in der.read(signer.signed_attributes).root.children]
        ordered = asn1.set_of(*parts)
        if ordered != signer.signed_attributes:
            return keys.verify(key, algorithm, ordered, value, "encryptedDigest", user_id, hash_name)
    return checked

"""Electronic seals (电子印章 SESeal) of the three generations: recognised by structure, read into frozen values.

v1  GM/T 0031-2014 6.1.1      SEQUENCE {esealInfo, signInfo {cert, signatureAlgorithm, signData}}
v4  GB/T 38540-2020 6.1.1     SEQUENCE {eSealInfo, cert, signAlgID, signedValue}
v5  GM/T 0031-2025            as v4, with [0] timeStamp OPTIONAL at the end
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from conformance.documents import asn1, der, times, values
from conformance.documents.asn1 import (
    BIT_STRING,
    BOOLEAN,
    GENERALIZED_TIME,
    IA5_STRING,
    INTEGER,
    OCTET_STRING,
    OID,
    PRINTABLE_STRING,
    SEQUENCE,
    UTC_TIME,
    UTF8_STRING,
)
from conformance.documents.der import Node
from conformance.documents.fields import Fields, Names, type_name
from conformance.documents.policy import Generation
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect, inside

_MOST_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Header:
    """印章头 SES_Header（GB/T 38540-2020 6.1.2.2，GM/T 0031-2014 6.1.1.1）：标识、版本号、厂商标识。"""

    id: str
    version: int
    vendor: str


@dataclass(frozen=True, slots=True)
class CertDigest:
    """证书杂凑 CertDigestObj（GB/T 38540-2020 6.1.2.4）：杂凑算法与杂凑值。"""

    type: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Property:
    """印章属性 SES_ESPropertyInfo（GB/T 38540-2020 6.1.2.4）。

    cert_list_type    1 证书，2 证书杂凑；v1 没有此字段，为 None
    certificates      证书列表里的证书，原样
    digests           证书列表里的证书杂凑
    """

    type: int
    name: str
    cert_list_type: int | None
    certificates: tuple[bytes, ...]
    digests: tuple[CertDigest, ...]
    created: Time
    valid_from: Time
    valid_to: Time


@dataclass(frozen=True, slots=True)
class Picture:
    """印章图像 SES_ESPictrueInfo（GB/T 38540-2020 6.1.2.5）：类型、数据、宽和高（毫米）。"""

    type: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ExtData:
    """自定义数据 ExtData（GB/T 38540-2020 6.1.2.6）。"""

    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """电子印章。

    raw           整个印章的字节
    signed        制章者签名的原文：v1 为 印章信息‖证书‖算法 的 SEQUENCE（6.1.1.2），v4、v5 为印章信息（6.1.5）
    certificate   制章者证书，字段里的原样字节
    """

    raw: bytes
    generation: Generation
    header: Header
    es_id: str
    property: Property
    picture: Picture
    extensions: tuple[ExtData, ...]
    certificate: bytes
    algorithm: str
    signed_value: bytes
    signed: bytes
    time_stamp: bytes | None


def recognise(node: Node) -> Generation:
    """The generation of a seal by its structure: two elements are v1; of the others version 5 is v5, the rest v4."""
    if len(node.children) == 2:
        return Generation.V1
    try:
        version = values.integer(node.children[0].children[0].children[1])
    except IndexError:
        return Generation.V4
    return Generation.V5 if version == 5 else Generation.V4


def read(data: bytes) -> tuple[Seal, tuple[Defect, ...]]:
    """A seal (Seal.esl) and what is not DER or not as the structure demands. DocumentError F101 to F104."""
    encoding = der.read(data)
    names = Names()
    seal = take(encoding.root, names)
    return seal, names.tell(encoding.defects)


def take(node: Node, names: Names, path: str = "seal") -> Seal:
    """A seal that is an element of something."""
    outer = Fields(node, names, path)
    generation = recognise(node)
    info = outer.inner("esealInfo" if generation is Generation.V1 else "eSealInfo")
    header = _header(info)
    es_id = values.text(info.take("esID", IA5_STRING))
    prop = _property(info.inner("property"), generation)
    picture = _picture(info.inner("picture"))
    extensions = take_extensions(info)
    info.end()
    signer = outer.inner("signInfo") if generation is Generation.V1 else outer
    names_of = (
        ("cert", "signatureAlgorithm", "signData") if signer is not outer else ("cert", "signAlgID", "signedValue")
    )
    start = signer.node.children[0] if signer is not outer and signer.left else None
    certificate = take_certificate(signer, names_of[0])
    algorithm = take_algorithm(signer, names_of[1])
    value = values.bits(signer.take(names_of[2], BIT_STRING), names, inside(signer.name, names_of[2]))
    signed = info.node.raw
    if start is not None:
        signed = asn1.sequence(info.node.raw, start.raw, signer.node.children[1].raw)
    stamp = None if generation is Generation.V1 else take_time_stamp(outer)
    if signer is not outer:
        signer.end()
    outer.end()
    return Seal(
        node.raw, generation, header, es_id, prop, picture, extensions, certificate, algorithm, value, signed, stamp
    )  # fmt: skip


def _header(info: Fields) -> Header:
    fields = info.inner("header")
    header = Header(
        values.text(fields.take("ID", IA5_STRING)),
        values.integer(fields.take("version", INTEGER)),
        values.text(fields.take("Vid", IA5_STRING)),
    )
    fields.end()
    return header


def _property(fields: Fields, generation: Generation) -> Property:
    kind = values.integer(fields.take("type", INTEGER))
    name = values.text(fields.take("name", UTF8_STRING))
    v1 = generation is Generation.V1
    list_type = None if v1 else values.integer(fields.take("certListType", INTEGER))
    certificates, digests = _cert_list(fields.inner("certList"), list_type)
    wanted = UTC_TIME if v1 else GENERALIZED_TIME
    created, start, end = (times.read(fields.take(n, wanted)) for n in ("createDate", "validStart", "validEnd"))
    fields.end()
    return Property(kind, name, list_type, certificates, digests, created, start, end)


def _cert_list(fields: Fields, list_type: int | None) -> tuple[tuple[bytes, ...], tuple[CertDigest, ...]]:
    """Both kinds of entry are read whatever the type says; an entry of the other kind is a defect."""
    certificates: list[bytes] = []
    digests: list[CertDigest] = []
    nodes = fields.rest()
    if len(nodes) > _MOST_ENTRIES:
        raise _too_many(fields.name)
    for node in nodes:
        digest = node.tag == SEQUENCE and [c.tag for c in node.children] == [PRINTABLE_STRING, OCTET_STRING]
        if digest:
            digests.append(CertDigest(values.text(node.children[0]), node.children[1].octets))
        elif node.tag in (OCTET_STRING, 0x24, SEQUENCE):
            certificates.append(node.raw if node.tag == SEQUENCE else node.octets)
        wanted = SEQUENCE if list_type == 2 else OCTET_STRING
        if node.tag != wanted or digest != (list_type == 2):
            fields.names.defects.append(
                Defect("cert-list-entry", fields.name, node.start, "证书列表的内容与 certListType 不一致",
                       f"{'CertDigestObj' if list_type == 2 else 'OCTET STRING 证书'}", type_name(node.tag))
            )  # fmt: skip
    return tuple(certificates), tuple(digests)


def _picture(fields: Fields) -> Picture:
    picture = Picture(
        values.text(fields.take("type", IA5_STRING)),
        fields.take("data", OCTET_STRING).octets,
        values.integer(fields.take("width", INTEGER)),
        values.integer(fields.take("height", INTEGER)),
    )
    fields.end()
    return picture


def take_extensions(fields: Fields) -> tuple[ExtData, ...]:
    """extDatas, tagged [0] or not, when the next field is one."""
    if not (fields.next_is(0xA0) or fields.next_is(SEQUENCE)):
        return ()
    node = fields.take("extDatas")
    # [0] EXPLICIT holds one SEQUENCE OF ExtData; [0] IMPLICIT and the untagged form hold the ExtData themselves.
    inner = node.children[0] if node.tag == 0xA0 and len(node.children) == 1 else None
    if inner is not None and (not inner.children or inner.children[0].tag != OID):
        node = inner
    found = []
    if len(node.children) > _MOST_ENTRIES:
        raise _too_many(inside(fields.name, "extDatas"))
    for child in node.children:
        part = Fields(child, fields.names, inside(fields.name, "extDatas"))
        oid = values.oid(part.take("extnID", OID))
        critical = part.optional("critical", BOOLEAN)
        found.append(
            ExtData(oid, bool(critical and critical.content != b"\0"), part.take("extnValue", OCTET_STRING).octets)
        )
        part.end()
    return tuple(found)


def _too_many(path: str) -> DocumentError:
    return DocumentError("F103", f"{path} 的条目过多", where=path, expected=f"不超过 {_MOST_ENTRIES} 个")


def take_certificate(fields: Fields, name: str) -> bytes:
    """A certificate in an OCTET STRING; one that stands there without it is a defect."""
    if fields.next_is(SEQUENCE):
        node = fields.take(name, SEQUENCE)
        path = inside(fields.name, name)
        fields.names.defects.append(
            Defect("wrong-type", path, node.start, f"{path} 的类型不对", "OCTET STRING", "SEQUENCE")
        )
        return node.raw
    return fields.take(name, OCTET_STRING).octets


def take_algorithm(fields: Fields, name: str) -> str:
    """An OBJECT IDENTIFIER; an AlgorithmIdentifier in its place is a defect."""
    if fields.next_is(SEQUENCE):
        inner = fields.inner(name)
        fields.names.defects.append(
            Defect(
                "wrong-type", inner.name, inner.node.start, f"{inner.name} 的类型不对", "OBJECT IDENTIFIER", "SEQUENCE"
            )
        )
        return values.oid(inner.take("algorithm", OID))
    return values.oid(fields.take(name, OID))


def take_time_stamp(fields: Fields) -> bytes | None:
    """[0] timeStamp: a BIT STRING with the token, when it is there."""
    if fields.next_is(0x80):
        return fields.take("timeStamp", 0x80).content[1:]
    wrapped = fields.optional("timeStamp", 0xA0)
    if wrapped is None:
        return None
    path = inside(fields.name, "timeStamp")
    if len(wrapped.children) != 1 or wrapped.children[0].tag != BIT_STRING:
        found = "、".join(type_name(c.tag) for c in wrapped.children) or "空"
        fields.names.defects.append(
            Defect("wrong-type", path, wrapped.start, f"{path} 的类型不对", "BIT STRING", found)
        )
        inner = wrapped.children[0] if wrapped.children else wrapped
        return inner.octets if inner.tag == OCTET_STRING else inner.raw
    return values.bits(wrapped.children[0], fields.names, path)


def certificate_der(octets: bytes) -> bytes:
    """What a certificate field holds, as DER: a PEM text in it is decoded, so that it hides nothing else."""
    if octets.lstrip()[:27] != b"-----BEGIN CERTIFICATE-----":
        return octets
    lines = octets.strip().splitlines()
    try:
        return base64.b64decode(b"".join(line.strip() for line in lines[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        return octets

"""Electronic seal signatures (电子签章数据 SES_Signature) of the three generations, read into frozen values.

v1  GM/T 0031-2014 6.2.1      SEQUENCE {toSign {…, cert, signatureAlgorithm}, signature}
v4  GB/T 38540-2020 7.1.1     SEQUENCE {toSign, cert, signatureAlgID, signature, [0] timeStamp OPTIONAL}
v5  GM/T 0031-2025            as v4, version 5
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.documents import der, seal, times, values
from conformance.documents.asn1 import BIT_STRING, GENERALIZED_TIME, IA5_STRING, INTEGER, SEQUENCE
from conformance.documents.der import Node
from conformance.documents.fields import Fields, Names
from conformance.documents.policy import Generation
from conformance.documents.seal import ExtData, Seal
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect


@dataclass(frozen=True, slots=True)
class SealSignature:
    """电子签章数据。

    signed        签章者签名的原文：toSign 的原始字节（GB/T 38540-2020 7.1.5）
    seal          内嵌的电子印章；解析不了时为 None，原因在 seal_error
    time          签章时间；v1 的 timeInfo 为时间戳时为 None，时间戳在 time_stamp
    certificate   签章者证书，字段里的原样字节
    """

    raw: bytes
    generation: Generation
    signed: bytes
    version: int
    seal: Seal | None
    seal_raw: bytes
    seal_error: DocumentError | None
    time: Time | None
    data_hash: bytes
    property_info: str
    extensions: tuple[ExtData, ...]
    certificate: bytes
    algorithm: str
    signature: bytes
    time_stamp: bytes | None


def recognise(data: bytes) -> Generation | None:
    """The generation when the data have the shape of a seal signature, else None (a CMS, a bare SM2 value, …)."""
    try:
        return _generation(der.read(data).root)
    except DocumentError:
        return None


def _generation(root: Node) -> Generation | None:
    children = root.children
    if root.tag != SEQUENCE or len(children) < 2 or children[0].tag != SEQUENCE or len(children[0].children) < 5:
        return None
    to_sign = children[0].children
    if to_sign[0].tag != INTEGER or to_sign[1].tag != SEQUENCE or len(to_sign[1].children) < 2:
        return None
    if len(children) == 2:
        return Generation.V1
    # A file that contradicts itself goes with its seal; that the versions differ is found later.
    return seal.recognise(to_sign[1]) if len(to_sign[1].children) > 2 else Generation.V4


def read(data: bytes) -> tuple[SealSignature, tuple[Defect, ...]]:
    """A seal signature (SignedValue.dat) and what is not DER or not as the structure demands. DocumentError F101 to F104."""
    encoding = der.read(data)
    names = Names()
    generation = _generation(encoding.root) or Generation.V4
    outer = Fields(encoding.root, names)
    to_sign = outer.inner("toSign")
    v1 = generation is Generation.V1
    version = values.integer(to_sign.take("version", INTEGER))
    seal_node = to_sign.take("eseal", SEQUENCE)
    embedded, error = _embedded(seal_node, names)
    time, stamp = _time_info(to_sign, names) if v1 else (times.read(to_sign.take("timeInfo", GENERALIZED_TIME)), None)
    data_hash = values.bits(to_sign.take("dataHash", BIT_STRING), names, "toSign.dataHash")
    property_info = values.text(to_sign.take("propertyInfo", IA5_STRING))
    signer = to_sign if v1 else outer
    extensions = () if v1 else seal.take_extensions(to_sign)
    if not v1:
        to_sign.end()
    certificate = seal.take_certificate(signer, "cert")
    algorithm = seal.take_algorithm(signer, "signatureAlgorithm" if v1 else "signatureAlgID")
    if v1:
        extensions = seal.take_extensions(to_sign)
        to_sign.end()
    signature = values.bits(outer.take("signature", BIT_STRING), names, "signature")
    stamp = stamp if v1 else seal.take_time_stamp(outer)
    outer.end()
    return SealSignature(
        encoding.root.raw, generation, to_sign.node.raw, version, embedded, seal_node.raw, error, time, data_hash,
        property_info, extensions, certificate, algorithm, signature, stamp,
    ), names.tell(encoding.defects)  # fmt: skip


def _embedded(node: Node, names: Names) -> tuple[Seal | None, DocumentError | None]:
    try:
        return seal.take(node, names, "toSign.eseal"), None
    except DocumentError as error:
        return None, error


def _time_info(to_sign: Fields, names: Names) -> tuple[Time | None, bytes | None]:
    """v1: a BIT STRING that holds a time-stamp token or the text or encoding of a UTCTime; vendors also put the time itself."""
    if not to_sign.next_is(BIT_STRING):
        return times.read(to_sign.take("timeInfo", BIT_STRING, 0x17, GENERALIZED_TIME)), None
    octets = values.bits(to_sign.take("timeInfo", BIT_STRING), names, "toSign.timeInfo")
    if octets[:1] == b"\x30":
        return None, octets
    if octets[:1] in (b"\x17", b"\x18"):
        try:
            return times.read(der.read(octets).root), None
        except DocumentError:
            pass
    return times.parse(octets[:64].decode("ascii", "replace"), short_year=False), None

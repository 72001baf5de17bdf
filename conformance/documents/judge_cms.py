"""Verifying a GB/T 35275 signature over a document, in either of the two profiles that occur.

(i)  no signed attributes: the content is the SM3 digest of the document, and the content is signed;
(ii) signed attributes: messageDigest is the SM3 digest of the document, and the set of attributes is signed.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.documents import asn1, cms, judge_certificate, oids, timestamp
from conformance.documents.certificates import Certificate
from conformance.documents.chains import trusted
from conformance.documents.cms import SignedData, Signer
from conformance.documents.finding import Layer, Level
from conformance.documents.policy import Policy
from conformance.documents.sm3 import sm3
from conformance.documents.times import Time
from conformance.documents.timestamp import Stamp
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect, Flow, Judgement

STANDARD = "GB/T 35275"
# Trust, validity, revocation and usage of the signer: a policy question that no clause of the notes has a number for.
TRUST = "CMS-TRUST"
STAMP = "CMS-STAMP"
_SIGNER = "签名者"


@dataclass(frozen=True, slots=True)
class CmsResult:
    """What a verification says about a SignedData.

    profile   "content-digest" for (i), "attributes" for (ii), "detached" for the document itself signed, "" for none
    time      signing time of the signed attributes, else what the caller knew
    stamp     the time-stamp over the signature value, when there is one that can be read
    """

    signed: SignedData | None
    signer: Certificate | None
    profile: str
    time: Time | None
    stamp: Stamp | None
    judgement: Judgement


def judge(data: bytes, policy: Policy, *, document: bytes | None = None, signed_at: Time | None = None) -> CmsResult:
    """Verify the bytes of a signature.

    document      what was signed (Signature.xml, OFDEntries.xml); None leaves its digest 无法判定
    signed_at     signing time as the document states it, used when the signature itself states none
    """
    flow = Flow(STANDARD, {})
    try:
        found, defects = cms.read(data)
    except DocumentError as error:
        flow.add(
            "CMS-01",
            Layer.DECODE,
            Level.FAIL,
            f"签名数据无法解析：{error.message}",
            expected="GB/T 35275 signedData",
            where=error.where,
        )
        return CmsResult(None, None, "", signed_at, None, Judgement((), tuple(flow.found)))
    collected = list(defects)
    _structure(flow, found, defects)
    if len(found.signers) != 1:
        flow.add(
            "CMS-01",
            Layer.DECODE,
            Level.FAIL,
            "应恰有一个签名者",
            expected=1,
            actual=len(found.signers),
            where="signerInfos",
        )
        return CmsResult(found, None, "", signed_at, None, Judgement(tuple(collected), tuple(flow.found)))
    signer = found.signers[0]
    _versions(flow, found, signer)
    certificate = _certificate(flow, found, signer, policy, collected)
    profile = _document(flow, found, signer, document)
    if certificate is None:
        flow.add(
            "CMS-02",
            Layer.CRYPTO,
            Level.UNKNOWN,
            "没有签名者证书，签名值无法验证",
            where="signerInfo",
            aspect="signature",
        )
    else:
        collected += _value(flow, found, signer, certificate, policy, document)
    time = signer.signing_time or signed_at
    stamp = _stamp(flow, signer, policy, collected)
    if certificate is not None:
        moment = stamp.time if stamp else time
        _trust(flow, found, certificate, policy, moment if moment and moment.value else None)
    return CmsResult(found, certificate, profile, time, stamp, Judgement(tuple(collected), tuple(flow.found)))


def _structure(flow: Flow, found: SignedData, defects: tuple[Defect, ...]) -> None:
    flow.test("CMS-01", Layer.DECODE, found.type == oids.SM2_SIGNED_DATA, "类型为国密 signedData", "类型不是国密 signedData",
              expected=oids.shown(oids.SM2_SIGNED_DATA), actual=oids.shown(found.type), where="contentType", aspect="type")  # fmt: skip
    flow.test("CMS-01", Layer.DECODE, found.content_type == oids.SM2_DATA, "内层内容类型为国密 data", "内层内容类型不是国密 data",
              expected=oids.shown(oids.SM2_DATA), actual=oids.shown(found.content_type), where="contentInfo.contentType",
              aspect="inner-type", fail=Level.WARN)  # fmt: skip
    for d in defects:  # PKCS#7 allows BER here; only what is signed must be DER, and that shows in the signature
        flow.add(
            "CMS-01",
            Layer.DECODE,
            Level.WARN,
            d.message,
            expected=d.expected,
            actual=d.actual,
            where=d.where,
            aspect="encoding",
        )


def _versions(flow: Flow, found: SignedData, signer: Signer) -> None:
    """What no signature covers and yet must agree: versions and algorithms."""
    flow.test("CMS-01", Layer.DECODE, found.version == 1 and signer.version == 1, "版本号为 1", "版本号不是 1", expected=1,
              actual=f"{found.version}、{signer.version}", where="version", aspect="version", fail=Level.WARN)  # fmt: skip
    algorithms = (*found.digest_algorithms, signer.digest_algorithm)  # one in the set, one of the one signer
    flow.test("CMS-01", Layer.POLICY, algorithms == (oids.SM3, oids.SM3), "杂凑算法为 SM3", "杂凑算法不是 SM3", expected=oids.shown(oids.SM3),
              actual="、".join(oids.shown(a) for a in algorithms), where="digestAlgorithms", aspect="hash")  # fmt: skip
    for attribute in signer.unsigned:
        if attribute.oid != oids.TIME_STAMP_TOKEN:
            flow.add(
                "CMS-01",
                Layer.DECODE,
                Level.WARN,
                "不认识的未签名属性",
                actual=attribute.oid,
                where="signerInfo",
                aspect="unsigned",
            )


def _certificate(
    flow: Flow, found: SignedData, signer: Signer, policy: Policy, collected: list[Defect]
) -> Certificate | None:
    certificate = found.certificate_of(signer)
    if certificate is None:
        flow.add("CMS-01", Layer.DECODE, Level.FAIL, "签名数据里没有签名者证书", where="certificates", aspect="certificate",
                 actual=f"{len(found.certificates)} 个证书")  # fmt: skip
        return found.certificate_of(signer, trusted(policy))
    flow.add(
        "CMS-01",
        Layer.DECODE,
        Level.PASS,
        "签名数据里有签名者证书",
        actual=certificate.holder,
        where="certificates",
        aspect="certificate",
    )
    _, defects = judge_certificate.examine(flow, "CERT-01", certificate.raw, _SIGNER, "certificates")
    collected += defects
    return certificate


def _document(flow: Flow, found: SignedData, signer: Signer, document: bytes | None) -> str:
    """CMS-02, the digest: what was signed is this document."""
    profile = (
        "attributes"
        if signer.signed_attributes is not None
        else "content-digest"
        if found.content is not None
        else "detached"
    )
    value = signer.attribute(oids.MESSAGE_DIGEST) if profile == "attributes" else found.content
    where = "messageDigest" if profile == "attributes" else "contentInfo.content"
    if profile == "attributes":
        _attributes(flow, found, signer)
    if document is None:
        flow.add("CMS-02", Layer.CRYPTO, Level.UNKNOWN, "没有原文，杂凑值无法判定", where=where, aspect="digest")
    elif profile == "detached":
        flow.add(
            "CMS-02", Layer.CRYPTO, Level.WARN, "没有签名属性也没有内容，直接对原文签名", where=where, aspect="digest"
        )
    else:
        expected = sm3(document)
        flow.test("CMS-02", Layer.CRYPTO, value == expected, "原文杂凑值一致", "原文杂凑值不一致", expected=expected.hex(),
                  actual=value[:64].hex() if value is not None else "没有", where=where, aspect="digest")  # fmt: skip
    return profile


def _attributes(flow: Flow, found: SignedData, signer: Signer) -> None:
    wanted = next((a for a in signer.attributes if a.oid == oids.CONTENT_TYPE), None)
    if wanted is None:
        flow.add(
            "CMS-02", Layer.DECODE, Level.WARN, "签名属性里没有内容类型", where="signerInfo", aspect="content-type"
        )
        return
    same = any(v.endswith(_oid_content(found.content_type)) for v in wanted.values)
    flow.test("CMS-02", Layer.DECODE, same, "签名属性里的内容类型一致", "签名属性里的内容类型与内层内容类型不一致",
              expected=oids.shown(found.content_type), where="signerInfo", aspect="content-type", fail=Level.WARN)  # fmt: skip


def _oid_content(dotted: str) -> bytes:
    try:
        return asn1.oid(dotted)
    except (ValueError, IndexError):
        return b"\0"


def _value(
    flow: Flow, found: SignedData, signer: Signer, certificate: Certificate, policy: Policy, document: bytes | None
) -> tuple[Defect, ...]:
    content = found.content if found.content is not None else document
    if content is None and signer.signed_attributes is None:
        flow.add(
            "CMS-02", Layer.CRYPTO, Level.UNKNOWN, "没有原文，签名值无法验证", where="signerInfo", aspect="signature"
        )
        return ()
    flow.test("CMS-01", Layer.POLICY, certificate.key.is_sm2 and cms.fits(signer, certificate.key), "签名算法为 SM2", "签名算法不是 SM2",
              expected=oids.shown(oids.SM2_SIGN), actual=oids.shown(signer.signature_algorithm),
              where="signerInfo.digestEncryptionAlgorithm", aspect="algorithm")  # fmt: skip
    checked = cms.check(signer, certificate.key, content or b"", policy.user_id)
    flow.encoding("CMS-02", checked.defects, "签名值为 DER 编码", where="encryptedDigest", aspect="value")
    flow.test("CMS-02", Layer.CRYPTO, checked.holds, "签名验证通过", f"签名验证不通过：{checked.reason}", unknown=checked.reason,
              where="encryptedDigest", aspect="signature")  # fmt: skip
    return checked.defects


def _stamp(flow: Flow, signer: Signer, policy: Policy, collected: list[Defect]) -> Stamp | None:
    token = signer.time_stamp
    if token is None:
        flow.add(STAMP, Layer.POLICY, Level.NOT_APPLICABLE, "签名没有时间戳", where="signerInfo")
        return None
    stamp, defects = timestamp.judge(flow, STAMP, token, (signer.signature,), policy, "timeStamp")
    collected += defects
    return stamp


def _trust(flow: Flow, found: SignedData, certificate: Certificate, policy: Policy, moment: Time | None) -> None:
    extra = found.readable()
    judge_certificate.usage(flow, TRUST, certificate, _SIGNER, "certificates")
    judge_certificate.chain(flow, TRUST, certificate, policy, moment, _SIGNER, "certificates", extra)
    judge_certificate.validity(flow, TRUST, certificate, moment, "签名时间", _SIGNER, "certificates")
    judge_certificate.revocation(flow, TRUST, certificate, policy, moment, "签名时间", _SIGNER, "certificates", extra)

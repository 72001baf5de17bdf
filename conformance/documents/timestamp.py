"""Time-stamp tokens (GB/T 20520, RFC 3161): read, and verified step by step into the flow of whoever carries one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from conformance.documents import asn1, cms, der, judge_certificate, oids, times, values
from conformance.documents.asn1 import GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE
from conformance.documents.certificates import Certificate
from conformance.documents.chains import trusted
from conformance.documents.fields import Fields, Names
from conformance.documents.finding import Layer, Level
from conformance.documents.policy import Policy
from conformance.documents.sm3 import sm3
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect, Flow

_ROLE = "时间戳服务"


@dataclass(frozen=True, slots=True)
class Stamp:
    """时间戳。

    imprint       被加盖数据的杂凑值，hash 为其算法 OID
    signed        令牌里的签名数据
    """

    policy: str
    hash: str
    imprint: bytes
    serial: int
    time: Time
    info: bytes
    signed: cms.SignedData


def read(data: bytes) -> tuple[Stamp, tuple[Defect, ...]]:
    """A token, or a whole TimeStampResp (a defect). DocumentError F101 to F104 when it is neither."""
    root = der.read(data).root
    early: tuple[Defect, ...] = ()
    if len(root.children) == 2 and root.children[0].tag == SEQUENCE:
        early = (Defect("time-stamp-response", "timeStamp", 0, "时间戳是整个响应 TimeStampResp，不是其中的令牌"),)
        data = root.children[1].raw
    signed, defects = cms.read(data)
    if signed.content_type != oids.TST_INFO or signed.content is None:
        raise DocumentError("F104", "时间戳令牌里没有 TSTInfo", where="timeStamp", expected=oids.TST_INFO)
    encoding = der.read(signed.content)
    names = Names()
    fields = Fields(encoding.root, names, "tstInfo")
    version = fields.take("version", INTEGER)
    if values.integer(version) != 1:
        names.defects.append(Defect("tst-version", "tstInfo.version", version.start, "TSTInfo 版本号不是 1"))
    policy = values.oid(fields.take("policy", OID))
    imprint = fields.inner("messageImprint")
    algorithm = imprint.inner("hashAlgorithm")
    hashed_by = values.oid(algorithm.take("algorithm", OID))
    hashed = imprint.take("hashedMessage", OCTET_STRING).octets
    serial = values.integer(fields.take("serialNumber", INTEGER))
    time = times.read(fields.take("genTime", GENERALIZED_TIME))
    stamp = Stamp(policy, hashed_by, hashed, serial, time, signed.content, signed)
    return stamp, early + defects + names.tell(encoding.defects)


def digest(oid: str, data: bytes) -> bytes | None:
    """The digest that an algorithm identifier names, None for one that is not known here."""
    name = oids.HASHES.get(oid)
    if name is None:
        return None
    return sm3(data) if name == "sm3" else hashlib.new(name, data, usedforsecurity=False).digest()


def judge(
    flow: Flow, clause: str, token: bytes, stamped: tuple[bytes, ...] | None, policy: Policy, where: str
) -> tuple[Stamp | None, tuple[Defect, ...]]:
    """Verify a token over any one of `stamped` (None: what it should cover is not known, so 无法判定).

    Findings go to `flow` under `clause`, with the aspects format, imprint, signature, usage, chain, validity, revocation.
    """
    try:
        stamp, defects = read(token)
    except DocumentError as error:
        flow.add(clause, Layer.DECODE, Level.FAIL, f"时间戳无法解析：{error.message}", expected="DER 编码的时间戳令牌",
                 where=where, aspect="format")  # fmt: skip
        return None, ()
    defects = tuple(d.within(where) for d in defects)
    flow.encoding(clause, defects, "时间戳为 DER 编码", where=where, aspect="format")
    _form(flow, clause, stamp, where)
    _imprint(flow, clause, stamp, stamped, where)
    _accepted(flow, clause, stamp, policy, where)
    signer, found = _signer(flow, clause, stamp, policy, where)
    if signer is not None and found is not None:
        _, more = judge_certificate.examine(flow, clause, found.raw, _ROLE, f"{where}.certificate")
        defects += more
        _signature(flow, clause, stamp, signer, found, policy, where)
        _authority(flow, clause, stamp, found, policy, where)
    return stamp, defects


def _form(flow: Flow, clause: str, stamp: Stamp, where: str) -> None:
    """What the signature does not cover and yet must be right: types, versions, algorithms of the SignedData."""
    signed = stamp.signed
    named = {signer.digest_algorithm for signer in signed.signers}
    wrong = [
        what
        for what, right in (
            (f"类型 {signed.type}", signed.type in (oids.PKCS7_SIGNED_DATA, oids.SM2_SIGNED_DATA)),
            (f"版本号 {signed.version}", signed.version in (1, 3)),
            ("签名者的版本号", all(s.version in (1, 3) for s in signed.signers)),
            ("杂凑算法集合", sorted(signed.digest_algorithms) == sorted(named)),
        )
        if not right
    ]
    flow.test(clause, Layer.DECODE, not wrong, "令牌的类型、版本号和算法相互一致", f"令牌的{'、'.join(wrong)}不对",
              where=where, aspect="form")  # fmt: skip


def _imprint(flow: Flow, clause: str, stamp: Stamp, stamped: tuple[bytes, ...] | None, where: str) -> None:
    expected = digest(stamp.hash, stamped[0]) if stamped else None
    holds = (
        None if stamped is None or expected is None else any(digest(stamp.hash, s) == stamp.imprint for s in stamped)
    )
    flow.test(clause, Layer.CRYPTO, holds, "时间戳覆盖的杂凑值一致", "时间戳覆盖的不是这个签名值",
              unknown="时间戳覆盖的内容或杂凑算法不明，无法判定", expected=expected.hex() if expected else "",
              actual=stamp.imprint.hex(), where=where, aspect="imprint")  # fmt: skip


def _accepted(flow: Flow, clause: str, stamp: Stamp, policy: Policy, where: str) -> None:
    name = oids.HASHES.get(stamp.hash, stamp.hash)
    flow.test(clause, Layer.POLICY, name in policy.hashes, "时间戳的杂凑算法可以接受", "时间戳的杂凑算法不可接受",
              expected="、".join(sorted(policy.hashes)), actual=oids.shown(stamp.hash), where=where, aspect="hash")  # fmt: skip


def _signer(
    flow: Flow, clause: str, stamp: Stamp, policy: Policy, where: str
) -> tuple[cms.Signer | None, Certificate | None]:
    if len(stamp.signed.signers) != 1:
        flow.add(clause, Layer.DECODE, Level.FAIL, "时间戳令牌应恰有一个签名者", expected=1, actual=len(stamp.signed.signers),
                 where=where, aspect="signature")  # fmt: skip
        return None, None
    signer = stamp.signed.signers[0]
    found = stamp.signed.certificate_of(signer, trusted(policy))
    if found is None:
        flow.add(
            clause, Layer.CRYPTO, Level.UNKNOWN, "没有时间戳服务的证书，签名无法验证", where=where, aspect="signature"
        )
    return signer, found


def _signature(
    flow: Flow, clause: str, stamp: Stamp, signer: cms.Signer, found: Certificate, policy: Policy, where: str
) -> None:
    if signer.signed_attributes is None:
        flow.add(clause, Layer.DECODE, Level.FAIL, "时间戳令牌没有签名属性", where=where, aspect="signature")
    else:
        expected = digest(signer.digest_algorithm, stamp.info)
        holds = None if expected is None else signer.attribute(oids.MESSAGE_DIGEST) == expected
        flow.test(clause, Layer.CRYPTO, holds, "messageDigest 与 TSTInfo 一致", "messageDigest 与 TSTInfo 不一致",
                  unknown="杂凑算法不明，messageDigest 无法判定", where=where, aspect="digest")  # fmt: skip
        same = signer.attribute(oids.CONTENT_TYPE) == asn1.oid(oids.TST_INFO)[2:]
        flow.test(clause, Layer.DECODE, same, "签名属性里的内容类型为 TSTInfo", "签名属性里的内容类型不是 TSTInfo",
                  where=where, aspect="content-type")  # fmt: skip
    flow.test(clause, Layer.POLICY, cms.fits(signer, found.key), "签名算法标识与时间戳证书一致", "签名算法标识与时间戳证书不一致",
              actual=oids.shown(signer.signature_algorithm), where=where, aspect="algorithm")  # fmt: skip
    checked = cms.check(signer, found.key, stamp.info, policy.user_id)
    flow.encoding(
        clause, (d.within(where) for d in checked.defects), "时间戳签名值为 DER 编码", where=where, aspect="value"
    )
    flow.test(clause, Layer.CRYPTO, checked.holds, "时间戳签名验证通过", f"时间戳签名验证不通过：{checked.reason}",
              unknown=checked.reason, where=where, aspect="signature")  # fmt: skip


def _authority(flow: Flow, clause: str, stamp: Stamp, found: Certificate, policy: Policy, where: str) -> None:
    flow.test(clause, Layer.POLICY, oids.TIME_STAMPING in found.extended_usage, "时间戳证书用于时间戳服务",
              "时间戳证书没有时间戳用途", expected=f"扩展密钥用法 {oids.TIME_STAMPING}",
              actual="、".join(sorted(found.extended_usage)) or "无", where=where, aspect="usage")  # fmt: skip
    moment = stamp.time if stamp.time.value else None
    extra = stamp.signed.readable()
    judge_certificate.chain(flow, clause, found, policy, moment, _ROLE, where, extra)
    judge_certificate.validity(flow, clause, found, moment, "时间戳时间", _ROLE, where)
    judge_certificate.revocation(flow, clause, found, policy, moment, "时间戳时间", _ROLE, where, extra)

"""Verifying an electronic seal signature: the flow of GB/T 38540-2020 7.3, steps a) to h), each with its own clause."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from conformance.documents import judge_certificate, judge_seal, keys, oids, printed, ses, times, timestamp
from conformance.documents.certificates import Certificate
from conformance.documents.finding import Layer, Level
from conformance.documents.judge_seal import SealResult
from conformance.documents.keys import Checked
from conformance.documents.policy import NORMAL, Generation, Policy
from conformance.documents.ses import SealSignature
from conformance.documents.sm3 import sm3
from conformance.documents.times import Time
from conformance.documents.timestamp import Stamp
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect, Flow, Judgement

_SIGNER = "签章者"
_SEAL = "toSign.eseal"
# What else a producer may have hashed the original with; found, it is named, and SES-07 fails.
_OTHER_HASHES = ("sha256", "sha1", "md5", "sha512", "sha384")


@dataclass(frozen=True, slots=True)
class SignatureResult:
    """What a verification says about a seal signature; `seal` has the findings about the seal in it apart.

    judgement     all findings, those of the seal included
    time          the signing time: timeInfo, or for v1 the time of the time-stamp in it
    """

    signature: SealSignature | None
    judged_by: Generation
    seal: SealResult | None
    signer: Certificate | None
    time: Time | None
    stamp: Stamp | None
    judgement: Judgement


@dataclass(slots=True)
class _Work:
    flow: Flow
    policy: Policy
    found: SealSignature
    time: Time | None
    seal: SealResult | None = None
    defects: list[Defect] = field(default_factory=list)


def judge(
    data: bytes,
    policy: Policy,
    *,
    document: bytes | None = None,
    path: str | None = None,
    generation: Generation | None = None,
) -> SignatureResult:
    """Verify the bytes of a seal signature (SignedValue.dat).

    document      what was signed: in an OFD the bytes of Signature.xml; None leaves SES-05 and SES-07 无法判定
    path          absolute path of that in its package; None leaves SES-04 无法判定
    generation    judge by this generation's standard; None: by the one that the signature has
    """
    try:
        found, defects = ses.read(data)
    except DocumentError as error:
        judged_by = generation or Generation.V4
        flow = Flow(judged_by.standard, printed.BY_GENERATION[judged_by])
        clause = "SES-03" if error.where.endswith("timeInfo") else "SES-01"
        flow.add(
            clause,
            Layer.DECODE,
            Level.FAIL,
            f"签章数据无法解析：{error.message}",
            expected=error.expected,
            where=error.where,
        )
        return SignatureResult(None, judged_by, None, None, None, None, Judgement((), tuple(flow.found)))
    judged_by = generation or found.generation
    work = _Work(Flow(judged_by.standard, printed.BY_GENERATION[judged_by]), policy, found, found.time)
    work.defects += (d for d in defects if not d.where.startswith(_SEAL))
    stamp = _v1_stamp(work)
    _format(work, judged_by)
    _seal(work, [d for d in defects if d.where.startswith(_SEAL)], judged_by)
    signer, more = judge_certificate.examine(work.flow, "SEAL-10", found.certificate, _SIGNER, "cert")
    work.defects += more
    _algorithm(work, signer)
    checked = _value(work, signer)
    _listed(work)
    _seal_times(work)
    _seal_state(work)
    _signer(work, signer)
    _original(work, document, path)
    if found.generation is not Generation.V1:
        stamp = _stamp(work, signer)
    if found.generation is Generation.V1:
        work.flow.test("SES-18", Layer.CRYPTO, checked.holds if checked else None, "识别为 v1 签章，按 v1 规则验证通过",
                       "识别为 v1 签章，按 v1 规则验证不通过", aspect="signature")  # fmt: skip
    judgement = Judgement(tuple(work.defects), tuple(work.flow.found))
    if work.seal is not None:
        judgement += work.seal.judgement
    return SignatureResult(found, judged_by, work.seal, signer, work.time, stamp, judgement)


# a) format and seal ------------------------------------------------------------------------------------------


def _clause_of(defect: Defect) -> str:
    if defect.code in ("bit-string-unused-bits", "bit-string-padding", "bit-string-trimmed"):
        return "SES-09"
    return "SES-03" if defect.where == "toSign.timeInfo" else "SES-01"


def _format(work: _Work, judged_by: Generation) -> None:
    flow, found = work.flow, work.found
    own = [d for d in work.defects if not d.where.startswith("cert.")]
    for clause, good in (
        ("SES-01", "签章数据结构完整"),
        ("SES-03", "签章时间的类型和写法正确"),
        ("SES-09", "BIT STRING 未用位数为 0"),
    ):
        flow.encoding(clause, [d for d in own if _clause_of(d) == clause], good, aspect="encoding")
    if (found.generation is Generation.V1) != (judged_by is Generation.V1):
        flow.add("SES-01", Layer.DECODE, Level.FAIL, f"签章数据是 {found.generation.standard} 的结构", aspect="generation",
                 expected=judged_by.standard, actual=found.generation.standard)  # fmt: skip
    judge_seal.critical(flow, "SES-01", found.extensions, "toSign.extDatas")
    if found.generation not in work.policy.generations:
        flow.add("SES-01", Layer.POLICY, Level.FAIL, "不接受这一代标准的签章", aspect="accepted",
                 expected="、".join(sorted(g.standard for g in work.policy.generations)), actual=found.generation.standard)  # fmt: skip
    if found.generation is Generation.V1:
        flow.add(
            "SES-02", Layer.POLICY, Level.NOT_APPLICABLE, "这一代签章的版本号没有规定与印章一致", where="toSign.version"
        )
    if found.generation is Generation.V1 or found.seal is None:
        return
    flow.test("SES-02", Layer.POLICY, found.version == found.seal.header.version, "签章与印章的版本号一致", "签章与印章的版本号不一致",
              expected=found.seal.header.version, actual=found.version, where="toSign.version")  # fmt: skip


def _seal(work: _Work, defects: list[Defect], judged_by: Generation) -> None:
    if work.found.seal is None:
        assert work.found.seal_error is not None
        judge_seal.unreadable(work.flow, work.found.seal_error, "签章数据里的印章", _SEAL)
        return
    work.seal = judge_seal.judge_read(work.found.seal, defects, work.policy, judged_by, embedded=True, where=_SEAL)


# b) signature value ------------------------------------------------------------------------------------------


def _algorithm(work: _Work, signer: Certificate | None) -> None:
    found = work.found
    foreign = found.generation is Generation.V1 and signer is not None and not signer.key.is_sm2
    holds = found.algorithm in oids.SIGNATURE_HASHES if foreign else found.algorithm == oids.SM2_SM3
    work.flow.test("SES-06", Layer.POLICY, holds, "签名算法标识与签章者证书一致", "签名算法标识与签章者证书不一致",
                   expected=oids.shown(oids.SM2_SM3), actual=oids.shown(found.algorithm), where="signatureAlgID")  # fmt: skip


def _value(work: _Work, signer: Certificate | None) -> Checked | None:
    found, flow = work.found, work.flow
    if signer is None:
        flow.add("SES-10", Layer.CRYPTO, Level.UNKNOWN, "签章者证书读不出来，签名值无法验证", where="signature")
        return None
    checked = keys.verify(signer.key, found.algorithm, found.signed, found.signature, "signature", work.policy.user_id)
    judge_seal.value_encoding(flow, checked, "签章签名值", "signature")
    work.defects += checked.defects
    flow.test("SES-10", Layer.CRYPTO, checked.holds, "签章签名值验证通过", f"签章签名值验证不通过：{checked.reason}",
              unknown=checked.reason, where="signature")  # fmt: skip
    return checked


# c) signer in the seal's list --------------------------------------------------------------------------------


def _listed(work: _Work) -> None:
    found, flow = work.found, work.flow
    if found.seal is None:
        flow.add("SES-11", Layer.POLICY, Level.UNKNOWN, "印章读不出来，无法判定", where="cert")
        return
    prop = found.seal.property
    if prop.cert_list_type not in (None, 1, 2):
        flow.add("SES-11", Layer.POLICY, Level.UNKNOWN, "证书列表类型未定义，无法按标准比对", where="cert",
                 expected="certListType 为 1 或 2", actual=prop.cert_list_type)  # fmt: skip
        return
    if prop.cert_list_type == 2:
        answers = [_same_digest(found.certificate, d.type, d.value) for d in prop.digests]
        holds = True if True in answers else None if None in answers else False
    else:
        holds = found.certificate in prop.certificates
    flow.test("SES-11", Layer.POLICY, holds, "签章者证书在印章的证书列表中", "签章者证书不在印章的证书列表中",
              unknown="证书列表使用了不认识的杂凑算法，无法比对", where="cert",
              actual=f"列表有 {len(prop.certificates)} 个证书、{len(prop.digests)} 个证书杂凑值")  # fmt: skip


def _same_digest(certificate: bytes, kind: str, value: bytes) -> bool | None:
    """CertDigestObj names its hash by identifier or by word; None for a hash that is not known."""
    name = oids.HASHES.get(kind) or kind.lower().replace("-", "")
    if name == "sm3":
        return sm3(certificate) == value
    if name not in oids.HASHES.values():
        return None
    return hashlib.new(name, certificate, usedforsecurity=False).digest() == value


# d) seal period and state ------------------------------------------------------------------------------------


def _seal_times(work: _Work) -> None:
    flow, seal, time = work.flow, work.found.seal, work.time
    if seal is None:
        flow.add("SES-12", Layer.POLICY, Level.UNKNOWN, "印章读不出来，无法判定", where="toSign.timeInfo")
        return
    prop = seal.property
    holds = None if time is None else times.within(time, prop.valid_from, prop.valid_to)
    flow.test("SES-12", Layer.POLICY, holds, "签章时间在印章有效期内", "签章时间不在印章有效期内",
              unknown="签章时间或印章有效期读不出来，或时区不明，无法判定", expected=f"{prop.valid_from} 至 {prop.valid_to}",
              actual=time or "", where="toSign.timeInfo", aspect="period")  # fmt: skip
    maker = work.seal.maker if work.seal else None
    if maker is not None and time is not None and times.within(time, maker.not_before, maker.not_after) is False:
        flow.add("SES-12", Layer.POLICY, Level.WARN, "提示信息：签章时制章者证书已不在有效期内", where="toSign.timeInfo", aspect="maker",
                 expected=f"{maker.not_before} 至 {maker.not_after}", actual=time)  # fmt: skip


def _seal_state(work: _Work) -> None:
    flow, seal, states, time = work.flow, work.found.seal, work.policy.seal_states, work.time
    reason = ""
    if states is None:
        reason = "未提供印章状态列表，无法判定"
    elif seal is None or time is None or time.value is None:
        reason = "印章或签章时间读不出来，无法判定"
    if reason or states is None or seal is None or time is None:
        flow.add("SES-13", Layer.POLICY, Level.UNKNOWN, reason, where=_SEAL)
        return
    mine = sorted((s for s in states if s.es_id == seal.es_id), key=lambda s: s.since)
    before = [s for s in mine if times.not_after(times.at(s.since), time)]
    if not before and not (work.policy.seal_list_complete or mine):
        flow.add(
            "SES-13", Layer.POLICY, Level.UNKNOWN, "印章状态列表没有这枚印章，无法判定", actual=seal.es_id, where=_SEAL
        )
        return
    state = before[-1].state if before else NORMAL
    flow.test("SES-13", Layer.POLICY, state == NORMAL, "签章时印章处于正常状态", "签章时印章不是正常状态",
              expected=NORMAL, actual=f"{state}（自 {before[-1].since.isoformat()}）" if before else state, where=_SEAL)  # fmt: skip


# e) and f) certificate of the signer -------------------------------------------------------------------------


def _signer(work: _Work, signer: Certificate | None) -> None:
    flow, policy = work.flow, work.policy
    if signer is None:
        for clause in ("SES-14", "SES-15", "SES-16"):
            flow.add(clause, Layer.POLICY, Level.UNKNOWN, "签章者证书读不出来，无法判定", where="cert")
        return
    time = work.time if work.time and work.time.value else None
    judge_certificate.usage(flow, "SES-14", signer, _SIGNER, "cert")
    judge_certificate.chain(flow, "SES-14", signer, policy, time, _SIGNER, "cert")
    judge_certificate.validity(flow, "SES-15", signer, time, "签章时间", _SIGNER, "cert")
    judge_certificate.revocation(flow, "SES-16", signer, policy, time, "签章时间", _SIGNER, "cert")


# g) original -------------------------------------------------------------------------------------------------


def _original(work: _Work, document: bytes | None, path: str | None) -> None:
    found, flow = work.found, work.flow
    _range(work, path)
    if document is None:
        for clause in ("SES-05", "SES-07"):
            flow.add(clause, Layer.CRYPTO, Level.UNKNOWN, "没有原文，原文杂凑值无法判定", where="toSign.dataHash")
        return
    expected, value = sm3(document), found.data_hash
    if len(value) < 32 and 32 - len(value) <= 4 and value.ljust(32, b"\0") == expected:
        defect = Defect(
            "bit-string-trimmed",
            "toSign.dataHash",
            0,
            "原文杂凑值末尾的零字节被截掉",
            "32 个字节",
            f"{len(value)} 个字节",
        )
        work.defects.append(defect)
        flow.encoding("SES-09", [defect], "", aspect="trimmed")
        value = expected
    used = "sm3" if value == expected else next((h for h in _OTHER_HASHES if _hash(h, document) == value), "")
    flow.test("SES-05", Layer.CRYPTO, bool(used), "原文杂凑值一致", "原文杂凑值不一致",
              expected=expected.hex(), actual=found.data_hash.hex(), where="toSign.dataHash")  # fmt: skip
    # A value that is not the digest of this document by any hash still shows by its length what it cannot be.
    sm3_used = used == "sm3" or (not used and len(found.data_hash) == 32)
    allowed = sm3_used or (found.generation is Generation.V1 and used in work.policy.hashes)
    flow.test("SES-07", Layer.POLICY, allowed, "原文杂凑算法为 SM3", "原文杂凑算法不是 SM3", expected="SM3，32 个字节",
              actual=used or f"{len(found.data_hash)} 个字节", where="toSign.dataHash")  # fmt: skip


def _hash(name: str, document: bytes) -> bytes:
    return hashlib.new(name, document, usedforsecurity=False).digest()


def _range(work: _Work, path: str | None) -> None:
    flow, info = work.flow, work.found.property_info
    where = "toSign.propertyInfo"
    if not info.strip():
        flow.add("SES-04", Layer.POLICY, Level.FAIL, "没有写明签名保护范围", where=where)
    elif path is None:
        flow.add(
            "SES-04",
            Layer.POLICY,
            Level.UNKNOWN,
            "不知道签章数据在包里的位置，保护范围无法判定",
            actual=info,
            where=where,
        )
    elif info == path:
        flow.add("SES-04", Layer.POLICY, Level.PASS, "保护范围指向本签名的描述文件", actual=info, where=where)
    else:
        level = Level.FAIL if info.startswith("/") or info.lower().endswith(".xml") else Level.WARN
        flow.add(
            "SES-04", Layer.POLICY, level, "保护范围不是本签名描述文件的路径", expected=path, actual=info, where=where
        )


# h) time-stamp -----------------------------------------------------------------------------------------------


def _v1_stamp(work: _Work) -> Stamp | None:
    """v1 carries its time-stamp inside toSign; what it covers was not seen in a text, so that is 无法判定."""
    if work.found.generation is not Generation.V1:
        return None
    if work.found.time_stamp is None:
        work.flow.add(
            "SES-17", Layer.POLICY, Level.NOT_APPLICABLE, "签章时间不是时间戳（可选）", where="toSign.timeInfo"
        )
        return None
    stamp, more = timestamp.judge(work.flow, "SES-17", work.found.time_stamp, None, work.policy, "toSign.timeInfo")
    work.defects += more
    if stamp is not None:
        work.time = stamp.time
    return stamp


def _stamp(work: _Work, signer: Certificate | None) -> Stamp | None:
    flow, found = work.flow, work.found
    if found.time_stamp is None:
        flow.add("SES-17", Layer.POLICY, Level.NOT_APPLICABLE, "没有时间戳（可选）", where="timeStamp")
        return None
    stamp, more = timestamp.judge(flow, "SES-17", found.time_stamp, (found.signature,), work.policy, "timeStamp")
    work.defects += more
    if stamp is None:
        return None
    holds = None if work.time is None else times.not_after(work.time, stamp.time)
    flow.test("SES-17", Layer.POLICY, holds, "签章时间不晚于时间戳时间", "签章时间晚于时间戳时间", unknown="时间读不出来，无法判定",
              expected=f"不晚于 {stamp.time}", actual=work.time or "", where="timeStamp", aspect="order")  # fmt: skip
    if signer is not None:
        judge_certificate.validity(flow, "SES-17", signer, stamp.time, "时间戳时间", _SIGNER, "timeStamp")
        judge_certificate.revocation(
            flow, "SES-17", signer, work.policy, stamp.time, "时间戳时间", _SIGNER, "timeStamp"
        )
    return stamp

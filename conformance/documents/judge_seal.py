"""Verifying an electronic seal: the flow of GB/T 38540-2020 6.3 (format, maker's signature, maker's certificate, period).

Every step is carried out whatever the ones before it said, each with its own clause; only what cannot be computed is
无法判定. A seal of another generation is verified by the rules of its own structure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.documents import chains, crl, judge_certificate, keys, oids, printed, seal, times, timestamp
from conformance.documents.certificates import Certificate
from conformance.documents.finding import Layer, Level
from conformance.documents.keys import Checked
from conformance.documents.policy import Generation, Policy
from conformance.documents.seal import ExtData, Seal
from conformance.documents.times import Time
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect, Flow, Judgement, inside

_MAKER = "制章者"
_VERSIONS = {Generation.V4: 4, Generation.V5: 5}
# What the data of a picture begin with, by the type that the seal declares (any case).
_MAGIC: dict[str, tuple[bytes, ...]] = {
    "gif": (b"GIF8",),
    "bmp": (b"BM",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "ofd": (b"PK\x03\x04",),
    "svg": (b"<", b"\xef\xbb\xbf<"),
}


@dataclass(frozen=True, slots=True)
class SealResult:
    """What a verification says about a seal.

    judged_by     the generation whose standard the findings cite
    signers       certificates of the certificate list that can be read
    """

    seal: Seal | None
    judged_by: Generation
    maker: Certificate | None
    signers: tuple[Certificate, ...]
    judgement: Judgement


@dataclass(slots=True)
class _Work:
    flow: Flow
    policy: Policy
    where: str
    embedded: bool
    defects: list[Defect] = field(default_factory=list)


def judge(data: bytes, policy: Policy, generation: Generation | None = None) -> SealResult:
    """Verify a seal on its own (Seal.esl), by the standard of `generation` or, when None, of the one it has."""
    try:
        found, defects = seal.read(data)
    except DocumentError as error:
        judged_by = generation or Generation.V4
        flow = Flow(judged_by.standard, printed.BY_GENERATION[judged_by])
        unreadable(flow, error, "电子印章", "seal")
        return SealResult(None, judged_by, None, (), Judgement((), tuple(flow.found)))
    return judge_read(found, defects, policy, generation or found.generation, embedded=False)


def unreadable(flow: Flow, error: DocumentError, what: str, where: str) -> None:
    """The clause that a structure which cannot be read does not hold: SEAL-05 for its properties, else SEAL-01."""
    clause = "SEAL-05" if ".property" in error.where and error.code == "F104" else "SEAL-01"
    flow.add(
        clause,
        Layer.DECODE,
        Level.FAIL,
        f"{what}无法解析：{error.message}",
        expected=error.expected,
        where=error.where or where,
    )


def judge_read(
    found: Seal,
    defects: Iterable[Defect],
    policy: Policy,
    judged_by: Generation,
    *,
    embedded: bool,
    where: str = "seal",
) -> SealResult:
    """Verify a seal that has been read. `embedded`: it stands in a signature, whose flow weighs the times again."""
    work = _Work(Flow(judged_by.standard, printed.BY_GENERATION[judged_by]), policy, where, embedded, list(defects))
    checked = None
    _structure(work, found, judged_by)
    _content(work, found)
    maker, more = judge_certificate.examine(work.flow, "SEAL-10", found.certificate, _MAKER, inside(where, "cert"))
    work.defects += more
    signers = _listed(work, found)
    _algorithm(work, found, maker)
    if maker is None:
        work.flow.add("SEAL-12", Layer.CRYPTO, Level.UNKNOWN, "制章者证书读不出来，制章者签名无法验证", where=where)
        work.flow.add("SEAL-13", Layer.POLICY, Level.UNKNOWN, "制章者证书读不出来，无法判定", where=where)
    else:
        checked = _signature(work, found, maker)
        _maker(work, found, maker)
    _period(work, found)
    _generation(work, found, checked)
    return SealResult(found, judged_by, maker, signers, Judgement(tuple(work.defects), tuple(work.flow.found)))


# a) format ---------------------------------------------------------------------------------------------------


def clause_of(defect: Defect) -> str:
    """The clause that a defect somewhere in a seal offends against."""
    name = defect.where.rsplit(".", 1)[-1]
    if defect.code in ("bit-string-unused-bits", "bit-string-padding", "bit-string-trimmed"):
        return "SES-09"
    if ".certList" in defect.where:
        return "SEAL-06"
    if ".property" in defect.where:
        return "SEAL-05"
    return "SEAL-04" if name == "esID" else "SEAL-01"


def _structure(work: _Work, found: Seal, judged_by: Generation) -> None:
    flow, where = work.flow, work.where
    for clause, good in (
        ("SEAL-01", "印章结构完整"),
        ("SEAL-05", "印章属性字段齐全，时间类型正确"),
        ("SES-09", "印章签名值的 BIT STRING 未用位数为 0"),
    ):
        flow.encoding(clause, [d for d in work.defects if clause_of(d) == clause], good, where=where, aspect="encoding")
    if (found.generation is Generation.V1) != (judged_by is Generation.V1):
        flow.add("SEAL-01", Layer.DECODE, Level.FAIL, f"印章是 {found.generation.standard} 的结构", where=where, aspect="generation",
                 expected=judged_by.standard, actual=found.generation.standard)  # fmt: skip
    if found.generation not in work.policy.generations:
        flow.add("SEAL-01", Layer.POLICY, Level.FAIL, "不接受这一代标准的印章", where=where, aspect="accepted",
                 expected="、".join(sorted(g.standard for g in work.policy.generations)), actual=found.generation.standard)  # fmt: skip
    critical(flow, "SEAL-01", found.extensions, inside(where, "extDatas"))
    flow.test("SEAL-02", Layer.POLICY, found.header.id == "ES", "印章头标识为 ES", "印章头标识不是 ES",
              expected="ES", actual=found.header.id, where=inside(where, "header.ID"))  # fmt: skip
    version = _VERSIONS.get(judged_by)
    flow.test("SEAL-03", Layer.POLICY, version is None or found.header.version == version, "印章版本号正确", "印章版本号不对",
              expected=version or "", actual=found.header.version, where=inside(where, "header.version"))  # fmt: skip


def critical(flow: Flow, clause: str, extensions: Iterable[ExtData], where: str) -> None:
    """An extension that is marked critical has to be understood; none is understood here (as X.509 has it)."""
    for extension in extensions:
        if extension.critical:
            flow.add(clause, Layer.POLICY, Level.FAIL, "有不认识的关键扩展", expected="没有，或不标为关键", actual=extension.oid,
                     where=where, aspect="extension")  # fmt: skip


def _content(work: _Work, found: Seal) -> None:
    flow, where, prop, picture = work.flow, work.where, found.property, found.picture
    flow.encoding(
        "SEAL-04",
        [d for d in work.defects if clause_of(d) == "SEAL-04"],
        "印章标识为 IA5String",
        where=where,
        aspect="encoding",
    )
    flow.test("SEAL-04", Layer.POLICY, bool(found.es_id.strip()), "印章标识不为空", "印章标识为空",
              actual=found.es_id, where=inside(where, "esID"), aspect="value")  # fmt: skip
    if prop.cert_list_type is None:
        flow.add("SEAL-06", Layer.DECODE, Level.NOT_APPLICABLE, "这一代印章没有 certListType", where=where)
    else:
        flow.test("SEAL-06", Layer.POLICY, prop.cert_list_type in (1, 2), "certListType 为 1 或 2", "certListType 只能为 1 或 2",
                  expected="1 或 2", actual=prop.cert_list_type, where=inside(where, "property.certListType"), aspect="value")  # fmt: skip
        # With a type that does not exist, what the list should hold is not said.
        mixed = [d for d in work.defects if clause_of(d) == "SEAL-06" and prop.cert_list_type in (1, 2)]
        flow.encoding("SEAL-06", mixed, "证书列表的内容与类型一致", where=where, aspect="content")
    count = len(prop.certificates) + len(prop.digests)
    flow.test("SEAL-07", Layer.POLICY, count > 0, "证书列表不为空", "证书列表为空", expected="至少一个证书或证书杂凑值", actual=count,
              where=inside(where, "property.certList"))  # fmt: skip
    for holds, good, bad in (
        (times.not_after(prop.valid_from, prop.valid_to), "印章有效期起始不晚于终止", "印章有效期起始晚于终止"),
        (times.not_after(prop.created, prop.valid_to), "印章制作时间不晚于有效期终止", "印章制作时间晚于有效期终止"),
    ):
        flow.test("SEAL-08", Layer.POLICY, holds, good, bad, unknown="印章的时间读不出来或时区不明，无法判定",
                  actual=f"制作 {prop.created}，有效期 {prop.valid_from} 至 {prop.valid_to}", where=inside(where, "property"))  # fmt: skip
    magic = _MAGIC.get(picture.type.lower().lstrip("."))
    at = inside(where, "picture")
    if magic is None:
        flow.add(
            "SEAL-09", Layer.POLICY, Level.WARN, "不认识的印章图像类型", actual=picture.type, where=at, aspect="type"
        )
    else:
        flow.test("SEAL-09", Layer.POLICY, picture.data.startswith(magic), "印章图像数据与类型相符", "印章图像数据与类型不符",
                  expected=picture.type, actual=picture.data[:8].hex(), where=at, aspect="type")  # fmt: skip
    flow.test("SEAL-09", Layer.POLICY, picture.width > 0 and picture.height > 0, "印章图像宽高为正整数", "印章图像宽高应为正整数（毫米）",
              actual=f"{picture.width} × {picture.height}", where=at, aspect="size")  # fmt: skip


def _listed(work: _Work, found: Seal) -> tuple[Certificate, ...]:
    out = []
    for n, octets in enumerate(found.property.certificates):
        where = inside(work.where, f"property.certList[{n}]")
        one, more = judge_certificate.examine(work.flow, "SEAL-07", octets, "证书列表中的", where)
        work.defects += more
        if one is not None:
            out.append(one)
    return tuple(out)


# b) signature of the maker -----------------------------------------------------------------------------------


def _algorithm(work: _Work, found: Seal, maker: Certificate | None) -> None:
    foreign = found.generation is Generation.V1 and maker is not None and not maker.key.is_sm2
    holds = found.algorithm in oids.SIGNATURE_HASHES if foreign else found.algorithm == oids.SM2_SM3
    work.flow.test("SEAL-11", Layer.POLICY, holds, "印章签名算法标识正确", "印章签名算法标识不对", where=inside(work.where, "signAlgID"),
                   expected=oids.shown(oids.SM2_SM3), actual=oids.shown(found.algorithm))  # fmt: skip


def _signature(work: _Work, found: Seal, maker: Certificate) -> Checked:
    where = inside(work.where, "signData" if found.generation is Generation.V1 else "signedValue")
    checked = keys.verify(maker.key, found.algorithm, found.signed, found.signed_value, where, work.policy.user_id)
    value_encoding(work.flow, checked, "制章者签名值", where)
    work.defects += checked.defects
    work.flow.test("SEAL-12", Layer.CRYPTO, checked.holds, "制章者签名验证通过", f"制章者签名验证不通过：{checked.reason}",
                   unknown=checked.reason, where=where)  # fmt: skip
    return checked


def value_encoding(flow: Flow, checked: Checked, what: str, where: str) -> None:
    """SES-08 for how R and S are encoded, SES-09 for octets that were cut off."""
    cut = [d for d in checked.defects if d.code == "bit-string-trimmed"]
    flow.encoding("SES-08", [d for d in checked.defects if d not in cut], f"{what}为 DER 编码", where=where)
    if cut:
        flow.encoding("SES-09", cut, "", where=where, aspect="trimmed")


# c) certificate of the maker ---------------------------------------------------------------------------------


def _maker(work: _Work, found: Seal, maker: Certificate) -> None:
    flow, policy, where = work.flow, work.policy, inside(work.where, "cert")
    now = times.at(policy.at) if policy.at else None
    judge_certificate.usage(flow, "SEAL-13", maker, _MAKER, where)
    # A certificate that was good when the seal was made and is not any more: a hint, in a signature (7.3 d)2)) and in v5.
    lenient = work.embedded or found.generation is Generation.V5
    made = _usable(found.property.created)
    judge_certificate.chain(
        flow, "SEAL-13", maker, policy, now or made, _MAKER, where, earlier=made if lenient else None
    )
    was_valid = made is not None and times.within(made, maker.not_before, maker.not_after)
    judge_certificate.validity(flow, "SEAL-13", maker, now, "验证时间", _MAKER, where,
                               Level.WARN if lenient and was_valid else Level.FAIL)  # fmt: skip
    was_good = lenient and made is not None and _not_revoked(maker, policy, made)
    judge_certificate.revocation(flow, "SEAL-13", maker, policy, now, "验证时间", _MAKER, where,
                                 fail=Level.WARN if was_good else Level.FAIL)  # fmt: skip
    personal = bool(maker.subject.get(oids.SURNAME) or maker.subject.get(oids.GIVEN_NAME))
    unit = maker.subject.get(oids.ORGANISATION)
    # Real makers also name their unit as OU alone; that says the same less clearly.
    some = not personal and bool(unit or maker.subject.get(oids.UNIT))
    flow.test("SEAL-15", Layer.POLICY, some and bool(unit), "制章者证书为单位证书",
              "制章者证书主体只有单位部门（OU），没有单位名称（O）" if some else "制章者证书不是单位证书",
              expected="主体含单位名称（O），不含个人姓名", actual=maker.subject, where=where,
              fail=Level.WARN if some else Level.FAIL)  # fmt: skip


def _usable(moment: Time) -> Time | None:
    return moment if moment.value else None


def _not_revoked(maker: Certificate, policy: Policy, moment: Time) -> bool:
    return crl.status(maker, chains.issuers(maker, policy), policy, moment).revoked is False


# d) period of validity, and what v1 and v5 add ---------------------------------------------------------------


def _period(work: _Work, found: Seal) -> None:
    prop = found.property
    now = times.at(work.policy.at) if work.policy.at else None
    holds = None if now is None else times.within(now, prop.valid_from, prop.valid_to)
    work.flow.test("SEAL-14", Layer.POLICY, holds, "验证时间在印章有效期内",
                   "验证时间不在印章有效期内" + ("（是否影响签章由签章时间决定）" if work.embedded else ""),
                   unknown="未给出验证时间，或印章有效期读不出来，无法判定", expected=f"{prop.valid_from} 至 {prop.valid_to}",
                   actual=now or "", where=inside(work.where, "property"),
                   fail=Level.WARN if work.embedded else Level.FAIL)  # fmt: skip


def _generation(work: _Work, found: Seal, checked: Checked | None) -> None:
    flow, where = work.flow, work.where
    if found.generation is Generation.V1:
        flow.test("SES-18", Layer.CRYPTO, checked.holds if checked else None, "识别为 v1 印章，签名含证书与算法标识，验证通过",
                  "识别为 v1 印章，按 v1 规则验证不通过", where=where, aspect="seal")  # fmt: skip
    else:
        flow.add("SES-18", Layer.CRYPTO, Level.NOT_APPLICABLE, "不是 v1 印章", where=where, aspect="seal")
    if found.generation is not Generation.V5:
        flow.add("SES-19", Layer.POLICY, Level.NOT_APPLICABLE, "不是 v5 印章", where=where, aspect="presence")
        return
    flow.add("SES-19", Layer.POLICY, Level.PASS, "识别为 v5 印章", where=where, aspect="version")
    if found.time_stamp is None:
        flow.add("SES-19", Layer.POLICY, Level.NOT_APPLICABLE, "印章没有时间戳（可选）", where=where, aspect="presence")
        return
    at = inside(where, "timeStamp")
    stamp, more = timestamp.judge(flow, "SES-19", found.time_stamp, (found.signed_value,), work.policy, at)
    work.defects += more
    holds = None if stamp is None else times.not_after(found.property.created, stamp.time)
    flow.test("SES-19", Layer.POLICY, holds, "制章时间不晚于印章时间戳", "制章时间晚于印章时间戳", unknown="时间戳读不出来，无法判定",
              expected=f"不晚于 {stamp.time}" if stamp else "", actual=found.property.created, where=at, aspect="order")  # fmt: skip

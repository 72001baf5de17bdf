"""PDF-01 and PDF-02: what a signed PDF covers, and whether its signature values hold — RSA and ECDSA, GB/T 35275, seals.

No public standard was seen that says how a seal signature of GB/T 38540 stands in a PDF; what is asked here follows from
ISO 32000-1 12.8 (ByteRange, Contents) and from the standard of each value. Three layers stay apart: how it is written,
what mathematics says, and what trust and permissions say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from conformance.codes.text import shown
from conformance.documents import cms, judge_certificate, judge_cms, oids, pdf_reader, timestamp, told
from conformance.documents.finding import Finding, Findings, Layer, Level, Teller
from conformance.documents.pdf_reader import Pdf, PdfSignature
from conformance.documents.peek import ValueKind, outer_length, value_kind
from conformance.documents.policy import Policy
from conformance.documents.times import parse
from conformance.documents.told import Told
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Flow

INSTALL = "pip install 'conformance[pdf]'"
_BLANK = b" \t\r\n\0"
_SHORT = 160

# What the clauses of the value itself say, told under PDF-02 too: digest, signature, and the certificate when it signed.
_RETOLD = frozenset({"SES-05", "SES-10", "SES-14", "SES-15", "SES-16", "CMS-02", judge_cms.TRUST})


@dataclass(frozen=True, slots=True)
class PdfValue:
    """One signature with what its value says. `covered`: bytes that it protects; None when its range is none."""

    signature: PdfSignature
    value: Told | None
    covered: int | None

    @property
    def where(self) -> str:
        return f"签名域 {shown(self.signature.field, 60)}"


@dataclass(frozen=True, slots=True)
class PdfExamination:
    pdf: Pdf
    values: tuple[PdfValue, ...]
    findings: Findings


def examine(data: bytes, policy: Policy, limits: pdf_reader.PdfLimits | None = None) -> PdfExamination:
    """Every finding about a PDF; nothing is raised for what it holds."""
    return judge(pdf_reader.read(data, limits), policy)


def judge(pdf: Pdf, policy: Policy) -> PdfExamination:
    """The same of a PDF that was read."""
    if (found := _unreadable(pdf)) is not None:
        return PdfExamination(pdf, (), found)
    values = tuple(_value(pdf, s, policy) for s in pdf.signatures)
    more = tuple(
        replace(f, where=f"{v.where}#{f.where}" if f.where else v.where)
        for v in values
        if v.value is not None
        for f in v.value.findings
    )
    return PdfExamination(pdf, values, (*pdf_01(pdf), *_hidden(pdf), *more))


def _unreadable(pdf: Pdf) -> Findings | None:
    """Why neither clause can be told; None when they can."""
    marked = b"/ByteRange" in pdf.data
    out: list[Finding] = []
    for clause in ("PDF-01", "PDF-02"):
        t = Teller(clause)
        if pdf.missing:
            t.unknown(f"检查 PDF 签名需要可选组件，安装: {INSTALL}")
        elif pdf.refused:
            t.unknown(f"PDF 未读取：{shown(pdf.trouble)}")
        elif pdf.trouble and marked and clause == "PDF-01":
            t.fail("PDF 的结构读不出来，其中有签名数据", expected="可读取的 PDF", actual=shown(pdf.trouble))
        elif pdf.trouble:
            t.unknown(f"PDF 的结构读不出来，无法判定：{shown(pdf.trouble)}")
        elif not pdf.signatures and marked and clause == "PDF-01":
            t.fail("文件里有签名数据，但不在任何签名域里：软件看不到这个签名", expected="签名域")
        elif not pdf.signatures:
            out += t.absent("PDF 没有签名")
        out += t.done()
    return tuple(out) or None


def _hidden(pdf: Pdf) -> Findings:
    """More signature dictionaries than signed fields: an earlier one may have been taken out of the form."""
    t = Teller("PDF-01")
    if (count := pdf.data.count(b"/ByteRange")) > len(pdf.signatures):
        t.warn("文件里的签名数据比签名域多", expected=f"{len(pdf.signatures)} 个", actual=f"{count} 处")
    return t.done()


def pdf_01(pdf: Pdf) -> Findings:
    """ByteRange from 0 to the end of the file without the value alone, and nothing forbidden added afterwards."""
    t = Teller("PDF-01")
    for s in pdf.signatures:
        where = f"签名域 {shown(s.field, 60)}"
        if (parts := _range(pdf, s)) is None:
            t.fail(
                "ByteRange 不是四个数，或指到文件之外", expected="0 a b c，不重叠，不超出文件",
                actual=shown(" ".join("?" if n is None else str(n) for n in s.range) or "没有"), where=where,
            )  # fmt: skip
            continue
        start, length, again, rest = parts
        if start:
            t.fail("ByteRange 不从文件开头开始", expected=0, actual=start, where=where)
        if not _only_value(pdf.data[start + length : again], s.contents):
            t.fail("ByteRange 排除的不只是签名值，排除的内容可以随意改动", expected="只排除 <签名值>", where=where,
                   actual=f"{start + length} 至 {again}")  # fmt: skip
        _end(t, pdf, s, again + rest, where)
    return t.done()


def _range(pdf: Pdf, s: PdfSignature) -> tuple[int, int, int, int] | None:
    if len(s.range) != 4 or any(n is None or n < 0 for n in s.range):
        return None
    start, length, again, rest = (n or 0 for n in s.range)
    ordered = start + length <= again and again + rest <= len(pdf.data)
    return (start, length, again, rest) if ordered else None


def _only_value(gap: bytes, contents: bytes) -> bool:
    """The gap is <hexadecimal digits> of Contents and nothing else."""
    if not (gap.startswith(b"<") and gap.endswith(b">")):
        return False
    try:
        return bytes.fromhex(gap[1:-1].decode("ascii")) == contents
    except ValueError:
        return False


def _end(t: Teller, pdf: Pdf, s: PdfSignature, end: int, where: str) -> None:
    tail = pdf.data[end:]
    if not tail:
        t.good("ByteRange 只排除签名值，覆盖到文件末尾", where)
    elif not tail.strip(_BLANK):
        t.warn("签名范围之后还有空白", actual=f"{len(tail)} 字节", where=where)
    elif not s.whole:
        t.fail("ByteRange 没有覆盖到文件末尾，也不是一个完整的修订", expected=len(pdf.data), actual=end, where=where)
    else:
        _update(t, s, len(tail), where)


def _update(t: Teller, s: PdfSignature, size: int, where: str) -> None:
    """Incremental updates after this signature, by what they change (ISO 32000-2 12.8.2.2)."""
    rank = {"none": 0, "lta_updates": 0, "form_filling": 2, "annotations": 3}.get(s.change)
    actual = f"追加 {size} 字节" + (f"：{shown(s.why, _SHORT)}" if s.why else "")
    if s.change == "unknown":
        t.unknown(f"签名之后有增量更新，改了什么无法判定：{shown(s.why, _SHORT)}", where=where, layer=Layer.POLICY)
    elif rank is None:
        t.fail("签名之后的增量更新改动了文档", expected="没有改动", actual=actual, where=where, layer=Layer.POLICY)
    elif s.permission is not None and rank > s.permission:
        t.fail(
            "签名之后的增量更新超出签名者允许的范围",
            expected=f"权限 {s.permission}",
            actual=actual,
            where=where,
            layer=Layer.POLICY,
        )
    elif rank == 0:
        t.good("签名之后只有存档用的增量更新", where, actual=actual, layer=Layer.POLICY)
    elif rank == 2:
        t.good("签名之后的增量更新只有后续签名或填表", where, actual=actual, layer=Layer.POLICY)
    else:
        t.warn("签名之后的增量更新加了批注，签名者没有禁止", actual=actual, where=where, layer=Layer.POLICY)


# the value ---------------------------------------------------------------------------------------------------


def _value(pdf: Pdf, s: PdfSignature, policy: Policy) -> PdfValue:
    parts = _range(pdf, s)
    if parts is None:
        t = Teller("PDF-02", Layer.CRYPTO)
        t.unknown("ByteRange 不可用，签名保护的内容不明")
        return PdfValue(s, Told(value_kind(b""), None, None, "", "", None, t.done()), None)
    start, length, again, rest = parts
    covered = pdf.data[start : start + length] + pdf.data[again : again + rest]
    data, padding = _trimmed(s.contents)
    stated = _pdf_date(s.signed)
    kind = value_kind(data)
    t = Teller("PDF-02")
    if padding.strip(b"\0"):
        t.warn("签名值之后的填充不是零", actual=f"{len(padding)} 字节")
    if s.type == "/DocTimeStamp":
        result = _stamp(data, covered, policy)
    elif kind in (ValueKind.SES, ValueKind.SES_V1, ValueKind.CMS) or (kind is ValueKind.PKCS7 and _is_sm(data)):
        result = _own(told.value(data, policy, document=covered, path=None, stated=stated))
    elif kind is ValueKind.PKCS7:
        result = _foreign(data, s, policy, stated)
    else:
        t.fail(
            "签名值无法解析",
            expected="CMS、GB/T 35275 或 GB/T 38540 的签名数据",
            actual=f"{kind.word}，{len(data)} 字节",
        )
        result = Told(kind, None, None, "", "", None, ())
    return PdfValue(s, replace(result, findings=(*t.done(), *result.findings)), len(covered))


def _trimmed(contents: bytes) -> tuple[bytes, bytes]:
    """Contents is padded to the room that was kept for it: the value alone, and the padding."""
    length = outer_length(contents)
    if length is None or length > len(contents):
        return contents.rstrip(b"\0"), b""
    return contents[:length], contents[length:]


def _is_sm(data: bytes) -> bool:
    """A CMS under the RSA world's identifier whose signer uses SM3 or an SM2 key."""
    try:
        found, _ = cms.read(data)
    except DocumentError:
        return False
    return any(
        oids.SM3 in (s.digest_algorithm, *found.digest_algorithms)
        or ((c := found.certificate_of(s)) is not None and c.key.is_sm2)
        for s in found.signers
    )


def _own(value: Told) -> Told:
    """A value that our own code judges: what its clauses say of digest, signature and certificate, as PDF-02 too."""
    retold: list[Finding] = []
    for f in value.findings:
        fatal = f.clause in ("SES-01", "CMS-01") and f.level is Level.FAIL and f.layer is Layer.DECODE
        if f.clause in _RETOLD or fatal:
            retold.append(replace(f, clause="PDF-02", data={}))
    return replace(value, findings=(*retold, *map(_ranged, value.findings)))


def _ranged(f: Finding) -> Finding:
    """In a PDF it is ByteRange that says what is protected (PDF-01); what propertyInfo should say there, no text seen tells."""
    if f.clause != "SES-04" or f.level is not Level.UNKNOWN:
        return f
    return replace(f, level=Level.NOT_APPLICABLE, message="PDF 的保护范围由 ByteRange 给出（PDF-01）")


def _foreign(data: bytes, s: PdfSignature, policy: Policy, stated: str | None) -> Told:
    """RSA and ECDSA: the mathematics by pyHanko, the certificate by the same rules as every other one."""
    flow = Flow("", {})
    check = s.cms
    if check is None or check.error:
        why = check.error if check is not None else "内层内容不是 data"
        flow.add("PDF-02", Layer.CRYPTO, Level.UNKNOWN, f"签名值无法验证：{shown(why, _SHORT)}")
        ok = None
    else:
        flow.test("PDF-02", Layer.CRYPTO, check.intact, "摘要一致", "摘要不一致：内容在签名之后被改动",
                  actual=f"{check.digest} {check.computed}")  # fmt: skip
        flow.test("PDF-02", Layer.CRYPTO, check.valid, "签名验证通过", "签名验证不通过")
        weak = check.digest in ("md5", "sha1")
        flow.test(
            "PDF-02",
            Layer.POLICY,
            not weak,
            "摘要算法可以接受",
            "摘要算法已不安全",
            actual=check.digest,
            fail=Level.WARN,
        )
        ok = check.valid
    person, time = None, None
    try:
        found, _ = cms.read(data)
        signer = found.signers[0]
        time = signer.signing_time or (parse(stated, short_year=False) if stated else None)
        certificate = found.certificate_of(signer)
    except (DocumentError, IndexError) as error:
        flow.add("PDF-02", Layer.DECODE, Level.UNKNOWN, f"签名数据读不出来：{shown(str(error), _SHORT)}")
    else:
        if certificate is None:
            flow.add("PDF-02", Layer.DECODE, Level.FAIL, "签名数据里没有签名者证书", expected="签名者证书")
        else:
            person = told.person(certificate)
            moment = time if time is not None and time.value is not None else None
            extra = found.readable()
            judge_certificate.usage(flow, "PDF-02", certificate, "签名者", "")
            judge_certificate.chain(flow, "PDF-02", certificate, policy, moment, "签名者", "", extra)
            judge_certificate.validity(flow, "PDF-02", certificate, moment, "签名时间", "签名者", "")
            judge_certificate.revocation(flow, "PDF-02", certificate, policy, moment, "签名时间", "签名者", "", extra)
    return Told(ValueKind.PKCS7, person, None, str(time) if time else "", "", ok, tuple(flow.found))


def _stamp(data: bytes, covered: bytes, policy: Policy) -> Told:
    """A time-stamp of the document (ISO 32000-2 12.8.5): its token stands where a signature value would."""
    flow = Flow("", {})
    stamp, _ = timestamp.judge(flow, "PDF-02", data, (covered,), policy, "")
    failed = any(f.level is Level.FAIL and f.layer is Layer.CRYPTO for f in flow.found)
    return Told(
        value_kind(data),
        None,
        None,
        "",
        str(stamp.time) if stamp else "",
        not failed if stamp else None,
        tuple(flow.found),
    )


def _pdf_date(raw: str) -> str | None:
    """D:YYYYMMDDHHmmSSOHH'mm' (ISO 32000-1 7.9.4) → as a GeneralizedTime in UTC; without a zone as it stands."""
    digits = raw.removeprefix("D:")
    if len(digits) < 14 or not digits[:14].isdigit():
        return None
    zone = digits[14:].replace("'", "")
    if zone.startswith("Z"):
        return f"{digits[:14]}Z"
    if len(zone) >= 3 and zone[0] in "+-" and zone[1:].isdigit():
        try:
            moment = datetime.strptime(f"{digits[:14]}{zone[:5]:0<5}", "%Y%m%d%H%M%S%z")
        except ValueError:
            return None
        return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
    return digits[:14]

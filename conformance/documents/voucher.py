"""EV-02 and EV-03: the structured data of an electronic accounting voucher — readable by its taxonomy, protected, and shown.

What is asked follows from 财会〔2024〕12号 第18条 and 财会〔2024〕11号 第26条, and from what was seen of the data standard of
the Ministry of Finance: namespaces, entry points and attachment names of the pilots. Its taxonomies were not seen, so
whether a fact is one of theirs is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Layer, Level, Teller, worst
from conformance.documents.page_text import PageText, page_text
from conformance.documents.pdf import PdfExamination
from conformance.documents.signatures import SignatureSet
from conformance.documents.xbrl import TAXONOMY, Fact, Instance, instance, instances

PREFIXES = frozenset({"inv", "einv", "rai", "atr", "bker", "bkrs", "ntrev", "efi", "ctp"})
DATES = frozenset({"2021-09-30", "2021-11-30", "2023-05-15", "2023-12-31"})
_ENTRY = re.compile(r"([A-Za-z]{1,12})_[a-z]{1,20}_entry_point_(\d{4}-\d\d-\d\d)\.xsd")
_NAME = re.compile(r"[A-Za-z]{1,12}_issuer_\d{8}_.{1,100}\.xml")
_AMOUNT = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,15}\.\d{2})(?![\d%])")
_MOST = 40


def ofd_voucher(s: SignatureSet, voucher: bool | None) -> Findings:
    """Both clauses of an OFD file. `voucher` None: only when it carries XBRL data."""
    found, broken = instances(s.ofd)
    if not found and not broken and not voucher:
        return ()
    if s.ofd.root is None:
        t, u = Teller("EV-02"), Teller("EV-03")
        t.unknown("OFD.xml 读不出来，无法判定")
        u.unknown("OFD.xml 读不出来，无法判定")
        return (*t.done(), *u.done())
    return (*ev_02(found, broken), *ev_03(found, _covered(s), page_text(s.ofd)))


def pdf_voucher(found: PdfExamination, voucher: bool | None) -> Findings:
    """The same of a PDF, whose signatures cover the attachments with everything else. Its page text is not read here."""
    read = [i for a in found.pdf.attachments if a.xml and (i := instance(a.xml, a.name)) is not None]
    if not read and not voucher:
        return ()
    level = worst(f for f in found.findings if f.clause == "PDF-01")
    whole = {Level.PASS: True, Level.WARN: True, Level.FAIL: False, Level.NOT_APPLICABLE: False}.get(level)
    if found.pdf.missing or found.pdf.trouble:
        t, u = Teller("EV-02"), Teller("EV-03")
        t.unknown("PDF 没有读出来，无法判定")
        u.unknown("PDF 没有读出来，无法判定")
        return (*t.done(), *u.done())
    covered = None if whole is None else frozenset(i.file for i in read) if whole else frozenset[str]()
    return (*ev_02(read, ()), *ev_03(read, covered, None))


def _covered(s: SignatureSet) -> frozenset[str] | None:
    """Files that a signature protects; None when a signature cannot be read and so may protect them."""
    if any(g.part is None for g in s.signatures) or s.ofd.root is None:
        return None
    return frozenset(name for g in s.signatures for name in g.covered)


def ev_02(found: Iterable[Instance], broken: Iterable[str]) -> Findings:
    """The voucher carries XBRL data that can be read by the standard: namespaces, schemaRef, contexts, units."""
    t = Teller("EV-02")
    found = tuple(found)
    for name in broken:
        t.fail("附件读不出来，或不是 XBRL 实例文档", expected="可解析的 XBRL", actual=shown(name), where=shown(name))
    if not found and not t.done():
        t.fail("凭证没有 XBRL 附件", expected="财政部分类标准的 XBRL 实例文档")
    for i in found:
        before = t.done()
        _taxonomy(t, i)
        _contexts(t, i)
        _units(t, i)
        if not any(f.value for f in i.facts):
            t.fail("实例文档没有一个有值的要素", expected="至少一个要素", where=i.file)
        if len(t.done()) == len(before):
            t.good(f"XBRL 实例完整：{len(i.facts)} 个要素，{len(i.contexts)} 个上下文，{len(i.units)} 个单位", i.file)
    return t.done()


def _taxonomy(t: Teller, i: Instance) -> None:
    ours = {space: m for space in i.taxonomies if (m := TAXONOMY.fullmatch(space)) is not None}
    for space in i.taxonomies:
        if space not in ours:
            t.fail(
                "要素的命名空间不是财政部分类标准", expected="http://xbrl.mof.gov.cn/taxonomy/日期/前缀",
                actual=shown(space or "（无命名空间）"), where=i.file,
            )  # fmt: skip
    for space, m in ours.items():
        if not _is_date(m[1]):
            t.fail("分类标准命名空间里的日期不对", expected="YYYY-MM-DD", actual=shown(space), where=i.file)
        elif m[1] not in DATES or m[2] not in PREFIXES:
            t.unknown(f"没有见过分类标准 {shown(space, 120)}，是否已发布无法判定", where=i.file)
    known = {(m[2], m[1]) for m in ours.values()}
    references = [(r or "").rpartition("/")[2] for r in i.schema_refs]
    if not any(references):
        t.fail("没有 schemaRef", expected="link:schemaRef", where=i.file)
    for reference in references:
        entry = _ENTRY.fullmatch(reference)
        if entry is None:
            t.warn(
                "schemaRef 不是试点所用的入口文件名",
                expected="前缀_issuer_entry_point_日期.xsd",
                actual=shown(reference),
                where=i.file,
            )
        elif known and (entry[1], entry[2]) not in known:
            t.fail(
                "schemaRef 与要素的命名空间不一致", expected="、".join(f"{p} {d}" for p, d in sorted(known)),
                actual=shown(reference), where=i.file,
            )  # fmt: skip
    if not _NAME.fullmatch(i.file.rpartition("/")[2]):
        t.warn(
            "附件的文件名不是试点所用的形式",
            expected="前缀_issuer_年月日_号码.xml",
            actual=shown(i.file.rpartition("/")[2]),
            where=i.file,
        )


def _is_date(raw: str) -> bool:
    try:
        return date.fromisoformat(raw).isoformat() == raw
    except ValueError:
        return False


def _contexts(t: Teller, i: Instance) -> None:
    ids = [c.id for c in i.contexts]
    for c in i.contexts:
        if not c.id or ids.count(c.id) > 1:
            t.fail("上下文没有标识，或标识重复", expected="唯一的 id", actual=shown(c.id or ""), where=i.file)
        if not c.identifier:
            t.fail("上下文没有主体标识", expected="entity/identifier", actual=shown(c.id or ""), where=i.file)
        if not c.period:
            t.fail("上下文没有期间", expected="period", actual=shown(c.id or ""), where=i.file)
    for f in [f for f in i.facts if f.context not in ids][:_MOST]:
        word = "要素没有上下文" if f.context is None else "要素引用的上下文不存在"
        t.fail(
            word, expected="存在的上下文", actual=shown(f"{f.name} → {f.context or ''}"), where=f"{i.file}#{f.place}"
        )


def _units(t: Teller, i: Instance) -> None:
    ids = [u for u, _ in i.units]
    for u, measure in i.units:
        if not u or ids.count(u) > 1:
            t.fail("单位没有标识，或标识重复", expected="唯一的 id", actual=shown(u or ""), where=i.file)
        if not measure:
            t.fail("单位没有计量", expected="measure", actual=shown(u or ""), where=i.file)
    for f in [f for f in i.facts if f.unit is not None and f.unit not in ids][:_MOST]:
        t.fail(
            "要素引用的单位不存在",
            expected="存在的单位",
            actual=shown(f"{f.name} → {f.unit}"),
            where=f"{i.file}#{f.place}",
        )
    for f in [f for f in i.facts if f.unit is not None and f.value is not None and f.number is None][:_MOST]:
        t.fail("带单位的要素不是数", expected="数", actual=shown(f"{f.name} = {f.value}"), where=f"{i.file}#{f.place}")


def ev_03(found: Iterable[Instance], covered: frozenset[str] | None, text: PageText | None) -> Findings:
    """The data are protected by a signature, and their sums of money are those on the page."""
    t = Teller("EV-03", Layer.POLICY)
    found = tuple(found)
    if not found:
        t.unknown("没有 XBRL 附件，无从比对")
    for i in found:
        if covered is None:
            t.unknown("签名读不出来，附件是否受保护无法判定", where=i.file)
        elif i.file not in covered:
            t.fail("结构化数据附件不在签名保护范围内", expected="在签名保护范围内", where=i.file)
        else:
            t.good("结构化数据附件在签名保护范围内", i.file)
        _amounts(t, i, text)
    return t.done()


def _amounts(t: Teller, i: Instance, text: PageText | None) -> None:
    sums = i.monetary()
    if not sums:
        t.unknown("没有金额要素，无从与版面比对", where=i.file)
        return
    if text is None or not text.text:
        t.unknown("版面的文字取不出来，金额无从比对", where=i.file)
        return
    values = {f.number for f in sums}
    strange = [a for m in _AMOUNT.finditer(text.text) if Decimal(a := m.group().replace(",", "")) not in values]
    missing = [f for f in sums if not _shown(f, text)]
    for f in missing[:_MOST]:
        where = f"{i.file}#{f.place}"
        if strange:
            t.fail(
                "金额要素与版面不一致", expected=f"版面上有 {shown(f.value or '', 40)}（{f.name}）",
                actual=f"版面上的 {shown(strange[0], 40)} 不是任何要素的值", where=where,
            )  # fmt: skip
        else:
            t.unknown(f"版面没有显示金额要素 {f.name}，无从比对", where=where)
    if len(missing) < len(sums):
        t.good(f"{len(sums) - len(missing)} 个金额要素与版面一致", i.file)


def _shown(fact: Fact, text: PageText) -> bool:
    number = fact.number
    assert number is not None
    forms = {(fact.value or "").strip(), f"{number:.2f}", f"{number:,.2f}", f"{number:f}"}
    if number == number.to_integral_value():
        forms |= {f"{int(number)}", f"{int(number):,}"}
    if 0 < number < 1:  # a rate that a voucher states as a fraction of money and shows in percent
        forms.add(f"{(number * 100).normalize():f}%")
    return any(text.shows(form) for form in forms)

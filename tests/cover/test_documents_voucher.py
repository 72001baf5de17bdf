"""EV-02 and EV-03: XBRL attachments of vouchers, their protection, and their amounts against the page."""

from __future__ import annotations

from typing import Any

import kit_ofd
import kit_pdf
import kit_seals
import pytest
from kit_documents import sealed, told
from kit_voucher import NAME, PAGE, instance, voucher

from conformance.documents import pdf, xbrl
from conformance.documents import voucher as rules
from conformance.documents.file import FileExamination, Options, examine_file
from conformance.documents.finding import Level, worst
from conformance.documents.pdf_reader import Attachment, Pdf

FULL = Options(policy=kit_seals.policy())


def examined(files: kit_ofd.Files, options: Options = FULL, **how: Any) -> FileExamination:
    return examine_file("a.ofd", kit_ofd.pack(sealed(files, **how)), options)


def test_a_voucher_holds_and_a_file_without_data_is_asked_only_when_it_is_one() -> None:
    found = examined(voucher())
    assert not found.failed
    assert (found.level("EV-02"), found.level("EV-03")) == (Level.PASS, Level.PASS), told(found.findings, "EV-03")
    assert examined(kit_ofd.licence()).level("EV-02") is Level.NOT_APPLICABLE
    assert examined(kit_ofd.licence(), Options(voucher=True)).level("EV-02") is Level.FAIL
    assert examined(voucher(), Options(voucher=False)).level("EV-02") is Level.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("taxonomy/2021-11-30/bker", "taxonomy/2021-13-30/bker", "分类标准命名空间里的日期不对"),
        ("taxonomy/2021-11-30/bker", "taxonomy/2021-09-30/bker", "schemaRef 与要素的命名空间不一致"),
        ("http://xbrl.mof.gov.cn/taxonomy", "http://example.org/taxonomy", "要素的命名空间不是财政部分类标准"),
        ("link:schemaRef", "link:other", "没有 schemaRef"),
        ('unitRef="u1"', 'unitRef="u9"', "要素引用的单位不存在"),
        ("1234.50", "12x", "带单位的要素不是数"),
        ("<measure>iso4217:CNY</measure>", "", "单位没有计量"),
        ('contextRef="c1">测试', 'contextRef="c9">测试', "要素引用的上下文不存在"),
        (' contextRef="c1">测试', ">测试", "要素没有上下文"),
        ("<period><instant>2026-06-01</instant></period>", "", "上下文没有期间"),
        ("FAKE</identifier>", "</identifier>", "上下文没有主体标识"),
        ("</xbrl>", "", "附件读不出来，或不是 XBRL 实例文档"),
    ],
)
def test_each_defect_of_the_data_is_named(old: str, new: str, message: str) -> None:
    assert old in instance()
    found = examined(voucher(instance().replace(old, new)))
    assert ("fail", message) in told(found.findings, "EV-02")


def test_a_taxonomy_that_was_not_seen_is_not_decided() -> None:
    newer = instance().replace("2021-11-30", "2027-01-01")
    assert examined(voucher(newer)).level("EV-02") is Level.UNKNOWN


def test_data_outside_the_signature_fail() -> None:
    found = examined(voucher(), leave=(NAME,))
    assert ("fail", "结构化数据附件不在签名保护范围内") in told(found.findings, "EV-03")
    unsigned = examine_file("a.ofd", kit_ofd.pack(voucher()), FULL)
    assert "EV-03" in unsigned.failed


@pytest.mark.parametrize(
    ("amount", "level"),
    [
        ("￥1,234.50", Level.PASS),
        ("1234.50元", Level.PASS),
        ("￥1,234.51", Level.FAIL),
        ("￥11,234.50", Level.FAIL),
        ("￥91234.50", Level.FAIL),
        ("没有数字", Level.UNKNOWN),
    ],
)
def test_amounts_are_compared_with_the_page(amount: str, level: Level) -> None:
    found = examined(voucher(amount=amount))
    assert found.level("EV-03") is level, told(found.findings, "EV-03")


def test_an_amount_split_over_objects_is_read_together_and_a_hidden_one_is_not() -> None:
    split = voucher(amount="￥1,2")
    text = split[PAGE].decode()
    more = text.replace("</ofd:Layer>", '<ofd:TextObject ID="20" Boundary="1 1 9 9" Font="3" Size="3"><ofd:TextCode X="0" Y="1">34.50</ofd:TextCode></ofd:TextObject></ofd:Layer>')  # fmt: skip
    assert examined(split | {PAGE: more.encode()}).level("EV-03") is Level.PASS
    hidden = more.replace('<ofd:TextObject ID="20"', '<ofd:TextObject ID="20" Visible="false"')
    assert examined(split | {PAGE: hidden.encode()}).level("EV-03") is not Level.PASS


def test_a_pdf_voucher_is_protected_by_the_signature_over_the_file() -> None:
    pytest.importorskip("pyhanko")
    found = pdf.examine(kit_pdf.signed(kit_pdf.sealed()), FULL.policy)
    held = Pdf(
        found.pdf.data, found.pdf.signatures, (Attachment("bker_issuer_20260601_1.xml", 9, instance().encode()),)
    )
    out = rules.pdf_voucher(pdf.PdfExamination(held, found.values, found.findings), None)
    assert worst(f for f in out if f.clause == "EV-02") is Level.PASS
    assert {f.level for f in out if f.clause == "EV-03"} == {Level.PASS, Level.UNKNOWN}, "page text of PDF is not read"
    open_ = rules.pdf_voucher(pdf.PdfExamination(held, (), ()), None)
    assert worst(f for f in open_ if f.clause == "EV-03") is Level.FAIL


def test_a_number_beyond_reason_is_none() -> None:
    fact = xbrl.Fact("a", "", "1e999999999", "c", "u", "")
    assert fact.number is None
    assert xbrl.Fact("a", "", "NaN", "c", "u", "").number is None

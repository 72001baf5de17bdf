"""Whether a file is signed at all (SIGNED), e-invoices in XML, and what a person reads of coverage and places."""

from __future__ import annotations

import zipfile
from pathlib import Path

import kit_eseal as kit
import kit_ofd
import pytest

from conformance.documents.file import Options, examine_file
from conformance.documents.finding import Level
from conformance.documents.inspect import moment
from conformance.documents.inspect_text import as_text
from conformance.specimen import eseal
from conformance.target.files import find

FILES = eseal.files()
DEMANDED = Options(must_be_signed=True)
INVOICE = FILES["einvoice.xml"].decode()
VALUE = INVOICE.partition("<SignatureValue>")[2].partition("<")[0]


def level(name: str, data: bytes, options: Options = DEMANDED) -> Level:
    return examine_file(name, data, options).level("SIGNED")


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.ofd", FILES["document.ofd"], Level.PASS), ("a.ofd", FILES["document-plain.ofd"], Level.FAIL),
        ("a.ofd", FILES["document-sign.ofd"], Level.PASS), ("a.pdf", FILES["document-seal.pdf"], Level.PASS),
        ("a.esl", FILES["seal-v4.esl"], Level.NOT_APPLICABLE), ("a.bin", b"\0\1", Level.FAIL), ("a.xml", b"<a/>", Level.FAIL),
        ("a.xml", b"<a><Signature/></a>", Level.UNKNOWN), ("a.xml", b"<a>", Level.UNKNOWN), ("a.zip", kit_ofd.pack({"a": b"x"}), Level.FAIL),
        ("a.ofd", kit_ofd.pack({"OFD.xml": b"<broken"}), Level.UNKNOWN),
    ],
)  # fmt: skip
def test_where_a_signature_is_demanded_a_file_without_one_fails(name: str, data: bytes, found: Level) -> None:
    if name.endswith(".pdf"):
        pytest.importorskip("pyhanko")
    assert level(name, data) is found
    other = level(name, data, Options())
    assert other is (Level.PASS if found is Level.PASS else Level.NOT_APPLICABLE), (
        "else nothing is said of what has none"
    )


def test_a_list_of_signatures_without_values_is_no_signature() -> None:
    files = kit_ofd.drop("Doc_0/Signs/Sign_0/SignedValue.dat")(kit_ofd.sign(kit_ofd.licence()))
    assert level("a.ofd", kit_ofd.pack(files)) is Level.FAIL


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (INVOICE, Level.WARN), (INVOICE.replace(VALUE, ""), Level.FAIL), (INVOICE.replace(VALUE, "x" * 88), Level.FAIL),
        (INVOICE.replace(VALUE, "A="), Level.FAIL), (INVOICE.replace(VALUE, "c3BlY2ltZW4gb2Ygbm90aGluZw=="), Level.UNKNOWN),
        (INVOICE.replace(VALUE, "签名"), Level.FAIL), (INVOICE.replace("TaxBureauSignature>", "Other>").replace("<TaxBureauSignature", "<Other"), Level.FAIL),
        (INVOICE.replace("</EInvoice>", ""), Level.UNKNOWN), (INVOICE.replace("<EInvoice>", "<!DOCTYPE a><EInvoice>"), Level.UNKNOWN),
    ],
)  # fmt: skip
def test_an_e_invoice_needs_a_value_that_can_be_a_signature(text: str, found: Level) -> None:
    seen = examine_file("a.xml", text.encode(), Options())
    assert seen.level("SIGNED") is found
    if found is Level.WARN:
        assert "没有验证" in " ".join(f.message for f in seen.of("SIGNED"))
        assert "发票号码" in as_text(seen.seen)


def test_of_xml_files_a_folder_and_a_zip_give_the_invoices(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(INVOICE, "utf-8")
    (tmp_path / "b.xml").write_text("<a/>", "utf-8")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("d.xml", INVOICE + " " * 9000)
        archive.writestr("e.xml", "<a/>")
    assert [f.name for f in find({"paths": [str(tmp_path)]}).files] == ["a.xml", "c.zip!d.xml"]
    asked = find({"paths": [str(tmp_path)], "suffixes": [".xml"]}).files
    assert [f.name for f in asked] == ["a.xml", "b.xml", "c.zip!d.xml", "c.zip!e.xml"]


def test_what_a_later_signature_covers_is_not_told_as_open() -> None:
    first, second = kit.conforming("document-noted.ofd").seen.signatures
    assert (first.missing, second.missing) == ((), ())
    assert first.later
    assert first.root_later
    text = as_text(kit.conforming("document-noted.ofd").seen)
    assert "由其后的签名保护" in text
    assert "未受保护" not in text
    broken = kit.examined("document-noted.ofd", eseal.files(("signed-data-flipped",))["document-noted.ofd"]).seen
    assert broken.signatures[0].missing, "a later signature that does not hold covers nothing"
    assert not broken.signatures[0].later


def test_a_stamp_is_told_by_the_number_of_its_page() -> None:
    seen = kit.conforming("document.ofd").seen.signatures[0]
    assert seen.stamps == ("第 1 页 [150 230 40 40]",), "its PageRef is an identifier"


def test_a_pdf_says_how_much_is_left_out() -> None:
    pytest.importorskip("pyhanko")
    whole = kit.conforming("document-sm2.pdf").seen.signatures[0]
    assert whole.cover.endswith("直到文件末尾")
    cut = kit.examined("document-rsa.pdf", eseal.files(("pdf-range-shortened",))["document-rsa.pdf"]).seen.signatures[0]
    assert "文件末尾有 20 字节不在范围内" in cut.cover


def test_the_moment_of_an_inspection_may_be_now() -> None:
    assert moment("now").tzinfo is not None


@pytest.mark.parametrize("data", [b"", b"\0\1", b"<a/>", b"0\x03\x02\x01\x05"])
def test_a_file_that_is_called_a_seal_and_is_none_fails_the_clause_of_seals(data: bytes) -> None:
    seen = examine_file("a.esl", data, Options())
    assert seen.failed == {"SEAL-01"}
    assert as_text(seen.seen)

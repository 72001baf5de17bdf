"""Personal numbers in text and attachments: found where they are whole, not found where they are hidden or none."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date

import pytest

from conformance.run.redact import Redactor, mask_text
from conformance.sites import attachments, personal
from conformance.sites.personal import CARD, CITIZEN, PHONE, find
from conformance.specimen.govsite import content, files

ON = date(2026, 6, 18)


def kinds(text: str) -> list[str]:
    return [f.kind for f in find(text, on=ON)]


def test_whole_numbers_are_found_and_shown_masked() -> None:
    text = f"张某 {content.CITIZEN}，手机 {content.PHONE}，账号 {content.CARD}"
    found = find(text, on=ON)
    assert [f.kind for f in found] == [CITIZEN, CARD, PHONE]
    said = " ".join(map(str, found))
    assert content.CITIZEN not in said
    assert content.CARD not in said
    assert content.PHONE not in said


@pytest.mark.parametrize(
    "text",
    [
        "110105********9989", "154****1234", "11010519070812998X", "110105190708129980",
        "统一社会信用代码 91330100MA2AXXXX0X", "6222001122334455668", "电话 0571-87654321", "订单 2026061800000015400001234",
        "1234567890123452", "文号 62 号 2026", "a15400001234b", "版本 1.15400001234",
    ],
)  # fmt: skip
def test_what_is_no_whole_number_is_not_found(text: str) -> None:
    assert kinds(text) == []


def test_a_number_born_after_the_inspection_is_none() -> None:
    from conformance.codes import citizen_id

    number = citizen_id.build("110105", "20300101", "001")
    assert find(number, on=ON) == ()
    assert len(find(number, on=date(2031, 1, 1))) == 1


def test_numbers_with_blanks_and_full_width_digits_are_found() -> None:
    card = content.CARD
    assert kinds(" ".join(card[n : n + 4] for n in range(0, len(card), 4))) == [CARD]
    assert kinds(content.CITIZEN.translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == [CITIZEN]
    assert kinds("154 0000 1234") == [PHONE]


def test_numbers_that_are_published_on_purpose_do_not_count() -> None:
    assert find(f"值班电话 {content.PHONE}", on=ON, public=["154-0000-1234"]) == ()


def test_the_redactor_hides_a_card_and_keeps_what_makes_it_one() -> None:
    text = Redactor().text(f"账号 {content.CARD}。")
    assert content.CARD not in text
    assert kinds(text) == [CARD]
    assert mask_text(content.CARD) == "622200*********5669"
    assert Redactor().text("6222001122334455668") == "6222001122334455668"  # Luhn says no
    digest = "ab6222001122334455669cd"
    assert Redactor().text(digest) == digest


class _Every:
    def __contains__(self, name: object) -> bool:
        return True


@pytest.mark.parametrize("name", ["名单.docx", "补贴发放.xlsx", "公示.pdf", "说明.txt", "打包.zip"])
def test_attachments_are_read(name: str) -> None:
    data = files.files(_Every())[name]  # type: ignore[arg-type]
    found = attachments.extract(data, f"http://www.example.gov.cn/{name}")
    assert found.trouble == ""
    assert len(find(found.text, on=ON)) == 1


def test_an_old_office_file_is_searched_in_both_encodings_and_said_to_be_uncertain() -> None:
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
    for coding in ("ascii", "utf-16-le"):
        found = attachments.extract(head + content.CITIZEN.encode(coding) + b"\0" * 50, "http://x/a.doc")
        assert [f.kind for f in find(found.text, on=ON)] == [CITIZEN]
        assert found.trouble


def _broken(package: bytes) -> bytes:
    """The same with the compressed data of its first member damaged."""
    return package[:60] + bytes(b ^ 0xFF for b in package[60:63]) + package[63:]


def _zip(members: dict[str, bytes]) -> bytes:
    return files.packed(members)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"PK\x03\x04" + b"\0" * 100, "a.docx"),
        (b"%PDF-1.4\n" + b"\0" * 1000, "a.pdf"),
        (_zip({"a.zip": _zip({"b.zip": _zip({"c.txt": b"x"})})}), "a.zip"),
        (_zip({"a.txt": b"0" * (40 << 20)}), "bomb.zip"),
        (_broken(_zip({"word/document.xml": b"<w:p>x</w:p>" * 500})), "broken.docx"),
        (b"Rar!\x1a\x07", "a.rar"),
        (b"", "a.docx"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, name: str) -> None:
    begun = time.process_time()
    found = attachments.extract(data, f"http://x/{name}")
    assert found.trouble
    assert len(found.text) <= 400_000
    assert time.process_time() - begun < 5


def test_a_document_bomb_is_bounded() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<w:t>1</w:t>" * (6 << 20))
    found = attachments.extract(out.getvalue(), "http://x/a.docx")
    assert found.trouble == "内容太多，只读了前面的部分"
    assert len(found.text) <= 400_000


def test_luhn() -> None:
    assert personal.luhn("79927398713")
    assert not personal.luhn("79927398710")

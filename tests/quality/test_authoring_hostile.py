"""Clause tables made to hurt their reader: bombs, entities, paths, lies about size. Refused with a code, in bounded time."""

from __future__ import annotations

import io
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cover"))
from kit_tables import ABOUT, TABLE, docx, xlsx

from conformance.authoring import read
from conformance.authoring.draft import draft, text
from conformance.authoring.table import MOST_ROWS
from conformance.errors import ProfileError


def _with(path: Path, member: str, data: bytes) -> Path:
    """The same package with one member replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != member:
                new.writestr(name, old.read(name))
        new.writestr(member, data)
    path.write_bytes(out.getvalue())
    return path


def _refused(path: Path) -> ProfileError:
    with pytest.raises(ProfileError) as found:
        draft(path, **ABOUT)
    return found.value


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("xlsx", "xl/sharedStrings.xml"),
        ("xlsx", "xl/worksheets/sheet1.xml"),
        ("docx", "word/document.xml"),
        ("docx", "word/extra.xml"),
    ],
)
def test_entities_are_refused_wherever_they_stand(tmp_path: Path, kind: str, member: str) -> None:
    path = xlsx(tmp_path / "t.xlsx", TABLE) if kind == "xlsx" else docx(tmp_path / "t.docx", TABLE)
    for data in (ENTITY, ENTITY.decode().encode("utf-16")):
        error = _refused(_with(path, member, data))
        assert error.code == "P601"
        assert "DTD" in error.message


def test_reqif_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.reqif"
    path.write_bytes(ENTITY.replace(b"<x>&b;</x>", b"<REQ-IF>&b;</REQ-IF>"))
    assert "DTD" in _refused(path).message
    path.write_bytes(b"<REQ-IF>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</REQ-IF>")
    assert _refused(path).code == "P601"


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = _with(xlsx(tmp_path / "t.xlsx", TABLE), "xl/sharedStrings.xml", b"<sst>" + b"\0" * (40 << 20) + b"</sst>")
    assert bomb.stat().st_size < 1 << 20
    assert _refused(bomb).code in ("P601", "P602")


def test_a_workbook_that_lies_about_its_size_costs_nothing(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", TABLE)
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    assert b"<dimension ref=" in sheet
    lying = sheet.replace(b'<dimension ref="A1:F6"', b'<dimension ref="A1:XFD1048576"')
    assert lying != sheet
    assert len(draft(_with(path, "xl/worksheets/sheet1.xml", lying), **ABOUT).clauses) == 4
    far = sheet.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    assert len(draft(_with(path, "xl/worksheets/sheet1.xml", far), **ABOUT).clauses) == 4


def test_too_many_rows_columns_and_characters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("条款号,要求\n" + "".join(f"5.{n},应\n" for n in range(MOST_ROWS + 1)), "utf-8")
    assert _refused(path).code == "P602"
    path.write_text("条款号,要求\n5.1," + "," * 300 + "x\n", "utf-8")
    assert _refused(path).code == "P602"
    path.write_text("条款号,要求\n5.1," + "应" * 40_000 + "\n", "utf-8")
    assert (_refused(path).code, _refused(path).where) == ("P602", "t.csv!B2")
    path.write_bytes(b"x" * (read.SIZE + 1))
    assert _refused(path).code == "P602"


def test_names_that_lead_out_and_damaged_files_are_refused(tmp_path: Path) -> None:
    assert _refused(_with(xlsx(tmp_path / "t.xlsx", TABLE), "../../x.xml", b"<x/>")).code == "P601"
    for name in ("t.xlsx", "t.docx", "t.reqif"):
        path = tmp_path / name
        for data in (b"", b"PK\3\4" + b"\0" * 60, b"\xff" * 2000):
            path.write_bytes(data)
            assert _refused(path).code == "P601", (name, data[:8])
    whole = xlsx(tmp_path / "t.xlsx", TABLE).read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        (tmp_path / "cut.xlsx").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with suppress(ProfileError):  # any other exception is a fault of ours
            draft(tmp_path / "cut.xlsx", **ABOUT)
    (tmp_path / "t.csv").write_bytes(b'a,b\n"x,y\n')
    assert "RFC 4180" in str(_refused(tmp_path / "t.csv"))
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00")
    assert _refused(tmp_path / "t.csv").code == "P601"


def test_a_word_table_that_claims_to_span_the_world_is_bounded(tmp_path: Path) -> None:
    path = docx(tmp_path / "t.docx", TABLE)
    with zipfile.ZipFile(path) as package:
        body = package.read("word/document.xml")
    wide = body.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="2000000000"/>', 1)
    assert wide != body
    assert _refused(_with(path, "word/document.xml", wide)).code in ("P602", "P603")
    # A column merged downwards over thousands of rows costs what its rows cost.
    row = b"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr>"
    long = body.replace(b"</w:tbl>", row * 5000 + b"</w:tbl>", 1)
    found = draft(_with(path, "word/document.xml", long), **ABOUT)
    assert (len(found.clauses), len(found.passed)) == (4, 5001)
    assert len(text(found).splitlines()) < 60


def test_links_of_a_workbook_are_not_followed(tmp_path: Path) -> None:
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="http://127.0.0.1:9/x" TargetMode="External"/></Relationships>'
    )
    path = _with(xlsx(tmp_path / "t.xlsx", TABLE), "xl/worksheets/_rels/sheet1.xml.rels", link)
    assert len(draft(path, **ABOUT).clauses) == 4

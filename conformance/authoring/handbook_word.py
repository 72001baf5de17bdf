"""The handbook as a Word document that a laboratory can go on writing in: real headings, repeated table heads, page numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from conformance.authoring.handbook import Grid, Handbook, build
from conformance.errors import MissingExtra
from conformance.model.profile import Profile
from conformance.report.formats.zipped import still
from conformance.report.shape import Line
from conformance.report.text import visible

_STILL = datetime(1980, 1, 1, tzinfo=UTC)
_FONT = "宋体"


def as_docx(profile: Profile) -> bytes:
    try:
        from docx import Document
        from docx.shared import Mm
    except ImportError:
        raise MissingExtra("python-docx", "docx") from None
    book = build(profile)
    document = Document()
    _fonts(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    _margins(section, book)
    document.core_properties.author, document.core_properties.title = "conformance", book.head
    document.add_heading("检测细则", 0)
    for text in (book.title, *book.standards, *book.bands):
        document.add_paragraph(visible(text))
    document.add_heading("概况", 1)
    _lines(document, (*book.lines, *book.figures))
    document.add_paragraph(
        "条款的文字是转述，不是标准原文。† 表示条款类型是推断的。等级 C 是推断，未经实验室确认不单独决定结论。"
    )
    _grid(document, book.tailoring)
    for part in book.parts:
        document.add_heading(visible(part.title), 1)
        _lines(document, part.lines)
        _grid(document, part.overview)
        for clause in part.clauses:
            document.add_heading(visible(f"{clause.number} {clause.title}　〔{clause.badge}〕"), 2)
            document.add_paragraph(visible(clause.text))
            _lines(document, clause.lines)
            if clause.untested:
                document.add_paragraph(visible(f"不检测：{clause.untested}"))
            for check in clause.checks:
                document.add_heading(visible(f"{check.purpose}（{check.kind}）"), 3)
                _lines(document, (Line("检测项", check.name), *check.lines))
        for table in part.grids:
            _grid(document, table)
    document.add_paragraph("以下空白")
    out = io.BytesIO()
    document.save(out)
    return still(out.getvalue(), _STILL)


def _lines(document: Any, lines: Iterable[Line]) -> None:
    rows = [(visible(line.label), visible(line.value)) for line in lines]
    table = document.add_table(len(rows), 2, style="Table Grid")
    for row, (label, value) in zip(table.rows, rows, strict=True):
        _cells(row, (label, value))
    _widths(table, (1, 4))


def _grid(document: Any, grid: Grid) -> None:
    if not grid.rows:
        return
    document.add_paragraph(visible(grid.title))
    table = document.add_table(1 + len(grid.rows), len(grid.head), style="Table Grid")
    rows = iter(table.rows)
    first = next(rows)
    _cells(first, grid.head)
    _mark(first, "w:tblHeader")
    for row, texts in zip(rows, grid.rows, strict=True):
        _cells(row, texts)


def _cells(row: Any, texts: Iterable[str]) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        cell.text = visible(text)
    _mark(row, "w:cantSplit")


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _widths(table: Any, shares: tuple[int, ...]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        for cell in column.cells:
            cell.width = Mm(170 * share / sum(shares))


def _margins(section: Any, book: Handbook) -> None:
    """On every page: what it is, the profile and its edition, whether it is a draft; 第 x 页 共 y 页."""
    section.header.paragraphs[0].text = visible("　".join(("检测细则", book.number, *book.bands)))
    line = section.footer.paragraphs[0]
    for text, field in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")):
        line.add_run(text)
        if field:
            _field(line.add_run(), field)


def _field(run: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "", "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = code
        run._r.append(element)


def _fonts(document: Any) -> None:
    """East Asian text has a font of its own in Word, named by w:eastAsia."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3"):
        style = document.styles[name]
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT if name == "Normal" else "黑体")
    document.styles["Normal"].font.size = Pt(10)

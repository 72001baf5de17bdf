"""The clause table as a workbook (XLSX): one sheet of facts, one of rows with a filter, nothing that calculates."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from conformance.errors import MissingExtra
from conformance.record.reading import Record, instant
from conformance.report.formats.data import document
from conformance.report.formats.table import COLUMNS, harmless, heads, rows
from conformance.report.formats.zipped import still
from conformance.report.how import How
from conformance.report.wording import Wording, wording

_WIDTHS = {"title": 34, "check": 40, "reason": 40, "expected": 28, "actual": 28, "where": 22, "evidence": 20, "key": 44}
_COLOURS = {"FAIL": "A8201A", "PASS": "0B6B4F", "INCONCLUSIVE": "7A4F00", "ERROR": "8C2566", "NOT_TESTED": "54407F"}


def render(record: Record, how: How) -> bytes:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise MissingExtra("openpyxl", "xlsx") from None
    data, words = document(record, how), wording(how.lang)
    book = Workbook()
    book.properties.creator, book.properties.title = "conformance", f"{data['title']} {data['number']}"
    _facts(book.active, data, words)
    _rows(book.create_sheet(), data, words)
    out = io.BytesIO()
    book.save(out)
    return still(out.getvalue(), instant(record.ended))


def _facts(sheet: Any, data: Mapping[str, Any], words: Wording) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = words["conclusion.title"]
    system, conclusion = data["system"], data["conclusion"]
    lines = [
        (data["title"], data["number"]),
        *((words["band.label"], notice) for notice in data["notices"]),
        (words["conclusion.title"], conclusion["word"]),
        ("", conclusion["sentence"]),
        (words["conclusion.rule"], conclusion["rule"]),
        (words["cover.system"], system["name"]),
        (words["cover.version"], " ".join(filter(None, (system["version"], system["build"])))),
        (words["cover.vendor"], system["vendor"]),
        *((words["basis.standards"], f"{p['standard']} {p['title']}".strip()) for p in data["profile"]["parts"]),
        (words["basis.profile"], f"{data['profile']['id']} {data['profile']['edition']}"),
        (words["basis.run"], data["run"]),
        (words["basis.started"], data["started"]),
        (words["basis.ended"], data["ended"]),
        *((f"{words['verify.ledger']} {k}", v) for k, v in (data["record"]["ledger.jsonl"] or {}).items()),
    ]
    for n, (label, value) in enumerate(lines, 1):
        _write(sheet, n, 1, label)
        _write(sheet, n, 2, str(value))
        sheet.cell(n, 1).font = Font(bold=True)
        sheet.cell(n, 2).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 22, 90
    _page(sheet, data)


def _rows(sheet: Any, data: Mapping[str, Any], words: Wording) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.title = words["items.title"][:31]
    for column, head in enumerate(heads(words), 1):
        _write(sheet, 1, column, head)
        cell = sheet.cell(1, column)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="123F66")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(COLUMNS[column - 1], 13)
    verdicts = {c["word"]: c["verdict"] for c in data["clauses"] if c["counts"]}
    wrap = Alignment(wrap_text=True, vertical="top")
    inks = {verdict: Font(bold=True, color=colour) for verdict, colour in _COLOURS.items()}
    at = COLUMNS.index("verdict") + 1
    n = 1
    for n, row in enumerate(rows(data), 2):
        for column, text in enumerate(row, 1):
            _write(sheet, n, column, text)
            sheet.cell(n, column).alignment = wrap
        verdict = verdicts.get(row[at - 1], "")
        if verdict in inks:
            sheet.cell(n, at).font = inks[verdict]
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{n}"
    sheet.print_title_rows = "1:1"
    _page(sheet, data, landscape=True)


def _write(sheet: Any, row: int, column: int, text: str) -> None:
    """Text and nothing else: not a formula, not a number, not a date."""
    cell = sheet.cell(row, column)
    cell.value = harmless(text)
    cell.data_type = "s"


def _page(sheet: Any, data: Mapping[str, Any], *, landscape: bool = False) -> None:
    """A4, the number and what the document is on every printed page; & would begin a code of Excel."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    said = "　".join(data["notices"])[:120].replace("&", "＆")
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = said, data["number"][:60].replace("&", "＆")
    sheet.oddFooter.center.text = "&P / &N"

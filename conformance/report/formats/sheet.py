"""The clause table as a workbook (XLSX): one sheet of facts, one of rows with a filter, nothing that calculates."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.errors import MissingExtra
from conformance.record.reading import Record, instant
from conformance.report.formats.byfile import defect_heads, defect_rows, file_heads, file_rows
from conformance.report.formats.data import document, translated
from conformance.report.formats.table import COLUMNS, SCORED, harmless, heads, labels, rows
from conformance.report.formats.zipped import still
from conformance.report.how import How
from conformance.report.wording import Wording, wording

_WIDTHS = {"title": 34, "check": 40, "reason": 40, "expected": 28, "actual": 28, "where": 22, "evidence": 20, "key": 44}
_FILES = [34, 11, 28, 28, 28, 14, 12, 60, 30, 68, 68]
_DEFECTS = [60, 30, 10, 10, 12, 60]
_COLOURS = {"FAIL": "A8201A", "PASS": "0B6B4F", "INCONCLUSIVE": "7A4F00", "ERROR": "8C2566", "NOT_TESTED": "54407F"}


def render(record: Record, how: How) -> bytes:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise MissingExtra("openpyxl", "xlsx") from None
    data, words = document(record, how), wording(how.data_lang)
    book = Workbook()
    book.properties.creator, book.properties.title = "conformance", f"{data['title']} {data['number']}"
    _facts(book.active, data, words)
    _rows(book.create_sheet(), data, words)
    if data["scoring"] is not None:
        _scored(book.create_sheet(), data, words)
    if data["files"] is not None:
        label = labels(data)
        marks = {f["word"]: f["verdict"] for f in data["files"]["files"]}
        rows_of = file_rows(data["files"], label)
        _table(book.create_sheet(words["files.title"][:31]), data, file_heads(words), rows_of, _FILES, ("B", marks))
        rows_of = defect_rows(data["files"], label, words)
        _table(book.create_sheet(words["files.defects"][:31]), data, defect_heads(words), rows_of, _DEFECTS)
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
        *((words["statement.title"], text) for text in translated(data).values()),
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


def _scored(sheet: Any, data: Mapping[str, Any], words: Wording) -> None:
    """评分: vetoes, then deductions, each with its sum, and the arithmetic below; text throughout, nothing calculates."""
    from openpyxl.styles import Font

    sheet.title = words["scoring.title"][:31]
    found = data["scoring"]
    kinds = (("vetoes", words["scoring.caption_vetoes"]), ("deductions", words["scoring.caption_deductions"]))
    lines = [[kind, *(row.get(n, "") for n in SCORED)] for name, kind in kinds for row in found[name]]
    head = [words["table.row"], *(words[f"scoring.{n}"] for n in SCORED)]
    _table(sheet, data, head, lines, [12, 16, 40, 20, 34, 14])
    told = [(found["title"], found["word"]), *(("", line) for line in found["said"])]
    for n, (label, said) in enumerate(told, len(lines) + 3):
        _write(sheet, n, 1, label)
        _write(sheet, n, 3, said)
        sheet.cell(n, 1).font = Font(bold=True)


def _rows(sheet: Any, data: Mapping[str, Any], words: Wording) -> None:
    sheet.title = words["items.title"][:31]
    verdicts = {c["word"]: c["verdict"] for c in data["clauses"] if c["counts"]}
    widths = [_WIDTHS.get(name, 13) for name in COLUMNS]
    _table(sheet, data, heads(words), rows(data), widths, ("ABCDEFGH"[COLUMNS.index("verdict")], verdicts))
    sheet.freeze_panes = "C2"


def _table(
    sheet: Any,
    data: Mapping[str, Any],
    head: Sequence[str],
    lines: Iterable[Sequence[str]],
    widths: Sequence[int],
    verdicts: tuple[str, Mapping[str, str]] = ("", {}),
) -> None:
    """A table with a filter and a head on every page. `verdicts`: the column of a verdict, and word → verdict."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for column, text in enumerate(head, 1):
        _write(sheet, 1, column, text)
        cell = sheet.cell(1, column)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="123F66")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = widths[column - 1]
    wrap = Alignment(wrap_text=True, vertical="top")
    inks = {verdict: Font(bold=True, color=colour) for verdict, colour in _COLOURS.items()}
    where, known = verdicts
    n = 1
    for n, row in enumerate(lines, 2):
        for column, text in enumerate(row, 1):
            _write(sheet, n, column, text)
            cell = sheet.cell(n, column)
            cell.alignment = wrap
            if cell.column_letter == where and known.get(text) in inks:
                cell.font = inks[known[text]]
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{n}"
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

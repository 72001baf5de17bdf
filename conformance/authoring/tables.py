"""The clause table of a profile as CSV or as a workbook, such that reading it again gives the same clauses."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

from conformance.authoring.rows import Grid, grid
from conformance.authoring.table import MOST_TEXT, guarded, letters, unfit
from conformance.errors import MissingExtra, ProfileError
from conformance.model.profile import Profile
from conformance.report.formats.zipped import still

_WIDTHS = {
    "clause": 11, "ref": 11, "title": 24, "provision": 9, "text": 56, "grade": 9, "sources": 12, "location": 20,
    "when": 16, "method": 36, "judge": 28, "untested": 28, "level_inferred": 12, "note": 30, "checks": 44, "profile": 20,
    "guesses": 40, "from": 24,
}  # fmt: skip
_STILL = datetime(
    1980, 1, 1, tzinfo=UTC
)  # a table says nothing of when it was written, so equal profiles give equal bytes


def as_csv(profile: Profile) -> bytes:
    """With a byte order mark, by which spreadsheets know UTF-8; line ends as RFC 4180 has them; formulas disarmed."""
    made = _fit(grid(profile))
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(map(guarded, made.headings))
    writer.writerows([guarded(cell) for cell in row] for row in made.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(profile: Profile) -> bytes:
    """One sheet, all cells text: no formula, no number, no date that a spreadsheet could make of a clause's number."""
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font, PatternFill
    except ImportError:
        raise MissingExtra("openpyxl", "xlsx") from None
    made = _fit(grid(profile))
    book = Workbook()
    sheet = book.active
    sheet.title = "条款表"
    book.properties.creator, book.properties.title = "conformance", profile.id
    wrap = Alignment(wrap_text=True, vertical="top")
    for column, heading in enumerate(made.headings, 1):
        _write(sheet, 1, column, heading)
        cell = sheet.cell(1, column)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="123F66")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[letters(column - 1)].width = _WIDTHS.get(made.fields[column - 1], 20)
    for n, row in enumerate(made.rows, 2):
        for column, text in enumerate(row, 1):
            _write(sheet, n, column, text)
            sheet.cell(n, column).alignment = wrap
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{letters(len(made.headings) - 1)}{max(2, len(made.rows) + 1)}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    out = io.BytesIO()
    book.save(out)
    return still(out.getvalue(), _STILL)


def _write(sheet: Any, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    if text:
        cell.value = guarded(text)
        cell.data_type = "s"
    cell.number_format = "@"  # stays text when a person types into it


def _fit(made: Grid) -> Grid:
    """ProfileError P610 for what no cell holds, rather than a table that lost something."""
    for n, row in enumerate(made.rows, 2):
        for column, text in enumerate(row):
            if len(text) >= MOST_TEXT or unfit(text):
                what = f"{len(text)} 个字符" if len(text) >= MOST_TEXT else f"控制字符 {unfit(text)}"
                raise ProfileError(
                    "P610", f"第 {n - 1} 条的“{made.headings[column]}”有{what}，写不进一个单元格",
                    expected=f"少于 {MOST_TEXT} 个可见字符",
                )  # fmt: skip
    return made

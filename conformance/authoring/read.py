"""A file → the tables in it. XLSX, CSV, DOCX and ReqIF are read as hostile data: bounded, no entities, nothing calculated."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from conformance.authoring import reqif
from conformance.authoring.table import MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Cell, Row, Sheet, unguarded
from conformance.codes.text import shown
from conformance.documents.package import Limits, Package
from conformance.errors import MissingExtra, ProfileError, system_reason

SIZE = 32 << 20
_LIMITS = Limits(file=SIZE, entries=2000, entry=48 << 20, total=96 << 20, ratio=400)
_KINDS = (".xlsx", ".csv", ".docx", ".reqif")
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_tables(path: Path) -> list[Sheet]:
    """Every table of a file, as it stands. ProfileError P601 unreadable or another format, P602 too large."""
    kind = path.suffix.lower()
    if kind not in _KINDS:
        hint = "旧的 .xls、.doc 先用办公软件另存为 .xlsx、.docx" if kind in (".xls", ".doc") else ""
        raise ProfileError(
            "P601",
            f"不认识的条款表格式 {kind or '（没有扩展名）'}",
            where=str(path),
            expected="、".join(_KINDS),
            hint=hint,
        )
    try:
        if path.stat().st_size > SIZE:
            raise ProfileError("P602", f"文件超过 {SIZE >> 20} MB", where=str(path), hint="拆成几个文件")
        data = path.read_bytes()
    except OSError as error:
        raise ProfileError("P601", f"条款表打不开: {system_reason(error)}", where=str(path)) from None
    readers = {".xlsx": _workbook, ".csv": _csv, ".docx": _document, ".reqif": _reqif}
    return [_bounded(sheet) for sheet in readers[kind](data, path.name)]


def _bounded(sheet: Sheet) -> Sheet:
    if len(sheet.rows) > MOST_ROWS:
        raise ProfileError(
            "P602", f"表超过 {MOST_ROWS} 行", where=f"{sheet.file}!{sheet.name}".rstrip("!"), hint="拆成几个表"
        )
    for row in sheet.rows:
        if len(row.cells) > MOST_COLUMNS:
            raise ProfileError("P602", f"表超过 {MOST_COLUMNS} 列", where=sheet.place(row.number))
        for column, cell in enumerate(row.cells):
            if len(cell.text) > MOST_TEXT:
                raise ProfileError("P602", f"单元格超过 {MOST_TEXT} 个字符", where=sheet.place(row.number, column))
    return sheet


def _rows(lines: Iterator[list[Cell]], first: int = 1) -> tuple[Row, ...]:
    """Rows without the empty ones, one more than is allowed at most; a number is the place in the file."""
    out: list[Row] = []
    for number, cells in enumerate(lines, first):
        while cells and cells[-1].empty:
            cells.pop()
        if cells:
            out.append(Row(number, tuple(cells)))
        if len(out) > MOST_ROWS:
            break
    return tuple(out)


# Office packages -------------------------------------------------------------------------------------------


def _opened(data: bytes, name: str) -> None:
    """Looks into the package before a library does: sizes, names, and no DTD, so that there are no entities either."""
    with Package.of(data, name, _LIMITS) as package:
        unsafe = next((p for p in package.problems), None)
        if unsafe is not None:
            code = "P602" if "large" in unsafe.code or "many" in unsafe.code or unsafe.code == "ratio" else "P601"
            raise ProfileError(code, f"{unsafe.message} {unsafe.where}".strip(), where=name, expected=unsafe.expected)
        for member in package.names:
            if member.lower().endswith((".xml", ".rels", ".vml")):
                text = package.read(member)
                if text is None:
                    raise ProfileError("P601", f"包内的文件读不出来: {shown(member)}", where=name)
                plain = text.replace(b"\0", b"")  # UTF-16 as well
                if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                    raise ProfileError(
                        "P601",
                        f"包内的 {shown(member)} 含有 DTD，可能引入实体，未读",
                        where=name,
                        expected="没有 DOCTYPE",
                    )


def _workbook(data: bytes, name: str) -> Iterator[Sheet]:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtra("openpyxl", "xlsx") from None
    _opened(data, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a workbook has besides cells is told by openpyxl, and is not asked for
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a file says of its size may be untrue
                lines = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1)
                yield Sheet(name, sheet.title, _rows([_cell(c) for c in line] for line in lines))
        except ProfileError:
            raise
        except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a damaged workbook makes it trip over
            raise ProfileError(
                "P601",
                f"工作簿读不出来: {type(error).__name__} {shown(str(error))}",
                where=name,
                hint="用办公软件另存一次",
            ) from None


def _cell(cell: Any) -> Cell:
    value, kind = cell.value, cell.data_type
    if value is None:
        return Cell()
    if kind == "f":
        return Cell(shown(getattr(value, "text", value)), "formula")
    if kind == "e":
        return Cell(str(value), "error")
    if isinstance(value, bool):
        return Cell("是" if value else "否")
    if isinstance(value, (datetime, date, time)):
        return Cell(value.isoformat(), "date")
    if isinstance(value, (int, float)):
        return Cell(str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value), "number")
    return Cell(_text(unguarded(str(value))))


def _document(data: bytes, name: str) -> Iterator[Sheet]:
    try:
        from docx import Document
    except ImportError:
        raise MissingExtra("python-docx", "docx") from None
    _opened(data, name)
    try:
        for number, table in enumerate(Document(io.BytesIO(data)).tables, 1):
            yield Sheet(name, f"表 {number}", _rows(_table_lines(table)))
    except (KeyError, ValueError, AttributeError, IndexError, TypeError, SyntaxError, zipfile.BadZipFile) as error:
        raise ProfileError(
            "P601",
            f"Word 文件读不出来: {type(error).__name__} {shown(str(error))}",
            where=name,
            hint="用办公软件另存一次",
        ) from None


def _table_lines(table: Any) -> Iterator[list[Cell]]:
    """Rows of a Word table. A cell merged downwards stands in every row of it, one merged sideways in its first column.

    Not `row.cells` of python-docx: that gives as many cells as a file claims to span, and climbs a merged column anew for
    every row.
    """
    from docx.table import _Cell

    above: list[Cell] = []
    for row in table.rows:
        cells: list[Cell] = []
        for tc in row._tr.tc_lst:
            at = len(cells)
            if tc.vMerge == "continue" and at < len(above):
                cells.append(above[at])
            else:
                cells.append(Cell(_text(_Cell(tc, table).text)))
            span = min(max(int(tc.grid_span), 1), MOST_COLUMNS + 1)
            cells += [Cell()] * (span - 1)
            if len(cells) > MOST_COLUMNS:
                break
        above = cells
        yield list(cells)


# Text ------------------------------------------------------------------------------------------------------


def _csv(data: bytes, name: str) -> Iterator[Sheet]:
    text = _decoded(data, name)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[Cell]]] = []
    try:
        for number, line in enumerate(reader, 1):
            cells = [Cell(_text(unguarded(c))) for c in line]
            if any(not c.empty for c in cells):
                lines.append((number, cells))
            if len(lines) > MOST_ROWS:
                break
    except csv.Error as error:
        raise ProfileError(
            "P601",
            f"CSV 的写法不对: {error}",
            where=f"{name}:{reader.line_num}",
            hint="含逗号、引号或换行的格子整个用双引号括起，里面的引号写两遍（RFC 4180）",
        ) from None
    yield Sheet(name, "", tuple(Row(n, tuple(c)) for n, c in lines))


def _decoded(data: bytes, name: str) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else GB 18030, which office software in China writes."""
    encoding = next((e for mark, e in _ENCODINGS if data.startswith(mark)), "")
    for one in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            return data.decode(one)
        except UnicodeDecodeError:
            continue
    raise ProfileError("P601", "CSV 不是可读的文字", where=name, expected="UTF-8、UTF-16（带标记）或 GB 18030")


def _reqif(data: bytes, name: str) -> Iterator[Sheet]:
    yield from reqif.read(data, name)


def _text(text: str) -> str:
    """Line ends as one kind, no-break spaces as blanks, no blanks around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()

"""A clause table as it was found: sheets of rows of cells, each with the place a person can go to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.errors import ProfileError

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_TEXT = 32_000  # a cell of a workbook holds 32,767 characters
MOST_TOLD = 50

CODES: dict[str, str] = {
    "P601": "条款表读不出来，或者不是能读的格式",
    "P602": "条款表太大",
    "P603": "表里没有认得出的表头",
    "P604": "表头对应不明确，或者 --column 指的列不存在",
    "P605": "单元格的内容不能用",
    "P606": "这一行缺少必需的内容",
    "P607": "两行是同一个条款",
    "P608": "起草还缺少标准号或标准名称",
    "P609": "表里的条款属于几个测试规范，或者与 --base 不是同一个",
    "P610": "内容太长，写不进一个单元格",
    "P611": "起草的文件已经存在",
}

# What a profile may not hold either: controls, marks that turn the direction of text, halves of a surrogate pair.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# A cell that begins like this, behind blanks or apostrophes, is a formula to a spreadsheet (OWASP "CSV injection").
_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind`: text | number | date | formula | error. A number or date is what the spreadsheet made of what was typed."""

    text: str = ""
    kind: str = "text"

    @property
    def empty(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Row:
    number: int  # as the spreadsheet counts, from 1
    cells: tuple[Cell, ...]

    @property
    def empty(self) -> bool:
        return all(c.empty for c in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name`: the worksheet, the number of a table in a document, or "" where a file is one table."""

    file: str
    name: str
    rows: tuple[Row, ...]

    def place(self, row: int, column: int | None = None) -> str:
        """`FILE!SHEET!C12`: where a person finds it. `column` counts from 0."""
        at = f"{letters(column)}{row}" if column is not None else f"第 {row} 行"
        return "!".join(p for p in (self.file, self.name, at) if p)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in a table that a person has to put right."""

    code: str
    message: str
    where: str
    expected: str = ""
    hint: str = ""


def letters(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def unfit(text: str) -> str:
    """The first character that may not stand in a profile, as U+XXXX, or ""."""
    found = _UNFIT.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula. `unguarded` gives it back."""
    return "'" + text if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def refuse(troubles: Iterable[Trouble]) -> None:
    """Raises all of them as one ProfileError; nothing when there are none."""
    errors = list(_errors(troubles))
    if errors:
        first, *others = errors
        first.others = tuple(others)
        raise first


def _errors(troubles: Iterable[Trouble]) -> Iterator[ProfileError]:
    for n, t in enumerate(troubles):
        if n == MOST_TOLD:
            yield ProfileError("P605", f"还有更多，只列出前 {MOST_TOLD} 处", hint="改正后再来一次")
            return
        yield ProfileError(t.code, t.message, where=t.where, expected=t.expected, hint=t.hint)

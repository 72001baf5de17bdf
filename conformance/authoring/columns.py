"""Which column of a clause table is which field: by its heading, by what the author says, and shown before it is used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.authoring.table import Cell, Row, Sheet, Trouble, letters, refuse
from conformance.errors import ProfileError, UsageError

# field → its heading when we write a table, then what else is read as it. `only` fields are shown, never read back.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "clause": ("条款号", "条款", "条款编号", "编号", "章条号", "章条", "条号", "章节号", "章节", "clause", "id", "no", "number"),
    "ref": ("引用号", "ref", "reference"),
    "title": ("标题", "条款标题", "条款名称", "要求名称", "名称", "title", "name"),
    "provision": ("条款类型", "类型", "约束程度", "能愿动词", "应/宜/可", "provision", "type"),
    "text": (
        "要求", "条款内容", "要求内容", "技术要求", "标准要求", "要求描述", "条文", "条款文字", "内容", "描述", "text",
        "requirement", "description",
    ),
    "grade": ("可靠程度", "grade"),
    "sources": ("来源", "sources", "source"),
    "location": ("位置", "在标准中的位置", "location"),
    "when": ("适用条件", "when"),
    "method": ("检测方法", "检测步骤", "试验方法", "测试方法", "验证方法", "method", "procedure"),
    "judge": ("判定方法", "判定准则", "合格判据", "预期结果", "judge", "expected"),
    "untested": ("没有检测项的理由", "不检测的理由", "untested"),
    "level_inferred": ("类型是推断的", "level_inferred"),
    "note": ("备注", "说明", "note", "remark", "remarks"),
    "guesses": ("推测", "guesses"),
    "from": ("出自", "from"),
    "checks": ("检测项",),
    "profile": ("测试规范", "profile"),
}  # fmt: skip
SHOWN_ONLY = ("checks", "profile")
_BLANK = re.compile(r"[\s*＊:：]+")
_HEAD_WITHIN = 20  # a heading stands in one of the first rows


def _plain(text: str) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower()


_KNOWN = {_plain(alias): field for field, aliases in HEADINGS.items() for alias in aliases}


@dataclass(frozen=True, slots=True)
class Layout:
    """A table whose heading was found: `fields` field → column, `others` (heading, column) without a field."""

    sheet: Sheet
    head: Row
    fields: Mapping[str, int]
    others: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(r for r in self.sheet.rows if r.number > self.head.number)

    def told(self) -> list[dict[str, str]]:
        """One line a column, in order: letter, heading, and the field it is taken for ("" = kept as it is)."""
        by_column = {column: field for field, column in self.fields.items()} | {c: "" for _, c in self.others}
        return [
            {"column": letters(c), "heading": self.head.cells[c].text, "field": by_column[c]} for c in sorted(by_column)
        ]


def chosen(given: Sequence[str]) -> dict[str, str]:
    """`--column FIELD=HEADING` → field → heading or letter. UsageError U623 for what is no such pair."""
    out: dict[str, str] = {}
    for one in given:
        field, equals, heading = one.partition("=")
        if not equals or not heading.strip() or field not in HEADINGS or field in SHOWN_ONLY:
            known = "、".join(f for f in HEADINGS if f not in SHOWN_ONLY)
            raise UsageError(
                "U623", f"--column 写作 字段=列名，字段没有 {field!r}" if equals else f"--column 写作 字段=列名: {one!r}",
                expected=known, where="--column", hint="如 --column text=技术要求，或写列号 --column text=C",
            )  # fmt: skip
        out[field] = heading.strip()
    return out


def layouts(sheets: Sequence[Sheet], given: Mapping[str, str], only: str = "") -> list[Layout]:
    """The tables that hold clauses. ProfileError P603 when none does, P604 when it is not clear which column is meant."""
    if only:
        named = [s for s in sheets if s.name == only]
        if not named:
            raise UsageError(
                "U624", f"没有工作表 {only}", expected="、".join(s.name for s in sheets if s.name) or "（只有一个表）",
                where="--sheet",
            )  # fmt: skip
        sheets = named
    found = [layout for sheet in sheets if (layout := _layout(sheet, given)) is not None]
    if not found:
        seen = next((r for s in sheets for r in s.rows if sum(not c.empty for c in r.cells) > 1), None)
        headings = "、".join(c.text[:20] for c in seen.cells if not c.empty) if seen else "（空表）"
        raise ProfileError(
            "P603",
            f"认不出表头，看到的是: {headings[:200]}",
            where=sheets[0].file if sheets else "",
            expected="一列是要求的文字（要求、条款内容、技术要求…），最好还有条款号",
            hint="用 --column text=列名 --column clause=列名 说明，也可以写列号 A、B…",
        )
    return found


def _layout(sheet: Sheet, given: Mapping[str, str]) -> Layout | None:
    for row in sheet.rows[:_HEAD_WITHIN]:
        fields = _match(sheet, row, given)
        if fields is not None:
            taken = set(fields.values())
            others = tuple((cell.text, c) for c, cell in enumerate(row.cells) if c not in taken and not cell.empty)
            return Layout(sheet, row, fields, others)
    return None


def _match(sheet: Sheet, row: Row, given: Mapping[str, str]) -> dict[str, int] | None:
    fields: dict[str, int] = {}
    twice: list[Trouble] = []
    for field, heading in given.items():
        column = _column(row.cells, heading)
        if column is None:
            return None
        fields[field] = column
    for c, cell in enumerate(row.cells):
        field = _KNOWN.get(_plain(cell.text), "")
        if not field or field in given or c in fields.values():
            continue
        if field in fields:
            message = f"两列都像“{HEADINGS[field][0]}”: {row.cells[fields[field]].text}、{cell.text}"
            hint = f"用 --column {field}={cell.text} 指定一列，另一列照原样保留"
            twice.append(Trouble("P604", message, sheet.place(row.number, c), hint=hint))
            continue
        fields[field] = c
    if "text" not in fields or (len(fields) < 2 and "text" not in given):
        return None
    names = [c.text for c in row.cells if not c.empty]
    for name in sorted({n for n in names if names.count(n) > 1}):
        twice.append(Trouble("P604", f"有两列都叫“{name}”", sheet.place(row.number), hint="改一个列名"))
    refuse(twice)
    return fields


def _column(cells: Sequence[Cell], heading: str) -> int | None:
    same = [c for c, cell in enumerate(cells) if _plain(cell.text) == _plain(heading)]
    if same:
        return same[0]
    if re.fullmatch("[A-Za-z]{1,2}", heading):
        return next((c for c in range(len(cells)) if letters(c) == heading.upper()), None)
    return None

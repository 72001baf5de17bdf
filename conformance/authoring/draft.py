"""Rows of a clause table → a profile draft. What a row does not say is guessed where that is honest, and marked a guess."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.authoring.columns import HEADINGS, Layout, layouts
from conformance.authoring.read import read_tables
from conformance.authoring.rows import PROVISIONS, method_of
from conformance.authoring.table import Cell, Row, Trouble, refuse, unfit
from conformance.authoring.verbs import guess
from conformance.errors import ProfileError, UsageError
from conformance.model.verdict import Provision
from conformance.profile import find
from conformance.profile.resolve import Resolver

Raw = dict[str, Any]
_PLAIN = ("title", "text", "location", "untested", "note")
_LABELS = {field: names[0] for field, names in HEADINGS.items()}
_CLAUSE_ID = re.compile(r"[^\s/\[\]:](?:[^\t\r\n/\[\]:]*[^\s/\[\]:])?\Z")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_MAIN = re.compile("[。；;，,：:\n]")
_YES = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False, "": False}
_WORDS = {
    **{w: str(p) for w, p in (
        ("应", Provision.REQUIREMENT), ("不应", Provision.REQUIREMENT), ("要求", Provision.REQUIREMENT), ("shall", Provision.REQUIREMENT),
        ("宜", Provision.RECOMMENDATION), ("不宜", Provision.RECOMMENDATION), ("推荐", Provision.RECOMMENDATION), ("should", Provision.RECOMMENDATION),
        ("可", Provision.PERMISSION), ("不必", Provision.PERMISSION), ("允许", Provision.PERMISSION), ("may", Provision.PERMISSION),
        ("能", Provision.POSSIBILITY), ("可能", Provision.POSSIBILITY), ("指示", Provision.INSTRUCTION), ("陈述", Provision.STATEMENT),
    )},
    **{str(p): str(p) for p in Provision},
    **{w: str(p) for p, w in PROVISIONS.items()},
}  # fmt: skip
_MOST_LISTED = 20
_UNWRITTEN = "对照条款文字判断（待写明）"


@dataclass(frozen=True, slots=True)
class Draft:
    """`raw` is the profile's data, ready to be written; `passed` rows that hold no clause, `gone` clauses of the base."""

    raw: Raw
    layouts: tuple[Layout, ...]
    passed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def clauses(self) -> list[Raw]:
        made: list[Raw] = self.raw["clauses"]
        return made

    @property
    def guessed(self) -> Counter[str]:
        """Field → in how many clauses it is a guess."""
        return Counter(name for c in self.clauses for name in c.get("draft", {}).get("guesses", {}))

    def to_json(self) -> dict[str, Any]:
        return {
            "tables": [
                {"sheet": lay.sheet.name, "head": lay.head.number, "columns": lay.told()} for lay in self.layouts
            ],
            "clauses": len(self.clauses),
            "provisions": dict(Counter(c["provision"] for c in self.clauses)),
            "guesses": dict(self.guessed),
            "unsure": sum(_unsure(c) for c in self.clauses),
            "passed": list(self.passed),
            "gone": list(self.gone),
        }


def _unsure(clause: Raw) -> bool:
    return "核对" in clause.get("draft", {}).get("guesses", {}).get("provision", "")


@dataclass
class _Reading:
    """What is known while the rows are read."""

    base: Mapping[str, Raw]
    keys: frozenset[str] | None  # source keys of the base; None without one
    troubles: list[Trouble] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Raw] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)


def draft(
    table: Path,
    *,
    number: str = "",
    title: str = "",
    profile_id: str = "",
    base: str = "",
    columns: Mapping[str, str] | None = None,
    sheet: str = "",
) -> Draft:
    """A clause table → a draft. With `base` everything that is not in the table (checks, operations …) comes from it.

    ProfileError P601 to P609, all bad cells at once, each with its place; UsageError for a base that is no single file.
    """
    found = layouts(read_tables(table), columns or {}, sheet)
    old = _base(base) if base else None
    head = _head(number, title, profile_id, table) if old is None else {**old, "clauses": []}
    reading = _Reading(
        {_id(c): c for c in old["clauses"]} if old else {}, frozenset(old.get("sources", {})) if old else None
    )
    clauses = [c for n, layout in enumerate(found, 1) for c in _sheet(layout, n, reading)]
    _one_profile(reading, head["profile"] if old is not None else "")
    refuse(reading.troubles)
    if not clauses:
        raise ProfileError("P603", "表头下面没有条款", where=found[0].sheet.place(found[0].head.number))
    if reading.sources:
        head["sources"] = reading.sources
    raw = {**{k: v for k, v in head.items() if k != "clauses"}, "clauses": clauses}
    gone = tuple(k for k in reading.base if k not in reading.seen)
    return Draft(raw, tuple(found), tuple(reading.passed), gone)


def _id(clause: Raw) -> str:
    return str(clause.get("clause") or clause.get("ref"))


def _base(name: str) -> Raw:
    file = Resolver().file(find.locate(name))
    if "clauses" not in file.raw:
        raise UsageError(
            "U625",
            f"{name} 没有自己的条款",
            expected="一个标准的测试规范",
            where="--base",
            hint="合集和裁剪不能作底稿，用其中的一个规范",
        )
    return dict(file.raw)


def _head(number: str, title: str, profile_id: str, table: Path) -> Raw:
    if not number or not title:
        raise ProfileError(
            "P608", "还不知道是哪个标准", expected="--number 标准号 --title 标准名称，或者 --base 已有的测试规范",
            where=str(table), hint='如 --number "GB/T 36904-2018" --title "电子证照 标识规范"',
        )  # fmt: skip
    made = profile_id or _NOT_SLUG.sub("-", number.lower().replace("/", "")).strip("-")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,79}", made):
        raise UsageError("U626", f"测试规范的标识不能是 {made!r}", expected="小写字母、数字、连字符和点", where="--id")
    return {
        "profile": made,
        "edition": "0.1",
        "title": {"zh": title},
        "standard": {"number": number, "title": {"zh": title}},
    }


def _one_profile(reading: _Reading, base: str) -> None:
    if len(reading.profiles) > 1:
        listed = "、".join(reading.profiles)
        reading.troubles.append(
            Trouble(
                "P609",
                f"表里有几个测试规范的条款: {listed}",
                next(iter(reading.profiles.values())),
                hint="一个规范一个表",
            )
        )
    elif base and reading.profiles and base not in reading.profiles:
        (other, where), *_ = reading.profiles.items()
        reading.troubles.append(Trouble("P609", f"表里是 {other} 的条款，--base 是 {base}", where, hint="换 --base"))


# Rows ------------------------------------------------------------------------------------------------------


def _sheet(layout: Layout, ordinal: int, reading: _Reading) -> Iterator[Raw]:
    for row in layout.rows:
        if row.empty:
            continue
        before = len(reading.troubles)
        cells, extra = _cells(layout, row, reading)
        clause = _clause(layout, row, cells, extra, ordinal, reading) if len(reading.troubles) == before else None
        if clause is not None:
            yield clause


def _cells(layout: Layout, row: Row, reading: _Reading) -> tuple[dict[str, Cell], dict[str, str]]:
    """field → cell, and what stands in columns that have no field, by heading. A cell that cannot be used is trouble."""
    by_column = {c: f for f, c in layout.fields.items()}
    headings = {c: name for name, c in layout.others}
    cells: dict[str, Cell] = {}
    extra: dict[str, str] = {}
    for c, cell in enumerate(row.cells):
        if cell.empty:
            continue
        where = layout.sheet.place(row.number, c)
        if bad := unfit(cell.text):
            reading.troubles.append(Trouble("P605", f"单元格含不可见的控制字符 {bad}", where, "可见的文字", "删掉它"))
        elif cell.kind == "formula":
            reading.troubles.append(
                Trouble("P605", f"单元格是公式 {cell.text[:60]}", where, "文字", "公式不求值；复制后只粘贴数值")
            )
        elif cell.kind == "error":
            reading.troubles.append(Trouble("P605", f"单元格是出错的值 {cell.text}", where, "文字"))
        elif c in by_column:
            cells[by_column[c]] = cell
        else:
            extra[headings.get(c, f"第 {c + 1} 列")] = cell.text
    return cells, extra


def _clause(
    layout: Layout, row: Row, cells: Mapping[str, Cell], extra: dict[str, str], ordinal: int, reading: _Reading
) -> Raw | None:
    here = _Here(layout, row, reading)
    if "profile" in cells:
        reading.profiles.setdefault(cells["profile"].text, here.place("profile"))
    if "text" not in cells:
        here.without_text(cells, extra)
        return None
    guesses: dict[str, str] = dict(here.marks(cells["guesses"].text)) if "guesses" in cells else {}
    made = here.name(cells, ordinal, guesses)
    if made is None:
        return None
    old = reading.base.get(_id(made), {})
    clause: Raw = made
    for name in _PLAIN:
        if name in cells:
            clause[name] = cells[name].text
        elif name in old and name not in layout.fields:
            clause[name] = old[name]
    if "title" not in clause:
        clause["title"] = _MAIN.split(clause["text"], maxsplit=1)[0][:30] or clause["text"][:30]
        guesses["title"] = "表里没有标题，取文字的开头"
    here.provision(cells, old, clause, guesses)
    here.grade(cells, old, clause, guesses)
    here.sources(cells, old, clause, extra)
    here.inferred(cells, old, clause)
    here.when(cells, old, clause)
    here.checks(cells, old, clause, guesses)
    here.marked(cells, old, clause, guesses, extra)
    return {k: clause[k] for k in _ORDER if k in clause}


_ORDER = (
    "clause", "ref", "title", "provision", "text", "grade", "sources", "level_inferred", "location", "when", "checks",
    "untested", "note", "draft",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Here:
    """One row being read: says where a field stands, and turns each into what the profile language has for it."""

    layout: Layout
    row: Row
    reading: _Reading

    def place(self, name: str) -> str:
        return self.layout.sheet.place(self.row.number, self.layout.fields.get(name))

    def bad(self, name: str, message: str, expected: str = "", hint: str = "", code: str = "P605") -> None:
        self.reading.troubles.append(Trouble(code, message, self.place(name), expected, hint))

    def without_text(self, cells: Mapping[str, Cell], extra: Mapping[str, str]) -> None:
        """A chapter's heading (a number and a title, nothing else) is no clause; anything else lacks its text."""
        if set(cells) <= {"clause", "ref", "title", "profile"}:
            said = " ".join([*(cells[f].text for f in ("clause", "ref", "title") if f in cells), *extra.values()])
            self.reading.passed.append(f"{self.layout.sheet.place(self.row.number)} {said[:60]}".strip())
        else:
            self.bad(
                "text", "这一行没有要求的文字", "要求的文字", "合并的单元格先拆开填满；不是条款的行删去", code="P606"
            )

    def name(self, cells: Mapping[str, Cell], ordinal: int, guesses: dict[str, str]) -> Raw | None:
        kind = "clause" if "clause" in cells else "ref"
        cell = cells.get(kind)
        if cell is None:
            name = f"T{ordinal}-{self.row.number}"
            guesses["ref"] = "表里没有条款号，用表和行的序号代替"
        else:
            name = cell.text
            if "clause" in cells and "ref" in cells:
                self.bad("ref", "条款号和引用号只能有一个", hint="标准印出的编号写在条款号，没见到编号时写引用号")
                return None
            if cell.kind == "date":
                self.bad(
                    kind, f"{_LABELS[kind]}被电子表格改成了日期 {name}", "文本，如 5.1.2", "把这一列设为文本后重新填写"
                )
                return None
            if cell.kind == "number" and "." in name:
                guesses[kind] = f"电子表格里是数字 {name}，与 {name}0 分不开"
            if not _CLAUSE_ID.match(name) or len(name) > 60:
                self.bad(kind, f"{_LABELS[kind]}不能是 {name[:80]!r}", "不含 / [ ] : 和换行，不超过 60 个字符")
                return None
        if name in self.reading.seen:
            message = f"{_LABELS[kind]} {name} 与 {self.reading.seen[name]} 相同"
            self.bad(kind, message, "每个条款一个号", "同一条里的几款写成 5.2 a)、5.2 b)", code="P607")
            return None
        self.reading.seen[name] = self.place(kind)
        return {kind: name}

    def provision(self, cells: Mapping[str, Cell], old: Raw, clause: Raw, guesses: dict[str, str]) -> None:
        if "provision" in cells:
            said = cells["provision"].text
            if said not in _WORDS:
                self.bad("provision", f"{_LABELS['provision']}不能是 {said[:40]}", "、".join(PROVISIONS.values()))
            clause["provision"] = _WORDS.get(said, "statement")
        elif "provision" in old:
            clause["provision"] = old["provision"]
        else:
            made = guess(clause["text"])
            clause["provision"], guesses["provision"] = str(made.provision), made.why

    def grade(self, cells: Mapping[str, Cell], old: Raw, clause: Raw, guesses: dict[str, str]) -> None:
        if "grade" in cells:
            said = cells["grade"].text.upper()
            if said not in ("A", "B", "C"):
                self.bad("grade", f"可靠程度不能是 {said[:20]}", "A 标准原文、B 二手文本或实现、C 推断")
            clause["grade"] = said
        elif "grade" in old:
            clause["grade"] = old["grade"]
        else:
            clause["grade"], guesses["grade"] = "C", "表里没有说条款从哪里来，先作待核实"

    def sources(self, cells: Mapping[str, Cell], old: Raw, clause: Raw, extra: dict[str, str]) -> None:
        if "sources" not in cells:
            if "sources" in old and "sources" not in self.layout.fields:
                clause["sources"] = old["sources"]
            return
        keys = [k.strip() for k in re.split("[、，,;；\n]", cells["sources"].text) if k.strip()]
        if not all(_KEY.match(k) for k in keys):  # words about where it is from, not keys of sources
            extra[self.layout.head.cells[self.layout.fields["sources"]].text] = cells["sources"].text
            return
        known = self.reading.keys
        for key in keys:
            if known is not None and key not in known:
                self.bad("sources", f"--base 里没有来源 {key}", "、".join(sorted(known)))
            elif known is None:
                self.reading.sources.setdefault(key, {"what": f"{key}（起草时表里只有这个键，写明它是什么）"})
        clause["sources"] = list(dict.fromkeys(keys))

    def inferred(self, cells: Mapping[str, Cell], old: Raw, clause: Raw) -> None:
        if "level_inferred" in cells:
            said = cells["level_inferred"].text.lower()
            if said not in _YES:
                self.bad("level_inferred", f"应写是或否: {said[:20]}", "是、否或空")
            elif _YES[said]:
                clause["level_inferred"] = True
        elif old.get("level_inferred") and "level_inferred" not in self.layout.fields:
            clause["level_inferred"] = True

    def when(self, cells: Mapping[str, Cell], old: Raw, clause: Raw) -> None:
        """A capability's name or JSON, as the tables we write have it; words about conditions are for a person to turn."""
        if "when" not in cells:
            if "when" in old and "when" not in self.layout.fields:
                clause["when"] = old["when"]
            return
        said = cells["when"].text
        try:
            clause["when"] = said if _NAME.match(said) else json.loads(said)
        except (ValueError, RecursionError):
            self.bad("when", f"适用条件不是能力名: {said[:60]}", '能力名，或 {"not": 名}、{"all": […]}、{"any": […]}',
                     "文字写在备注里，列名改成别的就照原样保留")  # fmt: skip

    def checks(self, cells: Mapping[str, Cell], old: Raw, clause: Raw, guesses: dict[str, str]) -> None:
        checks = list(old.get("checks", ()))
        steps, judge = (cells[n].text if n in cells else "" for n in ("method", "judge"))
        given = any(n in self.layout.fields for n in ("method", "judge"))
        if not given or (steps, judge) == method_of(checks):
            if checks or "checks" in old:
                clause["checks"] = checks
            return
        if len(checks) > 1 or (checks and "manual" not in checks[0]):
            if steps or judge:
                self.bad("method", "这一条已有自动检测项，检测方法不能从表里改", "留空", "改 YAML 里的检测项")
            clause["checks"] = checks
            return
        if not steps:
            if judge:
                self.bad("method", "有判定方法，没有检测方法", "检测的步骤，一行一步", code="P606")
            return
        manual = {"steps": [s.strip() for s in steps.split("\n") if s.strip()]}
        if checks and checks[0]["manual"].get("evidence"):
            manual["evidence"] = checks[0]["manual"]["evidence"]
        slug = _NOT_SLUG.sub("-", _id(clause).lower()).strip("-") or f"row-{self.row.number}"
        made = (
            checks[0]
            if checks
            else {"check": f"clause-{slug}-is-met-on-inspection", "purpose": f"人工检查：{clause['title']}"}
        )
        clause["checks"] = [{**made, "manual": {**manual, "judge": judge or _UNWRITTEN}}]
        if not checks:
            guesses["checks"] = "由检测方法一列写成人工检查" + ("" if judge else "，判定方法还没有写")

    def marked(
        self, cells: Mapping[str, Cell], old: Raw, clause: Raw, guesses: dict[str, str], extra: dict[str, str]
    ) -> None:
        """The marks of a draft: those of the base stay, unless the table has columns that say otherwise."""
        before = old.get("draft", {})
        if "guesses" not in self.layout.fields:
            guesses = {**before.get("guesses", {}), **guesses}
        where = cells["from"].text if "from" in cells else before.get("from", "")
        if not old and not where:
            where = self.layout.sheet.place(self.row.number)
        kept = {**before.get("columns", {}), **extra}
        made = {k: v for k, v in (("guesses", guesses), ("from", where), ("columns", kept)) if v}
        if made:
            clause["draft"] = made

    def marks(self, text: str) -> Iterator[tuple[str, str]]:
        for line in filter(None, (part.strip() for part in text.split("\n"))):
            name, colon, why = line.partition(": ")
            if not colon or name not in ("clause", "ref", "title", "provision", "text", "grade", "checks") or not why:
                self.bad(
                    "guesses",
                    f"推测写作“字段: 依据”: {line[:60]}",
                    "clause、ref、title、provision、text、grade、checks",
                )
            else:
                yield name, why


def text(made: Draft) -> str:
    """What was understood, for the author to look at before anything else: columns first, then the counts."""
    lines = []
    for lay in made.layouts:
        place = "!".join(p for p in (lay.sheet.file, lay.sheet.name) if p)
        lines.append(f"{place}：表头在第 {lay.head.number} 行")
        for one in lay.told():
            to = f"{one['field']}（{_LABELS[one['field']]}）" if one["field"] else "照原样保留在 draft.columns"
            to = "只供阅读，不读回" if one["field"] in ("checks", "profile") else to
            lines.append(f"  {one['column']:<3}{one['heading'][:30]} → {to}")
    counts = Counter(c["provision"] for c in made.clauses)
    told = "、".join(f"{PROVISIONS[p]} {counts[str(p)]}" for p in Provision if counts[str(p)])
    lines.append(f"{len(made.clauses)} 条：{told}")
    lines += _listed("当作标题行，没有写入", made.passed)
    lines += _listed("--base 里有、表里没有，没有写入", made.gone)
    if made.guessed:
        listed = "、".join(f"{_LABELS.get(n, n)} {k}" for n, k in made.guessed.items())
        unsure = sum(_unsure(c) for c in made.clauses)
        lines.append(
            f"推测 {sum(made.guessed.values())} 处（{listed}），其中 {unsure} 条的类型拿不准；核对后删去 draft.guesses 里的记号"
        )
    return "\n".join(lines)


def _listed(what: str, names: tuple[str, ...]) -> list[str]:
    lines = [f"  {what}: {name}" for name in names[:_MOST_LISTED]]
    return lines + [f"  {what}: 还有 {len(names) - _MOST_LISTED} 处，--json 列出全部"] * (len(names) > _MOST_LISTED)

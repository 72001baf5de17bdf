"""人工检测工作表 on paper: one sheet a manual check, with its steps to tick, room for what was seen, and who signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.model.profile import Profile
from conformance.model.verdict import Grade
from conformance.record.sheet import Item
from conformance.report.html import asset, write
from conformance.report.wording import wording

_GRADES = {Grade.A: "A 标准原文", Grade.B: "B 二手文本或实现", Grade.C: "C 推断，待核实"}
_PROVISIONS = {"requirement": "应", "recommendation": "宜", "permission": "可"}


@dataclass(frozen=True, slots=True)
class CheckSheet:
    """One manual check."""

    anchor: str
    key: str
    standard: str
    clause: str
    title: str
    provision: str
    text: str
    grade: str
    note: str
    purpose: str
    steps: tuple[str, ...]
    evidence: tuple[str, ...]
    judge: str


@dataclass(frozen=True, slots=True)
class Worksheet:
    lang: str
    title: str
    profile: str
    system: tuple[tuple[str, str], ...]
    sheets: tuple[CheckSheet, ...]
    verdicts: tuple[str, ...] = ("符合", "不符合", "无法判定", "不适用")


def render_worksheet(profile: Profile, items: Sequence[Item], system: Mapping[str, str], out: str | Path) -> Path:
    """Write the printable page → its path."""
    named = (("被测系统", "name"), ("版本", "version"), ("构建", "build"), ("开发单位", "vendor"))
    view = Worksheet(
        lang="zh-CN",
        title=str(profile.title.get("zh", profile.id)),
        profile=f"{profile.id} {profile.edition}",
        system=tuple((label, str(system.get(name) or "")) for label, name in named),
        sheets=tuple(_sheet(n, item) for n, item in enumerate(items, 1)),
    )
    return write("worksheet.html.j2", view, wording("zh-CN"), Path(out), css=asset("worksheet.css"), js="")


def _sheet(number: int, item: Item) -> CheckSheet:
    how = item.check.spec.get("manual", item.check.spec)
    standard = item.part.standard
    name = str(standard.title.get("zh", "")) if standard else ""
    name = "" if standard and name == standard.number else name
    return CheckSheet(
        anchor=f"s{number}",
        key=item.key,
        standard=f"{standard.number} {name}".strip() if standard else item.part.id,
        clause=item.clause.id + (f"（{item.clause.location}）" if item.clause.location else ""),
        title=item.clause.title,
        provision=_PROVISIONS.get(str(item.clause.provision), str(item.clause.provision)),
        text=item.clause.text,
        grade=_GRADES[item.clause.grade],
        note=item.clause.note,
        purpose=item.check.purpose,
        steps=tuple(map(str, how.get("steps", ()))),
        evidence=tuple(map(str, how.get("evidence", ()))),
        judge=str(how.get("judge", "")),
    )

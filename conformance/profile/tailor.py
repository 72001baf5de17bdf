"""A laboratory's tailoring: clauses taken out or confirmed, parameters narrowed; every change has a reason and a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.model.profile import Clause, Parameter, Profile, Removal
from conformance.model.verdict import Grade
from conformance.profile.names import near
from conformance.profile.schema import Wrong
from conformance.profile.yamlread import Pointer

CODES: dict[str, str] = {
    "P406": "裁剪的条款或参数不存在，或者说不清是哪一个",
    "P407": "裁剪不被允许",
    "P409": "被去掉的条款里的检测项是别的检测项的肯定对照",
}

Parts = tuple[Profile, ...]


class Refused(Exception):  # noqa: N818 - carries the errors to whoever knows the file
    def __init__(self, found: list[Wrong]) -> None:
        super().__init__(found)
        self.found = found


def apply(parts: Parts, tailor: Mapping[str, Any]) -> tuple[Parts, tuple[Removal, ...]]:
    """The parts after tailoring and the list of what was done, in the order written. Raises Refused."""
    found: list[Wrong] = []
    done: list[Removal] = []
    for section in ("removed", "confirmed"):
        for n, entry in enumerate(tailor.get(section, ())):
            at: Pointer = ("tailor", section, n, "clause")
            hit = _clause(parts, entry["clause"], at, found)
            if hit is None:
                continue
            part, clause = hit
            if section == "confirmed" and clause.grade is not Grade.C:
                message = f"条款 {clause.id} 是 {clause.grade} 级，不需要确认"
                found.append(Wrong("P407", at, message, expected="C 级条款"))
                continue
            kept = [c for c in part.clauses if c is not clause]
            if section == "confirmed":
                kept = [replace(c, confirmed=True) if c is clause else c for c in part.clauses]
            parts = tuple(replace(p, clauses=tuple(kept)) if p is part else p for p in parts)
            done.append(Removal(f"{part.id}/{clause.id}", section, entry["reason"], entry["by"]))
    for name, entry in tailor.get("parameters", {}).items():
        parts, removal = _parameter(parts, name, entry, found)
        done += removal
    found += _broken(parts, tailor)
    if found:
        raise Refused(found)
    return tuple(_without_lost_order(part) for part in parts), tuple(done)


def _clause(parts: Parts, name: str, at: Pointer, found: list[Wrong]) -> tuple[Profile, Clause] | None:
    """`clause`, or `profile/clause` where several parts have a clause of that number."""
    hits = [(p, c) for p in parts for c in p.clauses if name in (c.id, f"{p.id}/{c.id}")]
    if len(hits) == 1:
        return hits[0]
    if hits:
        expected = "、".join(f"{p.id}/{c.id}" for p, c in hits)
        found.append(Wrong("P406", at, f"几个标准都有条款 {name}", expected=expected, hint="写成 测试规范/条款"))
    else:
        known = [word for p in parts for c in p.clauses for word in (c.id, f"{p.id}/{c.id}")]
        message = f"没有条款 {name}（或者已经去掉）"
        found.append(Wrong("P406", at, message, expected="被裁剪的测试规范里的条款", hint=near(name, known)))
    return None


def _parameter(parts: Parts, name: str, entry: Mapping[str, Any], found: list[Wrong]) -> tuple[Parts, list[Removal]]:
    at: Pointer = ("tailor", "parameters", name)
    old = next((q for p in parts for q in p.parameters if q.name == name), None)
    if old is None:
        known = [q.name for p in parts for q in p.parameters]
        found.append(Wrong("P406", at, f"没有参数 {name}", on_key=True, hint=near(name, known)))
        return parts, []
    choices = tuple(entry.get("choices", old.choices))
    if old.choices and not set(map(repr, choices)) <= set(map(repr, old.choices)):
        message = f"参数 {name} 的可选值只能减少"
        expected = "、".join(map(str, old.choices))
        found.append(Wrong("P407", (*at, "choices"), message, expected=expected))
        return parts, []
    default = entry.get("default", old.default)
    if choices and default is not None and default not in choices:
        message = f"参数 {name} 的默认值 {default!r} 不在可选值里"
        found.append(Wrong("P407", (*at, "default"), message, expected="、".join(map(str, choices))))
        return parts, []
    new = Parameter(
        name=name,
        type=old.type,
        required=old.required or entry.get("required", False),
        default=default,
        help=entry.get("help", old.help),
        choices=choices,
        unit=old.unit,
        origin="laboratory",
        when=old.when,
        example=old.example,
    )
    changed = tuple(replace(p, parameters=tuple(new if q.name == name else q for q in p.parameters)) for p in parts)
    return changed, [Removal(name, "parameter", f"{entry['reason']}（{_said(old, new)}）", entry["by"])]


def _said(old: Parameter, new: Parameter) -> str:
    words = []
    if old.default != new.default:
        words.append(f"默认值 {'无' if old.default is None else old.default} → {new.default}")
    if old.choices != new.choices:
        words.append(f"可选值限于 {'、'.join(map(str, new.choices))}")
    if old.required != new.required:
        words.append("改为必填")
    return "；".join(words) or "值不变"


def _broken(parts: Parts, tailor: Mapping[str, Any]) -> Iterator[Wrong]:
    if not tailor.get("removed"):
        return
    for part in parts:
        kept = {check.name for clause in part.clauses for check in clause.checks}
        for clause in part.clauses:
            for check in clause.checks:
                if check.control is not None and check.control not in kept:
                    message = (
                        f"{part.id}/{clause.id} 的检测项 {check.name} 要用被去掉的检测项 {check.control} 作肯定对照"
                    )
                    yield Wrong(
                        "P409", ("tailor", "removed"), message, hint=f"保留那个条款，或者把 {clause.id} 一起去掉"
                    )
        if not part.clauses:
            yield Wrong("P407", ("tailor", "removed"), f"{part.id} 的条款全部被去掉", hint="在合集里不包含它")


def _without_lost_order(part: Profile) -> Profile:
    """`after` a check that was taken out orders nothing any more."""
    kept = {check.name for clause in part.clauses for check in clause.checks}
    if all(name in kept for clause in part.clauses for check in clause.checks for name in check.after):
        return part
    clauses = tuple(
        replace(c, checks=tuple(replace(k, after=tuple(n for n in k.after if n in kept)) for k in c.checks))
        for c in part.clauses
    )
    return replace(part, clauses=clauses)

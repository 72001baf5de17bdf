"""A profile as a person reads it: its clauses and how each is checked, what it asks of a target, where it is from."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from conformance.errors import UsageError
from conformance.model.profile import Clause, Profile
from conformance.model.verdict import Provision

_VERBS = {Provision.REQUIREMENT: "应", Provision.RECOMMENDATION: "宜", Provision.PERMISSION: "可"}


def outline(profile: Profile, *, clause: str | None = None) -> str:
    """The whole profile, or one clause of it. UsageError U502 for an unknown clause."""
    if clause is not None:
        found = [(part, c) for part in profile.standards() for c in part.clauses if c.id == clause]
        if not found:
            known = [c.id for part in profile.standards() for c in part.clauses]
            near = get_close_matches(clause, known, n=3, cutoff=0.4)
            raise UsageError(
                "U502", f"{profile.id} 中没有条款 {clause}", expected=f"相近的有 {'、'.join(near)}" if near else ""
            )
        return "\n".join(line for part, c in found for line in _clause(part, c, full=True))
    lines = [f"{profile.id}  {profile.title.get('zh', '')}", f"版本 {profile.edition or '—'}  摘要 {profile.digest}"]
    for part in profile.standards():
        standard = part.standard
        lines.append("")
        lines.append(f"■ {part.id}  " + (f"{standard.number} {standard.title.get('zh', '')}" if standard else ""))
        for c in part.clauses:
            lines.extend(_clause(part, c, full=False))
    for removal in profile.tailoring:
        lines.append(f"裁剪 {removal.clause} {removal.action}: {removal.reason}")
    return "\n".join(lines)


def _clause(part: Profile, clause: Clause, *, full: bool) -> Iterator[str]:
    verb = _VERBS.get(clause.provision, "—") + ("†" if clause.level_inferred else "")
    kinds = "、".join(sorted({"人工" if c.kind == "manual" else "自动" for c in clause.checks})) or "未检"
    yield f"  {clause.id:<12} {verb:<2} {clause.grade} {kinds:<4} {clause.title}"
    if not full:
        return
    yield f"    {clause.text}"
    yield f"    位置 {clause.location or '—'}；来源 {'、'.join(clause.sources) or '—'}；等级 {clause.grade}"
    for source in part.sources:
        if source.key in clause.sources:
            yield f"      {source.key}: {source.what}"
    if clause.reason:
        yield f"    不检的理由: {clause.reason}"
    for check in clause.checks:
        yield f"    - {check.name}: {check.purpose}" + ("（写入）" if check.writes else "")
        if check.needs:
            yield f"      需要 {'、'.join(check.needs)}"


def outline_json(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "edition": profile.edition,
        "digest": profile.digest,
        "title": dict(profile.title),
        "standards": [
            {
                "id": part.id,
                "number": part.standard.number if part.standard else None,
                "clauses": [
                    {
                        "id": c.id,
                        "title": c.title,
                        "provision": str(c.provision),
                        "grade": str(c.grade),
                        "sources": list(c.sources),
                        "checks": [
                            {"name": k.name, "kind": k.kind, "purpose": k.purpose, "writes": k.writes} for k in c.checks
                        ],
                        "untested": c.reason,
                    }
                    for c in part.clauses
                ],
            }
            for part in profile.standards()
        ],
    }

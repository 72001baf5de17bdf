"""A profile → the rows of its clause table: one a clause, every field of it, in an order that can be read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.authoring.columns import HEADINGS
from conformance.model.profile import Clause, Profile
from conformance.model.verdict import Provision

PROVISIONS: Mapping[Provision, str] = {
    Provision.REQUIREMENT: "应", Provision.RECOMMENDATION: "宜", Provision.PERMISSION: "可",
    Provision.INSTRUCTION: "指示", Provision.POSSIBILITY: "能", Provision.STATEMENT: "陈述",
}  # fmt: skip
# Shown in this order; the last ones only where some clause has them.
_ALWAYS = (
    "clause", "ref", "title", "provision", "text", "grade", "sources", "location", "when", "method", "judge", "untested",
    "level_inferred", "note", "checks", "profile",
)  # fmt: skip
_DRAFTS = ("guesses", "from")


@dataclass(frozen=True, slots=True)
class Grid:
    """Headings and rows of text, with the field of each column ("" for a column that a draft has kept)."""

    fields: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def grid(profile: Profile) -> Grid:
    """The clause table of a profile, or of all the standards in a bundle."""
    clauses = [(part, clause) for part in profile.standards() for clause in part.clauses]
    kept = tuple(dict.fromkeys(name for _, c in clauses for name in c.draft.get("columns", {})))
    drafts = _DRAFTS if any(c.draft for _, c in clauses) else ()
    fields = (*_ALWAYS, *drafts)
    rows = []
    for part, clause in clauses:
        told = _told(part, clause)
        columns = clause.draft.get("columns", {})
        rows.append((*(told[f] for f in fields), *(columns.get(name, "") for name in kept)))
    headings = (*(HEADINGS[f][0] for f in fields), *kept)
    return Grid((*fields, *("" for _ in kept)), headings, tuple(rows))


def _told(part: Profile, clause: Clause) -> dict[str, str]:
    steps, judge = method_of([c.spec for c in clause.checks])
    when = clause.when
    return {
        "clause": clause.id if clause.numbered else "",
        "ref": "" if clause.numbered else clause.id,
        "title": clause.title,
        "provision": PROVISIONS[clause.provision],
        "text": clause.text,
        "grade": str(clause.grade),
        "sources": "、".join(clause.sources),
        "location": clause.location,
        "when": "" if when is None else when if isinstance(when, str) else json.dumps(when, ensure_ascii=False),
        "method": steps,
        "judge": judge,
        "untested": clause.reason,
        "level_inferred": "是" if clause.level_inferred else "",
        "note": clause.note,
        "checks": "\n".join(f"{c.name}: {c.purpose}" for c in clause.checks),
        "profile": part.id,
        "guesses": "\n".join(f"{k}: {v}" for k, v in clause.guesses.items()),
        "from": clause.draft.get("from", ""),
    }


def method_of(checks: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """Steps and way of judging, when one manual check is all there is; else two empty texts."""
    listed: Sequence[Mapping[str, Any]] = list(checks)
    if len(listed) != 1 or "manual" not in listed[0]:
        return "", ""
    manual = listed[0]["manual"]
    return "\n".join(manual["steps"]), str(manual["judge"])

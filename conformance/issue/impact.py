"""Which issued reports change if a check or a profile changes: each kept record judged again, without its system.

A laboratory that finds a mistake in its method has to know whose report it touches (ISO/IEC 17025:2017, 7.10). Only what
the stored evidence shows is told: a report whose record is not at hand is named as such and never called unaffected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.errors import ConformanceError, IssueError
from conformance.issue.checking import check_issued, is_issued
from conformance.issue.lab import Laboratory
from conformance.judge.verdicts import clause_verdict, conclusion
from conformance.judge.words import check_word, overall_word, word
from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.verdict import Overall, Verdict
from conformance.record.reading import Record, open_record
from conformance.record.rejudge import rejudge


@dataclass(frozen=True, slots=True)
class Affected:
    """One issued report judged again. `problem`: why it could not be. Clauses and checks: (key, before, after)."""

    number: str
    status: str
    before: str = ""
    after: str = ""
    clauses: tuple[tuple[str, str, str], ...] = ()
    checks: tuple[tuple[str, str, str], ...] = ()
    problem: str = ""

    @property
    def touched(self) -> bool:
        return bool(self.problem or self.checks)

    @property
    def turned(self) -> bool:
        """Whether the conclusion is another one now."""
        return not self.problem and self.before != self.after

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "status": self.status,
            "conclusion": {"before": self.before, "after": self.after, "changed": self.turned},
            "clauses": [{"clause": k, "before": a, "after": b} for k, a, b in self.clauses],
            "checks": [{"check": k, "before": a, "after": b} for k, a, b in self.checks],
            "problem": self.problem,
        }


def impact(archive: Path, lab: Laboratory, profile: Profile | None = None) -> list[Affected]:
    """Every issued report that used the profile (any report, when none is given), in the order of the numbers.

    IssueError I050 for a folder without issued reports.
    """
    folders = [p for p in sorted(archive.iterdir()) if is_issued(p)] if archive.is_dir() else []
    if not folders:
        raise IssueError("I050", "没有签发的报告", expected="conformance issue 的 --archive 目录", where=str(archive))
    found = (_one(folder, lab, profile) for folder in folders)
    return [a for a in found if a is not None]


def _one(folder: Path, lab: Laboratory, profile: Profile | None) -> Affected | None:
    checked = check_issued(folder, lab)
    number = str(checked.about.get("number") or folder.name)
    if not checked.ok:
        return Affected(number, checked.status, problem=str(checked.problems[0]))
    record_path = folder / "record.zip"
    used = {s["profile"] for s in checked.about["standards"]} | {checked.about["profile"]["id"]}
    if profile is not None and not used & {profile.id, *(p.id for p in profile.standards())}:
        return None
    if not record_path.is_file():
        return Affected(number, checked.status, problem="没有所附的检测记录，无法复判")
    try:
        with open_record(record_path) as record:
            return _judged(number, checked.status, record, profile)
    except ConformanceError as error:
        return Affected(number, checked.status, problem=str(error))


def _judged(number: str, status: str, record: Record, profile: Profile | None) -> Affected:
    again = {r.key: r for r in rejudge(record, profile)}
    mine = {p.id for p in profile.standards()} if profile else None
    changed = {k: r for k, r in again.items() if not r.agrees and (mine is None or k.partition("/")[0] in mine)}
    results: Mapping[str, CheckResult] = {**record.results, **{k: r.again for k, r in changed.items()}}
    outcomes, clauses = [], []
    for clause in record.clauses():
        outcome = clause.outcome
        if any(c.key in changed for c in clause.checks):
            verdict = clause_verdict(results[c.key].verdict for c in clause.checks)
            if verdict is not outcome.verdict:
                clauses.append((clause.key, str(outcome.verdict), str(verdict)))
                outcome = replace(outcome, verdict=verdict)
        outcomes.append(outcome)
    after: Overall = conclusion(outcomes).overall
    return Affected(
        number,
        status,
        before=str(record.conclusion().overall),
        after=str(after),
        clauses=tuple(clauses),
        checks=tuple((k, str(r.recorded.verdict), str(r.again.verdict)) for k, r in changed.items()),
    )


def text(found: list[Affected]) -> str:
    """Lines for a terminal: what turned first, then what was touched, then the count of the rest."""
    lines = []
    for a in sorted(found, key=lambda a: (not a.problem, not a.turned, a.number)):
        if a.problem:
            lines.append(f"{a.number}: 无法复判: {a.problem}")
        elif a.touched:
            before, after = (word(overall_word(Overall(o))) for o in (a.before, a.after))
            lines.append(f"{a.number}: 结论 {before} → {after}" if a.turned else f"{a.number}: 结论不变（{before}）")
            lines += [
                f"  {kind} {k}: " + " → ".join(word(check_word(Verdict(v))) for v in (was, now))
                for kind, changes in (("条款", a.clauses), ("检测项", a.checks))
                for k, was, now in changes
            ]
    quiet = sum(not a.touched for a in found)
    return "\n".join(
        [*lines, f"{len(found)} 份报告，{len(found) - quiet} 份受影响，{sum(a.turned for a in found)} 份结论改变"]
    )

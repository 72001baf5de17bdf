"""What is left of a profile when some of the ICS questions are answered beforehand: a bundle for one part of a system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.model.profile import Check, Clause, Profile
from conformance.profile.flat import digest_of


def assumed(part: Profile, answers: Mapping[str, bool]) -> Profile:
    """The part without the checks, and without the clauses, that cannot apply whatever else the answers are.

    A clause keeps the checks that are left; one that had checks and lost them all is gone. The digest is a new one.
    """
    clauses = []
    for clause in part.clauses:
        if ruled_out(clause.when, answers):
            continue
        checks = tuple(c for c in clause.checks if not _out(c, part, answers))
        if checks or not clause.checks:
            clauses.append(clause if len(checks) == len(clause.checks) else replace(clause, checks=checks))
    if len(clauses) == len(part.clauses) and all(a is b for a, b in zip(clauses, part.clauses, strict=True)):
        return part
    left = replace(part, clauses=tuple(_ordered(clauses)))
    return replace(left, digest=digest_of(left))


def ruled_out(when: Any, answers: Mapping[str, bool]) -> bool:
    """Whether a condition is false for every answer to the questions that are still open."""
    return _holds(when, answers) is False


def _out(check: Check, part: Profile, answers: Mapping[str, bool]) -> bool:
    operations = (part.operations[name] for name in check.calls if name in part.operations)
    return any(ruled_out(when, answers) for when in (check.when, *(o.when for o in operations)))


def _ordered(clauses: list[Clause]) -> list[Clause]:
    """`after` names only checks that are still there."""
    names = {check.name for clause in clauses for check in clause.checks}
    return [
        replace(c, checks=tuple(replace(k, after=tuple(n for n in k.after if n in names)) for k in c.checks))
        for c in clauses
    ]


def _holds(when: Any, answers: Mapping[str, bool]) -> bool | None:
    if when is None:
        return True
    if isinstance(when, str):
        known: bool | None = answers.get(when)
        return known
    (operator, operands), *_ = when.items()
    if operator == "not":
        inner = _holds(operands, answers)
        return None if inner is None else not inner
    decisive: bool = operator == "any"
    results = [_holds(one, answers) for one in operands]
    if decisive in results:
        return decisive
    return None if None in results else not decisive

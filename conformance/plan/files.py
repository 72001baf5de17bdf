"""Which files a run will examine: those that the target names, or the calls of the system that hand files out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from conformance.model.profile import Data, Profile
from conformance.model.target import Target
from conformance.target.declare import evaluate
from conformance.target.fill import placeholders
from conformance.target.requirements import requirements

if TYPE_CHECKING:
    from conformance.plan.select import Planned


def has_document_checks(profile: Profile) -> bool:
    return any(check.kind == "document" for part in profile.standards() for c in part.clauses for check in c.checks)


def asks_for_files(entries: Iterable[Planned]) -> bool:
    """Whether a check that will be carried out looks at files."""
    return any(e.decided is None and (e.check.kind == "document" or e.check.spec.get("files")) for e in entries)


def served_calls(profile: Profile, target: Target) -> list[Data]:
    """The calls that hand out files, of those that this target offers and has the test data for; none when it names files."""
    if target.documents.get("paths"):
        return []
    wanted = requirements(profile)
    out = []
    for entry in wanted.documents:
        operation = wanted.operations.get(entry["call"])
        conditions = [entry.get("when"), operation.when if operation is not None else None]
        if any(evaluate(c, target.declares, wanted.capabilities.values())[0] is not True for c in conditions):
            continue
        if all(_given(v, target) for v in entry.get("with", {}).values()):
            out.append(entry)
    return out


def _given(template: Any, target: Target) -> bool:
    return all(target.parameters.get(name) is not None for name in placeholders(template))

"""Which checks a run has, in order, and those whose verdict is known before anything is sent.

A check is 不适用 only by a declared capability, and says which, or because no pages were handed in; it is 未检 when the target does not give what it
needs, does not consent to writing, or it is manual and nobody has attested it yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from conformance.judge.waiver import Attestation, attested
from conformance.model.profile import Check, Clause, Profile, check_key
from conformance.model.result import CheckResult, Reason
from conformance.model.target import Target
from conformance.model.verdict import Cause, Verdict
from conformance.target.declare import evaluate
from conformance.target.requirements import requirements


@dataclass(frozen=True, slots=True)
class Planned:
    """A check of this run. `decided` is its result when nothing has to be sent to know it."""

    profile: Profile
    clause: Clause
    check: Check
    key: str
    decided: CheckResult | None = None


def plan(profile: Profile, target: Target, *, at: datetime | None = None) -> list[Planned]:
    """Every check of the profile in the order of the standard, `after` dependencies first."""
    at = at or datetime.now(UTC)
    served = bool(requirements(profile).documents)  # a part of the bundle knows operations that hand out files
    planned = [
        replace(entry, decided=_decided(entry, target, at, served)) for entry in _all(profile)
    ]  # fmt: skip
    return list(_ordered(planned))


def _all(profile: Profile) -> Iterator[Planned]:
    for part in profile.standards():
        for clause in part.clauses:
            for check in clause.checks:
                yield Planned(part, clause, check, check_key(part, clause, check))


def _ordered(entries: list[Planned]) -> Iterator[Planned]:
    """The given order, except that a check comes after those it names."""
    by_name = {(e.profile.id, e.check.name): e for e in entries}
    given: set[str] = set()

    def visit(entry: Planned, path: tuple[str, ...]) -> Iterator[Planned]:
        if entry.key in given or entry.key in path:
            return
        for name in entry.check.after:
            earlier = by_name.get((entry.profile.id, name))
            if earlier is not None:
                yield from visit(earlier, (*path, entry.key))
        if entry.key not in given:
            given.add(entry.key)
            yield entry

    for entry in entries:
        if entry.check.after:
            yield from visit(entry, ())
        elif entry.key not in given:
            given.add(entry.key)
            yield entry


def _decided(entry: Planned, target: Target, at: datetime, served: bool) -> CheckResult | None:
    def result(verdict: Verdict, cause: Cause | None, reason: Reason) -> CheckResult:
        started = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return CheckResult(entry.key, verdict, cause, (reason,), started=started)

    unanswered = ""
    for condition in _conditions(entry):
        holds, why = evaluate(condition, target.declares, entry.profile.capabilities)
        if holds is False:
            return result(
                Verdict.NOT_APPLICABLE, None, Reason(f"实现声明排除了本项：{why}", where="declares", actual=why)
            )
        if holds is None:
            unanswered = unanswered or why
    if unanswered:
        reason = Reason(f"实现声明没有回答：{unanswered}", expected="true 或 false", actual="未声明", where="declares")
        return result(Verdict.NOT_TESTED, Cause.CONFIGURATION, reason)
    if entry.check.kind == "manual":
        return _attested(entry, target, at) or result(
            Verdict.NOT_TESTED,
            None,
            Reason(
                "人工检测项，尚未录入结果",
                expected="有效的人工结论：conformance worksheet 写出工作表，填好后由 conformance attest 写入",
                actual="无",
            ),
        )
    if entry.check.kind == "document" and not target.documents.get("paths") and not served:
        reason = Reason(
            "target 没有给出要检测的文件",
            expected="documents.paths，或 --target=文件夹",
            actual="缺失",
            where="documents",
        )
        return result(Verdict.NOT_TESTED, Cause.CONFIGURATION, reason)
    missing = [need for need in entry.check.needs if not _given(need, target)]
    if missing:
        kind = missing[0].partition(":")[0] if ":" in missing[0] else ""
        where = {"identity": "identities", "page": "pages"}.get(kind, "parameters")
        names = "、".join(n.rpartition(":")[2] for n in missing)
        reason = Reason(
            f"target 未给出本项需要的 {names}", expected=f"{where} 中给出 {names}", actual="缺失", where=where
        )
        return result(Verdict.NOT_TESTED, Cause.CONFIGURATION, reason)
    if entry.check.writes and not target.writes:
        reason = Reason(
            "本项会改变系统的数据，target 未同意写入", expected="writes: allow", actual="writes: deny", where="writes"
        )
        return result(Verdict.NOT_TESTED, Cause.CONFIGURATION, reason)
    return None


def _conditions(entry: Planned) -> Iterable[object]:
    if entry.clause.when is not None:
        yield entry.clause.when
    if entry.check.when is not None:
        yield entry.check.when
    for name in entry.check.calls:
        operation = entry.profile.operations.get(name)
        if operation is not None and operation.when is not None:
            yield operation.when


def _given(need: str, target: Target) -> bool:
    if need.startswith("identity:"):
        return need.removeprefix("identity:") in ("none", "wrong", *target.identities)
    if need.startswith("page:"):
        return need.removeprefix("page:") in target.pages
    return target.parameters.get(need) is not None


def _attested(entry: Planned, target: Target, at: datetime) -> CheckResult | None:
    for data in target.attestations:
        attestation = Attestation.from_data(data, where=target.origin)
        if attestation.check == entry.key:
            started = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            return replace(attested(attestation, target.system, at), started=started)
    return None

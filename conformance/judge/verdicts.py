"""The verdict algebra: what was observed → check verdict → clause verdict → conclusion. Pure, and nothing is promoted.

The rules, once:

check       PASS needs at least one assertion on at least one witness, and for a negative check ("must refuse") a
            positive control that passed: a dead system refuses everything.
clause      any FAIL → FAIL; else any ERROR or INCONCLUSIVE → INCONCLUSIVE; else any NOT_TESTED → NOT_TESTED; else all
            NOT_APPLICABLE → NOT_APPLICABLE; else PASS. No checks → NOT_TESTED.
conclusion  over the applicable requirement (应) clauses only: any FAIL → DOES_NOT_CONFORM; all PASS or validly waived,
            at least one PASS → CONFORMS; else UNDETERMINED. Anything left out → PARTIAL, which is no conclusion.
grade C     a clause that was inferred and not confirmed by the laboratory cannot decide a conclusion alone.

Conclusions follow the decision to state conformity of ISO/IEC 17025:2017, 7.8.6; verdicts follow ISO/IEC 9646-1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.judge.words import clause_word, word
from conformance.model.result import Reason
from conformance.model.verdict import Cause, Grade, Overall, Provision, Verdict

__all__ = [
    "ClauseOutcome",
    "Conclusion",
    "ConclusionReason",
    "clause_verdict",
    "clause_word",
    "conclusion",
    "judge_check",
]

# Why a control that did not pass leaves its check undecided. A control that FAILs is the system's doing; the check it
# guards still is not a FAIL, because a refusal by a system that refuses everything says nothing.
_CONTROL_CAUSE: dict[Verdict | None, Cause] = {
    None: Cause.TOOL,
    Verdict.FAIL: Cause.SYSTEM,
    Verdict.ERROR: Cause.TOOL,
    Verdict.INCONCLUSIVE: Cause.ENVIRONMENT,
    Verdict.NOT_APPLICABLE: Cause.CONFIGURATION,
    Verdict.NOT_TESTED: Cause.CONFIGURATION,
}


def judge_check(
    *,
    assertions: int,
    failed: int,
    witnesses: int,
    negative: bool = False,
    control: Verdict | None = None,
    stopped: tuple[Cause, Reason] | None = None,
    error: Reason | str | None = None,
    not_tested: tuple[Cause, Reason] | None = None,
    not_applicable: bool = False,
) -> tuple[Verdict, Cause | None]:
    """The verdict of one attempt at one check, and whose doing a non-pass is.

    assertions, failed  assertions evaluated, and how many of them did not hold
    witnesses           data of the system that were looked at
    negative, control   a check that wants a refusal, and the verdict of its positive control in the same run
    stopped             the check could not go on: cause and reason (precondition, time-out, configuration)
    error               the tool itself failed (an exception of ours, a broken profile); any true value
    not_tested          the check was not begun: cause and reason (no consent to write, a parameter is missing)
    not_applicable      the declaration (ICS) rules the check out

    A failed assertion outweighs everything but a fault of the tool and a missing control: whoever stopped the check
    later, or declared it inapplicable, cannot take back what was seen.
    """
    if min(assertions, failed, witnesses) < 0 or failed > assertions:
        raise ValueError(f"counts contradict each other: {assertions=} {failed=} {witnesses=}")
    if error:
        return Verdict.ERROR, Cause.TOOL
    begun = assertions > 0 or witnesses > 0 or control is not None
    if negative and begun and control is not Verdict.PASS:
        return Verdict.INCONCLUSIVE, stopped[0] if stopped else _CONTROL_CAUSE[control]
    if failed:
        return Verdict.FAIL, Cause.SYSTEM
    if stopped:
        return Verdict.INCONCLUSIVE, stopped[0]
    if not_tested:
        return Verdict.NOT_TESTED, not_tested[0]
    if not_applicable:
        return Verdict.NOT_APPLICABLE, None
    if negative and control is not Verdict.PASS:
        return Verdict.INCONCLUSIVE, _CONTROL_CAUSE[control]
    if not witnesses:
        # Nothing of the system was seen: most often the test data of the target file does not exist in the system.
        return Verdict.INCONCLUSIVE, Cause.CONFIGURATION
    if not assertions:
        return Verdict.INCONCLUSIVE, Cause.TOOL
    return Verdict.PASS, None


def clause_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a clause from those of its checks; the order does not matter, and no checks is NOT_TESTED."""
    seen = frozenset(verdicts)
    if not seen:
        return Verdict.NOT_TESTED
    if Verdict.FAIL in seen:
        return Verdict.FAIL
    if Verdict.ERROR in seen or Verdict.INCONCLUSIVE in seen:
        return Verdict.INCONCLUSIVE
    if Verdict.NOT_TESTED in seen:
        return Verdict.NOT_TESTED
    if Verdict.PASS in seen:
        return Verdict.PASS
    return Verdict.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class ClauseOutcome:
    """One clause as the conclusion sees it. `waived` only marks a valid waiver; the verdict stays what it was."""

    key: str  # profile/clause
    provision: Provision
    grade: Grade
    verdict: Verdict
    confirmed: bool = False
    waived: bool = False

    @property
    def counts(self) -> bool:
        """Whether the conclusion depends on it: an applicable requirement."""
        return self.provision is Provision.REQUIREMENT and self.verdict is not Verdict.NOT_APPLICABLE

    @property
    def unconfirmed(self) -> bool:
        """待核实: inferred by us and not confirmed by the laboratory. An inferred verb (应†) does not make it so."""
        return self.grade is Grade.C and not self.confirmed

    @property
    def settled(self) -> bool:
        return self.verdict is Verdict.PASS or self.waived

    @property
    def word(self) -> str:
        return clause_word(self.provision, self.verdict)


@dataclass(frozen=True, slots=True)
class ConclusionReason:
    """One reason for (or remark on) a conclusion: `code` is a word key, `clauses` and `detail` say what it is about."""

    code: str
    clauses: tuple[str, ...] = ()
    detail: str = ""

    def text(self, lang: str = "zh") -> str:
        tail = self.detail or ("、" if lang == "zh" else ", ").join(self.clauses)
        return f"{word(self.code, lang)}{('：' if lang == 'zh' else ': ') + tail if tail else ''}"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """检测结论. `counts`: provision → {total, applicable, waived, and every verdict by name}; `reasons` most serious first."""

    overall: Overall
    counts: Mapping[str, Mapping[str, int]]
    reasons: tuple[ConclusionReason, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "overall": str(self.overall),
            "counts": {k: dict(v) for k, v in self.counts.items()},
            "reasons": [{"code": r.code, "clauses": list(r.clauses), "detail": r.detail} for r in self.reasons],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Conclusion:
        reasons = tuple(ConclusionReason(r["code"], tuple(r["clauses"]), r["detail"]) for r in data["reasons"])
        return cls(Overall(data["overall"]), {k: dict(v) for k, v in data["counts"].items()}, reasons)


def conclusion(
    outcomes: Iterable[ClauseOutcome],
    *,
    partial: Sequence[ConclusionReason] = (),
    doubts: Sequence[ConclusionReason] = (),
) -> Conclusion:
    """The conclusion of a run over the outcomes of all its clauses.

    partial   why something was left out; not empty → PARTIAL, whatever the clauses say
    doubts    why the sample itself is in doubt; not empty → CONFORMS is not possible
    """
    clauses = sorted(set(outcomes), key=lambda c: (c.key, c.verdict, c.waived))
    applicable = [c for c in clauses if c.counts]
    failed = [c for c in applicable if c.verdict is Verdict.FAIL and not c.waived]
    deciding = [c for c in failed if not c.unconfirmed]
    pending = [c for c in applicable if not c.settled and c.verdict is not Verdict.FAIL]
    passed = [c for c in applicable if c.verdict is Verdict.PASS]
    reasons = [*partial, *doubts]
    blocked = bool(doubts)

    def remark(code: str, about: Sequence[ClauseOutcome], *, blocks: bool = True) -> None:
        nonlocal blocked
        reasons.append(ConclusionReason(code, tuple(c.key for c in about)))
        blocked = blocked or blocks

    if deciding:
        remark("clause-failed", failed)
    elif failed:
        remark("unconfirmed-failed", failed)
    if pending:
        remark("clause-open", pending)
    if not applicable:
        remark("nothing-applicable", ())
    elif not passed:
        remark("nothing-passed", ())
    elif all(c.unconfirmed for c in passed):
        remark("unconfirmed-only", passed)
    elif any(c.unconfirmed for c in passed):
        remark("unconfirmed-passed", [c for c in passed if c.unconfirmed], blocks=False)
    if any(c.waived for c in applicable):
        remark("clause-waived", [c for c in applicable if c.waived], blocks=False)

    if partial:
        overall = Overall.PARTIAL
    elif deciding:
        overall = Overall.DOES_NOT_CONFORM
    else:
        overall = Overall.UNDETERMINED if blocked else Overall.CONFORMS
    return Conclusion(overall, _counts(clauses), tuple(reasons))


def _counts(clauses: Sequence[ClauseOutcome]) -> dict[str, dict[str, int]]:
    counts = {
        str(p): {"total": 0, "applicable": 0, "waived": 0, **dict.fromkeys(map(str, Verdict), 0)} for p in Provision
    }
    for clause in clauses:
        row = counts[str(clause.provision)]
        row["total"] += 1
        row["applicable"] += clause.verdict is not Verdict.NOT_APPLICABLE
        row["waived"] += clause.waived
        row[str(clause.verdict)] += 1
    return counts

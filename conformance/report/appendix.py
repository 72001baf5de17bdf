"""Evidence on paper: every object gets a number, the clause table names the number, the appendix holds the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from conformance.model.result import CheckResult, Evidence
from conformance.model.verdict import Verdict
from conformance.report.context import Context
from conformance.report.evidence import Budget, Reader
from conformance.report.shape import EvidenceView, Rows

SHOWN = 20  # objects of one check that get a number; the rest is counted and lies in the record
GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)


def paper_budgets() -> tuple[Budget, Budget]:
    """(passes, non-passes): a report of 1,000 clauses stays under 200 pages; the whole lies in the record."""
    return Budget(each=900, left=20_000), Budget(each=2_400, left=60_000)


class Appendix:
    """Numbers the evidence of a record in the order of its clauses; the same object has one number throughout."""

    def __init__(self, context: Context, reader: Reader, passes: Budget, others: Budget) -> None:
        self._context = context
        self._reader = reader
        self._budgets = {True: passes, False: others}
        self._numbers: dict[str, int] = {}
        self._found: list[tuple[Evidence, bool]] = []
        for clause in context.clauses:
            for check in clause.checks:
                self._number(check.result)

    def _number(self, result: CheckResult) -> None:
        good = result.verdict in GOOD
        for evidence in result.evidence[:SHOWN]:
            if evidence.sha256 not in self._numbers:
                self._numbers[evidence.sha256] = len(self._numbers) + 1
                self._found.append((evidence, good))

    def named(self, evidence: Iterable[Evidence]) -> tuple[EvidenceView, ...]:
        """What the clause table prints of the evidence of a check: numbers that lead to the appendix."""
        return tuple(
            EvidenceView(self._context.say(e.label, 120), e.sha256, "", ref=self._ref(e))
            for e in evidence
            if e.sha256 in self._numbers
        )

    def rows(self) -> Rows[EvidenceView]:
        return Rows(self._found, self._view)

    def _view(self, found: tuple[Evidence, bool]) -> EvidenceView:
        evidence, good = found
        return replace(self._reader.view(evidence, self._budgets[good]), ref=self._ref(evidence))

    def _ref(self, evidence: Evidence) -> str:
        return f"E{self._numbers[evidence.sha256]}"

"""A check and its deciding result → what the report shows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.judge.words import cause_word
from conformance.model.profile import Check
from conformance.model.result import CheckResult
from conformance.model.verdict import Provision, Verdict
from conformance.record.reading import CheckView as Judged
from conformance.record.reading import ClauseView as JudgedClause
from conformance.report.appendix import Appendix
from conformance.report.context import LONG, SAID, Context
from conformance.report.evidence import Budget, Reader
from conformance.report.pictures import pictures
from conformance.report.shape import CheckView, EvidenceView, Line, MeasureView, ReasonView
from conformance.report.shots import Shots
from conformance.report.tables import tables

GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)
SHOWN_REASONS, SHOWN_MEASURES, SHOWN_EVIDENCE, FOLDED_FROM = 20, 50, 20, 3
_GENERATION = ("rule", "seed", "examples", "counterexample", "shrunk")


class Checks:
    """Makes check views; evidence is read only for the tree, and only as far as its budget goes."""

    def __init__(
        self, context: Context, reader: Reader, passes: Budget, others: Budget, appendix: Appendix | None = None
    ) -> None:
        self.context = context
        self._appendix = appendix
        self._shots = Shots(context, paper=appendix is not None)
        self._reader = reader
        self._passes = passes
        self._others = others

    def in_tree(self, judged: Judged, provision: Provision, in_full: bool) -> CheckView:
        """With measurements, generation, work sheet and evidence; with the reasons only if no finding tells them."""
        result, w = judged.result, self.context.words
        bad, many = result.verdict not in GOOD, len(result.evidence)
        return CheckView(
            name=judged.check.name,
            purpose=self.context.tell(judged.check.purpose),
            mark=self.context.mark(provision, result.verdict),
            bad=bad,
            facts=self._facts(result),
            cause=self._cause(result),
            cause_code=cause_word(result.cause) if result.cause else "",
            headline=self._headline(result) if bad else "",
            reasons=self._reasons(result) if bad and in_full else (),
            in_full=bad and in_full,
            blocked_by=self._blocked(result),
            sample=self._sample(result),
            measures=self._measures(result),
            pictures=pictures(self.context, result),
            tables=tables(self.context, result),
            # on paper they stand with the finding alone, and the clause table names them by number
            shots=self._shots.of(result) if self._appendix is None and bad and in_full else (),
            generation=tuple(self._generation(result.generation or {})),
            manual=tuple(self._manual(judged.check, result)) if judged.check.kind == "manual" else (),
            evidence=self._evidence(result, bad),
            evidence_title=w.fill("evidence.all", n=many) if many > FOLDED_FROM else "",
            evidence_more=w.fill("evidence.more", n=many - SHOWN_EVIDENCE) if many > SHOWN_EVIDENCE else "",
        )

    def in_finding(self, judged: Judged, provision: Provision) -> CheckView:
        """With the whole reason tree and no evidence, which stands in the tree."""
        result = judged.result
        return CheckView(
            name=judged.check.name,
            purpose=self.context.tell(judged.check.purpose),
            mark=self.context.mark(provision, result.verdict),
            bad=True,
            facts=self._facts(result),
            cause=self._cause(result),
            cause_code=cause_word(result.cause) if result.cause else "",
            reasons=self._reasons(result),
            blocked_by=self._blocked(result),
            sample=self._sample(result),
            shots=self._shots.of(result),
        )

    def _facts(self, result: CheckResult) -> str:
        w, parts = self.context.words, []
        if result.verdict is Verdict.NOT_TESTED and not result.witnesses:
            parts.append(w["check.not_run"])
        elif result.verdict is not Verdict.NOT_APPLICABLE:
            parts.append(w.fill("check.assertions", n=result.assertions))
            if result.failed:
                parts.append(w.fill("check.failed", n=result.failed))
            parts.append(w.fill("check.witnesses", n=result.witnesses))
        if result.duration:
            parts.append(w.fill("check.duration", n=f"{result.duration:.2f}"))
        if result.attempt > 1:
            parts.append(w.fill("check.attempt", n=result.attempt))
        return " · ".join(parts)

    def _cause(self, result: CheckResult) -> str:
        return self.context.word(cause_word(result.cause)) if result.cause else ""

    def _headline(self, result: CheckResult) -> str:
        if result.reasons:
            return self.context.tell(result.reasons[0].message, 240)
        return self._blocked(result)[:240]

    def _blocked(self, result: CheckResult) -> str:
        """`preflight D150`, `control query_by_id`: the first word is ours, so it is told in the reader's language."""
        kind, _, rest = result.blocked_by.partition(" ")
        known = f"reason.blocked_{kind}"
        if known not in self.context.words:
            return self.context.say(result.blocked_by)
        return self.context.say(f"{self.context.words[known]} {rest}".strip())

    def stopped_by(self, judged: JudgedClause) -> tuple[str, ReasonView | None]:
        """(whose fault, what and what to do) of the finding of the preflight that stopped a clause, if one did."""
        for check in judged.checks:
            if check.result.reasons and check.result.reasons[0].is_finding:
                return self._cause(check.result), self._reasons(check.result)[0]
        return "", None

    def _reasons(self, result: CheckResult) -> tuple[ReasonView, ...]:
        say, tell, many = self.context.say, self.context.tell, result.reasons
        views = [
            ReasonView(
                message=tell(r.message, 800),
                expected=tell(r.expected, LONG),
                actual=tell(r.actual, LONG),
                where=tell(r.where, LONG),
                reproduce="" if r.is_finding else say(r.reproduce, 2 * LONG),
                code=say(r.code, 80),
                remedy=tell(r.reproduce, 2 * LONG) if r.is_finding else "",
            )
            for r in many[:SHOWN_REASONS]
        ]
        if len(many) > SHOWN_REASONS:
            views.append(ReasonView(self.context.words.fill("evidence.cut_list", n=len(many) - SHOWN_REASONS)))
        return tuple(views)

    def _sample(self, result: CheckResult) -> tuple[str, ...]:
        return tuple(self.context.tell(s, 120) for s in list(dict.fromkeys(result.sample))[:3])

    def _measures(self, result: CheckResult) -> tuple[MeasureView, ...]:
        say, tell = self.context.say, self.context.tell
        views = []
        for m in result.measurements[:SHOWN_MEASURES]:
            unit = f" {tell(m.get('unit'), 20)}".rstrip()
            limit = m.get("limit")
            views.append(
                MeasureView(
                    name=tell(m.get("name"), 120),
                    value=f"{_number(m.get('value'))}{unit}",
                    limit=f"{_number(limit)}{unit}" if limit is not None else "—",
                    statistic=tell(m.get("statistic"), 60) or "—",
                    n=say(m.get("n"), 20) or "—",
                )
            )
        return tuple(views)

    def _generation(self, data: Mapping[str, Any]) -> Iterator[Line]:
        w, say = self.context.words, self.context.say
        for name in (*_GENERATION, *(k for k in data if k not in _GENERATION)):
            value = data.get(name)
            if value not in (None, "", False):
                label = w[f"generation.{name}"] if name in _GENERATION else say(name, 60)
                yield Line(label, self.context.tell(value, SAID), mono=name == "counterexample")

    def _manual(self, check: Check, result: CheckResult) -> Iterator[Line]:
        for reason in result.reasons:
            if reason.code == "attested":  # who concluded it, when, and why
                yield Line(self.context.words["manual.conclusion"], self.context.say(reason.message, LONG))
        sheet = check.spec.get("manual", check.spec)
        for name in ("steps", "evidence", "judge"):
            value = sheet.get(name)
            if value:
                text = "；".join(map(str, value)) if isinstance(value, list | tuple) else value
                yield Line(self.context.words[f"manual.{name}"], self.context.tell(text, LONG))

    def _evidence(self, result: CheckResult, bad: bool) -> tuple[EvidenceView, ...]:
        if self._appendix is not None:
            return self._appendix.named(result.evidence[:SHOWN_EVIDENCE])
        return self._reader.views(result.evidence[:SHOWN_EVIDENCE], self._others if bad else self._passes)


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:60]

"""Record → what a report prints. Every decision of a report is taken here and in the modules this one calls."""

from __future__ import annotations

from dataclasses import replace

from conformance.model.verdict import Overall
from conformance.record.reading import Record
from conformance.report import batch, benchmark, course, frame, scope, scoring
from conformance.report.appendix import Appendix, paper_budgets
from conformance.report.case import read_case
from conformance.report.checks import Checks
from conformance.report.clauses import Tree
from conformance.report.context import Context
from conformance.report.evidence import Budget, Reader, default_budgets
from conformance.report.issued import Issued
from conformance.report.kind import kind_of
from conformance.report.shape import ReportView
from conformance.report.text import Mask, identity
from conformance.report.wording import Wording, wording


def build_view(
    record: Record,
    lang: str = "zh-CN",
    *,
    mask: Mask = identity,
    budgets: tuple[Budget, Budget] | None = None,
    paper: bool = False,
    issued: Issued | None = None,
    words: Wording | None = None,
) -> ReportView:
    """Everything the templates need, from the record alone.

    mask     what every text shaped by a system or a person goes through before it is shown (personal data)
    budgets  how much evidence to show: (of checks that passed, of the others); evidence is read while printing
    paper    made for pages: evidence stands in an appendix, by number
    issued   what the issue by a laboratory added; None gives a draft or a self-check
    words    those of a theme in place of ours
    """
    context = Context(record, words or wording(lang), mask, issued)
    passes, others = budgets or (paper_budgets() if paper else default_budgets())
    reader = Reader(record.evidence, context.words, mask)
    appendix = Appendix(context, reader, passes, others) if paper else None
    tree = Tree(context, Checks(context, reader, passes, others, appendix))
    case = read_case(context)
    run = frame.run_number(context)
    number = frame.number(context, case)
    judged = record.conclusion()
    counts = tree.counts()
    total = sum(c.n for c in counts)
    partial = judged.overall is Overall.PARTIAL
    kind = kind_of(context.case, issued)
    laboratory = kind.laboratory
    words = context.words
    cover = frame.cover(context, case, number)
    covered, untested = scope.coverage(context)
    fingerprint, fingerprint_note = course.fingerprint(context)
    view = ReportView(
        lang=context.lang,
        laboratory=laboratory,
        partial=partial,
        number=number,
        head=f"{number} {cover.title} — {context.say(record.system.get('name'), 120)}",
        bands=frame.bands(context, kind),
        band_code="partial-run" if partial else "self-run",
        cover=cover,
        conclusion=frame.conclusion(context, case, judged),
        summary=frame.summary(context, case, run),
        counts=counts,
        total=total,
        bar_label=words["conclusion.standard_join"].join(f"{c.mark.word} {c.n}" for c in counts),
        figures=frame.figures(context, counts),
        signatures=frame.signatures(context, case),
        nonpasses=tree.findings(),
        standards=tree.standards(),
        legend=frame.legend(context),
        answers=scope.answers(context),
        excluded=scope.excluded(context),
        parameters=scope.parameters(context),
        coverage=covered,
        untested=untested,
        tailoring=scope.tailoring(context),
        attempts=course.attempts(context),
        preflight=course.preflight(context),
        sessions=course.sessions(context),
        special=course.special(context),
        fingerprint=fingerprint,
        fingerprint_note=fingerprint_note,
        environment=course.environment(context),
        tools=course.tools(context),
        equipment=scope.equipment(context),
        benchmark=benchmark.view(context),
        scoring=scoring.view(context),
        profiles=scope.profiles(context),
        sources=scope.sources(context),
        rules=frame.rules(context, case),
        statement=frame.statement(context, case),
        verify=tuple(words[f"verify.{k}"] for k in ("offline", "record", "rejudge", "render")),
        digests=frame.digests(context),
        opinions=case.opinions,
        files=batch.view(context),
        both=context.words.both,
    )
    if appendix is None:
        return view
    return replace(view, paper=True, watermark=frame.watermark(context, kind), appendix=appendix.rows())

"""评分: the score of an inspection as the report shows it: vetoes, a table of deductions, the arithmetic, what is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from conformance.judge import scoring
from conformance.judge.scoring import Deduction, Found, Rules, Score
from conformance.judge.words import clause_word
from conformance.model.profile import Profile
from conformance.model.verdict import Provision, Verdict
from conformance.record.collect import mapping
from conformance.record.reading import ClauseView
from conformance.report.context import Context
from conformance.report.shape import ScoringView, Table

_PLACES = frozenset(("处", "个"))


def view(context: Context) -> ScoringView | None:
    """None for a record of no profile that scores."""
    profile = next((p for p in context.profiles if mapping(p.decision.get("scoring"))), None)
    if profile is None or profile.standard is None:
        return None
    w = context.words
    title = context.say(profile.standard.number)
    parameters = {
        **{p.name: p.default for part in context.vocabulary for p in part.parameters if p.default is not None},
        **mapping(context.record.target.get("parameters")),
    }
    try:
        rules = scoring.rules(
            mapping(profile.decision["scoring"]), parameters, mapping(context.record.target.get("declares"))
        )
    except (scoring.ScoringError, KeyError, TypeError, ValueError, ArithmeticError) as problem:
        said = w.fill("scoring.problem", why=context.say(str(problem)))
        return ScoringView(title, said, "inconclusive", w["scoring.open"], Table((), ()), Table((), ()), ())
    judged = {c.clause.id: c for c in context.clauses if c.profile.id == profile.id}
    found = {name: Found(c.outcome.verdict, _places(c)) for name, c in judged.items()}
    result = scoring.score(rules, found)
    code = {scoring.QUALIFIED: "pass", scoring.UNQUALIFIED: "fail"}.get(result.outcome, "inconclusive")
    return ScoringView(
        title=title,
        intro=w.fill("scoring.intro", number=title),
        code=code,
        word=w[f"scoring.{result.outcome}"],
        vetoes=_vetoes(context, profile, rules, judged),
        deductions=_deductions(context, result),
        said=tuple(_said(context, rules, result)),
        outcome=result.outcome,
        least=number(result.least),
        most=number(result.most),
        gate=number(rules.fail_below),
    )


def _places(clause: ClauseView) -> int:
    """How many places failed, by what the checks of a clause counted."""
    counted = (m for c in clause.checks if c.result.verdict is Verdict.FAIL for m in c.result.measurements)
    return sum(int(m.get("value", 0)) for m in counted if m.get("unit") in _PLACES)


def _vetoes(context: Context, profile: Profile, rules: Rules, judged: Mapping[str, ClauseView]) -> Table:
    w = context.words
    titles = {c.id: c for c in profile.clauses}
    rows = []
    for name in rules.vetoes:
        clause = titles.get(name)
        verdict = judged[name].outcome.verdict if name in judged else Verdict.NOT_TESTED
        word = context.word(clause_word(Provision.REQUIREMENT, verdict))
        rows.append(
            (
                context.say(name, 40),
                context.say((clause.location.partition("·")[2] or clause.title) if clause else "", 120),
                f"{word} → {w['scoring.vetoed']}" if verdict is Verdict.FAIL else word,
            )
        )
    return Table(tuple(w[f"scoring.{k}"] for k in ("clause", "item", "verdict")), tuple(rows))


def _deductions(context: Context, result: Score) -> Table:
    w = context.words
    rows = tuple(
        (
            context.say(r.clause, 40),
            context.say(r.item, 80),
            context.word(clause_word(Provision.REQUIREMENT, r.verdict)),
            _sum(context, r),
            _range(context, r.least, r.most),
        )
        for r in result.rows
    )
    return Table(tuple(w[f"scoring.{k}"] for k in ("clause", "item", "verdict", "sum", "deducted")), rows)


def _sum(context: Context, row: Deduction) -> str:
    w, points = context.words, row.points
    if row.why == "none":
        return "—"
    if points is None:
        return w["scoring.points_unknown"]
    each = f"{number(points.value)}/{w['scoring.place']}" if points.each else number(points.value)
    cap = "" if points.cap is None else w.fill("scoring.cap", n=number(points.cap))
    if row.why == "open":
        return w.fill("scoring.if_failed", points=each) + cap
    if row.why == "no-cap":
        return f"{number(points.value)} × {max(1, row.places)}" + w["scoring.cap_unknown"]
    if row.why == "each":
        return f"{number(points.value)} × {max(1, row.places)}" + cap
    return each + cap


def _range(context: Context, least: Decimal, most: Decimal | None) -> str:
    if most is None:
        return context.words["scoring.unknown"] if least == 0 else f"≥ {number(least)}"
    return number(least) if least == most else f"{number(least)}–{number(most)}"


def _listed(context: Context, clauses: Iterable[str]) -> str:
    return context.words["conclusion.standard_join"].join(context.say(n, 40) for n in clauses)


def _said(context: Context, rules: Rules, result: Score) -> Iterator[str]:
    w = context.words
    if result.vetoed:
        yield w.fill("scoring.by_veto", names=_listed(context, result.vetoed))
    if result.undecided:
        yield w.fill("scoring.veto_open", names=_listed(context, result.undecided))
    full = rules.scale[0] if rules.scale else rules.full
    least = [number(r.least) for r in result.rows if r.least]
    if result.exact:
        yield w.fill("scoring.total", sum=_chain(full, least, rules, result.most))
    else:
        yield w.fill("scoring.most", sum=_chain(full, least, rules, result.most))
        unknown = [context.say(r.clause, 40) for r in result.rows if r.most is None]
        if unknown:
            yield w.fill("scoring.least_unknown", names=context.listed(unknown))
        else:
            most = [number(r.most) for r in result.rows if r.most]
            yield w.fill("scoring.least", sum=_chain(full, most, rules, result.least))
    yield w.fill("scoring.gate", n=number(rules.fail_below))
    if result.bonus is not None:
        yield w.fill("scoring.bonus", n=number(result.bonus), total=number(result.least + result.bonus))
    elif rules.bonus is None:
        yield w.fill("scoring.no_bonus", above=number(rules.bonus_above), most=number(rules.bonus_most))
    else:
        yield w.fill("scoring.bonus_not_counted", above=number(rules.bonus_above))


def _chain(full: Decimal, taken: list[str], rules: Rules, total: Decimal) -> str:
    """100 − 5 − 2 = 93, or (75 − 5) × 4/3 = 93.33."""
    terms = " − ".join([number(full), *taken])
    if rules.scale:
        terms = f"({terms}) × {number(rules.full)}/{number(rules.scale[0])}"
    return f"{terms} = {number(total)}" if taken or rules.scale else number(total)


def number(value: Decimal | Any) -> str:
    """Two decimals at most, none that say nothing."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

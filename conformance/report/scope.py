"""What was asked and given: declarations and what they exclude, parameters, coverage, tailoring, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.model.profile import Parameter
from conformance.model.verdict import Grade, Verdict
from conformance.record.collect import mapping
from conformance.record.reading import ClauseView as Judged
from conformance.report.clauses import predicate
from conformance.report.context import LONG, Context
from conformance.report.shape import Answer, CoverageRow, ParameterView, Rows, Table, Untested

SHOWN_EXCLUDED = 60
SHOWN_UNTESTED = 500


def answers(context: Context) -> tuple[Answer, ...]:
    """Every ICS question with its answer and the clauses that do not apply because of it."""
    w, say = context.words, context.say
    asked = {c.name: c for p in context.vocabulary for c in p.capabilities}
    declared = mapping(context.record.target.get("declares"))
    given: dict[str, bool | None] = {n: c.default for n, c in asked.items()} | dict(declared)
    excluded: dict[str, list[Judged]] = {}
    for clause in context.clauses:
        if clause.outcome.verdict is Verdict.NOT_APPLICABLE:
            for name in _excluding(clause, given):
                excluded.setdefault(name, []).append(clause)
    views = []
    for name, answer in given.items():
        out = excluded.get(name, [])
        origin = "declared" if name in declared else "unknown" if answer is None else "default"
        views.append(
            Answer(
                ask=context.tell(asked[name].ask) if name in asked else "",
                name=say(name, 80),
                answer=w[
                    "applicability.unanswered" if answer is None else f"applicability.{'yes' if answer else 'no'}"
                ],
                origin=w[f"applicability.{origin}"],
                excludes=tuple((context.anchors[c.key], context.label(c.key)) for c in out[:SHOWN_EXCLUDED]),
                more=max(0, len(out) - SHOWN_EXCLUDED),
            )
        )
    return tuple(views)


def excluded(context: Context) -> Rows[Untested]:
    """Every clause that does not apply, with its predicate."""

    def row(c: Judged) -> Untested:
        why = predicate(c) or context.words["clause.na_unknown"]
        return Untested(
            context.anchors[c.key], context.label(c.key), context.tell(c.clause.title), context.tell(why, 800)
        )

    return Rows([c for c in context.clauses if c.outcome.verdict is Verdict.NOT_APPLICABLE], row)


def _excluding(judged: Judged, given: Mapping[str, bool | None]) -> set[str]:
    names: set[str] = set()
    for when in _conditions(judged):
        value, because = blame(when, given)
        if value is False:
            names |= because
    return names


def _conditions(judged: Judged) -> Iterator[Any]:
    if judged.clause.when is not None:
        yield judged.clause.when
    for k in judged.checks:
        if k.check.when is not None:
            yield k.check.when
        for name in k.check.calls:
            operation = judged.profile.operations.get(name)
            if operation is not None and operation.when is not None:
                yield operation.when


def blame(when: Any, given: Mapping[str, bool | None]) -> tuple[bool | None, set[str]]:
    """The value of a condition and the answers it rests on; None where an answer is missing."""
    if isinstance(when, str):
        return given.get(when), {when}
    if not isinstance(when, Mapping) or len(when) != 1:
        return None, set()
    operator, operands = next(iter(when.items()))
    if operator == "not":
        value, because = blame(operands, given)
        return (None if value is None else not value), because
    parts = [blame(o, given) for o in operands]
    decisive = operator == "any"
    deciding = [because for value, because in parts if value is decisive]
    if deciding:
        return decisive, set().union(*deciding)
    everything = set().union(*(because for _, because in parts))
    return (None if any(v is None for v, _ in parts) else not decisive), everything


def parameters(context: Context) -> tuple[ParameterView, ...]:
    """IXIT values as used. A secret is never shown, whatever its value looks like."""
    w, say = context.words, context.say
    known: dict[str, Parameter] = {p.name: p for part in reversed(context.vocabulary) for p in part.parameters}
    used = mapping(context.record.target.get("parameters"))
    tailored = {r.clause for p in context.vocabulary for r in p.tailoring if r.action == "parameter"}
    views = []
    for name in (*known, *(n for n in used if n not in known)):
        about, value = known.get(name), used.get(name)
        if about is None:
            origin = "target"
        elif value is None and about.default is None:
            continue  # optional and not given: what needed it says so itself
        else:
            value = about.default if value is None else value
            origin = ("default" if about.origin == "target" else about.origin) if value == about.default else "target"
        shown = say(value, LONG // 2)
        if about is not None:
            if about.type == "secret":
                shown = w["parameters.secret"]
                unit = ""
            else:
                unit = f" {context.tell(about.unit, 20)}" if about.unit else ""
            shown += unit
            if (
                about.type != "secret"
                and value != about.default
                and about.default is not None
                and about.origin != "target"
            ):
                shown += context.aside(f"{w['parameters.default']} {say(about.default, 120)}{unit}")
        label = w["parameters.tailored"] if name in tailored else w.get(f"parameters.{origin}") or origin
        help_ = context.tell(about.help) if about else ""
        views.append(ParameterView(say(name, 80), help_, shown, label, laboratory=origin == "laboratory"))
    return tuple(views)


def coverage(context: Context) -> tuple[tuple[CoverageRow, ...], tuple[Untested, ...]]:
    """How many clauses each standard has that are tested automatically, by hand or not at all; and why not."""
    rows: list[CoverageRow] = []
    untested: list[Untested] = []
    for n, profile in enumerate(p for p in context.profiles if p.clauses):
        tally: Counter[str] = Counter()
        for clause in profile.clauses:
            kinds = {k.kind for k in clause.checks}
            if not clause.provision.testable:
                tally["notes"] += 1
            elif kinds - {"manual"}:
                tally["automatic"] += 1
            elif kinds:
                tally["manual"] += 1
            else:
                tally["untested"] += 1
                if len(untested) < SHOWN_UNTESTED:
                    key = f"{profile.id}/{clause.id}"
                    reason = context.tell(clause.reason, 800) or context.words["coverage.no_reason"]
                    title = context.tell(clause.title)
                    untested.append(Untested(context.anchors[key], context.label(key), title, reason))
        name = context.say(profile.standard.number) if profile.standard else context.title(profile.title)
        counts = {k: tally[k] for k in ("automatic", "manual", "untested", "notes")}
        rows.append(CoverageRow(standard=name, anchor=f"s-{n + 1}", total=len(profile.clauses), **counts))
    return tuple(rows), tuple(untested)


def tailoring(context: Context) -> Table:
    w, say = context.words, context.say
    head = tuple(w[f"tailoring.{k}"] for k in ("clause", "action", "reason", "by"))
    rows = [
        (say(r.clause, 120), w.get(f"tailoring.{r.action}") or say(r.action), say(r.reason, 800), say(r.by) or "—")
        for p in context.vocabulary
        for r in p.tailoring
    ]
    return Table(head, tuple(dict.fromkeys(rows)))


def sources(context: Context) -> Table:
    w, say = context.words, context.say
    cited = Counter(s for c in context.clauses for s in c.clause.sources)
    known = {s.key: s for p in context.vocabulary for s in p.sources}
    head = tuple(w[f"sources.{k}"] for k in ("key", "what", "read", "cited"))
    rows = [(say(s.key, 60), context.tell(s.what, 800), say(s.read) or "—", str(cited[s.key])) for s in known.values()]
    rows += [(say(k, 60), "—", "—", str(n)) for k, n in cited.items() if k not in known]
    return Table(head, tuple(rows))


def profiles(context: Context) -> Table:
    """The test methods used, as ISO/IEC 17025:2017 7.8.2.1 f asks: identified without doubt."""
    w, say = context.words, context.say
    named = ("profile", "edition", "standard", "clauses")
    head = (*(w[f"environment.{k}"] for k in named), w["sources.grades"], w["environment.digest"])
    rows = []
    for profile in (context.record.profile, *context.record.profile.parts):
        grades = Counter(c.grade for c in profile.clauses)
        rows.append(
            (
                say(profile.id, 80),
                say(profile.edition, 60),
                say(profile.standard.number) if profile.standard else "—",
                str(sum(len(p.clauses) for p in profile.standards())),
                "/".join(str(grades[g]) for g in Grade) if profile.clauses else "—",
                f"{profile.digest[:16]}…" if profile.digest else "—",
            )
        )
    return Table(head, tuple(rows))


def equipment(context: Context) -> Table:
    """检测设备与工具 with numbers and validity, as the laboratory that issued the report lists them."""
    w, say = context.words, context.say
    head = tuple(w[f"equipment.{k}"] for k in ("name", "number", "version", "until"))
    tools = context.issued.tools if context.issued else ()
    return Table(head, tuple((say(t.name), say(t.number) or "—", say(t.version) or "—", t.until or "—") for t in tools))

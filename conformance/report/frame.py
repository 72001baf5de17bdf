"""What frames the clauses: cover, conclusion, overview, quality figures, rules, statement, how to verify."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator

from conformance.judge.verdicts import Conclusion as Judged
from conformance.judge.verdicts import ConclusionReason
from conformance.judge.words import overall_word
from conformance.model.verdict import Overall, Verdict
from conformance.record.collect import mapping
from conformance.record.digest import sha256
from conformance.record.source import LEDGER, MANIFEST, read_bytes
from conformance.report.case import Case
from conformance.report.clauses import unconfirmed_that_count
from conformance.report.code import code
from conformance.report.context import Context
from conformance.report.issued import MarkSlot
from conformance.report.kind import Kind, kind_of
from conformance.report.shape import Conclusion, Count, Cover, Figure, Line, Slot

_GLYPHS = {
    Overall.CONFORMS: "✔",
    Overall.DOES_NOT_CONFORM: "✘",
    Overall.UNDETERMINED: "◐",
    Overall.PARTIAL: "○",
}


def run_number(context: Context) -> str:
    """One name for this record for good: when it was opened, and the start of the digest of its first line."""
    record = context.record
    with record.source.open(LEDGER) as file:
        first = sha256(file.readline().rstrip(b"\n"))
    opened = "".join(c for c in record.sessions[0].opened[:19] if c.isdigit())
    return f"R{opened[:8]}-{opened[8:]}-{first[:8]}"


def number(context: Context, case: Case) -> str:
    """The number of the report, else that of the run."""
    return context.issued.number if context.issued else case.number or run_number(context)


def standards(context: Context) -> tuple[str, ...]:
    """GB/T 36904-2018《电子证照 标识规范》, for every standard with clauses here."""
    out = []
    for profile in context.profiles:
        if profile.standard is not None and profile.clauses:
            title = context.title(profile.standard.title)
            number = context.say(profile.standard.number)
            star = "*" if _outside(context, number) else ""
            english = context.say(profile.standard.title.get("en", "")) if context.words.both else ""
            chinese = number if title == number else f"{number}《{title}》 {english}".rstrip()
            plain = number if title == number else f"{number} {title}"
            out.append(f"{star}{plain if context.lang == 'en' else chinese}")
    return tuple(dict.fromkeys(out)) or (
        context.title(context.record.profile.title) or context.say(context.record.profile.id),
    )


def _outside(context: Context, number: str) -> bool:
    """Whether a mark is shown that was not granted for this standard: it is starred then (CNAS-R01 5.3.3)."""
    marks = _marks(context)
    return bool(marks) and not any(number in m.standards for m in marks)


def _marks(context: Context) -> tuple[MarkSlot, ...]:
    """Slots of marks granted for at least one standard here; none without an issue, and none for a foreign standard."""
    if context.issued is None:
        return ()
    tested = {p.standard.number for p in context.profiles if p.standard is not None and p.clauses}
    return tuple(m for m in context.issued.marks if tested & set(m.standards))


def cover(context: Context, case: Case, number: str) -> Cover:
    w, say, system = context.words, context.say, context.record.system
    issued = context.issued
    laboratory = bool(case.laboratory) or issued is not None
    first, last = context.day(context.record.sessions[0].opened), context.day(context.record.ended)
    vendor = say(system.get("vendor"))
    fields = [
        Line(w[f"cover.{name}"], say(system.get(key)), supplied=laboratory and bool(system.get(key)))
        for name, key in (("system", "name"), ("version", "version"), ("build", "build"), ("vendor", "vendor"))
        if system.get(key) or name in ("system", "version")
    ]
    fields += case.cover
    fields.append(Line(w["cover.tested"], first if first == last else f"{first} — {last}"))
    if issued is not None:
        fields.append(Line(w["cover.issued"], issued.date))
        if issued.replaces is not None:
            said = w.fill(f"cover.{issued.replaces.relation}", number=say(issued.replaces.number, 80))
            fields.append(Line(w["cover.replaces"], said, note=say(issued.replaces.reason, 400)))
    elif laboratory:
        fields.append(Line(w["cover.issued"], "", note=w["cover.issued_hint"]))
    hint = w["cover.mark_hint"]
    # Places for marks and for the seal are there when a laboratory has issued the report, and by no other way.
    marks = tuple(Slot(say(m.label, 60), say(m.certificate, 60) or hint) for m in _marks(context))
    return Cover(
        title=w[f"title.{kind_of(context.case, issued).code}"],
        subtitle=w["title.subtitle"],
        standards=standards(context),
        number_label=w["cover.report_number" if case.number or issued else "cover.run_number"],
        number=number,
        revision=w.fill("cover.revision", value=case.revision) if case.revision else "",
        fields=tuple(fields),
        organisation=(say(issued.laboratory["name"]) if issued else case.laboratory)
        or vendor
        or w["cover.self_organisation"],
        organisation_note="" if laboratory else w["cover.self_note"],
        marks=marks,
        seal=Slot(w["cover.seal"], w["cover.seal_hint"]) if issued else None,
        code=code(context),
    )


def bands(context: Context, kind: Kind) -> tuple[str, ...]:
    """What stands on every page and in the data of a document that must not be taken for more than it is."""
    record = context.record
    said = {
        "partial": record.conclusion().overall is Overall.PARTIAL,
        "interrupted": not record.closed,
        "self": not kind.laboratory,
        "draft": kind.laboratory and context.issued is None,
    }
    return tuple(context.words[f"band.{name}"] for name, holds in said.items() if holds)


def watermark(context: Context, kind: Kind) -> str:
    """What lies across every page of a document that nobody has signed."""
    if context.issued is not None:
        return ""
    return context.words["watermark.draft" if kind.laboratory else "watermark.self"]


def conclusion(context: Context, case: Case, judged: Judged) -> Conclusion:
    w, overall = context.words, judged.overall
    counting = [c for c in context.clauses if c.outcome.counts]
    failed = [c for c in counting if c.outcome.verdict is Verdict.FAIL and not c.outcome.waived]
    undecided = sum(not c.outcome.settled and c.outcome.verdict is not Verdict.FAIL for c in counting)
    waived = sum(c.outcome.waived for c in counting)
    kind = str(overall)
    if overall is Overall.CONFORMS and waived:
        kind = "CONFORMS_waived"
    elif overall is Overall.UNDETERMINED and waived and not failed:
        kind = "UNDETERMINED_waived"
    elif overall is Overall.UNDETERMINED and failed:
        kind = "UNDETERMINED_fail"
    elif overall is Overall.UNDETERMINED and not undecided:
        kind = "UNDETERMINED_other"
    # A failed clause says nothing about the other standards of a bundle; conformity is stated for all of them.
    about = {c.profile.id for c in failed} if overall is Overall.DOES_NOT_CONFORM else {p.id for p in context.profiles}
    sentence = w.fill(
        f"conclusion.sentence_{kind}",
        applicable=len(counting),
        fail=len(failed),
        open=undecided,
        waived=waived,
        standards=_named(context, about),
        selected=context.record.selection.selected,
        total=context.record.selection.total,
    )
    code = overall_word(overall)
    waived_too = kind.endswith("_waived")
    return Conclusion(
        code="partial-run" if overall is Overall.PARTIAL else code,
        glyph=_GLYPHS[overall],
        word=context.word(code),
        sentence=sentence,
        # What a waiver lets pass is still a difference that was found: no sentence may say that there was none.
        honest="" if kind == "UNDETERMINED_fail" else w[f"conclusion.honest_{kind if waived_too else overall}"],
        rule=_rule(context, case),
        points=tuple(_point(context, r) for r in judged.reasons),
    )


def _named(context: Context, profiles: Container[str]) -> str:
    numbers = [
        context.say(p.standard.number)
        for p in context.profiles
        if p.standard is not None and p.clauses and p.id in profiles
    ]
    numbers = list(dict.fromkeys(numbers))
    w = context.words
    if not 0 < len(numbers) <= 4:
        return w["conclusion.standards_all"]
    return w.fill("conclusion.standards_of", numbers=w["conclusion.standard_join"].join(numbers))


def _point(context: Context, reason: ConclusionReason) -> str:
    text = context.word(reason.code)
    tail = context.say(reason.detail, 400) or context.numbers(reason.clauses)
    return f"{text}{': ' if context.lang == 'en' else '：'}{tail}" if tail else text


def _rule(context: Context, case: Case) -> str:
    w = context.words
    if case.decision_rule:
        return w.fill("rules.client", rule=case.decision_rule)
    return ("" if w.lang.startswith("zh") and not w.both else " ").join(
        (w["rules.inherent"], w["rules.overall"], *_numeric(context))
    )


def _numeric(context: Context) -> Iterator[str]:
    w, seen = context.words, set()
    for profile in context.vocabulary:
        rule = profile.decision.get("numeric")
        if rule and rule not in seen:
            seen.add(rule)
            known = f"rules.numeric.{rule}"
            yield w[known] if known in w and rule != "other" else w.fill("rules.numeric.other", rule=context.say(rule))


def summary(context: Context, case: Case, run: str) -> tuple[Line, ...]:
    w, say, record = context.words, context.say, context.record
    target, selection, tls = record.target, record.selection, mapping(record.target.get("tls"))
    profile = record.profile
    trust = "tls_off" if tls.get("verify") is False else "tls_ca" if tls.get("ca") else "tls_on"
    scope = "basis.selection_some" if selection.missing else "basis.selection_all"
    lines = [
        Line(w["basis.standards"], context.listed(standards(context))),
        Line(w["basis.profile"], say(f"{profile.id} {profile.edition}".strip()), mono=True),
        Line(w["basis.selection"], w.fill(scope, selected=selection.selected, total=selection.total)),
        Line(w["basis.run"], run, mono=True),
        Line(w["basis.started"], context.when(record.sessions[0].opened)),
        Line(w["basis.ended"], context.when(record.ended)),
        Line(w["basis.address"], say(target.get("base_url")), mono=True),
        Line(w["basis.hosts"], say(", ".join(map(str, target.get("hosts") or ()))), mono=True),
        Line(w["basis.writes"], w["basis.writes_allowed" if target.get("writes") else "basis.writes_denied"]),
    ]
    if str(target.get("base_url", "")).startswith("https") or trust != "tls_on":
        lines.append(Line(w["basis.tls"], w[f"basis.{trust}"]))
    return (*(line for line in lines if line.value), *case.detail)


def figures(context: Context, counts: tuple[Count, ...]) -> tuple[Figure, ...]:
    w, record = context.words, context.record
    tally = {c.mark.code: c.n for c in counts}
    applicable = sum(tally.values()) - tally.get("not-applicable", 0) - tally.get("note-only", 0)
    undecided = tally.get("inconclusive", 0) + tally.get("error", 0)
    results = record.results.values()
    witnesses, looked = sum(r.witnesses for r in results), sum(r.witnesses > 0 for r in results)
    tried = [[a for a in tries if a.result] for tries in record.attempts.values()]
    repeated = sum(len(t) > 1 for t in tried)
    void = sum(bool(a.void) for t in tried for a in t)
    waived = sum(c.outcome.waived for c in context.clauses)
    attested = len(record.attestations)
    pending = unconfirmed_that_count(context)
    rate = f"{100 * undecided / applicable:.1f}%" if applicable else "—"
    out = [
        Figure(
            w["quality.undecided"], rate, w.fill("quality.undecided_note", n=undecided, total=applicable), undecided > 0
        ),
        Figure(w["quality.witnesses"], f"{witnesses:,}", w.fill("quality.witnesses_note", n=looked), not witnesses),
        Figure(
            w["quality.assertions"],
            f"{sum(r.assertions for r in results):,}",
            w.fill("quality.assertions_note", failed=f"{sum(r.failed for r in results):,}"),
        ),
        Figure(
            w["quality.attempts"],
            f"{sum(map(len, tried)):,}",
            w.fill("quality.attempts_note", n=repeated) if repeated else w["quality.attempts_one"],
            repeated > 0,
        ),
        Figure(
            w["quality.waivers"],
            str(waived + attested),
            w.fill("quality.waivers_note", waivers=waived, attestations=attested),
            waived > 0,
        ),
        Figure(
            w["quality.pending"],
            str(pending),
            w.fill("quality.pending_some", n=pending) if pending else w["quality.pending_none"],
            pending > 0,
        ),
    ]
    if void:
        out.append(Figure(w["quality.void"], str(void), w["quality.void_note"], True))
    return tuple(out)


def rules(context: Context, case: Case) -> tuple[str, ...]:
    w = context.words
    fixed = ("pass", "negative", "clause", "overall", "provisions", "pending", "partial", "inherent")
    said = [w[f"rules.{k}"] for k in fixed] + list(_numeric(context))
    return (*said, w.fill("rules.client", rule=case.decision_rule)) if case.decision_rule else tuple(said)


def statement(context: Context, case: Case) -> tuple[str, ...]:
    if not case.laboratory and context.issued is None:
        keys: tuple[str, ...] = ("self", "items", "finite", *(("benchmark",) if context.case.get("benchmark") else ()))
    else:
        keys = (
            "items",
            "finite",
            "copy",
            "invalid",
            "supplied",
            "objection",
            *(("opinions",) if case.opinions else ()),
            *(("benchmark",) if context.case.get("benchmark") else ()),
        )
    if context.translated:
        keys = (*keys, "original")
    if context.issued is None:
        return tuple(_stated(context, k) for k in keys)
    more = ("starred",) if any(s.startswith("*") for s in standards(context)) else ()
    said = tuple(_stated(context, k) for k in ("signed", *keys, *more))
    return (*said, *(context.say(n, 400) for n in context.issued.notes))


def _stated(context: Context, key: str) -> str:
    return translation(context) if key == "original" else context.words[f"statement.{key}"]


def translation(context: Context) -> str:
    """That the English is an unofficial translation of the record, and how many sentences have none."""
    left = context.untold
    return context.words.fill("statement.original", n=left) if left else context.words["statement.original_all"]


def signatures(context: Context, case: Case) -> tuple[Slot, ...]:
    w, issued = context.words, context.issued
    roles = {"prepare": "tester", "review": "reviewer", "approve": "approver"}
    if issued is not None:
        return tuple(
            Slot(w[f"signature.{roles[s.role]}"], f"{context.say(s.name, 60)}　{context.when(s.at)}　{s.key[:16]}")
            for s in issued.signed
        )
    if not case.laboratory:
        return ()
    return tuple(Slot(w[f"signature.{k}"], w["signature.hint"]) for k in roles.values())


def legend(context: Context) -> tuple[Line, ...]:
    w = context.words
    names = ("req", "rec", "per", "inferred", "pending", "grade", "witness", "supplied")
    return tuple(Line(w[f"legend.{n}"], w[f"legend.{n}_text"]) for n in names)


def digests(context: Context) -> tuple[Line, ...]:
    """Quoted in the report, the digests of the ledger pin the whole record behind it."""
    w, record = context.words, context.record
    methods = tuple(
        Line(f"{w['environment.profile']} {context.say(p.id, 60)} SHA-256", p.digest, mono=True)
        for p in context.vocabulary
        if p.digest
    )
    try:
        manifest = json.loads(read_bytes(record.source, MANIFEST))
        ledger = mapping(manifest["ledger"])
        count = len(manifest["evidence"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return (Line(w["verify.ledger"], w["verify.unsealed"]), *methods)
    return (
        Line(f"{w['verify.ledger']} SM3", context.say(ledger.get("sm3"), 80), mono=True),
        Line(f"{w['verify.ledger']} SHA-256", context.say(ledger.get("sha256"), 80), mono=True),
        Line(w["verify.lines"], context.say(ledger.get("lines"), 20)),
        Line(w["verify.evidence"], str(count)),
        *methods,
    )

"""How the test went: sessions, preflight, every attempt, decisions of people, the sample, environment and tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.judge.waiver import Attestation
from conformance.judge.words import cause_word, check_word
from conformance.model.verdict import Cause
from conformance.record.collect import mapping
from conformance.record.reading import Attempt, Session
from conformance.report.context import Context
from conformance.report.shape import Line, Table
from conformance.report.vantage import vantage

SHOWN = 300  # rows of any one table here; the rest is counted and lies in the record


def sessions(context: Context) -> Table:
    w = context.words
    head = tuple(w[f"course.{k}"] for k in ("session", "started", "ended", "state", "scope", "options"))
    rows = []
    for s in context.record.sessions:
        stated = mapping(s.header.get("selection"))
        scope = _scope(context, stated.get("selected"), stated.get("total"))
        why = stated.get("why")
        if why:
            scope += context.aside(context.say(context.listed(map(str, why)) if isinstance(why, list | tuple) else why))
        ended = context.when(s.closed) if s.closed else "—"
        options = _options(context, s.header.get("options"))
        rows.append((str(s.number), context.when(s.opened), ended, _state(context, s), scope, options))
    return _bounded(context, head, rows)


def _scope(context: Context, selected: Any, total: Any) -> str:
    if selected is None or total is None:
        return context.words["environment.none"]
    key = "basis.selection_all" if selected == total else "basis.selection_some"
    return context.words.fill(key, selected=selected, total=total)


def _state(context: Context, session: Session) -> str:
    w = context.words
    if session.interrupted:
        return w.fill("course.interrupted", why=context.say(session.interrupted))
    return w["course.closed" if session.closed else "course.broken"]


def _options(context: Context, options: Any) -> str:
    arguments = mapping(options).get("arguments", options)
    if isinstance(arguments, Sequence) and not isinstance(arguments, str):
        arguments = " ".join(map(str, arguments))
    return context.say(arguments) if arguments else "—"


def preflight(context: Context) -> Table:
    w, say = context.words, context.say
    head = tuple(w[k] for k in ("course.finding", "course.cause", "reason.expected", "reason.actual", "reason.where"))
    rows = []
    for f in context.record.preflight:
        code = f"[{say(f.get('code'), 40)}] " if f.get("code") else ""
        given = (context.tell(f.get(k)) or "—" for k in ("expected", "actual", "where"))
        rows.append((code + context.tell(f.get("message"), 800), _cause(context, f.get("cause")), *given))
    return _bounded(context, head, rows)


def _cause(context: Context, cause: Any) -> str:
    try:
        return context.word(cause_word(Cause(cause)))
    except ValueError:
        return context.say(cause) or "—"


def attempts(context: Context) -> Table:
    """Checks that were tried more than once, or whose trying came to nothing: nothing that was tried is left out."""
    w = context.words
    head = tuple(w[f"course.{k}"] for k in ("check", "results", "decides"))
    rows = [
        (context.say(key, 200), _history(context, tries), _deciding(context, key, tries))
        for key, tries in context.record.attempts.items()
        if len(tries) > 1 or any(a.void or a.result is None for a in tries)
    ]
    return _bounded(context, head, rows)


def _history(context: Context, tries: Sequence[Attempt]) -> str:
    said = []
    for n, a in enumerate(tries, 1):
        verdict = context.word(check_word(a.result.verdict)) if a.result else context.words["course.broken"]
        void = f", {context.words['course.void']}: {context.say(a.void, 200)}" if a.void else ""
        said.append(f"{n} {verdict}{context.aside(context.when(a.at) + void)}")
    return " → ".join(said)


def _deciding(context: Context, key: str, tries: Sequence[Attempt]) -> str:
    try:
        result = context.record.result(key)
    except KeyError:
        return "—"
    n = next((i for i in range(len(tries), 0, -1) if tries[i - 1].result == result), 0)
    word = context.word(check_word(result.verdict))
    return f"{context.words.fill('check.attempt', n=n)} {word}" if n else word


def special(context: Context) -> Table:
    """Waivers, attestations, voids, objections: what in a report a person decided or disputed, not the tool."""
    w, say, record = context.words, context.say, context.record
    head = tuple(w[f"course.{k}"] for k in ("kind", "subject", "reason", "material", "approver", "made", "until"))
    rows: list[tuple[str, ...]] = []
    for grant in (*record.waivers, *record.attestations):
        kind = "waiver" if hasattr(grant, "clause") else "attestation"
        subject = say(getattr(grant, "clause", "") or getattr(grant, "check", ""), 200)
        until = f"{grant.expires.isoformat()} {say(grant.zone, 40)}"
        seen = _materials(context, grant) if isinstance(grant, Attestation) else "—"
        made = getattr(grant, "made", "") or "—"
        word = context.word(check_word(grant.verdict)) if isinstance(grant, Attestation) else ""
        reason = f"{word}：{say(grant.reason, 800)}" if word else say(grant.reason, 800)
        rows.append((w[f"course.{kind}"], subject, reason, seen, say(grant.approver), made, until))
    for void in record.voids:
        subject = say(void.check, 200) or ", ".join(f"ledger.jsonl:{n + 1}" for n in void.lines[:20])
        rows.append((w["course.void"], subject, say(void.reason, 800), "—", say(void.by) or "—", "—", "—"))
    rows += [_objection(context, o) for o in context.case.get("objections") or () if isinstance(o, Mapping)]
    rows += [
        ("—", say(error.where, 200), say(f"[{error.code}] {error.message}", 800), "—", "—", "—", "—")
        for error in record.refused
    ]
    return _bounded(context, head, rows)


def _objection(context: Context, data: Mapping[str, Any]) -> tuple[str, ...]:
    """What the vendor objects to, and how the laboratory ruled."""
    w, say, ruling = context.words, context.say, mapping(data.get("ruling"))
    said = say(f"{data.get('by', '')}: {data.get('text', '')}", 800)
    told = say(ruling.get("text"), 800) or w["course.unruled"]
    by = f"{say(ruling.get('by'), 80)} {say(ruling.get('at'), 40)}".strip() or "—"
    ruled = f"{said} → {w['course.ruling']} {told}"
    return (w["course.objection"], say(data.get("clause"), 200), ruled, "—", by, "—", "—")


def _materials(context: Context, grant: Attestation) -> str:
    """What was looked at: words, and files with the beginning of their digest, under which they lie in the record."""
    files = (f"{context.say(f.name, 120)}（SHA-256 {f.sha256[:16]}…）" for f in grant.files)
    return "；".join((*(context.say(e, 200) for e in grant.evidence), *files)) or "—"


def fingerprint(context: Context) -> tuple[Table, str]:
    """The sample as it named itself at each reading, and what that means."""
    w, say = context.words, context.say
    found = context.record.fingerprints
    readings = found.readings if len(found.readings) <= 4 else (found.readings[0], *found.readings[-3:])
    starts = [s.line for s in context.record.sessions]
    head = [w["course.item"]]
    for r in readings:
        session = sum(line <= r.line for line in starts) or 1
        head.append(w.fill("course.at", n=session, when=w.get(f"course.{r.when}") or say(r.when, 40)))
    names = dict.fromkeys(n for r in readings for n in r.values)
    rows = [(say(n, 80), *(say(r.values.get(n), 200) or "—" for r in readings)) for n in names]
    note = {
        "same": w["course.fingerprint_same"],
        "changed": f"{w['course.fingerprint_changed']} {say(found.difference(), 800)}",
        "unconfirmed": w["course.fingerprint_open"],
    }.get(found.state, "")
    return _bounded(context, tuple(head), rows), note


def environment(context: Context) -> tuple[Line, ...]:
    header, w = context.record.header, context.words
    lines = [Line(w.get(f"environment.{k}") or k, context.say(v)) for k, v in _flat(mapping(header.get("environment")))]
    lines += vantage(context)
    lines.append(Line(w["environment.seed"], context.say(header.get("seed")), mono=True))
    if context.record.target.get("digest"):
        digest = f"sha256 {context.say(context.record.target['digest'], 80)}"
        lines.append(Line(w["environment.target_digest"], digest, mono=True))
    return tuple(lines)


def tools(context: Context) -> tuple[Line, ...]:
    tool = mapping(context.record.header.get("tool"))
    return tuple(
        Line(context.say(k, 60), context.say(v, 120), mono=True) for k, v in _flat(mapping(tool.get("versions")))
    )


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _bounded(context: Context, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    shown = list(rows[:SHOWN])
    if len(rows) > SHOWN:
        note = context.words.fill("course.skipped", n=len(rows) - SHOWN)
        shown.append((note,) + ("",) * (len(head) - 1))
    return Table(head, tuple(shown))

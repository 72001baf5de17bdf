"""The part of a report about files: a summary by defect, and each file with who sealed it, what is covered and what fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.documents.finding import Level
from conformance.errors import ConformanceError
from conformance.judge.words import clause_word
from conformance.model.verdict import Provision, Verdict
from conformance.record.documents import read
from conformance.record.files import Batch, DefectSeen, FileJudged, batch
from conformance.report.context import ORDER, Context
from conformance.report.english import Both
from conformance.report.shape import Count, DefectView, FilesView, FileView, Line, Mark, Rows

MOST_FILES = 2000  # told one by one; further ones are counted, the record holds them all
MOST_DEFECTS = 100
_MOST_SAID = 12
_MOST_SIGNATURES = 10
_MOST_NAMES = 6
_MOST_FACTS = 40
_TOLD = ("apk", "package", "xml")  # whose facts are told: other kinds say theirs by their signatures
FIRST = {Verdict.FAIL: 0, Verdict.INCONCLUSIVE: 1, Verdict.PASS: 2, Verdict.NOT_APPLICABLE: 3}


def view(context: Context) -> FilesView | None:
    """None for a record of no files."""
    found = batch(context.record)
    if found is None:
        return None
    w = context.words
    files = sorted(found.files, key=lambda f: (FIRST[f.verdict], f.event.name))
    left = len(files) - MOST_FILES
    kept = sum(f.event.kept for f in found.files)
    return FilesView(
        intro=w.fill("files.intro", n=len(files)),
        kept=w.fill("files.kept" if kept else "files.not_kept", n=kept, total=len(files)),
        notes=tuple(context.say(note) for note in context.record.passed_over),
        counts=_counts(context, found),
        defects=tuple(_defect(context, d) for d in found.defects[:MOST_DEFECTS]),
        defects_more=w.fill("files.defects_more", n=len(found.defects) - MOST_DEFECTS + found.more)
        if len(found.defects) + found.more > MOST_DEFECTS
        else "",
        files=Rows(files[:MOST_FILES], lambda f: _file(context, f)),
        files_more=w.fill("files.more", n=left) if left > 0 else "",
    )


def _counts(context: Context, found: Batch) -> tuple[Count, ...]:
    marks = {v: _mark(context, v) for v in found.counts}
    return tuple(
        Count(marks[v], n) for v, n in sorted(found.counts.items(), key=lambda p: ORDER.index(marks[p[0]].code))
    )


def _mark(context: Context, verdict: Verdict) -> Mark:
    return context.mark_of(clause_word(Provision.REQUIREMENT, verdict))


def _defect(context: Context, d: DefectSeen) -> DefectView:
    w = context.words
    names = [context.say(n, 120) for n in d.names[:_MOST_NAMES]]
    if d.files > len(names):
        names.append(w.fill("files.and_more", n=d.files - len(names)))
    return DefectView(
        message=context.tell(d.message),
        why=context.tell(d.why),
        counted="" if d.counted else w["files.not_counted"],
        clauses=_links(context, d.clauses),
        files=d.files,
        places=d.places,
        names=tuple(names),
    )


def _links(context: Context, keys: list[str] | tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((context.anchors[k], context.label(k)) for k in keys if k in context.anchors)


def _file(context: Context, f: FileJudged) -> FileView:
    w, say, event = context.words, context.say, f.event
    try:
        looked = read(context.record, event)
    except ConformanceError as error:
        return FileView(say(event.name), _mark(context, f.verdict), (), problem=say(error.message))
    facts = looked.facts
    lines = [
        Line(w["files.kind"], context.tell(facts.get("kind_word") or event.kind)),
        Line(w["files.size"], w.fill("files.bytes", n=f"{event.size:,}")),
        Line("SHA-256", event.sha256 or "—", mono=True),
        Line("SM3", event.sm3 or "—", mono=True, note="" if event.kept else w["files.bytes_not_kept"]),
    ]
    if event.kind in _TOLD:
        lines += [
            Line(context.tell(label, 60), context.tell(value, 600))
            for label, value in list(dict(facts.get("facts") or {}).items())[:_MOST_FACTS]
        ]
    said = [s for s in looked.said if s.level in (Level.FAIL, Level.UNKNOWN, Level.WARN)]
    said.sort(key=lambda s: (Level.FAIL, Level.UNKNOWN, Level.WARN).index(s.level))
    told = tuple(
        (
            w[f"files.level_{s.level}"],
            s.clause,
            context.tell(s.message),
            _detail(context, s.to_json()),
        )
        for s in said[:_MOST_SAID]
    )
    return FileView(
        name=say(event.name),
        mark=_mark(context, f.verdict),
        lines=tuple(lines),
        failed=_links(context, f.failed),
        open=_links(context, f.open),
        missed=_links(context, f.missed),
        sealed=tuple(sealed(context, event.kind, facts)),
        said=told,
        said_more=w.fill("files.said_more", n=len(said) - _MOST_SAID) if len(said) > _MOST_SAID else "",
        problem=say(f.unread) or (context.word(f.why) if f.why else ""),
        digest=event.sha256,
    )


def sealed(context: Context, kind: str, facts: Mapping[str, Any]) -> list[str]:
    """Every signature and seal of a file in a sentence each, or that there is none where there might be one."""
    w = context.words
    signatures = facts.get("signatures") or ()
    out = [_signature(context, s) for s in signatures[:_MOST_SIGNATURES]]
    if len(signatures) > _MOST_SIGNATURES:
        out.append(w.fill("files.signatures_more", n=len(signatures) - _MOST_SIGNATURES))
    if facts.get("seal"):
        out.append(_seal(context, facts["seal"]))
    return out or ([w["files.unsigned"]] if kind in ("ofd", "pdf") else [])


def _detail(context: Context, said: Mapping[str, str]) -> str:
    return context.joined(_part(context, n, said[n]) for n in ("expected", "actual", "where") if said.get(n))


def _part(context: Context, name: str, value: str) -> str:
    told, words = context.tell(value), context.words
    if isinstance(told, Both) and words.pair is not None:
        zh, en = words.pair
        return Both(f"{zh[f'reason.{name}']} {told.chinese}", f"{en[f'reason.{name}']} {told.english}")
    return f"{words[f'reason.{name}']} {told}"


def _signature(context: Context, s: Mapping[str, Any]) -> str:
    """Who signed with what and when, whether the value is right, and what is covered: one sentence."""
    told = context.joined(_sentences(context, s))
    if isinstance(told, Both):
        return Both(context.say(told.chinese, 900), context.say(told.english, 900))
    return context.say(told, 900)


def _sentences(context: Context, s: Mapping[str, Any]) -> Iterator[str]:
    w, value = context.words, s.get("value") or {}
    signer = (value.get("signer") or {}).get("name") or w["files.signer_unknown"]
    yield context.fill(
        "files.signed_by",
        number=s.get("number", "?"),
        kind=context.tell(value.get("structure") or s.get("type") or ""),
        signer=signer,
        time=value.get("time") or s.get("stated_time") or w["files.time_unknown"],
    )
    if seal := value.get("seal"):
        yield _seal(context, seal)
    if value.get("time_stamp"):
        yield context.fill("files.stamped", time=value["time_stamp"])
    ok = value.get("value_ok")
    yield context.fill("files.value_ok" if ok else "files.value_bad" if ok is False else "files.value_unknown")
    if s.get("cover"):
        yield context.tell(str(s["cover"]))
        return
    digests = s.get("digests") or ()
    total = int((s.get("cut") or {}).get("digests", len(digests)))
    changed = [str(d.get("file")) for d in digests if d.get("ok") is False]
    yield context.fill("files.covers", n=total)
    if changed:
        yield context.fill("files.changed", n=len(changed), names=_few(changed))
    missing = [str(m.get("file")) for m in s.get("missing") or ()]
    later = [str(m.get("file")) for m in s.get("later") or ()]
    if missing:
        yield context.fill("files.uncovered", n=len(missing), names=_few(missing))
    elif not later:
        yield context.fill("files.covers_all")
    if later:
        yield context.fill("files.covered_later", n=len(later), names=_few(later))
    if not s.get("covers_root") and not s.get("root_later"):
        yield context.fill("files.root_uncovered")


def _few(names: list[str]) -> str:
    return ", ".join(names[:4]) + (" …" if len(names) > 4 else "")


def _seal(context: Context, seal: Mapping[str, Any]) -> str:
    maker = (seal.get("maker") or {}).get("name") or context.words["files.signer_unknown"]
    return context.fill(
        "files.seal",
        name=seal.get("name", ""),
        id=seal.get("id", ""),
        maker=maker,
        start=str(seal.get("valid_from", ""))[:10],
        end=str(seal.get("valid_to", ""))[:10],
    )

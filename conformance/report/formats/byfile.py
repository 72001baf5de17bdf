"""The files of a record as plain data: each with its own verdict, and every kind of defect with the files that have it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.documents.finding import Level
from conformance.errors import ConformanceError
from conformance.judge.words import clause_word
from conformance.model.verdict import Provision, Verdict
from conformance.record.documents import read
from conformance.record.files import FileJudged, batch
from conformance.report.batch import FIRST, sealed
from conformance.report.context import Context
from conformance.report.wording import Wording

_TOLD = (Level.FAIL, Level.UNKNOWN, Level.WARN)
_MOST_SAID = 50

FILE_COLUMNS = ("name", "verdict", "failed", "open", "missed", "kind", "size", "sealed", "problem", "sha256", "sm3")
DEFECT_COLUMNS = ("defect", "clauses", "in_files", "in_places", "counted", "which")


def files(context: Context, text: Callable[..., str], say: Callable[..., str]) -> dict[str, Any] | None:
    """None for a record of no files. `text` masks, bounds and makes visible; `say` translates a sentence as well."""
    found = batch(context.record)
    if found is None:
        return None
    judged = sorted(found.files, key=lambda f: (FIRST[f.verdict], f.event.name))
    return {
        "total": len(judged),
        "kept": sum(f.event.kept for f in judged),
        "counts": [{**_verdict(context, v), "files": found.counts[v]} for v in FIRST if found.counts[v]],
        "passed_over": [say(note) for note in context.record.passed_over],
        "defects": [
            {
                "message": say(d.message),
                "why": say(d.why),
                "clauses": list(d.clauses),
                "counts": d.counted,
                "files": d.files,
                "places": d.places,
                "names": [text(n, 200) for n in d.names],
            }
            for d in found.defects
        ],
        "defects_more": found.more,
        "files": [_file(context, text, say, f) for f in judged],
    }


def _verdict(context: Context, verdict: Verdict) -> dict[str, str]:
    code = clause_word(Provision.REQUIREMENT, verdict)
    return {"verdict": str(verdict), "code": code, "word": context.word(code)}


def _file(context: Context, text: Callable[..., str], say: Callable[..., str], f: FileJudged) -> dict[str, Any]:
    event, problem = f.event, f.unread or (context.word(f.why) if f.why else "")
    found: list[dict[str, str]] = []
    told: list[str] = []
    kind, more = event.kind, 0
    try:
        looked = read(context.record, event)
    except ConformanceError as error:
        problem = error.message
    else:
        kind = str(looked.facts.get("kind_word") or event.kind)
        told = sealed(context, event.kind, looked.facts)
        said = sorted((s for s in looked.said if s.level in _TOLD), key=lambda s: _TOLD.index(s.level))
        more = max(0, len(said) - _MOST_SAID)
        found = [
            {
                "level": str(s.level),
                "clause": text(s.clause),
                **{n: say(getattr(s, n)) for n in ("message", "expected", "actual", "where")},
            }
            for s in said[:_MOST_SAID]
        ]
    return {
        "name": text(event.name),
        **_verdict(context, f.verdict),
        "kind": say(kind, 80),
        "size": event.size,
        "sha256": event.sha256,
        "sm3": event.sm3,
        "kept": event.kept,
        "problem": say(problem),
        "failed": list(f.failed),
        "open": list(f.open),
        "missed": list(f.missed),
        "sealed": [text(s) for s in told],
        "found": found,
        "found_more": more,
    }


def file_heads(words: Wording) -> list[str]:
    own = {"verdict": words["files.by_verdict"], "sha256": "SHA-256", "sm3": "SM3"}
    return [own.get(name) or words[f"files.{name}"] for name in FILE_COLUMNS]


def file_rows(found: Mapping[str, Any], label: Callable[[str], str]) -> Iterator[list[str]]:
    """One row a file, in the order of `FILE_COLUMNS`. `label` names a clause key for a reader."""
    for f in found["files"]:
        numbers = {n: " ".join(label(key) for key in f[n]) for n in ("failed", "open", "missed")}
        values = {**f, **numbers, "verdict": f["word"], "size": str(f["size"]), "sealed": "\n".join(f["sealed"])}
        yield [values[name] for name in FILE_COLUMNS]


def defect_heads(words: Wording) -> list[str]:
    return [words[f"files.{name}"] for name in DEFECT_COLUMNS]


def defect_rows(found: Mapping[str, Any], label: Callable[[str], str], words: Wording) -> Iterator[list[str]]:
    """One row a kind of defect, in the order of `DEFECT_COLUMNS`."""
    for d in found["defects"]:
        yield [
            f"{d['message']}\n{d['why']}".strip(),
            " ".join(label(key) for key in d["clauses"]),
            str(d["files"]),
            str(d["places"]),
            words["generation.yes" if d["counts"] else "generation.no"],
            "\n".join(d["names"]),
        ]

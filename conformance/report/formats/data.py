"""A record as one JSON document (`schemas/results.schema.json`): the source of every other machine-readable format.

Every text of a system or a person is masked, bounded and free of hidden characters here, so that what is made of the
document needs to escape only what its own syntax asks for. The same record gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.judge.words import clause_word, overall_word
from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.record.collect import mapping
from conformance.record.digest import digests
from conformance.record.reading import CheckView, ClauseView, Record
from conformance.record.source import LEDGER, MANIFEST, read_bytes
from conformance.report import benchmark, frame, scope, scoring
from conformance.report.case import read_case
from conformance.report.clauses import predicate
from conformance.report.context import LONG, Context
from conformance.report.english import english
from conformance.report.formats.byfile import files
from conformance.report.how import How
from conformance.report.issued import Issued
from conformance.report.kind import kind_of
from conformance.report.text import cut, visible
from conformance.report.wording import wording

FORMAT = "conformance-report/1"
_DEEP = 12
_SAID = ("message", "expected", "actual", "where")


def render(record: Record, how: How) -> bytes:
    return encode(document(record, how))


def encode(value: Any) -> bytes:
    """JSON as people can read it, UTF-8."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


class _Plain:
    """Values as they may leave the record: text masked, cut and visible; the rest as it is, to a bounded depth."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def text(self, value: Any, limit: int = LONG) -> str:
        return visible(self._context.say(value, limit))

    def told(self, value: Any, limit: int = LONG) -> str:
        """A sentence of the tool or of a profile: in English where English is asked for and known."""
        return visible(self._context.tell(value, limit))

    def label(self, value: str) -> str:
        """The label of a piece of evidence."""
        c = self._context
        if not c.translated:
            return self.text(value, 200)
        return visible(cut(english().label(c.mask(value)), 200, c.words["evidence.cut_text"]))

    def value(self, value: Any, depth: int = 0) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth < _DEEP and isinstance(value, Mapping):
            return {self.text(str(k), 200): self.value(v, depth + 1) for k, v in value.items()}
        if depth < _DEEP and isinstance(value, list | tuple):
            return [self.value(v, depth + 1) for v in value]
        return self.text(value)


def document(record: Record, how: How) -> dict[str, Any]:
    """The whole of a report as plain data."""
    context = Context(record, wording(how.data_lang), how.mask, how.issued)
    plain = _Plain(context)
    case, kind = read_case(context), kind_of(context.case, how.issued)
    run = frame.run_number(context)
    judged = record.conclusion()
    told = frame.conclusion(context, case, judged)
    target, selection = record.target, record.selection
    return {
        "format": FORMAT,
        "lang": context.lang,
        "kind": kind.code,
        "title": context.words[f"title.{kind.code}"],
        "notices": list(frame.bands(context, kind)),
        **({"translation": frame.translation(context)} if context.translated else {}),
        "number": plain.text(frame.number(context, case), 80),
        "run": run,
        "started": record.sessions[0].opened,
        "ended": record.ended,
        "conclusion": {
            "overall": str(judged.overall),
            "code": overall_word(judged.overall),
            "word": told.word,
            "sentence": visible(told.sentence),
            "honest": told.honest,
            "rule": visible(told.rule),
            "counts": {k: dict(v) for k, v in judged.counts.items()},
            "reasons": [
                {"code": r.code, "clauses": list(r.clauses), "detail": plain.told(r.detail)} for r in judged.reasons
            ],
        },
        "selection": {
            "total": selection.total,
            "selected": selection.selected,
            "partial": selection.partial,
            "missing": list(selection.missing),
        },
        "system": {k: plain.text(record.system.get(k)) for k in ("name", "version", "build", "vendor")},
        "target": {
            "id": plain.text(target.get("id")),
            "digest": plain.text(target.get("digest")),
            "base_url": plain.text(target.get("base_url")),
            "hosts": plain.value(list(target.get("hosts") or ())),
            "writes": bool(target.get("writes")),
        },
        "declares": plain.value(dict(mapping(target.get("declares")))),
        "parameters": [
            {"name": visible(p.name), "value": visible(p.value), "origin": p.origin} for p in scope.parameters(context)
        ],
        "case": plain.value(dict(context.case)),
        "benchmark": _benchmark(context),
        "scoring": _scoring(context),
        "issued": _issued(how.issued, plain),
        "profile": _profile(context, plain),
        "clauses": [_clause(context, plain, c) for c in context.clauses],
        "files": files(context, plain.text, plain.told),
        "sessions": [
            {"number": s.number, "opened": s.opened, "closed": s.closed, "interrupted": plain.text(s.interrupted)}
            for s in record.sessions
        ],
        "attempts": _attempts(record, plain),
        "waivers": [plain.value(w.to_json()) for w in record.waivers],
        "attestations": [plain.value(a.to_json()) for a in record.attestations],
        "voids": [
            {
                "at": v.at,
                "reason": plain.text(v.reason),
                "by": plain.text(v.by),
                "check": v.check,
                "lines": list(v.lines),
            }
            for v in record.voids
        ],
        "preflight": [_finding(plain, f) for f in record.preflight],
        "fingerprint": {
            "state": record.fingerprints.state,
            "values": plain.value(dict(record.fingerprints.baseline)),
            "difference": plain.text(record.fingerprints.difference()),
        },
        "environment": plain.value(dict(mapping(record.header.get("environment")))),
        "tool": plain.value(dict(mapping(record.header.get("tool")))),
        "seed": record.header.get("seed"),
        "record": _sealed(record),
    }


def translated(data: Mapping[str, Any]) -> dict[str, str]:
    """{"translation": that the English is unofficial}, for a format with room for it; empty for the original."""
    return {k: data[k] for k in ("translation",) if k in data}


def listed(data: Mapping[str, Any], *parts: str) -> str:
    """Parts of one text, as the language of the document lists them."""
    return ("; " if data["lang"] == "en" else "；").join(parts)


def said_of(data: Mapping[str, Any], *parts: str) -> str:
    """A description of the whole document, with what must be said of a translation."""
    return listed(data, *parts, *translated(data).values())


def _benchmark(context: Context) -> dict[str, Any] | None:
    """对标 and 达标 as the report prints them; null where the commission asks for none."""
    found = benchmark.view(context)
    if found is None:
        return None
    names = ("name", "own", "origin", "standard", "leading", "result", "source")
    return {
        "problem": visible(found.problem),
        "indicators": [dict(zip(names, map(visible, row), strict=True)) for row in found.indicators.rows],
        "levels": [
            {
                "name": visible(level.name),
                "reached": level.reached,
                "gates": [{"title": visible(t), "sum": s, "result": r} for t, s, r in level.gates],
            }
            for level in found.levels
        ],
        "level": visible(found.level),
        "next": visible(found.next),
        "missing": [visible(number) for _, number, _ in found.clauses],
        "remarks": [visible(m) for m in found.more],
    }


def _scoring(context: Context) -> dict[str, Any] | None:
    """评分 as the report prints it, arithmetic and all; null where no profile of the record scores."""
    found = scoring.view(context)
    if found is None:
        return None
    return {
        "title": visible(found.title),
        "outcome": found.outcome,
        "word": found.word,
        "least": found.least,
        "most": found.most,
        "fail_below": found.gate,
        "intro": visible(found.intro),
        "said": [visible(line) for line in found.said],
        **{
            name: [dict(zip(columns, map(visible, row), strict=True)) for row in table.rows]
            for name, table, columns in (
                ("vetoes", found.vetoes, ("clause", "item", "verdict")),
                ("deductions", found.deductions, ("clause", "item", "verdict", "sum", "deducted")),
            )
        },
    }


def _issued(issued: Issued | None, plain: _Plain) -> dict[str, Any] | None:
    """Who answers for the report; null in everything that no laboratory issued."""
    if issued is None:
        return None
    replaces = issued.replaces
    return {
        "date": issued.date,
        "laboratory": plain.value(dict(issued.laboratory)),
        "signed": [{"role": s.role, "name": plain.text(s.name), "at": s.at, "key": s.key} for s in issued.signed],
        "replaces": replaces
        and {"number": replaces.number, "relation": replaces.relation, "reason": plain.text(replaces.reason)},
    }


def _profile(context: Context, plain: _Plain) -> dict[str, Any]:
    profile = context.record.profile
    parts = []
    for part in context.profiles:
        standard = part.standard
        parts.append(
            {
                "id": part.id,
                "edition": plain.text(part.edition, 80),
                "digest": part.digest,
                "standard": plain.text(standard.number) if standard else "",
                "title": visible(context.title(standard.title if standard else part.title)),
                "status": standard.status if standard else "",
                "clauses": len(part.clauses),
            }
        )
    return {
        "id": profile.id,
        "edition": plain.text(profile.edition, 80),
        "digest": profile.digest,
        "title": visible(context.title(profile.title)),
        "parts": parts,
        "tailoring": [
            {"clause": r.clause, "action": r.action, "reason": plain.text(r.reason), "by": plain.text(r.by)}
            for p in context.vocabulary
            for r in p.tailoring
        ],
    }


def _clause(context: Context, plain: _Plain, judged: ClauseView) -> dict[str, Any]:
    clause, outcome, standard = judged.clause, judged.outcome, judged.profile.standard
    code = clause_word(outcome.provision, outcome.verdict)
    why = predicate(judged) if outcome.verdict is Verdict.NOT_APPLICABLE else judged.reason or clause.reason
    return {
        "key": judged.key,
        "profile": judged.profile.id,
        "standard": plain.text(standard.number if standard else judged.profile.id, 120),
        "id": plain.text(clause.id, 80),
        "numbered": clause.numbered,
        "title": plain.told(clause.title),
        "text": plain.text(clause.text),
        "provision": str(clause.provision),
        "level_inferred": clause.level_inferred,
        "grade": str(clause.grade),
        "unconfirmed": outcome.unconfirmed,
        "sources": list(clause.sources),
        "verdict": str(outcome.verdict),
        "code": code,
        "word": context.word(code),
        "counts": outcome.counts,
        "waived": outcome.waived,
        "reason": plain.told(why),
        "checks": [_check(context, plain, judged, c) for c in judged.checks],
    }


def _check(context: Context, plain: _Plain, clause: ClauseView, judged: CheckView) -> dict[str, Any]:
    result = judged.result
    code = clause_word(clause.clause.provision, result.verdict)
    return {
        "key": judged.key,
        "name": judged.check.name,
        "purpose": plain.told(judged.check.purpose),
        "kind": judged.check.kind,
        "verdict": str(result.verdict),
        "code": code,
        "word": context.word(code),
        "cause": str(result.cause) if result.cause else "",
        "blocked_by": plain.text(result.blocked_by),
        "reasons": _reasons(plain, result),
        "assertions": result.assertions,
        "failed": result.failed,
        "witnesses": result.witnesses,
        "sample": [plain.told(s, 120) for s in result.sample],
        "measurements": [_measured(plain, m) for m in result.measurements],
        "generation": _generation(plain, result.generation) if result.generation else None,
        "evidence": [{"sha256": e.sha256, "kind": e.kind, "label": plain.label(e.label)} for e in result.evidence],
        "started": result.started,
        "duration": result.duration,
        "attempts": sum(a.result is not None for a in judged.attempts),
    }


def _reasons(plain: _Plain, result: CheckResult) -> list[dict[str, str]]:
    """How to reproduce it is a command, but of the preflight a sentence: what to do about it."""
    out = []
    for r in result.reasons:
        said = {n: plain.told(getattr(r, n)) for n in _SAID if n == "message" or getattr(r, n)}
        if r.reproduce:
            said["reproduce"] = plain.told(r.reproduce) if r.is_finding else plain.text(r.reproduce)
        if r.code:
            said["code"] = plain.text(r.code)
        out.append(said)
    return out


def _finding(plain: _Plain, finding: Mapping[str, Any]) -> dict[str, Any]:
    """What the preflight found, its sentences told."""
    return {**plain.value(dict(finding)), **{k: plain.told(v) for k, v in finding.items() if k in _SAID and v}}


def _measured(plain: _Plain, measurement: Mapping[str, Any]) -> dict[str, Any]:
    named = ("name", "unit", "statistic")
    return {**plain.value(dict(measurement)), **{k: plain.told(v) for k, v in measurement.items() if k in named and v}}


def _generation(plain: _Plain, data: Mapping[str, Any]) -> dict[str, Any]:
    """How examples were made; a counterexample is data, the rule a sentence."""
    return {**plain.value(dict(data)), **({"rule": plain.told(data["rule"])} if data.get("rule") else {})}


def _attempts(record: Record, plain: _Plain) -> list[dict[str, Any]]:
    """Whatever was tried more than once, voided or broken off: nothing that was tried is left out."""
    told: Iterable[tuple[str, Any]] = record.attempts.items()
    return [
        {
            "check": key,
            "tries": [
                {"at": a.at, "verdict": str(a.result.verdict) if a.result else None, "void": plain.text(a.void)}
                for a in tries
            ],
        }
        for key, tries in told
        if len(tries) > 1 or any(a.void or a.result is None for a in tries)
    ]


def _sealed(record: Record) -> dict[str, Any]:
    """What pins the record behind the document; null where it was not closed."""
    try:
        data = read_bytes(record.source, MANIFEST)
        manifest = json.loads(data)
        ledger, evidence = manifest["ledger"], len(manifest["evidence"])
        return {"closed": record.closed, LEDGER: dict(ledger), MANIFEST: digests(data), "evidence": evidence}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {"closed": record.closed, LEDGER: None, MANIFEST: None, "evidence": None}

"""A record as a reader sees it: sessions, attempts, deciding results, clauses and the conclusion — from it alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from conformance.errors import ConformanceError, RecordError, TargetError
from conformance.judge.verdicts import ClauseOutcome, Conclusion, ConclusionReason, clause_verdict, conclusion
from conformance.judge.waiver import Attestation, Waiver, apply, attested, why_not
from conformance.model.profile import Check, Clause, Profile, check_key
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Verdict
from conformance.profile import unflatten
from conformance.record.collect import collect, mapping
from conformance.record.ledger import Entry, read
from conformance.record.sample import Fingerprints
from conformance.record.source import Source, evidence_bytes, open_source
from conformance.record.views import Attempt, CheckView, ClauseView, Selection, Session, Void
from conformance.target.declare import evaluate

__all__ = ["Attempt", "CheckView", "ClauseView", "Record", "Selection", "Session", "Void", "instant", "open_record"]

G = TypeVar("G", Waiver, Attestation)


class Record:
    """One record. All of it is fixed once read; evidence is fetched by digest when asked for.

    path, sessions, header (of the last session), profile, target, system, case
    attempts        check key → every attempt in order
    voids           `void` events
    preflight       findings of the last session
    documents       files that were examined; passed_over: what was not taken, in words; material: trust, by digest
    fingerprints    how the sample was identified, and whether it stayed the same
    waivers, attestations, refused (those that say too little to hold: their errors)
    closed          the last session ended with `close`; ended: the latest time of any line: a clock that is set back revives
                    no grant; clock_back: the largest step back between a line and the latest before it
    """

    def __init__(self, source: Source, entries: Iterable[Entry], profile: Profile | None = None) -> None:
        self.source = source
        self.path = Path(source.name)
        parts = collect(entries, source.name)
        if not parts.sessions:
            raise RecordError(
                "R110", "检测记录中没有检测开始的事件", expected="open", where=source.name, hint="这次检测没有真正开始"
            )
        self.sessions = tuple(parts.sessions)
        self.header = self.sessions[-1].header
        self.target = mapping(self.header.get("target"))
        self.system = mapping(self.target.get("system"))
        self.case = mapping(self.header.get("case"))
        self.closed = parts.last == "close"
        self.ended = parts.latest or parts.at
        self.clock_back = parts.back
        self.voids = tuple(parts.voids)
        self.preflight = tuple(parts.preflight)
        self.documents = tuple(parts.documents)
        self.material = parts.material
        self.passed_over = parts.notes
        self.fingerprints = Fingerprints(tuple(parts.fingerprints))
        self.profile = profile or _profile(source, self.header)
        self.refused: list[ConformanceError] = []
        self.waivers = self._granted(Waiver, "waivers", parts.waivers)
        self.attestations = self._granted(Attestation, "attestations", parts.attestations)
        self.attempts: Mapping[str, tuple[Attempt, ...]] = {
            key: tuple(self._judged(a) for a in tries) for key, tries in parts.attempts.items()
        }

    @cached_property
    def results(self) -> Mapping[str, CheckResult]:
        """Check key → deciding result, for every check of the profile, in its order.

        The last attempt that was judged and not voided, under the profile of the last session; NOT_TESTED else.
        """
        return {
            key: self._deciding(key, check)
            for part in self.profile.standards()
            for clause in part.clauses
            for check in clause.checks
            for key in (check_key(part, clause, check),)
        }

    @cached_property
    def selection(self) -> Selection:
        """What was left out, over all sessions together: a resumed or retested record may be whole in the end."""
        total = len(self.results)
        missing = tuple(k for k in self.results if not any(a.result for a in self._counted(k)))
        why = []
        if missing:
            stated = mapping(self.header.get("selection")).get("why")
            detail = f"{len(missing)}/{total}" + (f"（{_words(stated)}）" if stated else "")
            clauses = tuple(dict.fromkeys(k.rsplit("/", 1)[0] for k in missing))
            why.append(ConclusionReason("left-out", clauses, detail))
            if len({_digest(s.header) for s in self.sessions}) > 1:
                # Verdicts under another edition are shown as attempts and decide nothing.
                why.append(ConclusionReason("several-profiles"))
        removed = dict.fromkeys(r.clause for p in _all(self.profile) for r in p.tailoring if r.action == "removed")
        if removed:
            why.append(ConclusionReason("clauses-removed", tuple(removed)))
        return Selection(total, total - len(missing), bool(why), tuple(why), missing)

    def result(self, key: str) -> CheckResult:
        """The deciding result of a check; KeyError when the profile has no such check."""
        return self.results[key]

    def clauses(self) -> tuple[ClauseView, ...]:
        """Every clause of every standard in order, judged, with waivers applied as of the end of the record."""
        return self._clauses

    @cached_property
    def _clauses(self) -> tuple[ClauseView, ...]:
        at = instant(self.ended)
        return tuple(self._clause(part, clause, at) for part in self.profile.standards() for clause in part.clauses)

    def conclusion(self, *, closing: bool = False) -> Conclusion:
        """The conclusion, always computed anew. `closing`: the record is about to be closed with this conclusion."""
        partial = list(self.selection.why)
        if not self.closed and not closing:
            partial.append(ConclusionReason("not-closed"))
        doubts = []
        if self.fingerprints.state == "changed":
            doubts.append(ConclusionReason("sample-changed", detail=self.fingerprints.difference()))
        elif self.fingerprints.state == "unconfirmed":
            doubts.append(ConclusionReason("sample-unconfirmed"))
        return conclusion((c.outcome for c in self.clauses()), partial=partial, doubts=doubts)

    def evidence(self, sha: str) -> bytes:
        """An evidence object, checked against its digest; RecordError R108 when missing or altered."""
        return evidence_bytes(self.source, sha)

    def evidence_json(self, sha: str) -> Any:
        """The same, read as JSON; RecordError R108, too, when it is none."""
        try:
            return json.loads(self.evidence(sha))
        except (ValueError, RecursionError):
            raise RecordError("R108", f"证据 {sha} 不是能读的 JSON", where=self.source.name) from None

    def close(self) -> None:
        self.source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _granted(self, kind: type[G], name: str, events: Iterable[Mapping[str, Any]]) -> tuple[G, ...]:
        """Those of the target file and those of the ledger, each once. One that is malformed holds nothing."""
        held: list[G] = []
        for i, data in enumerate((*(self.target.get(name) or ()), *events)):
            try:
                grant = kind.from_data(mapping(data), f"{name}[{i}]")
            except TargetError as e:
                self.refused.append(e)
                continue
            if grant not in held:
                held.append(grant)
        return tuple(held)

    def _judged(self, attempt: Attempt) -> Attempt:
        """The attempt with its void mark, if an event gives it one, or as a changed sample leaves it."""
        if attempt.result is None:
            return attempt
        for void in self.voids:
            if attempt.line in void.lines or (void.check == attempt.key and attempt.line < void.line):
                return replace(attempt, void=void.reason)
        changed = self.fingerprints.void(attempt.line)
        if changed is None:
            return attempt
        reasons = (changed, *attempt.result.reasons)
        return replace(
            attempt,
            result=replace(attempt.result, verdict=Verdict.INCONCLUSIVE, cause=Cause.SYSTEM, reasons=reasons),
        )

    def _counted(self, key: str) -> list[Attempt]:
        digest = _digest(self.header)
        tries = self.attempts.get(key, ())
        return [a for a in tries if not a.void and _digest(self.sessions[a.session - 1].header) == digest]

    def _deciding(self, key: str, check: Check) -> CheckResult:
        tries = self._counted(key)
        last: CheckResult | None = next((a.result for a in reversed(tries) if a.result), None)
        if check.kind == "manual" and (last is None or last.verdict is Verdict.NOT_TESTED):
            for attestation in reversed(self.attestations):
                if attestation.check == key:
                    return attested(attestation, self.system, instant(self.ended))
        if last is not None:
            return last
        voided = next((a for a in reversed(self.attempts.get(key, ())) if a.void), None)
        if voided is not None:
            return _untested(key, Cause.ENVIRONMENT, f"判定已作废：{voided.void}", "voided")
        if tries:
            return _untested(key, Cause.ENVIRONMENT, "检测开始后被中断，没有判定", "interrupted")
        return _untested(key, Cause.CONFIGURATION, "本次检测没有执行这一项", "left-out")

    def _clause(self, part: Profile, clause: Clause, at: datetime) -> ClauseView:
        key = f"{part.id}/{clause.id}"
        checks = tuple(
            CheckView(k, check, self.results[k], self.attempts.get(k, ()))
            for check in clause.checks
            for k in (check_key(part, clause, check),)
        )
        verdict, reason = clause_verdict(c.result.verdict for c in checks), clause.reason
        if not checks and clause.when is not None:
            asked = (*part.capabilities, *self.profile.capabilities)
            holds, why = evaluate(clause.when, mapping(self.target.get("declares")), asked)
            if holds is False:
                verdict, reason = Verdict.NOT_APPLICABLE, why
        outcome = ClauseOutcome(key, clause.provision, clause.grade, verdict, clause.confirmed)
        naming = tuple((w, why_not(w, at, self.system)) for w in self.waivers if w.clause == key)
        outcome = apply(outcome, (w for w, _ in naming), self.system, at)
        return ClauseView(key, part, clause, outcome, checks, naming, reason)


def open_record(path: str | Path) -> Record:
    """A record directory or zip → Record, complete or not. RecordError R106 damaged, R107 no record, R110 no profile."""
    source = open_source(path)
    try:
        return Record(source, read(source))
    except BaseException:
        source.close()
        raise


def instant(text: str) -> datetime:
    """ISO 8601 text of a ledger → an aware instant. What cannot be read is the end of time: then no grant holds."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _profile(source: Source, header: Mapping[str, Any]) -> Profile:
    sha = mapping(header.get("profile")).get("evidence")
    if not isinstance(sha, str):
        raise RecordError("R110", "检测记录没有指明所用的测试规范", expected="open.profile.evidence", where=source.name)
    try:
        return unflatten(json.loads(evidence_bytes(source, sha)))
    except ConformanceError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        hint = "记录由不相容的版本写成，用写它的版本读"
        raise RecordError("R110", f"检测记录中的测试规范无法读取: {e}", where=source.name, hint=hint) from None


def _untested(key: str, cause: Cause, message: str, code: str) -> CheckResult:
    return CheckResult(key, Verdict.NOT_TESTED, cause, (Reason(message, code=code),))


def _all(profile: Profile) -> Iterable[Profile]:
    yield profile
    for part in profile.parts:
        yield from _all(part)


def _digest(header: Mapping[str, Any]) -> object:
    return mapping(header.get("profile")).get("digest")


def _words(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)

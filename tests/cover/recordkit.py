"""Small records for tests: a profile of a few clauses, and runs with made-up verdicts, through the real ledger."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.model.profile import Capability, Check, Clause, Profile, Standard
from conformance.model.result import CheckResult, Evidence, Reason
from conformance.model.verdict import Cause, Grade, Provision, Verdict
from conformance.profile import flatten
from conformance.record.ledger import Ledger
from conformance.record.store import EvidenceStore

ONE, TWO, MANUAL, ADVICE = "p/4.1/one", "p/4.1/two", "p/4.2/manual", "p/4.3/advice"
KEYS = (ONE, TWO, MANUAL, ADVICE)
SYSTEM = {"name": "样机", "version": "1.0"}
START = datetime(2026, 11, 20, 1, 2, 3, 456000, tzinfo=UTC)


def clock(start: datetime = START, step: float = 1.0) -> Callable[[], datetime]:
    """A clock that moves one step each time it is asked."""
    ticks = itertools.count()
    return lambda: start + timedelta(seconds=step * next(ticks))


def check(name: str, kind: str = "call") -> Check:
    return Check(name, f"{name} 的目的", kind, {})


def profile(**changes: Any) -> Profile:
    """Clauses 4.1 应 (one, two), 4.2 应 (manual), 4.3 宜 (advice), 4.4 应 without a check that needs `signing`."""
    requirement = Provision.REQUIREMENT
    clauses = (
        Clause("4.1", "标识", requirement, "应唯一", Grade.B, ("C1",), (check("one"), check("two"))),
        Clause("4.2", "培训", requirement, "应培训", Grade.B, ("C1",), (check("manual", "manual"),)),
        Clause("4.3", "建议", Provision.RECOMMENDATION, "宜缓存", Grade.C, ("C1",), (check("advice"),)),
        Clause("4.4", "签章", requirement, "应签章", Grade.B, ("C1",), (), when="signing", reason="需要签章设备"),
    )
    made = Profile(
        "p",
        "1",
        {"zh": "例"},
        Standard("GB/T 0-2026", {"zh": "例"}),
        clauses,
        capabilities=(Capability("signing", "是否签章？"),),
        digest="sha256:1",
    )
    return replace(made, **changes)


def passed(key: str, **about: Any) -> CheckResult:
    return CheckResult(key, Verdict.PASS, assertions=2, witnesses=1, sample=("甲",), duration=0.01, **about)


def failed(key: str, message: str = "校验位错误", **about: Any) -> CheckResult:
    reasons = (Reason(message, expected="7", actual="8", where="$.data[0].id"),)
    return CheckResult(key, Verdict.FAIL, Cause.SYSTEM, reasons, assertions=2, failed=1, witnesses=1, **about)


def judged(key: str, verdict: Verdict, cause: Cause | None = Cause.ENVIRONMENT) -> CheckResult:
    return CheckResult(key, verdict, cause, (Reason("x"),))


ALL_PASS = tuple(passed(k) for k in KEYS)


def open_session(ledger: Ledger, store: EvidenceStore, made: Profile, **header: Any) -> None:
    ledger.append(
        "open",
        **{
            "session": 1,
            "tool": {"name": "conformance", "versions": {"python": "3"}},
            "profile": {
                "id": made.id,
                "edition": made.edition,
                "digest": made.digest,
                "evidence": store.put_json(flatten(made)),
            },
            "target": {"id": "t", "system": SYSTEM, "declares": {"signing": False}},
            "case": None,
            "options": {},
            "environment": {"system": "Linux"},
            "seed": 7,
            "selection": {"total": 4, "selected": 4, "partial": False, "why": []},
            **header,
        },
    )


def record(
    directory: Path,
    results: Sequence[CheckResult] = ALL_PASS,
    *,
    made: Profile | None = None,
    fingerprint: Sequence[Mapping[str, Any]] | None = ({"build": "a"}, {"build": "a"}),
    events: Sequence[tuple[str, Mapping[str, Any]]] = (),
    close: bool = True,
    resume: bool = False,
    start: datetime = START,
    notes: Sequence[tuple[str, Any]] = (),
    exchanges: Mapping[str, Sequence[Any]] | None = None,
    **header: Any,
) -> Path:
    """One session: open, fingerprint, start and verdict of every result with evidence, events, fingerprint, close.

    `notes`: (label, value) that the first check keeps as evidence. `exchanges`: check → its exchanges, as they are stored.
    """
    tick = clock(start)
    ledger = Ledger.resume(directory, clock=tick) if resume else Ledger.create(directory, clock=tick)
    store = EvidenceStore(directory)
    with ledger:
        open_session(ledger, store, made or profile(), **header)
        ledger.append("preflight", findings=[{"code": "ok"}])
        if fingerprint:
            ledger.append("fingerprint", when="start", values=fingerprint[0])
        for result in results:
            ledger.append("start", check=result.key, attempt=1)
            stored = store.put_json({"exchange": result.key, "verdict": str(result.verdict)})
            kept = [Evidence(store.put_json(value), "note", label) for label, value in notes if result is results[0]]
            made_up = (Evidence(stored, "exchange", "GET /"),)
            if exchanges is not None:
                own = exchanges.get(result.key, ())
                made_up = tuple(Evidence(store.put_json(e), "exchange", f"交互 {n}") for n, e in enumerate(own, 1))
            with_evidence = replace(result, evidence=(*made_up, *kept))
            ledger.append("verdict", **with_evidence.to_json())
        for event, data in events:
            ledger.append(event, **data)
        if fingerprint and len(fingerprint) > 1:
            ledger.append("fingerprint", when="end", values=fingerprint[1])
        if close:
            ledger.close(store, counts={}, conclusion={"overall": "UNDETERMINED", "counts": {}, "reasons": []})
    return directory

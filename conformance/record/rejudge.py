"""Judging again: every verdict computed anew from the stored evidence, without the system that gave it.

The checks run as they did, against a replay of their own exchanges: same answers, same times, same examples. What
comes out must agree with what the ledger says; where it does not, either the evidence was altered, the check has
changed since, or a verdict was never what its evidence shows. Each of these is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from conformance.errors import ConformanceError, RecordError
from conformance.model.profile import Profile
from conformance.model.result import CheckResult, Evidence, Reason
from conformance.model.target import Limits, System, Target, Tls
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import Planned, plan
from conformance.profile.procedures import digest_of_file, procedure_file
from conformance.record.collect import mapping
from conformance.record.documents import recount
from conformance.record.reading import Record, instant
from conformance.record.views import Session
from conformance.run.documents import Documents, asked
from conformance.run.gathered import KIND as GATHERED
from conformance.run.gathered import Batch, Shelf, as_batch
from conformance.run.redact import Redactor
from conformance.run.replay import Replay, stored_exchange
from conformance.run.run import Run
from conformance.run.runner import run_check
from conformance.target import bind, effective_auth, effective_envelope


@dataclass(frozen=True, slots=True)
class Rejudged:
    """One check judged again. `agrees`: verdict, cause and the counts are the same.

    other_procedure   the procedure file that judged now is not the one whose digest the record's profile holds
    """

    key: str
    recorded: CheckResult
    again: CheckResult
    other_procedure: bool = False

    @property
    def agrees(self) -> bool:
        return _essence(self.recorded) == _essence(self.again)

    def to_json(self) -> dict[str, Any]:
        return {
            "check": self.key,
            "agrees": self.agrees,
            "recorded": str(self.recorded.verdict),
            "again": str(self.again.verdict),
            "other_procedure": self.other_procedure,
            "why": "" if self.agrees else "；".join(r.message for r in self.again.reasons) or "判定或计数不同",
        }


def _essence(result: CheckResult) -> tuple[Any, ...]:
    # Two faults of the tool are the same only if they are of one kind: a lost procedure is not the one that crashed.
    error = result.reasons[0].code if result.verdict is Verdict.ERROR and result.reasons else ""
    return result.verdict, result.cause, result.assertions, result.failed, result.witnesses, error


def rejudge(record: Record, profile: Profile | None = None) -> list[Rejudged]:
    """Every judged check of a record, judged again by the record's own profile or by another edition of it."""
    by = profile or record.profile
    rounds: dict[int, _Round] = {}
    documents: Documents | None = None
    out = []
    for key, attempts in record.attempts.items():
        attempt = next((a for a in reversed(attempts) if a.result is not None and not a.void), None)
        if attempt is None or attempt.result is None:
            continue
        if attempt.session not in rounds:
            rounds[attempt.session] = _round(by, record.sessions[attempt.session - 1], record.source.name)
            if documents is None:
                documents = recount(record, asked(rounds[attempt.session].planned.values()))
        entry = rounds[attempt.session].planned.get(key)
        again = (
            _gone(key)
            if entry is None
            else _again(record, by, rounds[attempt.session], entry, attempt.result, documents)
        )
        out.append(Rejudged(key, attempt.result, again, entry is not None and _other_procedure(entry)))
    return out


@dataclass(frozen=True, slots=True)
class _Round:
    """What one session was asked with: a record that was resumed holds several, each with pseudonyms of its own."""

    session: Session
    target: Target
    planned: Mapping[str, Planned]
    shelf: Shelf = field(default_factory=Shelf)


def _round(profile: Profile, session: Session, where: str) -> _Round:
    try:
        target = target_of(mapping(session.header.get("target")))
        return _Round(session, target, {e.key: e for e in plan(profile, target, at=instant(session.opened))})
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # whoever wrote it, it is not of our form
        raise RecordError("R106", f"检测记录里的被测系统读不出来: {error!r}", where=where) from None


def _other_procedure(entry: Planned) -> bool:
    """Whether the procedure that is found now has another digest than the profile was pinned with."""
    pinned = entry.check.spec.get("procedure_sha256")
    if entry.check.kind != "procedure" or not pinned:
        return False
    path = procedure_file(str(entry.check.spec["procedure"]), entry.profile.origin)
    return path is not None and digest_of_file(path) != pinned


def _again(
    record: Record,
    profile: Profile,
    asked_in: _Round,
    entry: Planned,
    recorded: CheckResult,
    documents: Documents | None,
) -> CheckResult:
    target, session = asked_in.target, asked_in.session
    if _decided_by_the_run(recorded):
        return recorded  # decided by findings about the run, which are in the ledger, not by evidence of the check
    if entry.decided is not None:
        return entry.decided
    try:
        exchanges = [record.evidence_json(e.sha256) for e in recorded.evidence if e.kind == "exchange"]
        examples = [record.evidence_json(e.sha256) for e in recorded.evidence if e.kind == "examples"]
        indexes = [record.evidence_json(e.sha256) for e in recorded.evidence if e.kind == "packets"]
        captures = [(index, record.evidence(str(index["capture"]))) for index in indexes]
        batches = dict(_batch(record, e.sha256) for e in recorded.evidence if e.kind == GATHERED)
        started, seed = datetime.fromisoformat(recorded.started), int(session.header.get("seed", 0))
    except ConformanceError as error:
        return _error(entry.key, error.message, error.code)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # whoever wrote it, it is not of our form
        return _error(entry.key, f"证据或判定的写法不对: {error!r}", "R108")
    sender = Replay(exchanges, examples, captures, batches)
    run = Run(
        profile=profile,
        target=target,
        operations=bind(profile, target),
        envelope=effective_envelope(profile, target),
        auth=effective_auth(profile, target),
        sender=sender,
        redactor=Redactor(),
        seed=seed,
        replaying=True,
        unbound=_unbound(session),
        doubtful=_doubtful(session),
        documents=documents,
        shelf=asked_in.shelf,
    )
    result = run_check(run, entry, started=started)
    if sender.left and result.verdict is not Verdict.ERROR:
        return _error(entry.key, f"证据中有 {sender.left} 次交互没有被检测程序用到", "E204")
    return result


def _batch(record: Record, digest: str) -> tuple[str, tuple[str, Callable[[], Batch]]]:
    """What many checks share is read when the first of them asks, and then kept on the shelf."""
    index = record.evidence_json(digest)

    def load() -> Batch:
        return as_batch(index, [stored_exchange(record.evidence_json(str(sha))) for sha in index["exchanges"]])

    return str(index["gathered"]), (digest, load)


def shared(record: Record, evidence: Evidence, name: str) -> Batch | None:
    """The batch of that name, where this piece of evidence is its index."""
    if evidence.kind != GATHERED:
        return None
    held, (_, load) = _batch(record, evidence.sha256)
    return load() if held == name else None


def _decided_by_the_run(recorded: CheckResult) -> bool:
    """Only "undecided" can be a finding about the run; whatever else a record says has to show in its evidence."""
    return recorded.verdict is Verdict.INCONCLUSIVE and (
        recorded.blocked_by.startswith("preflight ")
        or any(r.code in ("sample-changed", "X001") for r in recorded.reasons)
    )


def _doubtful(session: Session) -> dict[str, tuple[Cause, Reason]]:
    """Operations that the preflight found in doubt: a check that comes to one stops there, now as then."""
    return {
        str(operation): (Cause(finding["cause"]), Reason(str(finding.get("message", "")), code=str(finding["code"])))
        for finding in session.preflight
        for operation in finding.get("operations", ())
    }


def _unbound(session: Session) -> frozenset[tuple[str, str]]:
    pairs = (pair for finding in session.preflight for pair in finding.get("unbound", ()))
    return frozenset((str(a), str(b)) for a, b in pairs)


def _gone(key: str) -> CheckResult:
    return CheckResult(key, Verdict.NOT_TESTED, Cause.CONFIGURATION, (Reason("这一版测试规范中没有本项"),))


def _error(key: str, message: str, code: str) -> CheckResult:
    return CheckResult(key, Verdict.ERROR, Cause.TOOL, (Reason(message, code=code),))


def target_of(data: Mapping[str, Any]) -> Target:
    """The target as a record holds it (secrets masked) → Target."""
    known = {k: v for k, v in data.items() if k in Target.__slots__ and k != "secrets"}
    target = Target(
        **{**known, "system": System(**data["system"]), "limits": Limits(**data["limits"]), "tls": Tls(**data["tls"])}
    )
    return replace(
        target,
        hosts=tuple(target.hosts),
        fingerprint=tuple(target.fingerprint),
        waivers=tuple(target.waivers),
        attestations=tuple(target.attestations),
    )

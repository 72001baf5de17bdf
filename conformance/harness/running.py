"""Carrying out the selected checks: by the engine that works ahead or, in an xdist worker, one at a time. PYTEST_DONT_REWRITE"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from conformance.errors import RecordError
from conformance.harness.preflight import Preflight
from conformance.harness.sharing import Barrier
from conformance.model.profile import Profile
from conformance.model.result import CheckResult, Reason
from conformance.model.target import Target
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import Planned
from conformance.probe.http import HttpPort
from conformance.record.store import EvidenceStore
from conformance.run.ending import Aborted
from conformance.run.engine import Engine, Job
from conformance.run.redact import Redactor
from conformance.run.run import Run
from conformance.run.runner import run_check
from conformance.target import bind, effective_auth, effective_envelope


class Runner(Protocol):
    """What an item asks for its result."""

    def result(self, planned: Planned) -> CheckResult: ...

    @property
    def unfinished(self) -> bool: ...

    def close(self, timeout: float) -> None: ...


class Starts(Protocol):
    """Called with the key of a check that is about to send its first request."""

    def __call__(self, key: str) -> None: ...


def make_run(
    profile: Profile,
    target: Target,
    port: HttpPort,
    redactor: Redactor,
    seed: int,
    store: EvidenceStore,
    found: Preflight,
) -> Run:
    return Run(
        profile=profile,
        target=target,
        operations=bind(profile, target),
        envelope=effective_envelope(profile, target),
        auth=effective_auth(profile, target),
        sender=port,
        redactor=redactor,
        seed=seed,
        store=store,
        unbound=found.unbound,
        doubtful=found.doubtful,
    )


def settled(kept: CheckResult | None, planned: Planned) -> bool:
    """Whether a resumed run leaves the verdict that its record holds as it is.

    What was blocked by a preflight, or not tested for want of something the target may give now, is looked at again.
    """
    if kept is None:
        return False
    if planned.decided is not None:
        return (kept.verdict, kept.reasons) == (planned.decided.verdict, planned.decided.reasons)
    return kept.verdict is not Verdict.NOT_TESTED and not kept.blocked_by.startswith("preflight")


def carry_out(run: Run, planned: Planned, found: Preflight) -> CheckResult:
    """One attempt. A record that cannot be written is no verdict about anybody: RecordError ends the run."""
    if planned.decided is None and found.stops:
        return found.blocked(planned.key)
    try:
        return run_check(run, planned)
    except (Aborted, RecordError, KeyboardInterrupt):
        raise
    except BaseException as bug:  # noqa: BLE001 - a procedure that calls sys.exit() must not take the run with it
        reason = Reason(run.redactor.text(f"检测程序出错 {type(bug).__name__}: {bug}")[:500], code="E100")
        return CheckResult(planned.key, Verdict.ERROR, Cause.TOOL, (reason,))


class Ahead:
    """The engine, with one worker thread for each request that may be in flight."""

    def __init__(
        self,
        run: Run,
        found: Preflight,
        planned: Sequence[Planned],
        kept: Mapping[str, CheckResult],
        starts: Starts,
        *,
        stops_early: bool,
    ) -> None:
        self._run, self._found, self._kept, self._starts = run, found, kept, starts
        workers = run.target.limits.concurrency
        by_name = {(e.profile.id, e.check.name): e.key for e in planned}
        self._engine = Engine(
            [self._job(e, by_name) for e in planned],
            workers=workers,
            # What `-x` may have begun in vain; without it a wider window keeps every thread busy behind a slow check.
            window=workers if stops_early else 4 * workers,
            turn=run.sender.turn,
        )

    def _job(self, entry: Planned, by_name: Mapping[tuple[str, str], str]) -> Job:
        after = [by_name[(entry.profile.id, n)] for n in entry.check.after if (entry.profile.id, n) in by_name]

        def work() -> CheckResult:
            if entry.key in self._kept:
                return self._kept[entry.key]
            if entry.decided is None and not self._found.stops:
                self._starts(entry.key)
            return carry_out(self._run, entry, self._found)

        exclusive = entry.check.exclusive and entry.decided is None and entry.key not in self._kept
        return Job(entry.key, work, exclusive, tuple(after))

    def result(self, planned: Planned) -> CheckResult:
        return self._engine.result(planned.key)

    @property
    def unfinished(self) -> bool:
        return self._engine.unfinished

    def close(self, timeout: float) -> None:
        self._engine.close(timeout)


class InTurn:
    """In an xdist worker, which does not know its share in advance: here and now, behind the barrier of all workers."""

    def __init__(
        self,
        run: Run,
        found: Preflight,
        planned: Sequence[Planned],
        kept: Mapping[str, CheckResult],
        barrier: Barrier,
    ) -> None:
        self._run, self._found, self._kept, self._barrier = run, found, kept, barrier
        self._by_name = {(e.profile.id, e.check.name): e.key for e in planned}

    def result(self, planned: Planned) -> CheckResult:
        check = planned.check
        named = [(planned.profile.id, name) for name in check.after]
        self._barrier.wait(self._by_name[name] for name in named if name in self._by_name)
        try:
            if planned.key in self._kept:
                return self._kept[planned.key]
            with self._barrier.hold(exclusive=check.exclusive and planned.decided is None):
                return carry_out(self._run, planned, self._found)
        finally:
            self._barrier.done(planned.key)

    @property
    def unfinished(self) -> bool:
        return False

    def close(self, timeout: float) -> None:
        """Nothing is under way between two items."""

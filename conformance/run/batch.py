"""A plan carried out without pytest: what qualification and the command line use. Same engine, same verdicts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.target import Target
from conformance.plan.select import Planned, plan
from conformance.probe.http import HttpPort
from conformance.probe.page.memory import Memory
from conformance.run.engine import Engine, Job
from conformance.run.looked import Looked
from conformance.run.redact import Redactor
from conformance.run.run import Run, Store
from conformance.run.runner import run_check
from conformance.run.sources import gather
from conformance.target import bind, effective_auth, effective_envelope


def live_run(
    profile: Profile,
    target: Target,
    *,
    seed: int = 0,
    store: Store | None = None,
    memory: dict[Hashable, Looked] | None = None,
    visits: Memory | None = None,
) -> Run:
    """A run against a live target; `run.sender` is its port, to be closed by the caller.

    memory   examinations of files that may be used again by runs of one process, whose files are mostly the same
    visits   the same of visits to pages
    """
    port = HttpPort(target)
    port.visits = visits
    return Run(
        profile=profile,
        target=target,
        operations=bind(profile, target),
        envelope=effective_envelope(profile, target),
        auth=effective_auth(profile, target),
        sender=port,
        redactor=Redactor({f"secret-{n}": "".join(s) for n, s in enumerate(target.secrets)}),
        seed=seed,
        store=store,
        memory=memory,
    )


def run_batch(run: Run, planned: Iterable[Planned] | None = None) -> dict[str, CheckResult]:
    """Key → result of every planned check, in order."""
    entries = list(planned) if planned is not None else plan(run.profile, run.target)
    if run.documents is None:
        run.documents = gather(run, entries)
    by_name = {(e.profile.id, e.check.name): e.key for e in entries}

    def job(entry: Planned) -> Job:
        after = tuple(by_name[(entry.profile.id, n)] for n in entry.check.after if (entry.profile.id, n) in by_name)
        return Job(entry.key, lambda: run_check(run, entry), entry.check.exclusive and entry.decided is None, after)

    engine = Engine(
        [job(e) for e in entries], workers=run.target.limits.concurrency, window=len(entries) + 1, turn=run.sender.turn
    )
    try:
        return {entry.key: engine.result(entry.key) for entry in entries}
    finally:
        run.stopped.set()
        engine.close()

"""The engine that works ahead: worker threads carry out checks in order while pytest reports them one by one.

Three bounds hold together. *In flight*: the port admits at most `limits.concurrency` requests. *Window*: checks begun
but not yet reported, which is what `-x` can waste. *Barriers*: an `exclusive` check runs alone, and a check starts
only after those it names in `after`. Order of starting is the order of the items, so the same run starts alike
whatever the timing; and since no check reads another's result, verdicts do not depend on the timing either.

Working ahead pays where there is something to wait for. Against a system that answers faster than a thread is woken,
the thread that asks for a result carries out the check itself; the workers begin when checks turn out to wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from conformance.model.result import CheckResult
from conformance.probe.turn import Turn

_WORTH = 0.001  # seconds of waiting in a check from which threads cost less than they save (measured)
_SLOW = 0.02  # … from which one check is enough to tell; a busy machine makes a quick answer late, but not so late
_PROOF = 6  # checks that waited, over those that did not, until threads are begun


@dataclass(frozen=True, slots=True)
class Job:
    """One check to run. `after`: ids of jobs that must be done before it starts.

    Those not in the run are ignored, and so are those that stand behind it: jobs start in the order given, and waiting
    for a later one would be waiting for ever. Whoever orders the jobs puts them behind what they name.
    """

    id: Hashable
    work: Callable[[], CheckResult]
    exclusive: bool = False
    after: tuple[Hashable, ...] = ()


class Engine:
    """Runs jobs ahead of whoever asks for their results. `result` blocks; `close` stops cleanly."""

    def __init__(self, jobs: Sequence[Job], *, workers: int, window: int, turn: Turn | None = None) -> None:
        """`turn`: what those who compute pass among them, the asking thread included."""
        self._jobs = list(jobs)
        self._known = {job.id: n for n, job in enumerate(self._jobs)}
        self._window = max(window, 1)
        self._turn = turn or Turn()
        # One lock, two queues: with one queue every finished job would wake all idle workers (measured: twice the time
        # at fifty in flight).
        self._state = threading.Lock()
        self._ready = threading.Condition(self._state)  # whoever asks for a result
        self._free = threading.Condition(self._state)  # workers waiting for a job that may start
        self._awaited: Hashable = None
        self._results: dict[Hashable, CheckResult | BaseException] = {}
        self._done: set[Hashable] = set()
        self._handed: set[Hashable] = set()
        self._next = self._running = self._reported = 0
        self._exclusive = self._closed = False
        self._waits = 0
        self._workers = max(1, min(workers, len(self._jobs)))
        self._threads: list[threading.Thread] = []

    def result(self, job: Hashable) -> CheckResult:
        """The result of a job, waiting for it; raises what the job raised. Asked again, the job is carried out again."""
        place = self._known[job]
        if job in self._handed:
            return self._jobs[place].work()
        if not self._threads and self._waits < _PROOF:
            return self._here(place)
        self._turn.give()
        with self._state:
            self._begin()
            if place > self._reported:  # earlier ones were skipped by somebody else: they will not be asked for
                self._reported = place
                self._wake()
            self._awaited = job
            while job not in self._results:
                if self._closed:
                    raise RuntimeError("the engine is closed")
                self._ready.wait(0.5)  # bounded, so that Ctrl-C reaches the waiting thread on every platform
            outcome = self._results.pop(job)
            self._handed.add(job)
            self._reported = max(self._reported, place + 1)
            self._wake()
        self._turn.take()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    @property
    def unfinished(self) -> bool:
        """Whether some job was never asked for: the run ended early."""
        with self._state:
            return self._reported < len(self._jobs)

    def close(self, timeout: float = 30.0) -> None:
        """Start nothing more and wait for what is under way."""
        self._turn.give()
        with self._state:
            self._closed = True
            self._free.notify_all()
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(timeout)

    def _here(self, place: int) -> CheckResult:
        """Carry out a job in the asking thread, and note how long it waited."""
        if self._closed:
            raise RuntimeError("the engine is closed")
        job = self._jobs[place]
        self._handed.add(job.id)
        self._done.update(skipped.id for skipped in self._jobs[self._next : place + 1])
        self._next = max(self._next, place + 1)
        clock, own = time.perf_counter(), time.thread_time()
        try:
            return job.work()
        finally:
            waited = time.perf_counter() - clock - (time.thread_time() - own)
            if waited > _SLOW:
                self._waits += _PROOF
            else:
                self._waits = max(0, self._waits + (1 if waited > _WORTH else -1))
            self._reported = max(self._reported, place + 1)

    def _begin(self) -> None:
        if not self._threads and not self._closed:
            names = (f"conformance-{n}" for n in range(self._workers))
            self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
            for thread in self._threads:
                thread.start()

    def _work(self) -> None:
        while (job := self._pick()) is not None:
            outcome: CheckResult | BaseException
            try:
                outcome = job.work()
            except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
                outcome = error
            self._turn.give()
            with self._state:
                self._results[job.id] = outcome
                self._done.add(job.id)
                self._running -= 1
                if job.exclusive:
                    self._exclusive = False
                if job.id == self._awaited:
                    self._ready.notify()

    def _pick(self) -> Job | None:
        """The next job, once it may start, and the turn with it; None when there is no more to do."""
        while True:
            self._turn.take()
            with self._state:
                if self._closed or self._next >= len(self._jobs):
                    self._turn.give()
                    self._free.notify_all()
                    return None
                job = self._jobs[self._next]
                if self._may_start(job):
                    self._next += 1
                    self._running += 1
                    self._exclusive = job.exclusive
                    self._wake()
                    return job
                self._turn.give()
                self._free.wait()

    def _wake(self) -> None:
        """Wake one worker if the next job may start; it wakes the next one in turn. A worker that ends a job looks itself."""
        if self._next >= len(self._jobs):
            self._free.notify_all()
        elif self._may_start(self._jobs[self._next]):
            self._free.notify()

    def _may_start(self, job: Job) -> bool:
        if self._next - self._reported >= self._window or self._exclusive:
            return False
        if job.exclusive and self._running:
            return False
        return all(name in self._done or self._known.get(name, self._next) >= self._next for name in job.after)

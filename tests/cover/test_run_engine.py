"""The engine: bounded, in order, with barriers, and it never hangs."""

from __future__ import annotations

import threading
import time

import pytest

from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.run.engine import Engine, Job


def _result(key: object) -> CheckResult:
    return CheckResult(str(key), Verdict.PASS)


class Meter:
    """Counts what runs at once, and remembers the order of starts and ends."""

    def __init__(self, seconds: float = 0.01) -> None:
        self.seconds = seconds
        self.lock = threading.Lock()
        self.running = 0
        self.most = 0
        self.events: list[tuple[str, int]] = []
        self.alone: dict[int, int] = {}

    def job(self, n: int, **options: object) -> Job:
        def work() -> CheckResult:
            with self.lock:
                self.running += 1
                self.most = max(self.most, self.running)
                self.alone[n] = self.running
                self.events.append(("start", n))
            time.sleep(self.seconds)
            with self.lock:
                self.running -= 1
                self.events.append(("end", n))
            return _result(n)

        return Job(n, work, **options)  # type: ignore[arg-type]

    @property
    def started(self) -> int:
        return sum(kind == "start" for kind, _ in self.events)


def test_results_come_to_whoever_asks_and_no_more_run_at_once_than_workers() -> None:
    meter = Meter()
    engine = Engine([meter.job(n) for n in range(40)], workers=5, window=1000)
    assert [engine.result(n).key for n in range(40)] == [str(n) for n in range(40)]
    engine.close()
    assert 1 < meter.most <= 5
    assert [n for kind, n in meter.events if kind == "start"] == list(range(40))


def test_no_more_are_begun_ahead_than_the_window_allows() -> None:
    meter = Meter(0.001)
    engine = Engine([meter.job(n) for n in range(50)], workers=10, window=7)
    engine.result(0)
    time.sleep(0.2)
    assert meter.started <= 1 + 7
    engine.close()
    assert meter.started <= 1 + 7  # closing starts nothing


def test_an_exclusive_job_runs_alone() -> None:
    meter = Meter(0.02)
    jobs = [meter.job(n, exclusive=n in (5, 11)) for n in range(16)]
    engine = Engine(jobs, workers=4, window=100)
    for n in range(16):
        engine.result(n)
    engine.close()
    for n in (5, 11):
        at = meter.events.index(("start", n))
        assert meter.alone[n] == 1
        assert meter.events[at + 1] == ("end", n)


def test_a_job_starts_only_after_those_it_names() -> None:
    meter = Meter(0.02)
    jobs = [meter.job(0), meter.job(1), meter.job(2, after=(0, 1, "not in this run")), meter.job(3)]
    engine = Engine(jobs, workers=4, window=100)
    for n in range(4):
        engine.result(n)
    engine.close()
    start = meter.events.index(("start", 2))
    assert {("end", 0), ("end", 1)} <= set(meter.events[:start])


def test_what_a_job_raises_reaches_whoever_asks_and_the_others_go_on() -> None:
    def broken() -> CheckResult:
        raise ValueError("broken")

    meter = Meter(0.001)
    engine = Engine([meter.job(0), Job(1, broken), meter.job(2)], workers=1, window=10)
    engine.result(0)
    with pytest.raises(ValueError, match="broken"):
        engine.result(1)
    assert engine.result(2).key == "2"
    engine.close()


def test_items_that_are_never_asked_for_do_not_stop_the_window() -> None:
    meter = Meter(0.001)
    engine = Engine([meter.job(n) for n in range(100)], workers=2, window=4)
    for n in range(0, 100, 10):  # somebody else skipped the nine between
        assert engine.result(n).key == str(n)
    engine.close()


def test_a_result_asked_for_again_is_a_new_attempt() -> None:
    meter = Meter(0.001)
    engine = Engine([meter.job(0)], workers=1, window=1)
    engine.result(0)
    engine.result(0)
    assert meter.started == 2
    engine.close()


def test_a_closed_engine_does_not_keep_anybody_waiting() -> None:
    meter = Meter(0.05)
    engine = Engine([meter.job(n) for n in range(10)], workers=1, window=2)
    engine.close()
    with pytest.raises(RuntimeError, match="closed"):
        engine.result(9)


def test_what_never_waits_is_done_by_whoever_asks() -> None:
    """A thread costs more than it saves where there is nothing to wait for."""
    where: list[int] = []

    def work(n: int) -> CheckResult:
        where.append(threading.get_ident())
        return _result(n)

    engine = Engine([Job(n, lambda n=n: work(n)) for n in range(20)], workers=8, window=32)
    assert [engine.result(n).key for n in range(20)] == [str(n) for n in range(20)]
    assert not engine.unfinished
    engine.close()
    assert set(where) == {threading.get_ident()}


def test_a_job_that_was_passed_over_keeps_nobody_waiting() -> None:
    """pytest may skip items; the engine then begins behind them, also where a later job names one in `after`."""
    meter = Meter(0.0)
    slow = Meter(0.02)
    jobs = [meter.job(0), meter.job(1), meter.job(2), *(slow.job(n, after=(1,)) for n in range(3, 12))]
    engine = Engine(jobs, workers=4, window=100)
    engine.result(0)
    engine.result(2)  # 1 is never asked for
    assert [engine.result(n).key for n in range(3, 12)] == [str(n) for n in range(3, 12)]
    engine.close()


def test_a_result_asked_for_again_is_worked_out_again_in_either_way() -> None:
    for seconds in (0.0, 0.02):
        meter = Meter(seconds)
        engine = Engine([meter.job(n) for n in range(4)], workers=2, window=10)
        for n in (0, 1, 1, 2, 3):
            assert engine.result(n).key == str(n)
        engine.close()
        assert [n for kind, n in meter.events if kind == "start"].count(1) == 2

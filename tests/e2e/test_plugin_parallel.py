"""The engine and xdist: the same verdicts however it runs, and never more asked of a system than it allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_kit import PAIR, SMALL, Counted, PytestCommand, Span, events, verdicts

from conformance.record.compare import compare, text
from conformance.record.reading import open_record
from conformance.record.verify import verify

SLOW = pytest.mark.slow


@pytest.fixture
def command(folder: Path) -> PytestCommand:
    """Started whole: runs that must agree do not share the order of their sets."""
    return PytestCommand(folder, whole=True)


def same(one: Path, other: Path) -> None:
    with open_record(one) as a, open_record(other) as b:
        found = compare(a, b)
        assert found.identical, text(found)
        assert not found.checks, text(found)  # the counts of assertions and witnesses are the same too


def test_serial_concurrent_and_xdist_give_identical_verdicts(
    command: PytestCommand, system: Counted, tmp_path: Path, folder: Path
) -> None:
    serial = system.write(tmp_path / "serial.yaml", limits={"concurrency": 1})
    eight = system.write(tmp_path / "eight.yaml", limits={"concurrency": 8})
    runs = {"serial": [f"--target={serial}"], "eight": [f"--target={eight}"], "xdist": [f"--target={eight}", "-n", "2"]}
    for name, args in runs.items():
        ran = command(f"--profile={PAIR}", f"--record={name}", "--seed=5", "-q", *args)
        assert ran.code == 1, ran.text
        assert verify(folder / name).complete
        assert len(verdicts(folder / name)) == 20
    same(folder / "serial", folder / "eight")
    same(folder / "serial", folder / "xdist")


def test_the_shipped_profile_gives_identical_verdicts(
    command: PytestCommand, system: Counted, tmp_path: Path, folder: Path
) -> None:
    args = ("--profile=gbt-36904-2018", "--seed=5", "-q")
    serial = system.write(tmp_path / "serial.yaml", limits={"concurrency": 1})
    eight = system.write(tmp_path / "eight.yaml", limits={"concurrency": 8})
    for name, more in {
        "a": [f"--target={serial}"],
        "b": [f"--target={eight}"],
        "c": [f"--target={eight}", "-n2"],
    }.items():
        assert command(*args, f"--record={name}", *more).code == 0
    same(folder / "a", folder / "b")
    same(folder / "a", folder / "c")


@pytest.mark.parametrize(
    ("concurrency", "extra", "most"),
    [(1, [], 1), (3, [], 3), (3, ["-n", "2"], 2), pytest.param(2, ["-n", "2"], 2, marks=SLOW)],
    ids=["one", "three", "three-xdist", "two-xdist"],
)
def test_a_system_never_sees_more_at_once_than_it_allows(
    command: PytestCommand,
    tmp_path: Path,
    folder: Path,
    slow_system: Counted,
    concurrency: int,
    extra: list[str],
    most: int,
) -> None:
    slow_system.forget()
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": concurrency})
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", *extra)
    assert ran.code == 0, ran.text
    assert slow_system.most <= most, "as the server counted it"
    requests = events(folder / "r", "close")[0]["requests"]
    assert requests["sent"] == len(slow_system.spans), "the record tells all that was sent, workers included"
    if not extra:
        assert slow_system.most == most, "what is allowed is used"


def _between(spans: list[Span], marked: list[Span]) -> list[Span]:
    begun, ended = min(s.begun for s in marked), max(s.ended for s in marked)
    return [s for s in spans if s not in marked and s.begun < ended and s.ended > begun]


@pytest.mark.parametrize(
    "extra",
    [[], ["-n", "2"], pytest.param(["-n", "3", "--dist=worksteal"], marks=SLOW)],
    ids=["engine", "xdist", "worksteal"],
)
def test_an_exclusive_check_is_alone_and_a_later_one_waits(
    command: PytestCommand, slow_system: Counted, tmp_path: Path, extra: list[str]
) -> None:
    slow_system.forget()
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 6})
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", *extra)
    assert ran.code == 0, ran.text
    spans = slow_system.spans
    alone = [s for s in spans if '"alone"' in s.body]
    assert len(alone) == 4
    assert _between(spans, alone) == [], "another request while an exclusive check was under way"
    first = [s for s in spans if '"first"' in s.body]
    later = [s for s in spans if '"later"' in s.body]
    assert len(first) == 2
    assert len(later) == 1
    assert later[0].begun > max(s.ended for s in first)


def test_more_workers_than_the_system_allows_are_refused(
    command: PytestCommand, slow_system: Counted, tmp_path: Path, folder: Path
) -> None:
    slow_system.forget()
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 2})
    said = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-n", "3").refused("U507")
    assert "limits.concurrency" in said
    assert not (folder / "r").exists()
    assert slow_system.spans == []


def test_a_request_budget_holds_across_workers(
    command: PytestCommand, slow_system: Counted, tmp_path: Path, folder: Path
) -> None:
    slow_system.forget()
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 2, "requests": 20})
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-n", "2")
    assert ran.code == 1, ran.text
    assert len(slow_system.spans) <= 20
    assert "FAIL" not in verdicts(folder / "r").values(), "a budget of ours is no fault of the system"


@pytest.mark.parametrize(
    "extra",
    [
        ["-x"],
        ["-k", "fixed or given"],
        *(pytest.param(x, marks=SLOW) for x in (["--lf"], ["pair::mixed::4.2"], ["--dist=loadscope"])),
    ],
)
def test_selecting_and_stopping_under_xdist(
    command: PytestCommand, target: Path, folder: Path, extra: list[str]
) -> None:
    ran = command(f"--profile={PAIR}", f"--target={target}", "--record=r", "-n", "2", *extra)
    assert ran.code in (1, 2), ran.text
    assert "INTERNALERROR" not in ran.text
    assert verify(folder / "r").complete, "ended by plan: the record is closed"
    assert ("部分检测" in ran.out) == (extra[0] not in ("--lf", "--dist=loadscope"))


def test_an_attempt_is_begun_in_the_record_before_it_is_judged_under_xdist_too(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-n", "2")
    begun = {e["check"]: e["n"] for e in events(folder / "r", "start")}
    judged = {e["key"]: e["n"] for e in events(folder / "r", "verdict")}
    assert set(begun) == set(judged)
    assert all(begun[key] < judged[key] for key in judged)


def test_a_worker_that_dies_is_a_fault_of_the_tool_and_nobody_waits_for_it(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    ran = command("--profile=deadly", f"--target={target}", "--record=r", "-n", "2")
    assert ran.code == 1, ran.text
    assert verdicts(folder / "r") == {
        "the-process-dies": "ERROR", "another-waits-for-it": "PASS", "others-are-judged": "PASS",
    }  # fmt: skip
    assert ran.counts == {"passed": 2, "tool-error": 1}
    assert verify(folder / "r").complete

"""The record directory: what stands in the way is said, nothing is lost, a killed run is resumed, a retest is an attempt."""

from __future__ import annotations

import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from plugin_kit import MIXED, SMALL, Counted, PytestCommand, Ran, events, ledger, verdicts, wait_for_lines

from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge
from conformance.record.verify import verify


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def whole(record: Path) -> None:
    checked = verify(record)
    assert checked.ok, checked.problems
    assert checked.complete


def attempts(record: Path) -> Counter[str]:
    return Counter(e["key"].rsplit("/", 1)[1] for e in events(record, "verdict"))


def some(first: list[tuple[int, list[str]]], rest: list[tuple[int, list[str]]]) -> list[Any]:
    """The first cases in every run, the rest among the slow ones."""
    kept = [case for case in rest if case not in first]
    slow = [pytest.param(*case, marks=pytest.mark.slow, id=_name(case)) for case in kept]
    return [*(pytest.param(*case, id=_name(case)) for case in first), *slow]


def _name(case: tuple[int, list[str]]) -> str:
    return f"{case[0]}-{'xdist' if case[1] else 'serial'}"


# What stands in the way ------------------------------------------------------------------------------------


def test_a_folder_with_other_things_is_left_alone(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "r").mkdir()
    (folder / "r" / "mine.txt").write_text("mine")
    command(f"--profile={SMALL}", f"--target={target}", "--record=r").refused("R101")
    assert contents(folder / "r") == {"mine.txt": b"mine"}


def test_a_file_in_the_place_of_the_folder_is_said(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "r").write_text("mine")
    command(f"--profile={SMALL}", f"--target={target}", "--record=r").refused("R101")
    command(f"--profile={SMALL}", f"--target={target}", "--record=r/below").refused("R103")
    assert (folder / "r").read_text() == "mine"


@pytest.mark.parametrize("extra", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_a_finished_record_is_never_written_over(
    command: PytestCommand, system: Counted, target: Path, folder: Path, extra: list[str]
) -> None:
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r", "-q")
    assert command(*args).code == 0
    before = contents(folder / "r")
    system.forget()
    said = command(*args, *extra).refused("R102")
    assert "--retest" in said
    assert contents(folder / "r") == before
    assert system.spans == [], "nothing is sent before the record is ours"


def test_a_record_in_use_is_said(command: PytestCommand, slow_system: Counted, tmp_path: Path, folder: Path) -> None:
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 1})
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r")
    first = command.begin(*args)
    try:
        wait_for_lines(folder / "r", 4, first)
        first.send_signal(signal.SIGSTOP)  # it holds its record for as long as this test likes
        for extra in ([], ["--resume"], ["--retest"]):
            command(*args, *extra).refused("R105")
        first.send_signal(signal.SIGCONT)
        out, err = first.communicate(timeout=60)
    finally:
        first.kill()
    assert first.returncode == 0, out + err
    whole(folder / "r")


def test_resuming_what_is_no_record_is_said(command: PytestCommand, target: Path, folder: Path) -> None:
    for option in ("--resume", "--retest"):
        command(f"--profile={SMALL}", f"--target={target}", "--record=r", option).refused("R107")
    assert not (folder / "r").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; the file in the way above stands for it")
def test_a_folder_that_may_not_be_written_is_said(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "locked").mkdir(mode=0o500)
    command(f"--profile={SMALL}", f"--target={target}", "--record=locked/r").refused("R103")


def limited(command: PytestCommand, size: int, *args: object) -> Ran:
    """The command with every file it writes limited to `size` bytes: what a full disk does, without one."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = subprocess.run(
        command.command(*args, "-p", "no:cacheprovider"), cwd=command.folder, capture_output=True, text=True, check=False,
        env=command.environment({"PYTHONDONTWRITEBYTECODE": "1"}), timeout=90, preexec_fn=limit,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("size", "extra"),
    some(
        [(1_000, []), (12_000, []), (15_000, ["-n", "2"])],
        [(n, e) for n in (3_000, 15_000, 20_000) for e in ([], ["-n", "2"])],
    ),
)
def test_a_full_disk_ends_the_run_with_its_name_and_loses_nothing(
    command: PytestCommand, target: Path, folder: Path, size: int, extra: list[str]
) -> None:
    args = (f"--profile={MIXED}", f"--target={target}", "--record=r", "--seed=1")
    ran = limited(command, size, *args, *extra)
    assert ran.code == 4, ran.text
    assert "[R104]" in ran.text, ran.text
    assert "Traceback" not in ran.text, ran.text
    assert "INTERNALERROR" not in ran.text
    assert "磁盘已满" in ran.text
    lines = ledger(folder / "r")
    checked = verify(folder / "r")
    assert not checked.complete
    again = command(*args, "--resume")
    assert again.code == 1, again.text
    assert ledger(folder / "r")[: len(lines)] == lines, "what was written stays"
    whole(folder / "r")
    assert len(attempts(folder / "r")) == 9
    assert "R104" not in {r.get("code") for e in events(folder / "r", "verdict") for r in e.get("reasons", ())}


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="mounting a small file system takes root")
def test_a_disk_that_is_really_full(command: PytestCommand, target: Path, folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=72k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this container may not mount; RLIMIT_FSIZE above stands for it")
    try:
        args = (f"--profile={SMALL}", f"--target={target}", "--record=disk/r", "-p", "no:cacheprovider")
        ran = command(*args)
        assert ran.code == 4, ran.text
        assert "[R104]" in ran.text
        assert "Traceback" not in ran.text
        lines = ledger(disk / "r")
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        assert command(*args, "--resume").code == 0
        assert ledger(disk / "r")[: len(lines)] == lines
        whole(disk / "r")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_report_that_cannot_be_written_loses_no_record(command: PytestCommand, target: Path, folder: Path) -> None:
    # The ledger of this run stays below the limit, its report does not.
    ran = limited(command, 60_000, f"--profile={MIXED}", f"--target={target}", "--record=r", "-k", "ids")
    assert ran.code == 4, ran.text
    assert "[R111]" in ran.text
    assert "conformance report" in ran.text
    assert "Traceback" not in ran.text
    whole(folder / "r")


# Killed and resumed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "extra"),
    some([(1, []), (6, []), (9, ["-n", "2"])], [(n, e) for n in (2, 3, 4, 9, 12, 17) for e in ([], ["-n", "2"])]),
)
def test_killed_at_any_line_it_is_incomplete_and_goes_on(
    command: PytestCommand, slow_system: Counted, tmp_path: Path, folder: Path, lines: int, extra: list[str]
) -> None:
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 2})
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r", *extra)
    process = command.begin(*args)
    try:
        wait_for_lines(folder / "r", lines, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    before = ledger(folder / "r")
    checked = verify(folder / "r")
    assert not checked.complete
    assert checked.ok, checked.problems
    assert not events(folder / "r", "close")
    if events(folder / "r", "open"):
        assert open_record(folder / "r").conclusion().overall == "PARTIAL"
    command(*args).refused("R101")
    again = command(*args, "--resume")
    assert again.code == 0, again.text
    assert again.counts == {"passed": 11}
    whole(folder / "r")
    after = ledger(folder / "r")
    assert after[: len(before)] == before, "every line of the killed run stays"
    assert after[len(before)]["event"] == "resumed"
    assert set(attempts(folder / "r").values()) == {1}, "what was judged is not judged again"
    with open_record(folder / "r") as record:
        assert record.conclusion().overall == "CONFORMS"
        begun = Counter(e["check"] for e in events(folder / "r", "start"))
        for key, tries in record.attempts.items():
            assert len(tries) == max(1, begun[key]), "an attempt that was cut off is an attempt"


def test_a_resumed_run_keeps_its_seed(
    command: PytestCommand, slow_system: Counted, tmp_path: Path, folder: Path
) -> None:
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 1})
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r")
    process = command.begin(*args)
    wait_for_lines(folder / "r", 6, process)
    process.kill()
    process.communicate()
    assert command(*args, "--resume", "-q").code == 0
    first, second = events(folder / "r", "open")
    assert first["seed"] == second["seed"]


def interrupt(process: subprocess.Popen[str], group: bool = False) -> tuple[str, float]:
    begun = time.monotonic()
    if group:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return out + err, time.monotonic() - begun


@pytest.mark.parametrize("extra", [[], ["-n", "2"]], ids=["serial", "xdist"])
def test_ctrl_c_stops_within_seconds_and_can_be_resumed(
    command: PytestCommand, slow_system: Counted, tmp_path: Path, folder: Path, extra: list[str]
) -> None:
    target = slow_system.write(tmp_path / "t.yaml", limits={"concurrency": 2})
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r", *extra)
    process = command.begin(*args)
    wait_for_lines(folder / "r", 7, process)
    text, _ = interrupt(process, group=bool(extra))
    assert process.returncode == 2, text
    assert "Traceback" not in text, text
    told = next(line for line in text.splitlines() if line.startswith("继续检测: pytest "))
    assert [e["why"] for e in events(folder / "r", "interrupted")] == ["Ctrl-C"]
    assert not verify(folder / "r").complete
    with open_record(folder / "r") as record:
        assert record.sessions[-1].interrupted == "Ctrl-C"
    again = command(*shlex.split(told)[2:])  # the command that it tells is the command that goes on
    assert again.code == 0, again.text
    whole(folder / "r")
    assert set(attempts(folder / "r").values()) == {1}


def test_ctrl_c_does_not_wait_for_a_system_that_hangs(command: PytestCommand, tmp_path: Path, folder: Path) -> None:
    hanging = Counted.start()
    try:
        target = hanging.write(tmp_path / "t.yaml", limits={"concurrency": 2, "timeout": "60s", "total_timeout": "60s"})
        process = command.begin(f"--profile={SMALL}", f"--target={target}", "--record=r")
        wait_for_lines(folder / "r", 1, process)
        hanging.delay = 3600
        time.sleep(1.5)
        text, took = interrupt(process)
    finally:
        hanging.delay = 0
        hanging.stop()
    if process.returncode == 0:
        pytest.skip("the run was over before the system hung")
    assert process.returncode == 2, text
    assert took < 20, "the time-out of the target is a minute; a request under way is cut instead"
    assert events(folder / "r", "interrupted")


def test_another_system_or_edition_is_no_continuation(
    command: PytestCommand, system: Counted, tmp_path: Path, folder: Path
) -> None:
    target = system.write(tmp_path / "t.yaml")
    args = (f"--profile={SMALL}", "--record=r")
    assert command(*args, f"--target={target}", "-k", "name").code == 0
    before = contents(folder / "r")
    other = system.write(tmp_path / "o.yaml", system={"name": "另一系统"})
    for option in ("--resume", "--retest"):
        assert "另一系统" in command(*args, f"--target={other}", option).refused("U510")
    newer = system.write(tmp_path / "n.yaml", system={"version": "9.9"})
    assert "9.9" in command(*args, f"--target={newer}", "--resume").refused("U510")
    # Elsewhere, or against another limit: what was judged before would be taken for an answer to that.
    given, elsewhere = system.target["parameters"], "http://elicense.example/api"
    moved = system.write(tmp_path / "m.yaml", parameters={**given, "base_url": elsewhere}, hosts=["elicense.example"])
    assert elsewhere in command(*args, f"--target={moved}", "--resume").refused("U516")
    command(f"--profile={MIXED}", "--record=r", f"--target={target}", "--resume").refused("U509")
    assert contents(folder / "r") == before, "who is refused leaves the record as it was"


# Tested again ----------------------------------------------------------------------------------------------


def test_a_retest_is_a_further_attempt_and_decides(command: PytestCommand, tmp_path: Path, folder: Path) -> None:
    """The vendor mends the system; the failed clause is tested again in the same record, and its first verdict stays."""
    wrong = Counted.start("elicense+wrong-check-character")
    right = Counted.start()
    profile = "--profile=gbt-36904-2018"
    try:
        ran = command(profile, f"--target={wrong.write(tmp_path / 'w.yaml')}", "--record=r", "-q")
        assert ran.code == 1, ran.text
        name = "served-ids-carry-a-correct-check-character"
        node = f"gbt-36904-2018::EL-ID-10::{name}"
        target = right.write(tmp_path / "r.yaml", target="x", system=wrong.target["system"])
        again = command(profile, f"--target={target}", "--record=r", "--retest", node)
        assert again.code == 0, again.text
        assert again.counts == {"passed": 1}
        assert "部分检测" not in again.out, "the record as a whole is complete"
        tries = [e for e in events(folder / "r", "verdict") if e["key"].endswith(name)]
        assert [(e["verdict"], e.get("attempt", 1)) for e in tries] == [("FAIL", 1), ("PASS", 2)]
        assert set(attempts(folder / "r").values()) == {1, 2}
        whole(folder / "r")
        with open_record(folder / "r") as record:
            assert record.results[f"gbt-36904-2018/EL-ID-10/{name}"].verdict == "PASS"
            assert len(record.sessions) == 2
    finally:
        wrong.stop()
        right.stop()


def test_a_retest_that_passes_does_not_hide_what_still_fails(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    args = (f"--profile={MIXED}", f"--target={target}", "--record=r", "-q")
    assert command(*args).code == 1
    again = command(*args, "--retest", "-k", "ids-are-given")
    assert "检测结论: 不符合" in again.out
    assert again.code == 1, "the exit status of a retest speaks of the record"
    assert attempts(folder / "r")["ids-are-given"] == 2
    assert verdicts(folder / "r")["names-are-fixed"] == "FAIL"


def test_resuming_a_finished_record_sends_nothing(
    command: PytestCommand, system: Counted, target: Path, folder: Path
) -> None:
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r", "-q")
    assert command(*args).code == 0
    system.forget()
    ran = command(*args, "--resume")
    assert ran.code == 0, ran.text
    assert [s for s in system.spans if "system" not in s.path.lower()] == [], [s.path for s in system.spans]
    assert set(attempts(folder / "r").values()) == {1}
    whole(folder / "r")


def test_a_partial_record_is_completed_by_resuming(command: PytestCommand, target: Path, folder: Path) -> None:
    args = (f"--profile={SMALL}", f"--target={target}", "--record=r", "-q")
    ran = command(*args, "-k", "every")
    assert "部分检测" in ran.out
    ran = command(*args, "--resume")
    assert ran.code == 0, ran.text
    assert "检测结论: 符合" in ran.out
    assert set(attempts(folder / "r").values()) == {1}


def test_each_session_is_judged_again_by_its_own_questions(command: PytestCommand, folder: Path) -> None:
    """Another port, other pseudonyms of the same person: what the first session asked is in its own header."""
    args = ("--profile=gbt-36902-2018", "--target=specimen:elicense", "--record=r", "-q")
    assert command(*args, "-k", "person or code").code == 0
    assert command(*args, "--resume").code == 0
    with open_record(folder / "r") as record:
        assert [a.session for a, *_ in record.attempts.values()].count(1) > 1
        assert len(record.sessions) == 2
        assert [r.key for r in rejudge(record) if not r.agrees] == []


def test_what_the_target_did_not_give_is_looked_at_again_when_resuming(
    command: PytestCommand, system: Counted, tmp_path: Path, folder: Path
) -> None:
    poor = system.write(tmp_path / "poor.yaml", writes="deny")
    ran = command(f"--profile={SMALL}", f"--target={poor}", "--record=r")
    assert verdicts(folder / "r")["a-licence-is-issued-again"] == "NOT_TESTED"
    assert "writes" in ran.out or "写入" in ran.out
    rich: Any = system.write(tmp_path / "rich.yaml")
    ran = command(f"--profile={SMALL}", f"--target={rich}", "--record=r", "--resume")
    assert ran.code == 0, ran.text
    assert verdicts(folder / "r")["a-licence-is-issued-again"] == "PASS"
    assert attempts(folder / "r").most_common(1) == [("a-licence-is-issued-again", 2)]


def test_without_a_directory_the_record_goes_to_the_state_folder(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    ran = command(f"--profile={SMALL}", f"--target={target}", "-q")
    assert ran.code == 0, ran.text
    (record,) = (folder / ".state" / "conformance" / "records").iterdir()
    assert str(record) in ran.out
    whole(record)

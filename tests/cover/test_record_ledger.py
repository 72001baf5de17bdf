"""The ledger: whole lines under every interruption, one writer, clear errors, and resuming that loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordkit import clock, record

from conformance.errors import RecordError
from conformance.record.digest import ZERO, digests
from conformance.record.ledger import Ledger, parse, read
from conformance.record.store import EvidenceStore
from conformance.record.verify import verify


def raw(directory: Path) -> bytes:
    return (directory / "ledger.jsonl").read_bytes()


def refused(code: str, call, *args) -> RecordError:
    with pytest.raises(RecordError) as caught:
        call(*args)
    assert caught.value.code == code
    assert caught.value.where
    assert caught.value.hint
    return caught.value


def python(code: str, *args: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_every_line_carries_the_digests_of_the_line_before(tmp_path):
    with Ledger.create(tmp_path / "r", clock=clock()) as ledger:
        ledger.append("open", who="张三")
        ledger.append("start", check="p/1/a")
        head = ledger.head
    lines = raw(tmp_path / "r").split(b"\n")
    assert lines.pop() == b""
    first, second = map(json.loads, lines)
    assert list(first) == ["n", "t", "event", "who", "prev"]
    assert first["prev"] == {"sm3": ZERO, "sha256": ZERO}
    assert first["t"] == "2026-11-20T01:02:03.456Z"
    assert second["prev"] == digests(lines[0])
    assert head == digests(lines[1])
    assert [e.n for e in read(tmp_path / "r")] == [0, 1]


def test_data_cannot_take_the_names_of_the_envelope(tmp_path):
    with Ledger.create(tmp_path / "r") as ledger, pytest.raises(ValueError, match="prev"):
        ledger.append("open", prev="x")


def test_threads_append_whole_lines_in_one_chain(tmp_path):
    with Ledger.create(tmp_path / "r") as ledger:
        ledger.append("open")
        threads = [
            threading.Thread(target=lambda i=i: [ledger.append("start", check=f"p/{i}/{j}") for j in range(50)])
            for i in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = verify(tmp_path / "r")
    assert found.ok
    assert found.counts["lines"] == 401
    assert len({e.data.get("check") for e in read(tmp_path / "r")}) == 401


# --- where a record may be made


def test_an_empty_directory_is_taken_and_parents_are_made(tmp_path):
    Ledger.create(tmp_path).release()
    Ledger.create(tmp_path / "a" / "b").release()


def test_a_directory_with_other_things_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    assert "不是空的" in refused("R101", Ledger.create, tmp_path).message


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "r").write_text("x")
    refused("R101", Ledger.create, tmp_path / "r")
    refused("R103", Ledger.create, tmp_path / "r" / "below")


def test_a_finished_record_is_never_overwritten(tmp_path):
    record(tmp_path / "r")
    before = raw(tmp_path / "r")
    assert "--retest" in refused("R102", Ledger.create, tmp_path / "r").hint
    assert raw(tmp_path / "r") == before


def test_an_unfinished_record_points_to_resume(tmp_path):
    record(tmp_path / "r", close=False)
    assert "--resume" in refused("R101", Ledger.create, tmp_path / "r").hint


def test_a_second_run_into_the_same_record_is_refused(tmp_path):
    with Ledger.create(tmp_path / "r") as ledger:
        ledger.append("open")
        refused("R105", Ledger.create, tmp_path / "r")
        refused("R105", Ledger.resume, tmp_path / "r")
    Ledger.resume(tmp_path / "r").release()


def test_another_process_is_kept_out_too(tmp_path):
    with Ledger.create(tmp_path / "r") as ledger:
        ledger.append("open")
        other = python(
            """
            import sys
            from conformance.record.ledger import Ledger
            Ledger.resume(sys.argv[1])
            """,
            tmp_path / "r",
        )
        assert "[R105]" in other.communicate()[1]


def test_a_released_ledger_takes_no_more(tmp_path):
    ledger = Ledger.create(tmp_path / "r")
    ledger.release()
    ledger.release()
    refused("R103", ledger.append, "open")


# --- interruptions


def test_a_full_disk_leaves_whole_lines_and_a_clear_error(tmp_path):
    run = python(
        """
        import resource, sys
        from conformance.errors import RecordError
        from conformance.record.ledger import Ledger
        from conformance.record.store import EvidenceStore
        ledger, store = Ledger.create(sys.argv[1]), EvidenceStore(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))  # what a full disk looks like
        ledger.append("open")
        try:
            store.put_bytes(bytes(9000))
        except RecordError as e:
            print(e.code)
        try:
            while True:
                ledger.append("start", check="p/1/x", filler="x" * 700)
        except RecordError as e:
            print(e.code, e.hint)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        ledger.append("interrupted", why="disk")
        ledger.release()
        """,
        tmp_path / "r",
    )
    out, err = run.communicate()
    assert err == ""
    assert [line.split()[0] for line in out.splitlines()] == ["R104", "R104"]
    found = verify(tmp_path / "r")
    assert (found.ok, found.complete, found.counts["torn"], found.counts["evidence"]) == (True, False, 0, 0)
    assert found.counts["events"]["interrupted"] == 1
    assert found.counts["events"]["start"] >= 3


@pytest.mark.parametrize("moment", [5, 50, 500])
def test_kill_9_leaves_a_readable_record_that_can_go_on(tmp_path, moment):
    run = python(
        """
        import sys
        from conformance.record.ledger import Ledger
        from conformance.record.store import EvidenceStore
        ledger, store = Ledger.create(sys.argv[1]), EvidenceStore(sys.argv[1])
        ledger.append("open")
        for i in range(10**9):
            sha = store.put_json({"i": i, "filler": "x" * 3000})
            ledger.append("start", check=f"p/1/{i}", evidence=sha)
            print(i, flush=True)
        """,
        tmp_path / "r",
    )
    assert run.stdout
    for line in run.stdout:
        if int(line) >= moment:
            break
    run.send_signal(signal.SIGKILL)
    run.communicate()
    found = verify(tmp_path / "r")
    assert found.ok, found.problems
    assert not found.complete
    assert found.counts["lines"] > moment
    ledger = Ledger.resume(tmp_path / "r")
    ledger.append("open")
    ledger.close()
    again = verify(tmp_path / "r")
    assert again.ok, again.problems
    assert again.complete


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_cut_at_any_byte_a_record_is_read_and_resumed_and_nothing_is_lost(data, tmp_path_factory):
    directory = record(tmp_path_factory.mktemp("r"), close=False)
    whole = raw(directory)
    cut = data.draw(st.integers(0, len(whole)))
    (directory / "ledger.jsonl").write_bytes(whole[:cut])
    lines = whole[:cut].count(b"\n")
    assert len(list(read(directory))) == lines
    found = verify(directory)
    assert not found.complete
    torn = len(whole[:cut]) - (whole[:cut].rfind(b"\n") + 1)
    assert found.counts["torn"] == torn
    with Ledger.resume(directory) as ledger:
        ledger.append("open")
        ledger.close()
    entries = list(read(directory))
    assert entries[lines].event == "resumed"
    assert raw(directory).startswith(whole[: cut - torn])
    if torn:
        moved = entries[lines].data["torn"]
        assert moved["size"] == torn
        assert EvidenceStore(directory).get(moved["evidence"]) == whole[cut - torn : cut]
    else:
        assert "torn" not in entries[lines].data
    assert verify(directory).ok


def test_resuming_a_finished_record_keeps_its_manifest_as_evidence(tmp_path):
    directory = record(tmp_path / "r")
    old = (directory / "manifest.json").read_bytes()
    record(directory, resume=True)
    resumed = next(e for e in read(directory) if e.event == "resumed")
    assert resumed.data["after"] == "close"
    assert EvidenceStore(directory).get(resumed.data["manifest"]["evidence"]) == old
    found = verify(directory)
    assert found.ok
    assert found.complete
    assert found.counts["sessions"] == 2


def test_a_record_with_a_damaged_middle_is_not_resumed(tmp_path):
    directory = record(tmp_path / "r", close=False)
    whole = raw(directory)
    (directory / "ledger.jsonl").write_bytes(whole.replace(b'"verdict":"PASS"', b'"verdict":"FAIL"', 1))
    refused("R106", Ledger.resume, directory)
    (directory / "ledger.jsonl").write_bytes(b"garbage\n" + whole)
    refused("R106", Ledger.resume, directory)
    refused("R106", lambda: list(read(directory)))


def test_there_must_be_a_record_to_resume(tmp_path):
    refused("R107", Ledger.resume, tmp_path / "none")
    (tmp_path / "link").mkdir()
    os.symlink("/etc/passwd", tmp_path / "link" / "ledger.jsonl")
    refused("R103", Ledger.resume, tmp_path / "link")


def test_leftovers_of_killed_writers_are_swept(tmp_path):
    directory = record(tmp_path / "r", close=False)
    leftover = next((directory / "evidence").iterdir()) / ".tmp-1-2-3"
    leftover.write_text("half")
    assert verify(directory).ok
    with Ledger.resume(directory) as ledger:
        ledger.append("open")
        ledger.close()
    assert not leftover.exists()
    assert verify(directory).ok


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"n":"0","t":"","event":"x","prev":{}}',
        b'{"n":true,"t":"","event":"x","prev":{}}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_no_line_is_said_to_be_none(text):
    with pytest.raises((ValueError, RecursionError)):
        parse(text)

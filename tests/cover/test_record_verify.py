"""Verification: any change to a finished record is found and named, and an unfinished one is said to be unfinished."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordkit import record

from conformance.errors import RecordError
from conformance.record.digest import digests
from conformance.record.ledger import Ledger
from conformance.record.verify import CODES, Problem, Verification, references, require_sound, verify

MANY = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> Path:
    directory = record(tmp_path_factory.mktemp("pristine") / "r")
    assert verify(directory).ok
    return directory


@pytest.fixture
def copy(pristine, tmp_path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "r"))


def mutated(pristine: Path, name: str, data: bytes) -> Verification:
    """The verification of the pristine record with one file's bytes changed; the record is put back afterwards."""
    path = pristine / name
    before = path.read_bytes()
    assert data != before
    try:
        path.write_bytes(data)
        return verify(pristine)
    finally:
        path.write_bytes(before)


def lines_of(pristine: Path) -> list[bytes]:
    return (pristine / "ledger.jsonl").read_bytes().splitlines(keepends=True)


def named(found: Verification) -> set[int]:
    assert not found.ok
    assert all(p.code in CODES and p.message for p in found.problems)
    return {p.line for p in found.problems if p.line}


def test_a_finished_record_is_sound_and_complete(pristine):
    found = verify(pristine)
    assert (found.ok, found.complete, found.problems) == (True, True, ())
    assert found.counts["verdicts"] == {"PASS": 4}
    assert found.counts["events"]["start"] == 4
    assert found.counts["evidence"] == 5
    assert found.head == digests(lines_of(pristine)[-1][:-1])


@MANY
@given(data=st.data())
def test_a_flipped_byte_in_any_line_is_found_and_its_line_named(pristine, data):
    lines = lines_of(pristine)
    number = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[number]) - 1))
    line = bytearray(lines[number])
    line[at] ^= data.draw(st.integers(1, 255))
    lines[number] = bytes(line)
    found = mutated(pristine, "ledger.jsonl", b"".join(lines))
    # Where the newline or the digest of the line before was hit, the neighbour is named.
    assert named(found) & {number, number + 1, number + 2}


@MANY
@given(data=st.data())
def test_a_dropped_line_is_found_and_its_place_named(pristine, data):
    lines = lines_of(pristine)
    number = data.draw(st.integers(0, len(lines) - 1))
    found = mutated(pristine, "ledger.jsonl", b"".join(lines[:number] + lines[number + 1 :]))
    assert named(found) & {number, number + 1}


@MANY
@given(data=st.data())
def test_two_swapped_lines_are_found_and_named(pristine, data):
    lines = lines_of(pristine)
    a, b = sorted(data.draw(st.lists(st.integers(0, len(lines) - 1), min_size=2, max_size=2, unique=True)))
    lines[a], lines[b] = lines[b], lines[a]
    found = mutated(pristine, "ledger.jsonl", b"".join(lines))
    assert {a + 1, b + 1} <= named(found)


@MANY
@given(data=st.data())
def test_a_repeated_line_is_found_and_named(pristine, data):
    lines = lines_of(pristine)
    number = data.draw(st.integers(0, len(lines) - 1))
    found = mutated(pristine, "ledger.jsonl", b"".join([*lines[: number + 1], lines[number], *lines[number + 1 :]]))
    assert named(found) & {number + 1, number + 2}


@MANY
@given(data=st.data())
def test_a_ledger_cut_at_any_byte_is_found_named_and_incomplete(pristine, data):
    whole = b"".join(lines_of(pristine))
    cut = data.draw(st.integers(0, len(whole) - 1))
    found = mutated(pristine, "ledger.jsonl", whole[:cut])
    assert not found.ok
    assert not found.complete
    assert {"V203", "V106"} <= {p.code for p in found.problems}
    assert cut == 0 or whole[:cut].count(b"\n") + 1 in named(found) or whole[cut - 1 : cut] == b"\n"


@MANY
@given(tail=st.binary(min_size=1, max_size=60))
def test_anything_appended_is_found(pristine, tail):
    found = mutated(pristine, "ledger.jsonl", b"".join(lines_of(pristine)) + tail)
    assert {"V106", "V203"} & {p.code for p in found.problems}
    assert named(found)


def test_a_well_chained_line_after_the_end_is_found(pristine):
    lines = lines_of(pristine)
    extra = {
        "n": len(lines),
        "t": "2026-11-20T00:00:00.000Z",
        "event": "verdict",
        "key": "p/4.1/one",
        "verdict": "PASS",
    }
    extra["prev"] = digests(lines[-1][:-1])
    forged = b"".join(lines) + json.dumps(extra).encode() + b"\n"
    found = mutated(pristine, "ledger.jsonl", forged)
    assert {"V105", "V106", "V203"} <= {p.code for p in found.problems}
    assert len(lines) + 1 in named(found)


@MANY
@given(data=st.data())
def test_a_changed_byte_of_any_evidence_is_found_and_its_file_named(pristine, data):
    files = sorted(p for p in (pristine / "evidence").rglob("*") if p.is_file())
    path = data.draw(st.sampled_from(files))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    name = path.relative_to(pristine).as_posix()
    found = mutated(pristine, name, bytes(content))
    assert {(p.code, p.path) for p in found.problems} == {("V301", name), ("V304", name)}
    cut = mutated(pristine, name, path.read_bytes()[:at])
    assert ("V301", name) in {(p.code, p.path) for p in cut.problems}


@MANY
@given(data=st.data())
def test_a_changed_manifest_is_found(pristine, data):
    content = bytearray((pristine / "manifest.json").read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    assert not mutated(pristine, "manifest.json", bytes(content)).ok
    assert not mutated(pristine, "manifest.json", (pristine / "manifest.json").read_bytes()[:at]).ok


@pytest.mark.parametrize(
    "text",
    [b"", b"{}", b"[]", b"null", b'{"ledger":{},"evidence":[1]}', b'{"ledger":1,"evidence":{"a":1}}', b"[" * 100_000],
)
def test_a_manifest_of_another_shape_is_no_traceback(pristine, text):
    assert "V202" in {p.code for p in mutated(pristine, "manifest.json", text).problems}


@pytest.mark.parametrize("change", [{"extra": 1}, {"format": "conformance-record/2"}])
def test_a_manifest_with_other_members_is_found(pristine, change):
    given_manifest = json.loads((pristine / "manifest.json").read_bytes())
    text = json.dumps({**given_manifest, **change}, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert {p.code for p in mutated(pristine, "manifest.json", text).problems} == {"V202"}


def test_missing_and_extra_files_are_named(copy):
    files = sorted(p for p in (copy / "evidence").rglob("*") if p.is_file())
    gone = files[0].relative_to(copy).as_posix()
    files[0].unlink()
    sha = "a" * 64
    extra = copy / "evidence" / "aa" / f"{sha}.json"
    extra.parent.mkdir(exist_ok=True)
    extra.write_text("{}")
    (copy / "evidence" / "note.txt").write_text("x")
    found = verify(copy)
    pairs = {(p.code, p.path) for p in found.problems}
    assert ("V302", gone) in pairs
    assert {
        ("V303", f"evidence/aa/{sha}.json"),
        ("V303", "evidence/note.txt"),
        ("V301", f"evidence/aa/{sha}.json"),
    } <= pairs
    (copy / "manifest.json").unlink()
    without = verify(copy)
    assert not without.complete
    assert {"V201", "V302"} <= {p.code for p in without.problems}
    assert any(p.line and p.path.startswith("evidence/") for p in without.problems if p.code == "V302")


def test_a_link_in_place_of_evidence_is_not_followed(copy):
    path = next(p for p in (copy / "evidence").rglob("*") if p.is_file())
    outside = copy.parent / "outside.json"
    path.rename(outside)
    path.symlink_to(outside)
    with pytest.raises(RecordError) as caught:
        verify(copy)
    assert caught.value.code == "R107"


def test_a_head_known_from_outside_tells_a_rewritten_record(pristine, tmp_path):
    other = record(tmp_path / "other", start=record.__kwdefaults__["start"].replace(year=2027))
    head = verify(pristine).head
    assert verify(pristine, head["sm3"]).ok
    assert verify(pristine, head["sha256"].upper()).ok
    assert verify(other).ok
    assert [p.code for p in verify(other, head["sm3"]).problems] == ["V107"]


def test_a_run_that_was_not_closed_is_sound_and_incomplete(tmp_path):
    directory = record(tmp_path / "r", close=False)
    found = verify(directory)
    assert (found.ok, found.complete) == (True, False)
    assert not require_sound(directory).complete
    Ledger.resume(directory).release()
    assert verify(directory).ok


def test_an_altered_record_is_refused_by_those_who_rely_on_it(copy):
    path = copy / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"witnesses":1', b'"witnesses":9', 1))
    with pytest.raises(RecordError, match="被改动") as caught:
        require_sound(copy)
    assert caught.value.code == "R106"


def test_problems_read_as_place_and_words():
    assert str(Problem("V103", "改动", line=3)) == "[V103] ledger.jsonl:3: 改动"
    assert str(Problem("V301", "改动", path="evidence/aa/x")) == "[V301] evidence/aa/x: 改动"


def test_references_are_found_wherever_an_event_holds_them():
    a, b, c = "a" * 64, "b" * 64, "c" * 64
    data = {
        "profile": {"evidence": a, "digest": c},
        "evidence": [{"sha256": b, "kind": "exchange"}],
        "x": [{"evidence": "short"}],
    }
    assert set(references(data)) == {a, b}

"""Evidence by digest: written once and whole, the same from any thread or process, and never read when altered."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import zipfile

import pytest
from recordkit import record

from conformance.errors import RecordError
from conformance.record.digest import canonical, sha256, sm3
from conformance.record.source import open_source, pack, read_bytes
from conformance.record.store import EvidenceStore
from conformance.record.verify import verify


def test_an_object_lies_under_its_digest(tmp_path):
    store = EvidenceStore(tmp_path)
    value = {"b": [1, "证照"], "a": None}
    sha = store.put_json(value)
    assert sha == sha256(canonical(value))
    assert (tmp_path / "evidence" / sha[:2] / f"{sha}.json").read_bytes() == canonical(value)
    assert store.get_json(sha) == value
    blob = store.put_bytes(b"\x00\xff")
    assert store.get(blob) == b"\x00\xff"
    assert store.known[f"evidence/{blob[:2]}/{blob}.bin"] == (2, blob, sm3(b"\x00\xff"))


def test_storing_again_changes_nothing(tmp_path):
    first, second = EvidenceStore(tmp_path), EvidenceStore(tmp_path)
    sha = first.put_bytes(b"x")
    path = tmp_path / "evidence" / sha[:2] / f"{sha}.bin"
    before = path.stat()
    assert first.put_bytes(b"x") == second.put_bytes(b"x") == sha
    assert path.stat().st_ino == before.st_ino
    assert os.listdir(path.parent) == [path.name]


def test_several_threads_and_processes_store_the_same_objects(tmp_path):
    code = """
        import sys
        from conformance.record.store import EvidenceStore
        store = EvidenceStore(sys.argv[1])
        for i in range(200):
            store.put_json({"i": i})
        """
    runs = [subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]) for _ in range(3)]
    store = EvidenceStore(tmp_path)
    threads = [threading.Thread(target=lambda: [store.put_json({"i": i}) for i in range(200)]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.wait() for run in runs] == [0, 0, 0]
    files = [p for p in (tmp_path / "evidence").rglob("*") if p.is_file()]
    assert len(files) == 200
    assert all(sha256(p.read_bytes()) == p.stem for p in files)


def test_an_altered_or_missing_object_is_refused(tmp_path):
    store = EvidenceStore(tmp_path)
    sha = store.put_bytes(b"x")
    (tmp_path / "evidence" / sha[:2] / f"{sha}.bin").write_bytes(b"y")
    for asked in (sha, "0" * 64, "../../etc/passwd", sha.upper()):
        with pytest.raises(RecordError) as caught:
            store.get(asked)
        assert caught.value.code == "R108"


def test_a_place_that_cannot_be_written_is_said_to_be_one(tmp_path):
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(RecordError) as caught:
        EvidenceStore(tmp_path).put_bytes(b"x")
    assert caught.value.code == "R103"


# --- a record as one zip


def test_a_packed_record_verifies_and_equal_records_give_equal_zips(tmp_path):
    directory = record(tmp_path / "r")
    (directory / "report.html").write_text("not part of the record")
    one, two = pack(directory, tmp_path / "1.zip"), pack(directory, tmp_path / "2.zip")
    assert one.read_bytes() == two.read_bytes()
    assert verify(one) == verify(directory)
    assert verify(one).complete


def test_a_zip_with_a_folder_around_the_record_is_read(tmp_path):
    directory = record(tmp_path / "r")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as out:
        for path in directory.rglob("*"):
            out.write(path, f"out/{path.relative_to(directory)}")
    assert verify(tmp_path / "z.zip").ok


@pytest.mark.parametrize(
    "name", ["../ledger.jsonl", "/ledger.jsonl", "a/../ledger.jsonl", "a\\..\\ledger.jsonl", "a//b", "./x"]
)
def test_a_zip_with_paths_that_lead_out_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as out:
        out.writestr("ledger.jsonl", b"")
        out.writestr(name, b"")
    with pytest.raises(RecordError) as caught:
        open_source(tmp_path / "z.zip")
    assert caught.value.code == "R109"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_a_name_twice_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as out:
        out.writestr("ledger.jsonl", b"1")
        out.writestr("ledger.jsonl", b"2")
    with pytest.raises(RecordError) as caught:
        open_source(tmp_path / "z.zip")
    assert caught.value.code == "R109"


def test_an_object_beyond_the_limit_is_not_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("ledger.jsonl", bytes(5_000_000))
    source = open_source(tmp_path / "z.zip")
    try:
        with pytest.raises(RecordError) as caught:
            read_bytes(source, "ledger.jsonl", 1000)
    finally:
        source.close()
    assert caught.value.code == "R109"


def test_what_is_no_record_is_said_to_be_none(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as out:
        out.writestr("readme", b"")
    for path in (tmp_path, tmp_path / "x.zip", tmp_path / "y.zip", tmp_path / "none"):
        with pytest.raises(RecordError) as caught:
            verify(path)
        assert caught.value.code == "R107"


def test_a_damaged_zip_is_said_to_be_damaged(tmp_path):
    archive = pack(record(tmp_path / "r"), tmp_path / "z.zip")
    data = bytearray(archive.read_bytes())
    at = data.index(b"ledger.jsonl") + 40
    data[at] ^= 0xFF
    archive.write_bytes(data)
    with pytest.raises(RecordError) as caught:
        verify(archive)
    assert caught.value.code in ("R107", "R109")

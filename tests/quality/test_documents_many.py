"""Hundreds of files in one run: every one judged, and memory that does not grow with their number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.record.reading import open_record
from conformance.specimen import eseal


def run(folder: Path, record: Path) -> int:
    """Peak resident memory of a run, in kilobytes."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run([sys.executable, '-m', 'pytest', *sys.argv[1:]], check=False, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    options = ["--profile=eseal", f"--target={folder}", f"--record={record}", "-p", "no:cacheprovider", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", code, *options], capture_output=True, text=True, check=True, cwd=folder.parent
    )
    return int(done.stdout)


@pytest.mark.slow
def test_memory_is_flat_in_the_number_of_files(tmp_path: Path) -> None:
    data = eseal.files(("signature-flipped",))
    peaks = {}
    for count in (30, 330):
        folder = tmp_path / f"files-{count}"
        folder.mkdir()
        for n in range(count):
            (folder / f"{n:04}.ofd").write_bytes(data["document.ofd" if n % 3 else "document-stamped.ofd"])
        peaks[count] = run(folder, tmp_path / f"r-{count}")
        with open_record(tmp_path / f"r-{count}") as opened:
            assert len(opened.documents) == count
            bad = next(r for k, r in opened.results.items() if "/SES-10/" in k)
            assert bad.witnesses == count
            assert f"共 {count - (count + 2) // 3} 个文件" in bad.reasons[0].where
    assert peaks[330] < peaks[30] + 40_000, peaks

"""How long a browser takes to open the HTML report of N clauses, beside an empty page: `python bench/browser.py 10000`.

A whole headless Chromium each time, from its start until it has drawn the first screen and gone.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from report_samples import LAB_CASE, write_record

from conformance.record.reading import open_record
from conformance.report.formats import export

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1280,900",
)  # fmt: skip


def opened(page: Path, folder: Path) -> float:
    assert BROWSER is not None
    start = time.perf_counter()
    subprocess.run(
        [
            BROWSER,
            *QUIET,
            f"--user-data-dir={folder / 'profile'}",
            f"--screenshot={folder / 'seen.png'}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return time.perf_counter() - start


def main(size: int) -> None:
    if BROWSER is None:
        print("no Chromium here: not measured")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_record(folder / "record", size, case=LAB_CASE)
        report, empty = folder / "report.html", folder / "empty.html"
        with open_record(folder / "record") as record:
            export(record, "html", report)
        empty.write_text("<!doctype html><title>empty</title>")
        opened(empty, folder)  # makes the browser's profile
        times = [(opened(report, folder), opened(empty, folder)) for _ in range(3)]
        took, base = (statistics.median(t[n] for t in times) for n in (0, 1))
        megabytes = report.stat().st_size / 1e6
    print(
        f"report of {size} clauses, {megabytes:.1f} MB: {took:.1f} s, an empty page {base:.1f} s: {took - base:.1f} s"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))

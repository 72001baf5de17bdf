"""Renders a record of N clauses in one format, or verifies it, and says how long it took and how much memory.

python bench/reports.py pdf 1000
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from report_samples import LAB_CASE, write_record

from conformance.record.reading import open_record
from conformance.record.verify import verify
from conformance.report.formats import FORMATS, export


def main(what: str, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record"
        write_record(record, size, case=LAB_CASE)
        begun, start = time.perf_counter(), time.process_time()
        if what == "verify":
            assert verify(record).ok
        else:
            with open_record(record) as opened:
                export(opened, what, Path(folder) / FORMATS[what].file)
        took, worked = time.perf_counter() - begun, time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what} of {size} clauses: {took:.1f} s ({worked:.1f} s of one processor), {memory} MB")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

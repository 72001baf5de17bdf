"""`conformance demo`: the main job on the embedded specimen, once conforming and once with a seeded fault."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FAULT = "wrong-check-character"


def demo(out: Path) -> int:
    """Run pytest twice, records and reports under `out`. 0 when both ended as they must: conforming, and not."""
    ends = []
    for name, target in (("conforming", "specimen:elicense"), (FAULT, f"specimen:elicense+{FAULT}")):
        record = out / f"demo-{name}"
        if (record / "ledger.jsonl").exists():
            shutil.rmtree(record)  # a demo of our own making; other records are never touched
        command = [sys.executable, "-m", "pytest", "--profile=elicense", f"--target={target}", f"--record={record}"]
        command += ["-p", "no:cacheprovider", "--no-header", "--tb=short"]
        print(f"\n$ pytest --profile=elicense --target={target} --record={record}", flush=True)
        ends.append(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own words
        if ends[-1] not in (0, 1):  # no run at all, and pytest has said why
            return 1
    print(f"\n符合的样机：{(out / 'demo-conforming' / 'report.html').resolve()}")
    print(f"有缺陷的样机：{(out / f'demo-{FAULT}' / 'report.html').resolve()}")
    return int(ends != [0, 1])

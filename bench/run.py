"""make bench: how long the same work takes here and in other hands. Prints ratios within one run; asserts nothing.

    python bench/run.py [--rounds 3] [--peers] [--only WORD] [--json FILE]

Whole processes, started round robin so that a drift of the machine meets all of them alike. Wall: a monotonic clock
around start and reap. CPU and peak memory: the kernel's own accounting of the finished child. The CPU column and the
ratios say more than seconds on a shared machine. `--peers` installs Tavern and Newman under .cache/bench.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import peers  # noqa: E402

CACHE = HERE.parent / ".cache" / "bench"
PORT = 18765
AWAY = CACHE / "away"
_ASKED = re.compile(r"(.*?)(?: \(asked: ([^)]*)\))?")  # a label says what is asked of the case
BASE = f"http://127.0.0.1:{PORT}"


@dataclass
class Case:
    label: str
    command: list[str]
    cwd: Path
    base: str = ""  # label of the case to give a ratio to
    env: dict[str, str] = field(default_factory=dict)
    fresh: tuple[Path, ...] = ()  # removed before each run
    serial: bool = False  # takes long: measured once
    runs: list[tuple[float, float, float]] = field(default_factory=list)
    note: str = ""
    say: bool = False  # what it prints is told below the table
    said: str = ""


def measure(case: Case, log: Path) -> None:
    for path in case.fresh:
        _put_away(path)
    started = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            case.command,
            cwd=case.cwd,
            env={**_plain_environment(), **case.env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        case.note = "failed: " + log.read_text(errors="replace")[-200:].replace("\n", " ")
    else:
        case.runs.append((time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
        case.said = log.read_text(errors="replace") if case.say else ""


def _put_away(path: Path) -> None:
    """Moved, and removed when all is measured: ext4 looks in turn at each inode freed in the last seconds before it
    gives a new one, so that a thousand files removed just before make each new file ten times as dear (measured).
    """
    if path.exists():
        AWAY.mkdir(parents=True, exist_ok=True)
        path.rename(AWAY / f"{time.monotonic_ns()}")


def _plain_environment() -> dict[str, str]:
    """Without what makes Python compile our modules anew in every process, while installed libraries are compiled."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}


def cases(folder: Path, with_peers: bool) -> list[Case]:
    python = sys.executable
    pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # In a process of its own: a child's peak memory is never below what its parent had when it was started.
    subprocess.run([python, str(HERE / "inputs.py"), str(folder), BASE], check=True)
    record = folder / "record"

    def ours(profile: str, concurrency: int, *more: str) -> list[str]:
        return [*pytest, f"--profile=./{profile}.yaml", f"--target=target-{concurrency}.yaml", "--record=record", *more]

    def step(name: str, count: int, *more: str) -> list[str]:
        return [python, str(HERE / "steps.py"), name, f"bench-{count}-0.yaml", *more]

    fast, slow = "plain pytest + httpx, fast", "plain pytest + httpx, 50 ms"
    out = [
        Case(fast, pytest, folder / "plain", fast),
        Case("ours, fast, record", ours("bench-1000-0", 4, "--conformance-report=none"), folder, fast, fresh=(record,)),
        Case("ours, fast, record and HTML report", ours("bench-1000-0", 4), folder, fast, fresh=(record,)),
        Case("raw concurrent client, 50 ms, 50 in flight", [python, str(HERE / "raw.py"), BASE, "1000", "50", "50"], folder, "raw concurrent client, 50 ms, 50 in flight"),
        Case("ours, 50 ms, 10 in flight (floor 5.0 s)", ours("bench-1000-50", 10, "--conformance-report=none"), folder, fresh=(record,)),
        Case("ours, 50 ms, 50 in flight (floor 1.0 s)", ours("bench-1000-50", 50, "--conformance-report=none"), folder, "raw concurrent client, 50 ms, 50 in flight", fresh=(record,)),
        Case(slow, pytest, folder / "plain-slow", slow, serial=True),
        Case("load and lint 10,000 checks, cold", step("lint", 10000), folder, env={"XDG_CACHE_HOME": str(folder / "none")}, fresh=(folder / "none",)),
        Case("load 10,000 checks, cold", step("load", 10000), folder, env={"XDG_CACHE_HOME": str(folder / "none")}, fresh=(folder / "none",)),
        Case("load 10,000 checks, kept by digest", step("load", 10000), folder, env={"XDG_CACHE_HOME": str(folder / "kept")}),
        Case("interpreter and imports alone", step("nothing", 10000), folder),
        Case("collect 10,000 checks", [*ours("bench-10000-0", 10, "--collect-only", "-qq")], folder),
        Case("collect 50,000 checks", [*ours("bench-50000-0", 10, "--collect-only", "-qq")], folder, serial=True),
        Case("run 10,000 checks, fast, record", ours("bench-10000-0", 10, "--conformance-report=none"), folder, fresh=(record,), serial=True),
        Case("HTML report of 10,000 checks", [python, "-m", "conformance.cli", "report", "record", "-o", "report.html"], folder, serial=True),
    ]  # fmt: skip
    out.append(Case("ipv6-api, 150 examples a property (asked: 30 s)", [python, str(HERE / "ipv6.py")], folder, serial=True, say=True))  # fmt: skip
    out.append(Case("ipv6-support, a site of 301 pages (asked: 20 s)", [python, str(HERE / "ipv6_site.py")], folder, serial=True, say=True))  # fmt: skip
    if os.geteuid() == 0:
        node = [
            python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--profile=ipv6-node",
            "--target=specimen:ipv6-node",
            "--record=record",
            "--conformance-report=none",
        ]
        out.append(
            Case("ipv6-node, the kernel in a namespace (asked: 120 s)", node, folder, fresh=(record,), serial=True)
        )
    reports = (
        ("html", 1000, "2 s"),
        ("pdf", 1000, "30 s, 600 MB"),
        ("docx", 1000, "5 s"),
        ("html", 10000, "8 s"),
        ("typst", 10000, "20 s"),
        ("verify", 10000, "10 s"),
    )
    out += [
        Case(
            f"{what} of {n:,} clauses (asked: {asked})",
            [python, str(HERE / "reports.py"), what, str(n)],
            folder,
            serial=True,
            say=True,
        )
        for what, n, asked in reports
    ]
    out.append(Case("report of 10,000 clauses opened in a browser (asked: 3 s)", [python, str(HERE / "browser.py"), "10000"], folder, serial=True, say=True))  # fmt: skip
    site = str(HERE / "govsite.py")
    out.append(Case("a crawl of 1,000 pages of a site (asked: 120 s)", [python, site, "crawl"], folder, say=True))
    out.append(
        Case(
            "govsite over its specimens, browser checks included (asked: 60 s)", [python, site, "run"], folder, say=True
        )
    )
    out.append(Case("visits to pages in a browser, 33 of them", [python, str(HERE / "pages.py")], folder, serial=True, say=True))  # fmt: skip
    packed = CACHE / "package.apk"
    if not packed.exists():
        subprocess.run([python, str(HERE / "package.py"), "make", str(packed)], check=True)
    out.append(Case("govapp-package, a package of 7 MB (asked: 1 s, 150 MB)", [python, str(HERE / "package.py"), "run", str(packed)], folder, say=True))  # fmt: skip
    files = CACHE / "files"
    subprocess.run([python, str(HERE / "files.py"), "make", str(files)], check=True)
    out += [
        Case("1,000 sealed OFD (asked: 30 s, 300 MB)", [python, str(HERE / "files.py"), "all", str(files / "many")], folder, serial=True, say=True),
        Case("sealed OFD of 1 MB, 15 times (asked: 25 ms each)", [python, str(HERE / "files.py"), "one", str(files / "large.ofd")], folder, serial=True, say=True),
        *(Case(f"hostile OFD of 200 MB: {p.stem} (asked: 2 s, 150 MB)", [python, str(HERE / "files.py"), "one", str(p), "1"], folder, serial=True, say=True)
          for p in sorted(files.glob("hostile-*.ofd"))),
        *(Case(f"real file {p.name}, 15 times", [python, str(HERE / "files.py"), "one", str(p)], folder, serial=True, say=True) for p in sorted(real_files())),
    ]  # fmt: skip
    if with_peers:
        out += [
            Case(label, command, cwd, fast, env=env, serial=True)
            for label, command, cwd, env in peers.cases(CACHE, folder, BASE)
        ]
    return out


def real_files() -> list[Path]:
    """A collection that lies beside the checkout, when there is one."""
    return list((HERE.parents[1] / "shared" / "samples" / "ofd").glob("*.ofd"))


def table(measured: list[Case]) -> str:
    medians = {c.label: [statistics.median(r[n] for r in c.runs) for n in range(3)] for c in measured if c.runs}
    lines = [
        "| | asked | wall s (min–max) | CPU s | peak MB | wall ratio | CPU ratio |",
        "|---|---|---|---|---|---|---|",
    ]
    for case in measured:
        name, asked = _ASKED.fullmatch(case.label).groups("")  # type: ignore[union-attr] - matches any text
        if case.label not in medians:
            lines.append(f"| {name} | {asked} | {case.note} | | | | |")
            continue
        wall, cpu, peak = medians[case.label]
        low, high = min(r[0] for r in case.runs), max(r[0] for r in case.runs)
        base = medians.get(case.base)
        ratios = f"{wall / base[0]:.2f} | {cpu / base[1]:.2f}" if base and case.base != case.label else " | "
        lines.append(f"| {name} | {asked} | {wall:.2f} ({low:.2f}–{high:.2f}) | {cpu:.2f} | {peak:.0f} | {ratios} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="benchmarks, beside other tools")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="also Tavern and Newman (installed under .cache/bench)")
    parser.add_argument("--only", help="regular expression over the labels")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    folder = CACHE / "work"
    folder.mkdir(parents=True, exist_ok=True)
    measured = [c for c in cases(folder, args.peers) if not args.only or re.search(args.only, c.label)]
    server = subprocess.Popen([sys.executable, str(HERE / "server.py"), str(PORT)])
    most: dict[str, Any] = {}
    try:
        _wait()
        for number in range(args.rounds + 1):  # the first round warms up
            for case in measured:
                if case.note or (case.serial and number != 1):
                    continue
                urlopen(f"{BASE}/reset").read()
                measure(case, folder / "output.txt")
                most[case.label] = json.load(urlopen(f"{BASE}/stats"))["most"]
                if number == 0 and not case.serial:
                    case.runs.clear()
                print(f"  {number} {case.label}", file=sys.stderr, flush=True)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(AWAY, ignore_errors=True)
    print(table(measured))
    for case in measured:
        if case.said:
            print(f"\n{case.label}\n{case.said}", end="")
    print(
        "\nmost requests in flight, as the server counted: " + ", ".join(f"{k}: {v}" for k, v in most.items() if v > 1)
    )
    if args.json:
        args.json.write_text(json.dumps({c.label: c.runs for c in measured}, indent=1))


def _wait() -> None:
    for _ in range(100):
        try:
            urlopen(f"{BASE}/stats", timeout=1).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the bench server did not start")


if __name__ == "__main__":
    main()

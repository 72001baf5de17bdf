"""What the tests of the site profiles share: a run over a specimen, by the engine, the command, or under watch."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.harness.loading import attest_manual
from conformance.model.result import CheckResult
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.registry import start
from conformance.target import load_target

Change = Callable[[dict[str, Any]], None]


def run_site(spec: str, change: Change | None = None) -> dict[str, CheckResult]:
    """Clause/check → result of one specimen; `change` alters its target file."""
    profile = load("ipv6-support")
    running = start(spec)
    try:
        data = dict(running.target)
        if change is not None:
            change(data)
        target = load_target(attest_manual(data, profile), profile)
        run = live_run(profile, target)
        try:
            results = run_batch(run, plan(profile, target))
        finally:
            run.sender.close()  # type: ignore[attr-defined]
    finally:
        running.stop()
    return {key.partition("/")[2]: result for key, result in results.items()}


def run_command(profile: str, spec: str, record: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """pytest as a user starts it, against a specimen that it starts itself."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", f"--profile={profile}", *more]
    return subprocess.run(
        [*command, f"--target=specimen:{spec}", f"--record={record}"], capture_output=True, text=True, timeout=200
    )


_WATCH = """
import json, sys
outside = []
def look(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in ("::1", "127.0.0.1"):
            outside.append((event, str(address)))
    if event == "socket.getaddrinfo" and arguments[0] not in ("::1", "127.0.0.1", None, b"::1", b"127.0.0.1"):
        outside.append((event, str(arguments[0])))
sys.addaudithook(look)
from conformance.qualify.matrix import verdicts
from conformance.profile import load
results = verdicts(load(sys.argv[1]), sys.argv[2])
print(json.dumps([len(results), sum(bool(r.witnesses) for r in results.values()), outside]))
"""


def watched(profile: str, spec: str) -> tuple[int, int, list[list[str]]]:
    """(checks, those of them that saw something, what was contacted or asked for beyond loopback) of a run."""
    done = subprocess.run([sys.executable, "-c", _WATCH, profile, spec], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    checks, seen, outside = json.loads(done.stdout)
    return checks, seen, outside

"""What the tests of the site profile share: one run over the specimen, whose target file may be altered before."""

from __future__ import annotations

from collections.abc import Callable
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

"""The profile ipv6-api against its specimen, 150 examples a property, as a laboratory runs it by default."""

from __future__ import annotations

import sys
from collections import Counter

from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.registry import start
from conformance.target import load_target


def main() -> int:
    profile = load("ipv6-api")
    with start("ipv6-api") as running:
        running.target["parameters"]["examples"] = 150
        run = live_run(profile, load_target(running.target, profile), seed=1)
        results = run_batch(run)
        run.sender.close()
    verdicts = Counter(str(result.verdict) for result in results.values())
    print(f"{run.sender.usage.sent} requests, {dict(verdicts)}")
    return int(set(verdicts) != {"PASS"})


if __name__ == "__main__":
    sys.exit(main())

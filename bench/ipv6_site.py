"""The profile ipv6-support against its specimen with 301 pages, every one of them visited."""

from __future__ import annotations

import sys
from collections import Counter

from conformance.harness.loading import attest_manual
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.ipv6_site.specimen import Ipv6Site
from conformance.target import load_target


def main() -> int:
    profile = load("ipv6-support")
    made = Ipv6Site(second=20, third=14).make(())
    assert made.serve is not None
    serving = made.serve(0)
    try:
        target = attest_manual(made.target(serving.base_url), profile)
        target["parameters"] |= {"max_links": 300, "max_pages": 100}
        run = live_run(profile, load_target(target, profile), seed=1)
        results = run_batch(run)
        run.sender.close()
    finally:
        serving.stop()
    verdicts = Counter(str(result.verdict) for result in results.values())
    print(f"{run.sender.usage.sent} exchanges, {dict(verdicts)}")
    return int(not set(verdicts) <= {"PASS", "NOT_APPLICABLE"})


if __name__ == "__main__":
    sys.exit(main())

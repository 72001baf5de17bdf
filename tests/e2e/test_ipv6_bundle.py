"""The bundle `ipv6`: site, address book and node together; one target file, one conclusion, faults of either."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from kit_link import needs_link

from conformance.harness.loading import attest_manual
from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.qualify.work import SEED, apart, covers, family_of, verdicts
from conformance.run.batch import live_run, run_batch
from conformance.specimen import registry
from conformance.target import load_target

_FEW = ("V6N-01", "V6N-13", "V6N-30")  # of the node; the rest of it is judged in test_ipv6_node


def _judged(spec: str) -> Mapping[str, CheckResult]:
    """Every check of site and address book, and a few of the node, whose slowest takes a minute."""
    profile = load("ipv6")
    with registry.start(spec) as running:
        target = load_target(attest_manual(running.target, profile), profile)
        run = live_run(profile, target, seed=SEED)
        try:
            return run_batch(
                run, [e for e in plan(profile, target) if e.profile.id != "ipv6-node" or e.clause.id in _FEW]
            )
        finally:
            run.sender.close()  # type: ignore[attr-defined]


def test_each_part_has_its_specimen_and_the_bundle_has_one_of_all() -> None:
    assert family_of(load("ipv6")) == "ipv6"
    own = {"ipv6-support": "ipv6-site", "ipv6-node": "ipv6-node", "ipv6-api": "ipv6-api"}
    assert {part: family_of(load(part)) for part in own} == own
    assert apart(load("ipv6"), "ipv6") == own, "qualified part by part: no one specimen has the faults of all"
    assert apart(load("elicense"), "elicense") == {}
    assert covers("ipv6") == {"ipv6-api", "ipv6-support"}
    assert len(registry.faults("ipv6")) >= 80


def test_the_conforming_specimen_passes_every_part() -> None:
    needs_link()
    results = _judged("ipv6")
    left = {k: v.verdict for k, v in results.items() if v.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)}
    assert left == {}
    assert {key.partition("/")[0] for key in results} == {"ipv6-api", "ipv6-node", "ipv6-support"}


@pytest.mark.slow
def test_the_conforming_specimen_passes_the_whole_bundle() -> None:
    needs_link()
    results = verdicts(load("ipv6"), "ipv6")
    assert {k: v.verdict for k, v in results.items() if v.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)} == {}


@pytest.mark.parametrize("fault", ["no-aaaa", "reverse-by-bytes"])
def test_a_fault_of_one_part_leaves_the_others_alone(fault: str) -> None:
    kills = next(f.kills for f in registry.faults("ipv6") if f.name == fault)
    results = _judged(f"ipv6+{fault}")
    assert {key for key, result in results.items() if result.verdict is Verdict.FAIL} == set(kills)


def test_stopping_the_bundle_leaves_nothing_behind() -> None:
    import threading

    before = threading.active_count()
    with registry.start("ipv6") as running:
        assert running.target["parameters"]["site"]
        assert running.target["parameters"]["base_url"].startswith("http://127.0.0.1:")
    assert threading.active_count() <= before

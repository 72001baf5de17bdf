"""The bundle `ipv6` against the site and the address book together: one target file, one conclusion, faults of either."""

from __future__ import annotations

import pytest

from conformance.model.verdict import Verdict
from conformance.profile import load
from conformance.qualify.matrix import _covers, _family, verdicts
from conformance.specimen import registry


def test_the_specimen_of_the_bundle_has_the_faults_of_both_parts() -> None:
    assert _family(load("ipv6")) == "ipv6"
    assert _family(load("ipv6-api")) == "ipv6-api"
    assert _family(load("ipv6-support")) == "ipv6-site"
    assert _covers("ipv6") == {"ipv6-api", "ipv6-support"}
    assert len(registry.faults("ipv6")) >= 80


def test_the_conforming_specimen_passes_both_parts() -> None:
    results = verdicts(load("ipv6"), "ipv6")
    left = {k: v.verdict for k, v in results.items() if v.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)}
    assert left == {}
    assert {key.partition("/")[0] for key in results} == {"ipv6-api", "ipv6-support"}


@pytest.mark.parametrize("fault", ["no-aaaa", "reverse-by-bytes"])
def test_a_fault_of_one_part_leaves_the_other_alone(fault: str) -> None:
    kills = next(f.kills for f in registry.faults("ipv6") if f.name == fault)
    results = verdicts(load("ipv6"), f"ipv6+{fault}")
    assert {key for key, result in results.items() if result.verdict is Verdict.FAIL} == set(kills)


def test_stopping_the_bundle_leaves_nothing_behind() -> None:
    import threading

    before = threading.active_count()
    with registry.start("ipv6") as running:
        assert running.target["parameters"]["site"]
        assert running.target["parameters"]["base_url"].startswith("http://127.0.0.1:")
    assert threading.active_count() <= before

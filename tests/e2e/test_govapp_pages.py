"""The pages of a government App in a real browser: the conforming ones pass, a fault fails what it names, nothing hollow passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import chrome
import pytest

from conformance.harness.loading import attest_manual, fitted
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen import registry
from conformance.target import load_target

pytest.importorskip("playwright")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")]


def judged(
    spec: str, only: tuple[str, ...] = (), change: Mapping[str, Any] | None = None, profile: str = "govapp-pages"
) -> dict[str, CheckResult]:
    """Clause/check → result of what is asked of a specimen."""
    loaded = load(profile)
    with registry.start(spec) as running:
        made = fitted({**attest_manual(running.target, loaded), **(change or {})}, loaded)
        target = load_target(made, loaded)
        run = live_run(loaded, target, seed=20260101)
        try:
            planned = [e for e in plan(loaded, target) if not only or any(word in e.key for word in only)]
            return {key.partition("/")[2]: result for key, result in run_batch(run, planned).items()}
        finally:
            run.sender.close()  # type: ignore[attr-defined]


def failed(results: Mapping[str, CheckResult]) -> set[str]:
    return {key for key, result in results.items() if result.verdict is Verdict.FAIL}


# One of each kind; `make qualify` tries every fault against every check.
@pytest.mark.parametrize(
    ("fault", "clauses"),
    [
        ("close-too-small", ("APP-74/controls-of", "APP-76", "APP-69/main")),
        ("tracker-before-consent", ("APP-24", "APP-17")),
        ("location-required", ("APP-30", "APP-22")),
        ("keyboard-trap", ("WEB-56",)),
    ],
)
def test_a_fault_fails_what_it_names_and_nothing_else(fault: str, clauses: tuple[str, ...]) -> None:
    profile = "gbt-37668-2019" if clauses[0].startswith("WEB") else "govapp-pages"
    results = judged(f"govapp-pages+{fault}", clauses, profile=profile)
    kills = next(f.kills for f in registry.faults("govapp-pages") if f.name == fault)
    asked = {part.id for part in load(profile).standards()}
    assert failed(results) == {k.partition("/")[2] for k in kills if k.partition("/")[0] in asked}
    assert all(r.verdict in (Verdict.PASS, Verdict.FAIL) for r in results.values())


def test_another_page_in_the_place_of_home_passes_nothing() -> None:
    """A page that opens well and is not the one that is meant."""
    with registry.start("govapp-pages") as other:
        pages = {
            name: {**page, "url": page["url"].rpartition("/h5/")[0] + "/h5/notice"}
            for name, page in other.target["pages"].items()
        }
        results = judged("govapp-pages", change={"pages": pages, "attestations": []})
    assert {r.verdict for r in results.values()} <= {Verdict.INCONCLUSIVE, Verdict.NOT_TESTED}
    assert {r.cause for r in results.values() if r.verdict is Verdict.INCONCLUSIVE} == {Cause.CONFIGURATION}


def test_a_wrong_word_in_the_target_is_told() -> None:
    parameters = {**_parameters(), "h5_form_values": ["没有这个框=1"]}
    result = judged("govapp-pages", ("APP-30",), {"parameters": parameters})
    only = result["APP-30/a-refused-permission-does-not-stop-the-service"]
    assert (only.verdict, only.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "h5_form_values" in only.reasons[0].message


def _parameters() -> dict[str, Any]:
    with registry.start("govapp-pages") as running:
        return dict(running.target["parameters"])


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["govapp-pages", "gbt-37668-2019"])
def test_the_conforming_pages_pass_every_check(profile: str) -> None:
    results = judged("govapp-pages", profile=profile)
    assert {key: [r.message for r in v.reasons] for key, v in results.items() if v.verdict is not Verdict.PASS} == {}
    assert all(result.witnesses and result.assertions for result in results.values() if result.assertions)

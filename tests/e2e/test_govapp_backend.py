"""The backend of a government App: both outcomes in both shapes, whose fault it is, what is kept and what is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from plugin_kit import PROJECT, PytestCommand

from conformance.harness.loading import attest_manual
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge
from conformance.run.batch import live_run, run_batch
from conformance.specimen import registry
from conformance.specimen.govapp_backend import people
from conformance.target import load_target

Change = Callable[[dict[str, Any]], None]


def judged(spec: str, change: Change = lambda target: None, *, only: str = "") -> Mapping[str, CheckResult]:
    """Clause/check → result of the profile against a specimen whose target file was changed a little."""
    profile = load("govapp-backend")
    with registry.start(spec) as running:
        made = attest_manual(running.target, profile)
        change(made)
        loaded = load_target(made, profile)
        run = live_run(profile, loaded, seed=20260101)
        try:
            planned = [entry for entry in plan(profile, loaded) if only in entry.key]
            return {key.partition("/")[2]: result for key, result in run_batch(run, planned).items()}
        finally:
            run.sender.close()  # type: ignore[attr-defined]


def words(results: Mapping[str, CheckResult], verdict: Verdict) -> set[str]:
    return {key for key, result in results.items() if result.verdict is verdict}


@pytest.mark.parametrize("shape", ["govapp-backend", "govapp-backend-gateway"])
def test_the_conforming_backend_passes_every_check(shape: str) -> None:
    results = judged(shape)
    assert {key: [r.message for r in v.reasons] for key, v in results.items() if v.verdict is not Verdict.PASS} == {}
    assert all(result.witnesses and result.assertions for result in results.values())


# One of each kind; `make qualify` runs them all against every check.
@pytest.mark.parametrize(
    "spec",
    [
        "govapp-backend+old-tls-is-accepted",
        "govapp-backend+refuses-and-keeps",
        "govapp-backend-gateway+no-token-needed",
    ],
)
def test_a_fault_fails_what_it_names_and_nothing_else(spec: str) -> None:
    shape, fault = spec.split("+")
    results = judged(spec)
    kills = next(f.kills for f in registry.faults(shape) if f.name == fault)
    assert words(results, Verdict.FAIL) == {kill.partition("/")[2] for kill in kills}


@pytest.mark.parametrize("mode", ["hollow-200-empty", "all-401", "all-404", "all-500"])
def test_a_hollow_system_passes_nothing(mode: str) -> None:
    results = judged(f"govapp-backend+{mode}", lambda target: target.pop("attestations"))
    assert words(results, Verdict.PASS) == set()


def test_a_failure_says_what_was_expected_and_how_to_see_it_again() -> None:
    key = "APP-68/the-applications-of-others-are-not-shown"
    result = judged("govapp-backend+applications-of-others-are-shown", only="APP-68")[key]
    assert (result.verdict, result.cause) == (Verdict.FAIL, Cause.SYSTEM)
    assert "别人的办件" in result.reasons[0].message
    assert result.reasons[0].reproduce.startswith("curl ")


def test_a_reviewed_route_is_no_finding() -> None:
    def review(target: dict[str, Any]) -> None:
        target["parameters"]["forced_paths_reviewed"] = ["/rank=公开的办件量排名，与个人无关，李某 2026-11-24"]

    key = "APP-02/routes-of-forced-functions-are-absent"
    assert judged("govapp-backend+ranking-route", review, only="APP-02")[key].verdict is Verdict.PASS
    assert judged("govapp-backend+ranking-route", only="APP-02")[key].verdict is Verdict.FAIL


def test_without_consent_to_write_nothing_is_written() -> None:
    def deny(target: dict[str, Any]) -> None:
        target["writes"] = "deny"

    results = judged("govapp-backend", deny)
    assert "APP-31/a-cancelled-account-is-gone" in words(results, Verdict.NOT_TESTED)
    assert "APP-68/calls-without-a-token-are-refused" in words(results, Verdict.PASS)


@pytest.mark.parametrize(("later", "verdict"), [(13, Verdict.PASS), (14, Verdict.FAIL), (-30, Verdict.FAIL)])
def test_the_monitoring_time_decides_what_is_lately(later: int, verdict: Verdict) -> None:
    """The newest item is of yesterday: the fourteenth day after it still counts, and nothing that is dated ahead does."""

    def at(target: dict[str, Any]) -> None:
        moment = datetime.now(UTC).replace(hour=1, minute=0) + timedelta(days=later)
        target["parameters"]["monitor_time"] = moment.isoformat()

    assert judged("govapp-backend", at, only="APP-13")["APP-13/something-was-published-lately"].verdict is verdict


def test_what_the_target_leaves_out_is_not_tested() -> None:
    def bare(target: dict[str, Any]) -> None:
        for name in ("tls_endpoint", "database_extract", "other_application"):
            del target["parameters"][name]

    results = judged("govapp-backend", bare)
    untested = {key: results[key].reasons[0].message for key in words(results, Verdict.NOT_TESTED)}
    assert set(untested) == {
        "APP-64/old-tls-versions-are-refused",
        "APP-38/sensitive-data-are-stored-encrypted",
        "APP-68/the-applications-of-others-are-not-shown",
    }
    assert "tls_endpoint" in untested["APP-64/old-tls-versions-are-refused"]


def test_the_whole_app_conforms_and_its_record_is_judged_again(command: PytestCommand, folder: Path) -> None:
    ran = command("--profile=govapp", "--target=specimen:govapp", "--record=r", "-q", env={"PYTHONPATH": str(PROJECT)})
    assert ran.code == 0, ran.text
    assert "检测结论: 符合" in ran.text
    with open_record(folder / "r") as record:
        assert [again.key for again in rejudge(record) if not again.agrees] == []
    kept = "".join(p.read_text("utf-8", "replace") for p in (folder / "r").rglob("*") if p.is_file())
    for secret in (people.DEFAULT.id_number, people.NEW.id_number, people.DEFAULT.password):
        assert secret not in kept

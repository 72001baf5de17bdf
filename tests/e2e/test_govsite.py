"""The site profiles over their specimen: conforming, wrong, not the site at all, and hostile; and the records of all these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import chrome
import pytest
from kit_site import run_command, watched

from conformance import cli
from conformance.harness.loading import attest_manual
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge
from conformance.record.verify import verify
from conformance.run.batch import live_run, run_batch
from conformance.specimen.govsite import content
from conformance.specimen.govsite.specimen import GovSite
from conformance.specimen.registry import RunningSpecimen, start
from conformance.target import load_target

_WRONG = (
    "page-shows-a-citizen-id", "word-file-holds-a-citizen-id", "sheet-holds-mobile-numbers",
    "text-file-holds-a-bank-card", "pdf-holds-a-citizen-id", "a-link-leads-to-nothing", "a-policy-column-is-stale",
    "every-tenth-visit-fails", "a-receipt-finds-nothing", "an-article-text-was-changed",
)  # fmt: skip


def _judge(running: RunningSpecimen, change: Any = None, name: str = "govsite") -> dict[str, CheckResult]:
    """WEB-nn/check → result of what runs there; `change` alters its target file."""
    profile = load(name)
    data = dict(running.target)
    data["parameters"] = dict(data["parameters"])
    if change is not None:
        change(data)
    target = load_target(attest_manual(data, profile), profile)
    run = live_run(profile, target)
    try:
        results = run_batch(run, plan(profile, target))
    finally:
        run.sender.close()
    return {key.partition("/")[2]: r for key, r in results.items() if r.assertions or r.reasons}


def _run(spec: str, change: Any = None, name: str = "govsite") -> dict[str, CheckResult]:
    with start(spec) as running:
        return _judge(running, change, name)


@pytest.fixture(scope="module")
def conforming() -> Iterator[RunningSpecimen]:
    with start("govsite-plain") as running:
        yield running


@pytest.mark.browser
@pytest.mark.skipif(chrome.find() is None or not find_spec("playwright"), reason="no Chromium on this machine")
def test_the_conforming_site_conforms_and_its_record_gives_the_same_verdicts_again(tmp_path: Path) -> None:
    done = run_command("govsite", "govsite", tmp_path / "r")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "检测结论: 符合" in done.stdout
    with open_record(tmp_path / "r") as record:
        assert [r.key for r in rejudge(record) if not r.agrees] == []
    assert verify(tmp_path / "r").ok


def _against_its_own_record(spec: str, record: Path) -> dict[str, CheckResult]:
    """The site once more, compared with the snapshot of a record of it that is an instant old."""
    assert cli.main(["snapshot", str(record), "-o", str(record / "s.json")]) == 0

    def later(data: dict[str, Any]) -> None:
        data["parameters"] |= {
            "site_snapshot": str(record / "s.json"), "inspection_time": f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
        }  # fmt: skip

    return _run(spec, later, "gov-site-2019")


def test_a_wrong_site_gives_the_same_verdicts_again_and_no_personal_number_is_kept(tmp_path: Path) -> None:
    done = run_command("govsite", "+".join(("govsite-plain", *_WRONG)), tmp_path / "r")
    assert done.returncode == 1
    with open_record(tmp_path / "r") as record:
        again = rejudge(record)
    assert [r.key for r in again if not r.agrees] == []
    failed = {r.key.partition("/")[2] for r in again if r.again.verdict is Verdict.FAIL}
    assert failed == {
        "WEB-01/visits-over-a-week-open-the-site", "WEB-06/a-receipt-finds-its-message", "WEB-14/in-site-links-open",
        "WEB-10/content-pages-hold-their-confirmed-text",
        "WEB-15/policy-columns-were-updated-within-six-months", "WEB-36/pages-show-no-personal-numbers",
        "WEB-36/attachments-hold-no-personal-numbers",
    }  # fmt: skip
    kept = b"".join(p.read_bytes() for p in (tmp_path / "r").rglob("*") if p.is_file())
    for number in (content.CITIZEN, content.PHONE, content.CARD):
        assert number.encode() not in kept
        assert number not in done.stdout
    # Its snapshot is made of a record in which the numbers are others: the pages have the same marks all the same.
    results = _against_its_own_record("+".join(("govsite-plain", *_WRONG)), tmp_path / "r")
    for name in (
        "WEB-10/content-pages-hold-their-confirmed-text",
        "WEB-11/dates-agree-with-the-first-sight-of-the-pages",
    ):
        assert results[name].verdict is Verdict.PASS, results[name].reasons
        assert results[name].witnesses > 20


@pytest.mark.parametrize(
    "fault", ["another-service-is-on-the-port", "everything-is-behind-a-login", "the-domain-is-parked"]
)
def test_what_is_not_the_site_conforms_to_nothing(fault: str) -> None:
    profile = load("govsite")
    with start(f"govsite-plain+{fault}") as running:
        target = load_target(running.target, profile)
        run = live_run(profile, target)
        try:
            results = run_batch(run, plan(profile, target))
        finally:
            run.sender.close()
    assert {r.verdict for r in results.values()} <= {Verdict.INCONCLUSIVE, Verdict.NOT_TESTED, Verdict.NOT_APPLICABLE}
    told = [r for r in results.values() if r.verdict is Verdict.INCONCLUSIVE]
    assert len(told) > 40
    assert {r.blocked_by for r in told} == {"site"}
    assert all("打开的不是要检测的网站" in r.reasons[0].message for r in told)


def test_another_name_is_not_the_site_either(conforming: RunningSpecimen) -> None:
    def change(data: dict[str, Any]) -> None:
        data["parameters"]["site_name"] = "另一个市人民政府"

    results = _judge(conforming, change)
    manual = {c.name for p in load("govsite").standards() for k in p.clauses for c in k.checks if c.kind == "manual"}
    assert {k.partition("/")[2] for k, r in results.items() if r.verdict is Verdict.PASS} <= manual
    assert "另一个市人民政府" in results["WEB-02/the-home-page-was-updated-within-two-weeks"].reasons[0].message


def test_a_dead_port_is_the_environments_fault(conforming: RunningSpecimen) -> None:
    def change(data: dict[str, Any]) -> None:
        data["routes"] = {"192.0.2.80:80": "127.0.0.1:1"}

    result = _judge(conforming, change)["WEB-14/in-site-links-open"]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)


def test_time_goes_by_and_a_site_that_nobody_touches_grows_stale(conforming: RunningSpecimen) -> None:
    def change(data: dict[str, Any]) -> None:
        data["parameters"]["inspection_time"] = "2027-03-20T10:00:00+08:00"

    results = _judge(conforming, change)
    failed = {k.partition("/")[0] for k, r in results.items() if r.verdict is Verdict.FAIL}
    assert {"WEB-02", "WEB-03", "WEB-04", "WEB-15", "WEB-16", "WEB-17", "WEB-38"} <= failed
    assert results["WEB-01/visits-over-a-week-open-the-site"].verdict is Verdict.INCONCLUSIVE  # another week's visits


@pytest.mark.parametrize("day", ["2028-02-29", "2027-01-03", "2026-12-31", "2026-03-31"])
def test_the_specimen_conforms_whatever_the_clock_says(day: str) -> None:
    from conformance.specimen import registry

    made = replace(GovSite(), browses=False, now=datetime.fromisoformat(f"{day}T00:30:00+08:00")).make(())
    assert made.serve is not None
    serving = made.serve(0)
    running = registry.RunningSpecimen("govsite", serving.base_url, made.target(serving.base_url), serving)
    with running:
        results = _judge(running)
    judged = {k: r for k, r in results.items() if r.verdict not in (Verdict.NOT_APPLICABLE, Verdict.NOT_TESTED)}
    assert {k: r.reasons for k, r in judged.items() if r.verdict is not Verdict.PASS} == {}
    assert len(judged) > 60


def test_columns_that_the_target_does_not_name_are_not_guessed(conforming: RunningSpecimen) -> None:
    def change(data: dict[str, Any]) -> None:
        data["parameters"]["columns"] = [c for c in data["parameters"]["columns"] if c["kind"] == "其他"]

    result = _judge(conforming, change)["WEB-15/policy-columns-were-updated-within-six-months"]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "没有政策文件类栏目" in result.reasons[0].message


def test_outside_hosts_that_are_not_named_are_not_visited_and_are_told() -> None:
    def change(data: dict[str, Any]) -> None:
        data["hosts"] = ["www.example.gov.cn"]

    results = _run("govsite-plain+an-outside-link-is-dead", change)
    result = results["WEB-14/outside-links-open"]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "www.elsewhere.example" in result.reasons[-1].message


def test_one_at_a_time_and_many_at_once_agree() -> None:
    def serial(data: dict[str, Any]) -> None:
        data["limits"] = {**data["limits"], "concurrency": 1}

    spec = "govsite-plain+a-link-leads-to-nothing+one-column-is-blank"
    one, many = _run(spec, serial), _run(spec)
    assert {k: r.verdict for k, r in one.items()} == {k: r.verdict for k, r in many.items()}
    assert {k.partition("/")[0] for k, r in one.items() if r.verdict is Verdict.FAIL} == {"WEB-14", "WEB-29"}


def test_without_consent_nothing_is_submitted(conforming: RunningSpecimen) -> None:
    def change(data: dict[str, Any]) -> None:
        data["writes"] = "deny"

    results = _judge(conforming, change)
    for name in ("a-submitted-message-gets-a-receipt", "a-receipt-finds-its-message"):
        assert results[f"WEB-06/{name}"].verdict is Verdict.NOT_TESTED


def test_what_a_target_writes_wrongly_is_no_finding_about_the_site(conforming: RunningSpecimen, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(
        '{"snapshot":1,"site":"http://old.example.gov.cn/","at":"2026-06-01T00:00:00Z","pages":{},"columns":{}}',
        "utf-8",
    )

    def change(data: dict[str, Any]) -> None:
        data["parameters"] |= {"site_snapshot": str(other), "database_ports": [3306, 70000]}

    results = _judge(conforming, change)
    for name, said in {
        "WEB-10/content-pages-hold-their-confirmed-text": "另一个网站",
        "WEB-11/dates-agree-with-the-first-sight-of-the-pages": "另一个网站",
        "WEB-44/database-ports-are-closed-here": "70000 不是端口号",
    }.items():
        assert (results[name].verdict, results[name].cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
        assert said in results[name].reasons[0].message


def test_a_tester_without_ipv6_says_nothing_about_the_site(conforming: RunningSpecimen) -> None:
    def change(data: dict[str, Any]) -> None:
        data["parameters"]["roots"] = ["2001:db8:53::ff", "192.0.2.11"]
        data["routes"] = {**data["routes"], "[2001:db8:53::ff]:53": data["routes"]["[2001:db8:dead::1]:80"]}

    results = _judge(conforming, change, "gov-site-ipv6")
    home = results["WEB-42/the-home-page-answers-over-ipv6"]
    assert (home.verdict, home.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert "测点没有可用的 IPv6" in home.reasons[0].message
    assert Verdict.FAIL not in {r.verdict for r in results.values()}


def test_nothing_beyond_loopback_is_contacted() -> None:
    _, seen, outside = watched("govsite", "govsite-plain+a-hidden-link-leads-elsewhere")
    assert seen > 40
    assert outside == []

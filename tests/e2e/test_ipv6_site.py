"""The site profile over its specimen: conforming, wrong, and from a tester that has no IPv6 of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kit_link import needs_link
from kit_site import run_command, run_site, watched

from conformance.model.verdict import Cause, Verdict
from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge

# Judged by what the name servers say, over whichever family they can be asked.
_NAMES_ONLY = {"V6W-01", "V6W-02", "V6W-03", "V6W-04", "V6W-11", "V6W-13", "V6W-19"}


def _without_ipv6(data: dict[str, Any]) -> None:
    data["routes"] = {k: v for k, v in data["routes"].items() if not k.startswith("[")}


def _with_dead_ipv6_roots(data: dict[str, Any]) -> None:
    closed = data["routes"]["[2001:db8:dead::1]:80"]
    data["routes"] |= {k: closed for k in data["routes"] if k.startswith("[2001:db8:53::1]")}


@pytest.mark.parametrize("change", [_without_ipv6, _with_dead_ipv6_roots])
def test_a_tester_without_ipv6_finds_no_fault_in_the_site(change: Any) -> None:
    results = run_site("ipv6-site", change)
    assert [k for k, r in results.items() if r.verdict in (Verdict.FAIL, Verdict.ERROR)] == []
    judged = {k for k, r in results.items() if r.verdict is Verdict.PASS and r.evidence}
    assert {k.partition("/")[0] for k in judged if "resolver" not in k} <= _NAMES_ONLY
    blocked = [r for k, r in results.items() if r.verdict is Verdict.INCONCLUSIVE and "resolver" not in k]
    assert len(blocked) > 15
    assert {r.cause for r in blocked} == {Cause.ENVIRONMENT}
    assert all("测点没有可用的 IPv6" in r.reasons[-1].message for r in blocked)


def test_hosts_that_may_not_be_visited_leave_the_rate_open_and_are_named() -> None:
    def change(data: dict[str, Any]) -> None:
        data["hosts"] = ["www.example.gov.cn"]

    results = run_site("ipv6-site", change)
    result = results["V6W-17/second-level-links-answer-over-ipv6"]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "service.example.gov.cn" in result.reasons[0].message
    assert [k for k, r in results.items() if r.verdict is Verdict.FAIL] == []


def test_dead_links_are_not_held_against_ipv6() -> None:
    def change(data: dict[str, Any]) -> None:
        data["routes"] |= {k: data["routes"]["192.0.2.80:22"] for k in data["routes"] if k.startswith("192.0.2.81:")}
        data["routes"] |= {k: data["routes"]["[2001:db8:80::1]:22"] for k in data["routes"] if "2001:db8:80::11]" in k}

    result = run_site("ipv6-site", change)["V6W-17/second-level-links-answer-over-ipv6"]
    assert result.verdict is Verdict.PASS
    assert result.measurements[0]["n"] == 9  # of twelve links, three lead to a host that is dead over both families


def test_one_at_a_time_and_many_at_once_agree() -> None:
    def serial(data: dict[str, Any]) -> None:
        data["limits"] = {**data["limits"], "concurrency": 1}

    spec = "ipv6-site+sub-host-without-aaaa+parent-has-no-aaaa-glue"
    one, many = run_site(spec, serial), run_site(spec)
    assert {k: r.verdict for k, r in one.items()} == {k: r.verdict for k, r in many.items()}
    assert {k: r.verdict for k, r in one.items() if r.verdict is Verdict.FAIL}.keys() == {
        "V6W-10/the-name-resolves-over-ipv6-alone",
        "V6W-13/the-parent-gives-aaaa-glue",
        "V6W-17/second-level-links-answer-over-ipv6",
        "V6W-18/third-level-links-answer-over-ipv6",
    }


def test_a_mapped_aaaa_makes_nothing_look_good() -> None:
    results = run_site("ipv6-site+aaaa-is-ipv4-mapped")
    assert results["V6W-02/every-aaaa-is-a-global-unicast-address"].verdict is Verdict.FAIL
    assert results["V6W-05/the-home-page-answers-over-ipv6"].verdict is Verdict.INCONCLUSIVE
    assert results["V6W-08/repeated-visits-over-ipv6-succeed"].verdict is Verdict.INCONCLUSIVE


def test_the_conforming_site_conforms_and_its_record_gives_the_same_verdicts_again(tmp_path: Path) -> None:
    done = run_command("ipv6-support", "ipv6-site", tmp_path / "r")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "检测结论: 符合" in done.stdout
    with open_record(tmp_path / "r") as record:
        again = rejudge(record)
    assert [r.key for r in again if not r.agrees] == []
    assert len(again) == 36
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    for said in ("测点 IPv6", "未见隧道", "测点的解析器", "实验室地址表"):  # where the tester stood
        assert said in page, said


def test_the_record_of_a_wrong_site_gives_the_same_verdicts_again(tmp_path: Path) -> None:
    done = run_command(
        "ipv6-support", "ipv6-site+every-third-ipv6-visit-fails+second-name-server-is-dead-over-ipv6", tmp_path / "r"
    )
    assert done.returncode == 1
    with open_record(tmp_path / "r") as record:
        again = rejudge(record)
    assert [r.key for r in again if not r.agrees] == []
    failed = {r.key.split("/")[1] for r in again if r.again.verdict is Verdict.FAIL}
    assert failed == {"V6W-08", "V6W-12"}


@pytest.mark.parametrize("spec", ["ipv6-site", "ipv6-site+aaaa-is-unique-local", "ipv6-site+link-to-an-ipv4-literal"])
def test_nothing_beyond_loopback_is_contacted_and_no_resolver_is_asked(spec: str) -> None:
    checks, _, outside = watched("ipv6-support", spec)
    assert (checks, outside) == (36, [])


@pytest.mark.slow
def test_the_bundle_conforms(tmp_path: Path) -> None:
    needs_link()
    done = run_command("ipv6", "ipv6", tmp_path / "r")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "检测结论: 符合" in done.stdout
    with open_record(tmp_path / "r") as record:
        assert len(record.results) > 150


def test_a_fault_of_either_part_shows_in_the_bundle(tmp_path: Path) -> None:
    """Without the node, whose slowest check takes a minute; it has its own tests."""
    done = run_command("ipv6", "ipv6+parent-has-no-aaaa-glue+upper-case-output", tmp_path / "r", "-k", "not V6N")
    assert done.returncode == 1, done.stdout[-2000:]
    with open_record(tmp_path / "r") as record:
        failed = {k.rsplit("/", 1)[0] for k, r in record.results.items() if r.verdict is Verdict.FAIL}
    assert failed == {"ipv6-support/V6W-10", "ipv6-support/V6W-13", "ipv6-api/V6A-07"}


def test_a_site_of_empty_pages_passes_nothing_that_looks_at_content() -> None:
    results = run_site("ipv6-site+every-page-is-empty")
    looking = {"V6W-14", "V6W-17", "V6W-18", "V6W-19", "V6W-20"}
    assert {
        k.partition("/")[0]: r.verdict for k, r in results.items() if k.partition("/")[0] in looking
    } == dict.fromkeys(looking, Verdict.INCONCLUSIVE)
    assert [k for k, r in results.items() if r.verdict is Verdict.ERROR] == []


def _ipv6_only(data: dict[str, Any]) -> None:
    data["declares"] = {**data["declares"], "ipv4": False}
    data["routes"] = {k: v for k, v in data["routes"].items() if not k.startswith("192.0.2.8")}


def test_a_site_without_ipv4_is_judged_by_itself() -> None:
    results = run_site("ipv6-site", _ipv6_only)
    verdicts = {k.partition("/")[0]: r.verdict for k, r in results.items()}
    for clause in ("V6W-07", "V6W-14", "V6W-15", "V6W-22", "V6W-25", "V6W-26", "V6W-32"):
        assert verdicts[clause] is Verdict.NOT_APPLICABLE, clause
    for clause in ("V6W-05", "V6W-06", "V6W-08", "V6W-16", "V6W-17", "V6W-18", "V6W-19", "V6W-20"):
        assert verdicts[clause] is Verdict.PASS, (clause, results)


def test_without_ipv4_a_page_that_fails_is_not_taken_for_dead() -> None:
    results = run_site("ipv6-site+ipv6-third-level-pages-fail", _ipv6_only)
    assert results["V6W-18/third-level-links-answer-over-ipv6"].verdict is Verdict.FAIL


def test_a_dead_resolver_is_the_environments_doing() -> None:
    def change(data: dict[str, Any]) -> None:
        data["routes"] |= {k: data["routes"]["[2001:db8:dead::1]:80"] for k in data["routes"] if "2001:db8:53::99" in k}

    results = run_site("ipv6-site", change)
    result = results["V6W-01/the-recursive-resolver-gives-aaaa-records"]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert [k for k, r in results.items() if r.verdict is not Verdict.PASS and r.cause is not None] == [
        "V6W-01/the-recursive-resolver-gives-aaaa-records"
    ]

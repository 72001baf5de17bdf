"""What goes wrong around a site, and at the tester: no hollow pass, and no 不符合 that is not the system's."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from kit_link import needs_link
from kit_site import run_site

from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict

# Judged by what the name servers say, over whichever family they can be asked, or by a file.
_NAMES_ONLY = {"V6W-01", "V6W-02", "V6W-03", "V6W-04", "V6W-09", "V6W-11", "V6W-13", "V6W-19"}
_BY_HAND = {"V6W-27", "V6W-28", "V6W-31"}
# Of the addresses that an API handles, nearly all is text. What needs the wire of the tester:
_OVER_IPV6 = {"V6A-20a", "V6A-20b", "V6A-26"}


def _clauses(results: Mapping[str, CheckResult], *verdicts: Verdict) -> set[str]:
    return {key.partition("/")[0] for key, result in results.items() if result.verdict in verdicts}


def _refused(data: dict[str, Any], port: str) -> None:
    """Nothing listens at that port of any address, over either family."""
    closed = {True: data["routes"]["[2001:db8:80::1]:22"], False: data["routes"]["192.0.2.80:22"]}
    data["routes"] = {k: closed[k[0] == "["] if k.endswith(f":{port}") else v for k, v in data["routes"].items()}


def test_a_site_that_is_down_over_both_families_says_nothing_about_ipv6() -> None:
    results = run_site("ipv6-site", lambda data: _refused(data, "80"))
    assert _clauses(results, Verdict.FAIL, Verdict.ERROR) == set()
    home = results["V6W-05/the-home-page-answers-over-ipv6"]
    assert (home.verdict, home.reasons[0].actual) == (Verdict.INCONCLUSIVE, "IPv4：连接被拒绝（TCP）")
    assert results["V6W-29/interface-hosts-of-the-app-answer-over-ipv6"].verdict is Verdict.INCONCLUSIVE
    # Port 443 is open, and names are names: what was looked at is judged.
    passed = _clauses(results, Verdict.PASS) - _NAMES_ONLY - _BY_HAND
    assert passed == {"V6W-06", "V6W-07", "V6W-10", "V6W-12", "V6W-21", "V6W-26", "V6W-32"}


def test_a_tester_whose_dns_is_barred_finds_nothing() -> None:
    def change(data: dict[str, Any]) -> None:
        _refused(data, "53")
        data["parameters"] = {**data["parameters"], "dns_timeout": 0.1}

    results = run_site("ipv6-site", change)
    assert _clauses(results, Verdict.FAIL, Verdict.ERROR) == set()
    assert _clauses(results, Verdict.PASS) == _BY_HAND | {"V6W-09"}
    blocked = [r for r in results.values() if r.verdict is Verdict.INCONCLUSIVE]
    assert len(blocked) == 31
    assert {r.cause for r in blocked} == {Cause.ENVIRONMENT}


@contextmanager
def _black_hole() -> Iterator[int]:
    """A port on ::1 that answers no SYN: its accept queue is full (Linux: tcp_conn_request)."""
    listening = socket.socket(socket.AF_INET6)
    fill = [socket.socket(socket.AF_INET6) for _ in range(4)]
    try:
        listening.bind(("::1", 0))
        listening.listen(0)
        for one in fill:
            one.setblocking(False)
            one.connect_ex(listening.getsockname()[:2])
        yield int(listening.getsockname()[1])
    finally:
        for one in (listening, *fill):
            one.close()


def test_a_port_that_is_filtered_over_ipv6_alone_is_found_and_nothing_else() -> None:
    with _black_hole() as hole:

        def change(data: dict[str, Any]) -> None:
            filtered = {k: f"[::1]:{hole}" for k in data["routes"] if k[0] == "[" and k.endswith(":443")}
            data["routes"] |= filtered
            data["limits"] = {**data["limits"], "timeout": "500ms"}

        results = run_site("ipv6-site", change)
    assert _clauses(results, Verdict.FAIL) == {"V6W-07"}
    assert _clauses(results, Verdict.INCONCLUSIVE) == {"V6W-26"}
    assert "时限内没有连上" in results["V6W-07/ports-open-over-ipv4-are-open-over-ipv6"].reasons[0].actual


def test_servers_that_drop_aaaa_questions_fail_one_clause_and_pass_none_that_needs_the_address() -> None:
    results = run_site(
        "ipv6-site+aaaa-is-dropped", lambda d: d.update(parameters={**d["parameters"], "dns_timeout": 0.1})
    )
    assert _clauses(results, Verdict.FAIL) == {"V6W-01"}
    assert _clauses(results, Verdict.PASS) - _NAMES_ONLY - _BY_HAND == {"V6W-12", "V6W-29"}
    assert "V6W-02" not in _clauses(results, Verdict.PASS)


# A tester that has no IPv6 at all -------------------------------------------------------------------------

_WITHOUT = """
import json, sys
from conformance.harness.loading import attest_manual
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.registry import start
from conformance.target import load_target
with start(sys.argv[2]) as running:
    for name in ("all", "default", "lo"):
        with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w") as file:
            file.write("1")
    profile = load(sys.argv[1])
    target = load_target(attest_manual(running.target, profile), profile)
    run = live_run(profile, target)
    results = run_batch(run, plan(profile, target))
    run.sender.close()
print(json.dumps({k: [str(r.verdict), str(r.cause), "；".join(x.message for x in r.reasons)] for k, r in results.items()}))
"""


@pytest.mark.parametrize(("profile", "spec"), [("ipv6-support", "ipv6-site"), ("ipv6-api", "ipv6-api")])
def test_where_the_kernel_has_ipv6_switched_off_nothing_is_held_against_the_system(profile: str, spec: str) -> None:
    needs_link()
    from conformance.specimen.ipv6_node.namespaces import Namespaces

    with Namespaces() as made:
        here = made.make()
        here.ip(["link set dev lo up"])
        command = here.enter(sys.executable, "-c", _WITHOUT, profile, spec)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    results = {key.partition("/")[2]: tuple(value) for key, value in json.loads(done.stdout).items()}
    assert {key for key, (verdict, _, _) in results.items() if verdict in ("FAIL", "ERROR")} == set()
    blocked = {key: value for key, value in results.items() if value[0] == "INCONCLUSIVE"}
    assert {cause for _, cause, _ in blocked.values()} == {"ENVIRONMENT"}
    passed = {key.partition("/")[0] for key, (verdict, _, _) in results.items() if verdict == "PASS"}
    if profile == "ipv6-support":
        assert passed == _NAMES_ONLY | _BY_HAND
        assert len(blocked) == 24
        needing = [why for key, (_, _, why) in blocked.items() if "resolver" not in key]
        assert all("测点没有可用的 IPv6" in why for why in needing)
    else:
        assert {key.partition("/")[0] for key in blocked} == _OVER_IPV6

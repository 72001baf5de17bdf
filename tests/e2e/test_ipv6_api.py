"""Profile `ipv6-api` against the address book on real sockets: both outcomes, whose fault it is, and the sockets."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from plugin_kit import PROJECT, PytestCommand

from conformance.harness.loading import attest_manual
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen import registry
from conformance.specimen.registry import RunningSpecimen
from conformance.target import load_target

SEED = 20260101
Change = Callable[[dict[str, Any]], None]


def judged(spec: str, change: Change = lambda target: None, *, only: str = "") -> Mapping[str, CheckResult]:
    """Clause/check → result of the profile against a specimen whose target file was changed a little."""
    profile = load("ipv6-api")
    with registry.start(spec) as running:
        made = attest_manual(running.target, profile)
        change(made)
        loaded = load_target(made, profile)
        run = live_run(profile, loaded, seed=SEED)
        try:
            planned = [entry for entry in plan(profile, loaded) if only in entry.key]
            return {key.partition("/")[2]: result for key, result in run_batch(run, planned).items()}
        finally:
            run.sender.close()  # type: ignore[attr-defined]


def words(results: Mapping[str, CheckResult], verdict: Verdict) -> set[str]:
    return {key for key, result in results.items() if result.verdict is verdict}


def test_the_conforming_address_book_passes_every_check() -> None:
    results = judged("ipv6-api")
    assert {key: [r.message for r in v.reasons] for key, v in results.items() if v.verdict is not Verdict.PASS} == {}
    assert all(result.witnesses and result.assertions for result in results.values())


# One of each kind; `make qualify` runs them all against every check.
@pytest.mark.parametrize(
    "fault",
    ["mixed-notation-refused", "column-of-39", "mapped-not-normalised", "forwarded-without-quotes", "no-ipv6-listener"],
)
def test_a_fault_fails_what_it_names_and_nothing_else(fault: str) -> None:
    results = judged(f"ipv6-api+{fault}")
    kills = next(f.kills for f in registry.faults("ipv6-api") if f.name == fault)
    assert words(results, Verdict.FAIL) == {kill.partition("/")[2] for kill in kills}
    others = words(results, Verdict.INCONCLUSIVE) | words(results, Verdict.PASS)
    assert len(others) + len(kills) == len(results)


@pytest.mark.parametrize("mode", ["hollow-200-empty", "all-401", "all-404", "all-500"])
def test_a_hollow_system_passes_nothing(mode: str) -> None:
    assert words(judged(f"ipv6-api+{mode}"), Verdict.PASS) == set()


_OUTSIDE = """
import ipaddress, sys
outside = []
def look(event, arguments):
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        address = ipaddress.ip_address(arguments[1][0])
        address = getattr(address, "ipv4_mapped", None) or address
        if not (address.is_loopback or address.is_unspecified):
            outside.append(str(address))
sys.addaudithook(look)
from conformance.profile import load
from conformance.qualify.work import verdicts
results = verdicts(load("ipv6-api"), "ipv6-api+refused-after-the-call")
print(sorted(k for k, r in results.items() if str(r.verdict) == "FAIL"), outside)
"""


def test_a_specimen_whose_fault_is_to_call_forbidden_addresses_calls_none_beyond_this_machine() -> None:
    done = subprocess.run([sys.executable, "-c", _OUTSIDE], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "['ipv6-api/V6A-28/forbidden-callbacks-are-not-made'] []", done.stdout + done.stderr


def test_a_failure_says_what_was_expected_and_how_to_see_it_again() -> None:
    result = judged("ipv6-api+upper-case-output", only="V6A-07")["V6A-07/printed-letters-are-lower-case"]
    assert (result.verdict, result.cause) == (Verdict.FAIL, Cause.SYSTEM)
    reason = result.reasons[0]
    assert (reason.expected, reason.actual) == ("2001:db8::abcd", "2001:DB8::ABCD")
    assert reason.reproduce.startswith("curl ")
    assert result.generation is not None


def test_a_system_without_an_operation_is_not_asked_for_it() -> None:
    def without_rules(target: dict[str, Any]) -> None:
        target["declares"]["rules"] = False

    results = judged("ipv6-api", without_rules, only="V6A-1")
    assert words(results, Verdict.NOT_APPLICABLE) == {
        key for key in results if key[:6] in ("V6A-10", "V6A-11", "V6A-12")
    }


def test_nothing_is_written_without_consent() -> None:
    def deny(target: dict[str, Any]) -> None:
        target["writes"] = "deny"

    results = judged("ipv6-api", deny)
    assert "V6A-01/every-legal-text-of-an-address-is-accepted" in words(results, Verdict.NOT_TESTED)
    assert "V6A-13/endpoints-are-printed-in-brackets" in words(results, Verdict.PASS)


def test_a_tester_that_cannot_reach_ipv6_blames_the_environment() -> None:
    def unreachable(target: dict[str, Any]) -> None:
        # a link-local address without a zone: the kernel refuses to send anything at all
        target["parameters"]["ipv6_url"] = "http://[fe80::1]:9/whoami"
        target["hosts"] = [*target["hosts"], "fe80::1"]

    result = judged("ipv6-api", unreachable, only="V6A-26")["V6A-26/both-families-are-served"]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)


def test_serial_and_parallel_runs_agree() -> None:
    def one_by_one(target: dict[str, Any]) -> None:
        target["limits"]["concurrency"] = 1

    serial, parallel = judged("ipv6-api+acl-compares-text", one_by_one), judged("ipv6-api+acl-compares-text")
    assert {k: v.verdict for k, v in serial.items()} == {k: v.verdict for k, v in parallel.items()}


def test_a_record_is_judged_again_without_the_system(command: PytestCommand, folder: Path) -> None:
    from conformance.record.reading import open_record
    from conformance.record.rejudge import rejudge

    environment = {"PYTHONPATH": str(PROJECT)}
    ran = command(
        "--profile=ipv6-api", "--target=specimen:ipv6-api+every-prefix-is-64", "--record=r", "-q", env=environment
    )
    assert ran.code == 1, ran.text
    assert ran.counts == {"failed": 2, "passed": 45}
    with open_record(folder / "r") as record:
        assert [again.key for again in rejudge(record) if not again.agrees] == []


# The specimen ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSpecimen]:
    with registry.start("ipv6-api") as started:
        yield started


def parameter(running: RunningSpecimen, name: str) -> str:
    return str(running.target["parameters"][name])


def test_both_families_answer_on_one_port(running: RunningSpecimen) -> None:
    for name, client in (("ipv4_url", "127.0.0.1"), ("ipv6_url", "::1")):
        with httpx.Client(trust_env=False) as http:
            assert http.get(parameter(running, name)).json() == {"client": client}


def test_an_ipv4_client_of_the_dual_stack_socket_is_mapped_and_seen_as_ipv4(running: RunningSpecimen) -> None:
    with httpx.Client(trust_env=False) as http:
        assert http.get(parameter(running, "dual_stack_url")).json() == {"client": "127.0.0.1"}
        with registry.start("ipv6-api+mapped-not-normalised") as wrong:
            assert http.get(parameter(wrong, "dual_stack_url")).json() == {"client": "::ffff:127.0.0.1"}


def test_the_black_hole_neither_accepts_nor_refuses(running: RunningSpecimen) -> None:
    port = int(parameter(running, "slow_receiver_url").partition("//")[2].partition("/")[0].rpartition(":")[2])
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as client:
        client.settimeout(0.4)
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            client.connect(("::1", port))
        assert time.monotonic() - started >= 0.3
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        pass


def test_it_listens_on_loopback_only(running: RunningSpecimen) -> None:
    ports = {
        int(url.partition("//")[2].partition("/")[0].rpartition(":")[2])
        for name in ("base_url", "ipv4_url", "dual_stack_url", "slow_receiver_url")
        for url in [parameter(running, name)]
    }
    loopback = {"0100007F", "0" * 24 + "01000000", "0000000000000000FFFF00000100007F"}
    listening = [
        line.split()[1].split(":")
        for path in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(path).read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    mine = {address for address, port in listening if int(port, 16) in ports}
    assert mine
    assert mine <= loopback


def test_a_callback_goes_to_known_names_only(running: RunningSpecimen) -> None:
    with httpx.Client(trust_env=False, base_url=parameter(running, "base_url")) as http:
        for url in ("http://example.com/", "http://127.0.0.1:1/", "http://[::1]:1/", "http://10.0.0.1.example/"):
            assert http.post("/webhooks", json={"url": url}).status_code in (400, 403), url


def test_stopping_closes_every_socket() -> None:
    with registry.start("ipv6-api") as started:
        port = int(parameter(started, "ipv6_authority").rpartition(":")[2])
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as client, pytest.raises(OSError):
        client.connect(("::1", port))


def test_the_counter_for_the_field_counts_calls_of_both_families(tmp_path: Path) -> None:
    """The file alone, away from the project, as it is copied to the machine of a system under test."""
    copied = tmp_path / "counter.py"
    copied.write_text((PROJECT / "conformance/specimen/ipv6_api/counter.py").read_text("utf-8"), "utf-8")
    process = subprocess.Popen([sys.executable, "-I", str(copied), "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with httpx.Client(trust_env=False, timeout=5) as http:
            for host in ("127.0.0.1", "[::1]"):
                called = http.post(url.replace("127.0.0.1", host) + "?mark=m", content=b'{"address": "fe80::1"}')
                assert called.status_code == 200
            told = http.get(url.removesuffix("/hook") + "?mark=m").json()
            assert told == {"hits": 2, "last": '{"address": "fe80::1"}'}
            assert http.get(url.removesuffix("/hook") + "?mark=other").json()["hits"] == 0
            assert http.get(url.removesuffix("/canary/hook") + "/else").status_code == 404
    finally:
        process.terminate()
        process.communicate(timeout=10)

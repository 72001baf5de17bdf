"""`conformance watch`: a record that can be taken up again, of the site and not of the tester."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.harness.watch import watch
from conformance.model.exchange import Exchange, Response
from conformance.sites import stability
from conformance.sites.stability import read


def _watch(out: Path, spec: str = "ipv6-site", *, hours: float = 1e-9, profile: str = "ipv6-support") -> list[str]:
    said: list[str] = []
    watch([profile], f"specimen:{spec}", out, hours=hours, interval=0.05, say=said.append)
    return said


def test_each_run_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    out = tmp_path / "visits.jsonl"
    _watch(out)
    first = read(out.read_bytes())
    out.write_bytes(out.read_bytes() + b'{"at": "torn')
    said = _watch(out)
    seen = read(out.read_bytes())
    assert seen.started == first.started
    assert (seen.total, seen.good) == (first.total + len(said), first.good + len(said))


def test_a_dead_site_fails_and_a_mapped_address_is_no_visit_over_ipv6(tmp_path: Path) -> None:
    for spec in ("ipv6-site+aaaa-of-a-dead-address", "ipv6-site+aaaa-is-ipv4-mapped"):
        out = tmp_path / spec
        _watch(out, spec)
        seen = read(out.read_bytes())
        assert seen.total >= 1
        assert seen.good == 0


def test_a_file_of_another_site_and_one_that_was_changed_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "visits.jsonl"
    _watch(out)
    held = out.read_bytes()
    out.write_bytes(held.replace(b"www.example.gov.cn", b"www.example.org.cn"))
    with pytest.raises(UsageError) as wrong:
        _watch(out)
    assert wrong.value.code in ("U601", "U602")
    out.write_bytes(held[: held.index(b"\n") + 1].replace(b"www.example.gov.cn", b"www.example.org.cn"))
    with pytest.raises(UsageError) as other:
        _watch(out)
    assert other.value.code == "U601"


def test_a_profile_without_such_a_clause_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as wrong:
        _watch(tmp_path / "v", "elicense", profile="elicense")
    assert wrong.value.code == "U603"


def test_it_is_killed_and_taken_up_again(tmp_path: Path) -> None:
    out = tmp_path / "visits.jsonl"
    command = [
        sys.executable,
        "-m",
        "conformance.cli",
        "watch",
        "--profile=ipv6-support",
        "--target=specimen:ipv6-site",
    ]
    command += ["-o", str(out), "--interval=0.05", "--hours=1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ})
    until = time.monotonic() + 30
    while time.monotonic() < until and (not out.exists() or out.read_bytes().count(b"\n") < 4):
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    before = read(out.read_bytes()).total
    assert before >= 3
    again = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ})
    until = time.monotonic() + 30
    while time.monotonic() < until and read(out.read_bytes()).total < before + 2:
        time.sleep(0.05)
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=20)
    assert again.returncode == 130
    assert read(out.read_bytes()).total >= before + 2


def test_a_site_is_watched_over_whatever_reaches_it_and_can_be_taken_up_again(tmp_path: Path) -> None:
    out = tmp_path / "visits.jsonl"
    for _ in range(2):
        _watch(out, "govsite", profile="govsite")
    head, visits, _ = stability.visits(out.read_bytes())
    assert head["site"] == "http://www.example.gov.cn/"
    assert {(v.status, v.why) for v in visits} == {(200, "")}
    _watch(out, "govsite+another-service-is-on-the-port", profile="govsite")
    assert stability.visits(out.read_bytes())[1][-1].status == 404


def test_the_testers_own_network_is_not_held_against_the_site(tmp_path: Path) -> None:
    from conformance.model.exchange import Fault
    from conformance.model.exchange import Request as Asked
    from conformance.sites.visiting import visit

    class Notebook:
        """What `visit` needs of a check, over a network where some hosts answer and others do not."""

        def __init__(self, dead: set[str]) -> None:
            self.dead = dead

        def parameter(self, name: str) -> object:
            return self.optional(name)

        def optional(self, name: str) -> object:
            return {"site": "http://www.example.gov.cn/", "control_site": "http://control.example/"}.get(name)

        def send(self, _operation: str, requests: list[Asked], *, fresh: bool) -> list[Exchange]:
            (asked,) = requests
            host = asked.url.split("/")[2]
            if host in self.dead:
                return [Exchange(asked, None, Fault("connect-timeout", "建立连接超时"), elapsed=10.0)]
            return [Exchange(asked, Response(200, (), b""), elapsed=0.1)]

    assert visit(Notebook({"www.example.gov.cn"})).why == "connect-timeout"  # type: ignore[arg-type]
    assert visit(Notebook({"www.example.gov.cn", "control.example"})).why == stability.NO_VANTAGE  # type: ignore[arg-type]
    assert visit(Notebook(set())).why == ""  # type: ignore[arg-type]

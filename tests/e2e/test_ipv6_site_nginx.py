"""The site given out by nginx: a server that nobody here wrote passes, and lines of its configuration are found."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.errors import MissingExtra
from conformance.model.verdict import Verdict
from conformance.profile import load
from conformance.qualify.work import verdicts
from conformance.specimen.ipv6_site.nginx import PROGRAM
from conformance.specimen.ipv6_site.specimen import Ipv6Site
from conformance.specimen.registry import faults, start
from conformance.specimen.registry import load as load_specimen

NAME = "ipv6-site-nginx"
pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture(scope="module")
def installed() -> None:
    if PROGRAM is None:
        assert not os.environ.get("CONFORMANCE_CI"), "needs the Debian package nginx"
        pytest.skip("needs the Debian package nginx")


def test_a_site_of_nginx_conforms() -> None:
    results = verdicts(load("ipv6-support"), NAME)
    assert {k: r.verdict for k, r in results.items() if r.verdict is not Verdict.PASS} == {
        "ipv6-support/V6W-30/the-cdn-serves-most-nodes-over-ipv6": Verdict.NOT_APPLICABLE
    }
    assert len(results) == 36


@pytest.mark.parametrize("name", ["nginx-listens-on-ipv4-only", "nginx-location-drops-headers-over-ipv6"])
def test_a_line_of_the_configuration_fails_what_it_names(name: str) -> None:
    results = verdicts(load("ipv6-support"), f"{NAME}+{name}")
    expected = next(f.kills for f in faults(NAME) if f.name == name)
    assert {k for k, r in results.items() if r.verdict is Verdict.FAIL} == set(expected)


def _running(folder: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, timeout=10).stdout
    return [line for line in listed.splitlines() if "nginx" in line and folder in line]


def test_stopping_it_or_being_killed_leaves_no_nginx_behind() -> None:
    with start(NAME) as running:
        folder = str(Path(running.target["tls"]["ca"]).parent)
        assert _running(folder)
    assert _running(folder) == []
    code = (
        f"from conformance.specimen.registry import start; r = start('{NAME}')\n"
        "print(r.target['tls']['ca'], flush=True); input()"
    )
    victim = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert victim.stdin is not None
    assert victim.stdout is not None
    folder = str(Path(victim.stdout.readline().strip()).parent)
    assert _running(folder)
    victim.kill()
    victim.wait(10)
    victim.stdin.close()
    victim.stdout.close()
    end = time.monotonic() + 10
    while _running(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert _running(folder) == []


def test_where_nginx_is_missing_the_command_that_installs_it_is_said() -> None:
    without = Ipv6Site(NAME, nginx=True, program=None)
    assert without.missing == "apt-get install nginx"
    with pytest.raises(MissingExtra) as caught:
        without.make(())
    assert (caught.value.code, caught.value.hint) == ("X001", "apt-get install nginx")
    assert load_specimen("ipv6-site").missing == ""  # type: ignore[attr-defined]

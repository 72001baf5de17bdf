"""Our reading of DNS against a name server that nobody here wrote: NSD, one instance for the parent and one for the zone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.model.profile import Check
from conformance.profile import load
from conformance.run.batch import live_run
from conformance.run.context import Procedure
from conformance.sites import asking, zone
from conformance.sites.walk import walk
from conformance.target import load_target

NSD = shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin:/usr/local/sbin")
if NSD is None and not os.environ.get("CONFORMANCE_CI"):
    pytest.skip("needs the Debian package nsd", allow_module_level=True)

_SOA = "@ SOA ns1.example.cn. host.example.cn. 1 7200 900 1209600 300"
_ROOT = f"""$ORIGIN .
$TTL 300
{_SOA}
@ NS a.root.test.
a.root.test. A 192.0.2.1
a.root.test. AAAA 2001:db8:53::1
example.cn. NS ns1.example.cn.
ns1.example.cn. A 192.0.2.2
ns1.example.cn. AAAA 2001:db8:53::2
"""
_LEAF = f"""$ORIGIN example.cn.
$TTL 300
{_SOA}
@ NS ns1
ns1 A 192.0.2.2
ns1 AAAA 2001:db8:53::2
www A 192.0.2.80
www AAAA 2001:db8:80::1
www AAAA 2001:db8:80::2
old CNAME www
four A 192.0.2.84
""" + "".join(f'big TXT "{n:02d}{"x" * 240}"\n' for n in range(8))


def _free() -> int:
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as one:
        one.bind(("::1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _nsd(folder: Path, zones: dict[str, str]) -> Iterator[int]:
    """One instance with these zones on ::1 and 127.0.0.1 at a free port."""
    folder.mkdir()
    port = _free()
    entries = []
    for number, (name, text) in enumerate(zones.items()):
        (folder / f"{number}.zone").write_text(text, "ascii")
        entries.append(f'zone:\n  name: "{name}"\n  zonefile: "{folder}/{number}.zone"\n')
    settings = {
        "ip-address": [f"::1@{port}", f"127.0.0.1@{port}"],
        "zonesdir": [f'"{folder}"'],
        "username": ['""'],
        "chroot": ['""'],
        "database": ['""'],
        "pidfile": [f'"{folder}/pid"'],
        "xfrdfile": [f'"{folder}/xfrd"'],
        "zonelistfile": [f'"{folder}/list"'],
        "server-count": ["1"],
        "ipv6-edns-size": ["1232"],
    }
    server = "server:\n" + "".join(f"  {k}: {v}\n" for k, values in settings.items() for v in values)
    (folder / "nsd.conf").write_text(server + "remote-control:\n  control-enable: no\n" + "".join(entries), "ascii")
    assert NSD is not None
    process = subprocess.Popen([NSD, "-d", "-c", str(folder / "nsd.conf")], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("::1", port), 0.2).close()
                break
            except OSError:
                assert process.poll() is None, process.communicate()[1].decode()
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Procedure]:
    """A notebook whose roots are NSD."""
    folder = tmp_path_factory.mktemp("nsd")
    profile = load("ipv6-support")
    with _nsd(folder / "root", {".": _ROOT}) as root, _nsd(folder / "leaf", {"example.cn": _LEAF}) as leaf:
        data = {
            "target": "nsd",
            "system": {"name": "NSD"},
            "parameters": {
                "site": "old.example.cn",
                "roots": ["2001:db8:53::1", "192.0.2.1"],
                "lab_prefixes": ["2001:db8::/32", "192.0.2.0/24"],
            },
            "routes": {
                "[2001:db8:53::1]:53": f"[::1]:{root}",
                "192.0.2.1:53": f"127.0.0.1:{root}",
                "[2001:db8:53::2]:53": f"[::1]:{leaf}",
                "192.0.2.2:53": f"127.0.0.1:{leaf}",
            },
        }
        run = live_run(profile, load_target(data, profile))
        calls = ("dns_query", "vantage", "page")
        try:
            yield Procedure(run, "test", Check("test", "", "procedure", {}, calls=calls))
        finally:
            run.sender.close()


@pytest.mark.parametrize("family", [4, 6])
def test_a_name_is_found_from_the_roots_over_one_family(check: Procedure, family: int) -> None:
    way = walk(check, "old.example.cn", "AAAA", (family,))
    assert way.ok
    assert sorted(map(str, way.addresses())) == ["2001:db8:80::1", "2001:db8:80::2"]
    assert way.canonical == "www.example.cn."
    assert [(s.zone, s.kind) for s in way.steps] == [(".", "referral"), ("example.cn.", "alias")]
    assert all((":" in s.address) == (family == 6) for s in way.steps)


def test_what_is_not_there_is_told_apart(check: Procedure) -> None:
    assert walk(check, "four.example.cn", "AAAA").kind == "nodata"
    assert walk(check, "none.example.cn", "AAAA").kind == "nxdomain"
    assert walk(check, "www.example.org", "AAAA").kind == "nxdomain"


def test_the_zone_its_servers_and_their_glue_are_found(check: Procedure) -> None:
    place = zone.zone(check)
    assert (place.name, place.host) == ("example.cn.", "www.example.cn.")
    assert [(s.name, str(s.v6[0]), str(s.v4[0])) for s in place.servers] == [
        ("ns1.example.cn.", "2001:db8:53::2", "192.0.2.2")
    ]
    assert {r.type for r in place.delegation.glue} == {"A", "AAAA"}


def test_a_large_answer_is_truncated_and_then_fetched_over_tcp(check: Procedure) -> None:
    address = zone.zone(check).servers[0].v6[0]
    short = asking.once(check, address, "big.example.cn", "TXT")
    assert short.truncated
    assert not short.answer
    assert len(asking.ask(check, "ns1", address, "big.example.cn", "TXT").reply.answer) == 8


def test_a_server_that_does_not_hold_the_zone_is_no_answer(check: Procedure) -> None:
    address = zone.zone(check).servers[0].v6[0]
    reply = asking.once(check, address, "www.example.org", "AAAA")
    assert (reply.rcode, reply.authoritative) == ("REFUSED", False)

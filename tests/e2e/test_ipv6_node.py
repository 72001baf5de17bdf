"""IPv6 节点: the checks against a real kernel in a namespace, and against one with a fault; replays, troubles, leftovers."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import pytest
from kit_link import PROFILE, judge, needs_link, node

from conformance.model.result import CheckResult
from conformance.model.target import Target
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.probe import pcapng
from conformance.record.store import EvidenceStore
from conformance.run.batch import live_run
from conformance.run.redact import Redactor
from conformance.run.replay import Replay
from conformance.run.run import Run
from conformance.run.runner import run_check
from conformance.specimen.registry import faults, start
from conformance.target import load_target

pytestmark = pytest.mark.usefixtures("link")
QUICK = (
    "echo-request-is-answered-with-the-same-data",
    "discard-option-is-discarded-silently",
    "unknown-next-header-is-reported",
    "fragments-in-reverse-order-are-reassembled",
    "solicitation-from-beyond-the-link-is-discarded",
    "new-address-is-probed",
    "echo-reply-shrinks-after-a-packet-too-big",
    "tcp-segments-shrink-after-a-packet-too-big",
)


@pytest.fixture(scope="module")
def link() -> None:
    needs_link()


def _words(results: dict[str, CheckResult] | object) -> dict[str, str]:
    assert isinstance(results, dict)
    return {name: f"{r.verdict} {'；'.join(x.message for x in r.reasons)}".strip() for name, r in results.items()}


# Verdicts --------------------------------------------------------------------------------------------------


def test_the_kernel_conforms() -> None:
    with node("ipv6-node") as target:
        results = dict(judge(target))
    wrong = {n: w for n, w in _words(results).items() if not w.startswith(("PASS", "NOT_APPLICABLE", "NOT_TESTED"))}
    assert wrong == {}
    untested = {n for n, r in results.items() if r.verdict is Verdict.NOT_TESTED}
    assert untested == {
        "incomplete-reassembly-is-reported-after-sixty-seconds",
        "incomplete-reassembly-without-the-first-fragment-is-silent",
        "temporary-addresses-are-switched-by-the-user",
    }
    assert all(r.witnesses and r.evidence == () for r in results.values() if r.verdict is Verdict.PASS)


def test_a_forwarding_kernel_forwards_as_it_has_to() -> None:
    names = [k.name for c in PROFILE.clauses if c.id in ("V6N-08", "V6N-09", "V6N-10", "V6N-29") for k in c.checks]
    with node("ipv6-node-router") as target:
        results = dict(judge(target, names))
    assert set(_words(results).values()) == {"PASS"}
    assert "forwarding-decrements-the-hop-limit" in results


@pytest.mark.parametrize(
    "fault",
    [
        "no-echo-reply",
        "discard-option-skipped",
        "late-first-fragment-lost",
        "solicitation-hop-limit-unchecked",
        "packet-too-big-dropped",
    ],
)
def test_a_fault_fails_what_it_names_of_a_few_checks(fault: str) -> None:
    named = next(f for f in faults("ipv6-node") if f.name == fault).kills
    with node(f"ipv6-node+{fault}") as target:
        results = judge(target, QUICK)
    failed = {name for name, r in results.items() if r.verdict is Verdict.FAIL}
    assert failed == {key.rpartition("/")[2] for key in named} & set(QUICK)
    for name in failed:
        first = results[name].reasons[0]
        assert first.expected
        assert "sendp(" in first.reproduce
        assert results[name].cause is Cause.SYSTEM


def test_being_carried_changes_nothing() -> None:
    """What stands between node and tester is part of a faulty node; by itself it is no fault."""
    from conformance.specimen.ipv6_node.node import Node, Setup

    made = Node(Setup(between="nothing")).start()
    try:
        data = {
            "target": "carried",
            "system": {"name": "carried"},
            "parameters": {**made.parameters(), "silence": 0.2, "error_spacing": 0.01},
            "limits": {"concurrency": 8},
        }
        results = judge(load_target(data, PROFILE), QUICK)
    finally:
        made.stop()
    assert set(_words(dict(results)).values()) == {"PASS"}


# No hollow pass, no false 不符合 ---------------------------------------------------------------------------


def _changed(target: Target, **parameters: object) -> Target:
    return replace(target, parameters=MappingProxyType({**target.parameters, **parameters}))


def test_a_wrong_address_is_no_verdict_about_the_node() -> None:
    with node("ipv6-node") as target:
        for change in ({"node_address": "fe80::dead"}, {"node_mac": "02:00:00:00:00:99"}):
            result = judge(_changed(target, **change), QUICK[:1])[QUICK[0]]
            assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)


def test_a_dead_cable_is_no_verdict_about_the_node() -> None:
    running = start("ipv6-node")
    try:
        running._server._lab.node.ip(["link set dev vn down"])  # type: ignore[attr-defined]
        results = judge(load_target(running.target, PROFILE), QUICK[:2])
    finally:
        running.stop()
    for result in results.values():
        assert result.verdict is Verdict.INCONCLUSIVE
        assert result.cause is Cause.ENVIRONMENT


@pytest.mark.parametrize(
    ("change", "cause", "said"),
    [
        ({"interface": "nowhere"}, Cause.ENVIRONMENT, "nowhere"),
        ({"namespace": "no-such-namespace"}, Cause.ENVIRONMENT, "no-such-namespace"),
        ({"far_interface": "nowhere"}, Cause.ENVIRONMENT, "nowhere"),  # the first one is given back
        ({"interface": "../etc"}, Cause.ENVIRONMENT, "不是接口名"),
        ({"namespace": None}, Cause.CONFIGURATION, "没有同意"),
        ({"node_address": "fe80::1%vt"}, Cause.CONFIGURATION, "不是 IPv6 地址"),
        ({"link_unavailable": "没有权限"}, Cause.ENVIRONMENT, "没有权限"),
    ],
)
def test_a_tester_without_its_link_judges_nothing(change: dict[str, object], cause: Cause, said: str) -> None:
    with node("ipv6-node") as target:
        result = judge(_changed(target, **change), QUICK[:1])[QUICK[0]]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, cause)
    assert said in result.reasons[0].message


def test_a_hook_that_fails_is_a_matter_of_configuration() -> None:
    name = "router-is-solicited-after-link-up"
    with node("ipv6-node") as target:
        for hook, said in (("false", "没有成功"), ("/no/such/program", "不能执行"), ("prompt:x", "没有成功")):
            result = judge(_changed(target, bounce=hook), [name])[name]
            assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
            assert said in result.reasons[0].message
        without = judge(_changed(target, bounce=None), [name])[name]
    assert without.verdict is Verdict.NOT_TESTED


def test_without_namespaces_every_check_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with node("ipv6-node") as target:
        result = judge(target, QUICK[:1])[QUICK[0]]
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)
    assert "apt-get install" in result.reasons[0].message


def test_without_scapy_the_command_that_installs_it_is_told() -> None:
    code = (
        "import sys; sys.modules['scapy'] = None; sys.path[:0] = ['tests/e2e', '.']\n"
        "from kit_link import judge, node\n"
        "with node('ipv6-node') as target:\n"
        f"    (result,) = judge(target, {list(QUICK[:1])!r}).values()\n"
        "print(result.verdict, result.cause, result.reasons[0].code, result.reasons[0].actual)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])  # fmt: skip
    assert done.stdout == "INCONCLUSIVE TOOL X001 pip install 'conformance[packet]'\n", done.stderr


class _Bouncing(BaseHTTPRequestHandler):
    program: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        status = 204 if subprocess.run(self.program).returncode == 0 else 500
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_hook_may_be_an_address_and_is_judged_again_with_its_exchange(tmp_path: Path) -> None:
    name, store = "router-is-solicited-after-link-up", EvidenceStore(tmp_path)
    with node("ipv6-node") as plain, HTTPServer(("127.0.0.1", 0), _Bouncing) as server:
        _Bouncing.program = shlex.split(str(plain.parameters["bounce"]))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        target = replace(_changed(plain, bounce=f"http://127.0.0.1:{server.server_port}/bounce"), hosts=("127.0.0.1",))
        result = judge(target, [name], store=store)[name]
        elsewhere = judge(replace(target, hosts=("elsewhere.example",)), [name])[name]
        server.shutdown()
    assert result.verdict is Verdict.PASS, result.reasons
    assert (elsewhere.verdict, elsewhere.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    again = _replayed(target, result, store)
    assert (again.verdict, again.assertions, again.witnesses) == (Verdict.PASS, result.assertions, result.witnesses)


# Evidence and judging again --------------------------------------------------------------------------------


def _replayed(target: Target, result: CheckResult, store: EvidenceStore, *, seed: int = 1) -> CheckResult:
    indexes = [store.get_json(e.sha256) for e in result.evidence if e.kind == "packets"]
    live = live_run(PROFILE, target)
    live.sender.close()  # type: ignore[attr-defined]
    run = Run(
        PROFILE,
        replace(target, parameters=MappingProxyType({**target.parameters, "namespace": "gone"})),
        live.operations,
        live.envelope,
        live.auth,
        Replay(
            [store.get_json(e.sha256) for e in result.evidence if e.kind == "exchange"],
            [],
            [(i, store.get(i["capture"])) for i in indexes],
        ),
        Redactor(),
        seed=seed,
        replaying=True,
    )
    entry = next(e for e in plan(PROFILE, target) if e.key == result.key)
    return run_check(run, entry)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Target, dict[str, CheckResult], EvidenceStore]:
    needs_link()
    store = EvidenceStore(tmp_path_factory.mktemp("evidence"))
    with node("ipv6-node+solicitation-hop-limit-unchecked") as target:
        return target, dict(judge(target, QUICK, store=store)), store


def test_every_check_is_judged_again_from_its_frames(
    kept: tuple[Target, dict[str, CheckResult], EvidenceStore],
) -> None:
    target, results, store = kept
    assert {r.verdict for r in results.values()} == {Verdict.PASS, Verdict.FAIL}
    for name, result in results.items():
        again = _replayed(target, result, store)
        assert (again.verdict, again.assertions, again.failed, again.witnesses) == (
            result.verdict,
            result.assertions,
            result.failed,
            result.witnesses,
        ), name
        assert [r.message for r in again.reasons] == [r.message for r in result.reasons]


def test_frames_that_a_check_would_not_send_are_a_disagreement(
    kept: tuple[Target, dict[str, CheckResult], EvidenceStore],
) -> None:
    target, results, store = kept
    again = _replayed(target, results[QUICK[0]], store, seed=2)
    assert again.verdict is Verdict.ERROR
    assert again.reasons[0].code == "E202"


def test_the_capture_is_what_other_programs_read(
    kept: tuple[Target, dict[str, CheckResult], EvidenceStore], tmp_path: Path
) -> None:
    from scapy.utils import PcapNgReader

    _, results, store = kept
    for result in results.values():
        (sha,) = [e.sha256 for e in result.evidence if e.kind == "pcap"]
        data = store.get(sha)
        mine = pcapng.read(data)
        path = tmp_path / "a.pcapng"
        path.write_bytes(data)
        with PcapNgReader(str(path)) as reader:
            theirs = [(bytes(p), round(float(p.time), 6)) for p in reader]
        assert theirs == [(f.data, f.time) for f in mine]
        (index,) = [e.sha256 for e in result.evidence if e.kind == "packets"]
        summary = store.get_json(index)["summary"]
        assert len(summary) == len(mine)
        assert any("→" in line for line in summary)


def test_what_a_service_says_is_not_kept(kept: tuple[Target, dict[str, CheckResult], EvidenceStore]) -> None:
    _, results, store = kept
    (sha,) = [e.sha256 for e in results["tcp-segments-shrink-after-a-packet-too-big"].evidence if e.kind == "pcap"]
    assert b"xxxxxxxx" not in store.get(sha)


# The command, and what is left behind ----------------------------------------------------------------------


def _holders() -> set[str]:
    """Processes that hold a namespace of ours."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == "cat" and os.readlink(folder / "ns/net") != os.readlink(
                "/proc/self/ns/net"
            ):
                found.add(folder.name)
        except OSError:
            continue
    return found


def test_the_lab_verb_gives_a_link_to_a_command_and_takes_it_away(tmp_path: Path) -> None:
    out, record = tmp_path / "lab.yaml", tmp_path / "record"
    run = (
        f"{sys.executable} -m pytest -q -p no:cacheprovider --profile=ipv6-node --target={out} --record={record} "
        "-k V6N-01 -W error"
    )
    done = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "lab", "ipv6", "-o", str(out), "--run", run],
        capture_output=True, text=True, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    held = next(line for line in out.read_text("utf-8").splitlines() if "namespace:" in line).split("/")[2]
    assert not Path(f"/proc/{held}/ns/net").exists()
    again = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "rejudge", str(record), "--json"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (again.returncode, json.loads(again.stdout)) == (0, []), again.stdout + again.stderr
    report = (record / "report.html").read_text("utf-8")
    assert "ICMPv6 Echo Request" in report
    assert "pcapng" in report


def test_a_tester_that_is_killed_leaves_no_namespace(tmp_path: Path) -> None:
    code = "from conformance.specimen.registry import start; start('ipv6-node'); print('up', flush=True); input()"
    before = _holders()
    victim = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    assert victim.stdout.readline() == "up\n"
    mine = _holders() - before
    assert mine
    victim.kill()
    victim.wait(10)
    for stream in (victim.stdin, victim.stdout):
        assert stream is not None
        stream.close()
    end = time.monotonic() + 10
    while mine & _holders() and time.monotonic() < end:
        time.sleep(0.05)
    assert mine & _holders() == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="需要 root，才能换成普通用户")
def test_an_ordinary_user_has_the_link_in_a_user_namespace() -> None:
    code = (
        "import os; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "import sys; sys.path[:0] = ['tests/e2e', '.']\n"
        "from kit_link import _why_not, judge, node\n"
        "print(_why_not() or 'yes', flush=True)\n"
        "if not _why_not():\n"
        "    with node('ipv6-node') as target:\n"
        f"        print(sorted(str(r.verdict) for r in judge(target, {list(QUICK[:2])!r}).values()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[2],
        env={**os.environ, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    first, *rest = done.stdout.splitlines() or [done.stderr]
    if "ModuleNotFoundError" in first:
        pytest.skip(f"本机的 Python 普通用户读不到: {first}")
    if first != "yes":
        pytest.skip(f"本机不允许普通用户建立用户命名空间: {first}")
    assert rest == ["['PASS', 'PASS']"], done.stderr


# Slow proofs -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_twenty_runs_in_a_row_raise_no_false_alarm() -> None:
    for seed in range(20):
        with node("ipv6-node") as target:
            results = judge(target, seed=seed)
        wrong = {n: w for n, w in _words(dict(results)).items() if w.startswith(("FAIL", "INCONCLUSIVE", "ERROR"))}
        assert wrong == {}, f"seed {seed}"


@pytest.mark.slow
def test_reassembly_is_given_up_after_a_minute() -> None:
    names = [
        "incomplete-reassembly-is-reported-after-sixty-seconds",
        "incomplete-reassembly-without-the-first-fragment-is-silent",
    ]
    with node("ipv6-node-long") as target:
        results = judge(target, names)
    assert set(_words(dict(results)).values()) == {"PASS"}
    took = results[names[0]].measurements[0]["value"]
    assert 60 <= took <= 65
    with node("ipv6-node-long+reassembly-given-up-early") as target:
        assert judge(target, names[:1])[names[0]].verdict is Verdict.FAIL


@pytest.mark.slow
def test_one_at_a_time_gives_the_same_verdicts() -> None:
    with node("ipv6-node+overlap-merged") as target:
        together = {n: r.verdict for n, r in judge(target).items()}
    with node("ipv6-node+overlap-merged") as target:
        alone = judge(replace(target, limits=replace(target.limits, concurrency=1)))
    assert {n: r.verdict for n, r in alone.items()} == together

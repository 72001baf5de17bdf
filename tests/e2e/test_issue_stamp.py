"""RFC 3161 time-stamps at the issue: a real authority on loopback, verified offline, and every way it can be wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")
pytest.importorskip("asn1crypto")
_TESTS = Path(__file__).resolve().parents[1]
for _folder in (_TESTS, _TESTS / "tools", _TESTS / "cover"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

import chrome  # noqa: E402
from kit_issue import CASE, NOW, Lab, believed, good_record, laboratory, sign_all  # noqa: E402
from kit_tsa import Authority, serving  # noqa: E402
from kit_verify_page import checked  # noqa: E402

from conformance import cli  # noqa: E402
from conformance.errors import IssueError  # noqa: E402
from conformance.issue import dsse  # noqa: E402
from conformance.issue.checking import SEAL, TYPE, check_issued  # noqa: E402
from conformance.issue.produce import issue  # noqa: E402
from conformance.issue.publish import public_keys, publish  # noqa: E402
from conformance.issue.stamp import STAMP, _granted, examine, query  # noqa: E402
from conformance.record.reading import Record  # noqa: E402

AT = NOW + timedelta(hours=1)


@dataclass
class Ready:
    record: Record
    lab: Lab
    dossier: Path

    def issue(self, archive: Path) -> Path:
        signer = self.lab.signers["zhao"]
        return issue(
            self.record.path, self.lab.load(), self.dossier, archive, "zhao", signer, formats=(), now=AT, again=believed
        )


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    folder = tmp_path_factory.mktemp("stamp")
    record = good_record(folder / "record", case=CASE)
    lab = laboratory(folder / "lab", record)
    sign_all(record, lab, folder / "sign-off")
    return Ready(record, lab, folder / "sign-off")


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with serving(Authority(AT + timedelta(seconds=2))) as running:
        yield running


@pytest.fixture(scope="module")
def made(ready: Ready, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    authority.faults = set()
    ready.lab.data["time_stamp"] = {"url": authority.url, "anchors": [authority.root_pem]}
    return ready.issue(tmp_path_factory.mktemp("archive"))


def keys(ready: Ready, folder: Path, *anchors: str) -> Path:
    """The public file of the laboratory, with these roots."""
    data = public_keys(ready.lab.load())
    data.pop("time_stamp", None)
    if anchors:
        data["time_stamp"] = {"anchors": list(anchors)}
    path = folder / "keys.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_an_issued_report_carries_a_stamp_that_holds(
    ready: Ready, made: Path, authority: Authority, tmp_path: Path, capsys: Any
) -> None:
    found = check_issued(made, ready.lab.load())
    assert (found.ok, found.problems) == (True, ())
    assert found.stamp is not None
    assert found.stamp.pinned
    assert "2026-11-25 03:00:02" in found.stamp.time
    assert found.stamp.by == "测试时间戳服务"
    published = public_keys(ready.lab.load())
    assert published["time_stamp"]["anchors"] == [authority.root_pem]
    pinned = keys(ready, tmp_path, authority.root_pem)
    assert cli.main(["verify", str(made), "--keys", str(pinned)]) == 0
    assert "信任根已由公钥文件给出" in capsys.readouterr().out
    loose = keys(ready, tmp_path)
    assert cli.main(["verify", str(made), "--keys", str(loose)]) == 0
    assert "没有给出时间戳机构的信任根" in capsys.readouterr().out
    assert cli.main(["verify", str(made), "--keys", str(loose), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["time_stamp"]["pinned"] is False
    assert (publish(made.parent, ready.lab.load(), tmp_path / "site", now=AT) / "reports" / made.name / STAMP).is_file()


def test_a_chain_to_another_root_is_a_problem(ready: Ready, made: Path, authority: Authority, tmp_path: Path) -> None:
    from conformance.issue.lab import load_laboratory

    found = check_issued(made, load_laboratory(keys(ready, tmp_path, authority.other_root_pem)))
    assert [p.code for p in found.problems] == ["V509"]
    assert "信任" in found.problems[0].message


def test_a_stamp_cannot_be_taken_off_changed_or_exchanged(ready: Ready, made: Path, tmp_path: Path) -> None:
    lab, token = ready.lab.load(), (made / STAMP).read_bytes()
    copy = tmp_path / made.name
    shutil.copytree(made, copy)
    (copy / STAMP).unlink()
    assert [str(p)[:6] for p in check_issued(copy, lab).problems] == ["[V509]"]
    for bent in (token[:-1] + bytes([token[-1] ^ 1]), token[:200], b"", b"\x30\x80"):
        (copy / STAMP).write_bytes(bent)
        assert {p.code for p in check_issued(copy, lab).problems} == {"V509"}
    other = examine(token, b"another seal", lab.stamps.anchors)
    assert any("覆盖的不是" in p for p in other.problems)


@pytest.mark.browser
@pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")
def test_verify_html_says_of_a_stamp_what_the_command_says(
    ready: Ready, made: Path, authority: Authority, tmp_path: Path
) -> None:
    lab = ready.lab.load()
    token, seal = (made / STAMP).read_bytes(), (made / SEAL).read_bytes()
    own, other = (certificate(pem) for pem in (authority.root_pem, authority.other_root_pem))
    with chrome.Chrome() as page:
        page.open(publish(made.parent, lab, tmp_path / "site", now=AT) / "verify.html")

        def said(token: bytes, data: bytes, *roots: bytes) -> dict[str, Any]:
            octets = ", ".join(f"unbase64('{b64encode(b).decode()}')" for b in (token, data))
            anchors = ", ".join(f"unbase64('{b64encode(b).decode()}')" for b in roots)
            script = f"stamped({octets}, [{anchors}]).then(r => JSON.stringify(r))"
            answer = page.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
            assert "exceptionDetails" not in answer, answer
            return json.loads(answer["result"]["value"])  # type: ignore[no-any-return]

        good = said(token, seal, own)
        assert good == {"time": "2026-11-25 03:00:02Z", "by": "测试时间戳服务", "pinned": True, "problems": []}
        assert said(token, seal) == {**good, "pinned": False}
        assert said(token, seal, other)["problems"] == ["chain"]
        assert said(token, b"another seal", own)["problems"] == ["imprint"]
        for bent in (token[:200], b"", b"\x30\x80", token + b"\x00", b"\x30\x84\xff\xff\xff\xff", seal):
            assert said(bent, seal, own)["problems"] == ["format"], bent[:8]
        for fault in ("imprint", "signature", "usage"):
            authority.faults = {fault}
            bad = _granted(authority.answer(query(seal, 1)), "")
            assert said(bad, seal, own)["problems"] == [fault]
            assert examine(bad, seal, lab.stamps.anchors).problems
        authority.faults = set()
        unseen = []
        for n in range(0, len(token), 37):
            bent = token[:n] + bytes([token[n] ^ 1]) + token[n + 1 :]
            if not said(bent, seal, own)["problems"] and examine(bent, seal, lab.stamps.anchors).problems:
                unseen.append(n)
        assert unseen == []
        copy = tmp_path / made.name
        shutil.copytree(made, copy)
        assert checked(page, copy, public_keys(lab))["ok"]
        (copy / STAMP).write_bytes(token[:-1] + bytes([token[-1] ^ 1]))
        assert checked(page, copy, public_keys(lab))["problems"] == ["[V509] time-stamp.tst signature"]
        # Dated back with the clock of the laboratory, and stamped when it was really made.
        envelope = dsse.read(copy / SEAL, TYPE)
        predicate = {**envelope.predicate, "issued_at": "2026-11-20T03:00:00+00:00"}
        content, zhao = {**envelope.statement, "predicate": predicate}, lab.people["zhao"]
        (copy / SEAL).write_bytes(dsse.seal(content, ready.lab.signers["zhao"], zhao.key))
        (copy / STAMP).write_bytes(_granted(authority.answer(query((copy / SEAL).read_bytes(), 1)), ""))
        (problem,) = check_issued(copy, lab).problems
        assert problem.code == "V509"
        assert "相差超过 5 分钟" in problem.message
        assert checked(page, copy, public_keys(lab))["problems"] == ["[V509] time-stamp.tst time"]


def certificate(pem: str) -> bytes:
    return b64decode("".join(pem.splitlines()[1:-1]))


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("old", "相差超过"),
        ("nonce", "nonce"),
        ("imprint", "覆盖的不是"),
        ("signature", "签名验证不通过"),
        ("usage", "用途"),
        ("denied", "状态 2"),
        ("none", "HTTP 503"),
    ],
)
def test_no_report_is_issued_without_the_stamp_that_was_asked_for(
    ready: Ready, authority: Authority, tmp_path: Path, fault: str, says: str
) -> None:
    authority.faults = {fault}
    ready.lab.data["time_stamp"] = {"url": authority.url, "anchors": [authority.root_pem]}
    with pytest.raises(IssueError) as caught:
        ready.issue(tmp_path / "archive")
    assert caught.value.code == "I026"
    assert says in str(caught.value)
    assert not list((tmp_path / "archive").iterdir()), "nothing is left half issued"


def test_an_authority_that_is_not_there_or_not_pinned_is_told(
    ready: Ready, authority: Authority, tmp_path: Path
) -> None:
    authority.faults = set()
    for given in ({"url": "http://127.0.0.1:9/"}, {"url": authority.url, "anchors": [authority.other_root_pem]}):
        ready.lab.data["time_stamp"] = given
        with pytest.raises(IssueError, match="I026"):
            ready.issue(tmp_path / "archive")
    ready.lab.data["time_stamp"] = {"anchors": ["no certificate"]}
    with pytest.raises(IssueError, match="I027"):
        ready.lab.load()
    ready.lab.data["time_stamp"] = {"url": authority.url, "command": "x"}
    with pytest.raises(IssueError, match="I020"):
        ready.lab.load()


def test_a_program_may_bring_the_stamp(ready: Ready, authority: Authority, tmp_path: Path) -> None:
    authority.faults = set()
    program = tmp_path / "ask.py"
    program.write_text(
        "import sys, urllib.request\n"
        f"request = urllib.request.Request({authority.url!r}, sys.stdin.buffer.read())\n"
        "sys.stdout.buffer.write(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read())\n"
    )
    ready.lab.data["time_stamp"] = {"command": f"{sys.executable} {program}", "anchors": [authority.root_pem]}
    made = ready.issue(tmp_path / "archive")
    assert check_issued(made, ready.lab.load()).ok


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_openssl_says_the_same_of_the_stamp(made: Path, authority: Authority, tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_text(authority.root_pem)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", str(made / STAMP), "-CAfile", str(root)]
    for data, good in ((made / SEAL, True), (root, False)):
        ran = subprocess.run([*command, "-data", str(data)], capture_output=True, text=True)
        assert ("Verification: OK" in ran.stdout) is good, ran.stderr

"""An error in a check: exactly the issued reports it touches are named, judged from their kept records alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")
_TESTS = Path(__file__).resolve().parents[1]
for _folder in (_TESTS, _TESTS / "cover"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

from kit_issue import CASE, Lab, laboratory, sign_all  # noqa: E402 - the path had to be made first

from conformance import cli  # noqa: E402
from conformance.errors import IssueError  # noqa: E402
from conformance.issue.impact import impact  # noqa: E402
from conformance.issue.method import disagreements  # noqa: E402
from conformance.issue.produce import issue  # noqa: E402
from conformance.profile import load  # noqa: E402
from conformance.record import manifest  # noqa: E402
from conformance.record.digest import digests, line, sha256  # noqa: E402
from conformance.record.reading import open_record  # noqa: E402
from conformance.record.verify import verify  # noqa: E402
from conformance.resources import folder as resources  # noqa: E402

NAME = "gbt-36904-2018"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lab]:
    """One report of a real run against the specimen."""
    work = tmp_path_factory.mktemp("impact")
    (work / "case.yaml").write_text(json.dumps(CASE, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:profiling", f"--profile={NAME}"]
    command += ["--target=specimen:elicense", "--case=case.yaml", "--record=r", "--conformance-report=none"]
    env = {**os.environ, "XDG_STATE_HOME": str(work / "state")}
    ran = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with open_record(work / "r") as record:
        lab = laboratory(work / "lab", record)
        lab.data["people"][2]["standards"] = ["GB/T 36904-2018"]
        at = datetime.now(UTC).replace(second=0, microsecond=0)
        sign_all(record, lab, work / "s", at=at)
    issue(work / "r", lab.load(), work / "s", work / "archive", "zhao", lab.signers["zhao"])
    return work / "archive", lab


def rewritten(record: Path, old: bytes, new: bytes) -> None:
    """What answers say changed, and every digest made to fit again: the ledger, its chain and the manifest."""
    lines = (record / "ledger.jsonl").read_text("utf-8")
    for path in list((record / "evidence").rglob("*.json")):
        data = path.read_bytes()
        if old not in data or b'"response"' not in data or b'"clauses"' in data:
            continue
        path.unlink()
        sha = sha256(changed_bytes := data.replace(old, new))
        to = record / "evidence" / sha[:2] / f"{sha}.json"
        to.parent.mkdir(exist_ok=True)
        to.write_bytes(changed_bytes)
        lines = lines.replace(path.stem, sha)
    before, out = {"sm3": "0" * 64, "sha256": "0" * 64}, b""
    for text in lines.splitlines():
        body = line({**json.loads(text), "prev": before})
        before, out = digests(body), out + body + b"\n"
    (record / "ledger.jsonl").write_bytes(out)
    manifest.write(record)


def test_evidence_that_does_not_bear_out_its_verdict_is_refused(archive: tuple[Path, Lab], tmp_path: Path) -> None:
    """Every digest holds and all three sign: what an answer says is still not what the verdict says."""
    record, lab = tmp_path / "r", archive[1]
    shutil.copytree(archive[0].parent / "r", record)
    rewritten(record, b"1.2.156.3005.2.", b"1.2.156.3003.2.")
    assert verify(record).ok
    with open_record(record) as opened:
        sign_all(opened, lab, tmp_path / "s", at=datetime.now(UTC).replace(second=0, microsecond=0))
    with pytest.raises(IssueError, match="I120") as caught:
        issue(record, lab.load(), tmp_path / "s", tmp_path / "a", "zhao", lab.signers["zhao"])
    assert {e.code for e in (caught.value, *caught.value.others)} == {"I120"}
    assert not list((tmp_path / "a").glob("*"))


def test_a_judgement_by_other_means_than_those_of_the_test_is_refused(
    archive: tuple[Path, Lab], tmp_path: Path
) -> None:
    with open_record(archive[0].parent / "r") as record:
        assert disagreements(record) == []
        assert disagreements(record, load(NAME)) == []
        path = changed(tmp_path / "profiles", "{format: licence-id-root}", "{type: string}")
        ((_, why),) = disagreements(record, load(str(path)))
        assert "不是检测时的那一版" in why
        # Another program beside the same profile is another method, whatever it says.
        changed(tmp_path / "profiles", "", "")
        shutil.copytree(resources("suites"), tmp_path / "suites")
        with (tmp_path / "suites" / "elicense" / "identifiers.py").open("a") as file:
            file.write("# changed\n")
        ((_, why),) = disagreements(record, load(str(path)))
        assert "不是检测时的那一版" in why


def changed(folder: Path, old: str, new: str) -> Path:
    """The profile with one sentence of its YAML changed, beside what it uses."""
    shutil.copytree(resources("profiles"), folder, dirs_exist_ok=True)
    path = folder / f"{NAME}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_nothing_changed_touches_nothing(archive: tuple[Path, Lab]) -> None:
    found = impact(archive[0], archive[1].load(), load(NAME))
    assert [(a.number, a.touched, a.before, a.after) for a in found] == [
        ("EX-2026-0001", False, "CONFORMS", "CONFORMS")
    ]


def test_a_profile_that_was_not_used_touches_nothing(archive: tuple[Path, Lab]) -> None:
    assert impact(archive[0], archive[1].load(), load("gbt-36903-2018")) == []


def test_a_changed_check_names_the_report_the_clause_and_the_conclusion(
    archive: tuple[Path, Lab], tmp_path: Path, capsys: Any
) -> None:
    path = changed(
        tmp_path / "profiles", "{format: licence-id-root}", "{format: uscc}"
    )  # a mistake: another identifier is asked for
    (affected,) = impact(archive[0], archive[1].load(), load(str(path)))
    assert affected.turned
    assert (affected.before, affected.after) == ("CONFORMS", "DOES_NOT_CONFORM")
    assert affected.clauses
    assert all(key.startswith(f"{NAME}/") for key, _, _ in (*affected.clauses, *affected.checks))
    assert cli.main(["impact", str(archive[0]), "--lab", str(archive[1].path), "--profile", str(path)]) == 1
    said = capsys.readouterr().out
    assert "EX-2026-0001: 结论 符合 → 不符合" in said
    assert f"  条款 {affected.clauses[0][0]}: 符合 → 不符合" in said
    assert "1 份受影响，1 份结论改变" in said


def test_a_report_without_its_record_is_never_called_unaffected(archive: tuple[Path, Lab], tmp_path: Path) -> None:
    shutil.copytree(archive[0], tmp_path / "a")
    (tmp_path / "a" / "EX-2026-0001" / "record.zip").unlink()
    (affected,) = impact(tmp_path / "a", archive[1].load(), load(NAME))
    assert affected.touched
    assert "没有所附的检测记录" in affected.problem

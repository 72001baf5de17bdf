"""A person's conclusions: from the work sheet into the record, its report and its verification."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from plugin_kit import PROJECT

from conformance.cli import main
from conformance.model.verdict import Verdict
from conformance.record.ledger import read
from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge
from conformance.specimen.apk.specimen import target

KEY = "app-elder-2021/APP-75/gestures-are-simple-and-time-is-enough"
PDF = b"%PDF-1.7 FAKE list of gestures"


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a record whose manual checks nobody has answered yet."""
    folder = tmp_path_factory.mktemp("manual")
    (folder / "target.yaml").write_text(json.dumps(target(folder, ()), ensure_ascii=False), "utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--profile=govapp-package",
         "--target=target.yaml", "--record=r"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (folder / "r/manifest.json").exists(), made.stdout
    return folder


@pytest.fixture
def folder(tested: Path, tmp_path: Path) -> Path:
    shutil.copytree(tested / "r", tmp_path / "r")
    assert main(["worksheet", str(tmp_path / "r"), "-o", str(tmp_path / "w")]) == 0
    return tmp_path


def fill(folder: Path, **changes: object) -> Path:
    """The sheet with one answer."""
    path = folder / "w/sheet.yaml"
    sheet = yaml.safe_load(path.read_text("utf-8"))
    sheet["common"] |= {"approver": "李某", "date": "2026-11-01", "expires": "2099-12-31"}
    (folder / "w/清单.pdf").write_bytes(PDF)
    entry = next(e for e in sheet["results"] if e["check"] == KEY)
    entry |= {"verdict": "PASS", "reason": "没有三指手势", "evidence": ["录屏 3 段", {"file": "清单.pdf"}], **changes}
    path.write_text(yaml.safe_dump(sheet, allow_unicode=True), "utf-8")
    return path


def test_the_sheet_lists_what_is_still_open(folder: Path) -> None:
    sheet = yaml.safe_load((folder / "w/sheet.yaml").read_text("utf-8"))
    assert KEY in [entry["check"] for entry in sheet["results"]]
    assert len(sheet["results"]) == 6
    assert sheet["common"]["scope"] == {"version": "1.0"}
    assert (folder / "w/worksheet.html").read_text("utf-8").count("<section") == 6


def test_a_conclusion_is_bound_into_the_record(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["attest", str(folder / "r"), str(fill(folder))]) == 0
    said = capsys.readouterr().out
    assert "李某 2026-11-01，有效至 2099-12-31 +08:00，证据文件 1 个" in said
    assert "还有 5 项没有填" in said
    digest = hashlib.sha256(PDF).hexdigest()
    event = next(e for e in read(folder / "r") if e.event == "attestation")
    assert event.data["files"] == [{"name": "清单.pdf", "sha256": digest, "size": len(PDF)}]
    with open_record(folder / "r") as record:
        result = record.result(KEY)
        assert (result.verdict, result.witnesses) == (Verdict.PASS, 2)
        assert [e.sha256 for e in result.evidence] == [digest]
        assert record.evidence(digest) == PDF
        assert record.closed
        assert [again.key for again in rejudge(record) if not again.agrees] == []
    assert main(["verify", str(folder / "r")]) == 0
    page = (folder / "r/report.html").read_text("utf-8")
    for told in ("2026-11-01 李某：没有三指手势", "2099-12-31", "清单.pdf", digest[:16]):
        assert told in page


def test_changed_evidence_is_found(folder: Path) -> None:
    assert main(["attest", str(folder / "r"), str(fill(folder))]) == 0
    digest = hashlib.sha256(PDF).hexdigest()
    kept = folder / f"r/evidence/{digest[:2]}/{digest}.bin"
    kept.write_bytes(PDF.replace(b"gestures", b"GESTURES"))
    assert main(["verify", str(folder / "r")]) == 1


def test_a_later_conclusion_takes_the_place_of_an_earlier_one(folder: Path) -> None:
    assert main(["attest", str(folder / "r"), str(fill(folder))]) == 0
    assert main(["attest", str(folder / "r"), str(fill(folder, verdict="FAIL", reason="缩放要三指"))]) == 0
    with open_record(folder / "r") as record:
        assert record.result(KEY).verdict is Verdict.FAIL
        assert len(record.attestations) == 2


def test_a_conclusion_for_another_version_does_not_count(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attest", str(folder / "r"), str(fill(folder, scope={"version": "9.9"}))]) == 0
    assert "不计：只对 version 9.9 有效" in capsys.readouterr().out
    with open_record(folder / "r") as record:
        assert record.result(KEY).verdict is Verdict.NOT_TESTED


def test_nothing_is_written_when_anything_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "r/ledger.jsonl").read_bytes()
    assert main(["attest", str(folder / "r"), str(fill(folder, evidence=[]))]) == 2
    assert "T805" in capsys.readouterr().err
    assert main(["attest", str(folder / "r"), str(folder / "w/nothing.yaml")]) == 2
    assert (folder / "r/ledger.jsonl").read_bytes() == before


def test_an_altered_record_takes_no_conclusion(folder: Path) -> None:
    path = fill(folder)
    ledger = folder / "r/ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"NOT_TESTED", b"PASSES_TOO", 1))
    assert main(["attest", str(folder / "r"), str(path)]) == 2


def test_a_target_says_what_applies(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        'target: t\nsystem: {name: 某 App}\nparameters: {base_url: "http://127.0.0.1:9"}\n', "utf-8"
    )
    ran = main(["worksheet", "--profile=govapp", f"--target={tmp_path / 't.yaml'}", "-o", str(tmp_path / "w")])
    assert ran == 0
    keys = [e["check"] for e in yaml.safe_load((tmp_path / "w/sheet.yaml").read_text("utf-8"))["results"]]
    assert any("APP-04" in key for key in keys)
    assert not any("APP-06" in key for key in keys), "no package was handed in"

"""EV-01: a system that verifies files is handed genuine and tampered ones, and its answers are compared with our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_kit import PytestCommand

from conformance.cli import main
from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.record.reading import open_record
from conformance.specimen.eseal.verifier import SERVICE_FAULTS

QUIET = ("-p", "no:cacheprovider", "-q", "--conformance-report=none", "--clause=EV-01")


def asked(command: PytestCommand, tmp_path: Path, target: str) -> CheckResult:
    record = tmp_path / "r"
    ran = command("--profile=mof-voucher-2024", f"--target={target}", f"--record={record}", *QUIET)
    assert "INTERNALERROR" not in ran.text, ran.text
    with open_record(record) as opened:
        result = next(r for k, r in opened.results.items() if "/EV-01/" in k)
    assert main(["rejudge", str(record)]) == 0
    return result


def test_a_verifier_that_tells_them_apart_conforms(command: PytestCommand, tmp_path: Path) -> None:
    result = asked(command, tmp_path, "specimen:eseal-verifier")
    assert result.verdict is Verdict.PASS
    assert result.witnesses >= 30, "a dozen genuine files, each tampered with in several ways"


@pytest.mark.parametrize("fault", [f.name for f in SERVICE_FAULTS])
def test_a_verifier_that_does_not_is_caught(command: PytestCommand, tmp_path: Path, fault: str) -> None:
    result = asked(command, tmp_path, f"specimen:eseal-verifier+{fault}")
    assert result.verdict is Verdict.FAIL
    wrong = {
        "verifier-accepts-everything": "被篡改的文件报为真实",
        "verifier-rejects-everything": "真实的文件没有报为真实",
        "verifier-ignores-pages": "被篡改的文件报为真实",
        "verifier-shows-no-status": "没有呈现被篡改文件的真实性状态",
    }
    assert all(wrong[fault] in reason.message for reason in result.reasons[:3]), result.reasons


def test_workers_of_xdist_hand_in_the_same_files(command: PytestCommand, tmp_path: Path) -> None:
    record = tmp_path / "r"
    ran = command("--profile=mof-voucher-2024", "--target=specimen:eseal-verifier", f"--record={record}", *QUIET, "-n2")
    assert ran.code == 0, ran.text
    assert main(["rejudge", str(record)]) == 0


def test_files_alone_are_not_asked_what_a_system_does(command: PytestCommand, tmp_path: Path) -> None:
    assert asked(command, tmp_path, "specimen:eseal").verdict is Verdict.NOT_APPLICABLE

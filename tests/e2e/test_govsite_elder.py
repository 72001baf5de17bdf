"""适老网页 in a real browser: the record of a wrong page gives the same verdicts again, and another page gives none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import chrome
import pytest

from conformance.model.verdict import Verdict
from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge

pytest.importorskip("playwright")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")]


def _run(spec: str, record: Path) -> int:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--profile=web-elder-2021"]
    return subprocess.run(
        [*command, f"--target=specimen:{spec}", f"--record={record}"], capture_output=True, text=True, timeout=180
    ).returncode


def test_a_wrong_page_is_told_with_pictures_and_judged_the_same_again(tmp_path: Path) -> None:
    assert _run("govsite-elder+a-button-lures+a-control-is-out-of-reach", tmp_path / "r") == 1
    with open_record(tmp_path / "r") as record:
        again = rejudge(record)
        pictures = [e for r in record.results.values() for e in r.evidence if e.kind == "picture"]
    assert [r.key for r in again if not r.agrees] == []
    assert {r.key.split("/")[1] for r in again if r.again.verdict is Verdict.FAIL} == {"WEB-49", "WEB-51"}
    assert pictures


def test_another_service_conforms_to_nothing(tmp_path: Path) -> None:
    assert _run("govsite-elder+another-service-answers", tmp_path / "r") == 1
    with open_record(tmp_path / "r") as record:
        verdicts = {r.verdict for r in record.results.values()}
    assert Verdict.PASS not in verdicts
    assert Verdict.FAIL not in verdicts

"""网页设计规范 in a real browser: too many hues go to a person with a picture, what is wrong is told, and all is judged the same again."""

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
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine"),
]


def test_hues_go_to_a_person_and_the_rest_is_decided(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--profile=gov-site-2017-47"]
    spec = "specimen:govsite+seven-hues+articles-in-three-sizes+outside-links-leave-at-once"
    chosen = ["-k", "hues or look_alike or look-alike or announced or three-seconds", f"--record={tmp_path / 'r'}"]
    done = subprocess.run([*command, f"--target={spec}", *chosen], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stdout[-2000:]
    with open_record(tmp_path / "r") as record:
        assert [r.key for r in rejudge(record) if not r.agrees] == []
        by = {key.split("/")[1]: r for key, r in record.results.items() if r.assertions or r.reasons}
    assert by["WEB-25"].verdict is Verdict.PASS
    assert by["WEB-26"].verdict is Verdict.INCONCLUSIVE
    assert "需人工复核" in by["WEB-26"].reasons[0].message
    assert [e.kind for e in by["WEB-26"].evidence].count("picture") >= 1
    assert by["WEB-28"].verdict is Verdict.FAIL
    assert "3 种样式" in by["WEB-28"].reasons[0].message
    assert by["WEB-35"].verdict is Verdict.FAIL
    assert by["WEB-35"].reasons[0].actual == "直接跳走"

"""The tutorial on issuing a report runs as written: run, attest, sign, issue, publish, verify elsewhere, withdraw."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from conformance.profile import load
from conformance.report.formats import FORMATS
from conformance.resources import version

pytest.importorskip("cryptography")
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "issue.md"
PROFILE, BUNDLE = "gov-app-2026-12", "govapp"  # what the page tests, and what it is qualified by
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def steps() -> Iterator[tuple[str, str]]:
    """The page in its order: (file, content) of a file to be written, ("", command) of a command to be run."""
    for language, title, body in _BLOCK.findall(PAGE.read_text("utf-8")):
        if title:
            yield title, body
        elif language == "console":
            yield from (("", line[2:]) for line in body.splitlines() if line.startswith("$ "))


def put(folder: Path, name: str, body: str) -> None:
    """A file of the page, with the editions and the day that hold where the page is followed."""
    today = {
        "lab.yaml": {
            'version: "0.1.0"': f'version: "{version()}"',
            'edition: "1.2"': f'edition: "{load(PROFILE).edition}"',
        },
        "manual/sheet.yaml": {'date: "2026-11-24"': f'date: "{datetime.now(timezone(timedelta(hours=8))).date()}"'},
    }
    for old, new in today.get(name, {}).items():
        assert old in body
        body = body.replace(old, new)
    assert name != "manual/sheet.yaml" or "待填" in (folder / name).read_text("utf-8"), (
        "the sheet was not written first"
    )
    (folder / name).write_text(body, encoding="utf-8")


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    words = command.split()
    program = {"conformance": ["-m", "conformance.cli"], "pytest": ["-m", "pytest", "-q", "-p", "no:profiling"]}
    if words[0] in program:
        words = [sys.executable, *program[words[0]], *words[1:]]
    env = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)


def matrix(folder: Path) -> None:
    """What `conformance qualify govapp` writes, without the minutes it takes; `make qualify` proves that it holds."""
    bundle = load(BUNDLE)
    about = {"id": bundle.id, "digest": bundle.digest}
    parts = [{"id": p.id, "digest": p.digest} for p in bundle.standards()]
    (folder / "qualification").mkdir()
    (folder / "qualification" / f"{BUNDLE}.json").write_text(
        json.dumps(
            {"profile": {**about, "parts": parts}, "tool": {"conformance": version()}, "ok": True, "complete": True}
        )
    )


def pdf_works() -> bool:
    try:
        import docxtpl  # noqa: F401
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.skipif(not pdf_works(), reason="WeasyPrint with Pango, or docxtpl, is not installed")
def test_the_issue_tutorial_runs_as_written(tmp_path: Path) -> None:
    said: dict[str, str] = {}
    for name, text in steps():
        if name:
            put(tmp_path, name, text)
        elif text.startswith("conformance qualify"):
            matrix(tmp_path)
        else:
            done = run(tmp_path, text)
            assert done.returncode == 0, text + "\n" + done.stdout + done.stderr
            said[text] = done.stdout
            if text.startswith("pytest"):
                assert "检测结论: 无法得出结论" in done.stdout, "the manual check was answered by nobody"
    (attested,) = (s for c, s in said.items() if c.startswith("conformance attest"))
    assert "李某" in attested
    assert "证据文件 1 个" in attested
    (elsewhere,) = (s for c, s in said.items() if c.startswith("conformance verify elsewhere"))
    assert "未发现改动，有效" in elsewhere
    assert {p.name for p in (tmp_path / "elsewhere").iterdir()} == {"RJ-2026-0001", "keys.json"}
    report = tmp_path / "archive" / "RJ-2026-0001"
    files = {"html", "pdf", "docx", "csv", "json", "junit", "ctrf", "earl", "oscal", "in-toto", "gitb"}
    assert {FORMATS[name].file for name in files} <= {p.name for p in report.iterdir()}
    results = json.loads((report / "results.json").read_bytes())
    (manual,) = results["attestations"]
    assert (manual["approver"], manual["files"][0]["name"]) == ("李某", "使用规范摘录.txt")
    assert "RJ-2026-0001" in (tmp_path / "site" / "index.html").read_text("utf-8")
    last = run(tmp_path, "conformance verify archive/RJ-2026-0001 --keys lab.yaml")
    assert last.returncode == 1
    assert "已撤回：检测条件有误" in last.stdout

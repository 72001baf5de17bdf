"""The tutorial on issuing a report runs as written: run, sign, issue, verify elsewhere, withdraw."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.profile import load
from conformance.resources import version

pytest.importorskip("cryptography")
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorials" / "issue.md"
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def lay_out(folder: Path) -> list[str]:
    """Writes the files of the page → its commands in order."""
    commands = []
    for language, title, body in _BLOCK.findall(PAGE.read_text("utf-8")):
        if title:
            (folder / title).write_text(body, encoding="utf-8")
        elif language == "console":
            commands += [line[2:] for line in body.splitlines() if line.startswith("$ ")]
    return commands


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    words = command.split()
    program = {"conformance": ["-m", "conformance.cli"], "pytest": ["-m", "pytest", "-q", "-p", "no:profiling"]}
    if words[0] in program:
        words = [sys.executable, *program[words[0]], *words[1:]]
    env = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)


def matrix(folder: Path) -> None:
    """What `conformance qualify elicense` writes, without the minutes it takes; `make qualify` proves that it holds."""
    bundle = load("elicense")
    about = {"id": bundle.id, "digest": bundle.digest}
    parts = [{"id": p.id, "digest": p.digest} for p in bundle.standards()]
    (folder / "qualification").mkdir()
    (folder / "qualification" / "elicense.json").write_text(
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
    commands = lay_out(tmp_path)
    editions = {
        'version: "0.1.0"': f'version: "{version()}"',
        'edition: "1.0"': f'edition: "{load("gbt-36904-2018").edition}"',
    }
    lab = (tmp_path / "lab.yaml").read_text("utf-8")
    for old, new in editions.items():
        assert old in lab
        lab = lab.replace(old, new)
    (tmp_path / "lab.yaml").write_text(lab, encoding="utf-8")
    verified = False
    for command in commands:
        if command.startswith("conformance qualify"):
            matrix(tmp_path)
            continue
        if command.startswith("conformance verify archive"):
            shutil.copytree(tmp_path / "archive", tmp_path / "elsewhere" / "archive")
            there = run(tmp_path / "elsewhere", command.replace("keys.json", "../keys.json"))
            assert there.returncode == 0, there.stdout + there.stderr
            assert "未发现改动，有效" in there.stdout
            verified = True
        done = run(tmp_path, command)
        assert done.returncode == 0, command + "\n" + done.stdout + done.stderr
    report = tmp_path / "archive" / "RJ-2026-0001"
    assert verified
    assert {"report.html", "report.pdf", "report.docx", "clauses.csv"} <= {p.name for p in report.iterdir()}
    assert "RJ-2026-0001" in (tmp_path / "site" / "index.html").read_text("utf-8")
    last = run(tmp_path, "conformance verify archive/RJ-2026-0001 --keys lab.yaml")
    assert last.returncode == 1
    assert "已撤回：检测条件有误" in last.stdout

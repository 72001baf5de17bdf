"""Two real runs on one system with a seeded fault between them: the divergence is found in the evidence, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kit_official import misfits_of

from conformance import cli

CHECK = "gbt-36904-2018/EL-ID-10/served-ids-carry-a-correct-check-character"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    work = tmp_path_factory.mktemp("labs")
    env = {**os.environ, "XDG_STATE_HOME": str(work / "state")}
    for name, target in (
        ("good", "specimen:elicense"),
        ("bad", "specimen:elicense+wrong-check-character"),
        ("again", "specimen:elicense"),
    ):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:profiling", "--profile=gbt-36904-2018"]
        command += [f"--target={target}", f"--record={name}", "--conformance-report=none"]
        ran = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == (name == "bad"), ran.stdout + ran.stderr
    return {name: str(work / name) for name in ("good", "bad", "again")}


def _json(capsys: pytest.CaptureFixture[str], status: int, *words: str) -> dict[str, Any]:
    assert cli.main([*words, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_seeded_divergence_is_the_first_evidence_that_differs(
    runs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = _json(capsys, 1, "compare", runs["good"], runs["bad"], "--labs")
    assert found["checks"] == {"compared": 16, "agreed": 15, "rate": 15 / 16}
    (one,) = found["disagreements"]
    assert (one["check"], one["a"]["verdict"], one["b"]["verdict"]) == (CHECK, "PASS", "FAIL")
    first = one["first"]
    assert (first["why"], first["part"], first["cause"]) == ("answered", "响应正文", "SYSTEM")
    assert first["pointer"].endswith("/cert_identifier")
    assert first["a"][:-1] == first["b"][:-1]  # one identifier, another check character
    assert first["a"] != first["b"]


def test_two_honest_runs_agree_wholly_and_nothing_shows(
    runs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = _json(capsys, 0, "compare", runs["good"], runs["again"], "--labs")
    assert (found["checks"]["rate"], found["disagreements"]) == (1.0, [])
    side = _json(capsys, 0, "compare", runs["good"], runs["again"], "--side")
    assert {c["what"] for c in side["clauses"]} == {"same"}
    three = _json(capsys, 1, "compare", runs["bad"], runs["good"], runs["again"])
    assert [c["clause"] for c in three["clauses"] if c["what"] != "same"] == ["gbt-36904-2018/EL-ID-10"]
    assert [s["better"] for s in three["steps"]] == [["gbt-36904-2018/EL-ID-10"], []]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_what_is_exported_of_a_real_run_fits(runs: dict[str, str], tmp_path: Path, lang: str) -> None:
    assert misfits_of(Path(runs["bad"]), tmp_path, lang) == {}


def test_the_runs_are_a_trend(runs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, 0, "trend", *runs.values())
    (series,) = found["series"]
    assert [r["overall"] for r in series["records"]] == ["CONFORMS", "DOES_NOT_CONFORM", "CONFORMS"]
    assert series["unstable"] == ["gbt-36904-2018/EL-ID-10"]

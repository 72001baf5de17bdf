"""The same counts on every pytest from 8.0 to the newest, each in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from plugin_kit import MIXED, PAIR, PROJECT, SMALL, Counted, PytestCommand, verdicts

VERSIONS = ("8.0", "8.1", "8.2", "8.3", "8.4", "9.0", "9.1", "9.2")
ENVIRONMENTS = Path(os.environ.get("CONFORMANCE_PYTESTS") or PROJECT / ".cache" / "pytests")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """The interpreter of an environment with this pytest and the project; made once, kept in .cache."""
    version = request.param
    home = ENVIRONMENTS / version
    made = home / "bin" / "python"
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run(
            [
                made,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-e",
                f"{PROJECT}[xdist]",
                f"pytest=={version}.*",
            ],
            check=True,
        )
        (home / "ready").touch()
    told = subprocess.run([made, "-m", "pytest", "--version"], capture_output=True, text=True, check=True)
    assert f"pytest {version}." in told.stdout + told.stderr
    return str(made)


def test_every_situation_has_the_same_counts(python: str, system: Counted, target: Path, folder: Path) -> None:
    command = PytestCommand(folder, python)
    mixed = {
        "failed": 2, "passed": 1, "inconclusive": 1, "tool-error": 2,
        "not-tested": 1, "not-applicable": 1, "not-adopted": 1,
    }  # fmt: skip
    again = {"failed": 2, "inconclusive": 1, "tool-error": 2}
    situations: list[tuple[str, list[str], int, dict[str, int]]] = [
        (SMALL, [], 0, {"passed": 11}),
        (MIXED, [], 1, mixed),
        (MIXED, ["--lf"], 1, again),
        (MIXED, ["--ff", "-x"], 1, {"failed": 1}),
        (MIXED, ["--ff"], 1, mixed),
        (MIXED, ["--sw"], 2, {"failed": 1, "passed": 1}),
        (SMALL, ["-k", "refused"], 0, {"passed": 2}),
        (SMALL, ["-m", "writes"], 0, {"passed": 1}),
        (SMALL, ["small::5.1"], 0, {"passed": 2}),
        (PAIR, ["GB/T 90001-2026::5.1::every-licence-has-an-id"], 0, {"passed": 1}),
        (SMALL, ["--deselect", "small::5.10"], 0, {"passed": 10}),
        (PAIR, ["-n", "2"], 1, {**mixed, "passed": 12}),
        (MIXED, ["-n", "2", "--lf"], 1, again),
        (MIXED, ["-p", "no:cacheprovider", "--strict-markers", "--junitxml=j.xml", "--alluredir=a"], 1, mixed),
        (SMALL, ["-W", "error"], 0, {"passed": 11}),
    ]
    for number, (profile, args, status, counts) in enumerate(situations):
        ran = command(f"--profile={profile}", f"--target={target}", f"--record=r{number}", *args)
        assert "INTERNALERROR" not in ran.text, ran.text
        told = {word: n for word, n in ran.counts.items() if word != "deselected"}
        # pytest's own status of a run that --stepwise ends is not the same in every version.
        assert told == counts, (args, ran.text)
        assert ran.code == status or "--sw" in args, (args, ran.text)
    listed = command(f"--profile={PAIR}", f"--target={target}", "--collect-only", "-q").out
    assert sum(line.startswith("pair::") for line in listed.splitlines()) == 20
    said = command(f"--profile={SMALL}", f"--target={target}", "--record=x", "small::5.11").refused("U501")
    assert "small::5.1" in said
    ran = command("--profile=gbt-36904-2018", "--target=specimen:elicense", "--record=shipped")
    assert ran.code == 0, ran.text
    assert set(verdicts(folder / "shipped").values()) == {"PASS"}


def test_a_stranger_s_suite_is_untouched(python: str, folder: Path) -> None:
    command = PytestCommand(folder, python)
    (folder / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--profile')\n")
    (folder / "test_mine.py").write_text(
        "def test_mine(pytestconfig): assert pytestconfig.getoption('--profile') == 'dev'\n"
    )
    assert command("--profile=dev", "-q").counts == {"passed": 1}

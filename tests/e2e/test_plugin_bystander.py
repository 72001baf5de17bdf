"""Without --profile a user's own suite is untouched and pays nothing, whatever options its plugins and conftest own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from plugin_kit import PROJECT, SMALL, PytestCommand, Ran, verdicts

MINE = "def test_mine(): pass\n"
OWN = """
def pytest_addoption(parser):
    parser.addoption("--profile", default="dev")
    parser.addoption("--target", action="store_true")
    parser.addoption("--record", type=int, choices=[1, 2])
"""


@pytest.fixture
def command(folder: Path) -> PytestCommand:
    """Started whole: what is loaded is what these tests look at."""
    return PytestCommand(folder, whole=True)


def test_a_plain_suite_runs_as_without_us(command: PytestCommand, folder: Path) -> None:
    (folder / "test_mine.py").write_text(MINE)
    ours, bare = command("-W", "error"), command("-W", "error", "-p", "no:conformance")
    assert ours.code == bare.code == 0
    assert ours.counts == bare.counts == {"passed": 1}
    assert sorted(p.name for p in folder.iterdir()) == [".pytest_cache", "__pycache__", "test_mine.py"]


def test_nothing_is_imported_but_the_entry_point(command: PytestCommand, folder: Path) -> None:
    """The cost of being installed is one small module: no clock needed to see it."""
    (folder / "test_mine.py").write_text(
        "import json, pathlib, sys\n"
        "def test_mine():\n"
        "    ours = sorted(m for m in sys.modules if m.split('.')[0] == 'conformance')\n"
        "    pathlib.Path('seen.json').write_text(json.dumps(ours))\n"
    )
    assert command("-q").code == 0
    assert json.loads((folder / "seen.json").read_text()) == ["conformance", "conformance.plugin"]


def test_the_entry_point_imports_nothing_that_pytest_has_not() -> None:
    code = "import pytest, sys; before = set(sys.modules); import conformance.plugin; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['conformance', 'conformance.plugin']"


def test_a_conftest_s_own_options_are_its_own(command: PytestCommand, folder: Path) -> None:
    (folder / "conftest.py").write_text(OWN)
    (folder / "test_mine.py").write_text(
        "def test_mine(pytestconfig):\n"
        "    assert pytestconfig.getoption('--profile') == 'fast'\n"
        "    assert pytestconfig.getoption('--target') is True\n"
        "    assert pytestconfig.getoption('--record') == 2\n"
    )
    ran = command("--profile=fast", "--target", "--record=2", "-W", "error")
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 1}


def test_beside_a_conftest_s_own_options_ours_have_long_names(
    command: PytestCommand, target: Path, folder: Path
) -> None:
    (folder / "conftest.py").write_text(OWN)
    ran = command(
        f"--conformance-profile={SMALL}", f"--conformance-target={target}", "--conformance-record=r", "--profile=mine"
    )
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 11}
    assert len(verdicts(folder / "r")) == 11
    shown = command("--help").out
    assert "--conformance-target=FILE" in shown
    assert " --target=FILE" not in shown
    assert " --lang=LANG" in shown, "what nobody owns keeps its short name"


def test_options_in_addopts_wait_for_a_profile(command: PytestCommand, target: Path, folder: Path) -> None:
    (folder / "pytest.ini").write_text(f"[pytest]\naddopts = --conformance-target='{target}' --lang=en\n")
    (folder / "test_mine.py").write_text(MINE)
    assert command("-q", "test_mine.py").counts == {"passed": 1}
    ran = command(f"--profile={SMALL}", "--record=r", "-k", "name")
    assert ran.code == 0, ran.text
    assert "conclusion:" in ran.out


@pytest.mark.parametrize(
    "option", ["--target=t.yaml", "--record=r", "--clause=5.1", "--resume", "--conformance-lang=en"]
)
def test_our_options_without_a_profile_are_a_mistake(command: PytestCommand, folder: Path, option: str) -> None:
    (folder / "test_mine.py").write_text(MINE)
    command(option).refused("U508")


def test_an_option_nobody_knows_is_still_pytest_s_error(command: PytestCommand) -> None:
    ran = command("--profil=x")
    assert ran.code == 4
    assert "unrecognized arguments" in ran.err


def test_the_plugin_can_be_switched_off(command: PytestCommand, folder: Path) -> None:
    (folder / "test_mine.py").write_text(MINE)
    assert command("-p", "no:conformance").counts == {"passed": 1}
    assert "unrecognized arguments" in command("-p", "no:conformance", f"--profile={SMALL}").err


# Beside pytest-profiling, which owns --profile for a flag ---------------------------------------------------

BESIDE = PROJECT / ".cache" / "beside"


def beside(command: PytestCommand, *args: object) -> Ran:
    if not (BESIDE / "pytest_profiling.py").is_file():
        message = "pytest-profiling is not there: `make .cache/beside` puts it into .cache/beside"
        if os.environ.get("CONFORMANCE_CI") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return command(*args, env={"PYTHONPATH": str(BESIDE)})


def test_pytest_profiling_keeps_its_option(command: PytestCommand, folder: Path) -> None:
    (folder / "test_mine.py").write_text(MINE)
    ran = beside(command, "--profile")
    assert ran.code == 0, ran.text
    assert "profiling-" in ran.out
    assert ran.counts == {"passed": 1}
    assert (folder / "prof").is_dir(), "the other plugin did its work"


def test_beside_pytest_profiling_ours_runs_by_its_long_name(command: PytestCommand, target: Path, folder: Path) -> None:
    ran = beside(command, f"--conformance-profile={SMALL}", f"--target={target}", "--record=r")
    assert ran.code == 0, ran.text
    assert ran.counts == {"passed": 11}


def test_read_only_installation_works(command: PytestCommand, target: Path) -> None:
    ran = command(f"--profile={SMALL}", f"--target={target}", "--record=r", "-q", env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert ran.code == 0, ran.text

"""What end-to-end tests share: helper folders on the path, a specimen for the session, the pytest command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
for _folder in (_HERE.parent / "cover", _HERE, _HERE.parent / "support"):  # of cover, the kits
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

from plugin_kit import Counted, PytestCommand  # noqa: E402 - the path had to be made first


@pytest.fixture(scope="session")
def system() -> Iterator[Counted]:
    """A conforming specimen for all tests that do not care how it behaves."""
    counted = Counted.start()
    yield counted
    counted.stop()


@pytest.fixture(scope="session")
def slow_system() -> Iterator[Counted]:
    """The same, but every answer takes its time: for what happens in the middle of a run."""
    counted = Counted.start(delay=0.05)
    yield counted
    counted.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of its own with a blank in its name: the working directory of a command."""
    made = tmp_path / "any folder"
    made.mkdir()
    return made


@pytest.fixture
def command(folder: Path) -> PytestCommand:
    return PytestCommand(folder)


@pytest.fixture
def target(system: Counted, tmp_path: Path) -> Path:
    """The target file of the session's specimen."""
    return system.write(tmp_path / "target.yaml")

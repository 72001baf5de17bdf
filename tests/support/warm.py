"""pytest in a process that has loaded it already: each run is forked off and goes on as `python -m pytest` would.

Loading pytest, its plugins and ours is more than half of what a short run takes. A run in here cannot show what loading
itself does, and all runs of one process share the order of its sets: for that the command is started whole
(`PytestCommand(whole=True)`, `begin`).
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

LOADED = (
    "conformance.harness.session",
    "conformance.harness.doctor",
    "conformance.report.html",
    "conformance.run.properties",
    "conformance.specimen.elicense.specimen",
)


class Warm:
    """The side of whoever asks: one process, started when first needed, that ends with this one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, args: Sequence[str], cwd: Path, environment: Mapping[str, str], timeout: float
    ) -> tuple[int, str, str]:
        """(exit status, standard output, standard error). subprocess.TimeoutExpired, and the run is ended."""
        with self._lock, tempfile.TemporaryDirectory() as folder:
            process = self._started(environment)
            out, err = Path(folder) / "out", Path(folder) / "err"
            asked = {"args": args, "cwd": str(cwd), "env": dict(environment), "out": str(out), "err": str(err)}
            assert process.stdin is not None
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            pid = int(self._said(process))
            if not select.select([process.stdout], [], [], timeout)[0]:
                os.kill(pid, 9)
                self._said(process)
                raise subprocess.TimeoutExpired(["pytest", *args], timeout, out.read_bytes(), err.read_bytes())
            return int(self._said(process)), out.read_text("utf-8"), err.read_text("utf-8")

    def _started(self, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                env=dict(environment), cwd=tempfile.gettempdir(), bufsize=1,
            )  # fmt: skip
            atexit.register(self._end)
        return self._process

    def _said(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the process that runs pytest has ended"
        return line

    def _end(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


class _Loads:
    """Loads by way of a run: pytest then rewrites what it would rewrite, and does not say that it came too late."""

    def pytest_collection(self) -> bool:
        for name in LOADED:
            __import__(name)
        return True


def _load() -> None:
    import pytest

    answers = os.dup(1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.dup2(2, 1)
        status = pytest.main(["-qq", "-p", "no:cacheprovider"], plugins=[_Loads()])
        assert status == pytest.ExitCode.NO_TESTS_COLLECTED, status
        sys.stdout.flush()
        os.dup2(answers, 1)
        os.close(answers)
        os.chdir("/")
    gc.collect()
    gc.freeze()


def _become(asked: Mapping[str, object]) -> None:
    """What `python -m pytest` is, in that folder, with that environment and those streams. Ends in SystemExit."""
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[arg-type]
    for descriptor, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, str(asked["out"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, str(asked["err"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the old one has read ahead what is not for us
    sys.path[0] = str(asked["cwd"])
    sys.argv = ["pytest", *asked["args"]]  # type: ignore[misc]
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)


def main() -> None:
    """A line of JSON a run; answered by its process id, and by its exit status when it has ended."""
    _load()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
            return
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()

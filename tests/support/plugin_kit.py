"""The real pytest command in a process of its own, a real specimen that counts, and the profiles of these tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from starlette.types import Message, Receive, Scope, Send
from warm import Warm

from conformance.specimen import registry
from conformance.specimen.server import Server

PROFILES = Path(__file__).resolve().parent / "profiles"
PROJECT = PROFILES.parents[2]
SMALL, MIXED, PAIR = "small", "mixed", "pair"  # found on CONFORMANCE_PATH
_WARM = Warm()
_READ_LATE = ("CONFORMANCE_", "XDG_", "COLUMNS")  # variables that nothing reads while it is loaded
_CLOSING = re.compile(r"^=*\s*((?:\d+ [a-z-]+(?:, )?)+) in [\d.]+s")


@dataclass(frozen=True)
class Ran:
    """What a finished command left: exit status, both streams, and the counts of pytest's closing line."""

    code: int
    out: str
    err: str

    @property
    def counts(self) -> dict[str, int]:
        found = [m[1] for line in self.out.splitlines() if (m := _CLOSING.match(line))]
        assert found, f"no closing line:\n{self.out}\n{self.err}"
        return {word: int(n) for n, word in (part.split(" ", 1) for part in found[-1].split(", "))}

    @property
    def text(self) -> str:
        return self.out + self.err

    def refused(self, code: str) -> str:
        """The message of a user's mistake: exit status 4, this code, and no traceback."""
        assert self.code == 4, self.text
        assert f"[{code}]" in self.err, self.text
        assert "Traceback" not in self.text, self.text
        assert "INTERNALERROR" not in self.text, self.text
        return self.err


class PytestCommand:
    """Runs `python -m pytest` in a folder. The environment holds nothing of the run that tests it.

    `whole`: started from nothing each time, and not forked from a process that has loaded it (`warm`).
    """

    def __init__(self, folder: Path, python: str = sys.executable, *, whole: bool = False) -> None:
        self.folder = folder
        self.python = python
        self.whole = whole or python != sys.executable

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CONFORMANCE_", "COV_"))}
        for name in (
            "FORCE_COLOR",
            "NO_COLOR",
            "PY_COLORS",
            "PYTHONPATH",
            "PYTHONDONTWRITEBYTECODE",
            "CI",
            "GITHUB_ACTIONS",
            "BUILD_NUMBER",
        ):
            kept.pop(name, None)
        return {
            **kept,
            "CONFORMANCE_PATH": str(PROFILES),
            "COLUMNS": "100",
            "LC_ALL": "C.UTF-8",
            "XDG_STATE_HOME": str(self.folder / ".state"),
            **(extra or {}),
        }

    def command(self, *args: object) -> list[str]:
        return [self.python, "-m", "pytest", *map(str, args)]

    def __call__(
        self, *args: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 90
    ) -> Ran:
        if not self.whole and all(name.startswith(_READ_LATE) for name in env or ()) and "-W" not in str(args):
            return Ran(*_WARM.run([*map(str, args)], cwd or self.folder, self.environment(env), timeout))
        done = subprocess.run(
            self.command(*args), cwd=cwd or self.folder, env=self.environment(env), timeout=timeout,
            capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout, done.stderr)

    def begin(
        self, *args: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start it and return at once; the caller ends it."""
        return subprocess.Popen(
            self.command(*args), cwd=cwd or self.folder, env=self.environment(env), text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip


@dataclass
class Span:
    """One request as the server saw it: when it came, when it was answered, and what it asked."""

    begun: float
    path: str
    body: str
    ended: float = 0.0


@dataclass
class Counted:
    """A specimen that counts what it is asked and, when told, takes its time. `target` is its target file as data."""

    delay: float = 0.0
    most: int = 0
    spans: list[Span] = field(default_factory=list)
    target: dict[str, Any] = field(default_factory=dict)
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: Server | None = None

    @classmethod
    def start(cls, spec: str = "elicense", *, delay: float = 0.0) -> Counted:
        name, active = registry.parse(spec)
        made = registry.load(name).make(active)
        counted = cls(delay)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await counted._serve(made.app, scope, receive, send)

        counted._server = Server(app).start()  # type: ignore[arg-type] - any ASGI application will do
        counted.target = made.target(counted._server.base_url)
        return counted

    def stop(self) -> None:
        assert self._server is not None
        self._server.stop()

    def forget(self) -> None:
        with self._lock:
            self.most = self._now
            self.spans = []

    async def _serve(self, app: Any, scope: Scope, receive: Receive, send: Send) -> None:
        import asyncio

        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = b""
        messages: list[Message] = []
        while True:
            message = await receive()
            messages.append(message)
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        span = Span(time.monotonic(), scope["path"], body.decode("utf-8", "replace"))
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.spans.append(span)
        if self.delay:
            await asyncio.sleep(self.delay)

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        async def sent(message: Message) -> None:
            # Counted as answered before the last byte leaves: the client may send its next request at once.
            if message["type"] == "http.response.body" and not message.get("more_body"):
                with self._lock:
                    self._now -= 1
                    span.ended = time.monotonic()
            await send(message)

        await app(scope, replay, sent)

    def write(self, path: Path, **changes: Any) -> Path:
        """The target file of this specimen, with members replaced (a mapping is merged, None removes)."""
        data = {**self.target}
        for name, value in changes.items():
            if value is None:
                data.pop(name, None)
            elif isinstance(value, dict) and isinstance(data.get(name), dict):
                data[name] = {k: v for k, v in {**data[name], **value}.items() if v is not None}
            else:
                data[name] = value
        path.write_text(yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True), encoding="utf-8")
        return path


def ledger(record: Path) -> list[dict[str, Any]]:
    """The whole lines of a ledger, read without the product's own reader."""
    try:
        text = (record / "ledger.jsonl").read_bytes()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.split(b"\n")[:-1]]


def events(record: Path, name: str) -> list[dict[str, Any]]:
    return [entry for entry in ledger(record) if entry["event"] == name]


def verdicts(record: Path) -> dict[str, str]:
    """Check name → verdict, the last one of each."""
    return {e["key"].rsplit("/", 1)[1]: e["verdict"] for e in events(record, "verdict")}


def wait_for_lines(record: Path, count: int, process: subprocess.Popen[str], timeout: float = 60) -> None:
    """Until the ledger holds so many lines; fails when the process ends before."""
    until = time.monotonic() + timeout
    ledger_file = record / "ledger.jsonl"
    while True:
        if ledger_file.exists() and ledger_file.read_bytes().count(b"\n") >= count:
            return
        if process.poll() is not None:
            out, err = process.communicate()
            raise AssertionError(f"ended with {process.returncode} before line {count}\n{out}\n{err}")
        assert time.monotonic() < until, f"no line {count} in {timeout} s"
        time.sleep(0.005)

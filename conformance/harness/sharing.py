"""One run in several processes: what the xdist controller hands its workers, and the barrier between them."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.harness.loading import bare, load_profiles, parameters
from conformance.harness.preflight import Preflight
from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.target import Secret, Target
from conformance.target import load_target

if TYPE_CHECKING:
    from conformance.harness.session import ConformanceSession
    from conformance.run.documents import Documents

RESULT: pytest.StashKey[CheckResult] = pytest.StashKey()
_LONGEST_WAIT = 3600.0  # seconds for what a check names in `after`; only a worker that died makes anybody wait so long


def pack(session: ConformanceSession) -> dict[str, Any]:
    """Plain data for a worker. The redactor's key goes with it, so that all processes use the same pseudonyms."""
    assert session.recorder is not None
    return {
        "profiles": list(session.config.option.conformance_profile),
        "target": session.specimen.target
        if session.specimen
        else bare(session.config.option.conformance_target, session.profile)
        or str(Path(session.config.option.conformance_target).resolve()),
        "parameters": parameters(session.config.option.conformance_param or ()),
        "documents": session.run.documents.to_json() if session.run and session.run.documents else None,
        "directory": str(session.directory),
        "barrier": str(session.barrier),
        "seed": session.seed,
        "redactor": session.redactor.key,
        "secrets": named_secrets(session.target),
        "preflight": session.preflight.to_json(),
        "kept": {key: result.to_json() for key, result in session.kept.items()},
        "sent": session.usage.sent,
    }


def unpack(handed: Mapping[str, Any]) -> tuple[Profile, Target]:
    profile = load_profiles(handed["profiles"])
    given = handed["target"]
    target = load_target(Path(given) if isinstance(given, str) else given, profile, overrides=handed["parameters"])
    # What the controller has sent (preflight, fingerprint) is taken off the budget that the workers divide.
    left = max(1, target.limits.requests - int(handed["sent"]))
    return profile, replace(target, limits=replace(target.limits, requests=left))


def read_preflight(handed: Mapping[str, Any]) -> Preflight:
    return Preflight.from_json(handed["preflight"])


def read_documents(handed: Mapping[str, Any]) -> Documents | None:
    """What the controller found in the files; no worker examines them again."""
    if not handed["documents"]:
        return None
    from conformance.run.documents import Documents

    return Documents.from_json(handed["documents"])


def read_kept(handed: Mapping[str, Any]) -> dict[str, CheckResult]:
    """The verdicts a resumed record already holds."""
    return {key: CheckResult.from_json(data) for key, data in handed["kept"].items()}


def named_secrets(target: Target) -> dict[str, str]:
    """Every resolved secret of the target under a name that may be shown."""
    out: dict[str, str] = {}
    for name, value in target.parameters.items():
        if isinstance(value, Secret):
            out[name] = "".join(value)
    for identity, fields in target.identities.items():
        for name, value in fields.items():
            if isinstance(value, Secret):
                out[f"{identity}.{name}"] = "".join(value)
    for number, value in enumerate(target.secrets):
        if value not in out.values():
            out[f"secret-{number}"] = "".join(value)
    return out


def distributes(config: pytest.Config) -> bool:
    """Whether this process is the xdist controller of a run, as xdist itself decides it."""
    if getattr(config.option, "collectonly", False):
        return False
    return getattr(config.option, "dist", "no") != "no" and bool(getattr(config.option, "tx", None))


def worker_count(config: pytest.Config) -> int:
    return len(getattr(config.option, "tx", None) or ())


class Barrier:
    """Order between processes, in a folder of its own: checks share the lock, an exclusive check holds it alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, *, exclusive: bool) -> Generator[None]:
        if sys.platform == "win32":  # no flock: xdist is not supported there, and the docs say so
            yield
            return
        import fcntl

        with (self._folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield

    def done(self, key: str) -> None:
        self._mark(key).touch()

    def wait(self, keys: Iterable[str]) -> None:
        """Return when all of them are done. Every worker takes its checks in their order, so this comes to an end."""
        until = time.monotonic() + _LONGEST_WAIT
        parent = os.getppid()
        for key in keys:
            while not self._mark(key).exists():
                if time.monotonic() > until or os.getppid() != parent:
                    raise KeyboardInterrupt  # the run is over: its controller is gone or cannot go on
                time.sleep(0.02)

    def _mark(self, key: str) -> Path:
        return self._folder / hashlib.sha256(key.encode()).hexdigest()[:24]

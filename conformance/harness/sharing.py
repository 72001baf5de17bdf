"""One run in several processes: what the xdist controller hands its workers, and the barrier between them."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.harness.loading import Specimen, attest_manual, load_profiles
from conformance.harness.preflight import Preflight
from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.target import Secret, Target
from conformance.target import load_target

if TYPE_CHECKING:
    from conformance.harness.session import ConformanceSession

RESULT: pytest.StashKey[CheckResult] = pytest.StashKey()


def pack(session: ConformanceSession) -> dict[str, Any]:
    """Plain data for a worker. The redactor's key goes with it, so that all processes use the same pseudonyms."""
    option = session.config.option
    resume = option.conformance_resume and session.recorder is not None
    return {
        "profiles": list(option.conformance_profile),
        "target": session.specimen.target if session.specimen else str(Path(option.conformance_target).resolve()),
        "directory": str(session.directory),
        "seed": session.seed,
        "redactor": session.redactor.key,
        "secrets": named_secrets(session.target),
        "preflight": session.preflight.to_json(),
        "kept": {k: r.to_json() for k, r in session.recorder.judged.items()} if resume and session.recorder else {},
    }


def unpack(handed: Mapping[str, Any]) -> tuple[Profile, Target, Specimen | None]:
    profile = load_profiles(handed["profiles"])
    target = handed["target"]
    if isinstance(target, str):
        return profile, load_target(Path(target), profile), None
    return profile, load_target(attest_manual(target, profile), profile), None


def read_preflight(handed: Mapping[str, Any]) -> Preflight:
    return Preflight.from_json(handed["preflight"])


def kept_result(handed: Mapping[str, Any], key: str) -> CheckResult | None:
    """The verdict a resumed record already holds for this check."""
    data = handed["kept"].get(key)
    return CheckResult.from_json(data) if data else None


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


def worker_count(config: pytest.Config) -> int:
    return len(getattr(config.option, "tx", None) or ())


class RunLock:
    """A barrier between processes: checks share it, an exclusive check holds it alone."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / ".lock"

    @contextmanager
    def hold(self, *, exclusive: bool) -> Generator[None]:
        if sys.platform == "win32":  # no flock: xdist is not supported there, and the docs say so
            yield
            return
        import fcntl

        with self._path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield

"""Writing the record of one run: which events, in which order. The ledger and the store do the writing."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.target import Target
from conformance.profile import flatten
from conformance.record.environment import environment, versions
from conformance.record.ledger import Ledger, read
from conformance.record.store import EvidenceStore
from conformance.run.redact import Redactor


class Recorder:
    """The record of this run, in the one process that owns it."""

    def __init__(self, directory: Path, *, resume: bool) -> None:
        self.directory = directory
        self.attempts: Counter[str] = Counter()
        self.judged: dict[str, CheckResult] = {}
        self.sessions = 0
        self.opened = False
        if resume:
            for entry in read(directory):
                if entry.event == "verdict":
                    result = CheckResult.from_json(entry.data)
                    self.attempts[result.key] += 1
                    self.judged[result.key] = result
                elif entry.event == "open":
                    self.sessions += 1
        self.ledger = Ledger.resume(directory) if resume else Ledger.create(directory)
        self.store = EvidenceStore(directory)

    def open(
        self,
        profile: Profile,
        target: Target,
        redactor: Redactor,
        *,
        seed: int,
        case: Mapping[str, Any] | None,
        options: Mapping[str, Any],
        planned: Sequence[str],
        selected: Sequence[str],
        why: Sequence[str],
    ) -> None:
        plan = self.store.put_json({"planned": list(planned), "selected": list(selected)})
        profile_data = self.store.put_json(flatten(profile))
        described = redactor.data(describe_target(target))
        self.ledger.append(
            "open",
            session=self.sessions + 1,
            tool={"name": "conformance", "versions": versions()},
            profile={"id": profile.id, "digest": profile.digest, "edition": profile.edition, "evidence": profile_data},
            target=described,
            case=redactor.data(dict(case)) if case else None,
            options=dict(options),
            environment=environment(),
            seed=seed,
            selection={
                "total": len(planned),
                "selected": len(selected),
                "partial": len(selected) < len(planned),
                "why": list(why),
                "evidence": plan,
            },
        )
        self.opened = True

    def start(self, key: str) -> None:
        self.ledger.append("start", check=key, attempt=self.attempts[key] + 1)

    def verdict(self, result: CheckResult) -> CheckResult:
        self.attempts[result.key] += 1
        result = result.with_attempt(self.attempts[result.key])
        self.ledger.append("verdict", **result.to_json())
        return result


def describe_target(target: Target) -> dict[str, Any]:
    """The target as the record holds it, before redaction; secrets are `Secret` values and are masked by it."""
    return {f.name: _plain(getattr(target, f.name)) for f in fields(target) if f.name != "secrets"}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def default_directory(profile: Profile, now: datetime) -> Path:
    """Where a run without --record keeps its record: the user's state folder, else a temporary one."""
    name = f"{now:%Y%m%dT%H%M%S}-{profile.id[:60]}-{secrets.token_hex(2)}".replace("/", "-")
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    base = Path(state) / "conformance" / "records"
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError:
        base = Path(tempfile.mkdtemp(prefix="conformance-"))
    return base / name

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
from urllib.parse import urlsplit

from conformance.errors import UsageError
from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.target import Target
from conformance.profile import flatten
from conformance.record.environment import environment, versions
from conformance.record.ledger import Ledger, no_record, read
from conformance.record.source import LEDGER
from conformance.record.store import EvidenceStore
from conformance.run.redact import Redactor


class Recorder:
    """The record of this run, in the one process that owns it."""

    def __init__(self, directory: Path, *, resume: bool) -> None:
        self.directory = directory
        self.attempts: Counter[str] = Counter()
        self.judged: dict[str, CheckResult] = {}
        self.previous: Mapping[str, Any] = {}  # the `open` event of the last session, when going on with a record
        self.sessions = 0
        self.opened = False
        if resume:
            self._look()
        self.store = EvidenceStore(directory)
        self._ledger: Ledger | None = None

    def _look(self) -> None:
        """Read what the record holds, without touching it: whoever is refused below leaves it as it was."""
        if not (self.directory / LEDGER).is_file():
            raise no_record(self.directory)
        for entry in read(self.directory):
            if entry.event == "verdict":
                result = CheckResult.from_json(entry.data)
                self.attempts[result.key] += 1
                self.judged[result.key] = result
            elif entry.event == "open":
                self.sessions += 1
                self.previous = entry.data

    def take(self, *, resume: bool) -> None:
        """Make the record ours: nobody else writes to it from here on."""
        self._ledger = Ledger.resume(self.directory) if resume else Ledger.create(self.directory)

    @property
    def ledger(self) -> Ledger:
        assert self._ledger is not None, "take() first"
        return self._ledger

    def release(self) -> None:
        if self._ledger is not None:
            self._ledger.release()

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
        profile_data = self.store.put_ordered(flatten(profile))
        described = {
            name: redactor.data(value, names=name in ("parameters", "identities"))
            for name, value in describe_target(target).items()
        }
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

    @property
    def seed(self) -> int | None:
        """The seed of the last session, so that going on or testing again draws the same examples."""
        seed = self.previous.get("seed")
        return seed if isinstance(seed, int) else None

    def agree(self, profile: Profile, target: Target, *, resume: bool) -> None:
        """Refuse to go on with the record of another system (U510) or profile (U509), or, resuming, of another sample or edition.

        A retest may be of a corrected build, and under a new edition: then earlier verdicts stay as attempts.
        """
        if not self.previous:
            return
        before = self.previous.get("target", {}).get("system", {})
        now = asdict(target.system)
        names = ("name", "version", "build") if resume else ("name",)
        for name in names:
            if str(before.get(name, "")) != now[name]:
                raise UsageError(
                    "U510",
                    f"这份检测记录的被测系统不同：{name} 是 {before.get(name) or '（无）'}，现在是 {now[name] or '（无）'}",
                    where=str(self.directory),
                    hint="换一个 --record 目录，开始新的检测" if resume else "一份检测记录只属于一个系统",
                )
        if resume:
            self._same_questions(profile, target)
        held = self.previous.get("profile", {})
        known, digest = held.get("id"), held.get("digest")
        another = known != profile.id
        if another or (resume and digest != profile.digest):
            raise UsageError(
                "U509",
                f"这份检测记录用的是{'另一个测试规范' if another else '另一版'} {known}（摘要 {str(digest)[:16]}…）",
                expected=f"{known}" if another else f"摘要 {profile.digest[:16]}…",
                where=str(self.directory),
                hint="用原来的测试规范继续，或换一个 --record 目录开始新的检测",
            )

    def _same_questions(self, profile: Profile, target: Target) -> None:
        """What was judged before is taken over: it must have been asked of the same address, against the same limits.

        Texts are left alone: a record holds them redacted. A parameter that is new now may be given (what was 未检
        for want of it is tested), and the port of a specimen differs from run to run.
        """
        before = self.previous.get("target", {}).get("parameters") or {}
        known = {p.name: p for part in (*profile.standards(), profile) for p in part.parameters}
        for name, about in known.items():
            was, now = before.get(name), target.parameters.get(name)
            if about.type not in ("url", "site", "integer", "number") or was is None or now is None or was == now:
                continue
            if about.type in ("url", "site") and {urlsplit(str(u)).hostname for u in (was, now)} <= {
                "127.0.0.1",
                "::1",
            }:
                continue
            raise UsageError(
                "U516",
                f"这份检测记录的参数 {name} 是 {was}，现在是 {now}：已有的判定是按原来的作出的",
                where=str(self.directory),
                hint="改回原来的值再继续，或换一个 --record 目录开始新的检测",
            )

    def tell(self, event: str, data: Mapping[str, Any]) -> None:
        """Any other event, as the room that saw it says it."""
        self.ledger.append(event, **data)

    def start(self, key: str) -> None:
        self.ledger.append("start", check=key, attempt=self.attempts[key] + 1)

    def verdict(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write one result (`CheckResult.to_json`) with the number of its attempt."""
        key = str(result["key"])
        self.attempts[key] += 1
        numbered = {**result, "attempt": self.attempts[key]}
        self.ledger.append("verdict", **numbered)
        return numbered


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

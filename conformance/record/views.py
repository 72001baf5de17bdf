"""The parts of a record as a reader sees them: sessions, attempts, checks and clauses. Plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.judge.verdicts import ClauseOutcome, ConclusionReason
from conformance.judge.waiver import Waiver
from conformance.model.profile import Check, Clause, Profile
from conformance.model.result import CheckResult


@dataclass(frozen=True, slots=True)
class Session:
    """One run into the record. `header` is the data of its `open` event; times are ISO 8601 UTC text, "" when absent."""

    number: int
    line: int
    opened: str
    header: Mapping[str, Any]
    closed: str = ""
    interrupted: str = ""  # why it stopped early, when it could still say so
    resumed: Mapping[str, Any] = field(default_factory=dict)  # what the `resumed` event before it says
    summary: Mapping[str, Any] = field(default_factory=dict)  # the data of its `close` event
    preflight: tuple[Mapping[str, Any], ...] = ()  # its findings


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one check. `result` None: begun and never judged (killed). `void`: why it does not count."""

    key: str
    session: int
    line: int
    at: str
    result: CheckResult | None = None
    void: str = ""


@dataclass(frozen=True, slots=True)
class Void:
    """A `void` event: which verdict lines (or which check's earlier verdicts) no longer count, why, and who says so."""

    line: int
    at: str
    reason: str
    by: str = ""
    lines: tuple[int, ...] = ()  # `n` of verdict events
    check: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the run was meant to cover and what it left out. `missing`: keys of checks without any verdict."""

    total: int
    selected: int
    partial: bool
    why: tuple[ConclusionReason, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentEvent:
    """A `document` event. `examination`: SHA-256 of its examination; `kept`: the record holds its bytes under `sha256`."""

    name: str
    size: int
    sha256: str
    sm3: str
    kind: str
    examination: str
    kept: bool
    facts: Mapping[str, Any]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> DocumentEvent:
        return cls(
            str(data["name"]),
            int(data["size"]),
            str(data["sha256"]),
            str(data["sm3"]),
            str(data.get("kind", "")),
            str(data["examination"]),
            bool(data["kept"]),
            data.get("facts") or {},
        )


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check with its deciding result and everything that was tried."""

    key: str
    check: Check
    result: CheckResult
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause with its outcome. `waivers` are those naming it, with "" or why each does not hold."""

    key: str
    profile: Profile
    clause: Clause
    outcome: ClauseOutcome
    checks: tuple[CheckView, ...]
    waivers: tuple[tuple[Waiver, str], ...] = ()
    reason: str = ""  # why nothing tests it, or why it does not apply

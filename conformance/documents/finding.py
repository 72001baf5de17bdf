"""What a clause function says about a file: one finding per thing looked at, never an exception."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    PASS = "pass"  # noqa: S105 - a word, not a secret
    FAIL = "fail"
    WARN = "warn"  # told, but does not fail the clause
    UNKNOWN = "unknown"  # cannot be determined with what was given
    NOT_APPLICABLE = "not-applicable"  # the thing the clause speaks of is not in this file


class Layer(StrEnum):
    """Three layers that must not hide one another: how it is written, what mathematics says, what the policy wants."""

    DECODE = "decode"
    CRYPTO = "crypto"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Finding:
    """clause     reference id of the clause, e.g. "SIG-06"
    level, message   what was found, in words for a person
    expected, actual, where   evidence: values, and the path in the package (with "#" and the element or offset)
    """

    clause: str
    level: Level
    message: str
    expected: str = ""
    actual: str = ""
    where: str = ""
    layer: Layer = Layer.DECODE
    data: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def ok(self) -> bool | None:
        """True: holds (with or without a warning); False: does not; None: nothing can be said."""
        if self.level in (Level.UNKNOWN, Level.NOT_APPLICABLE):
            return None
        return self.level is not Level.FAIL

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"clause": self.clause, "level": str(self.level), "layer": str(self.layer)}
        texts = {"message": self.message, "expected": self.expected, "actual": self.actual, "where": self.where}
        return out | {k: v for k, v in texts.items() if v}


Findings = tuple[Finding, ...]
MOST = 300  # findings told of one clause; a hostile file could ask for a million


class Teller:
    """Collects the findings of one clause; what has nothing to complain of says so in one passing finding."""

    def __init__(self, clause: str, layer: Layer = Layer.DECODE) -> None:
        self.clause = clause
        self.layer = layer
        self._found: list[Finding] = []
        self._more = 0

    def _add(
        self, level: Level, message: str, expected: object, actual: object, where: str, layer: Layer | None
    ) -> None:
        if len(self._found) >= MOST and (level is not Level.FAIL or self._failed):
            self._more += 1
            return
        self._found.append(Finding(self.clause, level, message, str(expected), str(actual), where, layer or self.layer))

    @property
    def _failed(self) -> bool:
        return any(f.level is Level.FAIL for f in self._found)

    def fail(
        self, message: str, *, expected: object = "", actual: object = "", where: str = "", layer: Layer | None = None
    ) -> None:
        self._add(Level.FAIL, message, expected, actual, where, layer)

    def warn(
        self, message: str, *, expected: object = "", actual: object = "", where: str = "", layer: Layer | None = None
    ) -> None:
        self._add(Level.WARN, message, expected, actual, where, layer)

    def unknown(self, message: str, *, where: str = "", layer: Layer | None = None) -> None:
        self._add(Level.UNKNOWN, message, "", "", where, layer)

    def absent(self, message: str) -> Findings:
        """The clause speaks of something this file does not have; what was found until here is kept."""
        return (*self.done(), Finding(self.clause, Level.NOT_APPLICABLE, message, layer=self.layer))

    def good(self, message: str, where: str = "", *, actual: object = "", layer: Layer | None = None) -> None:
        self._add(Level.PASS, message, "", actual, where, layer)

    def done(self, holds: str = "") -> Findings:
        """All findings; when there is none worse than a warning and no passing one, `holds` is added as one."""
        if holds and not any(f.level in (Level.FAIL, Level.UNKNOWN, Level.PASS) for f in self._found):
            self.good(holds)
        if not self._more:
            return tuple(self._found)
        rest = Finding(self.clause, Level.WARN, f"另有 {self._more} 处同类情况，未逐一列出", layer=self.layer)
        return (*self._found, rest)


def worst(findings: Iterable[Finding]) -> Level:
    """One level for a clause: a failure outweighs what is unknown, that a warning, that a pass."""
    order = (Level.FAIL, Level.UNKNOWN, Level.WARN, Level.PASS)
    seen = {f.level for f in findings}
    return next((level for level in order if level in seen), Level.NOT_APPLICABLE)

"""样品指纹: whether the system that was tested stayed the same one from the first check to the last."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.model.result import Reason


@dataclass(frozen=True, slots=True)
class Reading:
    """One `fingerprint` event: ledger line, when (start | end | …), and what identifies the system; None is unread."""

    line: int
    when: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fingerprints:
    """All readings of a record, over all its sessions, in order. The first one says what the sample is.

    A verdict counts only if the sample was the same at the reading before it and at the reading after it: with a
    change somewhere between two readings, nobody can say on which side of it a verdict fell.
    """

    readings: tuple[Reading, ...] = ()

    @cached_property
    def baseline(self) -> Mapping[str, Any]:
        """Per value, the first reading that could be taken."""
        first: dict[str, Any] = {}
        for reading in self.readings:
            for name, value in reading.values.items():
                if value is not None:
                    first.setdefault(name, value)
        return first

    @cached_property
    def _states(self) -> tuple[tuple[int, str], ...]:
        return tuple((r.line, self._state(r)) for r in self.readings)

    def _state(self, reading: Reading) -> str:
        base = self.baseline
        given = {n: v for n, v in reading.values.items() if v is not None}
        if any(base[n] != v for n, v in given.items()):
            return "changed"
        return "same" if given.keys() == base.keys() else "unread"

    @cached_property
    def state(self) -> str:
        """none (nothing identifies the sample) | same | changed | unconfirmed (not read at the end)."""
        if not self.baseline:
            return "none"
        states = [state for _, state in self._states]
        if "changed" in states:
            return "changed"
        return "same" if states[-1] == "same" and (len(states) > 1 or self.readings[0].when == "end") else "unconfirmed"

    def void(self, line: int) -> Reason | None:
        """Why the verdict on a ledger line does not stand, or None."""
        if self.state != "changed":
            return None
        # A reading that failed says nothing: the next that succeeded, on either side, decides.
        known = [i for i, (_, state) in enumerate(self._states) if state != "unread"]
        at = bisect_left([self._states[i][0] for i in known], line)
        bad = next((i for i in known[max(at - 1, 0) : at + 1] if self._states[i][1] == "changed"), None)
        if bad is None:
            return None
        return Reason(
            "样品变更：检测期间被测系统的指纹发生变化，变化前最后一次核对之后的判定无效",
            expected=_show(self.baseline),
            actual=_show(self.readings[bad].values),
            where=f"ledger.jsonl:{self.readings[bad].line + 1}",
            code="sample-changed",
        )

    def difference(self) -> str:
        """The changed values in words, `name: before → after`."""
        base = self.baseline
        out: dict[str, str] = {}
        for reading in self.readings:
            for name, value in reading.values.items():
                if value is not None and value != base[name]:
                    out.setdefault(name, f"{name}: {base[name]} → {value}")
        return "；".join(out.values())


def _show(values: Mapping[str, Any]) -> str:
    return "，".join(f"{name}={value}" for name, value in sorted(values.items()))

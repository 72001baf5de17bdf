"""What a check found: reasons, witnesses and evidence. JSON in, JSON out; the ledger stores exactly this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.model.verdict import Cause, Verdict


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check did not pass, in the order a person asks: what, expected, actual, where, how to see it again."""

    message: str
    expected: str = ""
    actual: str = ""
    where: str = ""
    reproduce: str = ""
    code: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether the preflight found it (D…, T…): `reproduce` then says what to do, not how to see it again."""
        return len(self.code) == 4 and self.code[0] in "DT" and self.code[1:].isdigit()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stored object: `sha256` names the file, `kind` is exchange | examples | fingerprint | examination |
    document | note,
    of a page the picture of it (picture),
    gathered (the index of exchanges that many checks share: it names each by digest),
    and of a check that works with frames packets (what was sent and what came of it) | pcap (the frames themselves)."""

    sha256: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one attempt at one check. Times are ISO 8601 UTC text, durations seconds."""

    key: str
    verdict: Verdict
    cause: Cause | None = None
    reasons: tuple[Reason, ...] = ()
    assertions: int = 0
    failed: int = 0
    witnesses: int = 0
    sample: tuple[str, ...] = ()  # the first few witnesses, redacted, for a reader
    evidence: tuple[Evidence, ...] = ()
    measurements: tuple[Mapping[str, Any], ...] = ()  # {name, value, unit, limit?, statistic?, n?}
    generation: Mapping[str, Any] | None = None  # {seed, examples, counterexample?, shrunk?, rule}
    blocked_by: str = ""  # the precondition, control or preflight finding that stopped it
    started: str = ""
    duration: float = 0.0
    attempt: int = 1

    def to_json(self) -> dict[str, Any]:
        """Members in a fixed order, empty ones left out."""
        out: dict[str, Any] = {"key": self.key, "verdict": str(self.verdict)}
        if self.cause is not None:
            out["cause"] = str(self.cause)
        if self.reasons:
            out["reasons"] = [{n: getattr(r, n) for n in Reason.__slots__ if getattr(r, n)} for r in self.reasons]
        out["assertions"], out["failed"], out["witnesses"] = self.assertions, self.failed, self.witnesses
        if self.sample:
            out["sample"] = list(self.sample)
        if self.evidence:
            out["evidence"] = [{"sha256": e.sha256, "kind": e.kind, "label": e.label} for e in self.evidence]
        if self.measurements:
            out["measurements"] = [dict(m) for m in self.measurements]
        if self.generation is not None:
            out["generation"] = dict(self.generation)
        if self.blocked_by:
            out["blocked_by"] = self.blocked_by
        out["started"], out["duration"], out["attempt"] = self.started, self.duration, self.attempt
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CheckResult":
        """What `to_json` wrote; KeyError, TypeError or ValueError for anything else."""
        known = {k: data[k] for k in cls.__slots__ if k in data}
        for name, form in _FORMS.items():
            if name in known and not isinstance(known[name], form):
                raise TypeError(f"{name} 的类型不对")
        known["verdict"] = Verdict(known["verdict"])
        if known.get("cause"):
            known["cause"] = Cause(known["cause"])
        known["reasons"] = tuple(Reason(**r) for r in known.get("reasons", ()))
        known["evidence"] = tuple(Evidence(**e) for e in known.get("evidence", ()))
        for name in ("sample", "measurements"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)

    def with_attempt(self, number: int) -> "CheckResult":
        return replace(self, attempt=number)


_FORMS: Mapping[str, Any] = {
    "key": str, "assertions": int, "failed": int, "witnesses": int, "sample": list | tuple, "measurements": list | tuple,
    "generation": dict | None, "blocked_by": str, "started": str, "duration": int | float, "attempt": int,
}  # fmt: skip

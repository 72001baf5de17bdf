"""What the doctor finds: whose fault it looks like, and whether the run makes sense at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from conformance.model.verdict import Cause


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `stops`: nothing may be judged until it is mended, every check is 无法判定 with this cause.

    operations  checks that call these cannot be judged (their binding by the target file is in doubt)
    unbound     (operation, field) pairs that the target file binds and no answer holds
    """

    code: str
    cause: Cause
    message: str
    expected: str = ""
    actual: str = ""
    hint: str = ""
    stops: bool = True
    operations: tuple[str, ...] = ()
    unbound: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        out = {k: v for k, v in asdict(self).items() if v not in ("", ())}
        out["cause"] = str(self.cause)
        return out

    def __str__(self) -> str:
        lines = [f"[{self.code}] {self.message}"]
        for word, text in (("应为", self.expected), ("实为", self.actual), ("处理", self.hint)):
            if text:
                lines.append(f"  {word}: {text}")
        return "\n".join(lines)


def unbound(findings: Iterable[Finding]) -> frozenset[tuple[str, str]]:
    """Every (operation, field) that no answer held, of all findings."""
    return frozenset(pair for f in findings for pair in f.unbound)


def stopping(findings: Iterable[Finding]) -> Finding | None:
    """The first finding that stops the run."""
    return next((f for f in findings if f.stops), None)

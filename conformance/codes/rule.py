"""What every code of the domain is examined into: rules, findings about them, and the parts of the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.codes.text import shown


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a code. `id` and `name` are stable; `grade` says how well the rule is known (A, B, C)."""

    id: str
    name: str
    text: str
    grade: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a value breaks (or, as a warning, may break): what is there, and what was expected."""

    rule: Rule
    message: str
    expected: str = ""
    actual: str = ""

    def to_json(self) -> dict[str, str]:
        out = {"rule": self.rule.id, "name": self.rule.name, "text": self.rule.text, "message": self.message}
        if self.expected:
            out["expected"] = self.expected
        if self.actual:
            out["actual"] = self.actual
        return out


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Examination:
    """The result of examining one value.

    failed     broken rules, in the order of the rules
    warnings   what a person should look at, without deciding the verdict
    unchecked  rules that could not be evaluated because an earlier one failed; a value with any is never valid
    parts      the parts by name, as far as the value could be taken apart
    given, expected, plus_one   check character in the value, the right one, and that of the『字母值+1』variant
                                (empty when there is none or it cannot be computed)
    """

    kind: str
    value: object
    failed: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    unchecked: tuple[Rule, ...] = ()
    parts: Mapping[str, str] = field(default_factory=_nothing)
    given: str = ""
    expected: str = ""
    plus_one: str = ""

    @property
    def valid(self) -> bool:
        return not self.failed and not self.unchecked

    @property
    def failed_rules(self) -> tuple[str, ...]:
        """Ids of the broken rules: `("R8", "R10")`."""
        return tuple(f.rule.id for f in self.failed)

    @property
    def failed_names(self) -> tuple[str, ...]:
        """Names of the broken rules: `("version", "check-character")`."""
        return tuple(f.rule.name for f in self.failed)

    @property
    def matches_plus_one(self) -> bool:
        """The check character is wrong, and is exactly what the『字母值+1』variant computes."""
        return bool(self.plus_one) and self.given == self.plus_one != self.expected

    def finding(self, name: str) -> Finding | None:
        """The failure of the rule with this id or name."""
        return next((f for f in self.failed if name in (f.rule.id, f.rule.name)), None)

    def satisfies(self, name: str) -> bool:
        """The rule was evaluated and holds. A rule that could not be evaluated is not satisfied."""
        return self.finding(name) is None and all(name not in (r.id, r.name) for r in self.unchecked)

    @property
    def reason(self) -> str:
        """One Chinese sentence: every broken rule, or why the rest could not be looked at. Empty when valid."""
        reasons = [f.message for f in self.failed]
        if not reasons and self.unchecked:
            reasons = [f"未能核对：{'、'.join(r.name for r in self.unchecked)}"]
        return "；".join(reasons)

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"kind": self.kind, "value": shown(self.value), "valid": self.valid}
        out["failed_rules"] = list(self.failed_rules)
        out["failed"] = [f.to_json() for f in self.failed]
        out["warnings"] = [f.to_json() for f in self.warnings]
        out["unchecked"] = [r.id for r in self.unchecked]
        out["parts"] = {k: shown(v) for k, v in self.parts.items()}
        if self.given or self.expected:
            out["given_check"] = shown(self.given)
            out["expected_check"] = self.expected
        if self.plus_one:
            out["plus1_variant_check"] = self.plus_one
            out["matches_plus1_variant"] = self.matches_plus_one
        return out


def not_text(kind: str, value: object, rules: Iterable[Rule], title: str) -> Examination:
    """The examination of something that is no string at all: the first rule fails, the others stay unchecked."""
    first, *rest = rules
    finding = Finding(first, f"{title}应为字符串，实为 {type(value).__name__}", "字符串", type(value).__name__)
    return Examination(kind, value, (finding,), unchecked=tuple(rest))

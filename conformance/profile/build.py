"""Checked data → the frozen objects of `conformance.model.profile`, with what each check calls, writes and needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.model.profile import (
    Capability,
    Check,
    Clause,
    Identity,
    Operation,
    Parameter,
    Profile,
    Source,
    Standard,
)
from conformance.model.verdict import Grade, Provision
from conformance.profile import written

Raw = Mapping[str, Any]
_GRADES = {str(g): g for g in Grade}
_PROVISIONS = {str(p): p for p in Provision}
_NOTHING: dict[str, Any] = {}


def build(own: Raw, merged: Raw, *, origin: str = "", procedures: Mapping[str, str] | None = None) -> Profile:
    """The profile that `own` (by the grammar, names checked) says, with the vocabulary `merged`.

    `procedures`: file of `suites/` → sha256 of its bytes; it becomes part of each check's spec, and so of the digest.
    """
    operations = {name: _operation(name, raw) for name, raw in merged["operations"].items()}
    checks = _Checks(own.get("clauses", ()), merged, operations, procedures or {})
    return Profile(
        id=own["profile"],
        edition=own.get("edition", ""),
        title=own["title"],
        standard=_standard(own["standard"]) if "standard" in own else None,
        clauses=tuple(_clause(raw, checks) for raw in own.get("clauses", ())),
        sources=tuple(Source(key, raw["what"], raw.get("read")) for key, raw in merged["sources"].items()),
        capabilities=tuple(
            Capability(name, raw["ask"], raw.get("default"), raw.get("given", ""))
            for name, raw in merged["capabilities"].items()
        ),
        parameters=tuple(parameter(name, raw) for name, raw in merged["parameters"].items()),
        identities=tuple(
            Identity(
                name, tuple(raw.get("fields", ())), raw.get("required", False), raw.get("help", ""), raw.get("when")
            )
            for name, raw in merged["identities"].items()
        ),
        operations=operations,
        envelope=merged["envelope"],
        auth=merged["auth"],
        preflight=tuple(merged["preflight"]),
        fingerprint=tuple(merged["fingerprint"]),
        documents=tuple(merged["documents"]),
        decision=own.get("decision", _NOTHING),
        origin=origin,
    )


def parameter(name: str, raw: Raw) -> Parameter:
    return Parameter(
        name,
        raw["type"],
        raw.get("required", False),
        raw.get("default"),
        raw.get("help", ""),
        tuple(raw.get("choices", ())),
        raw.get("unit", ""),
        raw.get("origin", "target"),
        raw.get("when"),
        raw.get("example"),
    )


def _standard(raw: Raw) -> Standard:
    replaces = raw.get("replaces", ())
    return Standard(
        raw["number"],
        raw["title"],
        raw.get("status", "in-force"),
        raw.get("issued"),
        raw.get("in_force"),
        (replaces,) if isinstance(replaces, str) else tuple(replaces),
        raw.get("replaced_by"),
    )


def _operation(name: str, raw: Raw) -> Operation:
    return Operation(
        name,
        raw.get("title", ""),
        raw.get("writes", False),
        raw.get("when"),
        {key: value or _NOTHING for key, value in raw.get("inputs", _NOTHING).items()},
        raw.get("request", _NOTHING),
        raw.get("response", _NOTHING),
        raw.get("retry", _NOTHING),
    )


def _clause(raw: Raw, checks: _Checks) -> Clause:
    return Clause(
        id=raw["clause"] if "clause" in raw else raw["ref"],
        title=raw["title"],
        provision=_PROVISIONS[raw["provision"]],
        text=raw["text"],
        grade=_GRADES[raw["grade"]],
        sources=tuple(raw.get("sources", ())),
        checks=tuple([checks.build(check) for check in raw.get("checks", ())]),
        numbered="clause" in raw,
        location=raw.get("location", ""),
        when=raw.get("when"),
        level_inferred=raw.get("level_inferred", False),
        reason=raw.get("untested", ""),
        note=raw.get("note", ""),
        draft=raw.get("draft", _NOTHING),
    )


def _step(raw: Raw) -> Raw:
    return {**raw, "expect": {"outcome": raw["expect"]}} if isinstance(raw.get("expect"), str) else raw


class _Checks:
    """Builds the checks of one profile; a check may lean on another one as its control."""

    def __init__(
        self, clauses: Any, merged: Raw, operations: Mapping[str, Operation], procedures: Mapping[str, str]
    ) -> None:
        self.by_name = {check["check"]: check for clause in clauses for check in clause.get("checks", ())}
        self.parameters = frozenset(merged["parameters"])
        self.operations = operations
        self.procedures = procedures
        self.defaults = {name: self._defaults(operation) for name, operation in operations.items()}

    def _defaults(self, operation: Operation) -> dict[str, frozenset[str]]:
        """required input → the parameters that its default is made of."""
        out = {}
        for name, rule in operation.inputs.items():
            if rule.get("required"):
                used: set[str] = set()
                written.names_in(rule.get("default"), used)
                out[name] = frozenset(used & self.parameters)
        return {name: used for name, used in out.items() if used}

    def build(self, raw: Raw) -> Check:
        calls = dict.fromkeys(name for _, name in written.operations(raw))
        needs = dict.fromkeys(raw.get("needs", ()))
        needs.update(dict.fromkeys(self._needs(raw)))
        control = raw.get("control")
        if isinstance(control, str):
            # The control is carried out inside the check, so what it calls and needs is called and needed here.
            other = self.by_name[control]
            calls.update(dict.fromkeys(name for _, name in written.operations(other)))
            needs.update(dict.fromkeys(other.get("needs", ())))
            needs.update(dict.fromkeys(self._needs(other)))
        spec: Raw = raw
        if isinstance(raw.get("expect"), str):
            spec = {**raw, "expect": {"outcome": raw["expect"]}}
        elif "steps" in raw:
            spec = {**raw, "steps": [_step(step) for step in raw["steps"]]}
        elif "procedure" in raw:
            file = raw["procedure"].partition("::")[0]
            if file in self.procedures:
                spec = {**raw, "procedure_sha256": self.procedures[file]}
        operations = self.operations
        return Check(
            name=raw["check"],
            purpose=raw["purpose"],
            kind=written.KINDS[written.body_of(raw)],
            spec=spec,
            when=raw.get("when"),
            needs=tuple(needs),
            calls=tuple(calls),
            writes=raw.get("writes", False) or any(operations[name].writes for name in calls),
            exclusive=raw.get("exclusive", False),
            after=tuple(raw.get("after", ())),
            control=control if isinstance(control, str) else None,
        )

    def _needs(self, raw: Raw) -> list[str]:
        """Parameters in braces, parameters that required inputs take by default, and identities."""
        used = (written.names_used(raw) & self.parameters) - written.names_made(raw)
        each = raw.get("for_each")
        if isinstance(each, list) and len(each) > 1:
            # One of several sources of data may be absent: only what every one of them needs is needed.
            used |= frozenset.intersection(*(self._inputs(name, raw.get("with")) for name in each))
        elif each is not None:
            used |= self._inputs(each if isinstance(each, str) else each[0], raw.get("with"))
        elif "call" in raw:
            used |= self._inputs(raw["call"], raw.get("with"))
        for step in raw.get("steps", ()):
            used |= self._inputs(step["call"], step.get("with"))
        control = raw.get("control")
        if isinstance(control, Mapping):
            used |= self._inputs(control["call"], control.get("with"))
        people = {name for _, name in written.identities(raw)} - set(written.BUILT_IN_IDENTITIES)
        return [*sorted(used), *(f"identity:{name}" for name in sorted(people))]

    def _inputs(self, operation: str, given: Raw | None) -> frozenset[str]:
        defaults = self.defaults[operation]
        if not defaults:
            return frozenset()
        return frozenset().union(*(used for name, used in defaults.items() if not given or name not in given))

"""Lint rules about names: placeholders, fields, inputs, sources, outcomes, controls; and what nobody uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from conformance.profile import written
from conformance.profile.names import clause_id, near
from conformance.profile.schema import Wrong
from conformance.profile.yamlread import Pointer

if TYPE_CHECKING:
    from conformance.profile.lint import Subject

BUILT_IN_OUTCOMES = ("success", "refused", "undeclared", "no-code")
# In a JSON Schema these hold text in which braces mean something else.
_PROSE = frozenset(("pattern", "title", "description", "$comment", "format"))

Raw = Mapping[str, Any]


def _checks(subject: Subject) -> Iterator[tuple[Pointer, Raw, Raw]]:
    for c, clause in enumerate(subject.raw.get("clauses", ())):
        for n, check in enumerate(clause.get("checks", ())):
            yield ("clauses", c, "checks", n), clause, check


def _unknown(code: str, at: Pointer, what: str, name: str, known: Iterable[str], on_key: bool = False) -> Wrong:
    return Wrong(code, at, f"没有名为 {name} 的{what}", hint=near(name, known), on_key=on_key)


def _credentials(merged: Raw) -> set[str]:
    return {f for identity in merged["identities"].values() for f in identity.get("fields", ())} | {"token"}


def placeholders(subject: Subject) -> Iterator[Wrong]:
    parameters = set(subject.merged["parameters"])
    for base, _, check in _checks(subject):
        if written.names_used(check) <= parameters:
            continue
        known = parameters | written.names_made(check)
        for at, name in written.names_placed(check):
            if name not in known and at[-1] not in _PROSE:
                yield _unknown("L106", (*base, *at), "参数、生成值或保存值", name, known)
    for name, operation in subject.raw.get("operations", {}).items():
        inputs = set(operation.get("inputs", ()))
        known = parameters | inputs | _credentials(subject.merged)
        for at, used in written.placeholders(operation.get("request", {}), ("operations", name, "request")):
            if used not in known:
                yield _unknown("L106", at, "输入、凭据字段或参数", used, known)
        for at, used in written.placeholders(operation.get("inputs", {}), ("operations", name, "inputs")):
            if used not in parameters:
                yield _unknown("L106", at, "参数", used, parameters)


def _fields(merged: Raw, operations: Iterable[str]) -> set[str] | None:
    """Fields that every one of the operations returns; None when one of them does not say."""
    out: set[str] | None = None
    for name in operations:
        fields = merged["operations"][name].get("response", {}).get("fields")
        if not fields:
            return None
        out = set(fields) if out is None else out & set(fields)
    return out


def fields(subject: Subject) -> Iterator[Wrong]:
    merged = subject.merged
    for base, _, check in _checks(subject):
        if "for_each" in check:
            operations = [name for at, name in written.operations(check) if at[0] == "for_each"]
            known = _fields(merged, operations)
            if known is not None:
                for part in ("expect", "where"):
                    for name in check.get(part, ()):
                        if name not in known:
                            yield _unknown("L107", (*base, part, name), "字段", name, known, True)
                for n, name in enumerate(check.get("unique", ())):
                    if name not in known:
                        yield _unknown("L107", (*base, "unique", n), "字段", name, known)
        for at, expect, called in written.expectations(check):
            if isinstance(expect, Mapping):
                yield from _expected_fields(merged, (*base, *at), expect, called)
        for n, step in enumerate(check.get("steps", ())):
            known = _fields(merged, (step["call"],))
            values = merged["operations"][step["call"]].get("response", {}).get("values", {})
            for name, place in step.get("save", {}).items():
                if not place.startswith("$") and known is not None and place not in known and place not in values:
                    yield _unknown("L107", (*base, "steps", n, "save", name), "字段", place, known | set(values))


def _expected_fields(merged: Raw, at: Pointer, expect: Raw, called: Iterable[str]) -> Iterator[Wrong]:
    known = _fields(merged, called)
    if known is not None:
        for name in expect.get("each", ()):
            if name not in known:
                yield _unknown("L107", (*at, "each", name), "字段", name, known, True)
    for operation in called:
        values = merged["operations"][operation].get("response", {}).get("values")
        for name in expect.get("values", ()):
            if values and name not in values:
                yield _unknown("L107", (*at, "values", name), "单值", name, values, True)


def inputs(subject: Subject) -> Iterator[Wrong]:
    merged = subject.merged
    credentials = _credentials(merged)
    for base, _, check in _checks(subject):
        for at, given, operations in _given(check):
            for operation in operations:
                known = {*merged["operations"][operation].get("inputs", ()), *credentials}
                for name in given:
                    if name not in known:
                        what = f"输入（操作 {operation}）"
                        yield _unknown("L108", (*base, *at, name), what, name, known, True)


def _given(check: Raw) -> Iterator[tuple[Pointer, Raw, list[str]]]:
    if "with" in check:
        yield (
            ("with",),
            check["with"],
            [name for at, name in written.operations(check) if at[0] in ("for_each", "call")],
        )
    for n, step in enumerate(check.get("steps", ())):
        if "with" in step:
            yield ("steps", n, "with"), step["with"], [step["call"]]
    control = check.get("control")
    if isinstance(control, Mapping) and "with" in control:
        yield ("control", "with"), control["with"], [control["call"]]


def sources(subject: Subject) -> Iterator[Wrong]:
    known = subject.merged["sources"]
    cited = set()
    for c, clause in enumerate(subject.raw.get("clauses", ())):
        for n, key in enumerate(clause.get("sources", ())):
            cited.add(key)
            if key not in known:
                yield _unknown("L109", ("clauses", c, "sources", n), f"来源（条款 {clause_id(clause)}）", key, known)
    if "clauses" in subject.raw:
        for key in subject.raw.get("sources", ()):
            if key not in cited:
                yield Wrong(
                    "L110", ("sources", key), f"来源 {key} 没有被任何条款引用", on_key=True, hint="引用它，或者删掉它"
                )


def outcomes(subject: Subject) -> Iterator[Wrong]:
    merged = subject.merged
    declared = set(merged["envelope"].get("outcomes", ()))
    for operation in merged["operations"].values():
        declared.update(operation.get("response", {}).get("outcomes", ()))
    if not declared:
        return
    known = declared | set(BUILT_IN_OUTCOMES)
    for base, _, check in _checks(subject):
        for at, expect, _called in written.expectations(check):
            for name in written.outcomes(expect):
                if name not in known:
                    at = at if isinstance(expect, str) else (*at, "outcome")
                    yield _unknown("L112", (*base, *at), "结果", name, known)


def controls(subject: Subject) -> Iterator[Wrong]:
    for base, _, check in _checks(subject):
        if "control" in check or not written.negative(check):
            continue
        steps = check.get("steps", ())
        if steps and "expect" in steps[0] and "success" in written.outcomes(steps[0]["expect"]):
            continue  # the sequence begins with its own positive control
        hint = "写 control: 一个期望成功的检测项，或者 control: {call: 操作}"
        yield Wrong("L113", base, f"检测项 {check['check']} 期望拒绝，却没有肯定对照：停机的系统也会“拒绝”", hint=hint)


def iterable(subject: Subject) -> Iterator[Wrong]:
    for base, _, check in _checks(subject):
        for at, name in written.operations(check):
            if at[0] == "for_each" and not subject.merged["operations"][name].get("response", {}).get("items"):
                hint = "在操作的 response 里写 items: JSONPath，或者改用 call"
                yield Wrong("L114", (*base, *at), f"操作 {name} 没有数据项（response.items）", hint=hint)


def unused(subject: Subject) -> Iterator[Wrong]:
    """Only what this very file defines and no one else can use: a vocabulary is there for others."""
    raw, merged = subject.raw, subject.merged
    if "clauses" not in raw:
        return
    used: dict[str, set[str]] = {
        "capabilities": set(),
        "parameters": set(),
        "identities": {"default"},
        "operations": set(),
    }
    for _, clause, check in _checks(subject):
        used["operations"].update(name for _, name in written.operations(check))
        used["identities"].update(name for _, name in written.identities(check))
        used["capabilities"].update(name for _, name in written.capabilities(check.get("when")))
        used["capabilities"].update(name for _, name in written.capabilities(clause.get("when")))
        used["parameters"] |= written.names_used(check)
        for need in check.get("needs", ()):
            kind, _, name = need.rpartition(":")
            if kind != "page":
                used["identities" if kind else "parameters"].add(name)
        if "procedure" in check or "document" in check:
            return  # a procedure and an examination may use anything
    for clause in raw["clauses"]:
        used["capabilities"].update(name for _, name in written.capabilities(clause.get("when")))
    for operation in merged["operations"].values():
        used["capabilities"].update(name for _, name in written.capabilities(operation.get("when")))
    for section in ("operations", "auth", "preflight", "fingerprint", "documents"):
        written.names_in(merged[section], used["parameters"])
    used["operations"].update(
        a["call"] for s in ("preflight", "fingerprint", "documents") for a in merged[s] if "call" in a
    )
    words = {"capabilities": "能力", "parameters": "参数", "identities": "身份", "operations": "操作"}
    for section, word in words.items():
        for name in raw.get(section, ()):
            if name not in used[section] and name != "base_url":
                yield Wrong("L111", (section, name), f"{word} {name} 没有被用到", on_key=True, hint="删掉它，或者用它")


RULES = (placeholders, fields, inputs, sources, outcomes, controls, iterable, unused)

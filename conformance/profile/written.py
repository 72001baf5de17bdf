"""What a check says as it is written: which operations, as whom, which names in braces, whether it expects refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.profile.yamlread import Pointer

BUILT_IN_IDENTITIES = ("default", "none", "wrong")
BODIES = ("for_each", "call", "steps", "document", "procedure", "manual")
KINDS = {
    "for_each": "call",
    "call": "call",
    "steps": "steps",
    "document": "document",
    "procedure": "procedure",
    "manual": "manual",
}
# Where templates may stand: everywhere but in what is prose or a name.
_TEMPLATES = ("with", "expect", "where", "generate", "control", "steps")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")

Raw = Mapping[str, Any]


def body_of(check: Raw) -> str:
    """Which of `BODIES` the check has (the grammar has made sure that it is one)."""
    return next(body for body in BODIES if body in check)


def operations(check: Raw) -> Iterator[tuple[Pointer, str]]:
    """(where, operation name) for every operation that the check itself names; those of a named control not included."""
    if "for_each" in check:
        each = check["for_each"]
        if isinstance(each, str):
            yield ("for_each",), each
        else:
            for n, name in enumerate(each):
                yield ("for_each", n), name
    elif "call" in check:
        yield ("call",), check["call"]
    elif "steps" in check:
        for n, step in enumerate(check["steps"]):
            yield ("steps", n, "call"), step["call"]
    for n, name in enumerate(check.get("calls", ())):
        yield ("calls", n), name
    control = check.get("control")
    if isinstance(control, Mapping):
        yield ("control", "call"), control["call"]


def documents(check: Raw) -> tuple[str, ...]:
    """The clauses of files that the check asks for; empty for a check that looks at no file."""
    asked = check.get("document", ())
    return (asked,) if isinstance(asked, str) else tuple(asked)


def identities(check: Raw) -> Iterator[tuple[Pointer, str]]:
    """(where, identity name) for every `as`."""
    if "as" in check:
        yield ("as",), check["as"]
    for n, step in enumerate(check.get("steps", ())):
        if "as" in step:
            yield ("steps", n, "as"), step["as"]
    control = check.get("control")
    if isinstance(control, Mapping) and "as" in control:
        yield ("control", "as"), control["as"]


def placeholders(value: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """(where, name) for every `{name}` in the text values of `value`."""
    if isinstance(value, str):
        if "{" in value:
            for found in PLACEHOLDER.finditer(value):
                yield at, found[1]
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if member.__class__ is not int:
                yield from placeholders(member, (*at, key))
    elif isinstance(value, list | tuple):
        for n, member in enumerate(value):
            yield from placeholders(member, (*at, n))


def names_in(value: Any, into: set[str]) -> None:
    """The names of `placeholders` without their places: for 10,000 checks the places would cost more than the rest."""
    if value.__class__ is str:
        if "{" in value:
            into.update(PLACEHOLDER.findall(value))
    elif value.__class__ is dict:
        for member in value.values():
            names_in(member, into)
    elif value.__class__ is list:
        for member in value:
            names_in(member, into)


def names_used(check: Raw) -> set[str]:
    """Every name in braces in the parts of a check that are templates."""
    out: set[str] = set()
    for part in _TEMPLATES:
        if part in check:
            names_in(check[part], out)
    return out


def names_made(check: Raw) -> set[str]:
    """The names that the check itself gives a value: generated and saved ones."""
    out = set(check.get("generate", ()))
    for step in check.get("steps", ()):
        out.update(step.get("save", ()))
    return out


def names_placed(check: Raw) -> Iterator[tuple[Pointer, str]]:
    """`names_used` with places."""
    for part in _TEMPLATES:
        if part in check:
            yield from placeholders(check[part], (part,))


def outcomes(expect: Any) -> tuple[str, ...]:
    """The outcomes an expectation names; empty when it names none."""
    if isinstance(expect, str):
        return (expect,)
    if isinstance(expect, Mapping) and "outcome" in expect:
        said = expect["outcome"]
        return (said,) if isinstance(said, str) else tuple(said)
    return ()


def refuses(expect: Any) -> bool:
    """Whether an expectation is met by a refusal alone: then a dead system would meet it, too."""
    named = outcomes(expect)
    if named:
        return "success" not in named
    if isinstance(expect, Mapping) and "status" in expect:
        status = expect["status"]
        return all(s >= 400 for s in (status if isinstance(status, list) else [status]))
    return False


def negative(check: Raw) -> bool:
    """Whether the check needs a positive control: some expectation of it is met by a refusal."""
    if "call" in check:
        return refuses(check.get("expect"))
    return any(refuses(step.get("expect")) for step in check.get("steps", ()))


def expectations(check: Raw) -> Iterator[tuple[Pointer, Any, tuple[str, ...]]]:
    """(where, expectation, operations it is about) of a call or of every step. A `for_each` has fields instead."""
    if "call" in check:
        yield ("expect",), check.get("expect"), (check["call"],)
    for n, step in enumerate(check.get("steps", ())):
        if "expect" in step:
            yield ("steps", n, "expect"), step["expect"], (step["call"],)


def capabilities(when: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """(where, capability) in a condition."""
    if isinstance(when, str):
        yield at, when
    elif isinstance(when, Mapping):
        for key, inner in when.items():
            if isinstance(inner, list):
                for n, one in enumerate(inner):
                    yield from capabilities(one, (*at, key, n))
            else:
                yield from capabilities(inner, (*at, key))

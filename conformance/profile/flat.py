"""A resolved profile ⇄ plain data (JSON), complete: what a record keeps so that it can be judged again in ten years.

What was computed when the profile was loaded (calls, needs, writes) is stored, not computed again: a later version of
this package must see the same checks. File paths are left out; a record tells nothing about the author's disk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from conformance.errors import ProfileError
from conformance.model.profile import (
    Capability,
    Check,
    Clause,
    Identity,
    Operation,
    Parameter,
    Profile,
    Removal,
    Source,
    Standard,
)
from conformance.model.verdict import Grade, Provision
from conformance.profile.yamlread import quiet_gc

FORMAT = 1
CODES: dict[str, str] = {"P501": "展开形式的测试规范不完整或被改动"}

Flat = dict[str, Any]
_GRADES = {str(g): g for g in Grade}
_PROVISIONS = {str(p): p for p in Provision}


def _defaults(cls: Any) -> tuple[tuple[str, Any], ...]:
    """(field, default) in order; MISSING where there is none. What equals its default is not stored."""
    return tuple(
        (f.name, f.default_factory() if f.default is MISSING and callable(f.default_factory) else f.default)
        for f in fields(cls)
    )


_FIELDS = {
    cls: _defaults(cls)
    for cls in (Standard, Source, Capability, Parameter, Identity, Operation, Check, Clause, Removal, Profile)
}


def _plain(value: Any) -> Any:
    """Tuples as lists and any mapping as a dict; text, numbers and what YAML gave stay as they are."""
    kind = value.__class__
    if kind is str or kind is dict or kind is bool or value is None or kind is int or kind is float or kind is list:
        return value
    if kind is tuple:
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    if kind in _FIELDS:
        return _object(value)
    return str(value)  # Grade and Provision


def _object(value: Any) -> Flat:
    out: Flat = {}
    for name, default in _FIELDS[value.__class__]:
        member = getattr(value, name)
        if member is default or (default is not MISSING and member == default):
            continue
        out[name] = {k: _object(o) for k, o in member.items()} if name == "operations" else _plain(member)
    return out


def flatten(profile: Profile) -> Flat:
    """The plain form; `unflatten` gives an equal profile, but for `origin`."""
    with quiet_gc():
        flat = _object(profile)
        _drop_origins(flat)
    return {"format": FORMAT, **flat}


def _drop_origins(flat: Flat) -> None:
    flat.pop("origin", None)
    for part in flat.get("parts", ()):
        _drop_origins(part)


def unflatten(flat: Mapping[str, Any], *, origins: Mapping[str, str] | None = None) -> Profile:
    """The profile of a plain form. ProfileError P501 when it is not one. `origins`: profile id → file, for messages."""
    if not isinstance(flat, Mapping) or flat.get("format") != FORMAT:
        raise ProfileError("P501", "不是本版本能读的展开形式", expected=f"format: {FORMAT}", hint="用写出它的版本读取")
    try:
        with quiet_gc():
            return _profile(flat, origins or {})
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        what = f"{type(problem).__name__}: {problem}"
        raise ProfileError(
            "P501", f"展开形式的测试规范不完整或被改动（{what[:120]}）", hint="用原记录重新读取"
        ) from None


def _profile(flat: Mapping[str, Any], origins: Mapping[str, str]) -> Profile:
    given = {name: flat[name] for name, _ in _FIELDS[Profile] if name in flat}
    given["standard"] = _standard(given["standard"]) if given.get("standard") else None
    given["clauses"] = tuple([_clause(c) for c in given.get("clauses", ())])
    given["operations"] = {name: Operation(**one) for name, one in given.get("operations", {}).items()}
    given["parameters"] = tuple(_parameter(p) for p in given.get("parameters", ()))
    given["identities"] = tuple(
        Identity(**{**i, "fields": tuple(i.get("fields", ()))}) for i in given.get("identities", ())
    )
    for name, cls in (("sources", Source), ("capabilities", Capability), ("tailoring", Removal)):
        given[name] = tuple(cls(**one) for one in given.get(name, ()))
    given["parts"] = tuple(_profile(part, origins) for part in given.get("parts", ()))
    for name in ("preflight", "fingerprint", "documents", "qualified_by"):
        given[name] = tuple(given.get(name, ()))
    given["origin"] = origins.get(given["id"], "")
    return Profile(**given)


def _standard(flat: Flat) -> Standard:
    return Standard(**{**flat, "replaces": tuple(flat.get("replaces", ()))})


def _parameter(flat: Flat) -> Parameter:
    return Parameter(**{**flat, "choices": tuple(flat.get("choices", ()))})


def _clause(flat: Flat) -> Clause:
    given = dict(flat)
    given["provision"] = _PROVISIONS[given["provision"]]
    given["grade"] = _GRADES[given["grade"]]
    given["sources"] = tuple(given.get("sources", ()))
    given["checks"] = tuple([_check(c) for c in given.get("checks", ())])
    return Clause(**given)


def _check(flat: Flat) -> Check:
    given = dict(flat)
    for name in ("needs", "calls", "after"):
        if name in given:
            given[name] = tuple(given[name])
    return Check(**given)


def digest_of(profile: Profile) -> str:
    """`sha256:…` of the canonical JSON of the plain form. Parts count by their own digests, as a tree."""
    flat = flatten(profile)
    flat.pop("digest", None)
    if profile.parts:
        flat["parts"] = [part.digest for part in profile.parts]
    text = json.dumps(flat, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

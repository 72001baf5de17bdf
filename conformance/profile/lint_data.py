"""Lint rules about the small languages inside a profile: JSON Schema, JSONPath, generators, parameter types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from conformance.codes.formats import FORMATS
from conformance.errors import ConformanceError
from conformance.generate.spec import check_spec
from conformance.profile import written
from conformance.profile.names import near
from conformance.profile.schema import Wrong
from conformance.profile.yamlread import Pointer

if TYPE_CHECKING:
    from conformance.profile.lint import Subject

STANDARD_FORMATS = frozenset(
    [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uuid",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    ]
)
_NUMBERS = frozenset(
    [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minContains",
        "maxContains",
    ]
)
_DATA = frozenset(("const", "enum", "default", "examples"))
_ANNOTATIONS = frozenset(("title", "description", "$comment"))

Raw = Mapping[str, Any]


def _schemas(check: Raw) -> Iterator[tuple[Pointer, Any, bool]]:
    """(where, JSON Schema, whether it must assert something to be of use)."""
    if "for_each" in check:
        for part in ("expect", "where"):
            for name, schema in check.get(part, {}).items():
                yield (part, name), schema, False
    for at, expect, _ in written.expectations(check):
        if not isinstance(expect, Mapping):
            continue
        if "body" in expect:
            yield (*at, "body"), expect["body"], True
        for part in ("at", "each", "values", "headers"):
            for name, schema in expect.get(part, {}).items():
                yield (*at, part, name), schema, part == "headers"


def _filled(schema: Any, key: str = "") -> Any:
    """The schema with a number where a placeholder stands for one, so that it can be compiled."""
    if isinstance(schema, Mapping):
        return {k: v if k in _DATA else _filled(v, k) for k, v in schema.items()}
    if isinstance(schema, list):
        return [_filled(v) for v in schema]
    if key in _NUMBERS and isinstance(schema, str) and written.PLACEHOLDER.fullmatch(schema):
        return 1
    return schema


def _words(schema: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, str, str]]:
    """(where, keyword, value) for every `format` and `$ref` of a schema."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if isinstance(value, str) and key in ("format", "$ref", "$dynamicRef", "$schema", "$id"):
                yield (*at, key), key, value
            elif key not in _DATA:
                yield from _words(value, (*at, key))
    elif isinstance(schema, list):
        for n, value in enumerate(schema):
            yield from _words(value, (*at, n))


@lru_cache(maxsize=100_000)
def _problem(text: str) -> str:
    """Why the schema cannot be compiled; "" when it can."""
    try:
        jsonschema_rs.validator_for(json.loads(text), formats=dict(FORMATS), validate_formats=True, offline=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError, RecursionError) as problem:
        return (str(getattr(problem, "message", "")) or str(problem) or type(problem).__name__).splitlines()[0][:200]
    return ""


def schemas(subject: Subject) -> Iterator[Wrong]:
    for base, check in _checks(subject):
        for at, schema, useful in _schemas(check):
            here = (*base, *at)
            outside = False
            for inner, word, value in _words(schema):
                if word == "format" and value not in FORMATS and value not in STANDARD_FORMATS:
                    known = {*FORMATS, *STANDARD_FORMATS}
                    yield Wrong("L115", (*here, *inner), f"没有名为 {value} 的格式", hint=near(value, known))
                elif word in ("$ref", "$dynamicRef") and not value.startswith("#"):
                    outside = True
                    hint = "把内容写在这里；检测时不取外部文档"
                    yield Wrong("L116", (*here, *inner), f"JSON Schema 引用了外部文档 {value[:60]}", hint=hint)
            problem = "" if outside else _problem(json.dumps(_filled(schema), sort_keys=True))
            if problem:
                yield Wrong("L116", here, f"JSON Schema 不合法：{problem}", hint="按 JSON Schema 2020-12 改写")
            if useful and (schema is True or (isinstance(schema, Mapping) and set(schema) <= _ANNOTATIONS)):
                yield Wrong("L118", here, "这个 JSON Schema 什么也没有断言", hint="写出要求，或者删掉它")


def _checks(subject: Subject) -> Iterator[tuple[Pointer, Raw]]:
    for c, clause in enumerate(subject.raw.get("clauses", ())):
        for n, check in enumerate(clause.get("checks", ())):
            yield ("clauses", c, "checks", n), check


@lru_cache(maxsize=100_000)
def _bad_path(path: str) -> str:
    """Why it is no RFC 9535 query; "" when it is one."""
    import jsonpath_rfc9535  # only lint needs it in this package

    try:
        jsonpath_rfc9535.compile(path)
    except (jsonpath_rfc9535.JSONPathError, ValueError, RecursionError) as problem:
        return str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__
    return ""


def _response_paths(response: Raw, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    for key in ("items", "code", "message"):
        if response.get(key):
            yield (*at, key), response[key]
    for key in ("values", "fields"):
        for name, path in response.get(key, {}).items():
            yield (*at, key, name), path


def _paths(subject: Subject) -> Iterator[tuple[Pointer, str, bool]]:
    """(where, JSONPath, whether the key itself is the path). A plain member name is no path and needs no check."""
    raw = subject.raw
    for at, path in _response_paths(raw.get("envelope", {}), ("envelope",)):
        yield at, path, False
    for name, operation in raw.get("operations", {}).items():
        for at, path in _response_paths(operation.get("response", {}), ("operations", name, "response")):
            yield at, path, False
    for base, check in _checks(subject):
        for at, expect, _ in written.expectations(check):
            if isinstance(expect, Mapping):
                for path in expect.get("at", ()):
                    yield (*base, *at, "at", path), path, True
        for n, step in enumerate(check.get("steps", ())):
            for name, path in step.get("save", {}).items():
                yield (*base, "steps", n, "save", name), path, False


def paths(subject: Subject) -> Iterator[Wrong]:
    for at, path, on_key in _paths(subject):
        if path.startswith("$") and (problem := _bad_path(path)):
            hint = "RFC 9535，例如 $.data[*].id"
            yield Wrong("L117", at, f"JSONPath {path[:60]} 不合法：{problem}", on_key=on_key, hint=hint)


def generators(subject: Subject) -> Iterator[Wrong]:
    for base, check in _checks(subject):
        for name, spec in check.get("generate", {}).items():
            try:
                check_spec(spec)
            except ConformanceError as problem:
                hint = problem.hint or problem.expected
                yield Wrong("L119", (*base, "generate", name), problem.message, hint=hint)


def parameter_types(subject: Subject) -> Iterator[Wrong]:
    if not subject.raw.get("parameters"):
        return
    # The room of targets comes after this one; it is asked by name, so that this one does not depend on it.
    known = import_module("conformance.target.parameters").TYPES
    for name, parameter in subject.raw["parameters"].items():
        if parameter["type"] not in known:
            at = ("parameters", name, "type")
            yield Wrong("L120", at, f"没有名为 {parameter['type']} 的参数类型", hint=near(parameter["type"], known))


RULES = (schemas, paths, generators, parameter_types)

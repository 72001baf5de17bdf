"""JSON Schema 2020-12 with the domain's formats: a value → what is wrong with it, in words.

jsonschema-rs passes its mandatory suite whole (1,299 of 1,299); a verdict must not rest on a validator that fails
its own. Schemas are compiled once and kept by identity: a profile's schemas live as long as the run.
"""

from __future__ import annotations

import json
import marshal
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

_lock = threading.Lock()
_compiled: dict[int, tuple[Any, Any]] = {}
_written: dict[bytes, Any] = {}


def problems(schema: Any, value: Any, *, most: int = 3) -> list[str]:
    """At most `most` sentences that say why `value` does not satisfy `schema`; empty when it does."""
    validator = _validator(schema)
    if validator.is_valid(value):
        return []
    return [_sentence(error) for error, _ in zip(validator.iter_errors(value), range(most), strict=False)]


def valid(schema: Any, value: Any) -> bool:
    return bool(_validator(schema).is_valid(value))


def _validator(schema: Any) -> Any:
    known = _compiled.get(id(schema))
    if known is not None and known[0] is schema:
        return known[1]
    try:
        key = marshal.dumps(schema, 2)  # a tenth of the cost of JSON; version 2 has no references, so equal is equal
    except ValueError:
        key = b""
    validator = _written.get(key) or _compile(json.dumps(schema, sort_keys=True))
    with _lock:
        _compiled[id(schema)] = (schema, validator)
        if key:
            _written[key] = validator
    return validator


@cache
def _compile(text: str) -> Any:
    formats: dict[str, Any] = {}
    if '"format"' in text:
        from conformance.codes.formats import FORMATS  # costs 60 ms, and a schema without formats needs none of it

        formats = dict(FORMATS)
    # A format that nobody knows is not one that everything has: the check is a tool error then, never a pass.
    return jsonschema_rs.validator_for(
        json.loads(text), formats=formats, validate_formats=True, ignore_unknown_formats=False, offline=True
    )


def _sentence(error: Any) -> str:
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.instance_path)
    kind = type(error.kind).__name__.rpartition("_")[2] if error.kind is not None else ""
    format_name = getattr(error.kind, "format", None)
    head = f"{place}: " if place else ""
    if format_name is not None:
        from conformance.codes.formats import FORMATS, explain

        if format_name in FORMATS:
            return head + explain(format_name, error.instance)
    return head + (_broken(kind, error) or shorten(error.message, 200))


def _broken(kind: str, error: Any) -> str:
    """The rule and what was found, in the reader's words; empty for a rule that has none here."""
    about, value = error.kind, error.instance
    seen = show(value, 80)
    match kind:
        case "Pattern":
            return f"{seen} 不符合样式 {about.pattern}"
        case "Format":
            return f"{seen} 不符合格式 {about.format}"
        case "Type":
            return f"{seen} 的类型不符，应为{' 或 '.join(_TYPES.get(t, t) for t in about.types)}"
        case "Enum":
            return f"{seen} 不在允许的取值内"
        case "Constant":
            return f"{seen} 与要求的值 {show(about.expected_value, 80)} 不同"
        case "Required":
            return f"缺少成员 {about.property}"
        case "AdditionalProperties":
            return f"多出成员 {'、'.join(map(str, about.unexpected[:10]))}"
        case "FalseSchema" | "Not":
            return f"不允许 {seen}"
        case "OneOfNotValid" | "AnyOf":
            return f"{seen} 不符合几种写法中的任何一种"
        case "UniqueItems":
            return f"{seen} 里有重复的项"
        case "MinLength" | "MaxLength":
            return f"长度为 {len(value)}，应{'不少于' if kind == 'MinLength' else '不超过'} {about.limit}"
        case "MinItems" | "MaxItems":
            return f"有 {len(value)} 项，应{'不少于' if kind == 'MinItems' else '不超过'} {about.limit} 项"
        case "Minimum" | "Maximum" | "ExclusiveMinimum" | "ExclusiveMaximum":
            return f"{seen} 超出范围，应 {_SIGNS[kind]} {about.limit}"
    return ""


_SIGNS = {"Minimum": "≥", "Maximum": "≤", "ExclusiveMinimum": ">", "ExclusiveMaximum": "<"}


def describe(schema: Any) -> str:
    """A schema as a reader would say it: "格式 licence-id", "常量 '0'" …"""
    if not isinstance(schema, Mapping):
        return "任意" if schema is True else shorten(json.dumps(schema, ensure_ascii=False), 120)
    words = {"format": "格式 {}", "const": "等于 {}", "pattern": "样式 {}", "minLength": "长度 ≥ {}", "maxLength": "长度 ≤ {}",
             "minimum": "≥ {}", "maximum": "≤ {}", "type": "类型 {}"}  # fmt: skip
    parts = [_told(k, v) or words[k].format(v) for k, v in schema.items() if k in words]
    if "enum" in schema:
        parts.append("取值 " + shorten("|".join(map(str, schema["enum"])), 100))
    rest = [k for k in schema if k not in words and k not in ("enum", "$comment", "title", "description")]
    return "；".join(parts) if parts and not rest else shorten(json.dumps(schema, ensure_ascii=False), 160)


_TYPES = {"string": "文本", "integer": "整数", "number": "数值", "boolean": "真假值", "array": "列表", "object": "对象", "null": "空值"}  # fmt: skip


def _told(keyword: str, value: Any) -> str:
    """What a format asks, and a type, in the reader's words; empty when there are none."""
    if keyword == "type":
        names = value if isinstance(value, list) else [value]
        return "类型 " + "或".join(_TYPES.get(n, str(n)) for n in names)
    if keyword != "format":
        return ""
    from conformance.codes.formats import TITLES, rule_of

    rule = rule_of(value)
    said = rule.text if rule else TITLES.get(value, "")
    return f"{said}（格式 {value}）" if said else ""


def shorten(text: str, most: int = 160) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def show(value: Any, most: int = 160) -> str:
    """A value of the system, for a message: JSON text, cut."""
    try:
        return shorten(json.dumps(value, ensure_ascii=False, default=str), most)
    except ValueError:
        return shorten(repr(value), most)

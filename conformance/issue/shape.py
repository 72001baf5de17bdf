"""What a YAML file of the laboratory (lab.yaml, case.yaml) breaks in its schema, in the reader's words and with its place."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from conformance.profile.yamlread import Place, Pointer, locate

_MOST = 10
_TYPES = {"string": "文本", "array": "列表", "object": "几行“名: 值”", "integer": "整数", "number": "数值", "boolean": "true 或 false"}  # fmt: skip
_FORMATS = {"date": '日期，如 "2026-11-24"', "date-time": '带时区的时间，如 "2026-11-24T08:00:00+08:00"'}

Told = tuple[str, str, str, str]
"""message, expected, where, hint"""


def complaints(validator: Any, schema: Mapping[str, Any], data: Any, text: bytes, name: str) -> list[Told]:
    """At most ten, in the order of the file. `text` is what `data` was read from; empty when it stands in no file."""
    found: list[tuple[Pointer, bool, str, str, str]] = []
    for error in validator.iter_errors(data):
        found += _explain(error, schema)
        if len(found) >= _MOST:
            break
    places = locate(text, {p[:n] for p, *_ in found for n in range(len(p) + 1)}) if text else {}
    placed = [(*_place(p, key, places), _where(p, key, name, places), m, e, h) for p, key, m, e, h in found[:_MOST]]
    return [(message, expected, where, hint) for *_, where, message, expected, hint in sorted(placed)]


def dotted(pointer: Sequence[str | int]) -> str:
    out = ""
    for step in pointer:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out


def _place(pointer: Pointer, on_key: bool, places: Mapping[Pointer, Place]) -> tuple[int, int]:
    for n in range(len(pointer), -1, -1):
        if (at := places.get(pointer[:n])) is not None:
            exact = on_key and n == len(pointer)
            return (at.key_line, at.key_column) if exact else (at.line, at.column)
    return (1, 1)


def _where(pointer: Pointer, on_key: bool, name: str, places: Mapping[Pointer, Place]) -> str:
    at = dotted(pointer)
    if not places:
        return f"{name}: {at}" if at else name
    line, column = _place(pointer, on_key, places)
    return f"{name}:{line}:{column}" + (f" ({at})" if at else "")


def _explain(error: Any, schema: Mapping[str, Any]) -> Iterator[tuple[Pointer, bool, str, str, str]]:
    """(pointer, whether its key is what is wrong, message, expected, hint) of each thing that one complaint names."""
    pointer, kind = tuple(error.instance_path), error.kind
    at, node = dotted(pointer) or "文件顶层", _node(schema, list(error.schema_path)[:-1])
    if kind.name == "additionalProperties":
        known = list(node.get("properties", ()))
        for key in kind.unexpected:
            near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.6)
            hint = f"是否想写 {near[0]}？" if near else "删掉这一项"
            yield (*pointer, key), True, f"{at} 里没有 {_show(key)} 这一项", "、".join(known), hint
        return
    message, expected, hint = _say(error, node)
    yield pointer, False, f"{at} {message}", expected, hint


def _say(error: Any, node: Mapping[str, Any]) -> tuple[str, str, str]:
    """(what follows the place, what is expected, what to do)."""
    kind, value = error.kind, _value(error.instance)
    match kind.name:
        case "required":
            return (
                f"缺少 {kind.property}",
                _title(node.get("properties", {}).get(kind.property)),
                f"补上 {kind.property}:",
            )
        case "type":
            quoted = "string" in kind.types and isinstance(error.instance, bool | int | float)
            types = "或".join(_TYPES.get(t, t) for t in kind.types)
            return f"的值是{value}", types, f'加引号写成 "{error.instance}"' if quoted else ""
        case "enum":
            options = [str(o) for o in kind.options]
            near = difflib.get_close_matches(str(error.instance), options, n=1, cutoff=0.6)
            return f"不能是{value}", "、".join(options), f"是否想写 {near[0]}？" if near else ""
        case "format":
            return f"的值是{value}", _FORMATS.get(kind.format, kind.format), ""
        case "pattern":
            return f"的写法不对: {value}", _title(node) or f"符合 {kind.pattern}", ""
        case "minLength" | "minItems" | "minProperties":
            return "是空的", "填上内容", "没有内容时整项不写"
        case "oneOf" | "anyOf":
            keys = [" ".join(c.get("required", ())) for c in node.get(kind.name, [])]
            return ("没有写全", f"写 {' 或 '.join(keys)}", "") if all(keys) else (f"的值是{value}", _title(node), "")
        case "not":
            keys = list(node.get("not", {}).get("required", ()))
            return f"不能同时写 {' 和 '.join(keys)}", "只写一个", "删掉其中一个"
    return f"不合规定（{kind.name}）: {value}", _title(node), ""


def _title(node: Any) -> str:
    return str(node.get("description") or node.get("title") or "") if isinstance(node, Mapping) else ""


def _value(value: Any) -> str:
    kinds = ((bool, "真假值"), (int, "整数"), (float, "数值"), (str, "文本"), (list, "列表"), (dict, "几行“名: 值”"))
    kind = next((word for cls, word in kinds if isinstance(value, cls)), "空值")
    return kind if value is None or isinstance(value, list | dict) else f"{kind} {_show(value)}"


def _show(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _node(schema: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any]:
    node: Any = schema
    for step in path:
        node = node[int(step)] if isinstance(node, list) else node.get(step, {})
    return node if isinstance(node, Mapping) else {}


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@cache
def case_schema() -> Any:
    return json.loads(resources.files("conformance.issue").joinpath("schemas/case.schema.json").read_text("utf-8"))


@cache
def case_validator() -> Any:
    return validator(case_schema())


def likely_typo(case: Mapping[str, Any]) -> tuple[Pointer, str] | None:
    """A key that the schema does not know and that looks like one it does: a laboratory may add its own, so only these."""
    top = case_schema()["properties"]
    levels: list[tuple[Pointer, Mapping[str, Any], Mapping[str, Any]]] = [((), case, top)]
    levels += [
        ((k,), v, top[k]["properties"])
        for k, v in case.items()
        if isinstance(v, Mapping) and "properties" in top.get(k, {})
    ]
    for pointer, held, known in levels:
        for key in held:
            if key not in known and (near := difflib.get_close_matches(str(key), known, n=1, cutoff=0.8)):
                return (*pointer, key), near[0]
    return None

"""The published JSON Schema of a target file, and its complaints in the words of the person who wrote the file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from conformance.errors import TargetError
from conformance.target.problems import Where, dotted, found, kind, near

_MOST = 10
_TYPE = {
    "object": "映射（名: 值）", "array": "列表", "string": "文本", "integer": "整数", "number": "数值", "boolean": "true 或 false",
    "null": "空值",
}  # fmt: skip
_VERIFY = ("tls", "verify")


@cache
def schema() -> Any:
    """The schema as plain data; editors use the file `conformance/target/target.schema.json` itself."""
    text = resources.files("conformance.target").joinpath("target.schema.json").read_text("utf-8")
    return json.loads(text)


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft202012Validator(schema())


def complaints(data: Any, where: Where) -> list[TargetError]:
    """Every way in which `data` breaks the schema (the first ten): T110 shape, T111 unknown key, T112 missing key."""
    out: list[TargetError] = []
    for error in _validator().iter_errors(data):
        out += _explain(error, where)
        if len(out) >= _MOST:
            break
    return out[:_MOST]


def _explain(error: Any, where: Where) -> list[TargetError]:
    place = tuple(error.instance_path)
    about = error.kind.as_dict()
    node = _node(error.schema_path[:-1])
    name = error.kind.name
    at = dotted(place) or "文件顶层"
    if name == "additionalProperties":
        known = tuple(node.get("properties", ()))
        return [
            TargetError("T111", f"{at} 里没有 {key} 这一项", where=where((*place, key)), hint=near(key, known))
            for key in about["unexpected"]
        ]
    expected = str(node.get("description", ""))
    if name == "required":
        missing = str(about["property"])
        child = node.get("properties", {}).get(missing, {})
        return [
            TargetError(
                "T112",
                f"{at} 缺少 {missing}",
                expected=str(
                    _node(_pointer(child)).get("description", "") if "$ref" in child else child.get("description", "")
                ),
                where=where(place),
                hint=f"补上 {missing}: …",
            )
        ]
    if name == "type":
        types = "、".join(_TYPE.get(t, t) for t in about["types"])
        return [
            _shape(
                place,
                f"{at} 的值是{_value(place, error.instance)}",
                f"{types}{f'（{expected}）' if expected else ''}",
                where,
            )
        ]
    if name == "enum" and place == _VERIFY:
        return [
            TargetError(
                "T151",
                f"tls.verify 的值是{found(error.instance)}",
                expected="true 或 insecure-no-verification",
                where=where(place),
                hint="确需关闭证书校验时写 verify: insecure-no-verification（报告会注明）；自建 CA 请改用 ca: 文件",
            )
        ]
    return [
        _shape(place, f"{at} 的值不合规定（{name}）: {_value(place, error.instance)}", expected, where, _choices(about))
    ]


def _shape(place: Sequence[str | int], message: str, expected: str, where: Where, hint: str = "") -> TargetError:
    return TargetError("T110", message, expected=expected, where=where(tuple(place)), hint=hint)


def _choices(about: Mapping[str, Any]) -> str:
    options = about.get("options")
    return "可选: " + "、".join(str(o) for o in options) if isinstance(options, list) else ""


def _value(place: Sequence[str | int], value: Any) -> str:
    """The value for a message; only its type where secrets may stand."""
    return kind(value) if place and place[0] in ("secrets", "identities", "proxy") else found(value)


def _pointer(reference: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(reference["$ref"]).removeprefix("#/").split("/"))


def _node(path: Sequence[str | int]) -> Any:
    """The part of the schema at a path."""
    node: Any = schema()
    for step in path:
        node = node[int(step)] if isinstance(node, list) else node.get(step, {})
    return node if isinstance(node, Mapping) else {}

"""A JSON Schema as Markdown: the file first, then one section for each definition, members in tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES = {
    "string": "文本",
    "integer": "整数",
    "number": "数值",
    "boolean": "true / false",
    "array": "列表",
    "object": "映射",
    "null": "null",
}


def schema_page(schema: Mapping[str, Any], name: str) -> Iterator[str]:
    """Sections for the root (called `name`) and every `$defs` entry, in the order of the schema."""
    yield from _section(name, "root", schema)
    for key, definition in schema.get("$defs", {}).items():
        yield from _section(str(definition.get("title") or key), key, definition)


def _section(title: str, anchor: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"## {_plain(title)} `{anchor}` {{#{anchor}}}", "")
    if about := schema.get("description"):
        yield _plain(about) + "\n"
    branches = schema.get("oneOf") or schema.get("anyOf") or []
    shapes = [schema, *(b for b in branches if isinstance(b, Mapping) and b.get("properties"))]
    wrote = False
    for shape in shapes:
        if shape.get("properties"):
            if shape is not schema:
                yield f"\n写成映射（{_plain(shape.get('title', ''))}）时："
            yield from _members(shape)
            wrote = True
    if not wrote or schema.get("oneOf"):
        described = _type(schema)
        if described:
            yield f"取值：{described}。\n"
    for name, rules in schema.get("dependentSchemas", {}).items():
        never = [k for k, v in rules.get("properties", {}).items() if v is False]
        needs = rules.get("required", [])
        if needs:
            yield f"- 写了 `{name}` 就必须写 " + "、".join(f"`{n}`" for n in needs)
        if never:
            yield f"- 写了 `{name}` 就不能写 " + "、".join(f"`{n}`" for n in never)


def _members(shape: Mapping[str, Any]) -> Iterator[str]:
    required = set(shape.get("required", ()))
    yield from ("", "| 键 | 必需 | 取值 | 说明 |", "|---|---|---|---|")
    for key, member in shape["properties"].items():
        if member is False:
            continue
        words = [_plain(member[w]) for w in ("title", "description") if member.get(w)]
        yield f"| `{key}` | {'是' if key in required else ''} | {_type(member)} | {'：'.join(words)} |"
    yield ""


def _type(schema: Any, depth: int = 0) -> str:
    """The values a schema allows, in words; references are links."""
    if schema is True or not isinstance(schema, Mapping) or depth > 3:
        return "任意值"
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[1]
        return f"[{name}](#{name})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'], ensure_ascii=False)}`"
    if "enum" in schema:
        return " / ".join(f"`{v if isinstance(v, str) else json.dumps(v)}`" for v in schema["enum"])
    branches = schema.get("oneOf") or (schema.get("anyOf") if "type" not in schema else None)
    if branches:
        return " 或 ".join(dict.fromkeys(_type(b, depth + 1) for b in branches))
    kinds = schema.get("type", [])
    words = [_word(kind, schema, depth) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " 或 ".join(words) or "任意值"


def _word(kind: str, schema: Mapping[str, Any], depth: int) -> str:
    word = _TYPES[kind]
    if kind == "array" and schema.get("items"):
        return f"{word}：{_type(schema['items'], depth + 1)}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"{word}：名称 → {_type(schema['additionalProperties'], depth + 1)}"
    if kind == "object" and schema.get("properties") and depth:
        return f"{word} {{" + "、".join(f"`{k}`" for k in schema["properties"]) + "}"
    if kind == "string" and schema.get("pattern"):
        return f"{word}，形如 `{schema['pattern']}`".replace("|", "\\|")
    if kind in ("integer", "number"):
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is not None or high is not None:
            return f"{word}（{'' if low is None else low}…{'' if high is None else high}）"
    return word


def _plain(text: object) -> str:
    out = " ".join(str(text).split())
    for raw, safe in (("|", "\\|"), ("<", "&lt;"), ("*", "\\*"), ("[", "\\[")):
        out = out.replace(raw, safe)
    return out

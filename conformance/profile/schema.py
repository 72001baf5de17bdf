"""A profile's data against the published JSON Schema: every error at once, each with its line and what to write.

jsonschema-rs finds the errors; this module says them in the reader's words and finds where they stand.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.errors import ProfileError
from conformance.profile.yamlread import Place, Pointer, locate

SCHEMA = Path(__file__).with_name("profile.schema.json")
MOST = 20

CODES: dict[str, str] = {
    "P201": "不认识的键",
    "P202": "缺少必需的键",
    "P203": "值的类型不对",
    "P204": "值不在允许的范围内",
    "P205": "文本不符合要求的写法",
    "P206": "长度、个数或大小超出限制",
    "P207": "几个键里要恰好写一个（或至少一个）",
    "P208": "这个键不能写在这里",
    "P209": "不符合测试规范的语法",
    "P210": "应为文本，写成了数字、真假值或空值：加引号",
    "P211": "这是目标文件，不是测试规范",
}

_TYPES = {
    "string": "文本",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "映射",
    "null": "null",
}


@cache
def grammar() -> dict[str, Any]:
    """The published schema."""
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return loaded


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(grammar())


@cache
def _clause_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/clause", "$defs": grammar()["$defs"]})


class Wrong:
    """One error before its place is known. `on_key`: the key itself is wrong, not its value."""

    __slots__ = ("code", "expected", "hint", "message", "on_key", "pointer", "quote")

    def __init__(
        self,
        code: str,
        pointer: Pointer,
        message: str,
        *,
        expected: str = "",
        hint: str = "",
        on_key: bool = False,
        quote: bool = False,
    ) -> None:
        self.code, self.pointer, self.message = code, pointer, message
        self.expected, self.hint, self.on_key, self.quote = expected, hint, on_key, quote


def check(data: dict[str, Any], text: bytes, name: str) -> None:
    """Nothing when `data` (read from `text`) is a profile by the grammar; ProfileError with all errors otherwise."""
    if not _validator().is_valid(data):
        few, index = _only_wrong_clauses(data)
        found = list(islice(_wrongs(_errors(few)), MOST + 1))
        for wrong in found:
            if index is not None and len(wrong.pointer) > 1 and wrong.pointer[0] == "clauses":
                wrong.pointer = ("clauses", index[int(wrong.pointer[1])], *wrong.pointer[2:])
        raise_all(found, text, name)


def _only_wrong_clauses(data: dict[str, Any]) -> tuple[dict[str, Any], list[int] | None]:
    """The data with no more clauses than can be told about, and which they were. The library lists errors eagerly,
    each with a copy of what is wrong: a file with a million of them would take a gigabyte to refuse."""
    clauses = data.get("clauses")
    if not isinstance(clauses, list) or len(clauses) <= MOST:
        return data, None
    valid = _clause_validator().is_valid
    index = list(islice((n for n, clause in enumerate(clauses) if not valid(clause)), MOST + 1))
    return {**data, "clauses": [clauses[n] for n in index]}, index


def _errors(data: dict[str, Any]) -> Any:
    if _small(data):
        return _validator().iter_errors(data)
    try:
        _validator().validate(data)
    except jsonschema_rs.ValidationError as first:
        return [first]
    return []


def _small(data: Any, most: int = 20_000) -> bool:
    waiting, count = [data], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            count += len(one)
            if count > most:
                return False
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return True


def raise_all(found: Sequence[Wrong], text: bytes, name: str) -> None:
    """One ProfileError that holds all of `found` in the order of the file; at most `MOST` are said."""
    errors = placed(found[:MOST], text, name)
    if len(found) > MOST:
        errors.append(ProfileError("P209", f"还有更多错误，只列出前 {MOST} 处", where=name))
    first = errors[0]
    raise ProfileError(
        first.code, first.message, expected=first.expected, where=first.where, hint=first.hint, others=tuple(errors[1:])
    )


def placed(found: Sequence[Wrong], text: bytes, name: str) -> list[ProfileError]:
    """The errors with file:line:column, in the order of the file."""
    places = locate(text, {w.pointer[:n] for w in found for n in range(len(w.pointer) + 1)})
    out: list[tuple[tuple[int, int], ProfileError]] = []
    for wrong in found:
        at = _place(wrong, places)
        hint = wrong.hint
        exact = places.get(wrong.pointer)
        if wrong.quote and exact is not None and exact.text is not None:
            hint = f"加引号写成 '{exact.text}'"
        error = ProfileError(
            wrong.code, wrong.message, expected=wrong.expected, where=f"{name}:{at[0]}:{at[1]}", hint=hint
        )
        out.append((at, error))
    out.sort(key=lambda pair: pair[0])
    return [error for _, error in out]


def _place(wrong: Wrong, places: dict[Pointer, Place]) -> tuple[int, int]:
    for n in range(len(wrong.pointer), -1, -1):
        place = places.get(wrong.pointer[:n])
        if place is not None:
            on_key = wrong.on_key and n == len(wrong.pointer)
            return (place.key_line, place.key_column) if on_key else (place.line, place.column)
    return (1, 1)


def path_text(pointer: Pointer) -> str:
    """`clauses[3].checks[0].expect`, for a reader."""
    out = ""
    for step in pointer:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else str(step)
    return out or "顶层"


def _wrongs(errors: Any) -> Iterator[Wrong]:
    seen = set()
    for error in errors:
        for wrong in _explain(error):
            mark = (wrong.code, wrong.pointer, wrong.message)
            if mark not in seen:
                seen.add(mark)
                yield wrong


def _pointer(error: Any) -> Pointer:
    return tuple(error.instance_path)


def _kind(error: Any) -> str:
    return type(error.kind).__name__.rpartition("_")[2]


def _show(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _explain(error: Any) -> list[Wrong]:
    kind, pointer = _kind(error), _pointer(error)
    explain = _EXPLAIN.get(kind)
    if explain is not None:
        return explain(error, pointer)
    if kind in _LIMITS:
        word, unit = _LIMITS[kind]
        limit = f"{word} {error.kind.limit}{unit}"
        return [Wrong("P206", pointer, f"{path_text(pointer)} 超出限制：{_show(error.instance)}", expected=limit)]
    return [Wrong("P209", pointer, f"{path_text(pointer)} 不符合语法（{kind}）")]


_LIMITS = {
    "MinLength": ("长度 ≥", " 个字"),
    "MaxLength": ("长度 ≤", " 个字"),
    "MinItems": ("至少", " 项"),
    "MaxItems": ("至多", " 项"),
    "MinProperties": ("至少", " 个键"),
    "MaxProperties": ("至多", " 个键"),
    "Minimum": ("≥", ""),
    "Maximum": ("≤", ""),
    "ExclusiveMinimum": (">", ""),
    "ExclusiveMaximum": ("<", ""),
}


def _unknown_key(error: Any, pointer: Pointer) -> list[Wrong]:
    known = _siblings(error)
    out = []
    for key in error.kind.unexpected[: MOST + 1]:
        near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.6)
        hint = f"是否想写 {near[0]}？" if near else ""
        expected = "、".join(known) if len(known) <= 30 else ""
        message = f"{path_text(pointer)} 里不认识的键 {_show(key)}"
        out.append(Wrong("P201", (*pointer, key), message, expected=expected, hint=hint, on_key=True))
    return out


def _definition(error: Any, drop: int = 1) -> Any:
    """The part of the schema that holds the keyword that failed; with `drop` 0, what the keyword itself says."""
    steps = [str(step) for step in error.schema_path]
    node: Any = grammar()
    for step in steps[: len(steps) - drop]:
        while isinstance(node, dict) and "$ref" in node and step not in node:
            node = grammar()["$defs"][node["$ref"].rpartition("/")[2]]
        if step != "$ref":
            node = node[int(step)] if isinstance(node, list) else node.get(step, {})
    while isinstance(node, dict) and "$ref" in node and drop:
        node = grammar()["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _siblings(error: Any) -> list[str]:
    """The keys that the schema allows where `error` found one too many."""
    node = _definition(error)
    return list(node.get("properties", ())) if isinstance(node, dict) else []


def _missing(error: Any, pointer: Pointer) -> list[Wrong]:
    key = error.kind.property.strip('"')
    return [Wrong("P202", pointer, f"{path_text(pointer)} 缺少 {key}", expected=f"有 {key}:")]


def _wrong_type(error: Any, pointer: Pointer) -> list[Wrong]:
    types = list(error.kind.types)
    return [_type_error(pointer, types, error.instance)]


def _type_error(pointer: Pointer, types: list[str], value: Any) -> Wrong:
    expected = "或".join(dict.fromkeys(_TYPES.get(t, t) for t in types))
    found = _TYPES["null" if value is None else _type_name(value)]
    if "string" in types and (value is None or isinstance(value, bool | int | float)):
        shown = _show(value)
        message = f"{path_text(pointer)} 应为文本，写成了{'空值' if value is None else found}"
        return Wrong("P210", pointer, message, expected=expected, hint=f"加引号写成 '{shown}'", quote=value is not None)
    return Wrong("P203", pointer, f"{path_text(pointer)} 应为{expected}，写成了{found}", expected=expected)


def _type_name(value: Any) -> str:
    names = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (dict, "object"))
    return next((name for cls, name in names if isinstance(value, cls)), "null")


def _not_in(error: Any, pointer: Pointer) -> list[Wrong]:
    kind = error.kind
    options = list(kind.options) if _kind(error) == "Enum" else [kind.expected_value]
    if all(isinstance(o, str) for o in options) and not isinstance(error.instance, str | list | dict):
        return [_type_error(pointer, ["string"], error.instance)]
    words = [_show(o) for o in options]
    near = difflib.get_close_matches(_show(error.instance), words, n=1, cutoff=0.65)
    return [
        Wrong(
            "P204",
            pointer,
            f"{path_text(pointer)} 的值 {_show(error.instance)} 不在允许的范围内",
            expected="、".join(words),
            hint=f"是否想写 {near[0]}？" if near else "",
        )
    ]


def _bad_pattern(error: Any, pointer: Pointer) -> list[Wrong]:
    definition = _definition(error)
    said = definition.get("description") or definition.get("title") if isinstance(definition, dict) else ""
    expected = str(said or f"符合 {error.kind.pattern}")
    return [Wrong("P205", pointer, f"{path_text(pointer)} 的写法不对：{_show(error.instance)}", expected=expected)]


def _bad_key(error: Any, pointer: Pointer) -> list[Wrong]:
    inner = error.kind.error
    key = inner.instance
    expected = "、".join(filter(None, (w.expected for w in _explain(inner))))
    where = f"{path_text(pointer)} 的键 {_show(key)} 写法不对"
    return [Wrong("P205", (*pointer, key), where, expected=expected, on_key=True)]


def _forbidden(error: Any, pointer: Pointer) -> list[Wrong]:
    parent = [str(s) for s in error.schema_path]
    beside = parent[parent.index("dependentSchemas") + 1] if "dependentSchemas" in parent else ""
    reason = f"不能与 {beside} 同时写" if beside else "不能写在这里"
    key = pointer[-1] if pointer else ""
    return [Wrong("P208", pointer, f"{path_text(pointer[:-1])} 里的 {key} {reason}", on_key=True, hint=f"删掉 {key}")]


def _not(error: Any, pointer: Pointer) -> list[Wrong]:
    keys = error.kind.schema.get("required", ()) if isinstance(error.kind.schema, dict) else ()
    return [Wrong("P208", pointer, f"{path_text(pointer)} 里 {' 和 '.join(keys)} 不能同时写", hint="只留一个")]


def _branches(error: Any, pointer: Pointer) -> list[Wrong]:
    """oneOf and anyOf: the branch that the author most likely meant is the one whose error lies deepest."""
    context = [list(branch) for branch in getattr(error.kind, "context", ())]
    many = _kind(error) == "OneOfMultipleValid"
    here = [e for branch in context for e in branch if _pointer(e) == pointer]
    required = [e.kind.property.strip('"') for e in here if _kind(e) == "Required"]
    keyed = all(len(b) <= 1 and all(_kind(e) == "Required" for e in b) for b in context)
    if many or (keyed and required):
        keys = _alternatives(error) or required
        if many:
            keys = [k for k in keys if isinstance(error.instance, dict) and k in error.instance]
            message = f"{path_text(pointer)} 里 {'、'.join(keys)} 只能写一个"
            return [Wrong("P207", pointer, message, hint="只留一个")]
        word = "一个" if _kind(error) == "AnyOf" else "恰好一个"
        return [Wrong("P207", pointer, f"{path_text(pointer)} 少了其中之一", expected=f"{word}：{'、'.join(keys)}")]
    if context and all(len(b) == 1 and _kind(b[0]) == "Type" and _pointer(b[0]) == pointer for b in context):
        return [_type_error(pointer, [t for b in context for t in b[0].kind.types], error.instance)]
    fits = [b for b in context if not any(_kind(e) == "Type" and _pointer(e) == pointer for e in b)] or context
    best = max(fits, key=lambda b: (max((len(_pointer(e)) for e in b), default=0), _slip(b), -len(b)), default=[])
    return [wrong for e in best for wrong in _explain(e)] or [
        Wrong("P209", pointer, f"{path_text(pointer)} 不符合任何一种写法")
    ]


def _slip(branch: list[Any]) -> float:
    """How near a missing key of this branch is to one too many: `al` was meant to be `all`, not `not`."""
    missing = [e.kind.property.strip('"') for e in branch if _kind(e) == "Required"]
    extra = [str(key) for e in branch if _kind(e) == "AdditionalProperties" for key in e.kind.unexpected]
    return max((difflib.SequenceMatcher(None, m, x).ratio() for m in missing for x in extra), default=0.0)


def _alternatives(error: Any) -> list[str]:
    """The keys among which one has to be given, when the alternatives differ only by that."""
    node = _definition(error, drop=0)
    return (
        [b["required"][0] for b in node if isinstance(b, dict) and b.get("required")] if isinstance(node, list) else []
    )


_EXPLAIN = {
    "AdditionalProperties": _unknown_key,
    "Required": _missing,
    "Type": _wrong_type,
    "Enum": _not_in,
    "Constant": _not_in,
    "Pattern": _bad_pattern,
    "PropertyNames": _bad_key,
    "FalseSchema": _forbidden,
    "Not": _not,
    "AnyOf": _branches,
    "OneOfNotValid": _branches,
    "OneOfMultipleValid": _branches,
}

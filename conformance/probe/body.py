"""Bytes → JSON, strictly: what RFC 8259 and I-JSON (RFC 7493) forbid is named, never guessed around.

A verdict must not rest on a lenient reading: duplicate keys, NaN, lone surrogates, a wrong charset or a page of
HTML are each told apart, because they are different faults of the system.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 64
_SURROGATE = re.compile(rb"\\u[dD][89abAB]")
# One that is not closed reaches to the end: a search for each of its quotes would take the square of its length.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*(?:"|\\?\Z)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class BodyProblem:
    """Why bytes are no JSON text. `kind`: empty html encoding depth duplicate number unicode syntax."""

    kind: str
    message: str


class _Refused(ValueError):  # noqa: N818 - carries the problem out of json's hooks
    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.problem = BodyProblem(kind, message)


def decode_json(body: bytes) -> tuple[Any, BodyProblem | None]:
    """(value, None) or (None, problem). Bounded in depth; never raises."""
    if not body.strip():
        return None, BodyProblem("empty", "响应体为空，应为 JSON")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, BodyProblem("encoding", _encoding_message(body, error))
    if text.startswith("\ufeff"):
        return None, BodyProblem("encoding", "JSON 文本以 BOM 开头（RFC 8259 第 8.1 节不允许）")
    if text.lstrip()[:1] == "<":
        return None, BodyProblem("html", "响应体是 HTML/XML，应为 JSON")
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        return None, BodyProblem("depth", f"JSON 嵌套超过 {MAX_DEPTH} 层")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except _Refused as refused:
        return None, refused.problem
    except UnicodeEncodeError:
        return None, BodyProblem("unicode", "JSON 字符串含孤立的代理项，不是合法的 Unicode")
    except RecursionError:
        return None, BodyProblem("depth", f"JSON 嵌套超过 {MAX_DEPTH} 层")
    except ValueError as error:
        return None, BodyProblem("syntax", f"不是合法的 JSON: {error}"[:300])
    return value, None


def _depth(body: bytes) -> int:
    """Deepest nesting outside strings."""
    deepest = now = 0
    for byte in _STRINGS.sub(b"", body):
        if byte in b"[{":
            now += 1
            deepest = max(deepest, now)
            if deepest > MAX_DEPTH:
                break
        elif byte in b"]}":
            now -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused("duplicate", f"JSON 对象有重复的成员名 {key[:60]!r}")
            seen.add(key)
    return out


def _constant(word: str) -> Any:
    raise _Refused("number", f"JSON 不允许 {word}")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Refused("number", f"数值超出范围: {text[:40]}")
    return number


def _encoding_message(body: bytes, error: UnicodeDecodeError) -> str:
    try:
        body.decode("gb18030")
    except UnicodeDecodeError:
        return f"响应体不是 UTF-8（第 {error.start} 字节起非法）"
    return f"响应体不是 UTF-8（第 {error.start} 字节起非法），像是 GB 18030 编码"

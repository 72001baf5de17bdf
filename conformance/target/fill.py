"""Templates of requests: `{name}` is replaced by a value, and nothing else is an expression."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from conformance.errors import TargetError

DEEPEST = 64
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LIKE_ONE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")
_REMOVED = object()


def placeholders(template: Any) -> frozenset[str]:
    """The names that a template uses, at any depth of its values."""
    names: set[str] = set()
    _collect(template, names, 0, _PLACEHOLDER)
    return frozenset(names)


def misspelt(template: Any) -> frozenset[str]:
    """What looks like a placeholder and is none, such as `{holderCode}`: it would be sent as it stands."""
    names: set[str] = set()
    _collect(template, names, 0, _LIKE_ONE)
    return frozenset(names) - placeholders(template)


def _collect(template: Any, names: set[str], depth: int, pattern: re.Pattern[str]) -> None:
    _bounded(depth)
    if isinstance(template, str):
        names.update(pattern.findall(template))
    elif isinstance(template, Mapping):
        for value in template.values():
            _collect(value, names, depth + 1, pattern)
    elif isinstance(template, list | tuple):
        for value in template:
            _collect(value, names, depth + 1, pattern)


def fill(template: Any, values: Mapping[str, Any], *, path: bool = False) -> Any:
    """The template with values put in; values are never read as templates themselves.

    A string that is exactly one placeholder keeps the type of its value. A value that is None or absent removes the
    member (or list element) that its placeholder stands in; None is returned when that is the whole template.
    With `path`, values are percent-encoded for one path segment (RFC 3986 section 3.3), and an absent one is empty.
    """
    if path:
        return _PLACEHOLDER.sub(lambda m: segment(values.get(m[1])), str(template))
    out = _fill(template, values, 0)
    return None if out is _REMOVED else out


def _fill(template: Any, values: Mapping[str, Any], depth: int) -> Any:
    _bounded(depth)
    if isinstance(template, str):
        return _fill_text(template, values) if "{" in template else template
    if isinstance(template, Mapping):
        filled = ((k, _fill(v, values, depth + 1)) for k, v in template.items())
        return {k: v for k, v in filled if v is not _REMOVED}
    if isinstance(template, list | tuple):
        return [v for v in (_fill(t, values, depth + 1) for t in template) if v is not _REMOVED]
    return template


def _fill_text(template: str, values: Mapping[str, Any]) -> Any:
    whole = _PLACEHOLDER.fullmatch(template)
    if whole:
        value = values.get(whole[1])
        return _REMOVED if value is None else value
    out: list[str] = []
    last = 0
    for match in _PLACEHOLDER.finditer(template):
        value = values.get(match[1])
        if value is None:
            return _REMOVED
        out += (template[last : match.start()], as_text(value))
        last = match.end()
    return "".join((*out, template[last:]))


def as_text(value: Any) -> str:
    """A value inside a longer text: JSON words for booleans, numbers and structures, text as it is."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def segment(value: Any) -> str:
    """A value as one path segment. `.` and `..` are encoded too, or a client would take them for directions."""
    if value is None:
        return ""
    text = as_text(value)
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def _bounded(depth: int) -> None:
    if depth > DEEPEST:
        raise TargetError("T307", f"模板嵌套超过 {DEEPEST} 层", hint="检查绑定中的请求体")

"""Where a value sits in an answer: RFC 9535 JSONPath, or a plain member name as the short form of `$['name']`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from conformance.errors import TargetError

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathQuery

Location = tuple[str | int, ...]
_LAST = re.compile(r"\[\*\]$|\.\*$")
_PLAIN = re.compile(r"\$(\.[A-Za-z_][A-Za-z0-9_]*)+")  # most paths there are; walked without the query engine
_LONGEST = 1000


@cache
def _environment() -> JSONPathEnvironment:
    from jsonpath_rfc9535 import JSONPathEnvironment  # most paths are plain, and a run of those starts without it

    return JSONPathEnvironment()


@lru_cache(maxsize=4096)
def compile_path(path: str) -> JSONPathQuery:
    """The compiled query of a path that starts with `$`. TargetError T303 when it is no RFC 9535 query."""
    from jsonpath_rfc9535.exceptions import JSONPathError

    try:
        if len(path) > _LONGEST:
            raise ValueError(f"超过 {_LONGEST} 个字符")
        return _environment().compile(path)
    except (JSONPathError, ValueError, RecursionError) as error:
        text = str(error) or type(error).__name__
        raise TargetError(
            "T303",
            f"JSONPath {path[:80]!r} 不合法: {text[:200]}",
            expected="RFC 9535 JSONPath，例如 $.data.list[*]，或顶层成员名",
            hint="检查括号、引号和 $ 开头",
        ) from None


def check_path(path: str, where: str) -> None:
    """TargetError T303 with the place, when `path` is neither a member name nor a JSONPath."""
    if path.startswith("$") and _members(path) is None:
        try:
            compile_path(path)
        except TargetError as error:
            raise TargetError(
                error.code, error.message, expected=error.expected, where=where, hint=error.hint
            ) from None


def locate_nodes(data: Any, path: str) -> list[tuple[Location, Any]]:
    """[(location, value)] in document order; empty when nothing is there. The empty path is the whole value."""
    if not path or path == "$":
        return [((), data)]
    if not path.startswith("$"):
        return [((path,), data[path])] if isinstance(data, Mapping) and path in data else []
    names = _members(path)
    if names is not None:
        return _walk(data, names)
    query = compile_path(path)
    from jsonpath_rfc9535.exceptions import JSONPathError

    try:
        return [(tuple(node.location), node.value) for node in query.find(data)]
    except (JSONPathError, RecursionError):
        return []  # an answer too deep for the query holds nothing that a binding could mean


@lru_cache(maxsize=4096)
def _members(path: str) -> Location | None:
    """The names of a path that is nothing but members, `$.data.id`; None for every other query."""
    return tuple(path[2:].split(".")) if len(path) <= _LONGEST and _PLAIN.fullmatch(path) else None


def _walk(data: Any, names: Location) -> list[tuple[Location, Any]]:
    """RFC 9535, 2.5.1.2: a name selects a member of an object and nothing of anything else."""
    for name in names:
        if not isinstance(data, Mapping) or name not in data:
            return []
        data = data[name]
    return [(names, data)]


def locate(data: Any, path: str) -> list[Any]:
    """The values that `path` selects in `data`, in document order."""
    return [value for _, value in locate_nodes(data, path)]


def container(path: str) -> str:
    """The place that holds the items of `path`: `$.data.list[*]` → `$.data.list`. An empty list has no items, but a place."""
    return _LAST.sub("", path)

"""How a mistake in a target file is told: where it is, what it was near to, and all of its kind at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from conformance.codes.text import shown
from conformance.errors import TargetError

TODO = "待填"
"""What `conformance init` writes where a value is due; one that is left is told before anything else."""

Path = tuple[str | int, ...]
Where = Callable[[Path], str]
"""Turns the place of a value, such as `("limits", "rate")`, into text such as `acme.yaml:12:9 (limits.rate)`."""


def dotted(path: Sequence[str | int]) -> str:
    """`("waivers", 0, "expires")` → `waivers[0].expires`."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else (f".{step}" if out else str(step))
    return out


def near(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or lists the known ones when there are few."""
    names = sorted(set(known))
    close = get_close_matches(word, names, 1, 0.6)
    if close:
        return f"是否想写 {close[0]}？"
    if names and len(names) <= 12:
        return "可用: " + "、".join(names)
    return ""


def found(value: Any) -> str:
    """A value as a message shows it: its type and, short and safe, itself. Never call it with a secret."""
    return f"{kind(value)} {shown(json.dumps(value, ensure_ascii=False, default=str), 60)}"


def kind(value: Any) -> str:
    """The YAML word for the type of a value, in Chinese."""
    if value is None:
        return "空值"
    if isinstance(value, bool):
        return "布尔值"
    if isinstance(value, int):
        return "整数"
    if isinstance(value, float):
        return "数值"
    if isinstance(value, str):
        return "文本"
    if isinstance(value, list | tuple):
        return "列表"
    return "映射" if isinstance(value, dict) else type(value).__name__


def fail(problems: Sequence[TargetError]) -> NoReturn:
    """Raise all problems as one error: the code of the first, the words of all, so that one reading mends all."""
    first, *others = problems
    if not others:
        raise first
    more = "\n".join(str(o) for o in others)
    hint = f"{first.hint}\n" if first.hint else ""
    raise TargetError(
        first.code,
        first.message,
        expected=first.expected,
        where=first.where,
        hint=f"{hint}另有 {len(others)} 处:\n{more}",
    )

"""A known value, changed a little: what an interface must not take for the original."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from conformance.codes.text import shown
from conformance.errors import ProfileError
from conformance.generate.draw import Strategy, chosen, whole
from conformance.generate.rules import CHANGES
from conformance.generate.words import COMMON

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"


def _kin(char: str) -> str:
    """Characters of the same kind, so that the change is not given away by its looks; "" for separators."""
    if char in _DIGITS + _UPPER:
        return _DIGITS + _UPPER
    if "a" <= char <= "z":
        return _UPPER.lower() + _DIGITS
    return COMMON if "\u3400" <= char <= "\u9fff" or char >= "\U00020000" else ""


def changed(value: str, change: str) -> Strategy[str]:
    """Values that differ from `value` by the named change. P305 when it cannot be changed in this way."""
    made = _CHANGES[change](value)
    if made is None:
        raise ProfileError(
            "P305",
            f"“{shown(value)}”不能{CHANGES[change]}",
            expected="一个含有字母、数字或汉字的值",
            hint="检查 mutate 的 value 和 change",
        )
    return made


def _one(value: str) -> Strategy[str] | None:
    places = [i for i, c in enumerate(value) if _kin(c)]

    @st.composite
    def make(draw: st.DrawFn) -> str:
        at = draw(chosen(places))
        new = draw(chosen([c for c in _kin(value[at]) if c != value[at]]))
        return value[:at] + new + value[at + 1 :]

    return make() if places else None


def _swap(value: str) -> Strategy[str] | None:
    places = [i for i in range(len(value) - 1) if value[i] != value[i + 1] and _kin(value[i]) and _kin(value[i + 1])]
    if not places:
        return None
    return chosen(places).map(lambda i: value[:i] + value[i + 1] + value[i] + value[i + 2 :])


def _drop(value: str) -> Strategy[str] | None:
    places = [i for i, c in enumerate(value) if _kin(c)]
    return chosen(places).map(lambda i: value[:i] + value[i + 1 :]) if len(value) > 1 and places else None


def _insert(value: str) -> Strategy[str] | None:
    made = st.tuples(whole(0, len(value)), chosen(_DIGITS + _UPPER))
    return made.map(lambda pair: value[: pair[0]] + pair[1] + value[pair[0] :]) if value else None


def _truncate(value: str) -> Strategy[str] | None:
    return whole(1, len(value) - 1).map(lambda n: value[:-n]) if len(value) > 1 else None


def _lower(value: str) -> Strategy[str] | None:
    return st.just(value.lower()) if value.lower() != value else None


def _space(value: str) -> Strategy[str] | None:
    return chosen((f"{value} ", f" {value}", f" {value} ")) if value else None


_CHANGES: dict[str, Callable[[str], Strategy[str] | None]] = {
    "one-character": _one,
    "swap-neighbours": _swap,
    "drop-one": _drop,
    "insert-one": _insert,
    "truncate": _truncate,
    "lower-case": _lower,
    "surround-with-space": _space,
}

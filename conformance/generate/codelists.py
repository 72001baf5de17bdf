"""Codes that come from a list: 行政区划代码 and 持证主体代码类型代码, on the list or wrong in one way."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from conformance.codes import division, holder_type
from conformance.generate.draw import Strategy, chosen, string, whole
from conformance.generate.organisation import AREAS
from conformance.generate.people import COUNTIES

_DIGITS = "0123456789"
_UNUSED_PROVINCES = tuple(f"{n:02d}" for n in range(100) if f"{n:02d}" not in division.PROVINCES)
_UNLISTED = tuple(f"{n:03d}" for n in range(1000) if f"{n:03d}" not in holder_type.HOLDER_TYPES)


def divisions() -> Strategy[str]:
    return chosen((*AREAS, *COUNTIES))


def broken_division(rule: str) -> Strategy[str]:
    if rule == "shape":
        return _wrong_width(divisions())
    if rule == "province":
        # 100000 stands for the whole country, and so is not among these
        return st.tuples(chosen(_UNUSED_PROVINCES), chosen(("0100", "0101", "0201"))).map("".join)
    return st.tuples(chosen(tuple(division.PROVINCES)), whole(1, 99)).map(lambda pair: f"{pair[0]}00{pair[1]:02d}")


def holder_types() -> Strategy[str]:
    return chosen(tuple(holder_type.HOLDER_TYPES))


def broken_holder_type(rule: str) -> Strategy[str]:
    return chosen(_UNLISTED) if rule == "listed" else _wrong_width(holder_types())


def _wrong_width(codes: Strategy[str]) -> Strategy[str]:
    def wrong(parts: tuple[str, str, int]) -> str:
        code, extra, how = parts
        ways: tuple[Callable[[], str], ...] = (
            lambda: code[:-1],
            lambda: code + extra,
            lambda: code[:-1] + "A",
            lambda: code[:-1] + "０",
            lambda: code + " ",
            lambda: "",
        )
        return ways[how]()

    return st.tuples(codes, string(_DIGITS, 1, 2), whole(0, 5)).map(wrong)

"""统一社会信用代码: valid ones, and ones that break one rule of GB 32100.

The organisation code in every one of them starts with FAKE. Codes in use start with digits or with MA–MD, so no
organisation has one of these, while every rule of GB 32100 and GB 11714 holds.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from conformance.codes import uscc
from conformance.generate.draw import Strategy, chosen, other, string

AREAS = ("110000", "120000", "310000", "320100", "330100", "370100", "440100", "500000", "510100", "610100")
_DEPARTMENTS = ("91", "92", "93", "11", "12", "13", "51", "52", "53")


def valid(department: str = "") -> Strategy[str]:
    kinds = st.just(department) if department else chosen(_DEPARTMENTS)
    bodies = st.tuples(kinds, chosen(AREAS), string(uscc.ALPHABET, 4, 4).map("FAKE".__add__))
    return bodies.map(lambda parts: uscc.build(*parts))


def broken(rule: str) -> Strategy[str]:
    breaking = _BREAKING[rule]

    @st.composite
    def make(draw: st.DrawFn) -> str:
        return breaking(draw, draw(valid()))

    return make()


def _length(draw: st.DrawFn, code: str) -> str:
    how = draw(chosen(("drop", "add", "organisation", "old", "empty")))
    if how == "drop":
        return code[:-1]
    if how == "add":
        return code + draw(chosen(uscc.ALPHABET))
    if how == "organisation":
        return code[8:16] + "-" + code[16]
    return code[2:8] + "000000099" if how == "old" else ""


def _charset(draw: st.DrawFn, code: str) -> str:
    how = draw(chosen(("forbidden", "lower", "letter", "sign", "full-width")))
    if how == "lower":
        return code[:8] + code[8:].lower()
    at = draw(chosen(range(2, 8) if how == "letter" else range(8, 18)))
    what = {"forbidden": "IOSVZ", "letter": uscc.ALPHABET[10:], "sign": "-_ ", "full-width": "０１２３４５６７８９"}[
        how
    ]
    return code[:at] + draw(chosen(what)) + code[at + 1 :]


def _check(draw: st.DrawFn, code: str) -> str:
    return code[:17] + draw(other(uscc.ALPHABET, code[17]))


_BREAKING: dict[str, Callable[[st.DrawFn, str], str]] = {
    "length": _length,
    "charset": _charset,
    "check-character": _check,
}

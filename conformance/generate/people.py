"""公民身份号码, names and phone numbers of people who do not exist.

A citizen id made here obeys every rule and belongs to nobody: the county is real, the birth date lies in 1905–1909,
and the sequence is 996–999. In the 15-digit numbers of the first years these four sequences were kept for people
born a century earlier, and nobody born in those years was registered for the first time after the numbers grew to 18
digits. (Widely described; not read in GB 11643 itself, so grade B.) `codes.citizen_id.is_synthetic` recognises them.

Phone numbers start with 154, a series that no operator has been given (grade C: a system with a table of series may
refuse it).
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from conformance.codes import citizen_id
from conformance.generate.calendar import days
from conformance.generate.draw import Strategy, chosen, other, string, whole
from conformance.generate.words import COMMON, RARE_NAME

_DIGITS = "0123456789"

# Counties that python-stdnum lists without a first year: it takes a county that was founded after the birth for wrong.
COUNTIES = (
    "110101", "110105", "110108", "120101", "120103", "120104",
    "310101", "310104", "310105", "310106", "310109", "310110",
)  # fmt: skip


def citizen_ids() -> Strategy[str]:
    births = days("1905-01-01", "1909-12-31").map(lambda d: f"{d:%Y%m%d}")
    sequences = whole(996, 999).map(str)
    return st.tuples(chosen(COUNTIES), births, sequences).map(lambda parts: citizen_id.build(*parts))


def broken_citizen_id(rule: str) -> Strategy[str]:
    breaking = _CITIZEN[rule]

    @st.composite
    def make(draw: st.DrawFn) -> str:
        return breaking(draw, draw(citizen_ids()))

    return make()


def _length(draw: st.DrawFn, number: str) -> str:
    how = draw(chosen(("drop", "add", "old", "empty")))
    if how == "drop":
        return number[:-1]
    if how == "add":
        return number + draw(chosen(_DIGITS))
    return number[:6] + number[8:17] if how == "old" else ""


def _charset(draw: st.DrawFn, number: str) -> str:
    how = draw(chosen(("x", "letter", "sign", "full-width")))
    if how == "x":
        return number[:17] + "x"
    at = draw(whole(0, 16))
    what = {"letter": "ABCXIOl", "sign": "-* ", "full-width": "０１２３４５６７８９"}[how]
    return number[:at] + draw(chosen(what)) + number[at + 1 :]


def _division(draw: st.DrawFn, number: str) -> str:
    if draw(st.booleans()):
        area = draw(chosen(("00", "01", "10", "16", "20", "38", "47", "55", "66", "72", "83", "99"))) + number[2:6]
    else:
        area = number[:2] + "00" + draw(whole(1, 99).map(lambda n: f"{n:02d}"))
    return citizen_id.build(area, number[6:14], number[14:17])


def _birth(draw: st.DrawFn, number: str) -> str:
    year = number[6:10]
    day = draw(chosen(("0000", "0001", "0100", "1301", "0132", "0230", "0431", "0631", "0931", "1131", "1232", "9999")))
    wrong = draw(chosen((year + day, "0000" + number[10:14], "19050229", "19000229")))
    return citizen_id.build(number[:6], wrong, number[14:17])


def _check(draw: st.DrawFn, number: str) -> str:
    return number[:17] + draw(other(_DIGITS + "X", number[17]))


_CITIZEN: dict[str, Callable[[st.DrawFn, str], str]] = {
    "length": _length,
    "charset": _charset,
    "division": _division,
    "birth-date": _birth,
    "check-character": _check,
}

_SURNAMES = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马", "上官", "诸葛", "买买提·")


def names(*, rare: bool = False) -> Strategy[str]:
    """Surname and one or two characters; `rare` takes them from those that older systems lose."""
    given = string(RARE_NAME if rare else COMMON, 1, 2)
    return st.tuples(chosen(_SURNAMES), given).map("".join)


def phones(rule: str | None) -> Strategy[str]:
    numbers = string(_DIGITS, 8, 8).map("154".__add__)
    if rule == "length":
        return st.tuples(numbers, chosen((0, 1, 2, 3)), string(_DIGITS, 1, 2)).map(
            lambda parts: parts[0][: -parts[1]] if parts[1] else parts[0] + parts[2]
        )
    if rule == "prefix":
        return st.tuples(chosen(("10", "11", "12", "00", "25", "99")), numbers).map(lambda p: p[0] + p[1][2:])
    if rule == "charset":
        return st.tuples(numbers, whole(2, 10), chosen("-+ aOl０１")).map(
            lambda p: p[0][: p[1]] + p[2] + p[0][p[1] + 1 :]
        )
    return numbers

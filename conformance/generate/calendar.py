"""Dates: valid in a range and a form, or wrong in shape or on the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from conformance.codes import dates
from conformance.errors import ProfileError
from conformance.generate.draw import Strategy, chosen, whole

FORMS = ("YYYYMMDD", "yyyy-MM-dd")


def days(low: str, high: str) -> Strategy[date]:
    """A day from low to high, both inclusive, each `YYYYMMDD` or `yyyy-MM-dd`."""
    first, last = _day(low), _day(high)
    if first > last:
        raise ProfileError("P304", f"日期范围为空：{low} 晚于 {high}", expected="min 不晚于 max")
    return whole(0, (last - first).days).map(lambda n: first + timedelta(days=n))


def _day(text: Any) -> date:
    if isinstance(text, date):  # YAML reads an unquoted 2024-01-31 as a date
        return text
    found = dates.parse_date(str(text))
    if found is None:
        raise ProfileError("P304", f"“{text}”不是日期", expected="YYYYMMDD 或 yyyy-MM-dd")
    return found


def _write(day: date, form: str) -> str:
    return f"{day:%Y%m%d}" if form == "YYYYMMDD" else day.isoformat()


def valid(low: Any, high: Any, form: str) -> Strategy[str]:
    forms = FORMS if form == "any" else (form,)
    return st.tuples(days(low, high), chosen(forms)).map(lambda pair: _write(*pair))


def broken(rule: str, low: Any, high: Any, form: str) -> Strategy[str]:
    if rule == "shape":
        return st.tuples(days(low, high), whole(0, len(_SHAPES) - 1)).map(lambda pair: _misshape(*pair))
    forms = FORMS if form == "any" else (form,)
    return st.tuples(days(low, high), chosen(_IMPOSSIBLE), chosen(forms)).map(lambda p: _impossible(*p))


_SHAPES = ("{0:%Y}/{0:%m}/{0:%d}", "{0:%Y}.{0:%m}.{0:%d}", "{0:%Y}年{0:%m}月{0:%d}日", "{0:%d}-{0:%m}-{0:%Y}",
           "{0:%y}{0:%m}{0:%d}", "{0:%Y}-{0:%m}", "{0:%Y}{0:%m}", "{0:%Y}-{0:%m}{0:%d}", " {0:%Y}{0:%m}{0:%d}",
           "{0:%Y}-{0:%m}-{0:%d} ", "{0:%Y}-{0:%m}-{0:%d}T00:00:00", "", "null")  # fmt: skip


def _misshape(day: date, shape: int) -> str:
    return _SHAPES[shape].format(day)


_IMPOSSIBLE = ("0000", "0001", "0015", "0100", "0132", "0230", "0231", "0431", "0631", "0931", "1131", "1232", "1301",
               "0229")  # fmt: skip


def _impossible(day: date, month_day: str, form: str) -> str:
    year = day.year
    if month_day == "0229":
        # a year that is not a leap year, near the drawn one
        while dates.parse_date(f"{year:04d}0229") is not None:
            year += 1
    text = f"{year:04d}{month_day}"
    return text if form == "YYYYMMDD" else f"{text[:4]}-{text[4:6]}-{text[6:]}"

"""Dates, 行政区划 and 持证主体代码类型: what is on the list or the calendar, and what is not."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.codes import dates, division, holder_type


@given(st.dates())
def test_every_day_is_a_date_in_both_forms(day: date) -> None:
    for text in (f"{day.year:04d}{day:%m%d}", day.isoformat()):
        assert dates.examine(text).valid
        assert dates.parse_date(text) == day


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        ("20240229", ""),
        ("20230229", "D2"),
        ("19000229", "D2"),
        ("20000229", ""),
        ("20240431", "D2"),
        ("2024-13-01", "D2"),
        ("20240100", "D2"),
        ("00000101", "D2"),
        ("2024-1-1", "D1"),
        ("2024-0101", "D1"),
        ("202401-01", "D1"),
        ("2024/01/01", "D1"),
        ("２０２４０１０１", "D1"),
        ("20240101\n", "D1"),
        (" 20240101", "D1"),
        ("20240101120000", "D1"),
        ("", "D1"),
        (20240101, "D1"),
        (None, "D1"),
    ],
)
def test_dates(value: object, failed: str) -> None:
    found = dates.examine(value)
    assert " ".join(found.failed_rules) == failed
    assert bool(found.reason) == bool(failed)


def test_the_reason_says_what_is_odd_about_a_date() -> None:
    assert "补零" in dates.examine("2024-1-1").reason
    assert "带有时间" in dates.examine("20240101120000").reason
    assert "空白" in dates.examine(" 20240101").reason
    assert "分隔" in dates.examine("2024/1/1").reason


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31, 23, 59, 59)))
def test_every_moment_is_a_datetime(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, fold=0)
    basic = moment.isoformat().translate(str.maketrans("", "", "-T:"))
    for text in (basic, moment.isoformat(), moment.isoformat(sep=" ")):
        assert dates.parse_datetime(text) == moment
        assert dates.examine_datetime(text).valid


@pytest.mark.parametrize("text", ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.123+08:00", "2024-01-01 00:00:00-0330"])
def test_zones_are_read(text: str) -> None:
    moment = dates.parse_datetime(text)
    assert moment is not None
    assert moment.tzinfo is not None


@pytest.mark.parametrize(
    "value",
    ["20240101", "20240101240000", "20240230120000", "2024-01-01T25:00:00", "2024-01-01", "2024-01-01T00:00:00+99:00",
     "2024-01-01T00:00", "", 0, None],
)  # fmt: skip
def test_what_is_no_moment_is_refused(value: object) -> None:
    assert not dates.examine_datetime(value).valid


@pytest.mark.parametrize(("value", "valid"), [("长期", True), ("长期有效", True), ("20991231", True), ("永久", False)])
def test_long_term_is_a_date_where_it_is_allowed(value: str, valid: bool) -> None:
    assert dates.examine_or_long_term(value).valid == valid


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        ("220000", ""),
        ("370100", ""),
        ("110101", ""),
        ("100000", ""),
        ("990000", "A2"),
        ("110001", "A3"),
        ("990001", "A2 A3"),
        ("1101", "A1"),
        ("1101010", "A1"),
        ("11010a", "A1"),
        ("１１０１０１", "A1"),
        (110101, "A1"),
    ],
)
def test_divisions(value: object, failed: str) -> None:
    assert " ".join(division.examine(value).failed_rules) == failed


def test_names_of_divisions() -> None:
    assert division.name("370000") == "山东省"
    assert division.name("110101") == "北京市东城区"
    assert division.name("340102") == "安徽省瑶海区"  # the latest holder of a code that was given twice
    assert division.name("100000") == "全国"
    assert division.name("119999") == division.name("x") == ""


def test_a_code_that_no_table_knows_is_a_warning() -> None:
    found = division.examine("119999")
    assert found.valid
    assert [w.rule.id for w in found.warnings] == ["A4"]


def test_the_provinces_agree_with_the_library() -> None:
    from stdnum import numdb

    table = numdb.get("cn/loc")
    for n in range(100):
        known = any(properties for _, properties in table.info(f"{n:02d}0000"))
        assert known == (f"{n:02d}" in division.PROVINCES), n


def test_holder_types() -> None:
    assert len(holder_type.HOLDER_TYPES) == 16
    assert holder_type.name("111") == "公民身份号码"
    assert holder_type.name("10") == ""
    assert holder_type.examine("001").parts == {"name": "统一社会信用代码", "group": "法人和其他组织"}
    assert holder_type.examine("123").failed_rules == ("H2",)
    for value in ("10", "40", "0111", "１１１", "", 111, None):
        assert holder_type.examine(value).failed_rules == ("H1",)

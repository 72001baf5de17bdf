"""公民身份号码: the rules, and the check character against a second implementation."""

from __future__ import annotations

from datetime import date

import pytest
import stdnum.cn.ric
from hypothesis import given
from hypothesis import strategies as st

from conformance.codes import citizen_id
from conformance.codes.citizen_id import build

GOOD = build("110101", "19050101", "996")


def mod_11_2(body: str) -> str:
    """ISO 7064 MOD 11-2 by its definition: (sum of a·2^position + check) ≡ 1."""
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(body))
    check = (1 - total) % 11
    return "X" if check == 10 else str(check)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_agrees_with_an_independent_implementation(body: str) -> None:
    assert citizen_id.check_character(body) == mod_11_2(body)


@given(
    st.sampled_from(["110101", "310104", "120103"]), st.dates(date(1950, 1, 1), date(2030, 1, 1)), st.integers(1, 995)
)
def test_what_the_library_accepts_is_accepted(area: str, born: date, sequence: int) -> None:
    value = build(area, f"{born:%Y%m%d}", f"{sequence:03d}")
    assert stdnum.cn.ric.is_valid(value)
    assert citizen_id.is_valid(value)


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        (GOOD, ""),
        (build("830000", "19900101", "001"), ""),  # 台湾居民居住证
        (GOOD[:-1], "C1"),
        ("110101050101996", "C1"),
        (GOOD[:-1] + "x", "C2"),
        ("１" + GOOD[1:], "C2"),
        (GOOD[:5] + "A" + GOOD[6:], "C2"),
        (build("990101", "19050101", "996"), "C3"),
        (build("110001", "19050101", "996"), "C3"),
        (build("100000", "19050101", "996"), "C3"),
        (build("110101", "19050230", "996"), "C4"),
        (build("110101", "19000229", "996"), "C4"),
        (build("110101", "00000101", "996"), "C4"),
        (GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2"), "C5"),
        (build("990101", "19051301", "996")[:-1] + "?", "C2"),
        (110101190501019960, "C1"),
    ],
)
def test_rules(value: object, failed: str) -> None:
    found = citizen_id.examine(value)
    assert " ".join(found.failed_rules) == failed
    assert found.valid == (not failed)


def test_independent_faults_are_all_named() -> None:
    value = build("990101", "19051301", "996")
    wrong = value[:-1] + ("1" if value[-1] != "1" else "2")
    assert citizen_id.examine(wrong).failed_rules == ("C3", "C4", "C5")


def test_a_birth_date_in_the_future_counts_only_when_a_day_is_given() -> None:
    value = build("110101", "20300101", "001")
    assert citizen_id.is_valid(value)
    assert citizen_id.examine(value, on=date(2029, 12, 31)).failed_names == ("birth-date",)
    assert citizen_id.examine(value, on=date(2030, 1, 1)).valid


def test_a_county_no_table_knows_is_a_warning() -> None:
    found = citizen_id.examine(build("119999", "19900101", "001"))
    assert found.valid
    assert [w.rule.name for w in found.warnings] == ["known"]


def test_parts() -> None:
    parts = citizen_id.examine(build("110101", "19900307", "123")).parts
    assert parts["birth-date"] == "19900307"
    assert parts["sex"] == "男"


def test_synthetic_numbers_are_recognised() -> None:
    assert citizen_id.is_synthetic(GOOD)
    assert not citizen_id.is_synthetic(build("110101", "19900307", "123"))

"""统一社会信用代码: the rules, and the check character against a second implementation."""

from __future__ import annotations

import pytest
import stdnum.cn.uscc
from hypothesis import given
from hypothesis import strategies as st

from conformance.codes import uscc

GOOD = uscc.build("91", "370100", "FAKE0001")


def mod_31(body: str) -> str:
    """GB 32100 by its definition: weights are the powers of 3 modulo 31."""
    total = sum(uscc.ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return uscc.ALPHABET[-total % 31]


def mod_11(body: str) -> str:
    """GB 11714 by its definition."""
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@given(st.text(uscc.ALPHABET, min_size=17, max_size=17))
def test_the_check_character_agrees_with_an_independent_implementation(body: str) -> None:
    assert uscc.check_character(body) == mod_31(body)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_the_organisation_check_agrees_with_an_independent_implementation(body: str) -> None:
    assert uscc.organisation_check(body) == mod_11(body)


@given(st.text(uscc.ALPHABET, min_size=18, max_size=18))
def test_the_verdict_agrees_with_the_library_where_the_library_is_right(value: str) -> None:
    if value[:2].isdigit():
        assert uscc.is_valid(value) == stdnum.cn.uscc.is_valid(value)


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        (GOOD, ""),
        (uscc.build("N2", "370100", "FAKE0001"), ""),  # 农业农村: python-stdnum refuses the letter
        (GOOD[:-1], "U1"),
        (GOOD + "0", "U1"),
        ("", "U1"),
        (GOOD.lower(), "U2"),
        (f" {GOOD[1:]}", "U2"),
        (GOOD[:9] + "I" + GOOD[10:], "U2"),
        (GOOD[:3] + "A" + GOOD[4:], "U2"),
        (GOOD[:-1] + "０", "U2"),
        (GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2"), "U3"),
        (None, "U1"),
    ],
)
def test_rules(value: object, failed: str) -> None:
    found = uscc.examine(value)
    assert " ".join(found.failed_rules) == failed
    assert found.valid == (not failed)
    assert bool(found.reason) == bool(failed)


def test_what_only_looks_odd_is_a_warning() -> None:
    odd = "Q1990000" + "FAKE00010"
    found = uscc.examine(odd + uscc.check_character(odd))
    assert found.valid
    assert {w.rule.name for w in found.warnings} == {"department", "division", "organisation"}


def test_separators_are_not_forgiven() -> None:
    assert stdnum.cn.uscc.is_valid(f"{GOOD[:8]}-{GOOD[8:]}")  # the library compacts
    assert not uscc.is_valid(f"{GOOD[:8]}-{GOOD[8:]}")


def test_synthetic_codes_are_recognised() -> None:
    assert uscc.is_synthetic(GOOD)
    assert not uscc.is_synthetic(uscc.build("91", "370100", "12345678"))

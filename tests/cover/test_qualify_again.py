"""What came out wrong among many specimens is tried once more alone; what is wrong by itself stays wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.profile import load
from conformance.qualify import matrix
from conformance.qualify.work import checks_of
from conformance.specimen.registry import faults

NAME = "gbt-36904-2018"
KEYS = [k for k, check in checks_of(load(NAME)).items() if check.kind != "manual"]


def right(specimen: str) -> dict[str, CheckResult]:
    """What a specimen should give: PASS everywhere, FAIL where its fault says so."""
    shape, _, fault = specimen.partition("+")
    kills = next((f.kills for f in faults(shape) if f.name == fault), ())
    return {k: CheckResult(k, Verdict.FAIL if k in kills else Verdict.PASS) for k in KEYS}


def qualified(
    monkeypatch: pytest.MonkeyPatch, first: Mapping[str, Verdict], alone: Mapping[str, Verdict]
) -> dict[str, Any]:
    """`first`, `alone`: specimen → verdict of its first check, in place of the right one."""

    def given(specimen: str, wrong: Mapping[str, Verdict]) -> dict[str, CheckResult]:
        changed = {KEYS[0]: CheckResult(KEYS[0], wrong[specimen])} if specimen in wrong else {}
        return right(specimen) | changed

    monkeypatch.setattr(
        matrix, "carry_out", lambda todo, _: {(w.profile.id, s): given(s, first) for w in todo for s in w.specimens}
    )
    monkeypatch.setattr(matrix, "carry_out_alone", lambda _profile, specimen, _: given(specimen, alone))
    return matrix.qualify(NAME)


def test_what_goes_right_the_second_time_is_no_hole_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"elicense": Verdict.INCONCLUSIVE, "elicense+foreign-root": Verdict.ERROR}
    found = qualified(monkeypatch, first, {})
    assert found["ok"], found["holes"]
    assert found["again"] == ["elicense", "elicense+foreign-root"]
    assert "单独再试一次" in matrix.text(found)


@pytest.mark.parametrize("specimen", ["elicense", "elicense+foreign-root"])
def test_what_goes_wrong_twice_is_a_hole(monkeypatch: pytest.MonkeyPatch, specimen: str) -> None:
    wrong = {specimen: Verdict.ERROR}
    found = qualified(monkeypatch, wrong, wrong)
    assert not found["ok"]
    assert specimen in found["again"]


def test_when_much_is_wrong_nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"elicense+{f.name}": Verdict.ERROR for f in faults("elicense")}
    found = qualified(monkeypatch, many, {})
    assert not found["ok"]
    assert found["again"] == []


def test_when_all_is_right_nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = qualified(monkeypatch, {}, {"elicense": Verdict.ERROR})
    assert found["ok"]
    assert found["again"] == []

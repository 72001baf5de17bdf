"""样机的名称和缺陷清单: what can be asked for, and what is said when it does not exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import conformance.specimen
from conformance.errors import UsageError
from conformance.specimen import registry
from conformance.specimen.elicense.faults import FAULTS
from conformance.specimen.fault import DEVIATION, WHOLE_SYSTEM, Deviations

SOURCE = Path(conformance.specimen.__file__).parent / "elicense"


def test_a_name_with_faults_is_taken_apart() -> None:
    assert registry.parse("elicense") == ("elicense", ())
    assert registry.parse("elicense-gd+wrong-check-character+foreign-root") == (
        "elicense-gd",
        ("wrong-check-character", "foreign-root"),
    )
    assert registry.parse("specimen:elicense+f".replace("+f", "")) == ("elicense", ())


@pytest.mark.parametrize(
    ("spec", "code", "near"),
    [
        ("elicence", "U301", "elicense"),
        ("elicense+wrong-check-charcter", "U302", "wrong-check-character"),
        ("elicense+", "U302", "--faults"),
        ("elicense+all-404+foreign-root", "U303", "elicense+all-404"),
        ("elicense+failure-without-errors", "U302", ""),  # exists in the other shape only
    ],
)
def test_what_does_not_exist_is_answered_with_what_is_near(spec: str, code: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        registry.parse(spec)
    assert caught.value.code == code
    assert near in caught.value.hint


def test_a_deviation_nobody_registered_is_a_bug_of_ours() -> None:
    with pytest.raises(KeyError):
        Deviations(["no-such"], ["known"])
    with pytest.raises(KeyError):
        "misspelt" in Deviations([], ["known"])  # noqa: B015


def test_every_fault_is_named_titled_and_meant_for_a_clause() -> None:
    deviations = [fault for fault in FAULTS if fault.kind == DEVIATION]
    assert len(deviations) >= 60
    assert [name for name, times in Counter(fault.name for fault in FAULTS).items() if times > 1] == []
    for fault in FAULTS:
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", fault.name), fault.name
        assert re.search("[一-鿿]", fault.title), fault.name
        assert re.fullmatch("[CF][0-9]+|假想", fault.source), fault.name
        assert bool(fault.kills) == (fault.kind == DEVIATION), fault.name
    assert {fault.name for fault in FAULTS if fault.kind == WHOLE_SYSTEM} == {
        "hollow-200-empty",
        "all-401",
        "all-404",
        "all-500",
    }


def test_the_code_deviates_under_registered_names_only() -> None:
    """Each fault is looked at somewhere outside the list, and each name that is looked at is in the list."""
    text = "\n".join(p.read_text("utf-8") for p in SOURCE.glob("*.py") if p.name != "faults.py")
    quoted = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', text))
    names = {fault.name for fault in FAULTS}
    assert names - quoted == set()
    asked = set(re.findall(r'"([a-z0-9-]+)" (?:not )?in (?:self|house|service)?\.?(?:house\.)?faults', text))
    assert asked - names == set()


def test_most_faults_of_real_systems_are_here() -> None:
    seen = {fault.source for fault in FAULTS}
    assert {"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "F13", "F15", "F21"} <= seen


def test_a_specimen_of_several_parts_has_no_two_faults_of_one_name() -> None:
    for name in registry.names():
        known = [fault.name for fault in registry.faults(name)]
        assert len(known) == len(set(known)), name

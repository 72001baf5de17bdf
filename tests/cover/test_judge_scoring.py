"""评分: the arithmetic of vetoes and deductions, and what it says where points or verdicts are unknown."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judge import scoring
from conformance.judge.scoring import OPEN, QUALIFIED, UNQUALIFIED, Found, Rules, ScoringError, score
from conformance.model.verdict import Verdict

FAIL, PASS = Found(Verdict.FAIL), Found(Verdict.PASS)
SCORING = {
    "full": "score_full", "fail_below": "score_fail_below", "bonus_above": "score_bonus_above", "bonus_most": "score_bonus_most",
    "bonus": "score_bonus", "points": "score_points", "caps": "score_caps", "vetoes": ["V"],
    "reduced": {"without": "has_services", "full": "score_full_without_services"},
    "items": {"A": "甲", "B": "乙", "C": "丙"},
}  # fmt: skip
NUMBERS = {
    "score_full": 100, "score_fail_below": 60, "score_bonus_above": 80, "score_bonus_most": 30,
    "score_full_without_services": 75, "score_points": ["A=5", "B=0.1/处", "C=35.5"],
}  # fmt: skip


def rules(**more: object) -> Rules:
    return scoring.rules(SCORING, {**NUMBERS, **more}, {"has_services": True})


GOOD = {"V": PASS, "A": PASS, "B": PASS, "C": PASS}


def test_nothing_wrong_is_full_marks() -> None:
    result = score(rules(), GOOD)
    assert (result.least, result.most, result.outcome) == (100, 100, QUALIFIED)


def test_points_are_taken_and_places_are_counted() -> None:
    result = score(rules(score_caps=["B=5"]), {**GOOD, "A": FAIL, "B": Found(Verdict.FAIL, 7)})
    assert result.most == result.least == Decimal("94.3")
    many = score(rules(score_caps=["B=5"]), {**GOOD, "B": Found(Verdict.FAIL, 700)})
    assert many.most == many.least == 95  # 各项扣分不超过该项总分


def test_without_a_cap_the_score_is_a_range() -> None:
    result = score(rules(), {**GOOD, "B": Found(Verdict.FAIL, 700)})
    assert (result.least, result.most) == (30, Decimal("99.9"))
    assert result.outcome == OPEN


def test_fifty_nine_and_a_half_is_not_qualified_and_sixty_is() -> None:
    assert score(rules(), {**GOOD, "A": FAIL, "C": FAIL}).outcome == UNQUALIFIED  # 59.5
    exactly = score(rules(score_points=["A=4.5", "B=0.1/处", "C=35.5"]), {**GOOD, "A": FAIL, "C": FAIL})
    assert (exactly.most, exactly.outcome) == (60, QUALIFIED)


def test_one_veto_disqualifies_whatever_the_score() -> None:
    result = score(rules(), {**GOOD, "V": FAIL})
    assert (result.most, result.outcome, result.vetoed) == (100, UNQUALIFIED, ("V",))


@pytest.mark.parametrize("verdict", [Verdict.INCONCLUSIVE, Verdict.NOT_TESTED, Verdict.ERROR])
def test_a_veto_that_was_not_decided_leaves_it_open(verdict: Verdict) -> None:
    result = score(rules(), {**GOOD, "V": Found(verdict)})
    assert (result.outcome, result.undecided) == (OPEN, ("V",))


def test_a_clause_that_the_run_does_not_hold_is_not_decided() -> None:
    assert score(rules(), {}).outcome == OPEN


def test_points_that_nobody_read_are_not_guessed() -> None:
    result = score(rules(score_points=["A=5", "B=0.1/处"]), {**GOOD, "C": FAIL})
    assert (result.least, result.most, result.outcome) == (0, 100, OPEN)
    enough = score(rules(score_points=["A=41", "B=0.1/处"]), {**GOOD, "A": FAIL, "C": FAIL})
    assert enough.outcome == UNQUALIFIED  # whatever C takes


def test_the_bonus_counts_above_eighty_only_and_is_bounded() -> None:
    assert score(rules(score_bonus=50), GOOD).bonus == 30
    low = score(rules(score_bonus=10, score_points=["A=20", "B=0.1/处", "C=1"]), {**GOOD, "A": FAIL})
    assert (low.most, low.bonus) == (80, None)


def test_a_department_without_services_is_scaled() -> None:
    scaled = scoring.rules(SCORING, NUMBERS, {"has_services": False})
    result = score(scaled, {**GOOD, "A": FAIL})
    assert round(result.most, 2) == Decimal("93.33")


@pytest.mark.parametrize("wrong", ["A", "A=", "A=五", "A=-1", "A=nan", "A=1/2"])
def test_points_that_are_none_are_told(wrong: str) -> None:
    with pytest.raises(ScoringError, match="分值"):
        rules(score_points=[wrong])


_VERDICTS = st.sampled_from(list(Verdict))


@given(st.dictionaries(st.sampled_from("VABC"), st.builds(Found, _VERDICTS, st.integers(0, 2000))), st.booleans())
def test_a_decided_verdict_never_makes_the_range_wider(found: dict[str, Found], capped: bool) -> None:
    how = rules(score_caps=["B=5"]) if capped else rules()
    result = score(how, found)
    assert 0 <= result.least <= result.most <= 100
    for name, one in found.items():
        if one.verdict not in (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE):
            for verdict in (Verdict.PASS, Verdict.FAIL):
                then = score(how, {**found, name: replace(one, verdict=verdict)})
                if name != "B" or capped:
                    assert result.least <= then.least <= then.most <= result.most

"""What came out wrong among many specimens is settled only if every further run agrees; few may be, and all is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Verdict
from conformance.profile import load
from conformance.qualify.again import FURTHER, MOST, warning
from conformance.qualify.matrix import qualify, text
from conformance.qualify.work import checks_of
from conformance.specimen.registry import faults

NAME = "gbt-36904-2018"
KEYS = [k for k, check in checks_of(load(NAME)).items() if check.kind != "manual"]
FAULTS = [f"elicense+{f.name}" for f in faults("elicense") if f.kind != "whole-system" and set(f.kills) & set(KEYS)]
SHAPE, FAULT = "elicense", "elicense+foreign-root"
LATE = Reason("临时地址在检测之前过期")
Verdicts = Sequence[Verdict | None]  # of one check, run by run; None: the right one


def right(specimen: str) -> dict[str, CheckResult]:
    """What a specimen should give: PASS everywhere, FAIL where its fault says so."""
    shape, _, fault = specimen.partition("+")
    kills = next((f.kills for f in faults(shape) if f.name == fault), ())
    return {k: CheckResult(k, Verdict.FAIL if k in kills else Verdict.PASS) for k in KEYS}


def pair(specimen: str) -> str:
    """A check of which the specimen should say FAIL, if there is one, otherwise PASS."""
    return next((k for k, r in right(specimen).items() if r.verdict is Verdict.FAIL), KEYS[0])


def qualified(wrong: Mapping[str, Verdicts]) -> tuple[dict[str, Any], list[str]]:
    """`wrong`: specimen → verdicts of its check, run by run → the matrix, and what was run again in order."""
    alone: list[str] = []

    def given(specimen: str) -> dict[str, CheckResult]:
        verdicts = wrong.get(specimen, ())
        n = alone.count(specimen)
        verdict = verdicts[n] if n < len(verdicts) else None
        key = pair(specimen)
        return right(specimen) | ({key: CheckResult(key, verdict, reasons=(LATE,))} if verdict else {})

    def again(_profile: str, specimen: str, _progress: object) -> dict[str, CheckResult]:
        alone.append(specimen)
        return given(specimen)

    found = qualify(
        NAME,
        together=lambda todo, _: {(w.profile.id, s): given(s) for w in todo for s in w.specimens},
        alone=again,
    )
    return found, alone


@pytest.mark.parametrize(
    ("specimen", "first"),
    [(SHAPE, Verdict.INCONCLUSIVE), (SHAPE, Verdict.FAIL), (FAULT, Verdict.PASS), (FAULT, Verdict.ERROR)],
)
def test_what_agrees_in_every_further_run_is_settled_and_told(specimen: str, first: Verdict) -> None:
    found, alone = qualified({specimen: [first]})
    assert found["ok"], found["holes"]
    assert alone == [specimen] * FURTHER
    (told,) = found["again"]
    assert (told["profile"], told["specimen"], told["settled"]) == (NAME, specimen, True)
    (check,) = told["checks"]
    wanted = str(right(specimen)[pair(specimen)].verdict)
    assert check == {
        "key": pair(specimen),
        "expected": wanted,
        "verdicts": [str(first), *[wanted] * FURTHER],
        "why": LATE.message,
    }


@pytest.mark.parametrize("specimen", [SHAPE, FAULT])
@pytest.mark.parametrize("later", range(1, FURTHER + 1))
def test_what_disagrees_in_any_further_run_is_a_hole(specimen: str, later: int) -> None:
    found, alone = qualified({specimen: [Verdict.ERROR, *[None] * (later - 1), Verdict.ERROR]})
    assert not found["ok"]
    assert any(hole["check"] == pair(specimen) for hole in found["holes"]), found["holes"]
    assert alone[:later] == [specimen] * later
    assert alone.count(specimen) == later, "one further disagreement is enough"
    told = next(one for one in found["again"] if one["specimen"] == specimen)
    assert not told["settled"]
    assert told["checks"][0]["verdicts"][-1] == "ERROR"


def test_no_more_than_a_few_are_settled() -> None:
    found, alone = qualified({f: [Verdict.ERROR] for f in FAULTS[:MOST]})
    assert found["ok"], found["holes"]
    assert len(alone) == MOST * FURTHER
    found, alone = qualified({f: [Verdict.ERROR] for f in FAULTS[: MOST + 1]})
    assert not found["ok"]
    assert alone == [], "so many are no accident"
    assert [one["settled"] for one in found["again"]] == [False] * (MOST + 1)
    assert {hole["check"] for hole in found["holes"]} >= {pair(f) for f in FAULTS[: MOST + 1]}


def test_conforming_specimens_and_faults_are_counted_together() -> None:
    found, alone = qualified({SHAPE: [Verdict.ERROR], **{f: [Verdict.ERROR] for f in FAULTS[:MOST]}})
    assert not found["ok"]
    assert set(alone) == {SHAPE}


def test_when_all_is_right_nothing_is_tried_again_or_said() -> None:
    found, alone = qualified({})
    assert found["ok"], found["holes"]
    assert (found["again"], alone) == ([], [])
    assert warning(found["again"]) == ""


def test_the_warning_names_each_pair_with_every_verdict_and_the_reason() -> None:
    settled = warning(qualified({FAULT: [Verdict.PASS]})[0]["again"])
    assert settled.startswith("警告：1 个样机")
    assert f"{FAULT}: 算作一致" in settled
    assert f"{pair(FAULT)} 应为 FAIL，第一次 PASS，再试 {'、'.join(['FAIL'] * FURTHER)}：{LATE.message}" in settled
    still = warning(qualified({FAULT: [Verdict.PASS, Verdict.PASS]})[0]["again"])
    assert f"{FAULT}: 仍不一致" in still
    many = warning(qualified({f: [Verdict.ERROR] for f in FAULTS[: MOST + 1]})[0]["again"])
    assert "没有再试" in many
    assert "0 处缺口" in text(qualified({FAULT: [Verdict.PASS]})[0])

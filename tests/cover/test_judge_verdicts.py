"""The verdict algebra: no hollow pass, nothing promoted, order irrelevant, a failing check never improves anything."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.judge.verdicts import (
    ClauseOutcome,
    Conclusion,
    ConclusionReason,
    clause_verdict,
    conclusion,
    judge_check,
)
from conformance.judge.words import WORDS, cause_word, check_word, clause_word, overall_word, word
from conformance.model.result import Reason
from conformance.model.verdict import Cause, Grade, Overall, Provision, Verdict

V = Verdict
STOP = (Cause.ENVIRONMENT, Reason("连接超时"))
LEFT_OUT = (ConclusionReason("left-out"),)

counts = st.integers(0, 3)
verdicts = st.sampled_from(V)
stops = st.none() | st.sampled_from(Cause).map(lambda c: (c, Reason("x")))
observations = st.fixed_dictionaries(
    {
        "assertions": counts,
        "failed": counts,
        "witnesses": counts,
        "negative": st.booleans(),
        "control": st.none() | verdicts,
        "stopped": stops,
        "error": st.none() | st.just("boom"),
        "not_tested": stops,
        "not_applicable": st.booleans(),
    }
).filter(lambda o: o["failed"] <= o["assertions"])
outcomes = st.builds(
    ClauseOutcome,
    key=st.uuids().map(lambda u: f"p/{u}"),
    provision=st.sampled_from(Provision),
    grade=st.sampled_from(Grade),
    verdict=verdicts,
    confirmed=st.booleans(),
    waived=st.just(False),
) | st.builds(
    ClauseOutcome,
    key=st.uuids().map(lambda u: f"w/{u}"),
    provision=st.sampled_from(Provision),
    grade=st.sampled_from(Grade),
    verdict=st.sampled_from([V.FAIL, V.INCONCLUSIVE, V.NOT_TESTED]),
    waived=st.booleans(),
)
runs = st.lists(outcomes, max_size=8)


def clause(verdict: Verdict, key: str = "p/1", **about: object) -> ClauseOutcome:
    return replace(ClauseOutcome(key, Provision.REQUIREMENT, Grade.B, verdict), **about)  # type: ignore[arg-type]


# --- one check


@given(observations)
def test_a_pass_always_rests_on_an_assertion_about_a_witness(seen):
    verdict, cause = judge_check(**seen)
    if verdict is V.PASS:
        assert cause is None
        assert all(seen[n] for n in ("assertions", "witnesses"))
        assert not any(seen[n] for n in ("failed", "error", "stopped", "not_tested", "not_applicable"))
        assert seen["control"] is V.PASS or not seen["negative"]


@given(observations)
def test_every_non_pass_but_not_applicable_has_a_cause(seen):
    verdict, cause = judge_check(**seen)
    assert (cause is None) == (verdict in (V.PASS, V.NOT_APPLICABLE))


@given(observations.filter(lambda o: o["failed"]))
def test_a_failed_assertion_is_never_forgotten(seen):
    assert judge_check(**seen)[0] in (V.FAIL, V.ERROR, V.INCONCLUSIVE)
    if not seen["error"] and not seen["negative"]:
        assert judge_check(**seen) == (V.FAIL, Cause.SYSTEM)


@given(observations.filter(lambda o: not o["error"]), st.sampled_from(["failed", "stopped", "error"]))
def test_what_goes_wrong_in_addition_never_makes_a_pass(seen, what):
    worse = {
        "failed": {**seen, "assertions": seen["assertions"] + 1, "failed": seen["failed"] + 1},
        "stopped": {**seen, "stopped": STOP},
        "error": {**seen, "error": Reason("boom")},
    }[what]
    assert judge_check(**worse)[0] is not V.PASS


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"assertions": 3, "failed": 0, "witnesses": 2}, (V.PASS, None)),
        ({"assertions": 3, "failed": 1, "witnesses": 2}, (V.FAIL, Cause.SYSTEM)),
        ({"assertions": 1, "failed": 1, "witnesses": 0}, (V.FAIL, Cause.SYSTEM)),
        ({"assertions": 0, "failed": 0, "witnesses": 0}, (V.INCONCLUSIVE, Cause.CONFIGURATION)),
        ({"assertions": 5, "failed": 0, "witnesses": 0}, (V.INCONCLUSIVE, Cause.CONFIGURATION)),
        ({"assertions": 0, "failed": 0, "witnesses": 5}, (V.INCONCLUSIVE, Cause.TOOL)),
        ({"assertions": 2, "failed": 0, "witnesses": 2, "stopped": STOP}, (V.INCONCLUSIVE, Cause.ENVIRONMENT)),
        ({"assertions": 2, "failed": 1, "witnesses": 2, "stopped": STOP}, (V.FAIL, Cause.SYSTEM)),
        ({"assertions": 2, "failed": 1, "witnesses": 2, "error": "boom"}, (V.ERROR, Cause.TOOL)),
        ({"assertions": 0, "failed": 0, "witnesses": 0, "not_applicable": True}, (V.NOT_APPLICABLE, None)),
        ({"assertions": 1, "failed": 1, "witnesses": 1, "not_applicable": True}, (V.FAIL, Cause.SYSTEM)),
        (
            {"assertions": 0, "failed": 0, "witnesses": 0, "not_tested": (Cause.CONFIGURATION, Reason("writes"))},
            (V.NOT_TESTED, Cause.CONFIGURATION),
        ),
    ],
)
def test_positive_checks(seen, expected):
    assert judge_check(**seen) == expected


@pytest.mark.parametrize(
    ("control", "cause"),
    [
        (None, Cause.TOOL),
        (V.FAIL, Cause.SYSTEM),
        (V.ERROR, Cause.TOOL),
        (V.INCONCLUSIVE, Cause.ENVIRONMENT),
        (V.NOT_TESTED, Cause.CONFIGURATION),
        (V.NOT_APPLICABLE, Cause.CONFIGURATION),
    ],
)
@pytest.mark.parametrize("failed", [0, 1])
def test_a_refusal_without_a_control_that_passed_says_nothing(control, cause, failed):
    seen = judge_check(assertions=1, failed=failed, witnesses=1, negative=True, control=control)
    assert seen == (V.INCONCLUSIVE, cause)


def test_a_refusal_with_a_control_that_passed_is_judged():
    assert judge_check(assertions=1, failed=0, witnesses=1, negative=True, control=V.PASS) == (V.PASS, None)
    assert judge_check(assertions=1, failed=1, witnesses=1, negative=True, control=V.PASS) == (V.FAIL, Cause.SYSTEM)


@pytest.mark.parametrize("counts", [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (1, 2, 0)])
def test_counts_that_contradict_each_other_are_a_bug(counts):
    with pytest.raises(ValueError, match="counts contradict"):
        judge_check(assertions=counts[0], failed=counts[1], witnesses=counts[2])


# --- one clause


@given(st.lists(verdicts, max_size=6), st.randoms())
def test_clause_order_is_irrelevant_and_repeating_changes_nothing(given_verdicts, random):
    shuffled = [*given_verdicts, *given_verdicts]
    random.shuffle(shuffled)
    assert clause_verdict(shuffled) is clause_verdict(given_verdicts)


@given(st.lists(verdicts, max_size=6))
def test_a_clause_passes_only_when_every_applicable_check_passed(given_verdicts):
    passed = clause_verdict(given_verdicts) is V.PASS
    assert passed == (V.PASS in given_verdicts and set(given_verdicts) <= {V.PASS, V.NOT_APPLICABLE})


@given(st.lists(verdicts, max_size=6))
def test_a_failing_check_always_fails_its_clause(given_verdicts):
    assert clause_verdict([*given_verdicts, V.FAIL]) is V.FAIL


@given(st.lists(verdicts, max_size=6), verdicts.filter(lambda v: v not in (V.PASS, V.NOT_APPLICABLE)))
def test_an_open_check_never_improves_its_clause(given_verdicts, more):
    rank = [V.FAIL, V.INCONCLUSIVE, V.NOT_TESTED, V.NOT_APPLICABLE, V.PASS]
    before, after = clause_verdict(given_verdicts), clause_verdict([*given_verdicts, more])
    if given_verdicts:  # a clause without checks is NOT_TESTED, which is less than nothing said
        assert rank.index(after) <= rank.index(before)
    assert after is not V.PASS


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([], V.NOT_TESTED),
        ([V.PASS, V.FAIL, V.ERROR], V.FAIL),
        ([V.PASS, V.ERROR, V.NOT_TESTED], V.INCONCLUSIVE),
        ([V.PASS, V.INCONCLUSIVE], V.INCONCLUSIVE),
        ([V.PASS, V.NOT_TESTED, V.NOT_APPLICABLE], V.NOT_TESTED),
        ([V.NOT_APPLICABLE, V.NOT_APPLICABLE], V.NOT_APPLICABLE),
        ([V.NOT_APPLICABLE, V.PASS], V.PASS),
    ],
)
def test_clause_verdicts(checks, expected):
    assert clause_verdict(checks) is expected


# --- the conclusion


@given(runs)
def test_conforms_means_every_applicable_requirement_passed_or_is_waived_and_one_passed(run):
    found = conclusion(run)
    requirements = [c for c in run if c.provision is Provision.REQUIREMENT and c.verdict is not V.NOT_APPLICABLE]
    if found.overall is Overall.CONFORMS:
        assert all(c.verdict is V.PASS or c.waived for c in requirements)
        assert any(c.verdict is V.PASS and not c.unconfirmed for c in requirements)
    if found.overall is Overall.DOES_NOT_CONFORM:
        assert any(c.verdict is V.FAIL and not c.waived and not c.unconfirmed for c in requirements)


@given(runs)
def test_a_partial_run_has_no_conclusion(run):
    assert conclusion(run, partial=LEFT_OUT).overall is Overall.PARTIAL
    assert conclusion(run).overall is not Overall.PARTIAL


@given(runs, st.randoms())
def test_the_order_of_clauses_is_irrelevant(run, random):
    shuffled = list(run)
    random.shuffle(shuffled)
    assert conclusion(shuffled) == conclusion(run)


@given(runs)
def test_recommendations_and_permissions_never_touch_the_conclusion(run):
    only = [c for c in run if c.provision is Provision.REQUIREMENT]
    assert conclusion(only).overall is conclusion(run).overall


@given(runs, outcomes.filter(lambda c: c.verdict not in (V.PASS, V.NOT_APPLICABLE) and not c.waived))
def test_a_clause_that_did_not_pass_never_improves_the_conclusion(run, more):
    rank = [Overall.DOES_NOT_CONFORM, Overall.UNDETERMINED, Overall.CONFORMS]
    assert rank.index(conclusion([*run, more]).overall) <= rank.index(conclusion(run).overall)


@given(runs)
def test_a_doubt_about_the_sample_takes_conformity_away_and_gives_nothing(run):
    doubted = conclusion(run, doubts=[ConclusionReason("sample-changed")])
    assert doubted.overall is not Overall.CONFORMS
    if conclusion(run).overall is Overall.DOES_NOT_CONFORM:
        assert doubted.overall is Overall.DOES_NOT_CONFORM


@given(runs)
def test_a_conclusion_survives_json_and_every_reason_has_words(run):
    found = conclusion(run, partial=LEFT_OUT)
    assert Conclusion.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert all(r.text("zh") and r.text("en") for r in found.reasons)
    assert sum(row["total"] for row in found.counts.values()) == len(set(run))


@given(runs)
def test_confirming_a_clause_is_what_lets_it_decide(run):
    confirmed = [replace(c, confirmed=True) for c in run]
    found = conclusion(confirmed)
    assert not {"unconfirmed-failed", "unconfirmed-only", "unconfirmed-passed"} & {r.code for r in found.reasons}


def test_an_empty_run_is_undetermined():
    assert conclusion([]).overall is Overall.UNDETERMINED
    assert [r.code for r in conclusion([]).reasons] == ["nothing-applicable"]


@pytest.mark.parametrize("verdict", [V.INCONCLUSIVE, V.ERROR, V.NOT_TESTED])
def test_one_open_clause_leaves_the_conclusion_open(verdict):
    found = conclusion([clause(V.PASS), clause(verdict, "p/2")])
    assert found.overall is Overall.UNDETERMINED
    assert found.reasons[0] == ConclusionReason("clause-open", ("p/2",))


def test_an_unconfirmed_clause_cannot_fail_a_system_alone():
    found = conclusion([clause(V.PASS), clause(V.FAIL, "p/2", grade=Grade.C)])
    assert found.overall is Overall.UNDETERMINED
    assert found.reasons[0] == ConclusionReason("unconfirmed-failed", ("p/2",))
    decided = conclusion([clause(V.FAIL), clause(V.FAIL, "p/2", grade=Grade.C)])
    assert decided.overall is Overall.DOES_NOT_CONFORM
    confirmed = conclusion([clause(V.PASS), clause(V.FAIL, "p/2", grade=Grade.C, confirmed=True)])
    assert confirmed.overall is Overall.DOES_NOT_CONFORM


def test_an_unconfirmed_pass_counts_and_is_listed():
    found = conclusion([clause(V.PASS), clause(V.PASS, "p/2", grade=Grade.C)])
    assert found.overall is Overall.CONFORMS
    assert found.reasons == (ConclusionReason("unconfirmed-passed", ("p/2",)),)
    alone = conclusion([clause(V.PASS, grade=Grade.C)])
    assert alone.overall is Overall.UNDETERMINED


def test_a_waived_failure_is_listed_and_a_run_of_waivers_only_is_hollow():
    waived = clause(V.FAIL, "p/2", waived=True)
    found = conclusion([clause(V.PASS), waived])
    assert found.overall is Overall.CONFORMS
    assert found.reasons == (ConclusionReason("clause-waived", ("p/2",)),)
    assert conclusion([waived]).overall is Overall.UNDETERMINED


# --- words


def test_every_word_exists_in_both_languages():
    keys = {clause_word(p, v) for p in Provision for v in V} | {check_word(v) for v in V}
    keys |= {overall_word(o) for o in Overall} | {cause_word(c) for c in Cause} | {p.value for p in Provision}
    assert keys <= WORDS.keys()
    assert all(zh and en and en.isascii() for zh, en in WORDS.values())


@pytest.mark.parametrize(
    ("provision", "verdict", "zh"),
    [
        (Provision.REQUIREMENT, V.PASS, "符合"),
        (Provision.REQUIREMENT, V.FAIL, "不符合"),
        (Provision.RECOMMENDATION, V.PASS, "已采纳"),
        (Provision.RECOMMENDATION, V.FAIL, "建议未采纳"),
        (Provision.PERMISSION, V.PASS, "已实现"),
        (Provision.PERMISSION, V.FAIL, "未实现"),
        (Provision.RECOMMENDATION, V.INCONCLUSIVE, "无法判定"),
        (Provision.STATEMENT, V.NOT_TESTED, "说明"),
    ],
)
def test_words_follow_the_provision(provision, verdict, zh):
    assert word(clause_word(provision, verdict)) == zh

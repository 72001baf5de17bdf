"""Waivers and attestations: strict dates, an inclusive last day in its own zone, and no way to make a pass of nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import TargetError
from conformance.judge.verdicts import ClauseOutcome
from conformance.judge.waiver import Attestation, Waiver, apply, attested, valid, why_not, zone_of
from conformance.model.target import System
from conformance.model.verdict import Cause, Grade, Provision, Verdict

WAIVER = {
    "clause": "p/5.2",
    "reason": "旧系统，年底改造",
    "approver": "张三",
    "scope": {"version": "3.2.1"},
    "expires": "2026-12-31",
    "zone": "+08:00",
}
ATTESTATION = {
    "check": "p/5.2/training-record",
    "verdict": "PASS",
    "reason": "已查阅",
    "approver": "李四",
    "scope": "any",
    "expires": "2026-12-31",
    "zone": "Asia/Shanghai",
    "evidence": ["培训记录 2026-03"],
}
SYSTEM = System("s", version="3.2.1")
SECOND = timedelta(seconds=1)


def outcome(verdict: Verdict) -> ClauseOutcome:
    return ClauseOutcome("p/5.2", Provision.REQUIREMENT, Grade.A, verdict)


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("+08:00", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("-03:30", datetime(2027, 1, 1, 3, 30, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 1, 1, 5, tzinfo=UTC)),
        ("Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_last_day_is_whole_and_the_next_second_is_too_late(zone, end):
    waiver = Waiver.from_data({**WAIVER, "zone": zone})
    assert valid(waiver, end - SECOND, SYSTEM)
    assert not valid(waiver, end, SYSTEM)
    assert not valid(waiver, end + SECOND, SYSTEM)
    assert why_not(waiver, end, SYSTEM) == "expired"


def test_the_zone_of_the_asking_machine_does_not_matter():
    waiver = Waiver.from_data(WAIVER)
    last = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    for zone in ("+14:00", "-12:00", "Asia/Tokyo"):
        assert valid(waiver, last.astimezone(zone_of(zone)), SYSTEM)
        assert not valid(waiver, (last + SECOND).astimezone(zone_of(zone)), SYSTEM)


def test_an_instant_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        valid(Waiver.from_data(WAIVER), datetime(2026, 1, 1))


def test_the_last_possible_date_does_not_overflow():
    assert valid(Waiver.from_data({**WAIVER, "expires": "9999-12-31"}), datetime(9998, 1, 1, tzinfo=UTC), SYSTEM)


def test_a_date_as_yaml_reads_it_is_a_date():
    assert Waiver.from_data({**WAIVER, "expires": date(2026, 12, 31)}) == Waiver.from_data(WAIVER)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "T801"),
        ({"approver": None}, "T801"),
        ({"clause": "5.2"}, "T802"),
        ({"clause": "p/"}, "T802"),
        ({"scope": None}, "T803"),
        ({"scope": {}}, "T803"),
        ({"scope": {"verison": "1"}}, "T803"),
        ({"scope": {"version": 3}}, "T803"),
        ({"expires": "2026-02-30"}, "T804"),
        ({"expires": "31/12/2026"}, "T804"),
        ({"expires": "2026-12"}, "T804"),
        ({"expires": "20261231"}, "T804"),
        ({"expires": "２０２６-12-31"}, "T804"),
        ({"expires": datetime(2026, 12, 31, tzinfo=UTC)}, "T804"),
        ({"expires": None}, "T804"),
        ({"zone": None}, "T804"),
        ({"zone": "CST"}, "T804"),
        ({"zone": "+8"}, "T804"),
        ({"zone": "+25:00"}, "T804"),
        ({"zone": "Asia/Atlantis"}, "T804"),
        ({"zone": "../../etc/passwd"}, "T804"),
    ],
)
def test_what_is_vague_is_refused_and_says_where(change, code):
    with pytest.raises(TargetError) as caught:
        Waiver.from_data({**WAIVER, **change}, "waivers[0]")
    assert caught.value.code == code
    assert caught.value.where == f"waivers[0]/{next(iter(change))}"
    assert caught.value.expected


def test_a_waiver_is_for_the_version_it_names():
    at = datetime(2026, 6, 1, tzinfo=UTC)
    waiver = Waiver.from_data(WAIVER)
    assert why_not(waiver, at, System("s", version="3.2.2")) == "out-of-scope"
    assert why_not(waiver, at, {"version": "3.2.1"}) == ""
    assert why_not(waiver, at) == "out-of-scope"
    assert valid(Waiver.from_data({**WAIVER, "scope": "any"}), at)


@given(st.sampled_from(Verdict), st.datetimes(timezones=st.just(UTC)), st.sampled_from(["p/5.2", "p/5.3"]))
def test_a_waiver_never_changes_a_verdict_and_marks_only_what_needs_it(verdict, at, clause):
    waiver = Waiver.from_data({**WAIVER, "clause": clause})
    after = apply(outcome(verdict), [waiver], SYSTEM, at)
    assert after.verdict is verdict
    needed = verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    assert after.waived == (needed and clause == "p/5.2" and valid(waiver, at, SYSTEM))
    assert apply(after, [waiver], SYSTEM, at) == after


@pytest.mark.parametrize("verdict", ["PASS", "FAIL", "INCONCLUSIVE", "NOT_APPLICABLE"])
@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Asia/Shanghai", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_an_attestation_gives_its_verdict_until_it_lapses(verdict, zone, end):
    attestation = Attestation.from_data({**ATTESTATION, "verdict": verdict, "zone": zone})
    assert attested(attestation, SYSTEM, end - SECOND).verdict == verdict
    lapsed = attested(attestation, SYSTEM, end)
    assert (lapsed.verdict, lapsed.cause) == (Verdict.NOT_TESTED, Cause.CONFIGURATION)
    assert lapsed.reasons[0].code == "attestation-expired"


def test_an_attestation_for_another_version_is_not_tested():
    attestation = Attestation.from_data({**ATTESTATION, "scope": {"version": "1"}})
    result = attested(attestation, SYSTEM, datetime(2026, 6, 1, tzinfo=UTC))
    assert result.verdict is Verdict.NOT_TESTED
    assert result.reasons[0].code == "attestation-out-of-scope"


def test_an_attested_pass_names_what_was_looked_at():
    result = attested(Attestation.from_data(ATTESTATION), SYSTEM, datetime(2026, 6, 1, tzinfo=UTC))
    assert (result.assertions, result.witnesses, result.sample) == (1, 1, ("培训记录 2026-03",))
    assert result.reasons[0].message == "李四：已查阅"
    with pytest.raises(TargetError, match="没有列出见证材料"):
        Attestation.from_data({**ATTESTATION, "evidence": []})


@pytest.mark.parametrize(
    "change", [{"verdict": "OK"}, {"verdict": "ERROR"}, {"verdict": "NOT_TESTED"}, {"check": "p/5.2"}]
)
def test_an_attestation_that_says_too_little_is_refused(change):
    with pytest.raises(TargetError):
        Attestation.from_data({**ATTESTATION, **change})


def test_waivers_and_attestations_survive_json():
    waiver, attestation = Waiver.from_data(WAIVER), Attestation.from_data(ATTESTATION)
    assert Waiver.from_data(waiver.to_json()) == waiver
    assert Attestation.from_data(attestation.to_json()) == attestation

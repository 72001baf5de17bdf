"""Reading: which attempt decides, what was left out, whether the sample stayed the same, and the conclusion of it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from recordkit import ADVICE, ALL_PASS, KEYS, MANUAL, ONE, START, TWO, failed, judged, passed, profile, record

from conformance.errors import RecordError
from conformance.model.profile import Removal
from conformance.model.verdict import Cause, Grade, Overall, Verdict
from conformance.record.ledger import Ledger, read
from conformance.record.reading import instant, open_record
from conformance.record.rejudge import rejudge
from conformance.record.sample import Fingerprints, Reading
from conformance.record.source import pack
from conformance.record.store import EvidenceStore

V = Verdict
GRANT = {
    "reason": "年底改造",
    "approver": "张三",
    "scope": {"version": "1.0"},
    "expires": "2026-12-31",
    "zone": "+08:00",
}
ATTESTED = {"check": MANUAL, "verdict": "PASS", **GRANT, "evidence": ["培训记录"]}


def view(directory, key):
    return next(c for c in open_record(directory).clauses() if c.key == key)


def test_a_whole_run_that_passed_conforms(tmp_path):
    directory = record(tmp_path / "r")
    with open_record(directory) as read_back:
        assert read_back.conclusion().overall is Overall.CONFORMS
        assert read_back.profile == profile()
        assert (read_back.system["name"], read_back.header["seed"], read_back.preflight) == (
            "样机",
            7,
            ({"code": "ok"},),
        )
        assert not read_back.selection.partial
        assert [c.outcome.verdict for c in read_back.clauses()] == [V.PASS, V.PASS, V.PASS, V.NOT_APPLICABLE]
        assert "signing" in read_back.clauses()[3].reason
        assert [c.outcome.word for c in read_back.clauses()] == ["pass", "pass", "adopted", "not-applicable"]
        stored = read_back.result(ONE).evidence[0]
        assert read_back.evidence_json(stored.sha256)["exchange"] == ONE
        session = read_back.sessions[0]
        assert session.opened < session.closed
        assert session.summary["conclusion"]["overall"] == "UNDETERMINED"


def test_a_zip_reads_like_the_directory(tmp_path):
    directory = record(tmp_path / "r", [*ALL_PASS[:3], failed(ADVICE)])
    with open_record(pack(directory, tmp_path / "r.zip")) as zipped, open_record(directory) as plain:
        assert zipped.conclusion() == plain.conclusion()
        assert zipped.results == plain.results
        assert zipped.conclusion().overall is Overall.CONFORMS
        assert zipped.evidence_json(zipped.result(ONE).evidence[0].sha256)


def test_one_failing_requirement_decides(tmp_path):
    directory = record(tmp_path / "r", [failed(ONE), *ALL_PASS[1:]])
    assert open_record(directory).conclusion().overall is Overall.DOES_NOT_CONFORM


def test_a_clause_that_nothing_tests_and_that_applies_leaves_the_conclusion_open(tmp_path):
    directory = record(tmp_path / "r", target={"system": {"name": "样机"}, "declares": {"signing": True}})
    found = open_record(directory).conclusion()
    assert found.overall is Overall.UNDETERMINED
    assert found.reasons[0].clauses == ("p/4.4",)


# --- attempts


def test_the_last_attempt_decides_and_every_attempt_stays(tmp_path):
    directory = record(tmp_path / "r", [failed(ONE), *ALL_PASS[1:]])
    record(directory, [failed(ONE)], resume=True)
    record(
        directory,
        [passed(ONE)],
        resume=True,
        selection={"total": 4, "selected": 1, "partial": True, "why": ["--retest"]},
    )
    found = open_record(directory)
    assert [a.result.verdict for a in found.attempts[ONE]] == [V.FAIL, V.FAIL, V.PASS]
    assert [a.session for a in found.attempts[ONE]] == [1, 2, 3]
    assert found.result(ONE).verdict is V.PASS
    assert found.conclusion().overall is Overall.CONFORMS


def test_a_killed_attempt_is_an_attempt_without_a_result(tmp_path):
    directory = record(tmp_path / "r", [passed(TWO)], events=[("start", {"check": ONE, "attempt": 1})], close=False)
    found = open_record(directory)
    assert [a.result for a in found.attempts[ONE]] == [None]
    assert (found.result(ONE).verdict, found.result(ONE).reasons[0].code) == (V.NOT_TESTED, "interrupted")
    assert found.conclusion().overall is Overall.PARTIAL
    assert {r.code for r in found.conclusion().reasons} >= {"left-out", "not-closed"}
    record(directory, [passed(ONE), passed(MANUAL), passed(ADVICE)], resume=True)
    again = open_record(directory)
    assert [a.result and a.result.verdict for a in again.attempts[ONE]] == [None, V.PASS]
    assert again.conclusion().overall is Overall.CONFORMS


def test_a_check_killed_twice_and_judged_once_has_three_attempts(tmp_path):
    begun = ("start", {"check": ONE})
    directory = record(tmp_path / "r", [], events=[begun, begun], close=False)
    record(directory, ALL_PASS, resume=True)
    assert [bool(a.result) for a in open_record(directory).attempts[ONE]] == [False, False, True]


@pytest.mark.parametrize("by", ["lines", "check"])
def test_a_voided_verdict_does_not_decide(tmp_path, by):
    directory = record(tmp_path / "r", [failed(ONE), *ALL_PASS[1:]], close=False)
    line = next(e.n for e in read(directory) if e.event == "verdict")
    what = {"lines": [line]} if by == "lines" else {"check": ONE}
    with Ledger.resume(directory) as ledger:
        ledger.append("void", reason="网络被切断", by="张三", **what)
    found = open_record(directory)
    assert (found.result(ONE).verdict, found.result(ONE).reasons[0].code) == (V.NOT_TESTED, "voided")
    assert found.attempts[ONE][0].void == "网络被切断"
    assert found.attempts[ONE][0].result.verdict is V.FAIL
    assert found.conclusion().overall is Overall.PARTIAL
    record(directory, [passed(ONE)], resume=True)
    assert open_record(directory).conclusion().overall is Overall.CONFORMS


# --- what was left out


def test_a_selected_run_is_partial_and_says_why(tmp_path):
    chosen = {"total": 4, "selected": 3, "partial": True, "why": ["-k one"]}
    directory = record(tmp_path / "r", ALL_PASS[1:], selection=chosen)
    found = open_record(directory)
    assert found.selection.missing == (ONE,)
    assert found.result(ONE).reasons[0].code == "left-out"
    conclusion = found.conclusion()
    assert conclusion.overall is Overall.PARTIAL
    assert conclusion.reasons[0].text() == "有检测项未纳入本次检测：1/4（-k one）"


def test_a_profile_with_clauses_removed_is_partial(tmp_path):
    tailored = profile(tailoring=(Removal("4.9", "removed", "不需要", "李四"), Removal("4.1", "confirmed", "见原文")))
    found = open_record(record(tmp_path / "r", made=tailored)).conclusion()
    assert found.overall is Overall.PARTIAL
    assert [(r.code, r.clauses) for r in found.reasons] == [("clauses-removed", ("4.9",))]


def test_a_record_that_was_not_closed_concludes_nothing_unless_it_is_being_closed(tmp_path):
    found = open_record(record(tmp_path / "r", close=False))
    assert found.conclusion().overall is Overall.PARTIAL
    assert found.conclusion(closing=True).overall is Overall.CONFORMS


def test_verdicts_under_another_edition_of_the_profile_decide_nothing(tmp_path):
    directory = record(tmp_path / "r")
    record(directory, [passed(ONE)], made=profile(digest="sha256:2", edition="2"), resume=True)
    found = open_record(directory)
    assert found.result(TWO).verdict is V.NOT_TESTED
    assert len(found.attempts[TWO]) == 1
    assert [r.code for r in found.conclusion().reasons][:2] == ["left-out", "several-profiles"]


# --- the sample


def test_a_sample_that_changed_voids_what_came_after_the_last_good_look(tmp_path):
    directory = record(
        tmp_path / "r",
        [passed(ONE), passed(TWO)],
        events=[("fingerprint", {"when": "middle", "values": {"build": "a"}})],
        fingerprint=[{"build": "a"}],
        close=False,
    )
    record(directory, [passed(MANUAL), failed(ADVICE)], fingerprint=[{"build": "a"}, {"build": "b"}], resume=True)
    found = open_record(directory)
    assert found.fingerprints.state == "changed"
    assert [found.result(k).verdict for k in KEYS] == [V.PASS, V.PASS, V.INCONCLUSIVE, V.INCONCLUSIVE]
    voided = found.result(ADVICE)
    assert voided.cause is Cause.SYSTEM
    assert voided.reasons[0].message.startswith("样品变更")
    assert (voided.reasons[0].expected, voided.reasons[0].actual) == ("build=a", "build=b")
    assert voided.reasons[1].message == "校验位错误"
    conclusion = found.conclusion()
    assert conclusion.overall is Overall.UNDETERMINED
    assert conclusion.reasons[0].text() == "样品变更：检测期间样品指纹不一致：build: a → b"


def test_a_sample_that_was_not_seen_at_the_end_does_not_conform(tmp_path):
    for i, looks in enumerate([[{"build": "a"}], [{"build": "a"}, {"build": None}]]):
        found = open_record(record(tmp_path / str(i), fingerprint=looks))
        assert found.fingerprints.state == "unconfirmed"
        assert found.result(ONE).verdict is V.PASS
        assert found.conclusion().overall is Overall.UNDETERMINED
        assert found.conclusion().reasons[0].code == "sample-unconfirmed"


def test_a_profile_without_fingerprint_has_nothing_to_compare(tmp_path):
    found = open_record(record(tmp_path / "r", fingerprint=None))
    assert found.fingerprints.state == "none"
    assert found.conclusion().overall is Overall.CONFORMS


@pytest.mark.parametrize(
    ("values", "void"),
    [
        (["a", "a", "a"], [False, False]),
        (["a", "b", "a"], [True, True]),
        (["a", "a", "b"], [False, True]),
        (["a", None, "b"], [True, True]),
        (["a", None, "a"], [False, False]),
        (["a", "b", None], [True, True]),
        ([None, "a", "a"], [False, False]),
    ],
)
def test_verdicts_stand_between_two_looks_at_the_same_sample(values, void):
    looks = Fingerprints(tuple(Reading(10 * i, "x", {"build": v}) for i, v in enumerate(values)))
    assert [looks.void(line) is not None for line in (5, 15)] == void


# --- waivers and attestations


def test_a_waiver_of_the_target_lets_the_conclusion_look_past_a_failure(tmp_path):
    target = {
        "system": {"name": "样机", "version": "1.0"},
        "declares": {"signing": False},
        "waivers": [{"clause": "p/4.1", **GRANT}],
    }
    directory = record(tmp_path / "r", [failed(ONE), *ALL_PASS[1:]], target=target)
    clause = view(directory, "p/4.1")
    assert (clause.outcome.verdict, clause.outcome.waived) == (V.FAIL, True)
    assert [why for _, why in clause.waivers] == [""]
    assert open_record(directory).conclusion().overall is Overall.CONFORMS


@pytest.mark.parametrize(
    ("ends", "waived"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_waiver_holds_until_the_end_of_its_day_as_of_the_end_of_the_record(tmp_path, ends, waived):
    events = [("waiver", {"clause": "p/4.1", **GRANT})]
    directory = record(tmp_path / "r", [failed(ONE), *ALL_PASS[1:]], events=events, close=False)
    with Ledger.resume(directory, clock=lambda: ends) as ledger:
        ledger.close()
    clause = view(directory, "p/4.1")
    assert clause.outcome.waived is waived
    assert clause.outcome.verdict is V.FAIL
    assert [why for _, why in clause.waivers] == ["" if waived else "expired"]


def test_a_malformed_waiver_holds_nothing_and_is_told(tmp_path):
    directory = record(tmp_path / "r", [failed(ONE), *ALL_PASS[1:]], events=[("waiver", {"clause": "p/4.1"})])
    found = open_record(directory)
    assert found.waivers == ()
    assert [e.code for e in found.refused] == ["T801"]
    assert found.conclusion().overall is Overall.DOES_NOT_CONFORM


def test_an_attestation_decides_a_manual_check_only(tmp_path):
    results = [passed(ONE), judged(TWO, V.NOT_TESTED), judged(MANUAL, V.NOT_TESTED, None), passed(ADVICE)]
    events = [("attestation", ATTESTED), ("attestation", {**ATTESTED, "check": TWO})]
    found = open_record(record(tmp_path / "r", results, events=events))
    assert found.result(MANUAL).verdict is V.PASS
    assert found.result(MANUAL).sample == ("培训记录",)
    assert found.result(TWO).verdict is V.NOT_TESTED


def test_an_expired_attestation_is_not_tested(tmp_path):
    results = [passed(ONE), passed(TWO), judged(MANUAL, V.NOT_TESTED, None), passed(ADVICE)]
    events = [("attestation", {**ATTESTED, "expires": "2026-11-19"})]
    found = open_record(record(tmp_path / "r", results, events=events))
    assert found.result(MANUAL).verdict is V.NOT_TESTED
    assert found.conclusion().overall is Overall.UNDETERMINED


# --- grades


def test_a_failure_of_unconfirmed_clauses_alone_is_undetermined(tmp_path):
    clauses = profile().clauses
    for confirmed, overall in ((False, Overall.UNDETERMINED), (True, Overall.DOES_NOT_CONFORM)):
        guessed = replace(clauses[0], grade=Grade.C, confirmed=confirmed)
        made = profile(clauses=(guessed, *clauses[1:]))
        directory = record(tmp_path / str(confirmed), [failed(ONE), *ALL_PASS[1:]], made=made)
        assert open_record(directory).conclusion().overall is overall


# --- bundles, and records that cannot be read


def test_a_bundle_has_the_clauses_of_its_parts(tmp_path):
    bundle = profile(id="b", clauses=(), parts=(profile(), profile(id="q")), digest="sha256:b")
    results = [*ALL_PASS, *(passed(k.replace("p/", "q/", 1)) for k in KEYS)]
    found = open_record(record(tmp_path / "r", results, made=bundle))
    assert [c.key for c in found.clauses()][3:5] == ["p/4.4", "q/4.1"]
    assert found.conclusion().overall is Overall.CONFORMS


def test_records_that_cannot_be_read_say_why(tmp_path):
    def code_of(directory):
        with pytest.raises(RecordError) as caught:
            open_record(directory)
        return caught.value.code

    with Ledger.create(tmp_path / "empty"):
        pass
    assert code_of(tmp_path / "empty") == "R110"
    with Ledger.create(tmp_path / "bare") as ledger:
        ledger.append("open", profile={"id": "p"})
    assert code_of(tmp_path / "bare") == "R110"
    directory = record(tmp_path / "odd", close=False)
    with Ledger.resume(directory) as ledger:
        ledger.append("verdict", key=ONE, verdict="SPLENDID")
    assert code_of(directory) == "R106"
    for name, value in (("assertions", "many"), ("duration", "x"), ("generation", [1]), ("sample", 7)):
        directory = record(tmp_path / name, close=False)
        with Ledger.resume(directory) as ledger:
            ledger.append("verdict", **{**passed(ONE).to_json(), name: value})
        assert code_of(directory) == "R106"
    gone = record(tmp_path / "gone")
    sha = open_record(gone).header["profile"]["evidence"]
    (gone / "evidence" / sha[:2] / f"{sha}.json").write_text("{}")
    assert code_of(gone) == "R108"


def test_events_of_a_later_version_are_passed_over(tmp_path):
    directory = record(tmp_path / "r", events=[("weather", {"rain": True})])
    assert open_record(directory).conclusion().overall is Overall.CONFORMS


def test_what_is_no_target_and_no_json_is_an_error_of_the_record(tmp_path):
    with pytest.raises(RecordError) as caught:  # it has no limits, and is no target
        rejudge(open_record(record(tmp_path / "r")))
    assert caught.value.code == "R106"
    store = EvidenceStore(tmp_path / "r")
    for data in (b"\xff{", b"[" * 200_000, b'{"n": ' + b"9" * 5_000 + b"}"):
        with pytest.raises(RecordError) as caught:
            open_record(tmp_path / "r").evidence_json(store.put_bytes(data))
        assert caught.value.code == "R108"


def test_instants_of_a_ledger_are_aware():
    assert instant("2026-11-20T01:02:03.456Z") == START
    assert instant("2026-11-20T01:02:03").tzinfo is UTC
    assert instant("no time") > datetime(9999, 1, 1, tzinfo=UTC)

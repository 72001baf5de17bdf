"""What files say to a check: counted one by one, bounded, and the same after a round trip through a record."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.documents.finding import Finding, Level
from conformance.model.verdict import Cause
from conformance.run.looked import EVERY, Looked, SealNumbers, looked, unread
from conformance.run.tally import Question, Tally, add, level_of

ANY = Question(("SIG-06",))
STRICT = Question(("SIG-06",), strict=True)


def finding(level: Level, clause: str = "SIG-06", message: str = "说法", where: str = "", **data: str) -> Finding:
    return Finding(clause, level, message, "应为", "实为", where, data=dict(data))


def a_file(*findings: Finding, name: str = "a.ofd", given: frozenset[str] = frozenset(), **facts: object) -> Looked:
    return looked(name, 10, ("0" * 64, "1" * 64), "ofd", findings, facts, given)


def counted(question: Question, *files: Looked) -> Tally:
    tally = Tally()
    for file in files:
        add(tally, question, file, "conformance inspect x", "")
    return tally


@pytest.mark.parametrize(
    ("levels", "plain", "strict"),
    [
        ((), Level.NOT_APPLICABLE, Level.NOT_APPLICABLE),
        ((Level.NOT_APPLICABLE,), Level.NOT_APPLICABLE, Level.NOT_APPLICABLE),
        ((Level.PASS, Level.NOT_APPLICABLE), Level.PASS, Level.PASS),
        ((Level.PASS, Level.WARN), Level.WARN, Level.FAIL),
        ((Level.PASS, Level.UNKNOWN), Level.UNKNOWN, Level.UNKNOWN),
        ((Level.FAIL, Level.UNKNOWN, Level.PASS), Level.FAIL, Level.FAIL),
    ],
)
def test_one_file_comes_to_the_worst_of_what_was_found(levels: tuple[Level, ...], plain: Level, strict: Level) -> None:
    file = a_file(*(finding(level) for level in levels))
    assert level_of(file, ANY) is plain
    assert level_of(file, STRICT) is strict


def test_files_are_witnesses_only_where_the_clause_spoke() -> None:
    tally = counted(
        ANY, a_file(finding(Level.PASS)), a_file(finding(Level.NOT_APPLICABLE)), a_file(finding(Level.UNKNOWN))
    )
    assert (tally.looked, tally.witnesses, tally.absent, tally.undecided) == (3, 1, 1, 1)
    assert (tally.assertions, tally.failed) == (1, 0)


def test_a_hint_counts_as_failed_only_for_a_strict_question() -> None:
    file = a_file(finding(Level.WARN))
    assert (counted(ANY, file).failed, counted(ANY, file).hinted) == (0, 1)
    assert (counted(STRICT, file).failed, counted(STRICT, file).missed) == (1, 1)
    assert not counted(ANY, file).defects


def test_the_same_defect_in_many_files_is_one_reason_with_their_number() -> None:
    files = [
        a_file(finding(Level.FAIL, where=f"p{n}"), finding(Level.FAIL, where="q"), name=f"{n}.ofd") for n in range(50)
    ]
    tally = counted(ANY, *files)
    (defect,) = tally.defects.values()
    assert (defect.files, defect.places, defect.where) == (50, 100, "0.ofd p0")
    assert len(defect.names) == 5
    assert tally.failed == 100


def test_what_is_kept_does_not_grow_with_the_number_of_defects() -> None:
    files = [a_file(finding(Level.FAIL, message=f"缺陷 {n}"), name=f"{n}.ofd") for n in range(500)]
    tally = counted(ANY, *files)
    assert len(tally.defects) == 40
    assert tally.more_defects == 460
    assert tally.failed == 500


def test_a_hostile_file_with_a_thousand_findings_is_cut_and_still_counted() -> None:
    file = a_file(*(finding(Level.FAIL, message=f"m{n}") for n in range(1000)))
    assert len(file.said) == 20
    assert counted(ANY, file).failed == 1000


@pytest.mark.parametrize(
    ("clause", "given_", "message", "cause"),
    [
        ("SES-14", frozenset(), "无信任锚", Cause.CONFIGURATION),
        ("SES-14", frozenset({"trust_anchors"}), "证书读不出来", Cause.SYSTEM),
        ("SIG-06", frozenset(), "读不出来", Cause.SYSTEM),
        ("PDF-01", frozenset({"trust_anchors"}), "没有 pyHanko：pip install 'conformance[pdf]'", Cause.TOOL),
    ],
)
def test_whose_doing_it_is_that_nothing_can_be_said(
    clause: str, given_: frozenset[str], message: str, cause: Cause
) -> None:
    file = a_file(finding(Level.UNKNOWN, clause, message), given=given_)
    assert counted(Question((clause,)), file).doubt is cause


def test_a_file_that_was_not_examined_is_undecided_everywhere() -> None:
    tally = counted(ANY, unread("a.ofd", 5, "太大"), a_file(finding(Level.PASS)))
    assert (tally.unread, tally.witnesses) == (1, 1)
    assert tally.doubt is Cause.ENVIRONMENT
    assert level_of(unread("a.ofd", 5, "太大"), ANY) is Level.UNKNOWN


@pytest.mark.parametrize(
    ("why", "cause"),
    [
        ("读不出来（Permission denied）", Cause.ENVIRONMENT),
        ("读不出来（大小超过上限 documents.size，没有打开）", Cause.CONFIGURATION),
        ("检查程序出错 KeyError: x", Cause.TOOL),
    ],
)
def test_whose_doing_it_is_that_a_file_was_not_examined(why: str, cause: Cause) -> None:
    assert counted(ANY, unread("a.ofd", 5, why)).doubt is cause


@pytest.mark.parametrize(
    ("standard", "aspect", "generation", "heard"),
    [
        ("GB/T 38540-2020", "", "v4", True),
        ("GM/T 0031-2014", "", "v4", False),
        ("GM/T 0031-2014", "", "v1", True),
        ("GM/T 0031-2014", "accepted", "v4", True),  # whether a generation is accepted is everybody's business
        ("", "", "v5", True),
    ],
)
def test_a_question_about_one_generation_hears_of_its_seals_alone(
    standard: str, aspect: str, generation: str, heard: bool
) -> None:
    file = a_file(finding(Level.FAIL, "SEAL-01", standard=standard, aspect=aspect))
    assert (counted(Question(("SEAL-01",), generation), file).failed == 1) is heard


def test_two_seals_of_one_number_fail_together_and_one_seal_in_many_files_does_not() -> None:
    seals = SealNumbers()
    for name, digest in (("a.esl", "1"), ("b.esl", "1")):
        seals.add(a_file(name=name, seal={"id": "37", "digest": digest}))
    assert [s.level for s in seals.said()] == [Level.PASS]
    seals.add(a_file(name="c.ofd", signatures=[{"value": {"seal": {"id": "37", "digest": "2"}}}]))
    (said,) = seals.said()
    assert said.level is Level.FAIL
    assert "a.esl" in said.where
    assert "c.ofd" in said.where


levels = st.sampled_from(list(Level))


CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


@CALM
@given(st.lists(st.tuples(levels, st.sampled_from(["SIG-06", "SEAL-12"]), st.text(max_size=20)), max_size=30))
def test_an_examination_comes_back_from_a_record_as_it_was(found: list[tuple[Level, str, str]]) -> None:
    file = a_file(*(finding(level, clause, message) for level, clause, message in found), title="x")
    again = Looked.from_json(json.loads(json.dumps(file.to_json(), ensure_ascii=False)))
    assert again == file
    for question in (ANY, STRICT, Question(("SEAL-12", "SIG-06"), "v4")):
        assert counted(question, again).to_json() == counted(question, file).to_json()


@CALM
@given(st.lists(st.lists(levels, max_size=4), max_size=8))
def test_a_tally_comes_back_from_another_process_as_it_was(files: list[list[Level]]) -> None:
    tally = counted(ANY, *(a_file(*map(finding, found), name=f"{n}.ofd") for n, found in enumerate(files)))
    assert Tally.from_json(json.loads(json.dumps(tally.to_json()))) == tally
    assert tally.looked == tally.witnesses + tally.undecided + tally.absent + tally.unread
    assert tally.failed <= tally.assertions


def test_no_finding_of_every_generation_is_lost() -> None:
    assert EVERY not in ("v1", "v4", "v5")

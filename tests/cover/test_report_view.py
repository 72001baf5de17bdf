"""What a report says: conclusions, words by provision, causes told once, parameters, applicability, coverage, attempts."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, Clock, header, sample_record, write_record

from conformance.model.profile import Check, Clause, Profile, Standard
from conformance.model.result import CheckResult, Reason
from conformance.model.verdict import Cause, Grade, Provision, Verdict
from conformance.record.ledger import Ledger, read
from conformance.record.reading import Record
from conformance.record.source import open_source
from conformance.report.scope import blame
from conformance.report.shape import ReportView, Rows
from conformance.report.view import build_view

REQ, REC, PER = Provision.REQUIREMENT, Provision.RECOMMENDATION, Provision.PERMISSION


def clause(number: str, provision: Provision = REQ, grade: Grade = Grade.B, checks: int = 1, **more: Any) -> Clause:
    made = tuple(Check(f"check-{n}-of-{number}", f"核查 {number}", "call", {}) for n in range(checks))
    return Clause(number, f"条款 {number}", provision, f"内容 {number}", grade, ("S1",), made, **more)


def view_of(
    folder: Path,
    clauses: list[tuple[Clause, Verdict]],
    lang: str = "zh-CN",
    case: dict[str, Any] | None = None,
    reason: Reason = Reason("共同的原因", "甲", "乙"),  # noqa: B008 - frozen
    blocked_by: str = "",
    **target: Any,
) -> ReportView:
    """The view of a record of one standard in which every check of a clause got one verdict."""
    standard = Standard("GB/T 1-2026", {"zh": "示例", "en": "Sample"})
    profile = Profile("one", "1.0", {"zh": "一"}, standard, clauses=tuple(c for c, _ in clauses), digest="d" * 64)
    ledger = Ledger.create(folder, clock=Clock())
    keys = [(f"one/{c.id}/{k.name}", v) for c, v in clauses for k in c.checks]
    opened = header(profile, case, "", len(keys), len(keys), False)
    opened["target"] |= target
    ledger.append("open", **opened)
    for key, verdict in keys:
        seen = 1 if verdict in (Verdict.PASS, Verdict.FAIL) else 0
        cause = None if verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE) else Cause.SYSTEM
        reasons = () if verdict is Verdict.PASS else (reason,)
        result = CheckResult(
            key, verdict, cause, reasons, seen, int(verdict is Verdict.FAIL), seen, blocked_by=blocked_by
        )
        ledger.append("verdict", **result.to_json())
    ledger.close()
    source = open_source(folder)
    return build_view(Record(source, read(source), profile), lang)


@pytest.mark.parametrize(
    ("status", "in_force", "by", "said"),
    [
        ("in-force", "2026-11-24", None, "现行"),  # the day of the record
        ("in-force", "2026-11-25", None, "即将实施"),
        ("superseded", "2019-01-01", "T 2-2026", "已被替代（T 2-2026）"),
        ("withdrawn", None, None, "已废止"),
        ("draft", None, None, "草案"),
    ],
)
def test_a_standard_is_told_as_it_stood_on_the_day_of_the_test(
    tmp_path: Path, status: str, in_force: str | None, by: str | None, said: str
) -> None:
    write_record(tmp_path / "r", 12)
    source = open_source(tmp_path / "r")
    record = Record(source, read(source))
    first, *others = record.profile.parts
    assert first.standard is not None
    standard = replace(first.standard, status=status, in_force=in_force, replaced_by=by)
    record = Record(source, read(source), replace(record.profile, parts=(replace(first, standard=standard), *others)))
    assert build_view(record).standards[0].status == said


def test_conclusions_are_told_in_their_own_words(tmp_path: Path) -> None:
    for n, (verdict, code, word) in enumerate(
        (
            (Verdict.PASS, "conforms", "符合"),
            (Verdict.FAIL, "does-not-conform", "不符合"),
            (Verdict.INCONCLUSIVE, "undetermined", "无法得出结论"),
        )
    ):
        view = view_of(tmp_path / str(n), [(clause("5.1"), Verdict.PASS), (clause("5.2"), verdict)])
        assert (view.conclusion.code, view.conclusion.word) == (code, word)
        assert "2 条要求" in view.conclusion.sentence
        assert view.conclusion.rule


def test_a_partial_run_has_no_conclusion(tmp_path: Path) -> None:
    view = build_view(sample_record(tmp_path / "r", 40, partial=True))
    assert view.partial
    assert view.conclusion.code == "partial-run"
    assert "不作总体结论" in view.conclusion.sentence
    assert any("-k 5.1" in p for p in view.conclusion.points)


def test_recommendations_and_permissions_have_words_of_their_own_and_do_not_count(tmp_path: Path) -> None:
    clauses = [
        (clause("5.1"), Verdict.PASS),
        (clause("5.2", REC), Verdict.FAIL),
        (clause("5.3", PER), Verdict.FAIL),
        (clause("5.4", REC), Verdict.PASS),
        (clause("5.5", PER), Verdict.PASS),
    ]
    view = view_of(tmp_path / "r", clauses)
    shown = list(view.standards[0].chapters[0].clauses)
    assert [c.mark.word for c in shown] == ["符合", "建议未采纳", "未实现", "已采纳", "已实现"]
    assert [c.badge for c in shown] == ["应", "宜", "可", "宜", "可"]
    assert all(k.mark.word != "不符合" for c in shown for k in c.checks)
    assert view.conclusion.code == "conforms"
    assert [g.anchor for g in view.nonpasses] == ["g-adv", "g-opt"]


def test_an_unconfirmed_failure_is_not_called_a_conclusion(tmp_path: Path) -> None:
    clauses = [(clause("5.1"), Verdict.PASS), (clause("5.2", grade=Grade.C), Verdict.FAIL)]
    view = view_of(tmp_path / "r", clauses)
    assert view.conclusion.code == "undetermined"
    assert "1 条待核实条款判为不符合" in view.conclusion.sentence
    assert "未发现" not in view.conclusion.sentence
    assert view.conclusion.honest == ""
    assert [c.pending for c in view.standards[0].chapters[0].clauses] == [False, True]


def test_a_waived_failure_is_named_in_the_conclusion(tmp_path: Path) -> None:
    waiver = {
        "clause": "one/5.2", "reason": "下一版本改正", "approver": "某批准人", "scope": "any",
        "expires": "2026-12-31", "zone": "+08:00",
    }  # fmt: skip
    clauses = [(clause("5.1"), Verdict.PASS), (clause("5.2"), Verdict.FAIL)]
    view = view_of(tmp_path / "r", clauses, waivers=[waiver])
    assert view.conclusion.code == "conforms"
    assert "1 条经批准豁免" in view.conclusion.sentence
    assert view.conclusion.honest.startswith("除经批准豁免的条款外"), "a difference was found"
    open_too = view_of(tmp_path / "o", [*clauses, (clause("5.3"), Verdict.INCONCLUSIVE)], waivers=[waiver])
    assert open_too.conclusion.code == "undetermined"
    assert "1 条经批准豁免，1 条无法判定或未检" in open_too.conclusion.sentence
    assert open_too.conclusion.honest.startswith("除经批准豁免的条款外")
    assert "下一版本改正" in list(view.standards[0].chapters[0].clauses)[1].why
    assert view.special.rows[0][:2] == ("豁免", "one/5.2")
    expired = view_of(tmp_path / "e", clauses, waivers=[waiver | {"expires": "2026-01-01"}])
    assert expired.conclusion.code == "does-not-conform"


def test_one_cause_is_told_once(tmp_path: Path) -> None:
    clauses = [(clause(f"5.{n}"), Verdict.INCONCLUSIVE) for n in range(1, 8)]
    group = view_of(tmp_path / "r", clauses).nonpasses[0]
    assert (group.anchor, group.total, len(group.findings)) == ("g-inc", 7, 0)
    assert group.shared[0].message == "共同的原因"
    assert [number for _, number, _ in group.shared[0].links] == [c.id for c, _ in clauses]
    few = view_of(tmp_path / "f", clauses[:2]).nonpasses[0]
    assert len(few.findings) == 2
    assert few.shared == ()


def test_a_finding_of_the_preflight_says_what_to_do(tmp_path: Path) -> None:
    clauses = [(clause(f"5.{n}"), Verdict.INCONCLUSIVE) for n in range(1, 8)]
    reason = Reason("预检未通过：系统不认可给出的凭据", "凭据有效", "HTTP 401", reproduce="检查令牌", code="D150")
    view = view_of(tmp_path / "r", clauses, reason=reason, blocked_by="preflight D150")
    (shared,) = view.nonpasses[0].shared
    assert shared.reason is not None
    assert (shared.reason.expected, shared.reason.remedy, shared.reason.reproduce) == ("凭据有效", "检查令牌", "")
    check = next(k for c in view.standards[0].chapters[0].clauses for k in c.checks)
    assert check.blocked_by == "预检 D150"


def test_reasons_are_printed_once_in_the_finding_or_in_the_tree(tmp_path: Path) -> None:
    for n in (2, 5):
        view = view_of(tmp_path / str(n), [(clause(f"5.{i}"), Verdict.INCONCLUSIVE) for i in range(1, n + 1)])
        told = [k.reasons for f in view.nonpasses[0].findings for k in f.checks]
        in_tree = [k.reasons for c in view.standards[0].chapters[0].clauses for k in c.checks if k.reasons]
        assert len(told) + len(in_tree) == n


def test_chapters_follow_the_numbers_of_the_standard(tmp_path: Path) -> None:
    numbers = [clause(n) for n in ("5.1", "5.2.1", "10.1", "A.2")] + [clause("EL-ID-03", numbered=False)]
    standard = view_of(tmp_path / "r", [(c, Verdict.PASS) for c in numbers]).standards[0]
    assert [(c.title, c.total) for c in standard.chapters] == [
        ("第 5 章", 2),
        ("第 10 章", 1),
        ("附录 A", 1),
        ("EL-ID", 1),
    ]
    assert sum(c.n for h in standard.chapters for c in h.counts) == standard.total == 5


def test_counts_are_the_sum_of_their_parts(tmp_path: Path) -> None:
    view = build_view(sample_record(tmp_path / "r", 90))
    assert sum(c.n for c in view.counts) == view.total == sum(s.total for s in view.standards) == 90
    starts = [c.start for c in view.counts]
    assert starts == sorted(starts)
    for code in ("pass", "fail", "inconclusive"):
        assert any(c.mark.code == code for c in view.counts)


def test_a_mark_never_depends_on_colour_alone(tmp_path: Path) -> None:
    marks = {c.mark for c in build_view(sample_record(tmp_path / "r", 90)).counts}
    assert all(m.glyph and m.word for m in marks)
    assert (
        len({m.glyph for m in marks if m.code in ("pass", "fail", "inconclusive", "not-tested", "not-applicable")}) == 5
    )


def test_the_case_decides_what_the_report_is(tmp_path: Path) -> None:
    own = build_view(sample_record(tmp_path / "own", 20, case={"client": {"name": "某单位"}}))
    assert (own.cover.title, own.laboratory, own.cover.seal, own.signatures) == ("自检报告", False, None, ())
    lab = build_view(sample_record(tmp_path / "lab", 20, case=LAB_CASE))
    assert (lab.cover.title, lab.number) == ("检测报告", "EX-2026-000123")
    assert [s.label for s in lab.signatures] == ["主检", "审核", "批准（授权签字人）"]
    issued = next(f for f in lab.cover.fields if f.label == "签发日期")
    assert issued.value == ""
    assert next(f for f in lab.cover.fields if f.label == "委托单位").supplied
    assert next(line for line in lab.summary if line.label == "合同编号").value == "HT-7"
    assert lab.opinions


def test_parameters_say_where_they_come_from(tmp_path: Path) -> None:
    shown = {p.name: p for p in build_view(sample_record(tmp_path / "r", 10)).parameters}
    assert shown["max_ms"].laboratory
    assert shown["max_ms"].origin == "实验室默认值"
    assert shown["page_size"].origin == "标准规定"
    assert shown["base_url"].origin == "被测系统文件"
    assert shown["token"].value == "‹不显示›"
    assert "qrcode" not in shown


def test_every_clause_that_does_not_apply_shows_its_predicate(tmp_path: Path) -> None:
    view = build_view(sample_record(tmp_path / "r", 60))
    out = list(view.excluded)
    assert len(out) == 2
    assert all("revocation=否" in u.reason for u in out)
    answers = {a.name: a for a in view.answers}
    assert [number for _, number in answers["revocation"].excludes] == [u.number for u in out]
    assert answers["query_by_id"].excludes == ()
    assert (answers["revocation"].answer, answers["revocation"].origin) == ("否", "被测方声明")
    assert answers["query_by_id"].origin == "测试规范默认值"


@pytest.mark.parametrize(
    ("when", "value", "because"),
    [
        ("a", True, {"a"}),
        ("b", False, {"b"}),
        ("x", None, {"x"}),
        ({"not": "a"}, False, {"a"}),
        ({"all": ["a", "b"]}, False, {"b"}),
        ({"all": ["a", "x"]}, None, {"a", "x"}),
        ({"any": ["b", {"not": "a"}]}, False, {"a", "b"}),
        ({"any": ["b", "a"]}, True, {"a"}),
        ({"odd": 1, "very": 2}, None, set()),
    ],
)
def test_an_exclusion_names_the_answers_it_rests_on(when: Any, value: bool | None, because: set[str]) -> None:
    assert blame(when, {"a": True, "b": False}) == (value, because)


def test_coverage_adds_up_and_says_why_not(tmp_path: Path) -> None:
    view = build_view(sample_record(tmp_path / "r", 60))
    for row in view.coverage:
        assert row.automatic + row.manual + row.untested + row.notes == row.total == 30
    assert {u.reason for u in view.untested} == {"需要标准的正式文本"}
    assert len(view.untested) == sum(r.untested for r in view.coverage)


def test_tailoring_and_repeated_checks_are_listed(tmp_path: Path) -> None:
    view = build_view(sample_record(tmp_path / "r", 40, partial=True))
    assert view.tailoring.rows == (("sample-1/5.9.9", "删除", "委托方未委托", "某实验室"),)
    assert any("→" in row[1] and row[2].startswith("第 2 次检测") for row in view.attempts.rows)


def test_a_changed_sample_is_told(tmp_path: Path) -> None:
    profile = write_record(tmp_path / "r", 10, close=False)
    ledger = Ledger.resume(tmp_path / "r", clock=Clock())
    ledger.append("fingerprint", when="end", values={"system_info.version": "3.2.2", "tls.issuer": "示例 CA"})
    ledger.close()
    source = open_source(tmp_path / "r")
    view = build_view(Record(source, read(source), profile))
    assert "3.2.1 → 3.2.2" in view.fingerprint_note
    assert view.conclusion.code != "conforms"


def test_times_are_in_the_zone_of_the_test(tmp_path: Path) -> None:
    summary = {line.label: line.value for line in build_view(sample_record(tmp_path / "r", 10)).summary}
    assert summary["检测开始"] == "2026-11-24 14:00:00 +08:00"


def test_an_open_record_is_marked_and_has_no_digest(tmp_path: Path) -> None:
    view = build_view(sample_record(tmp_path / "r", 20, close=False))
    assert any("中断" in b for b in view.bands)
    assert view.digests[0].value == "检测记录没有封存，无法给出记录摘要。"
    closed = build_view(sample_record(tmp_path / "c", 20))
    assert {"记录摘要 SM3", "记录摘要 SHA-256"} <= {d.label for d in closed.digests}


def test_english_views_carry_no_chinese_words_of_ours(tmp_path: Path) -> None:
    view = view_of(tmp_path / "r", [(clause("5.1"), Verdict.PASS), (clause("5.2", REC), Verdict.FAIL)], lang="en")
    assert view.lang == "en"
    assert view.conclusion.sentence.isascii()
    assert [m.mark.word for m in view.counts] == [
        "conforms",
        "does not conform",
        "recommendation not adopted",
        "inconclusive",
    ]


def test_an_empty_profile_has_a_report(tmp_path: Path) -> None:
    view = view_of(tmp_path / "r", [])
    assert view.total == 0
    assert view.conclusion.code == "undetermined"


def test_views_are_values(tmp_path: Path) -> None:
    view = view_of(tmp_path / "r", [(clause("5.1"), Verdict.PASS)])
    assert replace(view, number="x").number == "x"
    with pytest.raises(AttributeError):
        view.number = "x"  # type: ignore[misc]


def test_clauses_are_made_while_they_are_printed() -> None:
    made: list[int] = []

    def make(n: int) -> int:
        made.append(n)
        return n

    rows = Rows(range(5), make)
    assert (len(rows), made) == (5, [])
    walk = iter(rows)
    assert (next(walk), made) == (0, [0])
    assert list(rows) == [0, 1, 2, 3, 4]

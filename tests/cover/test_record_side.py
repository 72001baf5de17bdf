"""Many records side by side: what differs shows, what only looks different does not; two laboratories and their evidence."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from recordkit import ADVICE, ALL_PASS, MANUAL, ONE, START, TWO, check, failed, judged, passed, profile, record

import conformance.record
from conformance import cli
from conformance.errors import ConformanceError
from conformance.model.verdict import Cause, Verdict
from conformance.record import interlab as labs
from conformance.record import trend as trends
from conformance.record.reading import open_record
from conformance.record.side import Side, side_by_side, text

FOLDER = Path(conformance.record.__file__).parent / "schemas"
BAD = [failed(ONE), *ALL_PASS[1:]]


def fits(name: str, value: Any) -> None:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    errors = [e.message for e in jsonschema_rs.Draft202012Validator(schema).iter_errors(json.loads(json.dumps(value)))]
    assert errors == []


def compared(folder: Path, *runs: dict[str, Any]) -> Side:
    made = side_by_side([open_record(record(folder / f"r{n}", **run)) for n, run in enumerate(runs)])
    fits("side", made.to_json())
    return made


# Side by side ----------------------------------------------------------------------------------------------


def test_noise_makes_no_difference(tmp_path: Path) -> None:
    runs = [
        {"results": [failed(ONE, f"http://127.0.0.1:{8000 + n}/x 超时 {n} ms，{START + timedelta(days=n)}，{n:064x}"), *ALL_PASS[1:]],
         "start": START + timedelta(days=n)}
        for n in range(3)
    ]  # fmt: skip
    made = compared(tmp_path, *runs)
    assert made.identical
    assert made.differing == ()
    assert [c.label for c in made.columns] == ["2026-11-20 01:02", "2026-11-21 01:02", "2026-11-22 01:02"]
    assert "‹port›" in made.rows[0].cells[0].said[0]  # type: ignore[union-attr]


def test_a_repair_and_what_it_broke_are_told(tmp_path: Path) -> None:
    made = compared(
        tmp_path, {"results": BAD}, {}, {"results": [passed(ONE), passed(TWO), failed(MANUAL), passed(ADVICE)]}
    )
    assert [(s.better, s.worse) for s in made.steps] == [(("p/4.1",), ()), ((), ("p/4.2",))]
    assert [(r.key, r.what) for r in made.differing] == [("p/4.1", "verdict"), ("p/4.2", "verdict")]
    told = text(made)
    assert "3 份记录，4 个条款，2 个不同" in told
    assert "  ↓ p/4.2" in told
    assert "[1] 不符合  校验位错误（应为 7，实为 8）" in told


def test_becoming_inapplicable_is_not_getting_better(tmp_path: Path) -> None:
    gone = [judged(ONE, Verdict.NOT_APPLICABLE, None), judged(TWO, Verdict.NOT_APPLICABLE, None), *ALL_PASS[2:]]
    made = compared(tmp_path, {"results": BAD}, {"results": gone})
    assert [(s.better, s.worse) for s in made.steps] == [((), ())]
    assert [r.what for r in made.differing] == ["verdict"]


def test_vendors_are_told_apart_by_their_systems_and_other_reasons_show(tmp_path: Path) -> None:
    runs = [
        {"target": {"system": {"name": name, "vendor": "某公司"}}, "results": [failed(ONE, why), *ALL_PASS[1:]]}
        for name, why in (("甲系统", "缺字段"), ("乙系统", "多字段"))
    ]
    made = compared(tmp_path, *runs)
    assert [c.label for c in made.columns] == ["甲系统", "乙系统"]
    assert [r.what for r in made.differing] == ["reasons"]
    assert not made.identical


def test_editions_interleave_and_are_noted(tmp_path: Path) -> None:
    clauses = profile().clauses
    new = replace(clauses[0], id="4.1a", checks=(check("new"),))
    newer = profile(clauses=(clauses[0], new, *clauses[1:3]), edition="2", digest="sha256:2")
    made = compared(tmp_path, {}, {"made": newer, "results": [*ALL_PASS, passed("p/4.1a/new")]})
    assert [r.number for r in made.rows] == ["4.1", "4.1a", "4.2", "4.3", "4.4"]
    assert [(r.number, r.what) for r in made.differing] == [("4.1a", "absent"), ("4.4", "absent")]
    assert any(n.startswith("所用的测试规范不是同一版: p 1") for n in made.notes)


def test_partial_and_open_records_are_noted(tmp_path: Path) -> None:
    made = compared(tmp_path, {}, {"results": ALL_PASS[:3]}, {"close": False})
    assert [n.partition(": ")[2] for n in made.notes] == [
        "部分检测，不作总体结论", "检测记录未完结", "部分检测，不作总体结论",
    ]  # fmt: skip
    assert made.steps[0].worse == ()  # what a partial run leaves out has not got worse


def test_hostile_text_is_made_visible(tmp_path: Path) -> None:
    evil = "\x1b[2J\u202e<script>\n=1"
    made = compared(tmp_path, {"target": {"system": {"name": evil}}}, {"results": [failed(ONE, evil), *ALL_PASS[1:]]})
    assert all(c in "\n\u3000" or c.isprintable() for c in text(made))


# Trend -----------------------------------------------------------------------------------------------------


def test_a_folder_of_records_becomes_series_in_time(tmp_path: Path) -> None:
    for n, results in enumerate((BAD, ALL_PASS, BAD, ALL_PASS)):
        if n == 2:  # a partial run between two whole ones changes nothing of the clauses that it left out
            record(tmp_path / "all" / "some", ALL_PASS[1:], start=START + timedelta(days=1, hours=1))
        record(tmp_path / "all" / f"{9 - n}", results, start=START + timedelta(days=n))
    record(tmp_path / "all" / "deep" / "er" / "other", target={"system": {"name": "别的"}})
    record(tmp_path / "new", made=profile(digest="sha256:2"), start=START + timedelta(days=9))
    (tmp_path / "all" / "broken").mkdir()
    (tmp_path / "all" / "broken" / "ledger.jsonl").write_text("{", "utf-8")
    (tmp_path / "all" / "notes.zip").write_bytes(b"no zip")
    (tmp_path / "all" / "loop").symlink_to(tmp_path / "all")
    made = trends.trend([tmp_path / "all", tmp_path / "new"])
    fits("trend", made.to_json())
    assert [(s.system, len(s.points)) for s in made.series] == [("别的", 1), ("样机", 6)]
    points = made.series[1].points
    assert [p.about.overall for p in points[:2]] == ["DOES_NOT_CONFORM", "CONFORMS"]
    assert [(len(p.step.better), len(p.step.worse)) for p in points] == [
        (0, 0), (1, 0), (0, 0), (0, 1), (1, 0), (0, 0),
    ]  # fmt: skip
    assert [p.edition_changed for p in points] == [False, False, False, False, False, True]
    assert made.series[1].unstable == ("p/4.1",)
    assert len(made.unread) == 2
    told = trends.text(made)
    assert "反复变化的条款: p/4.1" in told
    assert "（测试规范换了版）" in told
    assert [s.system for s in trends.trend([tmp_path / "all"], "别的").series] == ["别的"]


def test_no_records_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    for place, code in ((tmp_path, "U630"), (tmp_path / "absent", "U629")):
        with pytest.raises(ConformanceError) as refused:
            trends.trend([place])
        assert refused.value.code == code


# Two laboratories ------------------------------------------------------------------------------------------

ASKED = {
    "request": {"method": "POST", "url": "http://a.example:8001/find?x=1", "headers": [["date", "x"]], "body": '{"id": "1"}'},
    "response": {"status": 200, "headers": [], "body": '{"data": [{"id": "a", "at": "2026-11-20T01:02:03Z"}, {"id": "b"}]}'},
    "started": "2026-11-20T01:02:03Z", "elapsed": 0.1, "peer": "127.0.0.1:8001",
}  # fmt: skip


def exchange(**changes: Any) -> dict[str, Any]:
    out = copy.deepcopy(ASKED)
    for path, value in changes.items():
        part, _, name = path.partition("_")
        if value is None:
            out.pop(part)
        elif name:
            out[part][name] = value
        else:
            out[part] = value
    return out


NOISY = exchange(
    request_url="https://10.0.0.9:9443/find?x=1",
    response_body='{"data": [{"at": "2027-01-01T09:09:09+08:00", "id": "a"}, {"id": "b"}]}',
    peer="10.0.0.9:9443", elapsed=2.5, started="2027-01-01T09:09:09Z",
)  # fmt: skip


def both(folder: Path, ours: list[Any], theirs: list[Any], **header: Any) -> labs.Interlab:
    """Laboratory a passes check ONE with its evidence, b fails it with its own."""
    cases = [{"laboratory": {"name": f"{n}中心"}} for n in "甲乙"]
    a = record(folder / "a", ALL_PASS, exchanges={ONE: ours}, case=cases[0])
    b = record(folder / "b", BAD, exchanges={ONE: theirs}, case=cases[1], start=START + timedelta(days=1), **header)
    found = labs.interlab(open_record(a), open_record(b))
    fits("interlab", found.to_json())
    return found


@pytest.mark.parametrize(
    ("ours", "theirs", "why", "at", "part", "pointer", "cause"),
    [
        ([ASKED, ASKED], [NOISY, exchange(response_body='{"data": [{"id": "a", "at": "2026-11-20T01:02:03Z"}, {"id": "c"}]}')], "answered", 2, "响应正文", "/data/1/id", Cause.SYSTEM),
        ([ASKED], [exchange(response_status=500)], "answered", 1, "状态", "", Cause.SYSTEM),
        ([ASKED], [exchange(request_body='{"id": "2"}')], "asked", 1, "请求正文", "/id", Cause.CONFIGURATION),
        ([ASKED], [exchange(request_url="http://a.example/other")], "asked", 1, "路径", "", Cause.CONFIGURATION),
        ([ASKED], [exchange(response=None, fault={"kind": "timeout", "message": "x"})], "unanswered", 1, "故障", "", Cause.ENVIRONMENT),
        ([ASKED, ASKED], [NOISY], "lacking", 2, "证据的项数", "", Cause.CONFIGURATION),
        ([ASKED], [NOISY], "judged", 0, "", "", Cause.TOOL),
    ],
)  # fmt: skip
def test_the_first_evidence_that_differs_is_found(
    tmp_path: Path, ours: list[Any], theirs: list[Any], why: str, at: int, part: str, pointer: str, cause: Cause
) -> None:
    (d,) = both(tmp_path, ours, theirs).disagreements
    assert (d.key, d.first.why, d.first.at, d.first.part, d.first.pointer) == (ONE, why, at, part, pointer)
    assert d.first.cause is cause


def test_agreement_is_counted_over_what_both_tested(tmp_path: Path) -> None:
    found = both(tmp_path, [ASKED], [NOISY])
    assert (found.compared, found.agreed, found.rate, found.agrees) == (4, 3, 0.75, False)
    assert (found.clauses, found.clauses_agreed) == (3, 2)
    assert (found.a.label, found.b.label) == ("甲中心", "乙中心")
    told = labs.text(found)
    assert "检测项一致 3/4（75.0%），条款一致 2/3" in told
    assert "证据相同，判定不同：比较两边的检测程序和工具版本（归属 检测工具）" in told
    same = labs.interlab(open_record(tmp_path / "a"), open_record(tmp_path / "a"))
    assert same.agrees
    assert (same.rate, same.conditions) == (1.0, ())


def test_nothing_in_common_is_no_agreement(tmp_path: Path) -> None:
    a = open_record(record(tmp_path / "a", [passed(ONE)]))
    b = open_record(record(tmp_path / "b", [passed(TWO)]))
    found = labs.interlab(a, b)
    assert (found.compared, found.rate, found.agrees) == (0, None, False)
    assert set(found.left) == {ONE, TWO, MANUAL, ADVICE}


def test_other_conditions_are_told_first(tmp_path: Path) -> None:
    target = {
        "system": {"name": "样机", "version": "2.0"}, "declares": {"signing": True},
        "parameters": {"holder": "X", "roots": ["/b/root.der"]},
    }  # fmt: skip
    made = profile(edition="2", digest="sha256:2")
    found = both(tmp_path, [ASKED], [NOISY], target=target, made=made)
    assert [c.partition(" 不同")[0].partition("不同")[0] for c in found.conditions] == [
        "测试规范不是同一版: p 1、p 2", "样品版本", "实现声明 signing", "参数 holder", "参数 roots",
    ]  # fmt: skip


def test_evidence_that_was_altered_is_said_to_be_unread(tmp_path: Path) -> None:
    both(tmp_path, [ASKED], [NOISY])
    with open_record(tmp_path / "a") as opened:
        (sha,) = (e.sha256 for e in opened.results[ONE].evidence)
    (tmp_path / "a" / "evidence" / sha[:2] / f"{sha}.json").write_text("{}", "utf-8")
    found = labs.interlab(open_record(tmp_path / "a"), open_record(tmp_path / "b"))
    assert [d.first.why for d in found.disagreements] == ["unread"]
    assert cli.main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--labs"]) == 2  # and a laboratory refuses it


# The command -----------------------------------------------------------------------------------------------


def test_the_command_chooses_the_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [
        str(record(tmp_path / f"r{n}", results, start=START + timedelta(days=n)))
        for n, results in enumerate((BAD, ALL_PASS, BAD))
    ]

    def run(*words: str) -> tuple[int, str, str]:
        status = cli.main(list(words))
        said = capsys.readouterr()
        return status, said.out, said.err

    assert run("compare", *paths[:2])[1].startswith("两次检测的判定不同")
    assert run("compare", *paths)[1].startswith("3 份记录，4 个条款，1 个不同")
    assert run("compare", *paths[:2], "--side")[1].startswith("2 份记录")
    assert "steps" in json.loads(run("compare", *paths, "--json")[1])
    assert "conclusion" in json.loads(run("compare", *paths[:2], "--format", "json")[1])
    assert run("compare", paths[0], paths[2], "--side")[0] == 0
    assert run("compare", paths[1], paths[1], "--labs")[0] == 0
    assert run("compare", *paths[:2], "--labs")[0] == 1
    for words, code in (
        (("compare", paths[0]), "U632"), (("compare", *paths, "--labs"), "U633"),
        (("compare", *paths[:2], "--labs", "--format", "xlsx"), "U634"), (("trend", str(tmp_path / "no")), "U629"),
        (("compare", paths[0], str(tmp_path / "no")), "R1"),
    ):  # fmt: skip
        status, _, err = run(*words)
        assert (status, code in err) == (2, True), words
    assert run("trend", str(tmp_path))[0] == 1
    assert run("trend", *paths[:2])[0] == 0
    for form in ("html", "xlsx"):
        out = tmp_path / f"x.{form}"
        assert run("compare", *paths, "--format", form, "-o", str(out))[1].strip() == str(out)
    assert run("trend", str(tmp_path), "--format", "html", "-o", str(tmp_path / "t.html"))[0] == 1
    assert run("compare", *paths[:2], "--labs", "--format", "html", "-o", str(tmp_path / "l.html"))[0] == 1
    for page in ("x.html", "t.html", "l.html"):
        text_of = (tmp_path / page).read_text("utf-8")
        assert "Content-Security-Policy" in text_of
        assert "style=" not in text_of
        assert "<script" not in text_of


def test_the_workbook_holds_text_only(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    from conformance.report.compared import side_workbook

    evil = "=cmd|' /C calc'!A0"
    runs = [{"target": {"system": {"name": n}}, "results": [failed(ONE, evil), *ALL_PASS[1:]]} for n in (evil, "乙")]
    book = openpyxl.load_workbook(side_workbook(compared(tmp_path, *runs), tmp_path / "x.xlsx"))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s"}
    assert not any(str(c.value).startswith("=") for c in cells)
    assert book.sheetnames == ["记录", "条款"]
    assert [c.value for c in book["条款"][1]][5:] == [f"'{evil}", "乙"]

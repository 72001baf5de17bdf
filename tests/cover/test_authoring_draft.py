"""Clause tables → a draft: columns found, verbs guessed and marked, bad cells told by their place, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kit_profile import GOOD
from kit_tables import ABOUT, TABLE, csv_file, docx, made, xlsx

from conformance import cli
from conformance.authoring.columns import chosen
from conformance.authoring.draft import draft, text
from conformance.authoring.emit import emit
from conformance.authoring.output import write
from conformance.errors import ConformanceError, ProfileError
from conformance.profile import load
from conformance.profile.lint import lint


@pytest.mark.parametrize("kind", ["xlsx", "csv", "docx"])
def test_a_table_becomes_a_profile_that_loads_and_does_not_lint(tmp_path: Path, kind: str) -> None:
    found = draft(made(tmp_path, kind), **ABOUT)
    clauses = found.clauses
    assert [c["clause"] for c in clauses] == ["5.1", "5.2", "5.3", "5.4"]
    assert [c["provision"] for c in clauses] == ["requirement", "recommendation", "permission", "requirement"]
    assert clauses[0]["draft"]["columns"] == {"序号": "2", "责任部门": "技术部"}
    assert clauses[0]["checks"][0]["manual"]["steps"] == ["查十张证照", "比较标识"]
    assert "拆成几条" in clauses[3]["draft"]["guesses"]["provision"]
    assert set(clauses[3]["draft"]["guesses"]) == {"title", "provision", "grade"}
    assert [p.endswith("第 2 行 5 要求 1") for p in found.passed] == [True]
    path = write(found, tmp_path / "p.yaml", tmp_path / f"条款表.{kind}")
    profile = load(path, cache=False)
    assert profile.standard is not None
    assert (profile.id, profile.standard.number) == ("gbt-99901-2026", "GB/T 99901-2026")
    remarks = [f for f in lint(path) if f.code == "L139"]
    assert len(remarks) == sum(found.guessed.values()) == 10
    assert all(f.severity == "error" and "draft.guesses." in f.hint for f in remarks)


def test_lint_is_clean_only_when_a_person_took_every_mark_away(tmp_path: Path) -> None:
    rows = (("条款号", "标题", "要求", "可靠程度", "备注", "检测方法", "判定方法"),
            ("5.1", "标识", "系统应为每张证照生成唯一的标识。", "C", "推断", "查十张证照", "各不相同"))  # fmt: skip
    found = draft(csv_file(tmp_path / "t.csv", rows), **ABOUT)
    path = write(found, tmp_path / "p.yaml", tmp_path / "t.csv")
    assert {f.code for f in lint(path) if f.severity != "info"} == {"L139"}
    for mark in ("provision", "checks"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if f"{mark}: 由" not in line), "utf-8")
    path.write_text(path.read_text("utf-8").replace("      guesses:\n", ""), "utf-8")
    assert {f.code for f in lint(path) if f.severity != "info"} == set()


def test_the_columns_are_told_before_anything_else(tmp_path: Path) -> None:
    told = text(draft(made(tmp_path, "xlsx"), **ABOUT)).splitlines()
    assert told[:3] == [
        "条款表.xlsx!条款：表头在第 1 行",
        "  A  序号 → 照原样保留在 draft.columns",
        "  B  条款号 → clause（条款号）",
    ]
    assert "4 条：应 2、宜 1、可 1" in told
    assert any(line.startswith("推测 10 处") and "1 条的类型拿不准" in line for line in told)


def test_columns_are_named_by_the_author_where_the_heading_is_unknown(tmp_path: Path) -> None:
    rows = (("甲", "乙"), ("5.1", "系统应有标识。"))
    table = csv_file(tmp_path / "t.csv", rows)
    with pytest.raises(ProfileError, match="认不出表头，看到的是: 甲、乙") as refused:
        draft(table, **ABOUT)
    assert refused.value.code == "P603"
    for given in (["text=乙", "clause=甲"], ["text=B", "clause=a"]):
        assert draft(table, **ABOUT, columns=chosen(given)).clauses[0]["clause"] == "5.1"
    for wrong in ("text", "text=", "nothing=乙", "checks=乙"):
        with pytest.raises(ConformanceError) as told:
            chosen([wrong])
        assert told.value.code == "U623"


def test_two_columns_for_one_field_are_a_question(tmp_path: Path) -> None:
    table = csv_file(tmp_path / "t.csv", (("条款号", "要求", "条款内容"), ("5.1", "应甲。", "应乙。")))
    with pytest.raises(ProfileError, match="两列都像“要求”") as refused:
        draft(table, **ABOUT)
    assert (refused.value.code, refused.value.where) == ("P604", "t.csv!C1")
    one = draft(table, **ABOUT, columns={"text": "条款内容"}).clauses[0]
    assert (one["text"], one["draft"]["columns"]) == ("应乙。", {"要求": "应甲。"})


def test_every_bad_cell_is_told_at_once_with_sheet_column_and_row(tmp_path: Path) -> None:
    import datetime

    rows = [
        ["条款号", "条款类型", "要求", "可靠程度", "备注"],
        ["5.1", "必选", "应甲。", "Z", ""],
        ["5.2", "应", "=1+1", "", ""],
        [datetime.date(2026, 5, 1), "应", "应丙。", "", ""],
        ["5.1", "应", "应丁。", "", ""],
        ["5/3", "应", "应戊。", "", ""],
        ["5.6", "应", "", "A", "没有文字"],
        ["5.7", "应", "应\u202e庚。", "", ""],
    ]
    with pytest.raises(ProfileError) as refused:
        draft(xlsx(tmp_path / "t.xlsx", rows), **ABOUT)
    told = [(e.code, e.where) for e in (refused.value, *refused.value.others)]
    assert told == [
        ("P605", "t.xlsx!条款!B2"), ("P605", "t.xlsx!条款!D2"), ("P605", "t.xlsx!条款!C3"), ("P605", "t.xlsx!条款!A4"),
        ("P607", "t.xlsx!条款!A5"), ("P605", "t.xlsx!条款!A6"), ("P606", "t.xlsx!条款!C7"), ("P605", "t.xlsx!条款!C8"),
    ]  # fmt: skip
    assert "公式不求值" in str(refused.value)


def test_a_clause_number_that_became_a_number_is_a_guess(tmp_path: Path) -> None:
    rows = (("条款号", "要求"), (5.1, "应甲。"), (6, "应乙。"))
    first, second = draft(xlsx(tmp_path / "t.xlsx", rows), **ABOUT).clauses
    assert (first["clause"], second["clause"]) == ("5.1", "6")
    assert "与 5.10 分不开" in first["draft"]["guesses"]["clause"]
    assert "clause" not in second["draft"]["guesses"]


def test_a_row_without_a_number_gets_a_reference_that_is_marked(tmp_path: Path) -> None:
    one = draft(csv_file(tmp_path / "t.csv", (("标题", "要求"), ("甲", "应甲。"))), **ABOUT).clauses[0]
    assert one["ref"] == "T1-2"
    assert "ref" in one["draft"]["guesses"]


def test_the_standard_is_asked_for_and_never_made_up(tmp_path: Path) -> None:
    table = made(tmp_path, "csv")
    with pytest.raises(ProfileError) as refused:
        draft(table)
    assert refused.value.code == "P608"
    with pytest.raises(ConformanceError) as told:
        draft(table, **ABOUT, profile_id="大写")
    assert told.value.code == "U626"


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("gb18030", ","), ("utf-16", "\t"), ("utf-8", ";")]
)
def test_csv_as_office_software_writes_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    found = draft(csv_file(tmp_path / "t.csv", TABLE, encoding, delimiter), **ABOUT)
    assert [c["clause"] for c in found.clauses] == ["5.1", "5.2", "5.3", "5.4"]


def test_several_tables_of_a_document_are_read_and_others_left_alone(tmp_path: Path) -> None:
    other = (("版本", "日期"), ("1", "2026"))
    more = (("条款号", "要求"), ("6.1", "应甲。"))
    found = draft(docx(tmp_path / "t.docx", other, TABLE, more), **ABOUT)
    assert [lay.sheet.name for lay in found.layouts] == ["表 2", "表 3"]
    assert [c["clause"] for c in found.clauses] == ["5.1", "5.2", "5.3", "5.4", "6.1"]
    assert found.clauses[-1]["draft"]["from"] == "t.docx!表 3!第 2 行"


def test_merged_cells_of_a_word_table(tmp_path: Path) -> None:
    """A heading across the row is no clause; what is merged downwards holds for every row of it."""
    from docx import Document

    rows = (("类别", "条款号", "要求"), ("5 要求", "", ""), ("安全", "5.1", "应甲。"), ("", "5.2", "应乙。"))
    path = docx(tmp_path / "t.docx", rows)
    document = Document(str(path))
    table = document.tables[0]
    table.cell(1, 0).merge(table.cell(1, 2))
    table.cell(2, 0).merge(table.cell(3, 0))
    document.save(str(path))
    found = draft(path, **ABOUT)
    assert [(c["clause"], c["draft"]["columns"]["类别"]) for c in found.clauses] == [("5.1", "安全"), ("5.2", "安全")]
    assert found.passed == ("t.docx!表 1!第 2 行 5 要求",)


def test_a_base_gives_what_the_table_does_not_say(tmp_path: Path) -> None:
    base = tmp_path / "sample-1.yaml"
    base.write_text(GOOD, "utf-8")
    rows = (("条款号", "引用号", "要求"), ("5.1", "", "返回的标识应非空且唯一（转述）"), ("", "SA-02", "废止后宜查不到（转述）"),
            ("5.9", "", "系统应留痕。"))  # fmt: skip
    found = draft(csv_file(tmp_path / "t.csv", rows), base=str(base))
    one, two, new = found.clauses
    assert one["text"] == "返回的标识应非空且唯一（转述）"
    assert (one["title"], len(one["checks"]), "draft" in one) == ("标识", 2, False)
    assert two["when"] == {"all": ["query", {"not": "query"}]}
    assert set(new["draft"]["guesses"]) == {"title", "provision", "grade"}
    assert found.gone == ("SA-03",)
    assert "--base 里有、表里没有，没有写入: SA-03" in text(found)
    assert load(write(found, tmp_path / "new.yaml", tmp_path / "t.csv"), cache=False).operations


def test_automatic_checks_are_not_changed_from_a_table(tmp_path: Path) -> None:
    base = tmp_path / "sample-1.yaml"
    base.write_text(GOOD, "utf-8")
    rows = [("条款号", "引用号", "要求", "检测方法", "判定方法", "来源"), ("5.1", "", "应非空", "问一问", "", "S1")]
    with pytest.raises(ProfileError, match="已有自动检测项"):
        draft(csv_file(tmp_path / "t.csv", rows), base=str(base))
    rows[1:] = [("", "SA-03", "可提供培训记录", "查阅\n抽查", "齐全", "S1")]
    one = draft(csv_file(tmp_path / "t.csv", rows), base=str(base)).clauses[0]
    assert one["checks"][0]["check"] == "training-records-exist-on-paper"
    assert one["checks"][0]["manual"] == {"steps": ["查阅", "抽查"], "evidence": ["照片"], "judge": "齐全"}
    rows[1:] = [("", "SA-03", "可提供培训记录", "", "", "S9")]
    with pytest.raises(ProfileError, match="没有来源 S9"):
        draft(csv_file(tmp_path / "t.csv", rows), base=str(base))


def test_a_file_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    table, out = made(tmp_path, "csv"), tmp_path / "p.yaml"
    out.write_text("mine", "utf-8")
    found = draft(table, **ABOUT)
    with pytest.raises(ProfileError) as refused:
        write(found, out, table)
    assert (refused.value.code, out.read_text("utf-8")) == ("P611", "mine")
    write(found, out, table, force=True)
    assert load(out, cache=False).clauses


def test_the_draft_is_written_readably(tmp_path: Path) -> None:
    made_text = emit({"a": "5.1", "b": "一\n二", "c": ["0x1f", "1e3", "null", "2026-01-01", "- x", ""], "d": "应：甲"})
    assert made_text == (
        'a: "5.1"\nb: |-\n  一\n  二\nc:\n  - "0x1f"\n  - "1e3"\n  - "null"\n  - "2026-01-01"\n  - "- x"\n  - \'\'\nd: 应：甲\n'
    )


def test_the_command_shows_writes_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = str(made(tmp_path, "xlsx")), str(tmp_path / "p.yaml")
    about = ["--number", ABOUT["number"], "--title", ABOUT["title"]]
    assert cli.main(["draft", table, *about]) == 0
    assert "只看，没有写文件" in capsys.readouterr().out
    assert cli.main(["draft", table, *about, "-o", out, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["clauses"], told["guesses"]["provision"], told["unsure"], told["out"]) == (4, 4, 1, out)
    assert cli.main(["draft", table, *about, "-o", out]) == 2
    assert "P611" in capsys.readouterr().err
    assert cli.main(["lint", out]) == 1
    assert "L139" in capsys.readouterr().out
    assert cli.main(["draft", str(tmp_path / "no.xlsx")]) == 2
    assert cli.main(["draft", str(tmp_path / "old.xls")]) == 2
    assert "另存为 .xlsx" in capsys.readouterr().err
    assert cli.main(["draft", table, *about, "--sheet", "没有"]) == 2
    assert "U624" in capsys.readouterr().err

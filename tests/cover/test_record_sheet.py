"""人工检测工作表: what is written reads back, what is wrong is told all at once, and what is brought in is bound and dated."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.errors import ConformanceError, RecordError
from conformance.harness.manual import worksheet
from conformance.judge.waiver import Attestation
from conformance.model.verdict import Verdict
from conformance.profile import load
from conformance.profile.yamlread import read_yaml
from conformance.record.sheet import manual, read_sheet, sheet_text

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PROFILE = load("govapp-backend")
KEY = "gov-app-2026-12/APP-04/nobody-is-made-to-sign-in-regularly"
GOOD = f"""\
sheet: govapp-backend
common: {{approver: 李某, date: "2026-11-24", expires: "2027-11-23", zone: "+08:00", scope: any}}
results:
  - check: {KEY}
    verdict: PASS
    reason: 没有强制登录的规定
    evidence: [使用规范 V2, {{file: rules.pdf}}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules.pdf").write_bytes(b"%PDF-1.7 FAKE")
    return tmp_path


def read(folder: Path, text: str):  # type: ignore[no-untyped-def]
    (folder / "sheet.yaml").write_text(text, "utf-8")
    return read_sheet(folder / "sheet.yaml", PROFILE, NOW)


def test_a_new_sheet_holds_every_manual_check_and_reads_as_open(folder: Path) -> None:
    items = manual(PROFILE)
    assert [item.clause.id for item in items] == ["APP-04", "APP-23", "APP-37"]
    text = sheet_text(PROFILE, items, {"name": "某系统", "version": "1.0", "build": ""})
    assert read_yaml(text.encode(), "sheet")["common"]["scope"] == {"version": "1.0"}
    for item in items:
        for step in item.check.spec["manual"]["steps"]:
            assert step in text
    sheet = read(folder, text)
    assert (sheet.filled, sheet.open) == ((), tuple(item.key for item in items))


def test_an_answer_is_complete_and_has_its_files(folder: Path) -> None:
    (one,) = read(folder, GOOD).filled
    said = Attestation.from_data(one.data)
    assert (said.check, said.verdict, said.approver, said.made) == (KEY, Verdict.PASS, "李某", "2026-11-24")
    assert said.evidence == ("使用规范 V2",)
    assert [path.name for path in one.files] == ["rules.pdf"]


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("sheet: govapp-backend", "sheet: elicense", "R121", "elicense"),
        ("common:", "comon:", "R121", "是否想写 common"),
        (KEY, KEY + "x", "R122", "不是这个测试规范的人工检测项"),
        (KEY, "gov-app-2026-12/APP-02/routes-of-forced-functions-are-absent", "R122", "人工检测项"),
        ("verdict: PASS", "verdict: 通过", "R121", "PASS 符合"),
        ("approver: 李某, ", "", "R121", "还没有填 approver"),
        ("reason: 没有强制登录的规定", "reason: 待填", "R121", "还没有填 reason"),
        ('"2026-11-24"', '"2026-11-31"', "T804", "没有 2026-11-31 这一天"),
        ('"2026-11-24"', '"2026-11-25"', "R124", "在将来"),
        ('"2027-11-23"', '"2026-11-23"', "R124", "早于作出结论的日期"),
        ('"+08:00"', "CST", "T804", "时区"),
        ("scope: any", "scope: {versio: x}", "T803", "适用范围"),
        ("rules.pdf", "nothing.pdf", "R123", "没有文件 nothing.pdf"),
        ("{file: rules.pdf}", "{fil: rules.pdf}", "R121", "既不是文字"),
        ("[使用规范 V2, {file: rules.pdf}]", "[]", "T805", "没有列出见证材料"),
        ("results:", "results: []\nold:", "R121", "没有 old 这一行"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(folder: Path, old: str, new: str, code: str, says: str) -> None:
    with pytest.raises(RecordError) as caught:
        read(folder, GOOD.replace(old, new))
    said = str(caught.value)
    assert f"[{code}]" in said
    assert says in said
    assert "sheet.yaml:" in said


def test_everything_wrong_is_told_at_once(folder: Path) -> None:
    with pytest.raises(RecordError) as caught:
        read(folder, GOOD.replace("rules.pdf", "nothing.pdf").replace("verdict: PASS", "verdict: OK"))
    assert "2 处要改" in str(caught.value)
    assert "处理: \n" not in str(caught.value)


def test_an_expiry_holds_through_its_day_in_its_own_zone(folder: Path) -> None:
    today = GOOD.replace("2027-11-23", "2026-11-24")
    assert read(folder, today).filled
    late = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # midnight in China: the day is over there
    with pytest.raises(RecordError) as caught:
        read_sheet(folder / "sheet.yaml", PROFILE, late)
    assert "R124" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "code"), [(b"\xff\xfe", "T0"), (b"[1, 2]", "T0"), (b"a: &x [*x]", "T0"), (b"", "T0")]
)
def test_a_file_that_is_no_sheet_is_refused(folder: Path, content: bytes, code: str) -> None:
    (folder / "sheet.yaml").write_bytes(content)
    with pytest.raises(ConformanceError) as caught:
        read_sheet(folder / "sheet.yaml", PROFILE, NOW)
    assert caught.value.code.startswith((code, "R121"))


def test_a_sheet_is_not_written_over(tmp_path: Path) -> None:
    made = worksheet(None, ["govapp-backend"], None, tmp_path / "w", every=False)
    page = made.page.read_text("utf-8")
    assert page.count("<section") == 3
    assert "没有这类要求，也没有因未登录而冻结" in page
    with pytest.raises(ConformanceError) as caught:
        worksheet(None, ["govapp-backend"], None, tmp_path / "w", every=False)
    assert caught.value.code == "U522"


def test_a_profile_without_manual_checks_has_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError) as caught:
        worksheet(None, ["miit-app-filing"], None, tmp_path / "w", every=False)
    assert caught.value.code == "U521"
    with pytest.raises(ConformanceError) as caught:
        worksheet(None, [], None, tmp_path / "w", every=False)
    assert caught.value.code == "U520"

"""Files as the target of the real command: a folder, a pattern, a zip, one file; verdicts, record, and judging again."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import jsonschema_rs
import openpyxl
import pytest
from kit_official import misfits_of
from kit_sealed import write_files, write_trust
from plugin_kit import PytestCommand

import conformance.record
from conformance.cli import main
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.record.reading import open_record
from conformance.specimen import registry

SEAL = "gbt-38540-2020"
QUIET = ("-p", "no:cacheprovider", "-q")
LEDGER_SCHEMA = Path(conformance.record.__file__).parent / "schemas" / "ledger.schema.json"
SMALL = ("document.ofd", "document-plain.ofd", "document-stamped.ofd", "seal-v4.esl")


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return write_trust(tmp_path_factory.mktemp("trust"))


def results(record: Path) -> dict[str, CheckResult]:
    with open_record(record) as opened:
        return {key.split("/")[1]: result for key, result in opened.results.items()}


def test_a_folder_of_good_files_conforms(command: PytestCommand, trust: list[str], tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files", only=SMALL)
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, *QUIET)
    assert ran.code == 0, ran.text
    assert "检测结论: 符合" in ran.out
    by = results(tmp_path / "r")
    assert by["SES-10"].verdict is Verdict.PASS
    assert by["SES-10"].witnesses == 2, "two of the files are sealed"
    assert set(by["SES-10"].sample) == {"document.ofd", "document-stamped.ofd"}
    assert not [k for k, r in by.items() if r.verdict is not Verdict.PASS]


def test_a_spoilt_file_fails_its_clause_and_the_reason_names_it(
    command: PytestCommand, trust: list[str], tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files", "signature-flipped", only=SMALL)
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, *QUIET)
    assert ran.code == 1
    by = results(tmp_path / "r")
    assert {k for k, r in by.items() if r.verdict is Verdict.FAIL} == {"SES-10"}
    reason = by["SES-10"].reasons[0]
    assert "签章签名值验证不通过" in reason.message
    assert reason.where.startswith("document.ofd Doc_0/Signs/Sign_0/SignedValue.dat#")
    assert reason.reproduce.startswith("conformance inspect ")
    assert reason.reproduce in ran.out


def test_what_was_not_given_leaves_a_clause_undecided_and_says_whose_doing_it_is(
    command: PytestCommand, tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files", only=SMALL)
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *QUIET)
    assert ran.code == 1
    by = results(tmp_path / "r")
    for clause in ("SEAL-13", "SES-13", "SES-14", "SES-16"):
        assert (by[clause].verdict, by[clause].cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION), clause
    assert "无法判定" in ran.out


def test_what_is_in_no_file_does_not_apply_and_nothing_is_concluded_from_it(
    command: PytestCommand, trust: list[str], tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files", only=("document-plain.ofd",))
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, *QUIET)
    by = results(tmp_path / "r")
    assert {r.verdict for r in by.values()} == {Verdict.NOT_APPLICABLE}
    assert "检测结论: 符合" not in ran.out
    assert ran.code == 1, "a folder of which the standard says nothing is no success"


@pytest.mark.parametrize("form", ["file", "glob", "zip"])
def test_a_target_may_be_a_file_a_pattern_or_a_zip(
    command: PytestCommand, trust: list[str], tmp_path: Path, form: str
) -> None:
    folder = write_files(tmp_path / "files", only=("document.ofd",))
    target = {"file": folder / "document.ofd", "glob": folder / "*.ofd", "zip": tmp_path / "all.zip"}[form]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(folder / "document.ofd", "batch/document.ofd")
        archive.writestr("notes.txt", "not a document")
    ran = command(f"--profile={SEAL}", f"--target={target}", f"--record={tmp_path / 'r'}", *trust, *QUIET)
    assert ran.code == 0, ran.text
    with open_record(tmp_path / "r") as opened:
        (event,) = opened.documents
        assert ("all.zip!notes.txt" in str(opened.passed_over)) == (form == "zip"), "what was not looked at is told"
    assert event.name == ("all.zip!batch/document.ofd" if form == "zip" else "document.ofd")


def test_a_target_file_names_files_and_may_keep_them_out_of_the_record(
    command: PytestCommand, trust: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path / "files", "signature-flipped", only=SMALL)
    write_trust(tmp_path / "trust")
    at = next(t for t in trust if "validation_time" in t).split("=", 2)[2]
    (tmp_path / "target.yaml").write_text(
        "target: batch\nsystem: {name: 一批证照}\n"
        f'parameters: {{trust_anchors: [trust/root-0.der], crls: [trust/crls], seal_status: [trust/seals.csv], validation_time: "{at}"}}\n'
        "documents: {paths: [files], keep: false}\n",
        encoding="utf-8",
    )
    record = tmp_path / "r"
    ran = command(f"--profile={SEAL}", f"--target={tmp_path / 'target.yaml'}", f"--record={record}", *QUIET)
    assert ran.code == 1, ran.text
    data = (tmp_path / "files" / "document.ofd").read_bytes()
    kept = {p.read_bytes() for p in record.rglob("*.bin")}
    assert data not in kept
    assert main(["verify", str(record)]) == 0
    assert main(["rejudge", str(record)]) == 0
    assert "原文没有保存" in capsys.readouterr().out


def test_verdicts_come_again_from_the_record_alone(
    command: PytestCommand, trust: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_files(tmp_path / "files", "signer-not-listed", only=SMALL)
    record = tmp_path / "r"
    command(f"--profile={SEAL}", f"--target={folder}", f"--record={record}", *trust, *QUIET)
    for file in folder.iterdir():
        file.unlink()
    assert main(["rejudge", str(record), "--json", "--all"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert {r["again"] for r in judged if "/SES-11/" in r["check"]} == {"FAIL"}
    assert main(["rejudge", str(record)]) == 0
    assert "都由检测记录里的原文重新检查" in capsys.readouterr().out


def test_workers_of_xdist_judge_by_what_the_controller_examined(
    command: PytestCommand, trust: list[str], tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files", "signature-flipped", only=SMALL)
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, *QUIET, "-n2")
    assert ran.code == 1, ran.text
    by = results(tmp_path / "r")
    assert {k for k, r in by.items() if r.verdict is Verdict.FAIL} == {"SES-10"}
    with open_record(tmp_path / "r") as opened:
        assert len(opened.documents) == len(SMALL)


def test_the_ledger_of_a_run_of_files_fits_its_schema(command: PytestCommand, trust: list[str], tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files", only=SMALL)
    command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, *QUIET)
    schema = json.loads((LEDGER_SCHEMA).read_text("utf-8"))
    lines = [json.loads(line) for line in (tmp_path / "r" / "ledger.jsonl").read_bytes().splitlines()]
    for line in lines:
        jsonschema_rs.Draft202012Validator(schema).validate(line)
    assert [e["event"] for e in lines].count("document") == len(SMALL)
    event = next(e for e in lines if e["event"] == "document")
    data = (folder / event["name"]).read_bytes()
    assert event["sha256"] == hashlib.sha256(data).hexdigest()
    assert event["sm3"] == hashlib.new("sm3", data).hexdigest()


def test_links_and_strange_files_are_passed_over_and_told(
    command: PytestCommand, trust: list[str], tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files", only=("document.ofd",))
    (tmp_path / "outside.ofd").write_bytes(b"secret")
    (folder / "link.ofd").symlink_to(tmp_path / "outside.ofd")
    (folder / "loop").symlink_to(folder)
    (folder / "list.csv").write_text("a,b")
    os.mkfifo(folder / "pipe.ofd")
    ran = command(
        f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, "-p", "no:cacheprovider"
    )
    assert ran.code == 0, ran.text
    for told in ("符号链接，未跟随 2 个", "不是普通文件 1 个：pipe.ofd", "不在检测范围（扩展名） 1 个：list.csv"):
        assert told in ran.out
    with open_record(tmp_path / "r") as opened:
        assert [e.name for e in opened.documents] == ["document.ofd"]


@pytest.mark.parametrize(
    ("target", "code"),
    [("missing.ofd", "T160"), ("nothing/*.ofd", "T160"), ("empty", "T165"), ("broken.zip", "T162")],
)
def test_a_slip_in_the_path_is_told_before_anything_is_recorded(
    command: PytestCommand, tmp_path: Path, target: str, code: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 no zip")
    ran = command(f"--profile={SEAL}", f"--target={tmp_path / target}", f"--record={tmp_path / 'r'}")
    ran.refused(code)
    assert not (tmp_path / "r").exists()


def test_trust_that_cannot_be_used_is_told_with_its_parameter(command: PytestCommand, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files", only=("document.ofd",))
    (tmp_path / "ca.pem").write_text("no certificate")
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--param=trust_anchors={tmp_path / 'ca.pem'}")
    assert "trust_anchors" in ran.refused("F204")
    ran = command(f"--profile={SEAL}", f"--target={folder}", "--param=validation_time=tomorrow")
    assert "带时区的时间" in ran.refused("T122")
    assert "--param" in command(f"--profile={SEAL}", f"--target={folder}", "--param=oops").refused("U512")


def test_the_report_tells_each_file_and_the_terminal_sums_up(
    command: PytestCommand, trust: list[str], tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files", "signature-flipped", only=SMALL)
    record = tmp_path / "r"
    ran = command("--profile=eseal", f"--target={folder}", f"--record={record}", *trust, "-p", "no:cacheprovider")
    assert "文件 4: 不符合 1  符合 3" in ran.out
    assert "1 个文件 签章签名值验证不通过" in ran.out
    assert "检测记录含 4 个文件的原文，未经脱敏" in ran.out
    page = (record / "report.html").read_text("utf-8")
    section = page[page.index('<section id="files"') :]
    section = section[: section.index("</section>")]
    for told in (
        "document.ofd",
        hashlib.sha256((folder / "document.ofd").read_bytes()).hexdigest(),
        "签名 1（GB/T 38540 电子签章数据）：测试市行政审批服务局电子印章（仅供测试），2026-11-02 01:30:00 UTC",
        "签名值验证不通过",
        "全部内容都受保护",
        "签名值与内容、证书对不上",  # what the defect means, in plain words
    ):
        assert told in section, told
    assert section.count("<article") == len(SMALL)
    files = _told_everywhere(record, tmp_path)
    assert {f["name"]: f["verdict"] for f in files["files"]} == dict.fromkeys(SMALL, "PASS") | {"document.ofd": "FAIL"}
    assert main(["report", str(record), "--lang", "en", "-o", str(tmp_path / "en.html")]) == 0
    english = (tmp_path / "en.html").read_text("utf-8")
    assert "File by file" in english
    assert "covers " in english


def _told_everywhere(record: Path, folder: Path) -> dict[str, Any]:
    """PDF, Word, workbook, CSV and JSON tell of each file and of each defect what the page tells → the files of the JSON."""
    for form in ("json", "csv", "xlsx", "docx", "pdf"):
        assert main(["report", str(record), "--format", form, "-o", str(folder / f"r.{form}")]) == 0
    data = json.loads((folder / "r.json").read_bytes())
    assert misfits_of(record, folder) == {}
    bad = next(f for f in data["files"]["files"] if f["verdict"] == "FAIL")
    assert bad["failed"]
    assert any("签名值验证不通过" in s for s in bad["sealed"])
    defect = data["files"]["defects"][0]
    assert defect["names"] == ["document.ofd"]
    assert defect["counts"]

    with (folder / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["文件"] for r in rows if r["行"] == "文件"] == [f["name"] for f in data["files"]["files"]]
    assert [r["条款判定"] for r in rows if r["文件"] == "document.ofd" and r["行"] == "文件"] == ["不符合"]
    assert sum(r["行"] == "缺陷" for r in rows) == len(data["files"]["defects"])

    sheets = openpyxl.load_workbook(folder / "r.xlsx").worksheets
    assert [s.title for s in sheets[2:]] == ["逐个文件", "按缺陷汇总"]
    assert [c.value for c in sheets[2]["A"]][1:] == [f["name"] for f in data["files"]["files"]]
    assert sheets[3]["C2"].value == "1"

    tables = docx.Document(str(folder / "r.docx")).tables
    words = {t.rows[0].cells[0].text: t for t in tables}
    assert [row.cells[0].text for row in words["文件"].rows][1:] == [f["name"] for f in data["files"]["files"]]
    assert defect["message"] in words["缺陷"].rows[1].cells[0].text

    page = subprocess.run(["pdftotext", str(folder / "r.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    assert "按缺陷汇总" in page
    assert all(f["name"] in page.replace("\n", "") for f in data["files"]["files"])
    return dict(data["files"])


def test_a_hostile_name_is_only_a_name(command: PytestCommand, trust: list[str], tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files", only=("document.ofd",))
    evil = "<img src=x onerror=alert(1)>\u202egpj.ofd"
    (folder / "document.ofd").rename(folder / evil)
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, *QUIET)
    assert ran.code == 0, ran.text
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\u202e" not in ran.out


def test_a_file_that_is_too_large_is_not_opened_and_leaves_no_pass(
    command: PytestCommand, trust: list[str], tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files", only=("document.ofd",))
    with (folder / "huge.ofd").open("wb") as file:
        file.truncate(5 << 30)  # sparse: it takes no room on the disk
    ran = command(f"--profile={SEAL}", f"--target={folder}", f"--record={tmp_path / 'r'}", *trust, *QUIET)
    assert ran.code == 1
    by = results(tmp_path / "r")
    assert {(r.verdict, r.cause) for r in by.values()} == {(Verdict.INCONCLUSIVE, Cause.CONFIGURATION)}
    assert "documents.size" in by["SES-10"].reasons[0].message
    assert main(["rejudge", str(tmp_path / "r")]) == 0


def test_plan_doctor_and_init_speak_of_files(
    trust: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_files(tmp_path / "files", only=SMALL)
    assert main(["plan", f"--profile={SEAL}", f"--target={folder}"]) == 0
    told = capsys.readouterr().out
    assert "要检测的文件 4 个" in told
    assert "document.ofd" in told
    assert main(["doctor", f"--profile={SEAL}", f"--target={folder}"]) == 0
    assert "要检测的文件 4 个，信任材料可用" in capsys.readouterr().out
    assert main(["doctor", f"--profile={SEAL}", f"--target={folder}", *trust]) == 0
    assert main(["plan", f"--profile={SEAL}", f"--target={folder}", *trust]) == 0
    capsys.readouterr()
    assert main(["doctor", f"--profile={SEAL}", f"--target={folder}", "--param=crls=nowhere"]) == 1
    assert "nowhere" in capsys.readouterr().out
    assert main(["init", f"--profile={SEAL}"]) == 0
    written = capsys.readouterr().out.replace("name: 待填", "name: 一批文件").replace("[待填]", "[files]")
    (tmp_path / "target.yaml").write_text(written, encoding="utf-8")
    assert main(["doctor", f"--profile={SEAL}", f"--target={tmp_path / 'target.yaml'}"]) == 0


def test_the_downloads_of_a_system_are_examined_and_planned(
    command: PytestCommand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "r"
    only = ("--clause=EL-FI-03", "--clause=EL-FI-09", "--clause=EL-FI-04")
    ran = command("--profile=elicense", "--target=specimen:elicense", f"--record={record}", *only, *QUIET)
    assert ran.code == 0, ran.text
    with open_record(record) as opened:
        assert len(opened.documents) == 2
        assert all(e.facts["identifier"] == e.name.removesuffix(".ofd") for e in opened.documents)
        assert {r.witnesses for k, r in opened.results.items() if "/EL-FI-0" in k and r.witnesses} == {2}
    schema = json.loads(LEDGER_SCHEMA.read_text("utf-8"))
    lines = [json.loads(line) for line in (record / "ledger.jsonl").read_bytes().splitlines()]
    for line in lines:
        jsonschema_rs.Draft202012Validator(schema).validate(line)
    assert "served" in {e["event"] for e in lines}
    assert "签名 1（GB/T 38540 电子签章数据）" in (record / "report.html").read_text("utf-8")
    assert main(["plan", "--profile=elicense", "--target=specimen:elicense"]) == 0
    assert "取要检测的文件" in capsys.readouterr().out
    assert main(["rejudge", str(record)]) == 0


def test_files_of_a_system_stay_out_of_the_record_when_its_target_says_so(
    command: PytestCommand, tmp_path: Path
) -> None:
    with registry.start("elicense") as running:
        target = {**running.target, "documents": {"keep": False}}
        (tmp_path / "target.yaml").write_text(json.dumps(target, ensure_ascii=False), encoding="utf-8")
        at = (f"--target={tmp_path / 'target.yaml'}", f"--record={tmp_path / 'r'}", "--clause=EL-FI-03")
        ran = command("--profile=gbt-36905-2018", "--profile=gbt-36906-2018", *at, *QUIET)
    assert ran.code == 0, ran.text
    with open_record(tmp_path / "r") as opened:
        assert [e.kept for e in opened.documents] == [False, False]
    assert not [p for p in (tmp_path / "r").rglob("*.bin") if p.read_bytes().startswith(b"PK")]

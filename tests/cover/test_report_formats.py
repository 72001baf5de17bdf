"""Machine-readable results: each fits its schema, tells every clause, and never more than the record does."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, sample_record, write_record

import conformance.report
from conformance import cli
from conformance.errors import RecordError, UsageError
from conformance.judge.words import WORDS, clause_word
from conformance.model.verdict import Overall, Provision, Verdict
from conformance.record.reading import Record, open_record
from conformance.report.formats import FORMATS, How, beside, export
from conformance.report.formats.names import token, uuid
from conformance.report.formats.table import harmless
from conformance.report.formats.verdicts import (
    FROM_CTRF,
    FROM_EARL,
    FROM_GITB,
    FROM_JUNIT,
    FROM_OSCAL,
    GITB_OVERALL,
    TABLE,
)

SCHEMA = json.loads((Path(conformance.report.__file__).parent / "schemas" / "results.schema.json").read_text("utf-8"))
MACHINE = [name for name in FORMATS if name not in ("html", "pdf", "typst", "docx", "xlsx")]
XML_FORMATS = ("junit", "gitb")
HOSTILE = "<script>]]>&amp;\x1b[31m\x00\u202e\u200b\ud800\ufffe\x0b\"'\r\n=1+1"

RECORDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "laboratory": {"case": LAB_CASE},
    "partial": {"partial": True},
    "open": {"close": False},
    "good": {"good": True, "case": LAB_CASE},
    "hostile": {"hostile": HOSTILE},
}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    folder = tmp_path_factory.mktemp("formats")
    return {name: sample_record(folder / name, 60, **options) for name, options in RECORDS.items()}


@pytest.fixture(scope="module")
def made(records: dict[str, Record], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], bytes]:
    """(record, format) → the bytes of the rendering."""
    folder = tmp_path_factory.mktemp("made")
    return {
        (name, form): export(record, form, folder / name / FORMATS[form].file).read_bytes()
        for name, record in records.items()
        for form in MACHINE
    }


def loaded(made: dict[tuple[str, str], bytes], name: str, form: str) -> Any:
    return json.loads(made[name, form])


@pytest.mark.parametrize("name", RECORDS)
def test_results_fit_their_published_schema(made: dict[tuple[str, str], bytes], name: str) -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
    assert [str(e) for e in validator.iter_errors(loaded(made, name, "json"))] == []


def test_the_schema_refuses_a_self_check_that_does_not_say_so(made: dict[tuple[str, str], bytes]) -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA)
    data = loaded(made, "plain", "json")
    assert not validator.is_valid({**data, "notices": []})
    assert not validator.is_valid({**data, "sealed": True})
    data["clauses"][0]["verdict"] = "OK"
    assert not validator.is_valid(data)


@pytest.mark.parametrize("name", RECORDS)
def test_results_hold_every_clause_and_check_with_its_verdict(
    made: dict[tuple[str, str], bytes], records: dict[str, Record], name: str
) -> None:
    data = loaded(made, name, "json")
    clauses = records[name].clauses()
    assert [(c["key"], c["verdict"]) for c in data["clauses"]] == [(c.key, str(c.outcome.verdict)) for c in clauses]
    told = [(k["key"], k["verdict"]) for c in data["clauses"] for k in c["checks"]]
    assert told == [(k.key, str(k.result.verdict)) for c in clauses for k in c.checks]
    assert data["conclusion"]["overall"] == str(records[name].conclusion().overall)


@pytest.mark.parametrize("form", MACHINE)
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_the_same_record_gives_the_same_bytes(
    made: dict[tuple[str, str], bytes], records: dict[str, Record], tmp_path: Path, form: str, name: str
) -> None:
    again = export(open_record(records[name].path), form, tmp_path / "again")
    assert again.read_bytes() == made[name, form]


@pytest.mark.parametrize("form", MACHINE)
def test_hidden_characters_and_secrets_never_get_out(made: dict[tuple[str, str], bytes], form: str) -> None:
    text = made["hostile", form].decode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202e\ufffe]", text)
    assert "canary-secret-value" not in text
    assert "␛[31m" in text
    if form in XML_FORMATS:
        ET.fromstring(text)


@pytest.mark.parametrize("form", MACHINE)
def test_personal_data_are_masked(tmp_path: Path, form: str) -> None:
    citizen = "11010119900307" + "7774"
    record = sample_record(tmp_path / "r", 30, hostile=f" {citizen} ")
    assert citizen not in export(record, form, tmp_path / "out").read_text("utf-8")
    assert citizen in export(record, "json", tmp_path / "raw", How(mask=lambda t: t)).read_text("utf-8")


@pytest.mark.parametrize("form", [f for f in MACHINE if f != "csv"])
def test_a_self_check_says_in_the_data_what_it_is(made: dict[tuple[str, str], bytes], form: str) -> None:
    notice = "自检报告，不具有证明作用"
    assert notice in made["plain", form].decode()
    assert notice not in made["laboratory", form].decode()
    assert "部分检测，不作总体结论" in made["partial", form].decode()
    assert "检测中断，记录不完整" in made["open", form].decode()


@pytest.mark.parametrize("form", [*MACHINE, "xlsx"])
def test_english_is_told_where_it_is_known_and_called_a_translation_where_there_is_room(
    made: dict[tuple[str, str], bytes], records: dict[str, Record], tmp_path: Path, form: str
) -> None:
    english, chinese = (
        "The condition “revocation” does not hold: revocation=no (declared)",
        "适用条件「revocation」不成立",
    )
    data = export(records["plain"], form, tmp_path / "out", How(lang="en")).read_bytes()
    text = sheet_text(data) if form == "xlsx" else data.decode()
    assert ("unofficial translations" in text) is (form != "csv")
    if form != "in-toto":  # names its tests by their keys
        assert english in text
        assert chinese not in text
    if form in ("json", "ctrf", "in-toto"):
        called_a_translation(form, json.loads(data))
    if form != "xlsx":
        said = made["plain", form].decode()
        assert english not in said
        assert "translation" not in said


def sheet_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return html.unescape("".join(book.read(n).decode() for n in book.namelist()))


def called_a_translation(form: str, data: dict[str, Any]) -> None:
    """What a translation is called stands where a program finds it."""
    if form == "json":
        assert jsonschema_rs.Draft202012Validator(SCHEMA).is_valid(data)
        assert data["lang"] == "en"
        said = data["translation"]
    else:
        said = data["results"]["extra"] if form == "ctrf" else data["subject"][0]["annotations"]
        said = said["translation"]
    assert re.search(r"which stay Chinese: \d+", said)


# Every format tells every test, in the words of one table -----------------------------------------------------


def expected_codes(record: Record) -> list[str]:
    """The word of every check, and of every clause without one; notes are no tests."""
    codes = []
    for c in record.clauses():
        codes += [clause_word(c.clause.provision, k.result.verdict) for k in c.checks]
        codes += [] if c.checks else [clause_word(c.clause.provision, c.outcome.verdict)]
    return [c for c in codes if c != "note"]


def test_the_table_has_every_word_of_a_verdict() -> None:
    assert set(TABLE) == {clause_word(p, v) for p in Provision for v in Verdict}
    assert set(TABLE) <= set(WORDS)
    assert set(GITB_OVERALL) == set(Overall)
    for verdict in Verdict:  # there and back, on a requirement; a tool error is cantTell, which is as far as EARL goes
        word = TABLE[clause_word(Provision.REQUIREMENT, verdict)]
        back = Verdict.INCONCLUSIVE if verdict is Verdict.ERROR else verdict
        assert FROM_EARL[word.earl] is back
        assert FROM_CTRF[word.ctrf] is back
        if verdict not in (
            Verdict.NOT_APPLICABLE,
            Verdict.NOT_TESTED,
        ):  # OSCAL leaves them out, GITB and JUnit blur them
            assert FROM_OSCAL[word.oscal] is back
            assert FROM_GITB[word.gitb] is back
            assert FROM_JUNIT[word.junit] is back
    requirement = {TABLE[clause_word(Provision.REQUIREMENT, v)] for v in Verdict}
    for back_table, forth in (
        (FROM_EARL, {w.earl for w in requirement}),
        (FROM_CTRF, {w.ctrf for w in requirement}),
        (FROM_OSCAL, {w.oscal for w in requirement if w.oscal[0] != "exclude"}),
        (FROM_GITB, {w.gitb for w in requirement}),
        (FROM_JUNIT, {w.junit for w in requirement}),
    ):  # every word we write on a requirement leads back, none that we never write, and nothing but a pass to a pass
        assert set(back_table) == forth
        assert [w for w, v in back_table.items() if v is Verdict.PASS] == [next(iter(back_table))]
    for code, words in TABLE.items():
        if code not in ("pass", "adopted", "implemented", "carried-out"):
            told = (words.ctrf, words.earl, words.intoto, words.gitb, words.oscal[0])
            assert not {"passed", "passedTests", "SUCCESS", "satisfied"} & set(told), code


@pytest.mark.parametrize("name", RECORDS)
def test_junit_counts_what_it_holds(made: dict[tuple[str, str], bytes], records: dict[str, Record], name: str) -> None:
    root = ET.fromstring(made[name, "junit"])
    cases = root.findall(".//testcase")
    found = [next((e.tag for e in c if e.tag != "properties"), "") for c in cases]
    assert found == [TABLE[c].junit for c in expected_codes(records[name])]
    for suite in root:
        tally = Counter(e.tag for c in suite.findall("testcase") for e in c)
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.attrib[attribute]) == tally[tag]
    names = {p.attrib["name"] for p in root.iter("property")}
    assert {"clause.id", "clause.provision", "clause.standard", "clause.verdict"} <= names


@pytest.mark.parametrize("name", RECORDS)
def test_ctrf_counts_what_it_holds(made: dict[tuple[str, str], bytes], records: dict[str, Record], name: str) -> None:
    results = loaded(made, name, "ctrf")["results"]
    assert [t["status"] for t in results["tests"]] == [TABLE[c].ctrf for c in expected_codes(records[name])]
    tally = Counter(t["status"] for t in results["tests"])
    assert {k: results["summary"][k] for k in FROM_CTRF} == {k: tally[k] for k in FROM_CTRF}
    assert results["summary"]["tests"] == len(results["tests"])
    assert len({t["id"] for t in results["tests"]}) == len(results["tests"])


@pytest.mark.parametrize("name", RECORDS)
def test_earl_has_one_assertion_a_test_with_one_of_each(
    made: dict[tuple[str, str], bytes], records: dict[str, Record], name: str
) -> None:
    graph = loaded(made, name, "earl")["@graph"]
    assertions = [n for n in graph if n["@type"] == "Assertion"]
    outcomes = [a["result"]["outcome"] for a in assertions]
    assert outcomes == [f"earl:{TABLE[c].earl}" for c in expected_codes(records[name])]
    ids = [n["@id"] for n in graph]
    assert len(ids) == len(set(ids))
    for a in assertions:
        assert {a["assertedBy"], a["subject"], a["test"]} <= set(ids)
        assert a["mode"] in ("earl:automatic", "earl:manual")


@pytest.mark.parametrize("name", RECORDS)
def test_oscal_finds_on_requirements_alone_and_excludes_with_a_reason(
    made: dict[tuple[str, str], bytes], records: dict[str, Record], name: str
) -> None:
    results = loaded(made, name, "oscal")["assessment-results"]
    (result,) = results["results"]
    (selection,) = result["reviewed-controls"]["control-selections"]
    included = {c["control-id"] for c in selection.get("include-controls", ())}
    excluded = {c["control-id"] for c in selection.get("exclude-controls", ())}
    clauses = records[name].clauses()
    assert included | excluded == {token(c.key) for c in clauses}
    assert not included & excluded
    findings = {f["target"]["target-id"]: f["target"]["status"] for f in result.get("findings", ())}
    tested = [c for c in clauses if TABLE[clause_word(c.clause.provision, c.outcome.verdict)].oscal[0] != "exclude"]
    required = [c for c in tested if c.clause.provision is Provision.REQUIREMENT]
    assert set(findings) == {token(f"{c.key}_smt") for c in required}
    for c in required:
        state = "satisfied" if c.outcome.verdict is Verdict.PASS else "not-satisfied"
        assert findings[token(f"{c.key}_smt")]["state"] == state
    observed = {o["uuid"] for o in result.get("observations", ())}
    assert {o["observation-uuid"] for f in result["findings"] for o in f["related-observations"]} <= observed
    uuids = re.findall(r'"uuid": "([^"]+)"', made[name, "oscal"].decode())
    assert len(uuids) == len(set(uuids))


@pytest.mark.parametrize(
    ("name", "result"), [("good", "PASSED"), ("plain", "FAILED"), ("partial", "FAILED"), ("hostile", "FAILED")]
)
def test_in_toto_is_no_better_than_the_conclusion(
    made: dict[tuple[str, str], bytes], records: dict[str, Record], name: str, result: str
) -> None:
    statement = loaded(made, name, "in-toto")
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    predicate = statement["predicate"]
    # Members of the predicate are those of test_result.proto, and no other.
    assert set(predicate) == {"result", "configuration", "passedTests", "warnedTests", "failedTests"}
    assert predicate["result"] == result
    described = statement["subject"] + predicate["configuration"]
    assert all(re.fullmatch("[0-9a-f]{64}", v) for s in described for v in s["digest"].values())
    named = predicate["passedTests"] + predicate["warnedTests"] + predicate["failedTests"]
    assert len(named) == len(set(named))
    passed = {k for k, r in records[name].results.items() if r.verdict is Verdict.PASS}
    assert set(predicate["passedTests"]) == passed


def test_in_toto_names_the_sample_by_the_digest_of_the_commission(tmp_path: Path) -> None:
    given = {"sha256": "ab" * 32}
    record = sample_record(tmp_path / "r", 10, case={**LAB_CASE, "sample": {"digest": given}})
    statement = json.loads(export(record, "in-toto", tmp_path / "out").read_bytes())
    assert statement["subject"][0]["digest"] == given


@pytest.mark.parametrize("name", RECORDS)
def test_gitb_counts_and_status_follow_the_requirements(
    made: dict[tuple[str, str], bytes], records: dict[str, Record], name: str
) -> None:
    root = ET.fromstring(made[name, "gitb"])
    ns = {"t": "http://www.gitb.com/tr/v1/"}
    assert root.tag == "{http://www.gitb.com/tr/v1/}ConformanceStatementReport"
    cases = root.findall(".//t:testCase", ns)
    results = [c.findtext("t:result", "", ns) for c in cases]
    assert results == [TABLE[c].gitb for c in expected_codes(records[name])]
    counts = {e.tag.partition("}")[2]: e.text for e in root.findall(".//t:summary/*", ns)}
    assert counts["status"] == GITB_OVERALL[records[name].conclusion().overall]
    assert sum(int(v or 0) for k, v in counts.items() if k != "status") == len(cases)
    failed = [c for c, r in zip(cases, results, strict=True) if r == "FAILURE" and c.attrib["optional"] == "false"]
    assert int(counts["failed"] or 0) == len(failed)


# The clause table ---------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_check_and_every_clause_without_one(
    made: dict[tuple[str, str], bytes], records: dict[str, Record]
) -> None:
    data = made["plain", "csv"]
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert all(len(r) == len(head) for r in rows)
    keys = [k.key for c in records["plain"].clauses() for k in c.checks or (c,)]
    assert [r[head.index("标识")] for r in rows] == keys
    assert {r[head.index("行")] for r in rows} <= {"检测项", "条款"}


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "  =", "\r\n=", "＝", "＠"])
def test_no_cell_begins_a_formula(tmp_path: Path, begin: str) -> None:
    assert harmless(f"{begin}cmd|' /C calc'!A0").startswith("'")
    assert harmless("5.1 条款=值") == "5.1 条款=值"
    profile = write_record(tmp_path / "r", 30, case={})
    assert profile.parts
    record = sample_record(tmp_path / "s", 30, hostile="")
    object.__setattr__(record.profile.parts[0].clauses[0], "title", f"{begin}1+1")
    text = export(record, "csv", tmp_path / "out.csv").read_text("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.lstrip()[:1] in "=+-@＝＋－＠" for cell in row if cell)


# Names, places and the command --------------------------------------------------------------------------------


def test_names_are_stable_and_well_formed() -> None:
    assert uuid("a", "b") == uuid("a", "b") != uuid("ab")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", uuid("x"))
    assert token("gbt-36904-2018/5.2") == "gbt-36904-2018_5.2"
    assert token("5.2 条款") == "_5.2_条款"


def test_where_a_rendering_goes_when_nobody_says(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r.zip").write_bytes(b"")
    assert beside(tmp_path / "r", "html") == tmp_path / "r" / "report.html"
    assert beside(tmp_path / "r", "ctrf") == tmp_path / "r" / "ctrf.json"
    assert beside(tmp_path / "r.zip", "html") == tmp_path / "r.html"
    assert beside(tmp_path / "r.zip", "ctrf") == tmp_path / "r-ctrf.json"


def test_the_command_writes_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_record(tmp_path / "r", 12)
    for name in ("html", *MACHINE):
        assert cli.main(["report", str(tmp_path / "r"), "--format", name]) == 0
        path = tmp_path / "r" / FORMATS[name].file
        assert capsys.readouterr().out.strip() == str(path)
        assert path.stat().st_size
    assert tuple(FORMATS) == cli._FORMATS


def test_unknown_formats_and_unwritable_places_are_clear_errors(tmp_path: Path) -> None:
    record = sample_record(tmp_path / "r", 6)
    with pytest.raises(UsageError, match="U611"):
        export(record, "odt", tmp_path / "x")
    with pytest.raises(RecordError, match="R111"):
        export(record, "json", tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="R111"):
        export(record, "json", tmp_path / "file" / "x.json")


def test_the_reference_page_tells_every_format_and_where_it_goes() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "report-formats.md").read_text("utf-8")
    for form in FORMATS.values():
        assert f"| `{form.name}` | `{form.file}` |" in page

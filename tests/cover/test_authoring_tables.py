"""Profile → table → profile loses nothing, in every format; and no cell is a formula to who opens it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kit_official import misfits

from conformance import cli
from conformance.authoring.draft import draft
from conformance.authoring.emit import emit
from conformance.authoring.formats import FORMS, show
from conformance.authoring.output import write
from conformance.authoring.rows import grid
from conformance.authoring.table import guarded, unguarded
from conformance.errors import ConformanceError, ProfileError
from conformance.model.profile import Clause, Profile, Standard
from conformance.model.verdict import Grade, Provision
from conformance.profile import available, load
from conformance.profile.resolve import Resolver
from conformance.profile.yamlread import read_yaml

TABLES = ("csv", "xlsx", "reqif")
OWN = [e for e in available() if "clauses" in Resolver().file(e.path).raw and not load(str(e.path)).tailoring]

# Every character that a profile may hold but U+0085, which the CSV and DOCX of this world treat as a line end.
CHARS = st.characters(
    codec="utf-8",
    exclude_categories=("Cs", "Cc"),
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u00a0\ufffe\uffff",
)
WORDS = st.one_of(st.text(CHARS, min_size=1, max_size=40), st.sampled_from(["=1+1", "'=x", "''@a", "+86", "-", "＝甲", "1e3", "0x1F", "null", "一\n二", "a\tb", "# x", "- y", "x: y", "'", '"'])).map(str.strip).filter(bool)  # fmt: skip
NAMES = st.from_regex(r"[0-9A-Z]{1,3}(\.[0-9]{1,2}){0,3}", fullmatch=True)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """A profile that a draft could be: text in every field that a table has."""
    clauses = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        marks = draw(
            st.dictionaries(
                st.sampled_from(["title", "provision", "grade"]), WORDS.filter(lambda t: "\n" not in t), max_size=2
            )
        )
        kept = draw(st.dictionaries(st.sampled_from(["责任部门", "=公式列"]), WORDS, max_size=2))
        about = {"guesses": marks, "from": draw(st.just("t.xlsx!A!12")), "columns": kept}
        clauses.append(
            Clause(
                id=name, title=draw(WORDS), provision=draw(st.sampled_from(Provision)), text=draw(WORDS),
                grade=draw(st.sampled_from(Grade)), sources=(), checks=(), numbered=draw(st.booleans()),
                location=draw(st.one_of(st.just(""), WORDS)), level_inferred=draw(st.booleans()),
                when=draw(st.sampled_from([None, "query", {"not": "query"}])), reason=draw(st.one_of(st.just(""), WORDS)),
                note=draw(st.one_of(st.just(""), WORDS)), draft={k: v for k, v in about.items() if v},
            )
        )  # fmt: skip
    return Profile("gbt-1", "0.1", {"zh": "例"}, Standard("GB/T 1", {"zh": "例"}), tuple(clauses), digest="sha256:0")


@pytest.mark.parametrize("form", TABLES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=profiles())
def test_a_table_read_again_gives_the_same_clauses(tmp_path: Path, form: str, made: Profile) -> None:
    table = show(made, form, tmp_path / f"t.{form}")
    raw = draft(table, number="GB/T 1", title="例").raw
    again = read_yaml(emit(raw).encode(), "x")
    assert again == raw
    for clause, back in zip(made.clauses, again["clauses"], strict=True):
        assert back["clause" if clause.numbered else "ref"] == clause.id
        assert (back["title"], back["text"], back["grade"]) == (clause.title, clause.text, clause.grade)
        assert back["provision"] == clause.provision
        assert back.get("when") == clause.when
        assert (back.get("note", ""), back.get("untested", "")) == (clause.note, clause.reason)
        assert (back.get("location", ""), back.get("level_inferred", False)) == (clause.location, clause.level_inferred)
        assert back.get("draft", {}) == clause.draft


def _comes_back(folder: Path, form: str, entries: list[Any]) -> None:
    for entry in entries:
        table = show(load(str(entry.path)), form, folder / f"{entry.id}.{form}")
        assert draft(table, base=str(entry.path)).raw == Resolver().file(entry.path).raw, entry.id


# One of each family: calls and steps, documents, manual checks, applicability, procedures.
SOME = ("gbt-36904-2018", "gbt-36903-2018", "gbt-38540-2020", "ipv6-api")


@pytest.mark.parametrize("form", TABLES)
def test_a_shipped_profile_comes_back_whole(tmp_path: Path, form: str) -> None:
    entries = [e for e in OWN if e.id in SOME]
    assert len(entries) == len(SOME)
    _comes_back(tmp_path, form, entries)


@pytest.mark.slow
@pytest.mark.parametrize("form", TABLES)
def test_every_shipped_profile_comes_back_whole(tmp_path: Path, form: str) -> None:
    assert len(OWN) > 20
    _comes_back(tmp_path, form, OWN)


def test_a_shipped_profile_written_again_has_its_digest(tmp_path: Path) -> None:
    entry = next(e for e in OWN if e.id == "gbt-36904-2018")
    profile = load(str(entry.path))
    table = show(profile, "xlsx", tmp_path / "t.xlsx")
    path = write(draft(table, base=str(entry.path)), tmp_path / "gbt-36904-2018.yaml", table)
    (tmp_path / "elicense-base.yaml").write_bytes((entry.path.parent / "elicense-base.yaml").read_bytes())
    assert load(path, cache=False).digest == profile.digest


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("'=+-@＝ a\n\t"), max_size=6))
def test_guarding_against_formulas_can_be_undone(text: str) -> None:
    safe = guarded(text)
    assert unguarded(safe) == text
    assert safe.lstrip()[:1] not in tuple("=+-@＝＋－＠")


def test_no_cell_is_a_formula_to_who_opens_it(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    evil = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "＝1")
    clauses = tuple(
        Clause(f"5.{n}", "t", Provision.REQUIREMENT, f"应{n}", Grade.C, (), (), note=text.strip() and text)
        for n, text in enumerate(evil, 1)
    )
    made = Profile("p", "1", {"zh": "例"}, Standard("GB/T 1", {"zh": "例"}), clauses, digest="sha256:0")
    book = load_workbook(show(made, "xlsx", tmp_path / "t.xlsx"))
    assert {c.data_type for row in book["条款表"].iter_rows() for c in row} <= {"s", "n"}
    assert all(c.value is None or c.data_type == "s" for row in book["条款表"].iter_rows() for c in row)
    lines = csv.reader(io.StringIO(show(made, "csv", tmp_path / "t.csv").read_text("utf-8-sig"), newline=""))
    for line in lines:
        assert not any(cell.lstrip()[:1] in tuple("=+-@＝＋－＠") and cell for cell in line)


def test_equal_profiles_give_equal_bytes(tmp_path: Path) -> None:
    profile = load("gbt-36904-2018")
    for form in (*TABLES, "oscal-catalog"):
        once, twice = (show(profile, form, tmp_path / f"{n}.{form}").read_bytes() for n in (1, 2))
        assert once == twice, form


def test_what_no_cell_holds_is_refused_and_not_cut(tmp_path: Path) -> None:
    clause = Clause("5.1", "t", Provision.REQUIREMENT, "应" * 40_000, Grade.C, (), ())
    made = Profile("p", "1", {"zh": "例"}, Standard("GB/T 1", {"zh": "例"}), (clause,), digest="sha256:0")
    with pytest.raises(ProfileError) as refused:
        show(made, "csv", tmp_path / "t.csv")
    assert refused.value.code == "P610"
    assert not (tmp_path / "t.csv").exists()


def test_a_bundle_has_one_table_and_does_not_come_back_as_one(tmp_path: Path) -> None:
    bundle = load("elicense")
    table = show(bundle, "csv", tmp_path / "t.csv")
    parts = {row[grid(bundle).fields.index("profile")] for row in grid(bundle).rows}
    assert parts == {p.id for p in bundle.standards() if p.clauses}
    with pytest.raises(ProfileError, match="几个测试规范的条款"):
        draft(table, number="GB/T 1", title="例")
    with pytest.raises(ProfileError, match="--base 是 gbt-36903-2018"):
        draft(show(load("gbt-36904-2018"), "csv", tmp_path / "t.csv"), base="gbt-36903-2018")
    with pytest.raises(ConformanceError, match="没有自己的条款"):
        draft(table, base="elicense")


def test_the_command_names_the_file_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ("text", *FORMS) == cli._FORMS
    for form in (*TABLES, "oscal-catalog"):
        assert cli.main(["show", "gbt-36904-2018", "--format", form]) == 0
        assert capsys.readouterr().out.strip() == f"gbt-36904-2018{FORMS[form].end}"
    assert cli.main(["show", "gbt-36904-2018", "--format", "csv", "--clause", "EL-ID-10"]) == 2
    assert "U627" in capsys.readouterr().err
    assert cli.main(["show", "elicense-base", "--format", "csv"]) == 2
    assert "U628" in capsys.readouterr().err


# OSCAL and ReqIF -------------------------------------------------------------------------------------------


def test_the_catalog_names_what_the_results_name(tmp_path: Path) -> None:
    """A finding of the assessment-results export points at a control and a statement that the catalog has."""
    from report_samples import sample_profile, sample_record

    from conformance.record.reading import open_record
    from conformance.report.formats import export

    path = sample_record(tmp_path / "record", 60).path
    with open_record(path) as record:
        results = json.loads(export(record, "oscal", tmp_path / "ar.json").read_bytes())["assessment-results"]
        catalog = json.loads(show(record.profile, "oscal-catalog", tmp_path / "c.json").read_bytes())["catalog"]
    controls = {c["id"]: c for g in catalog["groups"] for c in g["controls"]}
    statements = {p["id"] for c in controls.values() for p in c["parts"]}
    assert len(controls) == len([c for p in sample_profile(60).standards() for c in p.clauses])
    (result,) = results["results"]
    selection = result["reviewed-controls"]["control-selections"][0]
    named = {c["control-id"] for k in ("include-controls", "exclude-controls") for c in selection.get(k, ())}
    assert named == set(controls)
    assert {f["target"]["target-id"] for f in result["findings"]} <= statements
    kinds = {p["name"] for c in controls.values() for p in c["parts"]}
    assert kinds == {"statement", "guidance", "assessment-method"}


@pytest.mark.parametrize("name", ["gbt-36904-2018", "elicense", "gbt-38540-2020", "ipv6"])
def test_the_catalog_fits_the_official_schema(tmp_path: Path, name: str) -> None:
    made = json.loads(show(load(name), "oscal-catalog", tmp_path / "c.json").read_bytes())
    assert misfits("oscal_catalog_schema.json", made) == []
    del made["catalog"]["groups"][0]["title"]
    assert misfits("oscal_catalog_schema.json", made)


@pytest.fixture(scope="module")
def reqif_schema() -> Any:
    """The schema of the OMG, from the package that carries it; its imports lead to files beside it and nowhere else."""
    import reqif
    import xmlschema

    place = Path(reqif.__file__).parent / "reqif_schema" / "reqif.xsd"
    return xmlschema.XMLSchema(str(place), allow="local")


@pytest.mark.parametrize("name", ["gbt-36904-2018", "elicense"])
def test_reqif_fits_the_official_schema_and_another_reader(tmp_path: Path, name: str, reqif_schema: Any) -> None:
    from lxml import etree
    from reqif.parser import ReqIFParser

    profile = load(name)
    path = show(profile, "reqif", tmp_path / "t.reqif")
    assert [str(e)[:300] for e in reqif_schema.iter_errors(str(path))] == []
    bundle = ReqIFParser.parse(str(path))
    objects = bundle.core_content.req_if_content.spec_objects
    assert len(objects) == sum(len(p.clauses) for p in profile.standards())
    specifications = bundle.core_content.req_if_content.specifications
    assert [s.long_name for s in specifications] == [p.standard.number for p in profile.standards() if p.standard]
    root = etree.parse(path).getroot()
    del root[0]
    assert not reqif_schema.is_valid(root)


def test_reqif_of_other_tools_is_read(tmp_path: Path) -> None:
    """XHTML text, attribute names of the ReqIF implementation guide, an object outside the tree."""
    ns = "http://www.omg.org/spec/ReqIF/20110401/reqif.xsd"

    def value(name: str, text: str) -> str:
        return (
            f'<ATTRIBUTE-VALUE-XHTML><THE-VALUE><div xmlns="http://www.w3.org/1999/xhtml">{text}</div></THE-VALUE>'
            f"<DEFINITION><ATTRIBUTE-DEFINITION-XHTML-REF>{name}</ATTRIBUTE-DEFINITION-XHTML-REF></DEFINITION></ATTRIBUTE-VALUE-XHTML>"
        )

    def thing(key: str, number: str, text: str) -> str:
        return f'<SPEC-OBJECT IDENTIFIER="{key}"><VALUES>{value("a", number)}{value("b", text)}</VALUES></SPEC-OBJECT>'

    body = (
        f'<?xml version="1.0"?><REQ-IF xmlns="{ns}"><CORE-CONTENT><REQ-IF-CONTENT><SPEC-TYPES><SPEC-OBJECT-TYPE><SPEC-ATTRIBUTES>'
        '<ATTRIBUTE-DEFINITION-XHTML IDENTIFIER="a" LONG-NAME="ReqIF.ForeignID"/><ATTRIBUTE-DEFINITION-XHTML IDENTIFIER="b" LONG-NAME="ReqIF.Text"/>'
        "</SPEC-ATTRIBUTES></SPEC-OBJECT-TYPE></SPEC-TYPES><SPEC-OBJECTS>"
        f"{thing('o1', 'R-2', '系统&lt;b&gt;<b>应</b>甲。')}{thing('o2', 'R-1', '系统宜乙。')}{thing('o3', 'R-3', '可丙。')}</SPEC-OBJECTS>"
        '<SPECIFICATIONS><SPECIFICATION LONG-NAME="需求"><CHILDREN><SPEC-HIERARCHY><OBJECT><SPEC-OBJECT-REF>o2</SPEC-OBJECT-REF></OBJECT></SPEC-HIERARCHY>'
        "<SPEC-HIERARCHY><OBJECT><SPEC-OBJECT-REF>o1</SPEC-OBJECT-REF></OBJECT></SPEC-HIERARCHY></CHILDREN></SPECIFICATION></SPECIFICATIONS>"
        "</REQ-IF-CONTENT></CORE-CONTENT></REQ-IF>"
    )
    path = tmp_path / "t.reqif"
    path.write_text(body, "utf-8")
    found = draft(path, number="GB/T 1", title="例")
    assert [(c["ref"], c["text"], c["provision"]) for c in found.clauses] == [
        ("R-1", "系统宜乙。", "recommendation"), ("R-2", "系统<b>应甲。", "requirement"), ("R-3", "可丙。", "permission"),
    ]  # fmt: skip
    assert [lay.sheet.name for lay in found.layouts] == ["需求", "不在任何规范里的条款"]


def test_a_draft_carries_its_marks_into_the_profile_and_not_into_others() -> None:
    clean = Clause("5.1", "t", Provision.REQUIREMENT, "应", Grade.C, (), ())
    marked = replace(clean, draft={"guesses": {"grade": "x"}})
    assert (dict(clean.guesses), dict(marked.guesses)) == ({}, {"grade": "x"})

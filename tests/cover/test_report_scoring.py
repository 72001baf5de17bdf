"""评分 in every rendering: the vetoes, the deductions and the arithmetic of the page, said identically."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

_TESTS = Path(__file__).resolve().parents[1]
for _folder in (_TESTS, _TESTS / "cover"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

from kit_official import misfits  # noqa: E402 - the path had to be made first
from report_samples import sample_record  # noqa: E402
from test_report_formats import SCHEMA  # noqa: E402

from conformance.model.profile import Parameter  # noqa: E402
from conformance.model.verdict import Verdict  # noqa: E402
from conformance.record.reading import Record  # noqa: E402
from conformance.report.formats import export  # noqa: E402
from conformance.report.shape import ScoringView  # noqa: E402
from conformance.report.view import build_view  # noqa: E402

NUMBERS: dict[str, tuple[str, Any]] = {
    "score_full": ("number", 100),
    "score_fail_below": ("number", 60),
    "score_bonus_above": ("number", 80),
    "score_bonus_most": ("number", 30),
}


def scored(record: Record, points: Mapping[str, str]) -> Record:
    """The record, of a profile whose first part is scored: one veto that passed, and `points` for clauses that failed."""
    first = record.profile.parts[0]
    vetoes = [
        next(c.clause.id for c in record.clauses() if c.outcome.verdict is Verdict.PASS and c.profile.id == first.id)
    ]
    decision = {
        "scoring": {
            **{n.removeprefix("score_"): n for n in NUMBERS},
            **{n: f"score_{n}" for n in ("bonus", "points", "caps")},
            "vetoes": vetoes,
            "items": {clause: f"指标 {n} =1+1" for n, clause in enumerate(points, 1)},
        }
    }
    numbers = {**NUMBERS, "score_points": ("list", [f"{c}={p}" for c, p in points.items() if p])}
    parameters = tuple(Parameter(n, kind, default=value) for n, (kind, value) in numbers.items())
    part = replace(first, decision=decision, parameters=parameters)
    record.profile = replace(record.profile, parts=(part, *record.profile.parts[1:]))
    return record


def failed(record: Record) -> list[str]:
    first = record.profile.parts[0].id
    return [c.clause.id for c in record.clauses() if c.outcome.verdict is Verdict.FAIL and c.profile.id == first]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    made = sample_record(tmp_path_factory.mktemp("scored") / "r", 60)
    one, two, *_ = failed(made)
    return scored(made, {one: "5", two: "2.5"})


@pytest.fixture(scope="module")
def view(record: Record) -> ScoringView:
    found = build_view(record).scoring
    assert found is not None
    assert "100 − 5 − 2.5 = 92.5" in found.said[0]
    return found


def told(view: ScoringView) -> list[str]:
    """What each rendering has to say."""
    return [*view.said, *(cell for t in (view.vetoes, view.deductions) for row in t.rows for cell in row), view.word]


def squeezed(text: str) -> str:
    """Without blanks and places to break: on paper a line may end anywhere."""
    return re.sub("[\\s\u200b]", "", text)


def test_the_results_have_the_score_and_fit_the_schema(record: Record, view: ScoringView, tmp_path: Path) -> None:
    data = json.loads(export(record, "json", tmp_path / "r.json").read_bytes())
    assert list(jsonschema_rs.Draft202012Validator(SCHEMA).iter_errors(data)) == []
    found = data["scoring"]
    assert (found["outcome"], found["least"], found["most"], found["fail_below"]) == ("qualified", "92.5", "92.5", "60")
    assert found["said"] == list(view.said)
    assert [tuple(row.values()) for row in found["deductions"]] == list(view.deductions.rows)
    assert [tuple(row.values()) for row in found["vetoes"]] == list(view.vetoes.rows)


def test_an_open_score_is_a_range(tmp_path: Path) -> None:
    made = sample_record(tmp_path / "r", 60)
    one, two, *_ = failed(made)
    data = json.loads(export(scored(made, {one: "5", two: ""}), "json", tmp_path / "r.json").read_bytes())
    assert (data["scoring"]["outcome"], data["scoring"]["least"], data["scoring"]["most"]) == ("open", "0", "95")


def test_a_record_that_does_not_score_says_null(tmp_path: Path) -> None:
    data = json.loads(export(sample_record(tmp_path / "r", 4), "json", tmp_path / "r.json").read_bytes())
    assert data["scoring"] is None


def test_the_csv_has_a_row_for_every_deduction(record: Record, view: ScoringView, tmp_path: Path) -> None:
    text = export(record, "csv", tmp_path / "r.csv").read_text("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text, newline="")) if "scoring" in row.values()]
    assert [row["行"] for row in rows] == ["单项否决", "扣分", "扣分", "评分"]
    assert "\n".join(view.said) in rows[-1].values()
    assert "2.5" in rows[2].values()


def test_ctrf_and_in_toto_carry_it(record: Record, view: ScoringView, tmp_path: Path) -> None:
    ctrf = json.loads(export(record, "ctrf", tmp_path / "c.json").read_bytes())
    assert misfits("ctrf.schema.json", ctrf) == []
    assert ctrf["results"]["extra"]["scoring"]["said"] == list(view.said)
    statement = json.loads(export(record, "in-toto", tmp_path / "i.json").read_bytes())
    assert statement["subject"][0]["annotations"]["scoring"]["said"] == list(view.said)


def test_the_workbook_has_a_sheet_of_it(record: Record, view: ScoringView, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(export(record, "xlsx", tmp_path / "r.xlsx"))["评分"]
    cells = [c.value for row in sheet.iter_rows() for c in row if c.value]
    assert set(told(view)) <= {str(c).removeprefix("'") for c in cells}
    assert {c.data_type for row in sheet.iter_rows() for c in row if c.value} == {"s"}


def test_word_says_the_same(record: Record, view: ScoringView, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    pytest.importorskip("docxtpl")
    document = docx.Document(str(export(record, "docx", tmp_path / "r.docx")))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    text = squeezed("".join([*(p.text for p in document.paragraphs), *cells]))
    assert [t for t in told(view) if squeezed(t) not in text] == []


@pytest.mark.parametrize("form", [pytest.param("pdf", marks=pytest.mark.slow), "typst"])
def test_both_kinds_of_paper_say_the_same(record: Record, view: ScoringView, tmp_path: Path, form: str) -> None:
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip({"pdf": "weasyprint", "typst": "typst"}[form], exc_type=ImportError)
    pages = pypdf.PdfReader(export(record, form, tmp_path / "r.pdf")).pages
    text = squeezed("".join(page.extract_text() for page in pages))
    assert [t for t in told(view) if squeezed(t) not in text] == []

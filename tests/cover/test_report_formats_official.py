"""Machine-readable results against the official schemas, where a developer keeps them: they are no part of the project."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, sample_record

from conformance.report.formats import FORMATS, export

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "samples" / "schemas"
if not OFFICIAL.is_dir():  # nothing that could be installed: the module is not there at all
    pytest.skip("the official schemas are not beside the checkout", allow_module_level=True)

RECORDS: dict[str, dict[str, Any]] = {
    "self": {},
    "laboratory": {"case": LAB_CASE},
    "partial": {"partial": True},
    "open": {"close": False},
    "good": {"good": True, "case": LAB_CASE},
    "hostile": {"hostile": "<script>]]>&amp;\x1b[31m\x00\u202e\ud800\ufffe\r\n=1+1  "},
}


@pytest.fixture(scope="module", params=RECORDS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("official")
    record = sample_record(folder / "record", 60, **RECORDS[request.param])
    return {f: export(record, f, folder / FORMATS[f].file).read_bytes() for f in ("ctrf", "oscal", "gitb")}


@pytest.mark.parametrize(
    ("form", "schema"), [("ctrf", "ctrf.schema.json"), ("oscal", "oscal_assessment-results_schema.json")]
)
def test_json_fits_the_official_schema(made: dict[str, bytes], form: str, schema: str) -> None:
    # The schema of OSCAL uses \\p{L}, which this validator knows and the `re` module does not.
    validator = jsonschema_rs.validator_for(json.loads((OFFICIAL / schema).read_text("utf-8")))
    errors = [f"{e.instance_path} {e.message}"[:300] for e in validator.iter_errors(json.loads(made[form]))]
    assert errors == []


def test_gitb_fits_the_official_schema(made: dict[str, bytes]) -> None:
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(OFFICIAL / "gitb_tr.xsd"))
    schema.assertValid(etree.fromstring(made["gitb"]))

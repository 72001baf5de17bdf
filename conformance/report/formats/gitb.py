"""GITB ConformanceStatementReport (gitb_tr.xsd): one statement on one system, a test suite a standard.

Recommendations and permissions are optional test cases, what does not apply is a disabled one; both are counted as
ignored, so the status rests on requirements as the conclusion does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from conformance.model.verdict import Overall
from conformance.record.reading import Record
from conformance.report.formats.data import document, listed, said_of
from conformance.report.formats.each import Test, each_test
from conformance.report.formats.verdicts import GITB_OVERALL
from conformance.report.formats.xml import encode
from conformance.report.how import How

TR, CORE = "http://www.gitb.com/tr/v1/", "http://www.gitb.com/core/v1/"
_COUNTED = {"SUCCESS": "succeeded", "WARNING": "succeeded", "FAILURE": "failed", "UNDEFINED": "incomplete"}


def render(record: Record, how: How) -> bytes:
    ET.register_namespace("tr", TR)
    ET.register_namespace("gitb", CORE)
    data = document(record, how)
    root = ET.Element(f"{{{TR}}}ConformanceStatementReport")
    _text(_sub(root, "metadata"), "reportTime", data["ended"])
    statement = _sub(root, "statement")
    statement.set("id", data["run"])
    _definition(statement, data)
    suites: dict[str, list[Test]] = {p["id"]: [] for p in data["profile"]["parts"]}
    for test in each_test(data):
        suites[test.clause["profile"]].append(test)
    _summary(statement, data, [t for members in suites.values() for t in members])
    _text(statement, "lastUpdate", data["ended"])
    overview = _sub(statement, "testOverview")
    for part in data["profile"]["parts"]:
        _suite(overview, part, suites[part["id"]])
    return encode(root)


def _definition(statement: ET.Element, data: Mapping[str, Any]) -> None:
    definition = _sub(statement, "definition")
    system, profile = data["system"], data["profile"]
    party = _sub(definition, "party")
    _text(_sub(party, "organisation"), "name", system["vendor"] or "—")
    about = _sub(party, "system")
    _text(about, "name", system["name"] or data["target"]["id"])
    if system["version"]:
        _text(about, "version", system["version"])
    _text(about, "description", said_of(data, data["title"], *data["notices"]))
    for name in ("domain", "specification", "actor"):
        element = _sub(definition, name)
        _text(element, "name", profile["id"] if name == "actor" else profile["title"] or profile["id"])
        if name == "specification":
            _text(element, "description", listed(data, *(p["standard"] for p in profile["parts"] if p["standard"])))


def _summary(statement: ET.Element, data: Mapping[str, Any], members: list[Test]) -> None:
    tally: Counter[str] = Counter()
    for test in members:
        tally[_COUNTED[test.words.gitb] + ("Ignored" if _optional(test) or _disabled(test) else "")] += 1
    summary = _sub(statement, "summary")
    _text(summary, "status", GITB_OVERALL[Overall(data["conclusion"]["overall"])])
    for ignored in ("", "Ignored"):
        for name in ("succeeded", "failed", "incomplete"):
            _text(summary, name + ignored, str(tally[name + ignored]))


def _suite(overview: ET.Element, part: Mapping[str, Any], members: list[Test]) -> None:
    suite = _sub(overview, "testSuite")
    _metadata(suite, f"{part['standard']} {part['title']}".strip() or part["id"], part["edition"], "")
    _text(suite, "result", _suite_result(members))
    cases = _sub(suite, "testCases") if members else suite
    for test in members:
        case = _sub(cases, "testCase")
        case.set("optional", "true" if _optional(test) else "false")
        case.set("disabled", "true" if _disabled(test) else "false")
        _metadata(case, test.name, "", test.message)
        _text(case, "result", test.words.gitb)
        if test.check and test.check["started"]:
            _text(case, "lastUpdate", test.check["started"])


def _suite_result(members: list[Test]) -> str:
    results = {t.words.gitb for t in members if not _optional(t) and not _disabled(t)}
    if "FAILURE" in results:
        return "FAILURE"
    return "UNDEFINED" if "UNDEFINED" in results or not results else "SUCCESS"


def _optional(test: Test) -> bool:
    return not test.counting


def _disabled(test: Test) -> bool:
    return test.code == "not-applicable"


def _metadata(parent: ET.Element, name: str, version: str, description: str) -> None:
    metadata = _sub(parent, "metadata")
    for tag, text in (("name", name), ("version", version), ("description", description)):
        if text:
            ET.SubElement(metadata, f"{{{CORE}}}{tag}").text = text


def _sub(parent: ET.Element, tag: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{TR}}}{tag}")


def _text(parent: ET.Element, tag: str, text: str) -> None:
    _sub(parent, tag).text = text

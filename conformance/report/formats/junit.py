"""JUnit XML: a suite a standard, a test case a check, properties by clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from conformance.record.reading import Record
from conformance.report.formats.data import document, translated
from conformance.report.formats.each import Test, each_test
from conformance.report.formats.xml import encode
from conformance.report.how import How

_PROPERTIES = ("key", "standard", "id", "provision", "grade", "verdict", "word")


def render(record: Record, how: How) -> bytes:
    data = document(record, how)
    root = ET.Element("testsuites", {"name": data["number"]})
    by_profile: dict[str, list[Test]] = {}
    for test in each_test(data):
        by_profile.setdefault(test.clause["profile"], []).append(test)
    for profile, members in by_profile.items():
        root.append(_suite(profile, members, data["started"], _about(data)))
    return encode(root)


def _about(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Properties of every suite: what the document is."""
    return [*(("notice", n) for n in data["notices"]), *translated(data).items()]


def _suite(profile: str, members: list[Test], started: str, about: list[tuple[str, str]]) -> ET.Element:
    tally = {kind: str(sum(t.words.junit == kind for t in members)) for kind in ("failure", "error", "skipped")}
    seconds = sum(t.check["duration"] for t in members if t.check)
    suite = ET.Element(
        "testsuite",
        {
            "name": profile,
            "tests": str(len(members)),
            "failures": tally["failure"],
            "errors": tally["error"],
            "skipped": tally["skipped"],
            "time": f"{seconds:.3f}",
            "timestamp": started[:19],
        },
    )
    if about:
        properties = ET.SubElement(suite, "properties")
        for name, value in about:
            ET.SubElement(properties, "property", {"name": name, "value": value})
    suite.extend(_case(t) for t in members)
    return suite


def _case(test: Test) -> ET.Element:
    clause, check = test.clause, test.check
    case = ET.Element(
        "testcase",
        {
            "classname": f"{clause['profile']}.{clause['id']}",
            "name": check["name"] if check else clause["id"],
            "time": f"{check['duration']:.3f}" if check else "0.000",
        },
    )
    properties = ET.SubElement(case, "properties")
    for name in _PROPERTIES:
        ET.SubElement(properties, "property", {"name": f"clause.{name}", "value": str(clause[name])})
    if clause["waived"]:
        ET.SubElement(properties, "property", {"name": "clause.waived", "value": "true"})
    if check:
        ET.SubElement(properties, "property", {"name": "verdict", "value": check["verdict"]})
        for evidence in check["evidence"]:
            ET.SubElement(properties, "property", {"name": "evidence.sha256", "value": evidence["sha256"]})
    said, word = test.message, check["word"] if check else clause["word"]
    if test.words.junit:
        first = said.partition("\n")[0]
        told = ET.SubElement(case, test.words.junit, {"message": f"{word}: {first}" if first else word})
        if test.words.junit != "skipped":
            told.set("type", check["cause"] or check["verdict"])
            told.text = said
    return case

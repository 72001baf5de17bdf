"""EARL 1.0 (W3C Evaluation and Report Language) as JSON-LD with its context inline, so that reading needs no network."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from conformance.record.reading import Record
from conformance.report.formats.data import document, encode, said_of
from conformance.report.formats.each import Test, each_test
from conformance.report.how import How
from conformance.resources import version

_CONTEXT = {
    "@vocab": "http://www.w3.org/ns/earl#",
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "assertedBy": {"@type": "@id"},
    "subject": {"@type": "@id"},
    "mode": {"@type": "@id"},
    "outcome": {"@type": "@id"},
    "test": {"@type": "@id"},
    "isPartOf": {"@id": "dct:isPartOf", "@type": "@id"},
    "title": "dct:title",
    "description": "dct:description",
    "identifier": "dct:identifier",
    "date": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "name": "doap:name",
    "revision": "doap:revision",
}


def render(record: Record, how: How) -> bytes:
    data = document(record, how)
    run, system = quote(data["run"], safe=""), data["system"]
    subject, tool = f"urn:conformance:run:{run}:subject", "urn:conformance:tool"
    graph: list[dict[str, Any]] = [
        {"@id": tool, "@type": ["Software", "Assertor"], "name": "conformance", "revision": version()},
        {
            "@id": subject,
            "@type": "TestSubject",
            "title": f"{system['name']} {system['version']}".strip(),
            "description": said_of(data, *(data["notices"] or [data["title"]])),
            "identifier": data["number"],
        },
    ]
    known: set[str] = set()
    for n, test in enumerate(each_test(data), 1):
        requirement = _iri(test.clause["key"])
        if requirement not in known:
            known.add(requirement)
            graph.append(
                {
                    "@id": requirement,
                    "@type": "TestRequirement",
                    "title": f"{test.clause['standard']} {test.clause['id']} {test.clause['title']}",
                    "description": test.clause["text"],
                }
            )
        if test.check:
            graph.append(
                {
                    "@id": _iri(test.key),
                    "@type": "TestCase",
                    "title": test.check["purpose"],
                    "isPartOf": requirement,
                }
            )
        graph.append(_assertion(test, f"urn:conformance:run:{run}:{n}", subject, tool, data["ended"]))
    return encode({"@context": _CONTEXT, "@graph": graph})


def _assertion(test: Test, name: str, subject: str, tool: str, ended: str) -> dict[str, Any]:
    """One Assertion: exactly one assertedBy, subject, test and result (EARL 1.0, 2.1)."""
    manual = bool(test.check) and test.check["kind"] == "manual"
    result = {
        "@type": "TestResult",
        "outcome": f"earl:{test.words.earl}",
        "title": test.check["word"] if test.check else test.clause["word"],
        "date": (test.check["started"] if test.check else "") or ended,
    }
    if test.message:
        result["description"] = test.message
    return {
        "@id": name,
        "@type": "Assertion",
        "assertedBy": tool,
        "subject": subject,
        "test": _iri(test.key),
        "mode": "earl:manual" if manual else "earl:automatic",
        "result": result,
    }


def _iri(key: str) -> str:
    return "urn:conformance:test:" + ":".join(quote(part, safe="") for part in key.split("/"))

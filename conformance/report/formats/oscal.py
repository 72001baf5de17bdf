"""OSCAL 1.2.1 assessment-results: a clause is a control, a check an observation, the verdict of a requirement a finding.

OSCAL knows only satisfied and not satisfied. What was not tested or does not apply is excluded from the reviewed
controls with its reason, and recommendations are observed without a finding, because a miss there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.record.reading import Record
from conformance.report.formats.data import document, encode
from conformance.report.formats.names import token, uuid
from conformance.report.formats.verdicts import TABLE
from conformance.report.how import How

VERSION = "1.2.1"
NAMESPACE = "urn:conformance:oscal"


def render(record: Record, how: How) -> bytes:
    data = document(record, how)
    run = data["run"]
    plan, subject = uuid(run, "plan"), uuid(run, "subject")
    tested = [c for c in data["clauses"] if TABLE[c["code"]].oscal[0] != "exclude"]
    excluded = [c for c in data["clauses"] if TABLE[c["code"]].oscal[0] == "exclude"]
    result: dict[str, Any] = {
        "uuid": uuid(run, "result"),
        "title": _line(f"{data['title']} {data['number']}"),
        "description": "\n\n".join((*data["notices"], data["conclusion"]["sentence"])),
        "start": data["started"],
        "end": data["ended"],
        "props": _props(
            ("kind", data["kind"]), ("conclusion", data["conclusion"]["overall"]), ("run", run),
            ("profile", data["profile"]["id"]), *(("notice", n) for n in data["notices"]),
        ),
        "reviewed-controls": {"control-selections": [_selection(tested, excluded)]},
        **({"remarks": data["translation"]} if "translation" in data else {}),
    }  # fmt: skip
    observations = [_observation(run, k, subject) for c in tested for k in c["checks"]]
    findings = [_finding(run, c) for c in tested if c["provision"] == "requirement"]
    result |= {k: v for k, v in (("observations", observations), ("findings", findings)) if v}
    return encode(
        {
            "assessment-results": {
                "uuid": uuid(run, "assessment-results"),
                "metadata": {
                    "title": _line(f"{data['title']} — {data['system']['name']} {data['system']['version']}"),
                    "last-modified": data["ended"],
                    "version": "1",
                    "oscal-version": VERSION,
                },
                "import-ap": {"href": f"#{plan}"},
                "results": [result],
                "back-matter": {
                    "resources": [
                        {
                            "uuid": plan,
                            "title": _line(f"{data['profile']['title']} {data['profile']['edition']}"),
                            "props": _props(
                                ("profile", data["profile"]["id"]),
                                ("sha256", data["profile"]["digest"].removeprefix("sha256:")),
                            ),
                        },
                        {
                            "uuid": subject,
                            "title": _line(f"{data['system']['name']} {data['system']['version']}"),
                            "props": _props(*((k, v) for k, v in data["system"].items() if v)),
                        },
                    ]
                },
            }
        }
    )


def _selection(tested: list[Any], excluded: list[Any]) -> dict[str, Any]:
    """What was reviewed. Where nothing was, everything is selected and then excluded, which OSCAL can say."""
    chosen: dict[str, Any] = {"include-controls": [{"control-id": token(c["key"])} for c in tested]}
    if not tested:
        chosen = {"include-all": {}}
    if excluded:
        chosen["exclude-controls"] = [{"control-id": token(c["key"])} for c in excluded]
        lines = (f"{c['standard']} {c['id']} {c['word']} {c['reason']}".strip() for c in excluded)
        chosen["remarks"] = "\n\n".join(lines)
    return chosen


def _observation(run: str, check: Mapping[str, Any], subject: str) -> dict[str, Any]:
    said = "\n\n".join((check["purpose"], *(r["message"] for r in check["reasons"])))
    props = [("check", check["key"]), ("verdict", check["verdict"]), ("assertions", str(check["assertions"])),
             ("witnesses", str(check["witnesses"]))]  # fmt: skip
    if check["cause"]:
        props.append(("cause", check["cause"]))
    observation: dict[str, Any] = {
        "uuid": uuid(run, check["key"]),
        "title": _line(check["purpose"]),
        "description": said,
        "props": _props(*props),
        "methods": ["EXAMINE" if check["kind"] == "manual" else "TEST"],
        "types": ["control-objective"],
        "subjects": [{"subject-uuid": subject, "type": "resource"}],
        "collected": check["started"] or "1970-01-01T00:00:00Z",
    }
    if check["evidence"]:
        observation["relevant-evidence"] = [
            {
                "href": f"evidence/{e['sha256'][:2]}/{e['sha256']}",
                "description": e["label"] or e["kind"],
                "props": _props(("sha256", e["sha256"])),
            }
            for e in check["evidence"]
        ]
    return observation


def _finding(run: str, clause: Mapping[str, Any]) -> dict[str, Any]:
    state, reason = TABLE[clause["code"]].oscal
    finding: dict[str, Any] = {
        "uuid": uuid(run, clause["key"]),
        "title": _line(f"{clause['standard']} {clause['id']} {clause['title']}"),
        "description": f"{clause['word']}: {clause['text'] or clause['title']}",
        "props": _props(
            ("verdict", clause["verdict"]), ("provision", clause["provision"]), ("grade", clause["grade"]),
            *((("waived", "true"),) if clause["waived"] else ()),
        ),
        "target": {
            "type": "statement-id",
            "target-id": token(clause["key"] + "_smt"),
            "status": {"state": state, "reason": reason},
        },
    }  # fmt: skip
    if clause["checks"]:
        finding["related-observations"] = [{"observation-uuid": uuid(run, k["key"])} for k in clause["checks"]]
    return finding


def _props(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "ns": NAMESPACE, "value": _line(value)} for name, value in pairs if _line(value)]


def _line(text: str) -> str:
    """One line without blanks at its ends, as titles and property values are."""
    return re.sub(r"\s+", " ", text).strip()

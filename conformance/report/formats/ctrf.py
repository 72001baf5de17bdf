"""CTRF 1.0 (Common Test Report Format): small JSON that dashboards read."""

from __future__ import annotations

from collections import Counter
from typing import Any

from conformance.record.reading import Record, instant
from conformance.report.formats.data import document, encode, translated
from conformance.report.formats.each import Test, each_test
from conformance.report.formats.names import uuid
from conformance.report.how import How
from conformance.resources import version

_STATUSES = ("passed", "failed", "skipped", "pending", "other")


def render(record: Record, how: How) -> bytes:
    data = document(record, how)
    rows = [_test(t) for t in each_test(data)]
    tally = Counter(r["status"] for r in rows)
    system = data["system"]
    environment = {
        "reportName": f"{data['title']} {data['number']}",
        "appName": system["name"],
        "appVersion": system["version"],
        "buildName": system["build"],
        "osPlatform": str(data["environment"].get("system", "")),
    }
    return encode(
        {
            "reportFormat": "CTRF",
            "specVersion": "1.0.0",
            "reportId": uuid(data["run"], "ctrf"),
            "runId": data["run"],
            "timestamp": data["ended"],
            "generatedBy": f"conformance {version()}",
            "results": {
                "tool": {"name": "conformance", "version": str(_tool_version(data)) or version()},
                "summary": {
                    "tests": len(rows),
                    **{status: tally[status] for status in _STATUSES},
                    "start": _millis(data["started"]),
                    "stop": _millis(data["ended"]),
                },
                "environment": {k: v for k, v in environment.items() if v},
                "tests": rows,
                "extra": {
                    **{k: data[k] for k in ("kind", "title", "notices", "number", "conclusion", "selection")},
                    **translated(data),
                    "profile": data["profile"]["id"],
                    **({"scoring": data["scoring"]} if data["scoring"] else {}),
                    "ledger": data["record"]["ledger.jsonl"],
                },
            },
        }
    )


def _test(test: Test) -> dict[str, Any]:
    clause, check = test.clause, test.check
    row: dict[str, Any] = {
        "id": uuid(test.key),
        "name": test.name,
        "status": test.words.ctrf,
        "duration": round(check["duration"] * 1000) if check else 0,
        "suite": [clause["standard"], clause["id"]],
        "rawStatus": check["verdict"] if check else clause["verdict"],
        "type": "manual" if check and check["kind"] == "manual" else "conformance",
        "extra": {
            "key": test.key,
            "clause": clause["id"],
            "provision": clause["provision"],
            "grade": clause["grade"],
            "word": check["word"] if check else clause["word"],
            "counts": clause["counts"],
            "waived": clause["waived"],
        },
    }
    if check:
        row["extra"] |= {n: check[n] for n in ("cause", "assertions", "witnesses", "attempts", "evidence")}
        if check["started"]:
            row["start"] = _millis(check["started"])
            row["stop"] = row["start"] + row["duration"]
    if test.message:
        row["message"] = test.message
    return row


def _tool_version(data: dict[str, Any]) -> object:
    versions = data["tool"].get("versions")
    return versions.get("conformance", "") if isinstance(versions, dict) else ""


def _millis(text: str) -> int:
    """Milliseconds since 1970; 0 for a time that cannot be read."""
    at = instant(text)
    return round(at.timestamp() * 1000) if at.year < 9999 else 0

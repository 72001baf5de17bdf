"""in-toto Statement v1 with a test-result v0.1 predicate: which sample got which result, for signing in a DSSE envelope.

The predicate knows only passed, warned and failed. Tests that were not carried out or do not apply are named in no
list; where a requirement is among them, the result is no better than WARNED.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.model.verdict import Overall
from conformance.record.collect import mapping
from conformance.record.digest import canonical, digests
from conformance.record.reading import Record
from conformance.report.formats.data import document, encode, translated
from conformance.report.formats.each import Test, each_test
from conformance.report.how import How

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_LISTS = ("passedTests", "warnedTests", "failedTests")


def render(record: Record, how: How) -> bytes:
    return encode(statement(document(record, how)))


def statement(data: Mapping[str, Any]) -> dict[str, Any]:
    lists: dict[str, list[str]] = {name: [] for name in _LISTS}
    for test in each_test(data):
        if name := _list(test):
            lists[name].append(test.key)
    parts = data["profile"]["parts"]
    return {
        "_type": STATEMENT,
        "subject": [_subject(data)],
        "predicateType": PREDICATE,
        "predicate": {
            "result": _result(data, lists),
            "configuration": [
                {"name": f"profiles/{p['id']}.yaml", "digest": {"sha256": p["digest"].removeprefix("sha256:")}}
                for p in parts
                if p["digest"]
            ]
            or [_ledger(data)],
            **lists,
        },
    }


def _list(test: Test) -> str:
    """What decides nothing (a recommendation, a waived clause) can warn and not fail."""
    name = test.words.intoto
    return "warnedTests" if name == "failedTests" and not test.counting else name


def _result(data: Mapping[str, Any], lists: Mapping[str, list[str]]) -> str:
    if lists["failedTests"] or data["conclusion"]["overall"] == Overall.DOES_NOT_CONFORM:
        return "FAILED"
    return "WARNED" if lists["warnedTests"] or data["conclusion"]["overall"] != Overall.CONFORMS else "PASSED"


def _subject(data: Mapping[str, Any]) -> dict[str, Any]:
    """The sample by the digest the commission gives, else by its fingerprint, else by the record about it."""
    system = data["system"]
    name = f"{system['name']} {system['version']} {system['build']}".strip() or data["target"]["id"]
    given = mapping(mapping(data["case"].get("sample")).get("digest"))
    digest = {k: v for k, v in given.items() if k in ("sha256", "sm3") and isinstance(v, str)}
    about = {k: data[k] for k in ("kind", "notices", "number", "run", "conclusion", "selection")} | translated(data)
    if data["scoring"]:
        about["scoring"] = {k: data["scoring"][k] for k in ("title", "outcome", "least", "most", "fail_below", "said")}
    if not digest and (values := data["fingerprint"]["values"]):
        digest = digests(canonical(values))
        about |= {"fingerprint": values, "digest of": "canonical JSON of the member fingerprint"}
    if not digest:
        digest, about["digest of"] = _ledger(data)["digest"], "ledger.jsonl of the record"
    return {"name": name, "digest": digest, "annotations": about}


def _ledger(data: Mapping[str, Any]) -> dict[str, Any]:
    ledger = data["record"]["ledger.jsonl"]
    digest = {k: ledger[k] for k in ("sha256", "sm3")} if ledger else digests(data["run"].encode())
    return {"name": f"{data['run']}/ledger.jsonl", "digest": digest}

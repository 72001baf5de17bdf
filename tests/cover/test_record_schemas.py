"""The published JSON Schemas: what we write fits them, and they refuse what must not be written."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
from recordkit import ALL_PASS, KEYS, MANUAL, ONE, failed, judged, record

import conformance.record
from conformance.judge.verdicts import Conclusion
from conformance.judge.waiver import Attestation, Waiver
from conformance.model.verdict import Verdict
from conformance.record.compare import compare
from conformance.record.ledger import Ledger
from conformance.record.reading import open_record
from conformance.record.verify import verify

FOLDER = Path(conformance.record.__file__).parent / "schemas"
GRANT = {
    "reason": "年底改造",
    "approver": "张三",
    "scope": {"version": "1.0"},
    "expires": "2026-12-31",
    "zone": "+08:00",
}


def schema(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Path:
    """A record with every event there is: two sessions, torn, voided, waived, attested, interrupted, closed."""
    directory = tmp_path_factory.mktemp("full") / "r"
    results = [failed(ONE), *(judged(k, Verdict.INCONCLUSIVE) for k in KEYS[1:])]
    record(directory, results, events=[("interrupted", {"why": "Ctrl-C"})], close=False)
    with (directory / "ledger.jsonl").open("ab") as file:
        file.write(b'{"n":')
    waiver = Waiver.from_data({"clause": "p/4.1", **GRANT})
    attestation = Attestation.from_data(
        {"check": MANUAL, "verdict": "PASS", **GRANT, "scope": "any", "evidence": ["x"]}
    )
    events = [
        ("waiver", waiver.to_json()),
        ("attestation", attestation.to_json()),
        ("void", {"reason": "断网", "by": "张三", "check": ONE}),
    ]
    record(directory, ALL_PASS, events=events, resume=True, close=False)
    conclusion = open_record(directory).conclusion(closing=True)
    with Ledger.resume(directory) as ledger:
        ledger.close(counts={}, conclusion=conclusion.to_json())
    return directory


def test_every_event_of_a_ledger_fits(full):
    validator = schema("ledger")
    entries = [json.loads(line) for line in (full / "ledger.jsonl").read_bytes().splitlines()]
    for entry in entries:
        validator.validate(entry)
    known = json.loads((FOLDER / "ledger.schema.json").read_text("utf-8"))["properties"]["event"]["enum"]
    files = {"served", "documents", "document"}  # tests/e2e/test_documents_run.py has those
    assert {e["event"] for e in entries} == set(known) - files


def test_the_conclusion_at_the_end_is_the_one_read_back(full):
    found = open_record(full)
    assert Conclusion.from_json(found.sessions[-1].summary["conclusion"]) == found.conclusion()


def test_the_manifest_fits(full):
    schema("manifest").validate(json.loads((full / "manifest.json").read_bytes()))


def test_verification_and_comparison_fit(full, tmp_path):
    found = verify(full)
    assert found.ok
    assert found.complete
    schema("verification").validate(found.to_json())
    damaged = record(tmp_path / "d")
    (damaged / "ledger.jsonl").write_bytes(b"x\n" + (damaged / "ledger.jsonl").read_bytes())
    schema("verification").validate(verify(damaged).to_json())
    other = record(tmp_path / "o", [failed(ONE), *ALL_PASS[1:]])
    schema("comparison").validate(compare(open_record(full), open_record(other)).to_json())


@pytest.mark.parametrize(
    "change",
    [
        {"n": -1},
        {"t": "2026-11-20 01:02:03"},
        {"event": "weather"},
        {"prev": {"sm3": "0" * 64}},
        {"verdict": "OK"},
        {"verdict": "FAIL"},
        {"verdict": "PASS", "witnesses": 0},
        {"verdict": "PASS", "failed": 1},
        {"verdict": "PASS", "cause": "SYSTEM"},
        {"reasons": [{"expected": "no message"}]},
        {"evidence": [{"sha256": "short", "kind": "note"}]},
    ],
)
def test_a_hollow_or_malformed_verdict_does_not_fit(full, change):
    validator = schema("ledger")
    lines = (full / "ledger.jsonl").read_bytes().splitlines()
    entry = next(e for e in map(json.loads, lines) if e["event"] == "verdict" and e["verdict"] == "PASS")
    assert validator.is_valid(entry)
    assert not validator.is_valid({**entry, **change})

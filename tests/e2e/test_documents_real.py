"""Real files, when the collection lies beside the checkout: a run over the folder fails what the index of it tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_kit import PytestCommand

from conformance.documents.finding import Level
from conformance.record.documents import examinations
from conformance.record.files import batch
from conformance.record.reading import open_record

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "samples" / "ofd"
if not (FOLDER / "INDEX.csv").is_file():  # nothing that could be installed: the module is not there at all
    pytest.skip("the collection is not beside the checkout", allow_module_level=True)

# Clauses of requirements that the index (or, where it does not speak of them, the file's own XML) says fail. The seals
# that lie alone have ended since; a seal in a signed file is weighed by the time of signing.
ENDED = {"SEAL-13", "SEAL-14"}
EXPECTED = {
    "ofdrw-v4signed.ofd": {"OFD-08", "OFD-10", "OFD-12", "OFD-14"},
    "ofdrw-invoice-document-tampered.ofd": {"OFD-08", "OFD-10", "OFD-14", "SIG-06"},
    "ofdrw-SESV4SignDoc.ofd": {"SES-12", "SES-15"},
    "ofdrw-DigitalSign.ofd": {"SIG-13"},
    "ofdrw-999-docid-not-uuid.ofd": {"OFD-06"},
    # What its first signature leaves open was added later, and is covered by the second: told, no failure (SIG-08).
    "ofdrw-elicence-two-cms-signatures.ofd": {"OFD-02", "OFD-15", "CERT-01"},
    "ofdrw-hello-integrity.ofd": {"INT-02"},
    "ofdrw-test-ofda.ofd": {"ARC-02"},
    "ofdrw-no-docid.ofd": {"OFD-06", "OFD-07"},
    "ofdgo-rai-sale.ofd": set(),
    "ofdgo-bker-certListType3.ofd": {"OFD-03", "OFD-10", "OFD-14", "OFD-15", "SIG-08", "SEAL-06"},
    "ofdrw-UserV1.esl": ENDED,
    "ofdrw-UserV4.esl": ENDED,
    "einvoice-xml-demo.xml": {"SIGNED"},
}


def test_a_run_over_the_collection_gives_the_verdicts_of_its_index(command: PytestCommand, tmp_path: Path) -> None:
    ran = command(
        "--profile=eseal", f"--target={FOLDER}", f"--record={tmp_path / 'r'}", "--param=validation_time=2026-11-24T08:00:00Z",
        "-q", "-p", "no:cacheprovider",
    )  # fmt: skip
    assert ran.code == 1
    assert "INTERNALERROR" not in ran.text
    with open_record(tmp_path / "r") as opened:
        failed = {
            event.name: {s.clause for s in looked.said if s.level is Level.FAIL} - {"OFD-16"}
            for event, looked in examinations(opened)
        }
        assert failed == EXPECTED
        told = batch(opened)
        assert told is not None
        words = " ".join(d.message + d.why for d in told.defects)
    for defect in (
        "certListType 只能为 1 或 2",
        "DocID 不是 UUID",
        "模板页不在签名保护范围内",
        "文件在签名之后被改动",
        "未签名：税务机关签名的签名值是占位的字符",
    ):
        assert defect in words, "told in plain words"

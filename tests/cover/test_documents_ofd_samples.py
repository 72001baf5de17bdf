"""Real files, when the collection lies beside the checkout: no verdict contradicts what its index says without a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from conformance.documents.finding import Layer, Level
from conformance.documents.inspect import inspect
from conformance.documents.inspection import Inspection

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "samples" / "ofd"
if not (FOLDER / "INDEX.csv").is_file():  # nothing that could be installed: the module is not there at all
    pytest.skip("the collection is not beside the checkout", allow_module_level=True)

# What the index expects, as clauses that fail, and how many digests match. Where more fails than the index names, a
# reason is given: the index tells of the signature and of the defect a file was kept for, not of every clause.
EXPECTED: dict[str, tuple[set[str], str]] = {
    "ofdrw-v4signed.ofd": (
        {"OFD-08", "OFD-10", "OFD-12", "OFD-14"},
        "index: CRYPTO PASS, some IDs missing. No MaxUnitID, ColorSpace 5 and DrawParam 4 undefined, TPLS for Tpls: seen in its XML.",
    ),
    "ofdrw-invoice-document-tampered.ofd": (
        {"OFD-08", "OFD-10", "OFD-14", "SIG-06"},
        "index: Document.xml changed after signing (its path of the template was mended, hence no OFD-12); the rest as its twin.",
    ),
    "ofdrw-SESV4SignDoc.ofd": ({"SES-12", "SES-15"}, "index: signing time outside certificate and seal validity, 7.3 d) and f)"),
    "ofdrw-DigitalSign.ofd": ({"SIG-13"}, "index: no GB/T 35275 SignedData"),
    "ofdrw-elicence-two-cms-signatures.ofd": (
        {"OFD-02", "OFD-15", "CERT-01"},
        "index: namespace, CustomTag.xml. Annotations.xml, which the index says the first signature leaves open, came with the note "
        "that the second signature covers: a warning. The certificate writes the default cA=FALSE: in its DER.",
    ),
    "ofdrw-hello-integrity.ofd": ({"INT-02"}, "index: all right but for the time-stamp that GM/T 0099 7.4.2 asks for: policy, not mathematics"),
    "ofdrw-test-ofda.ofd": ({"ARC-02"}, "index: PASS for the rule of DocType. Its font is not embedded (6.2.6b), which the index does not speak of."),
    "ofdrw-no-docid.ofd": ({"OFD-06", "OFD-07"}, "index: DocID missing. Its dates read 2021-6-4, which is no xs:date."),
    "ofdgo-rai-sale.ofd": (set(), "index: CRYPTO PASS, warnings only"),
    "ofdgo-bker-certListType3.ofd": (
        {"OFD-03", "OFD-10", "OFD-14", "OFD-15", "SIG-08", "SEAL-06"},
        "index: certListType 3, DocType, coverage. MaxUnitID below ID 97, no FileLoc in Attachment, prefix kj undefined: in its XML.",
    ),
    "ofdrw-999-docid-not-uuid.ofd": ({"OFD-06"}, "kept for its DocID"),
    "ofdrw-UserV1.esl": (set(), "index: seal signature PASS"),
    "ofdrw-UserV4.esl": (set(), "index: seal signature PASS; that its validity has ended shows only when a validation time is given"),
    "einvoice-xml-demo.xml": ({"SIGNED"}, "index: FAIL/未签, the signature value is a placeholder"),
}  # fmt: skip
# Whether the value of every signature is right, and how many digests match of how many.
CRYPTO = {
    "ofdrw-v4signed.ofd": ([True], "13/13"), "ofdrw-invoice-document-tampered.ofd": ([True], "12/13"),
    "ofdrw-SESV4SignDoc.ofd": ([True], "5/5"), "ofdrw-DigitalSign.ofd": ([None], "4/4"),
    "ofdrw-elicence-two-cms-signatures.ofd": ([True, True], "29/29"), "ofdgo-rai-sale.ofd": ([True], "10/10"),
    "ofdgo-bker-certListType3.ofd": ([True], "8/8"), "ofdrw-999-docid-not-uuid.ofd": ([True], "20/20"),
}  # fmt: skip


def _failed(it: Inspection) -> set[str]:
    return {f.clause for f in it.findings if f.level is Level.FAIL}


def test_every_file_of_the_index_is_expected_here() -> None:
    with (FOLDER / "INDEX.csv").open(encoding="utf-8", newline="") as file:
        assert {row["file"] for row in csv.DictReader(file)} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_real_file_fails_what_its_index_says(name: str) -> None:
    assert _failed(inspect(FOLDER / name)) == EXPECTED[name][0]
    assert EXPECTED[name][1]


@pytest.mark.parametrize("name", sorted(CRYPTO))
def test_the_mathematics_of_a_real_file_is_as_its_index_says(name: str) -> None:
    it = inspect(FOLDER / name)
    digests = [d for s in it.signatures for d in s.digests]
    assert (
        [s.value.value_ok if s.value else None for s in it.signatures],
        f"{sum(d.ok is True for d in digests)}/{len(digests)}",
    ) == CRYPTO[name]
    crypto = {Level.FAIL} if "tampered" in name else {Level.PASS, Level.UNKNOWN}
    assert it.layers[Layer.CRYPTO] in crypto


def test_the_integrity_file_is_right_mathematically() -> None:
    it = inspect(FOLDER / "ofdrw-hello-integrity.ofd")
    assert {(f.level, f.layer) for f in it.findings if f.clause == "INT-02"} == {
        (Level.PASS, Layer.CRYPTO),
        (Level.FAIL, Layer.POLICY),
        (Level.UNKNOWN, Layer.POLICY),  # no roots are given to trust its signer by
    }
    assert {f.level for f in it.findings if f.clause == "INT-01"} == {Level.PASS}

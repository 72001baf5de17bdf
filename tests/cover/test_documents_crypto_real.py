"""Real seals and signatures, when they lie beside the checkout: what their index says of the signature value holds."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.documents import cms, judge_cms, judge_seal, judge_signature, ses
from conformance.documents.finding import Layer, Level
from conformance.documents.policy import Generation, Policy
from conformance.documents.verdicts import Judgement

FILES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "ofd"
POLICY = Policy(at=datetime(2026, 11, 22, tzinfo=UTC))

if (
    not FILES.is_dir()
):  # nothing that CI could install: the module is not there at all, rather than skipped test by test
    pytest.skip("no collected files beside the checkout", allow_module_level=True)

# file → clauses that fail at the level of seal and signature value; every one of these is told by the file's index,
# or is a rule of the certificates that the index did not look at (CERT-01: a DEFAULT value written out).
EXPECTED: dict[str, set[str]] = {
    "ofdrw-v4signed.ofd": set(),
    "ofdrw-invoice-document-tampered.ofd": set(),
    "ofdrw-SESV4SignDoc.ofd": {"SES-12", "SES-15"},
    "ofdrw-999-docid-not-uuid.ofd": set(),
    "ofdgo-bker-certListType3.ofd": {"SEAL-06"},
    "ofdgo-rai-sale.ofd": set(),
    "ofdrw-hello-integrity.ofd": set(),
    "ofdrw-elicence-two-cms-signatures.ofd": {"CERT-01"},
}


def signed_values(file: Path) -> list[tuple[bytes, bytes, str]]:
    with zipfile.ZipFile(file) as package:
        found = []
        for name in package.namelist():
            if name.lower().endswith("signedvalue.dat"):
                document = f"{name.rpartition('/')[0]}/Signature.xml" if "/" in name else "OFDEntries.xml"
                found.append((package.read(name), package.read(document), f"/{document}"))
        return found


def judged(value: bytes, document: bytes, path: str) -> Judgement:
    if ses.recognise(value):
        return judge_signature.judge(value, POLICY, document=document, path=path).judgement
    assert cms.is_signed_data(value)
    return judge_cms.judge(value, POLICY, document=document).judgement


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_signature_is_judged_as_its_index_says(name: str) -> None:
    values = signed_values(FILES / name)
    assert values
    for value, document, path in values:
        judgement = judged(value, document, path)
        assert judgement.layer(Layer.CRYPTO) is Level.PASS
        assert judgement.failed == EXPECTED[name]
        # one octet of the original more, and nothing is right any longer
        assert judged(value, document + b" ", path).layer(Layer.CRYPTO) is Level.FAIL


def test_a_bare_sm2_value_is_no_seal_signature() -> None:
    ((value, document, path),) = signed_values(FILES / "ofdrw-DigitalSign.ofd")
    assert ses.recognise(value) is None
    assert not cms.is_signed_data(value)
    assert judge_signature.judge(value, POLICY, document=document, path=path).judgement.failed == {"SES-01"}


@pytest.mark.parametrize(
    ("name", "generation"), [("ofdrw-UserV1.esl", Generation.V1), ("ofdrw-UserV4.esl", Generation.V4)]
)
def test_real_seals_verify_and_have_ended(name: str, generation: Generation) -> None:
    result = judge_seal.judge((FILES / name).read_bytes(), POLICY)
    assert result.judged_by is generation
    assert result.judgement.layer(Layer.CRYPTO) is Level.PASS
    assert result.judgement.failed == {"SEAL-13", "SEAL-14"}  # certificate and seal ended in 2022
    then = judge_seal.judge((FILES / name).read_bytes(), Policy(at=datetime(2021, 1, 1, tzinfo=UTC)))
    assert then.judgement.failed == frozenset()

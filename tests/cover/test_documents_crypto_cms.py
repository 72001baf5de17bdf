"""GB/T 35275 signatures and time-stamps: both profiles hold, each fault fails what it should."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit_seals import DOCUMENT, MADE, SIGNED, SIGNER, Cert, Cms, Seal, Stamp, crl, der, policy

from conformance.documents import asn1, cms, judge_seal, oids, times, timestamp
from conformance.documents import der as der_reader
from conformance.documents.finding import Layer, Level
from conformance.documents.judge_cms import CmsResult, judge
from conformance.documents.policy import Generation
from conformance.documents.trouble import DocumentError

DAY = timedelta(days=1)
PROFILES = {
    "content-digest": Cms(),
    "attributes": Cms(attributes=True),
    "with a time-stamp": Cms(attributes=True, stamp=Stamp()),
}


def run(signed: Cms, document: bytes | None = DOCUMENT, **changes: Any) -> CmsResult:
    return judge(signed.der(DOCUMENT), policy(**changes), document=document, signed_at=times.at(SIGNED))


@pytest.mark.parametrize("profile", PROFILES)
def test_both_profiles_hold(profile: str) -> None:
    result = run(PROFILES[profile])
    assert {f.level for f in result.judgement.findings} <= {Level.PASS, Level.NOT_APPLICABLE}
    assert result.judgement.clean
    assert result.profile == ("content-digest" if profile == "content-digest" else "attributes")
    assert result.time is not None
    assert result.time.value == SIGNED
    assert (result.stamp is not None) == ("stamp" in profile)


FAULTS: dict[str, tuple[Cms, dict[str, Any], set[str]]] = {
    "PKCS#7 signedData": (Cms(outer=oids.PKCS7_SIGNED_DATA), {}, {"CMS-01"}),
    "no certificate": (Cms(certificates=False), {}, {"CMS-01"}),
    "sha-256": (Cms(digest_algorithm=oids.SHA256), {}, {"CMS-01"}),
    "digest of the content": (Cms(digest=bytes(32)), {}, {"CMS-02"}),
    "digest attribute": (Cms(attributes=True, digest=bytes(32)), {}, {"CMS-02"}),
    "another key": (Cms(private="rogue"), {}, {"CMS-02"}),
    "another key, attributes": (Cms(attributes=True, private="rogue"), {}, {"CMS-02"}),
    "raw value": (Cms(encode="raw"), {}, {"CMS-02"}),
    "unknown root": (Cms(Cert("signer", by="rogue")), {"crls": (crl(by="rogue"),)}, {"CMS-TRUST"}),
    "expired": (Cms(Cert("signer", end=SIGNED - DAY)), {}, {"CMS-TRUST"}),
    "revoked": (Cms(), {"crls": (crl(((3, SIGNED - DAY),)),)}, {"CMS-TRUST"}),
    "may not sign": (Cms(Cert("signer", usage=(4,))), {}, {"CMS-TRUST", "CERT-02"}),
    "time-stamp of something else": (Cms(attributes=True, stamp=Stamp(imprint=bytes(32))), {}, {"CMS-STAMP"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_its_clause_and_no_other(fault: str) -> None:
    signed, changes, expected = FAULTS[fault]
    assert run(signed, **changes).judgement.failed == expected


def test_another_inner_type_is_a_warning() -> None:
    result = run(Cms(inner=oids.PKCS7_DATA))
    assert result.judgement.failed == frozenset()
    assert result.judgement.level("CMS-01") is Level.WARN


def test_a_raw_value_does_not_hide_the_signature() -> None:
    judgement = run(Cms(encode="raw")).judgement
    assert judgement.layer(Layer.CRYPTO) is Level.PASS
    assert judgement.layer(Layer.DECODE) is Level.FAIL


def test_without_the_document_the_digest_is_undetermined_and_the_signature_is_not() -> None:
    judgement = run(Cms(attributes=True), document=None).judgement
    assert {f.data["aspect"]: f.level for f in judgement.of("CMS-02") if f.layer is Layer.CRYPTO} == {
        "digest": Level.UNKNOWN,
        "signature": Level.PASS,
    }


def test_a_document_signed_itself_is_read_with_a_warning() -> None:
    result = judge(Cms(content=None).der(DOCUMENT), policy(), document=DOCUMENT, signed_at=times.at(SIGNED))
    assert result.profile == "detached"
    assert result.judgement.failed == frozenset()
    assert result.judgement.level("CMS-02") is Level.WARN


@pytest.mark.parametrize(
    "data", [b"", b"rubbish", asn1.sm2_signature(5, 6), asn1.sequence(asn1.oid(oids.SM2_SIGNED_DATA))]
)
def test_what_is_no_signed_data_fails_as_a_whole(data: bytes) -> None:
    assert not cms.is_signed_data(data)
    result = judge(data, policy(), document=DOCUMENT)
    assert result.signed is None
    assert result.judgement.failed == {"CMS-01"}


def test_attributes_out_of_order_verify_in_either_order() -> None:
    whole = Cms(attributes=True).der(DOCUMENT)
    signer = cms.read(whole)[0].signers[0]
    assert signer.signed_attributes is not None
    children = [bytes(n.raw) for n in der_reader.read(signer.signed_attributes).root.children]
    turned = b"".join(reversed(children))
    data = whole.replace(b"".join(children), turned)
    assert data != whole
    found = judge(data, policy(), document=DOCUMENT)
    assert [d.code for d in found.judgement.defects] == ["set-not-sorted"]
    assert found.judgement.layer(Layer.CRYPTO) is Level.PASS
    assert found.judgement.level("CMS-01") is Level.WARN


def test_a_whole_response_in_the_place_of_a_token_is_read_and_told() -> None:
    token = Stamp().der(b"value")
    stamp, defects = timestamp.read(asn1.sequence(asn1.sequence(asn1.integer(0)), token))
    assert [d.code for d in defects] == ["time-stamp-response"]
    assert stamp.time.value == SIGNED + timedelta(minutes=1)
    assert stamp.serial == 77


def test_a_token_without_tst_info_is_none() -> None:
    with pytest.raises(DocumentError) as caught:
        timestamp.read(Cms().der(DOCUMENT))
    assert caught.value.code == "F104"


def test_a_v5_seal_keeps_its_time_stamp_rules() -> None:
    good = Seal(Generation.V5, stamp=Stamp(time=MADE))
    assert judge_seal.judge(good.der(), policy()).judgement.level("SES-19") is Level.PASS
    for bad in (Stamp(time=MADE - DAY), Stamp(time=MADE, imprint=bytes(32)), Stamp(time=MADE, private="rogue")):
        judgement = judge_seal.judge(Seal(Generation.V5, stamp=bad).der(), policy()).judgement
        assert judgement.failed == {"SES-19"}


@given(st.binary(max_size=200), st.integers(0, 700))
def test_no_bytes_break_it(data: bytes, at: int) -> None:
    whole = PROFILES["content-digest"].der(DOCUMENT)
    for broken in (data, whole[:at] + data, whole[:at] + data + whole[at:], whole[at:]):
        result = judge(broken, policy(), document=DOCUMENT, signed_at=times.at(SIGNED))
        assert result.judgement.findings


def test_many_signers_are_not_one() -> None:
    whole = Cms().der(DOCUMENT)
    one = cms.read(whole)[0]
    assert len(one.signers) == 1
    assert one.certificates == (der(SIGNER),)
    signed = asn1.sequence(
        asn1.integer(1), asn1.set_of(asn1.algorithm(oids.SM3)), asn1.sequence(asn1.oid(oids.SM2_DATA)), asn1.set_of()
    )
    result = judge(asn1.sequence(asn1.oid(oids.SM2_SIGNED_DATA), asn1.explicit(0, signed)), policy(), document=DOCUMENT)
    assert result.judgement.failed == {"CMS-01"}

"""Seal signatures: valid ones of three generations hold, each fault fails the clauses it should and no other."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from kit_seals import (
    DOCUMENT,
    MADE,
    MAKER,
    PATH,
    ROOT,
    SIGNED,
    SIGNER,
    Cert,
    Seal,
    Ses,
    Stamp,
    crl,
    der,
    extension,
    policy,
)

from conformance.documents import asn1
from conformance.documents.finding import Layer, Level
from conformance.documents.judge_signature import SignatureResult, judge
from conformance.documents.policy import Generation, Policy, SealState
from conformance.documents.sm3 import sm3

ECDSA = "1.2.840.10045.4.3.2"
OTHER = Cert("other", serial=9)
ROGUE = Cert("maker", by="rogue", serial=2)
DAY = timedelta(days=1)


def run(signature: Ses | bytes, given: Policy | None = None, **options: Any) -> SignatureResult:
    data = signature if isinstance(signature, bytes) else signature.der()
    return judge(data, given or policy(), **({"document": DOCUMENT, "path": PATH} | options))


@pytest.mark.parametrize("generation", list(Generation))
def test_a_valid_signature_holds_in_every_clause(generation: Generation) -> None:
    result = run(Ses(Seal(generation)))
    assert {f.level for f in result.judgement.findings} <= {Level.PASS, Level.NOT_APPLICABLE}
    assert result.judgement.clean
    assert result.judged_by is generation
    assert result.signature is not None
    assert result.signature.generation is generation
    assert result.time is not None
    assert result.time.value == SIGNED
    assert result.signer is not None
    assert result.signer.holder == "signer（仅供测试）"


def test_a_certificate_list_of_digests_and_a_time_stamp_hold() -> None:
    result = run(Ses(Seal(list_type=2), stamp=Stamp()))
    assert {f.level for f in result.judgement.findings} <= {Level.PASS, Level.NOT_APPLICABLE}
    assert result.judgement.level("SES-17") is Level.PASS
    assert result.stamp is not None
    assert str(result.stamp.time) == "2026-06-01 08:01:00 UTC"


def test_every_finding_of_a_valid_signature_names_its_printed_clause() -> None:
    result = run(Ses())
    printed = {
        f.clause: f.data.get("printed") for f in result.judgement.findings if f.clause.startswith(("SES", "SEAL"))
    }
    assert printed["SES-10"] == "7.3 b)"
    assert printed["SEAL-12"] == "6.1.5, 6.3 b)"
    assert {clause for clause, number in printed.items() if not number} == {"SES-18", "SES-19"}  # of other standards
    assert {f.clause: f.data["standard"] for f in result.judgement.findings} == dict.fromkeys(
        printed, "GB/T 38540-2020"
    ) | {"CERT-01": "GB/T 20518", "CERT-02": "GB/T 20518", "SES-18": "GM/T 0031-2014", "SES-19": "GM/T 0031-2025"}
    wanted = {f"SEAL-{n:02}" for n in range(1, 16)} | {f"SES-{n:02}" for n in range(1, 20)}
    assert set(printed) == wanted  # every clause is spoken of


LATE = SIGNED + DAY
FAULTS: dict[str, tuple[Ses, dict[str, Any], set[str]]] = {
    "field order changed": (Ses(swap=True), {}, {"SES-01"}),
    "bytes behind the signature": (Ses(tail=b"\0"), {}, {"SES-01"}),
    "critical extension": (Ses(extra=asn1.explicit(0, extension(True))), {}, {"SES-01"}),
    "critical extension of the seal": (Ses(Seal(extra=extension(True))), {}, {"SEAL-01"}),
    "versions differ": (Ses(version=5), {}, {"SES-02"}),
    "time without zone": (Ses(time=asn1.tlv(0x18, b"20260601080000")), {}, {"SES-03"}),
    "time is the text of a UTCTime": (Ses(time=asn1.tlv(0x18, b"260601080000Z")), {}, {"SES-03"}),
    "time is a UTCTime": (Ses(time=asn1.utc_time(SIGNED)), {}, {"SES-03"}),
    "another path": (Ses(info="/Doc_0/Signs/Sign_1/Signature.xml"), {}, {"SES-04"}),
    "no path": (Ses(info=""), {}, {"SES-04"}),
    "another document": (Ses(data_hash=bytes(32)), {}, {"SES-05"}),
    "algorithm identifier": (Ses(algorithm=ECDSA), {}, {"SES-06"}),
    "sha-256": (Ses(data_hash=hashlib.sha256(DOCUMENT).digest()), {}, {"SES-07"}),
    "sha-1": (Ses(data_hash=hashlib.sha1(DOCUMENT).digest()), {}, {"SES-07"}),
    "raw value": (Ses(encode="raw"), {}, {"SES-08"}),
    "no leading zero": (Ses(encode="no-leading-zero"), {}, {"SES-08"}),
    "long length in the value": (Ses(encode="long-length"), {}, {"SES-08"}),
    "bytes behind the value": (Ses(encode="trailing-bytes"), {}, {"SES-08"}),
    "unused bits": (Ses(unused=3, encode="trailing-zero"), {}, {"SES-09"}),
    "trailing zero dropped": (Ses(encode="trailing-zero"), {}, {"SES-09"}),
    "signed by another key": (Ses(private="rogue"), {}, {"SES-10"}),
    "signer not in the list": (Ses(Seal(signers=(OTHER,))), {}, {"SES-11"}),
    "digest of another": (Ses(Seal(signers=(OTHER,), list_type=2)), {}, {"SES-11"}),
    "seal expired before": (Ses(Seal(end=SIGNED - DAY)), {}, {"SES-12"}),
    "seal not valid yet": (Ses(Seal(start=LATE)), {}, {"SES-12"}),
    "seal revoked": (Ses(), {"seal_states": (SealState("SEAL-1", "revoked", SIGNED - DAY),)}, {"SES-13"}),
    "signer of an unknown root": (
        Ses(Seal(signers=(Cert("signer", by="rogue"),)), cert=Cert("signer", by="rogue")), {"crls": (crl(), crl(by="rogue"))},
        {"SES-14"},
    ),
    "signer may not sign": (Ses(Seal(signers=(Cert("signer", usage=(4,)),)), cert=Cert("signer", usage=(4,))), {}, {"SES-14", "CERT-02"}),
    "signer expired": (
        Ses(Seal(signers=(Cert("signer", end=SIGNED - DAY),)), cert=Cert("signer", end=SIGNED - DAY)), {}, {"SES-15"},
    ),
    "signer not valid yet": (Ses(Seal(signers=(Cert("signer", start=LATE),)), cert=Cert("signer", start=LATE)), {}, {"SES-15"}),
    "signer revoked before": (Ses(), {"crls": (crl(((3, SIGNED - DAY),)),)}, {"SES-16"}),
    "time-stamp is garbage": (Ses(stamp_bytes=b"\1\2\3\4"), {}, {"SES-17"}),
    "time-stamp earlier": (Ses(stamp=Stamp(time=SIGNED - timedelta(minutes=1))), {}, {"SES-17"}),
    "time-stamp of something else": (Ses(stamp=Stamp(imprint=bytes(32))), {}, {"SES-17"}),
    "time-stamp by another key": (Ses(stamp=Stamp(private="rogue")), {}, {"SES-17"}),
    "time-stamp by a signer": (Ses(stamp=Stamp(cert=SIGNER)), {}, {"SES-17"}),
    "time-stamp of other content": (Ses(stamp=Stamp(digest=bytes(32))), {}, {"SES-17"}),
    "header version 5": (Ses(Seal(version=5)), {}, {"SEAL-03"}),
    "header version 3": (Ses(Seal(version=3)), {}, {"SEAL-03"}),
    "header ID": (Ses(Seal(id="SE")), {}, {"SEAL-02"}),
    "esID empty": (Ses(Seal(es_id="")), {"seal_states": (SealState("", "normal", MADE),)}, {"SEAL-04"}),
    "certListType 3": (Ses(Seal(list_type=3)), {}, {"SEAL-06"}),
    "forged picture": (Ses(Seal(forged_picture=b"\x89PNG\r\n\x1a\n" + bytes(41))), {}, {"SEAL-12"}),
    "seal by a rogue key": (Ses(Seal(private="rogue")), {}, {"SEAL-12"}),
    "maker of an unknown root": (Ses(Seal(maker=ROGUE)), {"crls": (crl(), crl(by="rogue"))}, {"SEAL-13"}),
    "maker may not sign": (Ses(Seal(maker=Cert("maker", usage=(2,), serial=2))), {}, {"SEAL-13", "CERT-02"}),
    "maker revoked before it made the seal": (Ses(), {"crls": (crl(((2, MADE - DAY),)),)}, {"SEAL-13"}),
    "maker is a person": (Ses(Seal(maker=Cert("maker", unit=None, more=(("2.5.4.4", "张"),), serial=2))), {}, {"SEAL-15"}),
    "certificate is PEM": (
        Ses(Seal(maker=MAKER), cert_bytes=b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der(SIGNER))
            + b"-----END CERTIFICATE-----\n"), {}, {"SEAL-10", "SES-11"},
    ),
    "default in the certificate": (
        Ses(Seal(signers=(Cert("signer", critical_false=True, usage=None),)), cert=Cert("signer", critical_false=True, usage=None)),
        {}, {"CERT-01"},
    ),
    "certificate with another algorithm": (
        Ses(Seal(signers=(Cert("signer", algorithm=ECDSA),)), cert=Cert("signer", algorithm=ECDSA)), {}, {"CERT-01"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_its_clause_and_no_other(fault: str) -> None:
    signature, changes, expected = FAULTS[fault]
    result = run(signature, policy(**changes), generation=Generation.V4)
    assert result.judgement.failed == expected
    told = [f for f in result.judgement.findings if f.level is Level.FAIL]
    assert all(f.message and not f.message.isascii() for f in told)


@pytest.mark.parametrize("how", ["raw", "no-leading-zero", "long-length", "trailing-bytes", "trailing-zero"])
def test_a_bad_encoding_does_not_hide_a_good_signature(how: str) -> None:
    result = run(Ses(encode=how))
    assert result.judgement.level("SES-10") is Level.PASS
    assert result.judgement.layer(Layer.CRYPTO) is Level.PASS
    assert result.judgement.layer(Layer.DECODE) is Level.FAIL
    assert result.judgement.defects


def test_a_good_encoding_does_not_hide_a_bad_signature() -> None:
    result = run(Ses(private="rogue"))
    assert result.judgement.layer(Layer.DECODE) is Level.PASS
    assert result.judgement.layer(Layer.CRYPTO) is Level.FAIL
    assert result.judgement.layer(Layer.POLICY) is Level.PASS


def test_extensions_that_are_not_critical_are_read_and_hold() -> None:
    result = run(Ses(Seal(extra=extension(False)), extra=asn1.explicit(0, extension(False))))
    assert result.judgement.failed == frozenset()
    assert result.signature is not None
    assert [e.oid for e in result.signature.extensions] == ["1.2.3.4"]


HINTS: dict[str, tuple[Ses, dict[str, Any], str]] = {
    "maker expired since": (Ses(Seal(maker=Cert("maker", end=SIGNED + DAY, serial=2))), {}, "SEAL-13"),
    "maker expired before the signing": (Ses(Seal(maker=Cert("maker", end=SIGNED - DAY, serial=2))), {}, "SES-12"),
    "maker revoked since": (Ses(), {"crls": (crl(((2, SIGNED + DAY),)),)}, "SEAL-13"),
    "seal expired since": (Ses(Seal(end=SIGNED + DAY)), {}, "SEAL-14"),
    "signer also enciphers": (
        Ses(Seal(signers=(Cert("signer", usage=(0, 1, 2)),)), cert=Cert("signer", usage=(0, 1, 2))), {}, "CERT-02",
    ),
    "DocID instead of a path": (Ses(info="0123456789abcdef0123456789abcdef"), {}, "SES-04"),
}  # fmt: skip


@pytest.mark.parametrize("hint", HINTS)
def test_what_is_a_hint_only_does_not_fail(hint: str) -> None:
    signature, changes, clause = HINTS[hint]
    result = run(signature, policy(**changes))
    assert result.judgement.failed == frozenset()
    assert result.judgement.level(clause) is Level.WARN


def test_a_revocation_after_the_signing_does_not_count() -> None:
    assert run(Ses(), policy(crls=(crl(((3, SIGNED + DAY),)),))).judgement.level("SES-16") is Level.PASS


@pytest.mark.parametrize(
    ("missing", "clauses"),
    [
        ({"anchors": ()}, {"SES-14", "SEAL-13", "SES-16"}),
        ({"crls": ()}, {"SES-16", "SEAL-13"}),
        ({"seal_states": None}, {"SES-13"}),
        ({"seal_states": ()}, {"SES-13"}),
        ({"at": None}, {"SEAL-13", "SEAL-14"}),
    ],
)
def test_what_was_not_given_is_undetermined_and_nothing_else(missing: dict[str, Any], clauses: set[str]) -> None:
    judgement = run(Ses(), policy(**missing)).judgement
    assert judgement.failed == frozenset()
    assert {c for c in {f.clause for f in judgement.findings} if judgement.level(c) is Level.UNKNOWN} == clauses


def test_without_the_document_its_digest_and_its_path_are_undetermined() -> None:
    judgement = run(Ses(), document=None, path=None).judgement
    unknown = {f.clause for f in judgement.findings if f.level is Level.UNKNOWN}
    assert unknown == {"SES-04", "SES-05", "SES-07"}


def test_an_empty_list_that_is_complete_says_that_the_seal_is_in_order() -> None:
    assert run(Ses(), policy(seal_states=(), seal_list_complete=True)).judgement.level("SES-13") is Level.PASS


def test_a_time_whose_zone_decides_is_undetermined() -> None:
    # 08:00 in Beijing is before the seal's start, 08:00 UTC is after it.
    seal = Seal(start=SIGNED - timedelta(hours=4))
    judgement = run(Ses(seal, time=asn1.tlv(0x18, SIGNED.strftime("%Y%m%d%H%M%S").encode()))).judgement
    assert judgement.level("SES-12") is Level.UNKNOWN
    assert judgement.failed == {"SES-03"}


@pytest.mark.parametrize("generation", [Generation.V1, Generation.V5])
def test_another_generation_is_told_by_the_standard_that_was_asked_for(generation: Generation) -> None:
    result = run(Ses(Seal(generation)), generation=Generation.V4)
    assert result.judgement.failed == ({"SES-01", "SEAL-01", "SEAL-03"} if generation is Generation.V1 else {"SEAL-03"})
    assert result.judgement.layer(Layer.CRYPTO) is Level.PASS


def test_a_generation_that_the_policy_does_not_accept_fails() -> None:
    result = run(Ses(Seal(Generation.V1)), policy(generations=frozenset({Generation.V4})))
    assert result.judgement.failed == {"SES-01", "SEAL-01"}


def test_a_seal_that_cannot_be_read_leaves_the_rest_judged() -> None:
    broken = asn1.sequence(asn1.sequence(asn1.integer(1)), asn1.null(), asn1.null(), asn1.null())
    result = run(Ses(seal_bytes=broken))
    assert result.seal is None
    assert result.judgement.failed == {"SEAL-01"}
    assert result.judgement.level("SES-10") is Level.PASS
    assert result.judgement.level("SES-11") is Level.UNKNOWN


def test_a_digest_whose_last_zero_was_cut_is_recovered_and_told() -> None:
    document = next(d for d in (b"%d" % i for i in range(5000)) if sm3(d)[-1] == 0)
    short = sm3(document)[:-1]
    judgement = run(Ses(data_hash=short), document=document).judgement
    assert judgement.failed == {"SES-09"}
    assert judgement.level("SES-05") is Level.PASS


def test_the_intermediate_of_a_chain_is_found_among_those_given() -> None:
    middle = Cert("middle", serial=20, ca=True, usage=(5, 6))
    signer = Cert("signer", by="middle")
    signature = Ses(Seal(signers=(signer,)), cert=signer)
    without = run(signature, policy(crls=(crl(), crl(by="middle")))).judgement
    assert without.failed == {"SES-14"}
    given = policy(intermediates=(der(middle),), crls=(crl(), crl(by="middle")))
    assert run(signature, given).judgement.failed == frozenset()
    assert run(signature, given).judgement.level("SES-16") is Level.PASS
    for bad in (Cert("middle", serial=20, usage=(5, 6)), Cert("middle", serial=20, ca=True, usage=(0,)),
                Cert("middle", serial=20, ca=True, usage=(5,), end=SIGNED - DAY)):  # fmt: skip
        assert run(signature, policy(intermediates=(der(bad),), crls=(crl(), crl(by="middle")))).judgement.failed == {
            "SES-14"
        }
    revoked = policy(intermediates=(der(middle),), crls=(crl(((20, MADE),)), crl(by="middle")))
    assert run(signature, revoked).judgement.failed == {"SES-14"}


def test_a_list_that_ended_before_the_signing_decides_nothing() -> None:
    old = crl(this=MADE, until=MADE + DAY)
    assert run(Ses(), policy(crls=(old,))).judgement.level("SES-16") is Level.UNKNOWN


def test_a_list_by_somebody_else_with_the_same_name_decides_nothing() -> None:
    forged = crl(by="rogue")
    assert run(Ses(), policy(crls=(forged, b"no list"))).judgement.level("SES-16") is Level.UNKNOWN


def test_a_v1_signature_carries_its_time_in_any_form_that_is_seen() -> None:
    for time in (asn1.bit_string(asn1.utc_time(SIGNED)), asn1.bit_string(b"20260601080000Z"), asn1.utc_time(SIGNED)):
        result = run(Ses(Seal(Generation.V1), time=time))
        assert result.time is not None
        assert result.time.value == SIGNED
    stamp = asn1.bit_string(Stamp(time=SIGNED).der(b"whatever"))
    result = run(Ses(Seal(Generation.V1), time=stamp))
    assert result.time is not None
    assert result.time.value == SIGNED
    assert result.judgement.level("SES-17") is Level.UNKNOWN  # what it covers is not known
    assert result.judgement.failed == frozenset()


def test_a_root_among_the_intermediates_is_no_anchor() -> None:
    result = run(
        Ses(), policy(anchors=(der(Cert("rogue", by="rogue", ca=True, usage=(5,))),), intermediates=(der(ROOT),))
    )
    assert result.judgement.failed == {"SES-14", "SEAL-13"}

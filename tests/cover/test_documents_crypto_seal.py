"""Seals on their own (Seal.esl): the flow of 6.3, its faults, and what a seal is recognised by."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit_seals import END, MADE, MAKER, NOW, PNG, SIGNER, Cert, Seal, crl, der, policy

from conformance.documents import asn1, seal
from conformance.documents import der as reader
from conformance.documents.fields import Fields, Names
from conformance.documents.finding import Layer, Level
from conformance.documents.judge_seal import judge
from conformance.documents.policy import Generation
from conformance.documents.trouble import DocumentError

DAY = timedelta(days=1)
GT = asn1.generalized_time


@pytest.mark.parametrize("generation", list(Generation))
def test_a_valid_seal_holds_in_every_clause(generation: Generation) -> None:
    result = judge(Seal(generation).der(), policy())
    assert {f.level for f in result.judgement.findings} <= {Level.PASS, Level.NOT_APPLICABLE}
    assert result.judgement.clean
    assert result.seal is not None
    assert result.seal.generation is result.judged_by is generation
    assert result.seal.es_id == "SEAL-1"
    assert result.seal.picture.data == PNG
    assert result.maker is not None
    assert [c.serial for c in result.signers] == [3]


def test_a_v1_seal_is_signed_over_certificate_and_algorithm_too() -> None:
    found, _ = seal.read(Seal(Generation.V1).der())
    assert der(MAKER) in found.signed
    found, _ = seal.read(Seal(Generation.V4).der())
    assert der(MAKER) not in found.signed


FAULTS: dict[str, tuple[Seal, dict[str, Any], set[str]]] = {
    "elements swapped": (Seal(swap=True), {}, {"SEAL-01"}),
    "ID": (Seal(id="SE"), {}, {"SEAL-02"}),
    "version": (Seal(version=1), {}, {"SEAL-03"}),
    "esID empty": (Seal(es_id=""), {}, {"SEAL-04"}),
    "no zone": (Seal(times=(GT(MADE), GT(MADE), asn1.tlv(0x18, b"20280101000000"))), {}, {"SEAL-05"}),
    "UTCTime": (Seal(times=tuple(map(asn1.utc_time, (MADE, MADE, END)))), {}, {"SEAL-05"}),
    "property incomplete": (Seal(times=(GT(MADE), GT(END))), {}, {"SEAL-05"}),
    "type 3": (Seal(list_type=3), {}, {"SEAL-06"}),
    "type 2 with certificates": (Seal(list_type=2, entries=(asn1.octet_string(der(SIGNER)),)), {}, {"SEAL-06"}),
    "type 1 with digests": (
        Seal(entries=(asn1.sequence(asn1.printable("SM3"), asn1.octet_string(bytes(32))),)),
        {},
        {"SEAL-06"},
    ),
    "empty list": (Seal(entries=()), {}, {"SEAL-07"}),
    "rubbish in the list": (Seal(entries=(asn1.octet_string(b"\x30\x03\x02\x01\x01"),)), {}, {"SEAL-07"}),
    "end before start": (Seal(start=NOW + DAY, end=NOW - DAY), {}, {"SEAL-08", "SEAL-14"}),
    "made after the end": (Seal(made=END + DAY, maker=Cert("maker", serial=2, end=END + 9 * DAY)), {}, {"SEAL-08"}),
    "picture of another type": (Seal(picture_type="bmp"), {}, {"SEAL-09"}),
    "no width": (Seal(size=(0, 40)), {}, {"SEAL-09"}),
    "negative height": (Seal(size=(40, -1)), {}, {"SEAL-09"}),
    "certificate truncated": (Seal(cert=der(MAKER)[:-9]), {}, {"SEAL-10"}),
    "certificate with more behind": (Seal(cert=der(MAKER) + b"\0"), {}, {"SEAL-10"}),
    "algorithm": (Seal(algorithm="1.2.840.10045.4.3.2"), {}, {"SEAL-11"}),
    "picture changed": (Seal(forged_picture=PNG + b"x"), {}, {"SEAL-12"}),
    "unknown root": (Seal(maker=Cert("maker", by="rogue", serial=2)), {"crls": (crl(by="rogue"),)}, {"SEAL-13"}),
    "maker revoked": (Seal(), {"crls": (crl(((2, NOW - DAY),)),)}, {"SEAL-13"}),
    "maker expired": (Seal(maker=Cert("maker", serial=2, end=NOW - DAY)), {}, {"SEAL-13"}),
    "maker may not sign": (Seal(maker=Cert("maker", serial=2, usage=(2,))), {}, {"SEAL-13", "CERT-02"}),
    "expired": (Seal(end=NOW - DAY), {}, {"SEAL-14"}),
    "person": (Seal(maker=Cert("maker", serial=2, unit=None)), {}, {"SEAL-15"}),
    "raw": (Seal(encode="raw"), {}, {"SES-08"}),
    "trimmed": (Seal(encode="trailing-zero"), {}, {"SES-09"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_its_clause_and_no_other(fault: str) -> None:
    made, changes, expected = FAULTS[fault]
    assert judge(made.der(), policy(**changes), Generation.V4).judgement.failed == expected


def test_in_v5_a_maker_that_was_good_when_it_made_the_seal_is_a_hint() -> None:
    for maker, lists in ((Cert("maker", serial=2, end=NOW - DAY), ()), (MAKER, ((2, NOW - DAY),))):
        result = judge(Seal(Generation.V5, maker=maker).der(), policy(crls=(crl(lists),)))
        assert result.judgement.failed == frozenset()
        assert result.judgement.level("SEAL-13") is Level.WARN
    early = judge(Seal(Generation.V5, maker=Cert("maker", serial=2, start=MADE + DAY, end=NOW - DAY)).der(), policy())
    assert early.judgement.failed == {"SEAL-13"}


def test_a_unit_named_as_ou_alone_and_an_unknown_picture_type_are_warnings() -> None:
    maker = Cert("maker", serial=2, unit=None, more=(("2.5.4.11", "测试单位"),))
    judgement = judge(Seal(maker=maker, picture_type="webp").der(), policy()).judgement
    assert judgement.failed == frozenset()
    assert judgement.level("SEAL-15") is judgement.level("SEAL-09") is Level.WARN


def test_a_seal_in_a_pem_certificate_or_with_odd_wrapping_is_still_verified() -> None:
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der(MAKER)) + b"-----END CERTIFICATE-----\n"
    result = judge(Seal(cert=pem).der(), policy())
    assert result.judgement.failed == {"SEAL-10"}
    assert result.judgement.level("SEAL-12") is Level.PASS
    good = Seal().der()
    bare = asn1.sequence(*(p if p != asn1.octet_string(der(MAKER)) else der(MAKER) for p in _parts(good)))
    result = judge(bare, policy())
    assert result.judgement.failed == {"SEAL-01"}
    assert result.judgement.layer(Layer.CRYPTO) is Level.PASS


def _parts(data: bytes) -> list[bytes]:
    return [n.raw for n in reader.read(data).root.children]


def test_extensions_are_read_in_every_tagging() -> None:
    one = asn1.sequence(asn1.oid("1.2.3"), asn1.boolean(True), asn1.octet_string(b"v"))
    two = asn1.sequence(asn1.oid("1.2.4"), asn1.octet_string(b"w"))
    for written in (asn1.sequence(one, two), asn1.explicit(0, asn1.sequence(one, two)), asn1.explicit(0, one, two)):
        fields = Fields(reader.read(asn1.sequence(written)).root, Names())
        assert [(e.oid, e.critical, e.value) for e in seal.take_extensions(fields)] == [
            ("1.2.3", True, b"v"),
            ("1.2.4", False, b"w"),
        ]
    fields = Fields(reader.read(asn1.sequence(asn1.explicit(0, one))).root, Names())
    assert [e.oid for e in seal.take_extensions(fields)] == ["1.2.3"]


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_no_bytes_break_it(data: bytes, at: int) -> None:
    whole = Seal(Generation.V5).der()
    for broken in (data, whole[:at] + data, whole[:at] + data + whole[at:], whole[at:]):
        with suppress(DocumentError):
            seal.read(broken)
        assert judge(broken, policy()).judgement.findings

"""Certificates and revocation lists: what is read out of them, what is told about them, what they may not do."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit_seals import DOCUMENT, END, MADE, NOW, ROOT, SIGNED, SIGNER, START, Cert, Cms, crl, der, policy

from conformance.documents import asn1, certificates, chains, judge_cms, keys, oids, times
from conformance.documents import crl as lists
from conformance.documents.trouble import DocumentError

DAY = timedelta(days=1)


def test_a_certificate_says_what_it_was_made_of() -> None:
    made = Cert("holder", serial=0x7FFF, usage=(0, 1, 8), stamping=True, path_length=None)
    found = certificates.read(made.der())
    assert found.serial == 0x7FFF
    assert found.holder == "holder（仅供测试）"
    assert found.subject.get(oids.ORGANISATION) == "测试单位"
    assert str(found.issuer) == "CN=root（仅供测试）, O=测试单位"
    assert (found.not_before.value, found.not_after.value) == (START, END)
    assert found.usage == {"digitalSignature", "nonRepudiation", "decipherOnly"}
    assert found.extended_usage == {oids.TIME_STAMPING}
    assert found.key.is_sm2
    assert found.key.sm2 is not None
    assert found.algorithm == found.inner_algorithm == oids.SM2_SM3
    assert len(found.key_id) == 20
    assert not found.is_ca
    assert not found.self_issued
    assert found.defects == ()
    root = certificates.read(der(Cert("root", usage=(5,), ca=True, path_length=3)))
    assert (root.is_ca, root.path_length, root.self_issued) == (True, 3, True)


def test_a_certificate_with_a_key_that_is_no_point_is_read_and_verifies_nothing() -> None:
    good = der(SIGNER)
    at = good.index(asn1.bit_string(certificates.read(good).key.sm2.octets())[:4])  # type: ignore[union-attr]
    bad = bytearray(good)
    bad[at + 20] ^= 1
    found = certificates.read(bytes(bad))
    assert found.key.is_sm2
    assert found.key.sm2 is None
    checked = keys.verify(found.key, oids.SM2_SM3, b"", asn1.sm2_signature(1, 1), "signature")
    assert checked.holds is False
    assert "点" in checked.reason


@given(st.integers(0, len(der(SIGNER)) - 1), st.integers(1, 255))
def test_no_changed_octet_breaks_the_reading_or_keeps_the_chain(at: int, change: int) -> None:
    octets = bytearray(der(SIGNER))
    octets[at] ^= change
    try:
        found = certificates.read(bytes(octets))
    except DocumentError:
        return
    built = chains.build(found, policy(), times.at(SIGNED))
    assert built.holds is not True or found.defects


@pytest.mark.parametrize("size", [0, 1, 100, 300])
def test_a_truncated_certificate_is_refused(size: int) -> None:
    with pytest.raises(DocumentError):
        certificates.read(der(SIGNER)[:size])


def test_a_huge_certificate_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        certificates.read(asn1.sequence(bytes(70_000)))
    assert caught.value.code == "F102"


def test_explicit_defaults_and_a_repeated_extension_are_told() -> None:
    found = certificates.read(Cert("x", critical_false=True, usage=None).der())
    assert {d.code for d in found.defects} == {"default-encoded"}


def test_an_anchor_is_trusted_as_it_is_and_only_it() -> None:
    root, moment = certificates.read(der(ROOT)), times.at(SIGNED)
    assert chains.build(root, policy(), moment).holds is True
    twin = certificates.read(Cert("root", serial=99, usage=(5, 6), ca=True, by="root", key="rogue").der())
    assert chains.build(twin, policy(), moment).holds is True  # the root signed it: no anchor, but a link to one
    alone = chains.build(
        certificates.read(der(SIGNER)), policy(anchors=(der(Cert("rogue", by="rogue", ca=True)),)), moment
    )
    assert alone.holds is False
    assert "找不到颁发者" in alone.message


def test_a_chain_without_anchors_or_without_a_time_is_undetermined() -> None:
    signer = certificates.read(der(SIGNER))
    assert chains.build(signer, policy(anchors=()), times.at(SIGNED)).holds is None
    assert chains.build(signer, policy(), None).holds is None
    assert chains.build(signer, policy(anchors=(b"rubbish",)), times.at(SIGNED)).holds is False


def test_certificates_that_issue_each_other_in_a_circle_end() -> None:
    circle = tuple(der(Cert(f"c{i}", by=f"c{(i + 1) % 3}", serial=i, ca=True, usage=(5,))) for i in range(3))
    leaf = certificates.read(der(Cert("leaf", by="c0")))
    built = chains.build(leaf, policy(intermediates=circle), times.at(SIGNED))
    assert built.holds is False


def test_a_chain_that_is_too_long_is_refused() -> None:
    links = [Cert("n0", by="root", serial=50, ca=True, usage=(5,))]
    links += [Cert(f"n{i}", by=f"n{i - 1}", serial=50 + i, ca=True, usage=(5,)) for i in range(1, 9)]
    leaf = certificates.read(der(Cert("leaf", by="n8")))
    built = chains.build(leaf, policy(intermediates=tuple(map(der, links))), times.at(SIGNED))
    assert built.holds is False
    assert "超过" in built.message


def test_a_limit_on_the_length_of_the_path_is_kept() -> None:
    first = Cert("n0", by="root", serial=50, ca=True, usage=(5,), path_length=0)
    second = Cert("n1", by="n0", serial=51, ca=True, usage=(5,))
    given = policy(intermediates=(der(first), der(second)))
    assert chains.build(certificates.read(der(Cert("leaf", by="n0"))), given, times.at(SIGNED)).holds is True
    assert chains.build(certificates.read(der(Cert("leaf", by="n1"))), given, times.at(SIGNED)).holds is False


def test_a_revocation_list_is_read_with_its_dates_and_reasons() -> None:
    found = lists.read(crl(((3, MADE), (4, NOW))))
    assert set(found.revoked) == {3, 4}
    assert found.revoked[3].date.value == MADE
    assert found.revoked[3].reason == 1
    assert str(found.revoked[3]) == "2026-02-01 00:00:00 UTC，原因：密钥泄露"
    assert found.next_update is not None
    assert lists.read(crl(until=None)).next_update is None


def test_a_revocation_counts_from_its_date_on() -> None:
    signer, issuer = certificates.read(der(SIGNER)), (certificates.read(der(ROOT)),)
    given = policy(crls=(crl(((3, SIGNED),)),))
    for moment, revoked in ((SIGNED - DAY, False), (SIGNED, True), (SIGNED + DAY, True)):
        assert lists.status(signer, issuer, given, times.at(moment)).revoked is revoked
    assert lists.status(signer, (), given, times.at(SIGNED)).revoked is None


@given(st.binary(max_size=60), st.integers(0, 400))
def test_no_bytes_break_the_reading_of_a_list(data: bytes, at: int) -> None:
    whole = crl(((3, MADE),))
    for broken in (data, whole[:at] + data + whole[at:]):
        with suppress(DocumentError):
            lists.read(broken)


def test_foreign_keys_are_verified_by_the_library_or_undetermined() -> None:
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = rsa.generate_private_key(65537, 2048)
    key = keys.Key(private.public_key().public_bytes(*form), oids.RSA, "", None)
    value = private.sign(b"m", padding.PKCS1v15(), hashes.SHA256())
    name = "1.2.840.113549.1.1.11"
    assert keys.verify(key, name, b"m", value, "signature").holds is True
    assert keys.verify(key, name, b"n", value, "signature").holds is False
    assert keys.verify(key, oids.RSA, b"m", value, "signature", hash_name="sha256").holds is True
    assert keys.verify(key, oids.SM2_SM3, b"m", value, "signature").holds is None
    curve = ec.generate_private_key(ec.SECP256R1())
    other = keys.Key(curve.public_key().public_bytes(*form), oids.EC_PUBLIC_KEY, "1.2.840.10045.3.1.7", None)
    assert (
        keys.verify(other, "1.2.840.10045.4.3.2", b"m", curve.sign(b"m", ec.ECDSA(hashes.SHA256())), "signature").holds
        is True
    )
    assert keys.verify(keys.Key(b"", oids.RSA, "", None), name, b"m", value, "signature").holds is None
    assert keys.verify(keys.Key(b"", "1.2.3", "", None), name, b"m", value, "signature").holds is None


def test_the_certificate_of_a_signer_is_found_by_its_key_as_well() -> None:
    found = judge_cms.judge(Cms(certificates=False).der(DOCUMENT), policy(anchors=(der(SIGNER),)), document=DOCUMENT)
    assert found.signer is not None  # not in the file, but known
    assert found.judgement.failed == {"CMS-01"}

"""The generator's own mathematics against independent implementations: gmalg, asn1crypto, cryptography and the openssl command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.specimen.eseal import SIGNED, Clock, der, hashes, pki, rsa, sm2, sm4, trust
from conformance.specimen.eseal.conforming import Press
from conformance.specimen.eseal.seals import Ses

gmalg = pytest.importorskip("gmalg")
WHO = pki.People(Clock(SIGNED))
CERTIFICATES = {n: pki.certificate(getattr(WHO, n)) for n in ("maker", "signer", "second", "tsa", "revoked_since")}


def _openssl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False, timeout=30)


def _openssl_knows_sm2() -> bool:
    return shutil.which("openssl") is not None and "SM2" in _openssl("list", "-public-key-algorithms").stdout.upper()


needs_openssl = pytest.mark.skipif(not _openssl_knows_sm2(), reason="no openssl command with SM2")


@settings(max_examples=8, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["maker", "signer", "root"]))
def test_signatures_are_right_to_gmalg(message: bytes, name: str) -> None:
    key = sm2.private(name)
    r, s = sm2.sign(key, message)
    verifier = gmalg.SM2(uid=sm2.IDENTITY, pk=sm2.public(key))
    assert verifier.verify(message, r.to_bytes(32, "big"), s.to_bytes(32, "big"))
    assert not verifier.verify(message + b"x", r.to_bytes(32, "big"), s.to_bytes(32, "big"))
    digest = gmalg.SM3()
    digest.update(message)
    assert digest.value() == hashes.sm3(message)


def test_key_pairs_are_right_to_gmalg() -> None:
    for name in ("root", "maker", "tsa"):
        key = sm2.private(name)
        r, s = gmalg.SM2(sk=key.to_bytes(32, "big"), uid=sm2.IDENTITY, pk=sm2.public(key)).sign(b"specimen")
        assert gmalg.SM2(uid=sm2.IDENTITY, pk=sm2.public(key)).verify(b"specimen", r, s)


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), st.binary(max_size=70))
def test_sm4_is_that_of_cryptography(key: bytes, iv: bytes, plain: bytes) -> None:
    ciphers = pytest.importorskip("cryptography.hazmat.primitives.ciphers")
    encryptor = ciphers.Cipher(ciphers.algorithms.SM4(key), ciphers.modes.CBC(iv)).encryptor()
    count = 16 - len(plain) % 16
    assert sm4.encrypt(key, iv, plain) == encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()


@given(st.integers(0, 2**300), st.binary(max_size=300))
def test_der_is_that_of_asn1crypto(number: int, data: bytes) -> None:
    core = pytest.importorskip("asn1crypto.core")
    assert der.integer(number) == core.Integer(number).dump()
    assert der.octets(data) == core.OctetString(data).dump()
    assert der.bits(data) == core.BitString.load(der.bits(data), strict=True).dump()


@given(st.tuples(st.integers(0, 2), st.integers(0, 39), st.integers(0, 2**40)))
def test_object_identifiers_are_those_of_asn1crypto(arcs: tuple[int, ...]) -> None:
    core = pytest.importorskip("asn1crypto.core")
    dotted = ".".join(map(str, arcs))
    assert der.oid(dotted) == core.ObjectIdentifier(dotted).dump()


def test_each_form_of_a_value_is_what_it_says() -> None:
    key, message = sm2.private("signer"), b"specimen"
    assert len(sm2.value(key, message, "raw")) == 64
    assert sm2.value(key, message, "trailing-zero") + b"\0" != sm2.value(key, message)
    short = sm2.value(key, message, "no-leading-zero")
    assert short[3] == 32
    assert short[4] & 0x80, "an INTEGER that reads as a negative number"
    assert sm2.value(key, message, "long-length")[:2] == b"\x30\x81"
    assert sm2.value(key, message, "flipped") != sm2.value(key, message)


@needs_openssl
@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificates_verify_with_openssl(name: str, tmp_path: Path) -> None:
    root, mine = tmp_path / "root.der", tmp_path / "mine.der"
    root.write_bytes(pki.certificate(WHO.root))
    mine.write_bytes(CERTIFICATES[name])
    for path in (root, mine):
        made = _openssl("x509", "-inform", "DER", "-in", str(path), "-out", str(path.with_suffix(".pem")))
        assert made.returncode == 0, made.stderr
    # The moment lies within the certificates; OpenSSL wants the identity said (GM/T 0009).
    found = _openssl(
        "verify", "-attime", str(int(SIGNED.timestamp())), "-vfyopt", "distid:1234567812345678",
        "-CAfile", str(root.with_suffix(".pem")), str(mine.with_suffix(".pem")),
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr
    shown = _openssl("x509", "-inform", "DER", "-in", str(mine), "-noout", "-subject", "-nameopt", "utf8").stdout
    assert pki.MARK in shown


@needs_openssl
def test_a_seal_signature_verifies_with_openssl(tmp_path: Path) -> None:
    """Over toSign, by the key of the signer's certificate."""
    press = Press(Clock(SIGNED))
    data = Ses(press.seal("1"), WHO.signer, SIGNED).over(b"document", "/Signature.xml")
    core = pytest.importorskip("asn1crypto.core")
    parts = core.Sequence.load(data)
    to_sign, value = parts[0].dump(), parts[3].native
    raw = sum(bit << i for i, bit in enumerate(reversed(value))).to_bytes(len(value) // 8, "big")
    (tmp_path / "to-sign").write_bytes(to_sign)
    (tmp_path / "value").write_bytes(raw)
    (tmp_path / "c.der").write_bytes(pki.certificate(WHO.signer))
    _openssl(
        "x509", "-inform", "DER", "-in", str(tmp_path / "c.der"), "-noout", "-pubkey", "-out", str(tmp_path / "key.pem")
    )
    found = _openssl(
        "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-pubin", "-inkey",
        str(tmp_path / "key.pem"), "-in", str(tmp_path / "to-sign"), "-sigfile", str(tmp_path / "value"),
    )  # fmt: skip
    assert found.returncode == 0, found.stdout + found.stderr


@needs_openssl
def test_revocation_lists_read_with_openssl(tmp_path: Path) -> None:
    for n, data in enumerate(trust().crls):
        (tmp_path / f"{n}.crl").write_bytes(data)
        shown = _openssl("crl", "-inform", "DER", "-in", str(tmp_path / f"{n}.crl"), "-noout", "-text")
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.count("Serial Number:") == (3, 0)[n]


@needs_openssl
def test_the_rsa_certificate_and_signature_verify_with_openssl(tmp_path: Path) -> None:
    clock = Clock(SIGNED)
    (tmp_path / "r.der").write_bytes(rsa.root(clock))
    (tmp_path / "s.der").write_bytes(rsa.signer(clock))
    for name in "rs":
        _openssl("x509", "-inform", "DER", "-in", str(tmp_path / f"{name}.der"), "-out", str(tmp_path / f"{name}.pem"))
    found = _openssl(
        "verify", "-attime", str(int(SIGNED.timestamp())), "-CAfile", str(tmp_path / "r.pem"), str(tmp_path / "s.pem")
    )
    assert found.returncode == 0, found.stdout + found.stderr
    (tmp_path / "m").write_bytes(b"document")
    (tmp_path / "cms").write_bytes(rsa.RsaCms(clock).over(b"document"))
    found = _openssl(
        "cms", "-verify", "-binary", "-inform", "DER", "-in", str(tmp_path / "cms"), "-content", str(tmp_path / "m"),
        "-CAfile", str(tmp_path / "r.pem"), "-attime", str(int(SIGNED.timestamp())), "-purpose", "any",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr

"""Our SM2, SM3 and DER against independent implementations: gmalg, OpenSSL as a library and as a command, asn1crypto.

Thousands of random cases against the library always; the two that take tens of milliseconds for one, dozens always and
thousands when slow tests run. What the tools are not installed for is skipped.
"""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_seals import MADE, MAKER, ROOT, SIGNER, TSA, Cert, crl, der

from conformance.documents import asn1, certificates, sm2
from conformance.documents.signature_value import read
from conformance.documents.sm3 import sm3

PRIVATE = st.integers(1, sm2.N - 2) | st.sampled_from([1, 2, 3, sm2.N - 2, sm2.N // 2, 1 << 255])
MESSAGE = st.binary(max_size=300)


def runs(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Random keys and messages, this many."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        return settings(max_examples=count, deadline=None)(given(PRIVATE, MESSAGE)(test))

    return decorate


# gmalg -------------------------------------------------------------------------------------------------------


def against_gmalg(private: int, message: bytes) -> None:
    gmalg = pytest.importorskip("gmalg")
    key = sm2.public_key(private)
    other = gmalg.SM2(private.to_bytes(32, "big"), sm2.DEFAULT_ID, key.octets())
    # theirs by ours
    r, s = (int.from_bytes(n, "big") for n in other.sign(message))
    assert sm2.verify(key, message, r, s)
    assert not sm2.verify(key, message + b"x", r, s)
    # ours by theirs
    parts = [n.to_bytes(32, "big") for n in sm2.sign(private, message)]
    assert other.verify(message, *parts)
    assert not other.verify(message + b"x", *parts)


@runs(25)
def test_signatures_agree_with_gmalg(private: int, message: bytes) -> None:
    against_gmalg(private, message)


@pytest.mark.slow
@runs(2000)
def test_thousands_of_signatures_agree_with_gmalg(private: int, message: bytes) -> None:
    against_gmalg(private, message)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_sm3_agrees_with_gmalg(data: bytes) -> None:
    gmalg = pytest.importorskip("gmalg")
    other = gmalg.SM3()
    other.update(data)
    assert other.value() == sm3(data)


# OpenSSL in this process -------------------------------------------------------------------------------------


class Library:
    """libcrypto of OpenSSL 3: SM2 with SM3 over a message, by its own curve, hash, encoding and random numbers."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("crypto")
        if name is None:
            pytest.skip("no libcrypto")
        self.c = ctypes.CDLL(name)
        if not hasattr(self.c, "EVP_PKEY_CTX_set1_id"):
            pytest.skip("libcrypto is older than OpenSSL 3")
        for function in ("d2i_AutoPrivateKey", "d2i_PUBKEY", "EVP_MD_CTX_new", "EVP_sm3"):
            getattr(self.c, function).restype = ctypes.c_void_p

    def _key(self, read: str, octets: bytes) -> ctypes.c_void_p:
        at = ctypes.c_char_p(octets)
        key = getattr(self.c, read)(None, ctypes.byref(at), ctypes.c_long(len(octets)))
        assert key
        return ctypes.c_void_p(key)

    def _ready(self, begin: str, key: ctypes.c_void_p) -> ctypes.c_void_p:
        state, inner = ctypes.c_void_p(self.c.EVP_MD_CTX_new()), ctypes.c_void_p()
        hash_ = ctypes.c_void_p(self.c.EVP_sm3())
        assert getattr(self.c, begin)(state, ctypes.byref(inner), hash_, None, key) == 1
        assert self.c.EVP_PKEY_CTX_set1_id(inner, sm2.DEFAULT_ID, ctypes.c_int(len(sm2.DEFAULT_ID))) == 1
        return state

    def sign(self, private: int, message: bytes) -> bytes:
        key = self._key("d2i_AutoPrivateKey", private_info(private))
        state = self._ready("EVP_DigestSignInit", key)
        size, out = ctypes.c_size_t(80), ctypes.create_string_buffer(80)
        done = self.c.EVP_DigestSign(state, out, ctypes.byref(size), message, ctypes.c_size_t(len(message)))
        self._free(state, key)
        assert done == 1
        return out.raw[: size.value]

    def verify(self, key_octets: bytes, message: bytes, value: bytes) -> bool:
        key = self._key("d2i_PUBKEY", key_octets)
        state = self._ready("EVP_DigestVerifyInit", key)
        done = self.c.EVP_DigestVerify(
            state, value, ctypes.c_size_t(len(value)), message, ctypes.c_size_t(len(message))
        )
        self._free(state, key)
        return bool(done == 1)

    def _free(self, state: ctypes.c_void_p, key: ctypes.c_void_p) -> None:
        self.c.EVP_MD_CTX_free(state)
        self.c.EVP_PKEY_free(key)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


@settings(max_examples=1000, deadline=None)  # each of them signed by both sides
@given(private=PRIVATE, message=MESSAGE)
def test_two_thousand_signatures_agree_with_the_openssl_library(library: Library, private: int, message: bytes) -> None:
    public = sm2.public_key(private)
    # theirs by ours
    value = read(library.sign(private, message))
    assert value.defects == ()
    assert value.r is not None
    assert value.s is not None
    assert sm2.verify(public, message, value.r, value.s)
    # ours by theirs, and not when the message is another
    ours = asn1.sm2_signature(*sm2.sign(private, message))
    assert library.verify(spki(public), message, ours)
    assert not library.verify(spki(public), message + b"x", ours)


# OpenSSL command line ----------------------------------------------------------------------------------------


def openssl(*arguments: str, where: Path, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=where, capture_output=True, check=check, timeout=60)


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to call the command in."""
    where = tmp_path_factory.mktemp("openssl")
    found = shutil.which("openssl") is not None and openssl("version", where=where).stdout.startswith(b"OpenSSL 3")
    if not found:
        pytest.skip("no OpenSSL command line of version 3")
    return where


def spki(key: sm2.PublicKey) -> bytes:
    kind = asn1.sequence(asn1.oid("1.2.840.10045.2.1"), asn1.oid("1.2.156.10197.1.301"))
    return asn1.sequence(kind, asn1.bit_string(key.octets()))


def private_info(private: int) -> bytes:
    """PrivateKeyInfo (RFC 5208) with an ECPrivateKey (RFC 5915) on the SM2 curve."""
    inner = asn1.sequence(
        asn1.integer(1),
        asn1.octet_string(private.to_bytes(32, "big")),
        asn1.explicit(1, asn1.bit_string(sm2.public_key(private).octets())),
    )
    kind = asn1.sequence(asn1.oid("1.2.840.10045.2.1"), asn1.oid("1.2.156.10197.1.301"))
    return asn1.sequence(asn1.integer(0), kind, asn1.octet_string(inner))


def against_openssl(private: int, message: bytes, where: Path) -> None:
    key = sm2.public_key(private)
    (where / "key.der").write_bytes(private_info(private))
    (where / "pub.der").write_bytes(spki(key))
    (where / "message").write_bytes(message)
    common = ("-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{sm2.DEFAULT_ID.decode()}", "-in", "message")
    # theirs by ours
    openssl("pkeyutl", "-sign", "-inkey", "key.der", "-keyform", "DER", *common, "-out", "theirs", where=where)
    value = read((where / "theirs").read_bytes())
    assert value.defects == ()
    assert value.r is not None
    assert value.s is not None
    assert sm2.verify(key, message, value.r, value.s)
    # ours by theirs, and not when the message is another
    (where / "ours").write_bytes(asn1.sm2_signature(*sm2.sign(private, message)))
    verify = ("pkeyutl", "-verify", "-pubin", "-inkey", "pub.der", "-keyform", "DER", *common, "-sigfile", "ours")
    assert b"Verified Successfully" in openssl(*verify, where=where).stdout
    (where / "message").write_bytes(message + b"x")
    assert openssl(*verify, where=where, check=False).returncode != 0


@settings(max_examples=40, deadline=None)
@given(private=PRIVATE, message=MESSAGE)
def test_signatures_agree_with_the_openssl_command(tool: Path, private: int, message: bytes) -> None:
    against_openssl(private, message, tool)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(private=PRIVATE, message=MESSAGE)
def test_a_thousand_signatures_agree_with_the_openssl_command(tool: Path, private: int, message: bytes) -> None:
    against_openssl(private, message, tool)


def pem(data: bytes, what: str) -> bytes:
    return b"-----BEGIN %s-----\n" % what.encode() + base64.encodebytes(data) + b"-----END %s-----\n" % what.encode()


def test_certificates_and_lists_of_ours_are_valid_to_openssl(tool: Path) -> None:
    (tool / "root.pem").write_bytes(pem(der(ROOT), "CERTIFICATE"))
    (tool / "crl.pem").write_bytes(pem(crl(((9, MADE),)), "X509 CRL"))
    for cert in (MAKER, SIGNER, TSA):
        (tool / "leaf.pem").write_bytes(pem(der(cert), "CERTIFICATE"))
        arguments = (
            "-attime",
            "1780300800",
            "-CAfile",
            "root.pem",
            "-vfyopt",
            f"distid:{sm2.DEFAULT_ID.decode()}",
            "leaf.pem",
        )
        assert openssl("verify", *arguments, where=tool).stdout.strip() == b"leaf.pem: OK"
    rogue = Cert("signer", by="root", serial=3, key="signer").der()
    (tool / "leaf.pem").write_bytes(pem(rogue[:-4] + bytes(4), "CERTIFICATE"))
    assert openssl("verify", *arguments, where=tool, check=False).returncode != 0
    listed = openssl("crl", "-in", "crl.pem", "-noout", "-text", where=tool).stdout
    assert b"Serial Number: 09" in listed
    assert b"Key Compromise" in listed


# asn1crypto --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cert", [ROOT, MAKER, SIGNER, TSA, Cert("k", usage=(0, 2, 7, 8), serial=2**70, path_length=2, ca=True)]
)
def test_certificates_read_as_asn1crypto_reads_them(cert: Cert) -> None:
    x509 = pytest.importorskip("asn1crypto.x509")
    data = der(cert)
    ours, theirs = certificates.read(data), x509.Certificate.load(data, strict=True)
    validity = theirs["tbs_certificate"]["validity"]
    assert ours.serial == theirs.serial_number
    assert ours.subject.raw == theirs.subject.dump()
    assert ours.issuer.raw == theirs.issuer.dump()
    assert ours.tbs == theirs["tbs_certificate"].dump()
    assert (ours.not_before.value, ours.not_after.value) == (
        validity["not_before"].native,
        validity["not_after"].native,
    )
    names = {"digital_signature": "digitalSignature", "non_repudiation": "nonRepudiation", "key_encipherment": "keyEncipherment",
             "key_cert_sign": "keyCertSign", "crl_sign": "cRLSign", "encipher_only": "encipherOnly", "decipher_only": "decipherOnly"}  # fmt: skip
    assert ours.usage == {names[n] for n in theirs.key_usage_value.native}
    assert ours.is_ca == bool(theirs.ca)
    assert ours.path_length == (theirs.basic_constraints_value.native["path_len_constraint"] if theirs.ca else None)
    assert ours.key_id == theirs.key_identifier
    assert theirs.dump(force=True) == data

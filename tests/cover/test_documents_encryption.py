"""ENC-01 with a test key: both schemes open, a wrong key decides nothing, and what remains in the clear is found."""

from __future__ import annotations

import kit_ofd
import kit_seals
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_documents import sealed, told
from kit_encryption import IV, KEY, PASSWORD, PRIVATE, encrypted, sm2_encrypted, sm4, stretched

from conformance.documents import decryption
from conformance.documents.file import FileExamination, Options, examine_file, options_from
from conformance.documents.finding import Level

PAGE = "Doc_0/Pages/Page_0/Content.xml"
FONT = "Doc_0/Res/font.ttf"
SECRET = Options(policy=kit_seals.policy(), password=PASSWORD.encode())
KEYED = Options(policy=kit_seals.policy(), keys=(PRIVATE.to_bytes(32, "big"),))


def examined(files: kit_ofd.Files, options: Options = SECRET) -> FileExamination:
    return examine_file("a.ofd", kit_ofd.pack(files), options)


def messages(found: FileExamination) -> list[tuple[str, str]]:
    return told(found.findings, "ENC-01")


@pytest.mark.parametrize("open_map", [True, False])
@pytest.mark.parametrize(("scheme", "options"), [("1.1.1", SECRET), ("1.1.2", KEYED)])
def test_a_sealed_and_then_encrypted_file_opens_and_holds(scheme: str, options: Options, open_map: bool) -> None:
    found = examined(encrypted(sealed(), PAGE, FONT, scheme=scheme, open_map=open_map), options)
    assert not found.failed
    for clause in ("ENC-01", "OFD-09", "OFD-12", "OFD-13", "SIG-06", "SIG-08", "SIG-15"):
        assert found.level(clause) is Level.PASS, told(found.findings, clause)


def test_the_raw_form_of_an_sm2_ciphertext_opens_too() -> None:
    files = encrypted(sealed(), PAGE, scheme="1.1.2", key=sm2_encrypted(PRIVATE, KEY, raw=True))
    assert examined(files, KEYED).level("ENC-01") is Level.PASS


@pytest.mark.parametrize(
    "options",
    [
        Options(policy=kit_seals.policy()),
        Options(policy=kit_seals.policy(), password=b"wrong"),
        Options(policy=kit_seals.policy(), keys=(bytes(31) + b"\5",)),
    ],
    ids=["none", "wrong password", "key for another scheme"],
)
def test_without_the_right_key_nothing_inside_is_decided(options: Options) -> None:
    found = examined(encrypted(sealed(), PAGE), options)
    assert not found.failed
    for clause in ("ENC-01", "OFD-09", "OFD-12", "SIG-06"):
        assert found.level(clause) is Level.UNKNOWN, told(found.findings, clause)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (encrypted(sealed(), PAGE, keep=True), "明文残留在包内"),
        ({**encrypted(sealed(), PAGE), "enc/copy.xml": sealed()[PAGE]}, "明文残留在包内"),
        (encrypted(sealed(), PAGE, file_key=b"x" * 16), "密文用文件密钥解不开"),
        ({**encrypted(sealed(), PAGE), "enc/0.dat": sm4(KEY, IV, b"no xml")}, "解密后的文件不是 XML"),
        (
            {**encrypted(sealed(), PAGE), "entriesmap.dat": sm4(KEY, IV, b"<a/>")},
            "映射表用文件密钥解不开，或不是 EncryptEntries",
        ),
    ],
)
def test_what_only_the_key_shows_is_named(files: kit_ofd.Files, message: str) -> None:
    found = examined(files)
    assert ("fail", message) in messages(found)


def test_a_replacement_without_secrets_is_no_residue() -> None:
    files = encrypted(sealed(), PAGE) | {PAGE: f"<ofd:Page {kit_ofd.NS}/>".encode()}
    assert examined(files).level("ENC-01") is Level.PASS, messages(examined(files))


def test_keys_may_be_given_in_every_form() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    number = PRIVATE % (1 << 250)
    pem = ec.derive_private_key(number, ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    raw = number.to_bytes(32, "big")
    assert options_from({"keys": [pem, raw, raw.hex()], "password": PASSWORD}).keys == (raw,) * 3
    assert PASSWORD not in repr(options_from({"password": PASSWORD}))


def test_the_derivation_of_keys_agrees_with_another_writing_of_it() -> None:
    for length in (16, 32, 33, 64, 100):
        assert decryption.kdf(b"secret", length) == stretched(b"secret", length)


def test_an_independent_implementation_encrypts_and_ours_opens() -> None:
    gmalg = pytest.importorskip("gmalg")
    public = decryption.sm2.public_key(PRIVATE)
    for message in (b"sixteen  octets.", b"m", bytes(40)):
        assert decryption.sm2_decrypt(PRIVATE, gmalg.SM2(pk=public.octets()).encrypt(message)) == message


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200))
def test_no_ciphertext_raises(data: bytes) -> None:
    assert decryption.sm2_decrypt(PRIVATE, data) is None
    decryption.sm4_cbc(KEY, IV, data)

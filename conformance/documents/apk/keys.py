"""Public keys of packages: RSA, ECDSA and DSA through `cryptography`, and what is told of a certificate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from conformance.documents import certificates, oids
from conformance.documents.trouble import DocumentError
from conformance.errors import MissingExtra

# Signature algorithms of certificates → the hash they use (RFC 3279, 5758), those of other documents included.
_HASHES = {
    **oids.SIGNATURE_HASHES, "1.2.840.113549.1.1.4": "md5", "1.2.840.10045.4.1": "sha1", "1.2.840.10040.4.3": "sha1",
    "2.16.840.1.101.3.4.3.1": "sha224", "2.16.840.1.101.3.4.3.2": "sha256",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificate:
    """`kind` RSA, EC, DSA or another word; `bits` of its key; `hash` the digest of its own signature, lower case."""

    der: bytes
    subject: str
    common_name: str
    kind: str
    bits: int
    hash: str
    start: datetime
    end: datetime
    spki: bytes
    public_forms: tuple[
        str, ...
    ]  # the public key in the ways it is written down, hex: modulus or point, then SubjectPublicKeyInfo

    @property
    def md5(self) -> str:
        """特征信息 of the filing of an App: MD5 of the certificate's DER; a name for it, no protection."""
        return hashlib.md5(self.der, usedforsecurity=False).hexdigest()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()


def _cryptography() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise MissingExtra("cryptography", "package") from None


@lru_cache(64)
def certificate(der: bytes) -> Certificate | None:
    """None when it cannot be read. MissingExtra when `cryptography` is not installed.

    Read by the reader of the house: developers make their certificates with tools that do not always write strict DER
    (a DSA certificate of keytool has parameters where none belong), devices take them, and `cryptography` does not.
    """
    _cryptography()
    try:
        read = certificates.read(der)
    except DocumentError:
        return None
    if read.not_before.value is None or read.not_after.value is None:
        return None
    kind, bits, form = _key(read.key.spki)
    whole = read.key.spki.hex()
    return Certificate(
        der=der,
        subject=str(read.subject),
        common_name=read.subject.get(oids.COMMON_NAME),
        kind=kind,
        bits=bits,
        hash=_HASHES.get(read.algorithm, ""),
        start=read.not_before.value,
        end=read.not_after.value,
        spki=read.key.spki,
        public_forms=(form, whole) if form else (whole,),
    )


def _key(info: bytes) -> tuple[str, int, str]:
    """Kind, bits, and the number or point as hex, of a SubjectPublicKeyInfo; 未知 when it cannot be read."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    try:
        key = load_der_public_key(info)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "未知", 0, ""
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size, f"{key.public_numbers().n:x}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "EC", key.key_size, key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size, ""
    return type(key).__name__, 0, ""


def spki(der: bytes) -> bytes:
    """SubjectPublicKeyInfo of a certificate, b"" when it cannot be read."""
    read = certificate(der)
    return read.spki if read is not None else b""


def check(key: bytes, kind: str, hash_: str, signature: bytes, data: bytes) -> str:
    """ "" when `signature` is one of `data`; else why not. `key`: SubjectPublicKeyInfo; `kind`: pss, rsa, ec, dsa."""
    _cryptography()
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    known: dict[str, Any] = {"sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384,
           "sha512": hashes.SHA512, "md5": hashes.MD5}  # fmt: skip
    how = known.get(hash_)
    if how is None:
        return f"不认识的摘要算法 {hash_}"
    digest = how()
    try:
        public = load_der_public_key(key)
        if kind in ("rsa", "pss") and isinstance(public, rsa.RSAPublicKey):
            pad: Any = padding.PKCS1v15()
            if kind == "pss":
                pad = padding.PSS(padding.MGF1(digest), salt_length=digest.digest_size)
            public.verify(signature, data, pad, digest)
        elif kind == "ec" and isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, data, ec.ECDSA(digest))
        elif kind == "dsa" and isinstance(public, dsa.DSAPublicKey):
            public.verify(signature, data, digest)
        else:
            return "公钥的种类与签名算法不符"
    except InvalidSignature:
        return "签名值与内容、公钥对不上"
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        return f"公钥不能使用（{type(error).__name__}）"
    return ""

"""Public keys of packages: RSA, ECDSA and DSA through `cryptography`, and what is told of a certificate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from conformance.errors import MissingExtra


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


def _x509() -> Any:
    try:
        from cryptography import x509
    except ImportError:
        raise MissingExtra("cryptography", "package") from None
    return x509


@lru_cache(64)
def certificate(der: bytes) -> Certificate | None:
    """None when it cannot be read. MissingExtra when `cryptography` is not installed."""
    x509 = _x509()
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        read = x509.load_der_x509_certificate(der)
        key = read.public_key()
        names = read.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        kinds = {rsa.RSAPublicKey: "RSA", ec.EllipticCurvePublicKey: "EC", dsa.DSAPublicKey: "DSA"}
        kind = next((word for cls, word in kinds.items() if isinstance(key, cls)), type(key).__name__)
        hash_ = read.signature_hash_algorithm
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        forms: tuple[str, ...] = (info.hex(),)
        if isinstance(key, rsa.RSAPublicKey):
            forms = (f"{key.public_numbers().n:x}", *forms)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            forms = (key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex(), *forms)
        return Certificate(
            der=der,
            subject=read.subject.rfc4514_string(),
            common_name=str(names[0].value) if names else "",
            kind=kind,
            bits=int(getattr(key, "key_size", 0)),
            hash=hash_.name if hash_ is not None else "",
            start=read.not_valid_before_utc,
            end=read.not_valid_after_utc,
            spki=info,
            public_forms=forms,
        )
    except Exception:  # noqa: BLE001 - a certificate made to hurt its reader is one that cannot be read
        return None


def spki(der: bytes) -> bytes:
    """SubjectPublicKeyInfo of a certificate, b"" when it cannot be read."""
    read = certificate(der)
    return read.spki if read is not None else b""


def check(key: bytes, kind: str, hash_: str, signature: bytes, data: bytes) -> str:
    """ "" when `signature` is one of `data`; else why not. `key`: SubjectPublicKeyInfo; `kind`: pss, rsa, ec, dsa."""
    _x509()
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

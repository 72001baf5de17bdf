"""Verifying with the public key of a certificate: SM2 by our own module, RSA and ECDSA by `cryptography`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from conformance.documents import oids, signature_value, sm2
from conformance.documents.verdicts import Defect
from conformance.errors import MissingExtra


@dataclass(frozen=True, slots=True)
class Key:
    """A SubjectPublicKeyInfo. `sm2` is the point when it is an SM2 key on its curve."""

    spki: bytes
    algorithm: str
    curve: str
    sm2: sm2.PublicKey | None

    @property
    def is_sm2(self) -> bool:
        return self.algorithm == oids.EC_PUBLIC_KEY and self.curve == oids.SM2_CURVE


@dataclass(frozen=True, slots=True)
class Checked:
    """`holds` is None when this key or algorithm cannot be computed here; `reason` then says why."""

    holds: bool | None
    reason: str
    defects: tuple[Defect, ...] = ()


def verify(
    key: Key,
    algorithm: str,
    message: bytes,
    value: bytes,
    where: str,
    user_id: bytes = sm2.DEFAULT_ID,
    hash_name: str = "",
) -> Checked:
    """Whether `value` signs `message`. What decides is the kind of key; a wrong algorithm identifier is judged elsewhere.

    hash_name     for RSA and ECDSA, when the algorithm identifier names no hash
    """
    if key.is_sm2:
        numbers = signature_value.read(value, where)
        if key.sm2 is None:
            return Checked(False, "公钥不是 SM2 曲线上的点", numbers.defects)
        if numbers.r is None or numbers.s is None:
            return Checked(False, "签名值里读不出 R 和 S", numbers.defects)
        holds = sm2.verify(key.sm2, message, numbers.r, numbers.s, user_id)
        return Checked(holds, "SM2 签名验证通过" if holds else "SM2 签名验证不通过", numbers.defects)
    hash_name = oids.SIGNATURE_HASHES.get(algorithm, hash_name)
    if key.algorithm not in (oids.RSA, oids.EC_PUBLIC_KEY) or hash_name in ("", "sm3"):
        return Checked(None, f"不支持的签名算法：密钥 {oids.shown(key.algorithm)}，签名 {oids.shown(algorithm)}")
    return _foreign(key, hash_name, message, value)


def _foreign(key: Key, hash_name: str, message: bytes, value: bytes) -> Checked:
    try:
        backend: Any = importlib.import_module("cryptography.hazmat.primitives.serialization")
        hashes: Any = importlib.import_module("cryptography.hazmat.primitives.hashes")
        asymmetric: Any = importlib.import_module("cryptography.hazmat.primitives.asymmetric.padding")
        curves: Any = importlib.import_module("cryptography.hazmat.primitives.asymmetric.ec")
        errors: Any = importlib.import_module("cryptography.exceptions")
    except ImportError:
        raise MissingExtra("cryptography", "documents") from None
    digest = getattr(hashes, hash_name.upper())()
    try:
        public = backend.load_der_public_key(key.spki)
        if key.algorithm == oids.RSA:
            public.verify(value, message, asymmetric.PKCS1v15(), digest)
        else:
            public.verify(value, message, curves.ECDSA(digest))
    except errors.InvalidSignature:
        return Checked(False, "签名验证不通过")
    except (ValueError, TypeError, AttributeError, errors.UnsupportedAlgorithm) as error:
        return Checked(None, f"公钥无法使用：{type(error).__name__}")
    return Checked(True, "签名验证通过")

"""Keys of signatories: public ones are given from outside, private ones stay with a file or a device of their owner."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from conformance.documents import signature_value, sm2
from conformance.errors import IssueError, MissingExtra

# SubjectPublicKeyInfo of the two kinds up to the key itself: RFC 8410, 4 and GB/T 35276 (curve 1.2.156.10197.1.301).
_ED25519 = bytes.fromhex("302a300506032b6570032100")
_SM2 = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s*([A-Za-z0-9+/=\s]+?)-----END PUBLIC KEY-----")
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`kind` is ed25519 (32 octets) or sm2 (04‖x‖y)."""

    kind: str
    octets: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the SubjectPublicKeyInfo: what `keyid` of a signature names."""
        return hashlib.sha256((_ED25519 if self.kind == "ed25519" else _SM2) + self.octets).hexdigest()

    @property
    def pem(self) -> str:
        text = base64.b64encode((_ED25519 if self.kind == "ed25519" else _SM2) + self.octets).decode()
        lines = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
        return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


def read_public(text: str, where: str = "") -> PublicKey:
    """A PEM public key, Ed25519 or SM2. IssueError I021 for anything else, a private key above all."""
    found = _PEM.fullmatch(text.strip())
    try:
        der = base64.b64decode("".join(found[1].split()), validate=True) if found else b""
    except binascii.Error:
        der = b""
    if der.startswith(_ED25519) and len(der) == len(_ED25519) + 32:
        return PublicKey("ed25519", der[len(_ED25519) :])
    if der.startswith(_SM2) and sm2.PublicKey.read(der[len(_SM2) :]) is not None:
        return PublicKey("sm2", der[len(_SM2) :])
    raise IssueError(
        "I021",
        "不是可用的公钥" + ("，而是私钥：私钥不能写在这里" if "PRIVATE" in text else ""),
        expected="PEM 的 Ed25519 或 SM2 公钥（BEGIN PUBLIC KEY）",
        where=where,
        hint="openssl pkey -in 私钥.pem -pubout",
    )


def verifies(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message is by this key."""
    if key.kind == "sm2":
        point, value = sm2.PublicKey.read(key.octets), signature_value.read(signature)
        if point is None or value.r is None or value.s is None:
            return False
        return sm2.verify(point, message, value.r, value.s)
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise MissingExtra("cryptography", "gm") from None
    try:
        Ed25519PublicKey.from_public_bytes(key.octets).verify(signature, message)
    except InvalidSignature:
        return False
    return True


class Signer(Protocol):
    """Something that signs octets with a key it does not hand out."""

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class FileSigner:
    """An Ed25519 private key in a PEM file; `password` opens an encrypted one."""

    path: Path
    password: str | None = None

    def sign(self, message: bytes) -> bytes:
        """IssueError I022 when the file holds no Ed25519 private key."""
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
            from cryptography.hazmat.primitives.serialization import load_pem_private_key
        except ImportError:
            raise MissingExtra("cryptography", "gm") from None
        try:
            secret = self.password.encode() if self.password else None
            key = load_pem_private_key(self.path.read_bytes(), secret)
        except (OSError, ValueError, TypeError) as error:
            raise IssueError(
                "I022", f"私钥读不出来: {error}", where=str(self.path), hint="加密的私钥用 --password-env 给出口令"
            ) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise IssueError(
                "I022", "不是 Ed25519 私钥", where=str(self.path), hint="SM2 私钥在国密设备里，用 --command 由它签名"
            )
        return key.sign(message)


@dataclass(frozen=True, slots=True)
class CommandSigner:
    """A program of the owner (国密设备, signing server): octets on its input, the signature on its output.

    The output may be the signature itself, or its hexadecimal or base64 text. For SM2 the program signs with SM3 and
    the default identity 1234567812345678 (GB/T 35276), as DER or as r‖s.
    """

    command: str

    def sign(self, message: bytes) -> bytes:
        """IssueError I023 when the program fails or says nothing."""
        try:
            done = subprocess.run(  # noqa: S603 - the owner's own command, no shell
                shlex.split(self.command), input=message, capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise IssueError("I023", f"签名命令没有成功: {error}", where=self.command) from None
        if done.returncode or not done.stdout:
            said = done.stderr.decode("utf-8", "replace").strip()[:300]
            raise IssueError("I023", f"签名命令没有成功（退出状态 {done.returncode}）: {said}", where=self.command)
        return _plain(done.stdout)


def _plain(output: bytes) -> bytes:
    text = output.strip()
    if re.fullmatch(rb"(?:[0-9a-fA-F]{2}){64,80}", text):
        return bytes.fromhex(text.decode())
    if re.fullmatch(rb"[A-Za-z0-9+/\s]{80,120}={0,2}", text):
        return base64.b64decode(text)
    return output

"""A certificate authority of the specimen and what it signs: one certificate for its hosts, and one nobody trusts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.errors import MissingExtra


@dataclass(frozen=True, slots=True)
class Files:
    """PEM files: the authority to trust, and (certificate, key) by what is wrong with it ("" for nothing)."""

    ca: Path
    pairs: dict[str, tuple[Path, Path]]


def make(folder: Path, hosts: list[str], wanted: set[str]) -> Files:
    """Write the authority and the wanted certificates: "" good, "self-signed", "expired", "other-name"."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        raise MissingExtra("cryptography", "ipv6") from None

    def key_of() -> Any:
        return ec.generate_private_key(ec.SECP256R1())

    def write(name: str, certificate: Any, key: Any) -> tuple[Path, Path]:
        paths = folder / f"{name}.pem", folder / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].touch(0o600)
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return paths

    authority = key_of()
    root = _certificate("样机测试根证书", authority.public_key(), "样机测试根证书", authority, authority=True)
    ca, _ = write("ca", root, authority)
    pairs = {}
    for kind in wanted:
        key = key_of()
        names = ["other.example"] if kind == "other-name" else hosts
        signer = key if kind == "self-signed" else authority
        issuer = names[0] if kind == "self-signed" else "样机测试根证书"
        days = -1 if kind == "expired" else 30
        made = _certificate(names[0], key.public_key(), issuer, signer, names=names, days=days, issuer_key=signer)
        pairs[kind] = write(kind or "good", made, key)
    return Files(ca, pairs)


def _certificate(
    subject: str,
    public: Any,
    issuer: str,
    signer: Any,
    *,
    names: list[str] | None = None,
    authority: bool = False,
    days: int = 30,
    issuer_key: Any = None,
) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer_key or signer).public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False), critical=True
        )
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
    return builder.sign(signer, hashes.SHA256())

"""A key and a certificate that live as long as one gateway: what it shows to the browser, and to nobody else."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from conformance.errors import MissingExtra
from conformance.target.access import is_address


@dataclass(frozen=True, slots=True)
class Identity:
    """`pin`: base64 of the SHA-256 of the public key (SubjectPublicKeyInfo), as Chromium's switch wants it."""

    context: ssl.SSLContext
    pin: str


def make(hosts: Iterable[str]) -> Identity:
    """A new key, self-signed for these hosts for a day. MissingExtra without `cryptography`."""
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        raise MissingExtra("cryptography", "page") from None
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "conformance gateway")])
    now = datetime.now(UTC)
    names = [x509.IPAddress(ip_address(h)) if is_address(h) else x509.DNSName(_ascii(h)) for h in sorted(hosts)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Identity(
        _context(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
        base64.b64encode(hashlib.sha256(public).digest()).decode(),
    )


def _context(pem: bytes) -> ssl.SSLContext:
    out = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    out.set_alpn_protocols(["http/1.1"])
    handle, path = tempfile.mkstemp(prefix="conformance-")  # the ssl module reads a key from a file only; mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
        out.load_cert_chain(path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)
    return out


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode("ascii")

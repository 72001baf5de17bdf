"""Signing a package: JAR files (v1), and the signing block with the schemes v2 and v3 (source.android.com, APK signing)."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Mapping

from conformance.specimen.apk.keys import Signer

_RSA_SHA256 = 0x0103
_V2, _V3 = 0x7109871A, 0xF05368C0
_STRIPPING = 0xBEEFF00D
_CHUNK = 1 << 20
_LINE = 70


def jar(files: Mapping[str, bytes], signer: Signer, newer: str) -> dict[str, bytes]:
    """The three files of a JAR signature; `newer`: the schemes that are applied too, "2, 3", for X-Android-APK-Signed."""
    sections = {n: _section(("Name", n), ("SHA-256-Digest", _b64(data))) for n, data in files.items()}
    manifest = _section(("Manifest-Version", "1.0"), ("Created-By", "1.0 (Android)")) + b"".join(sections.values())
    head = [("Signature-Version", "1.0"), ("Created-By", "1.0 (Android)"), ("SHA-256-Digest-Manifest", _b64(manifest))]
    if newer:
        head.append(("X-Android-APK-Signed", newer))
    listed = b"".join(_section(("Name", n), ("SHA-256-Digest", _b64(text))) for n, text in sections.items())
    signature = _section(*head) + listed
    return {
        "META-INF/MANIFEST.MF": manifest, "META-INF/CERT.SF": signature, "META-INF/CERT.RSA": signer.pkcs7(signature),
    }  # fmt: skip


def _b64(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _section(*pairs: tuple[str, str]) -> bytes:
    lines = []
    for name, value in pairs:
        line = f"{name}: {value}".encode()
        lines.append(line[:_LINE])
        for at in range(_LINE, len(line), _LINE - 1):
            lines.append(b" " + line[at : at + _LINE - 1])
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def block(
    data: bytes, schemes: Mapping[str, Signer], *, shown_key: bytes | None = None, protects: bool = False
) -> bytes:
    """The package with a signing block for "v2" and "v3".

    shown_key   what stands for the public key of the v2 signer instead of the right one
    protects    the v2 signature says that there is a v3, though there is none
    """
    if not schemes:
        return data
    directory = struct.unpack_from("<I", data, len(data) - 6)[0]
    content, rest = data[:directory], data[directory:]
    end = len(rest) - 22
    digest = _digest(content, rest[:end], rest[end:])
    pairs = b""
    if "v2" in schemes:
        attribute = _field(struct.pack("<II", _STRIPPING, 3)) if protects or "v3" in schemes else b""
        pairs += _pair(_V2, _field(_field(_v2(digest, schemes["v2"], attribute, shown_key))))
    if "v3" in schemes:
        pairs += _pair(_V3, _field(_field(_v3(digest, schemes["v3"]))))
    size = len(pairs) + 24
    made = struct.pack("<Q", size) + pairs + struct.pack("<Q", size) + b"APK Sig Block 42"
    moved = bytearray(rest)
    struct.pack_into("<I", moved, len(moved) - 6, directory + len(made))
    return content + made + bytes(moved)


def _digest(*sections: bytes) -> bytes:
    chunks = [s[i : i + _CHUNK] for s in sections for i in range(0, len(s), _CHUNK)]
    leaves = [hashlib.sha256(b"\xa5" + struct.pack("<I", len(c)) + c).digest() for c in chunks]
    return hashlib.sha256(b"\x5a" + struct.pack("<I", len(leaves)) + b"".join(leaves)).digest()


def _field(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def _pair(key: int, value: bytes) -> bytes:
    return struct.pack("<QI", len(value) + 4, key) + value


def _numbered(data: bytes) -> bytes:
    return _field(_field(struct.pack("<I", _RSA_SHA256) + _field(data)))


def _v2(digest: bytes, signer: Signer, attributes: bytes, shown_key: bytes | None) -> bytes:
    signed = _numbered(digest) + _field(_field(signer.certificate)) + _field(attributes)
    return _field(signed) + _numbered(signer.key.sign(signed)) + _field(shown_key or signer.key.spki())


def _v3(digest: bytes, signer: Signer) -> bytes:
    levels = struct.pack("<II", 28, 0x7FFFFFFF)
    signed = _numbered(digest) + _field(_field(signer.certificate)) + levels + _field(b"")
    return _field(signed) + levels + _numbered(signer.key.sign(signed)) + _field(signer.key.spki())

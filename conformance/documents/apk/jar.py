"""JAR signatures (scheme v1) verified: manifest digests, the signature file, and the PKCS#7 block with its signer."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Iterator, Mapping

from conformance.documents import der as asn
from conformance.documents.apk.blocks import Signed
from conformance.documents.apk.keys import certificate, check, spki
from conformance.documents.package import Package
from conformance.documents.trouble import DocumentError

_FOLDER = "META-INF/"
_MANIFEST = "META-INF/MANIFEST.MF"
_LARGEST = 16 << 20
_MOST_SECTIONS = 200_000
_LONGEST_VALUE = 64 << 10
_MOST_SIGNERS = 10
_DIGESTS = {
    "SHA-256": "sha256",
    "SHA-512": "sha512",
    "SHA-384": "sha384",
    "SHA1": "sha1",
    "SHA-1": "sha1",
    "MD5": "md5",
}
# In the order of strength: the platform checks the strongest that it knows.
_ORDER = ("SHA-512", "SHA-384", "SHA-256", "SHA-1", "SHA1", "MD5")
_OIDS = {
    bytes.fromhex("2b0e03021a"): "sha1", bytes.fromhex("2a864886f70d0205"): "md5",
    bytes.fromhex("608648016503040201"): "sha256", bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512", bytes.fromhex("608648016503040204"): "sha224",
}  # fmt: skip
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_NAMES = re.compile(r"META-INF/[^/]+\.(RSA|DSA|EC)", re.IGNORECASE)

Section = Mapping[str, str]


def verify(package: Package) -> Signed | None:
    """None when the package has no JAR signature at all."""
    blocks = [n for n in package.names if _NAMES.fullmatch(n)]
    if not blocks and _MANIFEST not in package.names:
        return None
    out = Signed("v1")
    if not blocks:
        out.errors.append("META-INF 里没有签名块文件")
        return out
    manifest = package.read(_MANIFEST, _LARGEST)
    if manifest is None:
        out.errors.append("没有 META-INF/MANIFEST.MF，或读不出来")
        return out
    if len(blocks) > _MOST_SIGNERS:
        out.errors.append("签名者过多")
        return out
    for name in blocks:
        try:
            _signer(package, manifest, name, out)
        except DocumentError as error:
            out.errors.append(f"{name} 无法解析：{error.message}")
        except (IndexError, ValueError):
            out.errors.append(f"{name} 不是 PKCS#7 签名数据，或 .SF 文件过大")
    if not out.errors:
        try:
            _entries(package, manifest, out)
        except ValueError:
            out.errors.append("MANIFEST.MF 的条目过多或过长")
    return out


def _signer(package: Package, manifest: bytes, name: str, out: Signed) -> None:
    stem = name.rpartition(".")[0]
    signature_file = package.read(f"{stem}.SF", _LARGEST)
    block = package.read(name, _LARGEST)
    if signature_file is None or block is None:
        out.errors.append(f"{name} 没有对应的 .SF 文件，或读不出来")
        return
    der, wrong = _pkcs7(block, signature_file, out)
    if wrong:
        out.errors.append(f"{name}：{wrong}")
        return
    out.certificates.append(der)
    sections = list(_sections(signature_file))
    main = sections[0] if sections else {}
    stripped = main.get("x-android-apk-signed", "")
    out.requires.update(int(v) for v in re.findall(r"\d{1,3}", stripped))
    stated = _strongest(main, "-digest-manifest")
    if stated is None or hashlib.new(stated[0], manifest, usedforsecurity=False).digest() != stated[1]:
        _by_section(manifest, sections[1:], f"{stem}.SF", out)


def _by_section(manifest: bytes, sections: list[Section], name: str, out: Signed) -> None:
    """When the manifest as a whole does not agree, each of its sections may."""
    raw = {s.get("name", ""): (start, stop) for s, start, stop in _with_places(manifest)}
    listed = {s.get("name", ""): s for s in sections}
    for entry, (start, stop) in raw.items():
        if not entry:
            continue
        stated = _strongest(listed.get(entry, {}), "-digest")
        if stated is None or hashlib.new(stated[0], manifest[start:stop], usedforsecurity=False).digest() != stated[1]:
            out.errors.append(f"{name} 的摘要与 MANIFEST.MF 不一致（{entry[:80]}）")
            return
    if not raw or not listed:
        out.errors.append(f"{name} 的摘要与 MANIFEST.MF 不一致")


def _entries(package: Package, manifest: bytes, out: Signed) -> None:
    listed = {s["name"]: s for s in _sections(manifest) if "name" in s}
    for name in package.names:
        if name.endswith("/") or _outside(name):
            continue
        if name not in listed:
            out.errors.append(f"文件不在 MANIFEST.MF 中：{name[:80]}")
            return
        stated = _strongest(listed[name], "-digest")
        if stated is None:
            out.errors.append(f"MANIFEST.MF 没有认识的摘要：{name[:80]}")
            return
        computed = hashlib.new(stated[0], usedforsecurity=False)
        for piece in package.stream(name):
            if piece is None:
                out.unknown.append(f"文件读不出来，摘要无法核对：{name[:80]}")
                return
            computed.update(piece)
        if computed.digest() != stated[1]:
            out.errors.append(f"文件与 MANIFEST.MF 中的摘要不一致：{name[:80]}")
            return
    if gone := next((n for n in listed if n not in package.entries), None):
        out.errors.append(f"MANIFEST.MF 列出的文件不在包里：{gone[:80]}")


def _outside(name: str) -> bool:
    """What a JAR signature does not protect: the files of signatures themselves (JAR specification)."""
    upper = name.upper()
    if not upper.startswith(_FOLDER) or "/" in name[len(_FOLDER) :]:
        return False
    rest = upper[len(_FOLDER) :]
    return rest == "MANIFEST.MF" or rest.endswith((".SF", ".RSA", ".DSA", ".EC")) or rest.startswith("SIG-")


def _strongest(section: Section, ending: str) -> tuple[str, bytes] | None:
    for word in _ORDER:
        if (text := section.get(f"{word.lower()}{ending}")) is not None:
            try:
                return _DIGESTS[word], base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError):
                return None
    return None


def _sections(data: bytes) -> Iterator[Section]:
    return (s for s, _, _ in _with_places(data))


def _with_places(data: bytes) -> Iterator[tuple[Section, int, int]]:
    """Sections of a manifest with where they start and stop (with the empty line): names in lower case, lines joined."""
    section: dict[str, str] = {}
    start = at = 0
    key = ""
    found = 0
    for raw in io.BytesIO(data):
        at += len(raw)
        line = raw.rstrip(b"\r\n").decode("utf-8", "replace")
        if not line:
            if section:
                found += 1
                if found > _MOST_SECTIONS:
                    raise ValueError("too many sections")
                yield section, start, at
            section, key, start = {}, "", at
        elif line.startswith(" ") and key:
            section[key] += line[1:]
            if len(section[key]) > _LONGEST_VALUE:
                raise ValueError("too long a value")
        else:
            key, _, value = line.partition(": ")
            key = key.lower()
            section[key] = value
    if section:
        yield section, start, at


def _pkcs7(block: bytes, content: bytes, out: Signed) -> tuple[bytes, str]:
    """The certificate of the (first) signer, and why it does not hold ("" when it does). RFC 2315, RFC 5652."""
    root = asn.read(block).root
    if root.children[0].content != _SIGNED_DATA:
        return b"", "不是 PKCS#7 签名数据"
    parts = list(root.children[1].children[0].children)
    certificates = [c.raw for p in parts if p.tag == 0xA0 for c in p.children]
    signer = parts[-1].children[0]
    fields = list(signer.children)
    issuer, serial = fields[1].children[0].raw, fields[1].children[1].content
    held = next((c for c in certificates if _is(c, issuer, serial)), None)
    if held is None:
        return b"", "签名者的证书不在签名块里"
    hash_ = _OIDS.get(fields[2].children[0].content, "")
    at = 3
    signed = content
    if fields[at].tag == 0xA0:
        attributes = fields[at]
        at += 1
        stated = next((a.children[1].children[0].content for a in attributes.children if a.children[0].content == _MESSAGE_DIGEST), None)  # fmt: skip
        if not hash_ or stated != hashlib.new(hash_, content, usedforsecurity=False).digest():
            return held, ".SF 文件的摘要与签名的不一致"
        signed = b"\x31" + attributes.raw[1:]
    read = certificate(held)
    if read is None:
        return held, "签名者的证书读不出来"
    kind = {"RSA": "rsa", "EC": "ec", "DSA": "dsa"}.get(read.kind, "")
    out.algorithms.append(f"{read.kind} {hash_.upper()}")
    wrong = check(spki(held), kind, hash_, fields[at + 1].content, signed)
    return held, f"签名值验证不通过：{wrong}" if wrong else ""


def _is(der: bytes, issuer: bytes, serial: bytes) -> bool:
    body = list(asn.read(der).root.children[0].children)
    if body[0].tag == 0xA0:
        body = body[1:]
    return body[0].content == serial and body[2].raw == issuer

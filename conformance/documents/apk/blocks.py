"""The APK Signing Block and its v2 and v3 signatures, verified from the public description (source.android.com, APK signing)."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from conformance.documents.apk.chunks import BrokenError
from conformance.documents.apk.keys import certificate, check, spki

_MAGIC = b"APK Sig Block 42"
V2, V3, V31 = 0x7109871A, 0xF05368C0, 0x1B93AD61
SCHEMES: Mapping[int, str] = {V2: "v2", V3: "v3", V31: "v3.1"}
_STRIPPING, _ROTATION = 0xBEEFF00D, 0x3BA06F8C
_LARGEST = 16 << 20
_CHUNK = 1 << 20
_MOST_SIGNERS = 10  # APK Signature Scheme v2: no more than ten signers
_MOST_ITEMS = 200
# id → (name, digest of the content, hash of the signature, kind). A verity digest is a tree, see `_verity`.
ALGORITHMS: Mapping[int, tuple[str, str, str, str]] = {
    0x0101: ("RSASSA-PSS SHA-256", "sha256", "sha256", "pss"),
    0x0102: ("RSASSA-PSS SHA-512", "sha512", "sha512", "pss"),
    0x0103: ("RSASSA-PKCS1-v1_5 SHA-256", "sha256", "sha256", "rsa"),
    0x0104: ("RSASSA-PKCS1-v1_5 SHA-512", "sha512", "sha512", "rsa"),
    0x0201: ("ECDSA SHA-256", "sha256", "sha256", "ec"),
    0x0202: ("ECDSA SHA-512", "sha512", "sha512", "ec"),
    0x0301: ("DSA SHA-256", "sha256", "sha256", "dsa"),
    0x0421: ("RSASSA-PKCS1-v1_5 SHA-256（verity）", "verity", "sha256", "rsa"),
    0x0423: ("ECDSA SHA-256（verity）", "verity", "sha256", "ec"),
    0x0425: ("DSA SHA-256（verity）", "verity", "sha256", "dsa"),
}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a package lie: [0, block) content, [block, directory) signing block, then directory, end record."""

    block: int
    directory: int
    end: int
    size: int


@dataclass(slots=True)
class Signed:
    """One scheme of a package. `errors` empty and `unknown` empty: it verifies."""

    scheme: str
    certificates: list[bytes] = field(default_factory=list)  # of each signer, DER
    algorithms: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    requires: set[int] = field(default_factory=set)  # schemes that a signer says were there too
    earlier: list[bytes] = field(default_factory=list)  # certificates of a verified key rotation, oldest first
    levels: list[tuple[int, int]] = field(default_factory=list)

    @property
    def verifies(self) -> bool:
        return not self.errors and not self.unknown


def places(file: BinaryIO, end: int) -> tuple[Places, dict[int, bytes]]:
    """The layout of a package and the pairs of its signing block (none: no block). BrokenError for a spoilt block."""
    size = file.seek(0, 2)
    file.seek(end)
    record = file.read(22)
    if len(record) < 22 or record[:4] != b"PK\5\6":
        raise BrokenError("没有 ZIP 结尾记录")
    directory = struct.unpack_from("<I", record, 16)[0]
    none = Places(directory, directory, end, size)
    if not 32 <= directory <= end:
        return none, {}
    file.seek(directory - 24)
    footer = file.read(24)
    if footer[8:] != _MAGIC:
        return none, {}
    length = struct.unpack_from("<Q", footer)[0]
    start = directory - length - 8
    if length < 24 or start < 0 or length > _LARGEST:
        raise BrokenError("APK 签名块的长度不对")
    file.seek(start)
    block = file.read(length + 8)
    if struct.unpack_from("<Q", block)[0] != length:
        raise BrokenError("APK 签名块首尾的长度不一致")
    pairs: dict[int, bytes] = {}
    at, stop = 8, len(block) - 24
    while at < stop:
        if at + 12 > stop:
            raise BrokenError("APK 签名块里的条目截断")
        n, key = struct.unpack_from("<QI", block, at)
        if n < 4 or at + 8 + n > stop or len(pairs) > _MOST_ITEMS:
            raise BrokenError("APK 签名块里的条目长度不对")
        pairs.setdefault(key, block[at + 12 : at + 8 + n])
        at += 8 + n
    return Places(start, directory, end, size), pairs


class Contents:
    """The digests of what the signatures protect: everything but the signing block. Computed once each."""

    def __init__(self, file: BinaryIO, where: Places) -> None:
        self._file, self._where = file, where
        self._known: dict[str, bytes] = {}

    def digest(self, kind: str) -> bytes:
        if kind not in self._known:
            self._known[kind] = self._verity() if kind == "verity" else self._chunked(kind)
        return self._known[kind]

    def _end_record(self) -> bytes:
        """The end record as if the directory began where the block does: so it was when the package was signed."""
        self._file.seek(self._where.end)
        record = bytearray(self._file.read())
        struct.pack_into("<I", record, 16, self._where.block)
        return bytes(record)

    def _range(self, start: int, stop: int, step: int) -> Iterator[bytes]:
        self._file.seek(start)
        while start < stop:
            piece = self._file.read(min(step, stop - start))
            if not piece:
                raise BrokenError("文件在读取时变短了")
            start += len(piece)
            yield piece

    def _chunked(self, kind: str) -> bytes:
        top, n = [], 0
        w = self._where
        record = self._end_record()
        sections = (
            self._range(0, w.block, _CHUNK),
            self._range(w.directory, w.end, _CHUNK),
            iter([record[i : i + _CHUNK] for i in range(0, len(record), _CHUNK)]),
        )
        for section in sections:
            for piece in section:
                top.append(hashlib.new(kind, b"\xa5" + struct.pack("<I", len(piece)) + piece).digest())
                n += 1
        return hashlib.new(kind, b"\x5a" + struct.pack("<I", n) + b"".join(top)).digest()

    def _verity(self) -> bytes:
        """The root of a hash tree with a salt of eight zero bytes over blocks of 4096, and the length that it is over."""
        w = self._where
        salt, leaves, rest, total = b"\0" * 8, [], b"", 0
        record = self._end_record()
        for section in (self._range(0, w.block, _CHUNK), self._range(w.directory, w.end, _CHUNK), iter([record])):
            for piece in section:
                total += len(piece)
                rest += piece
                whole = len(rest) // 4096 * 4096
                for i in range(0, whole, 4096):
                    leaves.append(hashlib.sha256(salt + rest[i : i + 4096]).digest())
                rest = rest[whole:]
        if rest:
            leaves.append(hashlib.sha256(salt + rest.ljust(4096, b"\0")).digest())
        while True:
            level = b"".join(leaves)
            pages = (level[i : i + 4096].ljust(4096, b"\0") for i in range(0, len(level), 4096))
            leaves = [hashlib.sha256(salt + page).digest() for page in pages]
            if len(leaves) <= 1:
                return b"".join(leaves) + struct.pack("<Q", total)


class _Cut:
    """Length-prefixed fields, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    @property
    def more(self) -> bool:
        return self.at < len(self.data)

    def number(self) -> int:
        if self.at + 4 > len(self.data):
            raise BrokenError("签名数据截断")
        self.at += 4
        return int(struct.unpack_from("<I", self.data, self.at - 4)[0])

    def field(self) -> bytes:
        n = self.number()
        if self.at + n > len(self.data):
            raise BrokenError("签名数据里的长度不对")
        self.at += n
        return self.data[self.at - n : self.at]

    def fields(self) -> list[bytes]:
        """A sequence of fields within a field."""
        inner, out = _Cut(self.field()), []
        while inner.more:
            out.append(inner.field())
            if len(out) > _MOST_ITEMS:
                raise BrokenError("签名数据里的条目过多")
        return out


def verify(scheme: str, block: bytes, contents: Contents) -> Signed:
    """One scheme; nothing is raised for what the block holds."""
    out = Signed(scheme)
    try:
        signers = _Cut(block).fields()
        if not signers or len(signers) > _MOST_SIGNERS:
            raise BrokenError("没有签名者" if not signers else "签名者过多")
        for signer in signers:
            _signer(out, signer, contents, third=scheme != "v2")
    except BrokenError as error:
        out.errors.append(str(error))
    return out


def _signer(out: Signed, data: bytes, contents: Contents, *, third: bool) -> None:
    cut = _Cut(data)
    signed = cut.field()
    levels = (cut.number(), cut.number()) if third else None
    signatures = [_pair(s) for s in cut.fields()]
    key = cut.field()
    if levels is not None:
        out.levels.append(levels)
    known = [(ALGORITHMS[a], s) for a, s in signatures if a in ALGORITHMS]
    if not known:
        told = "、".join(f"{a:#06x}" for a, _ in signatures) or "没有"
        out.unknown.append(f"没有认识的签名算法（{told}）")
    for (name, _, hash_, kind), signature in known:
        out.algorithms.append(name)
        wrong = check(key, kind, hash_, signature, signed)
        if wrong:
            out.errors.append(f"签名值验证不通过（{name}）：{wrong}")
    inner = _Cut(signed)
    digests = dict(_pair(d) for d in inner.fields())
    certificates = inner.fields()
    if third and (inner.number(), inner.number()) != levels:
        out.errors.append("签名数据内外的 SDK 范围不一致")
    attributes = _attributes(inner.fields() if inner.more else [])
    if not certificates:
        out.errors.append("没有证书")
        return
    if certificate(certificates[0]) is None:
        out.errors.append("签名者的证书读不出来")
    elif spki(certificates[0]) != key:
        out.errors.append("公钥与证书里的公钥不一致")
    out.certificates.append(certificates[0])
    if sorted(digests) != sorted(a for a, _ in signatures):
        out.errors.append("摘要与签名列出的算法不一致")
    for number, stated in digests.items():
        if number in ALGORITHMS:
            name, kind, _, _ = ALGORITHMS[number]
            if contents.digest(kind) != stated:
                out.errors.append(f"内容的摘要与签名的不一致（{name}）：签名之后文件被改动")
    if not third and (value := attributes.get(_STRIPPING)) is not None and len(value) >= 4:
        out.requires.add(struct.unpack_from("<I", value)[0])
    if third and (value := attributes.get(_ROTATION)) is not None:
        _rotation(out, value, certificates[0])


def _pair(data: bytes) -> tuple[int, bytes]:
    cut = _Cut(data)
    return cut.number(), cut.field()


def _attributes(fields: list[bytes]) -> dict[int, bytes]:
    out: dict[int, bytes] = {}
    for one in fields:
        if len(one) < 4:
            raise BrokenError("附加属性截断")
        out[struct.unpack_from("<I", one)[0]] = one[4:]
    return out


def _rotation(out: Signed, data: bytes, last: bytes) -> None:
    """Proof of rotation: each certificate is signed by the key of the one before it."""
    cut = _Cut(data)
    cut.number()  # version
    before: tuple[bytes, int] | None = None
    while cut.more:
        level = _Cut(cut.field())
        signed = level.field()
        level.number()  # flags: what the old key may still do
        algorithm = level.number()
        signature = level.field()
        inner = _Cut(signed)
        cert = inner.field()
        if before is not None:
            known = ALGORITHMS.get(before[1])
            if known is None:
                out.unknown.append("密钥轮换用了不认识的签名算法")
            elif wrong := check(spki(before[0]), known[3], known[2], signature, signed):
                out.errors.append(f"密钥轮换的证明不成立：{wrong}")
        before = (cert, algorithm)
        out.earlier.append(cert)
        if len(out.earlier) > _MOST_ITEMS:
            raise BrokenError("密钥轮换过多")
    if not out.earlier or out.earlier[-1] != last:
        out.errors.append("密钥轮换的最后一张证书不是签名者的证书")

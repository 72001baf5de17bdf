"""`options_from`: plain typed values of a profile's parameters → Options, with a clear error for each that is no good."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance.documents import certificates, crl, schemas
from conformance.documents.apk import policy as apps
from conformance.documents.coverage import CoveragePolicy
from conformance.documents.options import LicenceFacts, Options
from conformance.documents.policy import Generation, Policy, SealState
from conformance.documents.signature_rules import SignaturePolicy
from conformance.documents.trouble import DocumentError
from conformance.errors import system_reason

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(.{1,200000}?)-----END \1-----", re.DOTALL)
_MOST_FILES = 5000
_MOST_BYTES = 64 << 20
_HASHES = frozenset({"md5", "sha1", "sha256", "sha384", "sha512", "sm3"})
_LICENCE = ("formats", "identifier", "metadata", "shown", "numbers", "barcode", "copy", "purpose")
NAMES = (
    "validation_time", "trust_anchors", "intermediates", "crls", "seal_status", "seal_status_complete", "generations",
    "hashes", "accept_v1_seals", "user_id", "cover_root", "cover_exclude", "archived", "licence", "voucher", "must_be_signed", "schemas", "password",
    "keys", *apps.NAMES,
)  # fmt: skip


def options_from(parameters: Mapping[str, object], folder: Path | None = None) -> Options:
    """Options from the values of NAMES; whatever is missing or None leaves what depends on it 无法判定.

    validation_time        ISO 8601 text with a zone, or an aware datetime
    trust_anchors, intermediates, crls
                           bytes, a path of a file or folder, or a sequence of these; PEM (several in one) or DER
    seal_status            a CSV file (columns es_id, state, since) or JSON file (an array of such objects), its bytes, or
                           a sequence of mappings; `since` as validation_time, `state` "normal" or a word for what is not
    seal_status_complete   a seal that is not listed is in normal state
    generations            of v1, v4, v5
    hashes                 of md5, sha1, sha256, sha384, sha512, sm3
    accept_v1_seals        Type=Seal may hold the value of GM/T 0031-2014; default: when v1 is named in `generations`
    user_id                SM2 identity, text
    cover_root             OFD.xml must be covered; cover_exclude: folders that need not be
    archived, voucher      true, false, or None to let the file say
    must_be_signed         a file without a signature fails SIGNED
    schemas                folder with the XSD files of annex A of GB/T 33190, or a mapping of their names to their bytes
    licence                true, false or a mapping of the fields of LicenceFacts
    app_…, filed_… and the limits of packages   see apk.policy.AppPolicy
    password, keys         open encrypted files: text or bytes; SM2 private keys as 32 bytes, hex, PEM or DER, or a path

    folder     relative paths start here; default: the working directory

    DocumentError F201 to F207; `where` names the parameter and, if any, the file.
    """
    for name in parameters:
        if name not in NAMES:
            raise DocumentError(
                "F201", f"不认识的参数 {str(name)[:40]!r}", where=str(name)[:40], expected="、".join(NAMES)
            )
    read = _Reader(parameters, folder or Path())
    policy = Policy(
        at=read.moment("validation_time"),
        anchors=read.blobs("trust_anchors", "证书", "CERTIFICATE", certificates.read),
        intermediates=read.blobs("intermediates", "证书", "CERTIFICATE", certificates.read),
        crls=read.blobs("crls", "证书撤销列表", "X509 CRL", crl.read),
        seal_states=read.states("seal_status"),
        seal_list_complete=bool(read.flag("seal_status_complete")),
        generations=frozenset(Generation(g) for g in read.words("generations", {g.value for g in Generation}))
        or frozenset(Generation),
        hashes=frozenset(read.words("hashes", _HASHES)) or frozenset({"sm3"}),
        user_id=read.text("user_id").encode() or Policy().user_id,
    )
    return Options(
        policy=policy,
        signing=SignaturePolicy(algorithms=policy.hashes, accept_v1=read.accepts_v1()),
        cover=CoveragePolicy(read.flag("cover_root"), tuple(_slash(f) for f in read.texts("cover_exclude"))),
        archived=read.flag("archived"),
        licence=read.licence(),
        voucher=read.flag("voucher"),
        must_be_signed=bool(read.flag("must_be_signed")),
        schemas=read.schemas(),
        password=read.octets("password"),
        keys=read.keys(),
        app=apps.read(read.given, policy.at),
    )


def _slash(folder: str) -> str:
    return folder.strip("/") + "/"


class _Reader:
    def __init__(self, given: Mapping[str, object], folder: Path) -> None:
        self.given = {k: v for k, v in given.items() if v is not None}
        self.folder = folder

    def wrong(self, name: str, expected: str) -> DocumentError:
        kind = type(self.given.get(name)).__name__
        return DocumentError("F202", f"参数 {name} 的值不可用（{kind}）", where=name, expected=expected)

    def flag(self, name: str) -> bool | None:
        value = self.given.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "true 或 false")
        return value

    def text(self, name: str) -> str:
        value = self.given.get(name, "")
        if not isinstance(value, str):
            raise self.wrong(name, "文字")
        return value

    def octets(self, name: str) -> bytes | None:
        value = self.given.get(name)
        if value is None or isinstance(value, bytes):
            return value
        return self.text(name).encode()

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.given.get(name, ())
        if isinstance(value, str):
            value = [v.strip() for v in value.split(",") if v.strip()]
        if not isinstance(value, Sequence | frozenset | set) or not all(isinstance(v, str) for v in value):
            raise self.wrong(name, "文字的列表")
        return tuple(sorted(value) if isinstance(value, frozenset | set) else value)

    def words(self, name: str, allowed: Iterable[str]) -> tuple[str, ...]:
        found = tuple(v.lower() for v in self.texts(name))
        for word in found:
            if word not in allowed:
                raise DocumentError(
                    "F202", f"参数 {name} 不能是 {word[:40]!r}", where=name, expected="、".join(sorted(allowed))
                )
        return found

    def accepts_v1(self) -> bool:
        """As said; else when v1 is among the generations that were named."""
        said = self.flag("accept_v1_seals")
        return Generation.V1 in self.texts("generations") if said is None else said

    def moment(self, name: str) -> datetime | None:
        value = self.given.get(name)
        return None if value is None else _moment(value, name)

    # files ---------------------------------------------------------------------------------------------------

    def files(self, name: str, value: object) -> Iterator[tuple[str, bytes]]:
        """Name and content of every file that a value leads to."""
        if isinstance(value, bytes):
            yield name, value
        elif isinstance(value, str | Path):
            path = self.folder / value
            try:
                paths = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
                if len(paths) > _MOST_FILES:
                    raise DocumentError(
                        "F203", "文件夹里的文件过多", where=f"{name}: {path}", expected=f"不超过 {_MOST_FILES} 个"
                    )
                for file in paths:
                    if file.stat().st_size > _MOST_BYTES:
                        raise DocumentError(
                            "F203", "文件过大", where=f"{name}: {file}", expected=f"不超过 {_MOST_BYTES} 字节"
                        )
                    yield f"{name}: {file}", file.read_bytes()
            except OSError as error:
                raise DocumentError(
                    "F203", f"文件读不出来: {system_reason(error)}", where=f"{name}: {path}", hint="检查路径和权限"
                ) from None
        elif isinstance(value, Sequence):
            for one in value:
                yield from self.files(name, one)
        else:
            raise self.wrong(name, "文件、文件夹、字节，或它们的列表")

    def blobs(self, name: str, word: str, label: str, reads: Callable[[bytes], object]) -> tuple[bytes, ...]:
        """DER of every certificate or list. A folder with one bad file is an error: half the trust is no trust."""
        if name not in self.given:
            return ()
        out: dict[bytes, None] = {}
        for where, data in self.files(name, self.given[name]):
            ders = tuple(_ders(data, label))
            if not ders:
                raise DocumentError("F204", f"文件里没有{word}", where=where, expected=f"PEM 或 DER 的{word}")
            for der in ders:
                try:
                    reads(der)
                except DocumentError as error:
                    raise DocumentError(
                        "F204", f"不是可用的{word}: {error.message}", where=where, expected=f"PEM 或 DER 的{word}"
                    ) from None
                out[der] = None
        return tuple(out)

    def states(self, name: str) -> tuple[SealState, ...] | None:
        value = self.given.get(name)
        if value is None:
            return None
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return tuple(_state(row, name, n) for n, row in enumerate(value, 1))
        out: list[SealState] = []
        for where, data in self.files(name, value):
            out += (_state(row, where, n) for n, row in enumerate(_rows(data, where), 1))
        return tuple(out)

    def licence(self) -> LicenceFacts | None:
        value = self.given.get("licence")
        if value is None or value is False:
            return None
        if value is True:
            return LicenceFacts()
        if not isinstance(value, Mapping):
            raise self.wrong("licence", "true、false 或各项事实")
        if unknown := [k for k in value if k not in _LICENCE]:
            raise DocumentError(
                "F201", f"不认识的参数 {str(unknown[0])[:40]!r}", where="licence", expected="、".join(_LICENCE)
            )
        inner = _Reader(value, self.folder)
        return LicenceFacts(
            formats=frozenset(inner.words("formats", {"ofd", "pdf"})) or frozenset({"ofd"}),
            identifier=inner.text("identifier"),
            metadata=inner.mapping("metadata"),
            shown=inner.mapping("shown"),
            numbers=inner.texts("numbers"),
            barcode=inner.texts("barcode"),
            copy=inner.flag("copy"),
            purpose=inner.text("purpose"),
        )

    def schemas(self) -> tuple[tuple[str, bytes], ...] | None:
        value = self.given.get("schemas")
        if value is None:
            return None
        if isinstance(value, Mapping):
            named = tuple((str(name), bytes(data)) for name, data in value.items())
        elif isinstance(value, str | Path):
            named = tuple((where.rpartition("/")[2], data) for where, data in self.files("schemas", value))
        else:
            raise self.wrong("schemas", "文件夹，或名称到字节的对应")
        named = tuple(one for one in named if one[0].lower().endswith(".xsd"))
        schemas.load(named)
        return named

    def mapping(self, name: str) -> dict[str, str]:
        value = self.given.get(name, {})
        if not isinstance(value, Mapping) or not all(
            isinstance(k, str) and isinstance(v, str) for k, v in value.items()
        ):
            raise self.wrong(name, "名称到文字的对应")
        return dict(value)

    def keys(self) -> tuple[bytes, ...]:
        value = self.given.get("keys")
        if value is None:
            return ()
        many = value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]
        return tuple(self._key(one) for one in many)

    def _key(self, value: object) -> bytes:
        if isinstance(value, str) and re.fullmatch(r"[0-9A-Fa-f]{64}", value):
            return bytes.fromhex(value)
        for where, data in self.files("keys", value):
            if len(data) == 32:
                return data
            for der in _ders(data, "PRIVATE KEY"):
                if (scalar := _scalar(der)) is not None:
                    return scalar
            raise DocumentError("F206", "不是可用的 SM2 私钥", where=where, expected="32 字节、64 位十六进制或 PKCS#8")
        raise self.wrong("keys", "SM2 私钥")


def _scalar(der: bytes) -> bytes | None:
    """The number of an EC private key: of PKCS#8 (RFC 5208) around it, or of ECPrivateKey (RFC 5915) alone."""
    from conformance.documents import der as decoder

    try:
        root = decoder.read(der).root
        for _ in range(2):
            held = next((n for n in root.children if n.tag == 0x04), None)
            if held is None:
                return None
            if len(held.content) == 32:
                return held.content
            root = decoder.read(held.content).root
    except DocumentError:
        return None
    return None


def _ders(data: bytes, label: str) -> Iterator[bytes]:
    """Every block of a PEM text with this label, or the data as DER."""
    blocks = list(_PEM.finditer(data)) if b"-----BEGIN " in data else []
    if not blocks:
        yield data
        return
    for block in blocks:
        if block[1].decode("ascii").endswith(label):
            try:
                yield base64.b64decode(b"".join(block[2].split()), validate=True)
            except (binascii.Error, ValueError):
                yield block[2]  # its reader says that it is none


def _moment(value: object, where: str) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise DocumentError(
            "F202",
            f"时间 {str(value)[:40]!r} 不可用",
            where=where,
            expected="带时区的时间，如 2026-11-24T08:00:00+08:00",
        )
    return at


def _rows(data: bytes, where: str) -> Iterator[Any]:
    try:
        text = data.decode("utf-8-sig")
        if text.lstrip().startswith("["):
            yield from json.loads(text)
            return
        yield from csv.DictReader(io.StringIO(text, newline=""), strict=True)
    except (UnicodeDecodeError, ValueError, csv.Error, RecursionError) as error:
        raise DocumentError(
            "F205", f"印章状态列表读不出来: {type(error).__name__}", where=where, expected="UTF-8 的 CSV 或 JSON"
        ) from None


def _state(row: object, where: str, number: int) -> SealState:
    at = f"{where} 第 {number} 项"
    if not isinstance(row, Mapping) or not all(
        isinstance(row.get(k), str) and row[k].strip() for k in ("es_id", "state")
    ):
        raise DocumentError("F205", "印章状态列表缺少列", where=at, expected="es_id、state、since")
    return SealState(row["es_id"].strip(), row["state"].strip(), _moment(row.get("since") or "", at))

"""`inspect(path)`: one file explained to a person — what it is, what is in it, who sealed it, what is covered, what is wrong."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from conformance.codes.text import shown
from conformance.documents import (
    coverage,
    decryption,
    einvoice,
    encryption,
    integrity,
    licence,
    licence_file,
    pdf,
    schemas,
    signed,
    structure,
    told,
    voucher,
)
from conformance.documents.apk import look as apk
from conformance.documents.coverage import WORDS
from conformance.documents.examine import ZIP, Examination, examine, nested
from conformance.documents.finding import Finding, Findings, Layer, Level
from conformance.documents.inspection import DigestTold, FileTold, Inspection, SignatureTold
from conformance.documents.ofd import ROOT, Ofd
from conformance.documents.options import Options
from conformance.documents.package import Limits, Package, Problem
from conformance.documents.pdf_reader import PdfLimits
from conformance.documents.peek import ValueKind, is_seal, promises_invoice, value_kind
from conformance.documents.policy import Policy
from conformance.documents.signatures import Signature, SignatureSet, hasher
from conformance.documents.xml import parse
from conformance.errors import UsageError, system_reason

_WHOLE = 32 << 20  # bytes of a file that is no package and is read at once
_CHUNK = 1 << 20
_MOST_SM3 = 64 << 20  # a larger file is named by SHA-256 alone: SM3 takes a second for each 200 MB
_HEAD = 1024  # a PDF may have some bytes before its mark
_PDF_HEAD = re.compile(rb"%PDF-\d")
_TAIL = (1 << 16) + 22  # bytes in which the end of a ZIP package lies
_MOST_FILES = 5000


def moment(text: str) -> datetime:
    """A validation time as a person writes it: ISO 8601 with a zone, or `now`. UsageError U621 when it is none."""
    if text == "now":
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise UsageError(
            "U621",
            f"验证时间 {text[:40]!r} 不可用",
            expected="带时区的时间，如 2026-11-24T08:00:00+08:00，或 now",
            where="--at",
        )
    return at


def inspect(path: str | Path, policy: Policy | None = None) -> Inspection:
    """UsageError U620 when there is no such file or it cannot be read; nothing else is raised for what it holds."""
    return look(Path(path), Options(policy=policy or Policy()))


def look(source: bytes | Path, options: Options, name: str | None = None) -> Inspection:
    """The same of bytes or a path, with everything that may be asked; `name` is what the file is called."""
    name = name if name is not None else source.name if isinstance(source, Path) else "file"
    if isinstance(source, bytes):
        return _look(io.BytesIO(source), name, options)
    try:
        with source.open("rb") as file:
            return _look(file, name, options)
    except OSError as error:
        raise UsageError(
            "U620", f"文件读不出来: {system_reason(error)}", where=str(source), hint="检查文件名和权限"
        ) from None


def _look(file: BinaryIO, name: str, options: Options) -> Inspection:
    base = _identity(file, name)
    file.seek(0)
    head = file.read(_HEAD)
    if (app := apk.look(file, base, options.app)) is not None:
        return app
    if head.startswith(ZIP) or (not _PDF_HEAD.search(head) and _ends_as_zip(file, base.size)):
        return _with_licence(_package(Package(file, name, Limits()), base, options), options)
    file.seek(0)
    if _PDF_HEAD.search(head):
        return _with_licence(_pdf(file.read(PdfLimits().file + 1), base, options), options)
    return _with_licence(_single(file.read(_WHOLE), base, options), options)


def _identity(file: BinaryIO, name: str) -> Inspection:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    whole, sm3 = hashlib.sha256(), hasher("sm3") if size <= _MOST_SM3 else None
    while piece := file.read(_CHUNK):
        whole.update(piece)
        if sm3 is not None:
            sm3.update(piece)
    return Inspection(name, size, sm3.digest().hex() if sm3 is not None else "", whole.hexdigest(), "other", "其他文件")


def _ends_as_zip(file: BinaryIO, size: int) -> bool:
    """A package whose first bytes were spoilt is still a package, and the spoilt member is told of."""
    file.seek(max(0, size - _TAIL))
    return b"PK\5\6" in file.read(_TAIL)


def _with_licence(it: Inspection, options: Options) -> Inspection:
    """What holds of a file of any kind: a name that promises OFD, and the form that a licence may have."""
    more: Findings = ()
    if it.kind != "ofd" and it.name.casefold().endswith(".ofd"):
        more += (
            Finding("OFD-01", Level.FAIL, "文件名为 .ofd，内容却不是 OFD 包", "可读取的 ZIP 包", it.kind_word, shown(it.name)),
        )  # fmt: skip
    elif it.kind in ("zip", "other"):
        more += (Finding("OFD-01", Level.FAIL, "不是 OFD 包", "OFD 包", it.kind_word, shown(it.name)),)
    if options.licence is not None and it.kind != "ofd":
        more += licence_file.el_fi_01(it.kind, it.kind_word, options.licence.formats)
    return replace(it, findings=it.findings + more) if more else it


def _single(data: bytes, base: Inspection, options: Options) -> Inspection:
    """A file that is no package."""
    policy = options.policy
    if is_seal(data) or base.name.casefold().endswith(".esl"):  # a name that promises a seal: else SEAL-01 says why not
        seal, findings = told.seal(data, policy)
        return replace(base, kind="seal", kind_word="电子印章", seal=seal, findings=(*findings, *nested(seal)))
    kind = value_kind(data)
    if kind in (ValueKind.SES, ValueKind.SES_V1, ValueKind.CMS, ValueKind.PKCS7):
        value = told.value(data, policy, document=None, path=None)
        word = "seal-signature" if kind in (ValueKind.SES, ValueKind.SES_V1) else "signed-data"
        facts = tuple((k, v) for k, v in (("签名时间", value.time), ("时间戳", value.stamp)) if v)
        return replace(
            base,
            kind=word,
            kind_word=kind.word,
            seal=value.seal,
            signer=value.signer,
            facts=facts,
            findings=value.findings,
        )
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _xml(data, base, options)
    return replace(base, findings=signed.other(options.must_be_signed))


def _xml(data: bytes, base: Inspection, options: Options) -> Inspection:
    root = parse(data, base.name).root
    found = signed.xml(root, options.must_be_signed, invoice=promises_invoice(data))
    if root is None or not einvoice.is_one(root):
        return replace(base, kind="xml", kind_word="XML 文件（不是 OFD 包）", findings=found)
    return replace(base, kind="xml", kind_word=einvoice.WORD, facts=tuple(einvoice.facts(root)), findings=found)


def _pdf(data: bytes, base: Inspection, options: Options) -> Inspection:
    found = pdf.examine(data, options.policy)
    signatures = tuple(_pdf_signature(n, v, found) for n, v in enumerate(found.values, 1))
    facts = [("签名", f"{len(signatures)} 个")] if not found.pdf.trouble and not found.pdf.missing else []
    facts += [("修订", f"{found.pdf.revisions} 次")] if found.pdf.revisions > 1 else []
    files = tuple(FileTold(a.name, a.size, "", "附件", (), "") for a in found.pdf.attachments)
    more = licence_file.pdf_licence(found, options.licence, base.name) if options.licence is not None else ()
    if options.voucher is not False:
        more += voucher.pdf_voucher(found, options.voucher)
    more += signed.pdf(found, options.must_be_signed)
    return replace(
        base, kind="pdf", kind_word="PDF 文件", facts=tuple(facts), files=files, signatures=signatures,
        findings=found.findings + more,
    )  # fmt: skip


def _pdf_signature(number: int, v: pdf.PdfValue, found: pdf.PdfExamination) -> SignatureTold:
    s = v.signature
    mine = tuple(f for f in found.findings if f.where == v.where or f.where.startswith(f"{v.where}#"))
    whole = len(found.pdf.data)
    return SignatureTold(
        number=number, id=s.field, type="时间戳" if s.type == "/DocTimeStamp" else "PDF", file=v.where, provider=s.name,
        method=s.filter.lstrip("/"), check_method=s.cms.digest if s.cms else "", stated_time=s.signed, stamps=(), value=v.value,
        digests=(), missing=(), absent=(), covers_root=False, findings=mine,
        cover=_pdf_cover(v, whole),
    )  # fmt: skip


def _pdf_cover(v: pdf.PdfValue, whole: int) -> str:
    """In words; whether that is enough is said by PDF-01."""
    numbers = [n for n in v.signature.range if n is not None]
    if v.covered is None or len(numbers) != 4:
        return "ByteRange 不可用"
    first, length, again, rest = numbers
    said = f"保护 {v.covered} 字节，留出签名值所在的 {again - first - length} 字节"
    after = whole - again - rest
    return (
        said
        + (f"；文件末尾有 {after} 字节不在范围内" if after else "，直到文件末尾")
        + (f"；开头 {first} 字节不在范围内" if first else "")
    )


def _package(package: Package, base: Inspection, options: Options) -> Inspection:
    if not package.refused and not any(n.rpartition("/")[2].casefold() == ROOT.casefold() for n in package.names):
        files = tuple(
            FileTold(e.name, e.size, e.date, "", (), "") for e in list(package.entries.values())[:_MOST_FILES]
        )
        return replace(
            base,
            kind="zip",
            kind_word="ZIP 包（其中没有 OFD.xml）",
            files=files,
            findings=(*_container(package.problems), *signed.other(options.must_be_signed)),
        )
    ofd, opened = _unlocked(Ofd.read(package), options)
    found = examine(
        ofd, options.policy, signing=options.signing, cover=options.cover, archived=options.archived, opened=opened,
    )  # fmt: skip
    s = found.signatures
    signatures = tuple(_signature(s, g, found) for g in s.signatures)
    more = licence_file.licence(s, found, options.licence, base.name) if options.licence is not None else ()
    if options.schemas is not None:
        more += schemas.advice(ofd, schemas.load(options.schemas))
    if options.voucher is not False:
        more += voucher.ofd_voucher(s, options.voucher)
    more += signed.ofd(s, options.must_be_signed, closed=found.closed)
    return replace(
        base, kind="ofd", kind_word="OFD 版式文档", facts=_facts(ofd), metadata=tuple(licence.metadata(ofd).items()),
        files=tuple(_files(s, signatures)), signatures=signatures, findings=found.findings + more,
        index=tuple((e.name, e.text or "") for e in licence.index(ofd)[:_MOST_FILES]),
        watermarks=tuple(w.text or f"图像水印（{w.images} 个图像）" for w in licence.watermarks(ofd)),
    )  # fmt: skip


def _unlocked(ofd: Ofd, options: Options) -> tuple[Ofd, tuple[decryption.Opened, ...] | None]:
    """An encrypted package with what the test key opens laid over it: from then on it is read as its user reads it."""
    secrets = decryption.Secrets(options.password, options.keys)
    if not secrets or encryption.ENTRY not in ofd.package.entries:
        return ofd, None
    opened = decryption.unlock(ofd, secrets)
    plain = {path: data for o in opened for path, data in o.files.items() if data is not None}
    if plain:
        ofd.package.lay_over(plain)
        ofd = Ofd.read(ofd.package)
        ofd.ciphers = frozenset(c for o in opened for c in o.ciphers.values())
    return ofd, opened


def _container(problems: Iterable[Problem]) -> Findings:
    return tuple(
        Finding("OFD-17", Level.FAIL, p.message, p.expected, p.actual, p.where, Layer.POLICY) for p in problems
    )


def _signature(s: SignatureSet, g: Signature, found: Examination) -> SignatureTold:
    value, findings = found.values[g.index], found.package
    cover = coverage.coverage(s, g)
    open_, unsure, later = coverage.shares(s, cover, found.cover)
    places = (g.name, g.value.found if g.value else None, g.seal.found if g.seal else None, f"{g.list_name}#{g.place}")
    mine = tuple(
        f for f in findings if f.where and any(p and (f.where == p or f.where.startswith(f"{p}#")) for p in places)
    )
    digests = tuple(
        DigestTold(
            d.reference.raw, (d.algorithm or g.check_method or "").upper(), (d.reference.stated or b"").hex() or d.reference.check_value,
            d.computed.hex() if d.computed is not None else "", d.ok,
        )
        for d in s.digests(g)
    )  # fmt: skip
    return SignatureTold(
        number=g.index + 1, id=g.id or "", type=g.kind, file=g.name, provider=" ".join(filter(None, (g.provider, g.company))),
        method=g.method or "", check_method=g.check_method or "", stated_time=g.time or "",
        stamps=_stamps(s, g), value=value, digests=digests,
        missing=tuple((name, WORDS[role]) for name, role in (*open_, *unsure)), absent=cover.absent, covers_root=cover.root,
        later=tuple((name, WORDS[role]) for name, role in later),
        root_later=not cover.root and coverage.root_later(s, g, found.cover),
        findings=mine + (value.findings if value is not None else ()),
    )  # fmt: skip


def _stamps(s: SignatureSet, g: Signature) -> tuple[str, ...]:
    """PageRef is the identifier of a page, which is not its number."""
    body = next((b for b in s.ofd.bodies if b.index == g.body), None)
    numbers = {page: n for n, page in enumerate(structure.pages_of(s.ofd, body) if body is not None else (), 1)}
    return tuple(
        f"第 {numbers[x.page_ref]} 页 [{x.boundary}]"
        if x.page_ref in numbers
        else f"标识为 {x.page_ref} 的页（不存在） [{x.boundary}]"
        for x in g.stamps
    )


def _facts(ofd: Ofd) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str | None]] = []
    root = ofd.root.tree if ofd.root is not None else None
    if root is not None:
        out += [("版本", root.get("Version")), ("文档类型", root.get("DocType"))]
    for n, body in enumerate(ofd.bodies, 1):
        mark = f"（文档 {n}）" if len(ofd.bodies) > 1 else ""
        if (info := body.info) is not None:
            pairs = (
                ("DocID", info.doc_id), ("标题", info.title), ("作者", info.author), ("创建日期", info.created),
                ("修改日期", info.modified), ("制作软件", " ".join(filter(None, (info.creator, info.creator_version)))),
            )  # fmt: skip
            out += [(f"{label}{mark}", v) for label, v in pairs]
        pages = sum(1 for _ in ofd.linked("page", source=body.document.name)) if body.document else 0
        out += [
            (f"页数{mark}", str(pages)),
            (f"附件{mark}", str(sum(k.body == body.index for k in ofd.linked("attachment")))),
        ]
    if encryption.ENTRY in ofd.package.entries:
        out.append(("加密", "已加密（GM/T 0099）"))
    if integrity.ENTRIES in ofd.package.entries:
        out.append(("完整性保护", "有 OFDEntries.xml（GM/T 0099）"))
    return tuple((k, v) for k, v in out if v)


def _files(s: SignatureSet, signatures: tuple[SignatureTold, ...]) -> Iterable[FileTold]:
    ofd = s.ofd
    reached, needed = coverage.reachable(ofd), coverage.content(ofd)
    strange, _ = coverage.smuggled(s)
    changed = {d.file.lstrip("/") for t in signatures for d in t.changed}
    covered = [g.covered for g in s.signatures]
    own = {integrity.ENTRIES: "integrity", encryption.ENTRY: "encryption"}
    for entry in sorted(ofd.package.entries.values(), key=lambda e: e.name)[:_MOST_FILES]:
        by = tuple(n for n, names in enumerate(covered, 1) if entry.name in names)
        role = own.get(entry.name) or reached.get(entry.name, "")
        state = ""
        if not entry.readable:
            state = "unreadable"
        elif entry.name in strange:
            state = "stowaway"
        elif entry.name in changed:
            state = "changed"
        elif signatures and not by and entry.name in needed:
            state = "uncovered"
        word = WORDS.get(role) or ("只被签名引用" if by else "")
        yield FileTold(entry.name, entry.size, entry.date, word, by, state)

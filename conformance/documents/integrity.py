"""Integrity protection of GM/T 0099-2020 (OFDEntries.xml): the list of files against the package, and the signature over it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from conformance.codes.text import shown
from conformance.documents.finding import Findings, Layer, Teller
from conformance.documents.ofd import Ofd
from conformance.documents.peek import ValueKind, value_kind
from conformance.documents.xml import child, children, parse, place, text

ENTRIES = "OFDEntries.xml"
_VALUE_LIMIT = 8 << 20


class Verified(Protocol):
    """What the verifier of GB/T 35275 data says of one value."""

    @property
    def ok(self) -> bool | None:
        """The signature is right over the content; None: cannot be told."""

    @property
    def time_stamp(self) -> bool:
        """There is a time-stamp in it."""

    @property
    def message(self) -> str:
        """Why it is not right."""

    @property
    def others(self) -> Findings:
        """What else does not hold or cannot be told of it: structure, trust in the signer, the time-stamp."""


class Verify(Protocol):
    def __call__(self, value: bytes, content: bytes) -> Verified: ...


@dataclass(frozen=True, slots=True)
class Integrity:
    """OFDEntries.xml as read. `files`: as written, and the entry each leads to."""

    files: tuple[tuple[str, str | None, str], ...]  # FileLoc, entry, place
    value_raw: str | None
    value: str | None
    readable: bool


def read(ofd: Ofd) -> Integrity | None:
    """None when the package has no OFDEntries.xml at its root."""
    if ENTRIES not in ofd.package.entries:
        return None
    data = ofd.package.read(ENTRIES, ofd.xml_limits.size)
    root = parse(data, ENTRIES, ofd.xml_limits).root if data is not None else None
    if root is None:
        return Integrity((), None, None, False)
    files = []
    for element in children(child(root, "FileList"), "File"):
        raw = element.get("FileLoc") or text(element) or ""
        path, found = ofd.resolve(raw, "")
        files.append((raw, found if found == path else None, place(element)))
    raw_value = text(child(root, "SignedValueLoc"))
    _, value = ofd.resolve(raw_value or "", "")
    return Integrity(tuple(files), raw_value, value, True)


def int_01(ofd: Ofd) -> Findings:
    """GM/T 0099-2020 7.4.2, annex D: the list names every file of the package but itself and its signature value."""
    t = Teller("INT-01")
    it = read(ofd)
    if it is None:
        return t.absent("没有完整性保护文件 OFDEntries.xml")
    if not it.readable:
        t.fail("OFDEntries.xml 读不出来", expected="良构的 XML", where=ENTRIES)
        return t.done()
    listed: set[str] = set()
    for raw, found, at in it.files:
        if found is None:
            t.fail("清单中的文件不存在", expected="存在的文件", actual=shown(raw), where=f"{ENTRIES}#{at}")
        elif found in listed:
            t.warn("清单中的文件重复", actual=shown(raw), where=f"{ENTRIES}#{at}")
        listed.add(found or "")
    for name in ofd.package.stored_names:
        if name not in listed and name not in (ENTRIES, it.value):
            t.fail("文件不在完整性清单中：夹带文件", expected="在 FileList 中", actual=shown(name), where=shown(name))
    return t.done(f"清单与包内文件一致，共 {len(it.files)} 个")


def int_02(ofd: Ofd, verify: Verify | None = None) -> Findings:
    """GM/T 0099-2020 7.4.2, 7.4.6: a time-stamped signature of GB/T 35275 over OFDEntries.xml."""
    t = Teller("INT-02", Layer.CRYPTO)
    it = read(ofd)
    if it is None:
        return t.absent("没有完整性保护文件 OFDEntries.xml")
    content = ofd.package.read(ENTRIES)
    if it.value_raw is None or content is None:
        t.fail("OFDEntries.xml 没有指向签名值", expected="SignedValueLoc", where=ENTRIES, layer=Layer.DECODE)
        return t.done()
    data = ofd.package.read(it.value, _VALUE_LIMIT) if it.value is not None else None
    if data is None:
        t.fail(
            "签名值文件不存在或读不出来",
            expected="存在的文件",
            actual=shown(it.value_raw),
            where=ENTRIES,
            layer=Layer.DECODE,
        )
        return t.done()
    kind, where = value_kind(data), it.value or ""
    if kind is not ValueKind.CMS:
        t.fail(
            "签名值不是 GB/T 35275 签名数据",
            expected=ValueKind.CMS.word,
            actual=kind.word,
            where=where,
            layer=Layer.DECODE,
        )
        return t.done()
    if verify is None:
        t.unknown("签名值没有验证，无法判定", where=where)
        return t.done()
    result = verify(data, content)
    if result.ok is None:
        t.unknown(result.message or "签名值无法验证", where=where)
    elif not result.ok:
        t.fail("完整性保护文件的签名验证不通过", expected="验证通过", actual=result.message, where=where)
    else:
        t.good("完整性保护文件的签名验证通过", where)
    if not result.time_stamp:
        t.fail("签名不带时间戳", expected="带时间戳的数字签名", where=where, layer=Layer.POLICY)
    return (*t.done(), *(replace(f, clause="INT-02", where=f"{where}#{f.where}") for f in result.others))

"""A strict but forgiving DER reader (X.690): the elements with their own bytes, and everything that is not DER.

What cannot be cut into elements at all is a DocumentError (F101 to F104). Whatever can is read, however badly it is
encoded, and each departure from DER is a Defect: a bad encoding then hides nothing that stands behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.documents import asn1
from conformance.documents.trouble import DocumentError
from conformance.documents.verdicts import Defect

_PRINTABLE = re.compile(rb"[A-Za-z0-9 '()+,\-./:=?]*")
_UTC = re.compile(rb"\d{12}Z")
_GENERALIZED = re.compile(rb"\d{14}(\.\d*[1-9])?Z")
_STRINGS = {0x23, 0x24, 0x2C, 0x33, 0x34, 0x36, 0x37, 0x38, 0x3E}
_MOST_DEFECTS = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most; a document that asks for more is refused with F103."""

    size: int = 32 << 20
    depth: int = 40
    nodes: int = 50_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Node:
    """One element: identifier octet, where it starts, where its content starts and ends, and where it ends."""

    data: bytes
    tag: int
    start: int
    head: int
    stop: int
    end: int
    children: tuple[Node, ...]

    @property
    def raw(self) -> bytes:
        """The element as it was written: what a signature was made over."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        return self.data[self.head : self.stop]

    @property
    def octets(self) -> bytes:
        """The content of a string, its parts joined when it was written in parts."""
        return b"".join(child.octets for child in self.children) if self.children else self.content


@dataclass(frozen=True, slots=True)
class Encoding:
    """What was read: the outermost element, and what is not DER about it."""

    root: Node
    defects: tuple[Defect, ...]


class _Reader:
    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.nodes = 0
        self.defects: list[Defect] = []

    def note(self, code: str, offset: int, message: str, expected: str = "", actual: str = "") -> None:
        if len(self.defects) < _MOST_DEFECTS:
            self.defects.append(Defect(code, f"[{offset}]", offset, message, expected, actual))

    def broken(self, offset: int, message: str) -> DocumentError:
        return DocumentError("F101", f"ASN.1 数据无法解析：{message}", where=f"[{offset}]", expected="完整的 DER 编码")

    def identifier(self, at: int, end: int) -> tuple[int, int]:
        """(identifier octet, where the length starts). A tag number above 30 keeps only its first octet."""
        tag = self.data[at]
        if tag & 0x1F != 0x1F:
            return tag, at + 1
        for position in range(at + 1, min(end, at + 6)):
            if not self.data[position] & 0x80:
                return tag, position + 1
        raise self.broken(at, "标签号过长")

    def length(self, at: int, end: int) -> tuple[int, int]:
        """(number of content octets or -1 for indefinite, where the content starts)."""
        if at >= end:
            raise self.broken(at, "缺少长度")
        first = self.data[at]
        if first < 0x80:
            return first, at + 1
        if first == 0x80:
            self.note("indefinite-length", at, "使用了不定长编码", "定长编码")
            return -1, at + 1
        count = first & 0x7F
        if count > 8 or at + 1 + count > end:
            raise self.broken(at, "长度字段无效")
        size = int.from_bytes(self.data[at + 1 : at + 1 + count], "big")
        if size < 0x80 or count > (size.bit_length() + 7) // 8:
            self.note(
                "length-not-minimal",
                at,
                "长度没有用最短形式编码",
                f"{len(asn1.length(size))} 个字节",
                f"{count + 1} 个字节",
            )
        return size, at + 1 + count

    def element(self, at: int, end: int, depth: int) -> Node:
        self.nodes += 1
        if depth > self.limits.depth or self.nodes > self.limits.nodes:
            raise DocumentError("F103", "ASN.1 嵌套过深或元素过多", where=f"[{at}]",
                                expected=f"不超过 {self.limits.depth} 层、{self.limits.nodes} 个元素")  # fmt: skip
        tag, after = self.identifier(at, end)
        size, head = self.length(after, end)
        if size < 0:
            if not tag & 0x20:
                raise self.broken(at, "简单类型使用了不定长编码")
            children, stop = self.until_end_mark(head, end, depth)
            return Node(self.data, tag, at, head, stop, stop + 2, children)
        stop = head + size
        if stop > end:
            raise self.broken(at, f"内容不完整，声明 {size} 个字节，只有 {end - head} 个字节")
        if not tag & 0x20:
            self.primitive(tag, self.data[head:stop], at)
            return Node(self.data, tag, at, head, stop, stop, ())
        found: list[Node] = []
        position = head
        while position < stop:
            found.append(self.element(position, stop, depth + 1))
            position = found[-1].end
        self.constructed(tag, found, at)
        return Node(self.data, tag, at, head, stop, stop, tuple(found))

    def until_end_mark(self, at: int, end: int, depth: int) -> tuple[tuple[Node, ...], int]:
        found: list[Node] = []
        while self.data[at : min(at + 2, end)] != b"\x00\x00":
            if at >= end:
                raise self.broken(at, "不定长编码没有结束标记")
            found.append(self.element(at, end, depth + 1))
            at = found[-1].end
        return tuple(found), at

    def constructed(self, tag: int, children: list[Node], at: int) -> None:
        if tag in _STRINGS:
            self.note("constructed-string", at, "字符串被分段编码", "一个简单类型的元素")
        elif tag == asn1.SET:
            written = [child.raw for child in children]
            if written != sorted(written):
                self.note("set-not-sorted", at, "集合的元素没有按 DER 的次序排列")

    def primitive(self, tag: int, content: bytes, at: int) -> None:
        if tag == asn1.INTEGER:
            if not content:
                self.note("integer-empty", at, "INTEGER 没有内容")
            elif len(content) > 1 and content[0] in (0, 0xFF) and content[0] >> 7 == content[1] >> 7:
                self.note("integer-not-minimal", at, "INTEGER 没有用最短形式编码")
        elif tag == asn1.BIT_STRING:
            if not content or content[0] > 7 or (content[0] and len(content) == 1):
                self.note(
                    "bit-string-invalid", at, "BIT STRING 的未用位数无效", "0 到 7", content[:1].hex() or "无内容"
                )
            elif content[0] and content[-1] & ((1 << content[0]) - 1):
                self.note("bit-string-padding", at, "BIT STRING 的未用位不为零")
        elif tag == asn1.BOOLEAN:
            if content not in (b"\x00", b"\xff"):
                self.note("boolean-invalid", at, "BOOLEAN 的取值无效", "00 或 FF", content[:4].hex())
        elif tag == asn1.NULL:
            if content:
                self.note("null-not-empty", at, "NULL 含有内容")
        elif tag == asn1.OID:
            if not content or content[-1] & 0x80 or re.search(rb"(?:^|[\x00-\x7f])\x80", content, re.DOTALL):
                self.note("oid-invalid", at, "OBJECT IDENTIFIER 编码无效")
        else:
            self.text(tag, content, at)

    def text(self, tag: int, content: bytes, at: int) -> None:
        if tag == asn1.UTF8_STRING:
            try:
                content.decode("utf-8")
            except UnicodeDecodeError:
                self.note("utf8-invalid", at, "UTF8String 的内容不是 UTF-8")
        elif tag == asn1.PRINTABLE_STRING:
            if not _PRINTABLE.fullmatch(content):
                self.note("printable-string-invalid", at, "PrintableString 含有不允许的字符")
        elif tag == asn1.IA5_STRING:
            if not content.isascii():
                self.note("ia5-string-not-ascii", at, "IA5String 含有非 ASCII 字节")
        elif tag == asn1.UTC_TIME:
            if not _UTC.fullmatch(content):
                self.note("time-text-invalid", at, "UTCTime 的写法无效", "YYMMDDhhmmssZ", _shown(content))
        elif tag == asn1.GENERALIZED_TIME and not _GENERALIZED.fullmatch(content):
            self.generalized_time(content, at)

    def generalized_time(self, content: bytes, at: int) -> None:
        expected, actual = "YYYYMMDDhhmmss[.f]Z", _shown(content)
        if re.fullmatch(rb"\d{14}(\.\d+)?", content):
            self.note("time-without-zone", at, "GeneralizedTime 没有以 Z 结尾，时区不明", expected, actual)
        elif _UTC.fullmatch(content):
            self.note("utctime-text", at, "GeneralizedTime 里写的是 UTCTime 的文本", expected, actual)
        else:
            self.note("time-text-invalid", at, "GeneralizedTime 的写法无效", expected, actual)


def _shown(content: bytes) -> str:
    return content[:40].decode("ascii", "backslashreplace")


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Encoding:
    """The outermost element of `data`; bytes behind it are a defect. DocumentError F101, F102, F103."""
    if len(data) > limits.size:
        raise DocumentError("F102", f"ASN.1 数据过大：{len(data)} 字节", expected=f"不超过 {limits.size} 字节")
    reader = _Reader(data, limits)
    if not data:
        raise reader.broken(0, "没有内容")
    root = reader.element(0, len(data), 0)
    if root.end < len(data):
        reader.note("trailing-bytes", root.end, "数据之后还有多余的字节", "没有", f"{len(data) - root.end} 个字节")
    return Encoding(root, tuple(reader.defects))

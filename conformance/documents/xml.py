"""XML read as hostile data: no DTD, no entities, no network, bounded size, markup and depth; what is wrong is a typed problem."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from conformance.codes.text import shown
from conformance.documents.package import Problem
from conformance.errors import MissingExtra

OFD_NS = "http://www.ofdspec.org/2016"
_OLD_NS = "http://www.ofdspec.org"

Element = Any  # an lxml element; lxml is optional, so its types cannot be named here

# Every other declared encoding could hide markup from the count below.
_ENCODINGS = frozenset(
    {"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "gb18030", "gbk", "gb2312", "us-ascii", "iso-8859-1"}
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """`markup` counts "<": elements, their ends, comments. A page of a real licence has some thousands."""

    size: int = 16 << 20
    markup: int = 300_000
    depth: int = 64


@dataclass(frozen=True, slots=True)
class Xml:
    """One file: `root` is None when it could not be parsed; with a namespace problem it is there and is told of too."""

    name: str
    root: Element | None
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return self.root is not None and not self.problems


def parse(data: bytes, name: str, limits: XmlLimits | None = None) -> Xml:
    """Bytes → tree. MissingExtra when lxml is not installed; nothing else is raised."""
    limits = limits or XmlLimits()
    if wrong := _refused(data, name, limits):
        return Xml(name, None, (wrong,))
    etree = lxml_etree()
    parser = _parser(recover=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        log = [e for e in getattr(parser, "error_log", ()) if e.level >= 2]
        message, where = shown(str(error)), f"{name}#{getattr(error, 'lineno', None) or 1}"
        if log and all(e.domain_name == "NAMESPACE" for e in log):
            problem = Problem(
                "namespace",
                "XML 的命名空间不良构（前缀未定义或名称不合法）",
                where,
                "命名空间良构",
                shown(log[0].message),
            )
            root = etree.fromstring(data, _parser(recover=True))
            return Xml(name, root, (problem,))
        return Xml(name, None, (Problem("not-well-formed", "XML 不良构", where, "良构的 XML", message),))
    if _too_deep(limits.depth)(root):
        return Xml(name, None, (Problem("too-deep", "XML 嵌套过深", name, f"不超过 {limits.depth} 层"),))
    return Xml(name, root)


def _refused(data: bytes, name: str, limits: XmlLimits) -> Problem | None:
    if len(data) > limits.size:
        return Problem("xml-too-large", "XML 文件过大", name, f"不超过 {limits.size} 字节", f"{len(data)} 字节")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    plain = data.replace(b"\0", b"") if wide else data
    if not wide and (b"\0" in data[:64] or data[:4] == b"\x4c\x6f\xa7\x94"):
        return Problem("encoding", "XML 编码无法识别", name, "UTF-8", data[:4].hex(" "))
    declared = _DECLARED.match(plain.removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe"))
    if declared and declared[1].decode("ascii").lower() not in _ENCODINGS:
        return Problem("encoding", "XML 声明了不允许的编码", name, "UTF-8", declared[1].decode("ascii"))
    if (count := data.count(b"<")) > limits.markup:
        return Problem("xml-too-large", "XML 标记过多", name, f"不超过 {limits.markup} 个", f"{count} 个")
    if data.count(b"=") > limits.markup * 3:
        return Problem("xml-too-large", "XML 属性过多", name, f"不超过 {limits.markup * 3} 个")
    if _has_doctype(plain):
        return Problem("dtd", "XML 含有 DTD 声明，可能引入实体，未解析", name, "没有 DOCTYPE", "<!DOCTYPE")
    return None


def _has_doctype(data: bytes) -> bool:
    """A DOCTYPE can stand only before the root element: step over declaration, comments and instructions."""
    at = data.find(b"<")
    while at >= 0:
        if data.startswith(b"<!--", at):
            end = data.find(b"-->", at + 4)
        elif data.startswith(b"<?", at):
            end = data.find(b"?>", at + 2)
        else:
            return data.startswith(b"<!", at)
        at = data.find(b"<", end) if end >= 0 else -1
    return False


def _parser(*, recover: bool) -> Any:
    return lxml_etree().XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False,
        recover=recover, remove_comments=True, remove_pis=True, collect_ids=False,
    )  # fmt: skip


@cache
def lxml_etree() -> Any:
    try:
        return importlib.import_module("lxml.etree")
    except ImportError:
        raise MissingExtra("lxml", "documents") from None


@cache
def _too_deep(depth: int) -> Any:
    return lxml_etree().XPath("boolean(" + "/*" * (depth + 1) + ")")


# --- walking: by local name, in the namespace of OFD however it was written -------------------------------------------


def local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


_SPACES = frozenset((f"{{{OFD_NS}", f"{{{_OLD_NS}", ""))  # as lxml writes them, before the closing brace


def is_ofd(element: Element) -> bool:
    """In a namespace that OFD writers use: the right one, the one without the year, or none."""
    return namespace(element) in (OFD_NS, _OLD_NS, "")


def children(element: Element | None, name: str) -> Iterator[Element]:
    if element is not None:
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                space, _, own = tag.rpartition("}")
                if own == name and space in _SPACES:
                    yield child


def child(element: Element | None, *path: str) -> Element | None:
    """The first child of each name in turn, or None."""
    for name in path:
        element = next(children(element, name), None)
    return element


def text(element: Element | None) -> str | None:
    """Text of an element without blanks around it; None when the element is absent or empty."""
    if element is None:
        return None
    return (element.text or "").strip() or None


def place(element: Element) -> str:
    """Element and line, for the tail of a `where`."""
    mark = element.get("ID") or element.get("Name") or ""
    return f"{local(element)}{f'[{shown(mark, 40)}]' if mark else ''}:{element.sourceline or 1}"

"""An OFD package as a tree of documents: every file reached from OFD.xml, how it was reached, and what each XML holds."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.documents.package import Limits, Package, Problem
from conformance.documents.scan import Part, scan
from conformance.documents.xml import Element, XmlLimits, child, children, parse, text

ROOT = "OFD.xml"
# Roles whose files are XML of OFD and lead further.
PARSED = frozenset(
    ("root", "document", "version", "resource", "template", "page", "annotations", "annotation", "custom-tags", "custom-tag",
     "attachments", "extensions", "signatures", "signature")
)  # fmt: skip
_KEPT = PARSED - {"page", "template", "annotation", "custom-tag"}
SIGNATURE_ROLES = frozenset(("signatures", "signature", "signed-value", "seal"))
_KEPT_MARKUP = (
    60_000  # of pages and data too, so that they are not parsed for each clause again: some ten megabytes at most
)
TOTAL_XML = 64 << 20  # bytes of XML that are parsed of one package; real licences have less than ten megabytes
TOTAL_MARKUP = 600_000  # over all files of a package: about a second of work


@dataclass(frozen=True, slots=True)
class Link:
    """One ST_Loc: from `source` (with `place`) to `path`, None when it leads out of the package or is no path."""

    source: str
    role: str
    raw: str
    place: str
    path: str | None
    found: str | None  # the name of the entry it leads to; differs from `path` when only the case of letters differs
    body: int

    @property
    def exact(self) -> bool:
        return self.path is not None and self.found == self.path

    @property
    def where(self) -> str:
        return f"{self.source}#{self.place}"


@dataclass(frozen=True, slots=True)
class DocInfo:
    doc_id: str | None = None
    title: str | None = None
    author: str | None = None
    created: str | None = None
    modified: str | None = None
    creator: str | None = None
    creator_version: str | None = None
    custom: tuple[tuple[str | None, str], ...] = ()  # CustomData: Name, text


@dataclass(frozen=True, slots=True)
class DocBody:
    """One document of the package; `document` is its Document.xml when that could be read."""

    index: int
    element: Element
    info: DocInfo | None
    root: Link | None
    signatures: Link | None
    document: Part | None

    @property
    def place(self) -> str:
        return f"{ROOT}#DocBody[{self.index + 1}]"


@dataclass(slots=True)
class Ofd:
    """`with Ofd.open(path) as ofd:`. Nothing is raised for what the file holds; `problems` is what reading met."""

    package: Package
    xml_limits: XmlLimits
    parts: dict[str, Part] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    bodies: tuple[DocBody, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    ciphers: frozenset[str] = frozenset()  # entries that hold the ciphertext of others, as an opened map tells
    memory: dict[str, Any] = field(default_factory=dict)  # what clauses work out once for all of them
    _folded: dict[str, str] = field(default_factory=dict)
    _kept: int = 0

    @classmethod
    def open(cls, path: str | Path, limits: Limits | None = None, xml_limits: XmlLimits | None = None) -> Self:
        return cls.read(Package.open(path, limits), xml_limits)

    @classmethod
    def of(cls, data: bytes, limits: Limits | None = None, xml_limits: XmlLimits | None = None) -> Self:
        return cls.read(Package.of(data, limits=limits), xml_limits)

    @classmethod
    def read(cls, package: Package, xml_limits: XmlLimits | None = None) -> Self:
        self = cls(package, xml_limits or XmlLimits())
        for name in package.names:
            self._folded.setdefault(name.casefold(), name)
        self._walk()
        self.bodies = tuple(self._bodies())
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.package.close()

    @property
    def root(self) -> Part | None:
        part = self.parts.get(ROOT)
        return part if part is not None and part.parsed else None

    def part(self, role: str, body: int | None = None) -> Iterator[Part]:
        return (p for p in self.parts.values() if p.role == role and (body is None or p.body == body))

    def linked(self, *roles: str, source: str | None = None) -> Iterator[Link]:
        return (k for k in self.links if k.role in roles and (source is None or k.source == source))

    def tree(self, name: str) -> Element | None:
        """The tree of an XML file: kept for the small ones, read again for pages and data."""
        part = self.parts.get(name)
        if part is not None and (part.tree is not None or not part.parsed):
            return part.tree  # what was refused once is not tried again: the bounds are of the whole package
        data = self.package.read(name, self.xml_limits.size)
        return None if data is None else parse(data, name, self.xml_limits).root

    def resolve(self, raw: str, directory: str) -> tuple[str | None, str | None]:
        """ST_Loc (GB/T 33190 table 2) → path in the package, and the entry it names (of another case if need be)."""
        path = resolve(raw, directory)
        if path is None:
            return None, None
        if path in self.package.entries:
            return path, path
        return path, self._folded.get(path.casefold())

    def _walk(self) -> None:
        if ROOT not in self.package.entries:
            return
        queue: deque[tuple[str, str, int]] = deque([(ROOT, "root", 0)])
        markup = size = 0
        while queue:
            name, role, body = queue.popleft()
            if name in self.parts:
                continue
            part = self.parts[name] = Part(name, role, body)
            size += self.package.entries[name].size
            if markup > TOTAL_MARKUP or size > TOTAL_XML:
                what = "标记总数过多" if markup > TOTAL_MARKUP else "总量过大"
                part.problems = (Problem("xml-too-large", f"包内 XML {what}，未解析", name),)
                self.problems.extend(part.problems)
                continue
            self._parse(part)
            markup += part.markup
            directory = self._directory(part)
            bodies = -1
            for kind, raw, place in part.links:
                bodies += role == "root" and kind == "document"
                owner = max(bodies, 0) if role == "root" else body
                path, found = self.resolve(
                    raw, directory if kind in ("media", "font", "profile") else posixpath.dirname(name)
                )
                self.links.append(Link(name, kind, raw, place, path, found, owner))
                if found is not None and kind in PARSED:
                    queue.append((found, kind, owner))

    def _parse(self, part: Part) -> None:
        data = self.package.read(part.name, self.xml_limits.size)
        if data is None:
            known = [p for p in self.package.problems if p.where == part.name]
            part.problems = tuple(known) or (Problem("unreadable", "文件读不出来", part.name),)
            return
        xml = parse(data, part.name, self.xml_limits)
        part.problems = xml.problems
        self.problems.extend(xml.problems)
        if xml.root is not None:
            part.markup = data.count(b"<")
            scan(part, xml.root)
            if part.role in _KEPT or self._kept + part.markup <= _KEPT_MARKUP:
                self._kept += part.markup if part.role not in _KEPT else 0
                part.tree = xml.root

    def _directory(self, part: Part) -> str:
        """Where the locations of a file start; media of a resource file start at its BaseLoc."""
        here = posixpath.dirname(part.name)
        if part.role == "resource" and part.tree is not None and (base := part.tree.get("BaseLoc")):
            return resolve(base, here) or here
        return here

    def _bodies(self) -> Iterator[DocBody]:
        root = self.root
        if root is None:
            return
        own: dict[int, list[Link]] = {}
        for link in self.linked("document", "signatures", source=ROOT):
            own.setdefault(link.body, []).append(link)
        for index, element in enumerate(children(root.tree, "DocBody")):
            mine = own.get(index, [])
            to = next((k for k in mine if k.role == "document"), None)
            document = self.parts.get(to.found) if to is not None and to.found is not None else None
            yield DocBody(
                index=index,
                element=element,
                info=_info(child(element, "DocInfo")),
                root=to,
                signatures=next((k for k in mine if k.role == "signatures"), None),
                document=document if document is not None and document.tree is not None else None,
            )


def resolve(raw: str, directory: str) -> str | None:
    """`/` starts at the root, `.` and `..` as usual, no prefix starts at `directory`. None: not a path inside the package."""
    raw = raw.strip()
    if not raw or "\\" in raw or "\0" in raw or "://" in raw:
        return None
    path = posixpath.normpath(raw.lstrip("/") if raw.startswith("/") else posixpath.join(directory, raw))
    return None if path.startswith("..") or path in ("", ".", "/") else path.lstrip("/")


def _info(element: Element | None) -> DocInfo | None:
    if element is None:
        return None

    def said(name: str) -> str | None:
        return text(child(element, name))

    custom = tuple(
        (c.get("Name"), (c.text or "").strip()) for c in children(child(element, "CustomDatas"), "CustomData")
    )
    return DocInfo(
        said("DocID"), said("Title"), said("Author"), said("CreationDate"), said("ModDate"), said("Creator"),
        said("CreatorVersion"), custom,
    )  # fmt: skip

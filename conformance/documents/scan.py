"""One walk over one XML file of an OFD package: identifiers, references, boxes, locations, actions and names, as compact facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from conformance.documents.order import ORDERED, misplaced
from conformance.documents.package import Problem
from conformance.documents.xml import OFD_NS, Element, place

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_BOX = re.compile(rf"\s*({_NUMBER})\s+({_NUMBER})\s+({_NUMBER})\s+({_NUMBER})\s*")
_REFS = frozenset(
    (
        "Font",
        "ResourceID",
        "Substitution",
        "ImageMask",
        "DrawParam",
        "ColorSpace",
        "TemplateID",
        "PageID",
        "Thumbnail",
        "RefId",
    )
)
_REF_TEXTS = frozenset(("DefaultCS", "Thumbnail", "Substitution"))
_BOXES = frozenset(("PhysicalBox", "ApplicationBox", "ContentBox", "BleedBox"))
_ACTIONS = frozenset(("Goto", "URI", "GotoA", "Sound", "Movie"))
NUMBERED = frozenset(("document", "resource", "template", "page", "annotation"))
_ORDERED = frozenset(("root", "document", "page", "template", "signature"))
KEEP_ORDER = 20
KEEP = 2000  # places remembered of each kind; what is beyond is counted

# (parent, element) whose text is an ST_Loc → role of the file it names
TEXT_LINKS = {
    ("DocBody", "DocRoot"): "document", ("DocBody", "Signatures"): "signatures", ("DocInfo", "Cover"): "cover",
    ("DocVersion", "DocRoot"): "listed", ("FileList", "File"): "listed",
    ("CommonData", "PublicRes"): "resource", ("CommonData", "DocumentRes"): "resource", ("Page", "PageRes"): "resource",
    ("Document", "Annotations"): "annotations", ("Document", "CustomTags"): "custom-tags",
    ("Document", "Attachments"): "attachments", ("Document", "Extensions"): "extensions",
    ("Page", "FileLoc"): "annotation", ("CustomTag", "FileLoc"): "custom-tag", ("CustomTag", "SchemaLoc"): "schema",
    ("Attachment", "FileLoc"): "attachment", ("MultiMedia", "MediaFile"): "media", ("Font", "FontFile"): "font",
    ("Extension", "ExtendData"): "extension-data", ("Signature", "SignedValue"): "signed-value", ("Seal", "BaseLoc"): "seal",
}  # fmt: skip
# (parent, element, attribute) that is an ST_Loc → role
ATTRIBUTE_LINKS = {
    ("Versions", "Version", "BaseLoc"): "version", ("CommonData", "TemplatePage", "BaseLoc"): "template",
    ("Pages", "Page", "BaseLoc"): "page", ("Signatures", "Signature", "BaseLoc"): "signature",
    ("ColorSpaces", "ColorSpace", "Profile"): "profile",
}  # fmt: skip
_LINKED = frozenset(name for _, name in TEXT_LINKS) | frozenset(name for _, name, _ in ATTRIBUTE_LINKS)


@dataclass(slots=True)
class Part:
    """What one XML file of the package holds. `body` is the document it was first reached from."""

    name: str
    role: str
    body: int
    root: str = ""
    namespace: str = ""
    problems: tuple[Problem, ...] = ()
    markup: int = 0
    ids: list[tuple[str, str, int]] = field(default_factory=list)  # raw value, element, line
    refs: list[tuple[str, str, str]] = field(default_factory=list)  # attribute, raw value, place
    boxes: list[tuple[str, str]] = field(default_factory=list)  # boxes that are none: raw value, place
    links: list[tuple[str, str, str]] = field(default_factory=list)  # role, raw ST_Loc, place
    actions: list[tuple[str, str, str]] = field(default_factory=list)  # kind, target, place
    names: dict[str, str] = field(default_factory=dict)  # kind of wrong name → first place
    area: tuple[float, float, float, float] | None = (
        None  # the first PhysicalBox: of a page its own, of a document the default
    )
    order: list[tuple[str, str]] = field(default_factory=list)  # elements out of the order of annex A: place, what
    blocks: int = 0  # deepest nesting of PageBlock
    tree: Element | None = None

    @property
    def parsed(self) -> bool:
        return bool(self.root)


def box(raw: str | None) -> tuple[float, float, float, float] | None:
    """ST_Box → x, y, width, height, or None unless it is four numbers with a width and height above 0."""
    found = _BOX.fullmatch(raw or "")
    if not found:
        return None
    x, y, width, height = (float(n) for n in found.groups())
    return (x, y, width, height) if width > 0 and height > 0 else None


def _is_box(raw: str) -> bool:
    found = _BOX.fullmatch(raw)
    return found is not None and float(found[3]) > 0 and float(found[4]) > 0


def scan(part: Part, root: Element) -> None:
    """Fill `part` from its tree. Wrong names are looked for in OFD's own files, not in custom data of other vocabularies."""
    split: dict[str, tuple[str, str]] = {}
    ours = part.role != "custom-tag"
    numbered, ordered = part.role in NUMBERED, part.role in _ORDERED
    seen: set[tuple[str, str]] = set()
    for element in root.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        known = split.get(tag)
        if known is None:
            head, _, name = tag.rpartition("}")
            known = split[tag] = (head[1:], name)
        space, name = known
        if ours:
            if space != OFD_NS or element.prefix != "ofd":
                _element_name(part, element, space)
        elif space not in (OFD_NS, "", "http://www.ofdspec.org") and name != "ObjectRef":
            continue
        for key, value in element.items():
            if key[0] == "{":
                if ours:
                    kind = "attribute" if key.startswith("{http://www.ofdspec.org") else "foreign-attribute"
                    part.names.setdefault(kind, f"{place(element)}@{key.rpartition('}')[2]}")
            elif key == "ID":
                if numbered:
                    part.ids.append((value, name, element.sourceline or 1))
            elif key in _REFS or (key == "Relative" and name == "DrawParam"):
                if ours and (key, value) not in seen:
                    seen.add((key, value))
                    part.refs.append((key, value, place(element)))
            elif (key == "Boundary" or (key == "Clip" and name == "StampAnnot")) and ours and not _is_box(value):
                _remember(part.boxes, (value, place(element)))
        if name == "PhysicalBox" and part.area is None:
            part.area = box(element.text)
        if name in _BOXES and not _is_box(element.text or ""):
            _remember(part.boxes, (element.text or "", place(element)))
        elif name in _REF_TEXTS and element.text and numbered:
            part.refs.append((name, element.text.strip(), place(element)))
        elif name in _ACTIONS and _parent(element) == "Action":
            _remember(part.actions, (name, element.get("URI") or "", place(element)))
        elif name == "PageBlock":
            part.blocks = max(part.blocks, sum(1 for a in element.iterancestors() if a.tag == tag) + 1)
        if ours and name in _LINKED:
            _links(part, element, name)
        if ordered and name in ORDERED and len(part.order) < KEEP_ORDER:
            part.order += islice(misplaced(element, name), KEEP_ORDER)
    part.root, part.namespace = split[root.tag][1], split[root.tag][0]


def _remember(
    where: list[tuple[str, ...]] | list[tuple[str, str]] | list[tuple[str, str, str]], fact: tuple[str, ...]
) -> None:
    if len(where) < KEEP:
        where.append(fact)  # type: ignore[arg-type]


def _parent(element: Element) -> str:
    above = element.getparent()
    return str(above.tag).rpartition("}")[2] if above is not None else ""


def _links(part: Part, element: Element, name: str) -> None:
    above = _parent(element)
    role = TEXT_LINKS.get((above, name))
    if role is not None:
        raw = (element.text or "").strip()
        if raw:
            part.links.append((role, raw, place(element)))
    for attribute in ("BaseLoc", "Profile"):
        role = ATTRIBUTE_LINKS.get((above, name, attribute))
        raw = element.get(attribute)
        if role is not None and raw is not None:
            part.links.append((role, raw.strip(), place(element)))


def _element_name(part: Part, element: Element, space: str) -> None:
    """GB/T 33190 7.1: elements in the namespace under the prefix ofd (and attributes in none, as `scan` sees)."""
    if space != OFD_NS:
        kind = "root-namespace" if element.getparent() is None else "element-namespace"
        if kind == "root-namespace" or space != _root_space(element):
            part.names.setdefault(kind, f"{place(element)} → {space or '（无命名空间）'}")
    else:
        part.names.setdefault("prefix", f"{place(element)} → {element.prefix or '（默认命名空间）'}")


def _root_space(element: Element) -> str:
    """The namespace of the root: a file wrong as a whole is told of once, at its root."""
    root = element.getroottree().getroot().tag
    return str(root)[1:].partition("}")[0] if str(root).startswith("{") else ""

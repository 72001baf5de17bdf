"""What a licence file carries for machines (GB/T 36905-2018): metadata, the data index with its texts, and watermarks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from conformance.documents.ofd import Ofd
from conformance.documents.structure import pages_of
from conformance.documents.xml import Element, child, children, local, place, text

_MOST_PAGES = 2000
_MOST_OBJECTS = 200_000


@dataclass(frozen=True, slots=True)
class Indexed:
    """One entry of the data index: a name, the object on a page that shows it, and the text found there."""

    file: str
    name: str  # names of the elements from the root of the index down, joined by /
    page: str
    object: str
    found: bool
    text: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Watermark:
    file: str
    id: str | None
    page: str | None
    creator: str | None
    date: str | None
    text: str
    images: int
    visible: bool


def metadata(ofd: Ofd, body: int = 0) -> dict[str, str]:
    """CustomDatas of a document: name → text; of a name that occurs twice the first."""
    out: dict[str, str] = {}
    if body < len(ofd.bodies) and (info := ofd.bodies[body].info) is not None:
        for name, value in info.custom:
            if name:
                out.setdefault(name, value)
    return out


def objects(ofd: Ofd, body: int = 0) -> dict[str, dict[str, str]]:
    """Page ID → object ID → text of the object (empty for what has none), the objects of its templates among them."""
    out: dict[str, dict[str, str]] = {}
    if body >= len(ofd.bodies) or (document := ofd.bodies[body].document) is None:
        return out
    directory = document.name.rpartition("/")[0]
    templates: dict[str, dict[str, str]] = {}
    for element in islice(children(child(document.tree, "CommonData"), "TemplatePage"), _MOST_PAGES):
        _, found = ofd.resolve(element.get("BaseLoc") or "", directory)
        if found is not None:
            templates[element.get("ID") or ""] = _texts(ofd.tree(found))
    total = 0
    for page, name in islice(pages_of(ofd, ofd.bodies[body]).items(), _MOST_PAGES):
        tree = ofd.tree(name) if name is not None else None
        here: dict[str, str] = {}
        for use in islice(children(tree, "Template"), _MOST_PAGES):
            here |= templates.get(use.get("TemplateID") or "", {})
        out[page] = here | _texts(tree)
        total += len(out[page])
        if total > _MOST_OBJECTS:
            break
    return out


def _texts(tree: Element | None) -> dict[str, str]:
    out: dict[str, str] = {}
    for element in tree.iter() if tree is not None else ():
        name = element.get("ID")
        if name is not None:
            is_text = element.tag.endswith("}TextObject") or element.tag == "TextObject"
            out[name] = "".join(c.text or "" for c in children(element, "TextCode")) if is_text else ""
    return out


def index(ofd: Ofd, body: int = 0) -> tuple[Indexed, ...]:
    """Every ObjectRef of the custom tags, with the text that stands at the object it names."""
    known = ofd.memory.get(f"index {body}")
    if known is not None:
        return tuple(known)
    out: list[Indexed] = []
    pages = objects(ofd, body) if next(ofd.part("custom-tag", body), None) is not None else {}
    for part in ofd.part("custom-tag", body):
        tree = ofd.tree(part.name)
        for path, element in _references(tree) if tree is not None else ():
            page, raw = element.get("PageRef") or "", text(element) or ""
            here = pages.get(page, {})
            out.append(Indexed(part.name, path, page, raw, raw in here, here.get(raw), place(element)))
    found = ofd.memory[f"index {body}"] = tuple(out)
    return found


def _references(root: Element) -> list[tuple[str, Element]]:
    """Every ObjectRef, with the names of the elements down to it; a name that is not well-formed may hold a colon."""
    out: list[tuple[str, Element]] = []

    def walk(element: Element, path: str) -> None:
        for inner in element:
            name = local(inner).rpartition(":")[2]
            if name == "ObjectRef":
                out.append((path or local(root).rpartition(":")[2], inner))
            elif len(inner):
                walk(inner, f"{path}/{name}" if path else name)

    walk(root, "")
    return out


def watermarks(ofd: Ofd, body: int = 0) -> tuple[Watermark, ...]:
    """Annotations of type Watermark: how a copy says for what it was made."""
    pages = {}
    for part in ofd.part("annotations", body):
        for page in children(part.tree, "Page"):
            raw = text(next(children(page, "FileLoc"), None))
            _, found = ofd.resolve(raw or "", part.name.rpartition("/")[0])
            pages[found] = page.get("PageID")
    out = []
    for part in ofd.part("annotation", body):
        for annot in children(ofd.tree(part.name), "Annot"):
            if annot.get("Type") == "Watermark":
                texts = [e.text or "" for e in annot.iter() if local(e) in ("TextCode", "Remark")]
                images = sum(local(e) == "ImageObject" for e in annot.iter())
                visible = (annot.get("Visible") or "true") not in ("false", "0")
                out.append(
                    Watermark(part.name, annot.get("ID"), pages.get(part.name), annot.get("Creator"), annot.get("LastModDate"),
                              "".join(texts), images, visible)
                )  # fmt: skip
    return tuple(out)

"""What a reader can read on the pages: the TextCode of visible objects, and whether a number stands there as itself."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice

from conformance.documents.ofd import Ofd
from conformance.documents.structure import pages_of
from conformance.documents.xml import Element, child, children, local

_MOST_PAGES = 2000
_MOST_TEXT = 4 << 20  # characters of one document


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a document without blanks, objects one after another. `starts`: where each object begins."""

    text: str
    starts: tuple[int, ...]

    def shows(self, value: str) -> bool:
        """Whether `value` stands there as a whole: 100.00 is not found in 1100.00, but in 100 and .00 side by side."""
        value = "".join(value.split())
        at = self.text.find(value) if value else -1
        while at >= 0:
            if self._edge(at) and self._edge(at + len(value)):
                return True
            at = self.text.find(value, at + 1)
        return False

    def _edge(self, at: int) -> bool:
        """Not inside a run of letters and digits of one object; a point belongs to a number when digits surround it."""
        if at in (0, len(self.text)):
            return True
        n = bisect_left(self.starts, at)
        if n < len(self.starts) and self.starts[n] == at:
            return True
        before, after = self.text[at - 1], self.text[at]
        joins = [c.isascii() and c.isalnum() for c in (before, after)]
        if all(joins):
            return False
        if before in ".," and joins[1] and at >= 2 and self.text[at - 2].isdigit():
            return False
        return not (after in ".," and joins[0] and at + 1 < len(self.text) and self.text[at + 1].isdigit())


def page_trees(ofd: Ofd, body: int = 0) -> list[Element] | None:
    """Pages in order, the templates of each before it, then the annotations. None when one cannot be read."""
    if body >= len(ofd.bodies) or (document := ofd.bodies[body].document) is None:
        return None
    directory = document.name.rpartition("/")[0]
    templates: dict[str, Element | None] = {}
    for element in islice(children(child(document.tree, "CommonData"), "TemplatePage"), _MOST_PAGES):
        _, found = ofd.resolve(element.get("BaseLoc") or "", directory)
        templates[element.get("ID") or ""] = ofd.tree(found) if found is not None else None
    out: list[Element] = []
    for name in islice(pages_of(ofd, ofd.bodies[body]).values(), _MOST_PAGES):
        tree = ofd.tree(name) if name is not None else None
        if tree is None:
            return None
        used = (templates.get(t.get("TemplateID") or "") for t in islice(children(tree, "Template"), 64))
        out += (t for t in used if t is not None)
        out.append(tree)
    for part in islice(ofd.part("annotation", body), _MOST_PAGES):
        if (tree := ofd.tree(part.name)) is not None:
            out.append(tree)
    return out


def page_text(ofd: Ofd, body: int = 0) -> PageText | None:
    """The text of a document in reading order of its files. None when the document or one of its pages cannot be read."""
    trees = page_trees(ofd, body)
    if trees is None:
        return None
    pieces: list[str] = []
    size = 0
    for root in trees:
        for piece in _pieces(root):
            pieces.append(piece)
            size += len(piece)
            if size > _MOST_TEXT:
                return None
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece)
    return PageText("".join(pieces), tuple(starts))


def _pieces(root: Element | None) -> list[str]:
    """The text of every visible TextObject, without blanks."""
    out: list[str] = []
    for element in root.iter() if root is not None else ():
        if local(element) != "TextObject" or _hidden(element):
            continue
        said = "".join("".join((c.text or "").split()) for c in children(element, "TextCode"))
        if said:
            out.append(said)
    return out


def _hidden(element: Element) -> bool:
    return any(e.get("Visible") in ("false", "0") or e.get("Alpha") == "0" for e in (element, *element.iterancestors()))

"""What a reader can read on the pages: the TextCode of visible objects, and whether a number stands there as itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from conformance.documents.ofd import Ofd
from conformance.documents.structure import pages_of
from conformance.documents.xml import Element, child, children, local

_MOST_PAGES = 2000
_MOST_MARKUP = 300_000  # of the pages, as of one XML file
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


def page_trees(ofd: Ofd, body: int = 0) -> Iterator[Element] | None:
    """Pages in order, the templates of each before it, then the annotations, one tree at a time.

    None when the document or one of its pages cannot be read, or when there is too much to read it once more.
    """
    if body >= len(ofd.bodies) or (document := ofd.bodies[body].document) is None:
        return None
    directory = document.name.rpartition("/")[0]
    pages = list(islice(pages_of(ofd, ofd.bodies[body]).values(), _MOST_PAGES + 1))
    parts = [ofd.parts.get(name or "") for name in pages]
    if len(pages) > _MOST_PAGES or not all(p is not None and p.parsed for p in parts):
        return None
    if sum(p.markup for p in parts if p is not None) > _MOST_MARKUP:
        return None
    templates: dict[str, str] = {}
    for element in islice(children(child(document.tree, "CommonData"), "TemplatePage"), _MOST_PAGES):
        _, found = ofd.resolve(element.get("BaseLoc") or "", directory)
        if found is not None:
            templates[element.get("ID") or ""] = found
    return _trees(ofd, [name for name in pages if name is not None], templates, body)


def _trees(ofd: Ofd, pages: list[str], templates: dict[str, str], body: int) -> Iterator[Element]:
    left = _MOST_MARKUP  # a template may be used by every page: counted each time, so that it cannot multiply
    for name in pages:
        tree = ofd.tree(name)
        if tree is None:
            continue
        for use in islice(children(tree, "Template"), 64):
            template = templates.get(use.get("TemplateID") or "", "")
            part = ofd.parts.get(template)
            left -= part.markup if part is not None else 0
            found = ofd.tree(template) if part is not None and left > 0 else None
            if found is not None:
                yield found
        yield tree
    for part in islice(ofd.part("annotation", body), _MOST_PAGES):
        found = ofd.tree(part.name)
        if found is not None:
            yield found


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

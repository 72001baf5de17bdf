"""How far two pages differ, 0 to 1: in visible text and in structure, the larger of the two. Pure.

Text is compared as bags of three-character pieces, structure as tag frequencies (cosine), so that the cost is linear
and order does not matter. Scripts, styles, attributes and digits are left out: nonces, tokens, clocks and counters
differ between any two fetches of an honest page.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from conformance.sites import html

_MOST = 500_000  # octets of a page that are compared; internet.nl takes as much
_PIECE = 3


@dataclass(frozen=True, slots=True)
class Content:
    """What of a page is compared."""

    text: Counter[str]
    tags: Counter[str]
    characters: int


@dataclass(frozen=True, slots=True)
class Difference:
    """`text` and `structure`, each 0 (the same) to 1 (nothing in common)."""

    text: float
    structure: float

    @property
    def worst(self) -> float:
        return max(self.text, self.structure)

    def __str__(self) -> str:
        return f"文字 {self.text:.1%}，结构 {self.structure:.1%}"


def content(page: bytes, content_type: str = "") -> Content:
    """The visible text of a page as a bag of pieces, and how often it has each tag."""
    words: list[str] = []
    tags: Counter[str] = Counter()
    for tag, _, text in html.elements(page[:_MOST], content_type):
        tags[tag] += 1
        words.append(text)
    text = re.sub(r"\d+", "0", "".join("".join(words).split()))
    pieces = Counter(text[n : n + _PIECE] for n in range(max(len(text) - _PIECE + 1, 1 if text else 0)))
    return Content(pieces, tags, len(text))


def difference(a: Content, b: Content) -> Difference:
    """Dice distance of the pieces of text; cosine distance of the tag frequencies."""
    total = a.text.total() + b.text.total()
    common = (a.text & b.text).total()
    text = 1 - 2 * common / total if total else 0.0
    lengths = math.hypot(*a.tags.values()) * math.hypot(*b.tags.values())
    dot = sum(n * b.tags[tag] for tag, n in a.tags.items())
    structure = 1 - min(1.0, dot / lengths) if lengths else 0.0 if not a.tags and not b.tags else 1.0
    return Difference(round(text, 6), round(structure, 6))

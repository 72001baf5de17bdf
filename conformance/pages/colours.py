"""The hues of pages by the area that they cover: computed background colours, gathered round the largest of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from colorsys import rgb_to_hsv
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hue:
    """Colours that lie near each other on the colour circle. `rgb`, `page`, `sel`, `box`: of the largest part."""

    angle: float
    share: float
    rgb: str
    page: int
    sel: str
    box: tuple[float, ...]


def hues(pages: Iterable[Mapping[str, Any]], *, apart: float, chroma: float) -> tuple[list[Hue], float]:
    """(hues, the largest first; the share that pictures cover) of what `colours.js` measured on some pages.

    `apart`: degrees from which two colours are two hues; `chroma`: difference of the largest and the smallest of red,
    green and blue (of 1) under which a colour is black, grey or white, and no hue. Shares are of all pages together.
    """
    measured = list(pages)
    whole = sum(int(p["cells"]) for p in measured) or 1
    rows = sorted(
        ((int(c["cells"]), number, c) for number, p in enumerate(measured) for c in p["colours"]),
        key=lambda row: (-row[0], row[1]),
    )
    found: list[Hue] = []
    for cells, number, colour in rows:
        red, green, blue = (int(v) / 255 for v in colour["rgb"])
        if max(red, green, blue) - min(red, green, blue) < chroma:
            continue
        angle = rgb_to_hsv(red, green, blue)[0] * 360
        near = next((n for n, h in enumerate(found) if _between(h.angle, angle) < apart), None)
        if near is None:
            name = "#{:02x}{:02x}{:02x}".format(*(int(v) for v in colour["rgb"]))
            found.append(Hue(angle, cells / whole, name, number, str(colour["sel"]), tuple(colour["box"])))
        else:
            h = found[near]
            found[near] = Hue(h.angle, h.share + cells / whole, h.rgb, h.page, h.sel, h.box)
    pictures = sum(int(p["pictures"]) for p in measured) / whole
    return sorted(found, key=lambda h: -h.share), pictures


def _between(one: float, other: float) -> float:
    """Degrees between two hues, the short way round."""
    return min(abs(one - other), 360 - abs(one - other))

"""The codes that a reader can scan from the pages of a document: images drawn on them, decoded by zxing-cpp."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from conformance.documents.ofd import Ofd
from conformance.documents.page_text import page_trees
from conformance.documents.xml import child, children, local, text

INSTALL = "pip install 'conformance[barcode]'"
_MOST_IMAGES = 24
_MOST_BYTES = 8 << 20
_MOST_PIXELS = 24_000_000  # 200 dots per inch on A2
_SIDE = 3000  # pixels that a side is brought down to
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF")


@dataclass(frozen=True, slots=True)
class Barcode:
    file: str
    format: str
    text: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """codes     what was decoded
    images    raster images on the pages; `unread`: those of them that could not be looked at
    drawn     there are drawings that are no raster image (paths, nested documents), in which a code may hide
    missing   the decoder is not installed
    pages     False: the pages themselves cannot be read
    """

    codes: tuple[Barcode, ...] = ()
    images: int = 0
    unread: tuple[str, ...] = ()
    drawn: bool = False
    missing: bool = False
    pages: bool = True


def scan(ofd: Ofd, body: int = 0) -> Scanned:
    """Every code in the raster images of one document; nothing is raised for what the file holds."""
    trees = page_trees(ofd, body)
    if trees is None:
        return Scanned(pages=False)
    media = _media(ofd)
    used: dict[str, None] = {}
    drawn = False
    for tree in trees:
        for element in tree.iter():
            kind = local(element)
            if kind == "ImageObject" and (found := media.get(element.get("ResourceID") or "")) is not None:
                used[found] = None
            drawn = drawn or kind in ("PathObject", "CompositeObject")
    names = list(islice(used, _MOST_IMAGES))
    modules = _modules()
    if modules is None:
        return Scanned(images=len(names), drawn=drawn, missing=bool(names))
    codes: list[Barcode] = []
    unread = list(islice(used, _MOST_IMAGES, None))
    for name in names:
        data = ofd.package.read(name, _MOST_BYTES)
        seen = list(_decode(data, name, *modules)) if data is not None else [None]
        unread += [name] if None in seen else []
        codes += (c for c in seen if c is not None)
    return Scanned(tuple(codes), len(used), tuple(unread), drawn)


def _media(ofd: Ofd) -> dict[str, str]:
    """ID of a MultiMedia → the entry of its file."""
    found = {(k.source, k.raw): k.found for k in ofd.linked("media") if k.found is not None}
    out: dict[str, str] = {}
    for part in ofd.part("resource"):
        for item in children(child(part.tree, "MultiMedias"), "MultiMedia"):
            name = found.get((part.name, text(child(item, "MediaFile")) or ""))
            if name is not None:
                out.setdefault(item.get("ID") or "", name)
    return out


def _modules() -> tuple[Any, Any] | None:
    try:
        return importlib.import_module("zxingcpp"), importlib.import_module("PIL.Image")
    except ImportError:
        return None


def _decode(data: bytes, name: str, zxing: Any, images: Any) -> Iterator[Barcode | None]:
    """The codes of one image; None when it cannot be looked at."""
    try:
        image = images.open(io.BytesIO(data), formats=_FORMATS)
        if image.width * image.height > _MOST_PIXELS:
            yield None
            return
        image.draft("L", (_SIDE, _SIDE))
        grey = image.convert("RGBA") if image.mode in ("P", "LA", "PA") else image
        if grey.mode == "RGBA":  # what is transparent is white paper
            paper = images.new("RGBA", grey.size, "white")
            paper.alpha_composite(grey)
            grey = paper
        grey = grey.convert("L")
        grey.thumbnail((_SIDE, _SIDE))
        found = zxing.read_barcodes(grey)
    except Exception:  # noqa: BLE001 - of a hostile image anything may come out of the libraries
        yield None
        return
    for code in islice(found, 32):
        yield Barcode(name, str(code.format), str(code.text)[:4000])

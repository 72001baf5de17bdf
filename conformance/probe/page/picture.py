"""A picture of a page as evidence: the part that matters, what is meant outlined, small enough for a report."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

MOST_BYTES = 300_000
_INK, _PAPER = (200, 30, 30), (255, 255, 255)
_AROUND = 160  # CSS px of the page kept above and below what is outlined
_TALLEST = 1400
_MOST_BOXES = 12


def outlined(picture: bytes, boxes: Sequence[Sequence[float]]) -> bytes | None:
    """JPEG of a page (one pixel a CSS px) → JPEG cut to what `boxes` ([x, y, width, height]) mark; None without Pillow."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        return None
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    inside = [b for b in boxes if len(b) == 4 and b[2] > 0 and b[3] > 0 and b[1] < image.height and b[0] < image.width]
    marked = inside[:_MOST_BOXES]
    draw = ImageDraw.Draw(image)
    for x, y, width, height in marked:
        frame = (
            max(0, x - 3),
            max(0, y - 3),
            min(image.width - 1, x + width + 3),
            min(image.height - 1, y + height + 3),
        )
        if frame[2] > frame[0] and frame[3] > frame[1]:
            draw.rectangle(frame, outline=_PAPER, width=6)
            draw.rectangle(frame, outline=_INK, width=4)
    top = max(0, int(min((b[1] for b in marked), default=0)) - _AROUND)
    bottom = int(max((b[1] + b[3] for b in marked), default=_TALLEST - _AROUND)) + _AROUND
    cut = image.crop((0, top, image.width, min(image.height, max(bottom, top + 2 * _AROUND), top + _TALLEST)))
    return _small(cut)


def _small(image: Any) -> bytes | None:
    for quality in (75, 50, 30):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    return None

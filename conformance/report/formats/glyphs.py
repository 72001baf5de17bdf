"""Characters that no font here can draw, written out: ⟨U+0F56⟩ instead of an empty box that looks like any other."""

from __future__ import annotations

from collections.abc import Iterable

_ESCAPE = "⟨U+{:04X}⟩"
# `visible` shows control characters as their pictures, which hardly any font has; on paper they are written out too.
_PICTURES = {0x2400 + n: _ESCAPE.format(n) for n in range(0x21)} | {0x2421: _ESCAPE.format(0x7F)}


def on_paper(text: str) -> str:
    """`text` with the pictures of control characters written out."""
    return text.translate(_PICTURES)


def written_out(text: str, missing: Iterable[int]) -> str:
    """`text` with every character of `missing` written out."""
    return text.translate({point: _ESCAPE.format(point) for point in missing})

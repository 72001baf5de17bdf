"""Characters that no font here can draw, written out: ⟨U+0F56⟩ instead of an empty box that looks like any other."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ESCAPE = "⟨U+{:04X}⟩"
# `visible` shows control characters as their pictures, which hardly any font has; on paper they are written out too.
_PICTURES = {0x2400 + n: _ESCAPE.format(n) for n in range(0x21)} | {0x2421: _ESCAPE.format(0x7F)}
# A search for the few that there are: `str.translate` looks at every character of a text of megabytes in Python.
_PICTURE = re.compile("[\u2400-\u2421]")


def on_paper(text: str) -> str:
    """`text` with the pictures of control characters written out."""
    return _PICTURE.sub(lambda found: _PICTURES[ord(found[0])], text)


def written_out(text: str, missing: Iterable[int]) -> str:
    """`text` with every character of `missing` written out."""
    points = sorted(missing)
    if not points:
        return text
    return re.sub(f"[{re.escape(''.join(map(chr, points)))}]", lambda found: _ESCAPE.format(ord(found[0])), text)

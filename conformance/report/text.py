"""Text from a system is hostile: what cannot be seen is made visible, what is too long is cut with a note."""

from __future__ import annotations

import re
from collections.abc import Callable

Mask = Callable[[str], str]

# C0 except tab and newline, DEL, C1, soft hyphen, Arabic letter mark, zero-width and bidirectional controls (UAX #9),
# line and paragraph separators, invisible operators, byte order mark, interlinear annotation, surrogates that stand
# alone, noncharacters, and the tag block that can hide a whole sentence.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffc\ufffe\uffff\U0001fffe\U0001ffff\U000e0000-\U000e007f]"
)


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)  # Control Pictures: ␀ … ␟, so that ESC reads ␛
    if code == 0x7F:
        return "␡"
    return f"⟦U+{code:04X}⟧"


def visible(text: str) -> str:
    """The same text with every invisible or direction-changing character shown; tab and newline stay."""
    if _HIDDEN.search(text) is None:
        return text
    return _HIDDEN.sub(_picture, text)


def cut(text: str, limit: int, note: str) -> str:
    """At most `limit` characters of `text`, then `note` with {n} = the length that was cut away."""
    if len(text) <= limit:
        return text
    return text[:limit] + note.format(n=len(text) - limit)


def identity(text: str) -> str:
    """The default mask: shows the text as it is."""
    return text


_ANCHOR = re.compile(r"[^0-9A-Za-z._\u4e00-\u9fff-]+")


def anchor(text: str) -> str:
    """A fragment identifier that needs no escaping in HTML, in a URL or in a selector given as a string."""
    return _ANCHOR.sub("-", text).strip("-") or "x"


def css_string(text: str) -> str:
    """`text` as a CSS string token, safe inside <style>: everything but letters, digits and CJK is escaped."""
    return '"' + "".join(c if c.isalnum() and ord(c) < 0x10000 else f"\\{ord(c):x} " for c in visible(text)) + '"'

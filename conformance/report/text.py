"""Text from a system is hostile: what cannot be seen is made visible, what is too long is cut with a note."""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.codes.text import visible

__all__ = ["Mask", "anchor", "css_string", "cut", "identity", "visible"]

Mask = Callable[[str], str]


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

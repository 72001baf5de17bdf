"""HTML of somebody else's system → its elements, in linear time and bounded space, fetching nothing.

lxml (libxml2) reads it: the reader of the standard library takes minutes over a page of a few hundred kilobytes that
was made for it. What is no HTML at all has no elements.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

from conformance.errors import MissingExtra

MOST = 2_000_000  # octets of a page that are read
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset", re.IGNORECASE)


def elements(page: bytes, content_type: str = "") -> Iterator[tuple[str, dict[str, str], str]]:
    """(tag, attributes, text that belongs to it and to what follows it) of every element in the order of the page."""
    root = tree(page[:MOST], content_type)
    for element in root.iter() if root is not None else ():
        if isinstance(element.tag, str):
            own = "" if element.tag in ("script", "style") else element.text or ""
            yield (
                element.tag.lower(),
                {str(k).lower(): str(v) for k, v in element.attrib.items()},
                own + (element.tail or ""),
            )


def tree(page: bytes, content_type: str = "") -> Any:
    """The root element (lxml), or None for what is no HTML at all. At most `MOST` octets of it are read by callers."""
    try:
        etree = importlib.import_module("lxml.etree")
    except ImportError:
        raise MissingExtra("lxml", "ipv6") from None
    said = _CHARSET.search(content_type)
    charset = said[1] if said else None if _DECLARED.search(page[:4096]) else _guess(page)
    for encoding in (charset, "utf-8"):
        try:
            parser = etree.HTMLParser(
                encoding=encoding, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
            )
            return etree.fromstring(page, parser) if page.strip() else None
        except LookupError:
            continue  # a charset that nobody knows
        except (etree.XMLSyntaxError, ValueError):
            return None
    return None


def _guess(page: bytes) -> str:
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"

"""Names as other formats want them: tokens without blanks or slashes, and UUIDs that are the same every time."""

from __future__ import annotations

import re
from uuid import NAMESPACE_DNS, uuid5

_SPACE = uuid5(NAMESPACE_DNS, "conformance-report")  # a name space of our own (RFC 9562, 5.5)
_NOT_TOKEN = re.compile(r"[^\w.-]+")


def uuid(*parts: str) -> str:
    """A version 5 UUID: equal parts give the equal one."""
    return str(uuid5(_SPACE, "\n".join(parts)))


def token(text: str) -> str:
    """A non-colonized name (W3C XML Schema, NCName) made of the text: `gbt-36904-2018/5.2` → gbt-36904-2018_5.2."""
    made = _NOT_TOKEN.sub("_", text)
    return made if made[:1].isalpha() or made[:1] == "_" else f"_{made}"

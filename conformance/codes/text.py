"""How a foreign value is shown to a person: on one line, with nothing that moves a cursor or reorders text."""

from __future__ import annotations

import unicodedata

# Cc control (terminal escapes), Cf format (bidi marks, zero-width), Cs surrogates, Co private use, Cn unassigned,
# Zl and Zp line separators, and every space but U+0020: all of them can make a value look like another one.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


def _escape(char: str) -> str:
    if char == " " or unicodedata.category(char) not in _UNSAFE:
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def shown(value: object, limit: int = 200) -> str:
    """The value as text that is safe in a terminal, a log and a report.

    Characters that are invisible or steer a terminal become `\\xNN`, `\\uNNNN` or `\\UNNNNNNNN`; a longer value than
    `limit` characters is cut, and says by how much. Other types than str are shown by `repr`, escaped the same way.
    """
    text = value if isinstance(value, str) else repr(value)
    cut = text[:limit]
    out = "".join(_escape(c) for c in cut)
    # A blank at either end would be lost on paper.
    if out.startswith(" "):
        out = "\\x20" + out[1:]
    if out.endswith(" "):
        out = out[:-1] + "\\x20"
    if len(text) > limit:
        out += f"…（共 {len(text)} 个字符）"
    return out

"""How foreign text is shown to a person: `shown` a value on one line, `visible` a whole text, nothing that deceives."""

from __future__ import annotations

import re
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

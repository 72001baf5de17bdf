"""A TrueType font (ISO/IEC 14496-22) of one glyph: a box for every character, so that a file can embed a font that is nobody's."""

from __future__ import annotations

import struct
from functools import cache

_BOX = ((100, 0), (900, 0), (900, 800), (100, 800))


@cache
def box_font() -> bytes:
    """The bytes of the font, always the same."""
    glyph = struct.pack(">hhhhh", 1, 100, 0, 900, 800) + struct.pack(">HH", 3, 0) + b"\1" * 4
    xs = [x - px for (x, _), (px, _) in zip(_BOX, ((0, 0), *_BOX), strict=False)]
    ys = [y - py for (_, y), (_, py) in zip(_BOX, ((0, 0), *_BOX), strict=False)]
    glyph += struct.pack(">8h", *xs, *ys)
    glyph += b"\0" * (-len(glyph) % 4)
    # Every character from space to U+FFFD is glyph 0.
    table = struct.pack(">HHHHHHH", 4, 32, 0, 4, 4, 1, 0) + struct.pack(
        ">HHHHHhhHH", 0xFFFD, 0xFFFF, 0, 32, 0xFFFF, -32, 1, 0, 0
    )
    names = "".join(("Specimen Box", "Regular")).encode("utf-16-be")
    records = struct.pack(">HHHHHH", 3, 1, 0x409, 1, 24, 0) + struct.pack(">HHHHHH", 3, 1, 0x409, 2, 14, 24)
    tables = {
        b"OS/2": struct.pack(">HhHHHhhhhhhhhhhh", 4, 1000, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0)
        + bytes(10) + bytes(16) + b"TEST" + struct.pack(">HHHhhhHH", 0x40, 32, 0xFFFD, 800, -200, 0, 800, 200) + bytes(8)
        + struct.pack(">hhHHH", 500, 700, 0, 32, 0),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table,
        b"glyf": glyph,
        b"head": struct.pack(">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 100, 0, 900, 800, 0, 8, 2, 0, 0),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, 1000, 100, 100, 900, 1, 0, 0, 0, 0, 0, 0, 0, 1),
        b"hmtx": struct.pack(">Hh", 1000, 100),
        b"loca": struct.pack(">HH", 0, len(glyph) // 2),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 1, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, 2, 30) + records + names,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 1, 0, 0, 0, 0),
    }  # fmt: skip
    offset, directory, body = 12 + 16 * len(tables), b"", b""
    for tag, data in tables.items():
        directory += tag + struct.pack(">III", _sum(data), offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128) + directory + body
    head = offset + body.index(tables[b"head"])
    return whole[: head + 8] + struct.pack(">I", 0xB1B0AFBA - _sum(whole) & 0xFFFFFFFF) + whole[head + 12 :]


def _sum(data: bytes) -> int:
    data += b"\0" * (-len(data) % 4)
    return sum(int.from_bytes(data[i : i + 4], "big") for i in range(0, len(data), 4)) & 0xFFFFFFFF

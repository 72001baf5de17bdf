"""Pictures made from arithmetic: a red ring for a seal, and what other data pretend to be pictures."""

from __future__ import annotations

import struct
import zlib
from functools import cache


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    """A zlib stream of stored blocks: the same bytes whatever zlib this Python was built with."""
    blocks = [data[i : i + 0xFFFF] for i in range(0, len(data), 0xFFFF)]
    out = [b"\x78\x01"]
    for n, block in enumerate(blocks, 1):
        out.append(bytes((n == len(blocks),)) + struct.pack("<HH", len(block), len(block) ^ 0xFFFF) + block)
    return b"".join(out) + struct.pack(">I", zlib.adler32(data))


def png(width: int, height: int, rows: list[bytes], *, depth: int, palette: bytes) -> bytes:
    """Rows of packed palette indices → a PNG."""
    header = struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 0)
    data = _stored(b"".join(b"\0" + row for row in rows))
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header), _chunk(b"PLTE", palette), _chunk(b"IDAT", data), _chunk(b"IEND", b""))
    )  # fmt: skip


@cache
def ring(size: int, bar: bool) -> bytes:
    """A red ring on white with a cross in it (`bar`: a bar instead), one bit a pixel."""
    half, rows = size / 2, []
    for y in range(size):
        line = 0
        for x in range(size):
            dx, dy = x + 0.5 - half, y + 0.5 - half
            away = (dx * dx + dy * dy) ** 0.5
            inner = abs(dy) < half / 10 or (not bar and abs(dx) < half / 10)
            red = half * 0.86 < away < half * 0.98 or (inner and away < half * 0.5)
            line = line << 1 | red
        rows.append((line << (-size % 8)).to_bytes((size + 7) // 8, "big"))
    return png(size, size, rows, depth=1, palette=b"\xff\xff\xff\xd0\x10\x10")


SEAL = ring(96, False)
OTHER_SEAL = ring(96, True)
BMP = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 58, 0, 0, 54, 40, 1, 1, 1, 24, 0, 4, 2835, 2835, 0, 0) + b"\x10\x10\xd0\0"
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\xd0\x10\x10,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"

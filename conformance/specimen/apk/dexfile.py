"""Writing a dex file (Dalvik executable format): empty classes, the methods they refer to, and loose strings."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Sequence

_OBJECT, _VOID = "Ljava/lang/Object;", "V"
_PUBLIC = 1
_NONE = 0xFFFFFFFF


def write(classes: Sequence[str], calls: Sequence[tuple[str, str]] = (), strings: Sequence[str] = ()) -> bytes:
    """`classes`: a.b.C that it defines; `calls`: (class, method) that it refers to; `strings`: constants."""
    own = sorted({_descriptor(c) for c in classes})
    types = sorted({*own, *(_descriptor(c) for c, _ in calls), _OBJECT, _VOID})
    texts = sorted({*types, *(m for _, m in calls), *strings}, key=lambda s: s.encode("utf-16-be"))
    text, kind = {s: n for n, s in enumerate(texts)}, {t: n for n, t in enumerate(types)}
    methods = sorted({(kind[_descriptor(c)], text[m]) for c, m in calls})
    sizes = (len(texts) * 4, len(types) * 4, 12, len(methods) * 8, len(own) * 32)
    starts = [0x70]
    for size in sizes:
        starts.append(starts[-1] + size)
    string_at, type_at, proto_at, method_at, class_at, data_at = starts
    data, offsets = b"", []
    for one in texts:
        offsets.append(data_at + len(data))
        data += _uleb(len(one.encode("utf-16-le")) // 2) + one.encode("utf-8") + b"\0"
    data += b"\0" * (-len(data) % 4)
    map_at = data_at + len(data)
    items = (
        (0x0000, 1, 0), (0x0001, len(texts), string_at), (0x0002, len(types), type_at), (0x0003, 1, proto_at),
        (0x0005, len(methods), method_at), (0x0006, len(own), class_at), (0x2002, len(texts), data_at), (0x1000, 1, map_at),
    )  # fmt: skip
    listed = [i for i in items if i[1]]
    data += struct.pack("<I", len(listed)) + b"".join(struct.pack("<HHII", k, 0, n, at) for k, n, at in listed)
    body = b"".join(struct.pack("<I", o) for o in offsets)
    body += b"".join(struct.pack("<I", text[t]) for t in types)
    body += struct.pack("<III", text[_VOID], kind[_VOID], 0)
    body += b"".join(struct.pack("<HHI", c, 0, m) for c, m in methods)
    body += b"".join(
        struct.pack("<IIIIIIII", kind[c], _PUBLIC, kind[_OBJECT], 0, _NONE, 0, 0, 0) for c in _in_order(own, kind)
    )
    body += data
    head = struct.pack("<IIIIIIIIII", 0x70 + len(body), 0x70, 0x12345678, 0, 0, map_at, len(texts), string_at, len(types), type_at)  # fmt: skip
    head += struct.pack("<IIIIII", 1, proto_at, 0, 0, len(methods), method_at if methods else 0)
    head += struct.pack("<IIII", len(own), class_at, len(data), data_at)
    rest = head + body
    signed = hashlib.sha1(rest, usedforsecurity=False).digest() + rest
    return b"dex\n035\0" + struct.pack("<I", zlib.adler32(signed)) + signed


def _in_order(classes: Sequence[str], kind: dict[str, int]) -> list[str]:
    return sorted(classes, key=lambda c: kind[c])


def _descriptor(name: str) -> str:
    return f"L{name.replace('.', '/')};"


def _uleb(value: int) -> bytes:
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)

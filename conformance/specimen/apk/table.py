"""Writing resources.arsc: one package, a type for each kind of value, the default and one more configuration (English)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.specimen.apk.binxml import Value, pool, typed

PACKAGE = 0x7F
_NONE = 0xFFFFFFFF


@dataclass(frozen=True)
class Resource:
    """`english`: its value in English, None where the default serves."""

    type: str
    name: str
    value: Value
    english: Value | None = None


def identify(resources: Sequence[Resource], name: str) -> int:
    """The id of a resource by its name."""
    types = _types(resources)
    one = next(r for r in resources if r.name == name)
    entries = [r for r in resources if r.type == one.type]
    return PACKAGE << 24 | (types.index(one.type) + 1) << 16 | entries.index(one)


def _types(resources: Sequence[Resource]) -> list[str]:
    return list(dict.fromkeys(r.type for r in resources))


def write(resources: Sequence[Resource], package: str) -> bytes:
    values = [v for r in resources for v in (r.value, r.english) if isinstance(v, str)]
    texts = list(dict.fromkeys(values))
    types, keys = _types(resources), [r.name for r in resources]
    body = b""
    for number, kind in enumerate(types, 1):
        mine = [r for r in resources if r.type == kind]
        body += struct.pack("<HHIBBHI", 0x0202, 16, 16 + 4 * len(mine), number, 0, 0, len(mine))
        body += struct.pack("<I", 0x4) * len(mine)  # differs by language
        body += _type(number, b"", [(keys.index(r.name), r.value) for r in mine], texts)
        if any(r.english is not None for r in mine):
            body += _type(number, b"en", [(keys.index(r.name), r.english) for r in mine], texts)
    named, keyed = pool(types), pool(keys)
    head = 288
    name = package.encode("utf-16-le")[:254].ljust(256, b"\0")
    inside = struct.pack("<HHII", 0x0200, head, head + len(named) + len(keyed) + len(body), PACKAGE) + name
    inside += struct.pack("<IIIII", head, len(types), head + len(named), len(keys), 0) + named + keyed + body
    shared = pool(texts)
    return struct.pack("<HHII", 0x0002, 12, 12 + len(shared) + len(inside), 1) + shared + inside


def _type(number: int, language: bytes, values: Sequence[tuple[int, Value | None]], texts: list[str]) -> bytes:
    config = struct.pack("<I", 64) + b"\0" * 4 + language.ljust(4, b"\0") + b"\0" * 52
    offsets, entries = b"", b""
    for key, value in values:
        if value is None:
            offsets += struct.pack("<I", _NONE)
            continue
        offsets += struct.pack("<I", len(entries))
        at = texts.index(value) if isinstance(value, str) else 0
        entries += struct.pack("<HHI", 8, 0, key) + typed(value, at)
    head = 20 + len(config)
    start = head + len(offsets)
    whole = start + len(entries)
    return struct.pack("<HHIBBHII", 0x0201, head, whole, number, 0, 0, len(values), start) + config + offsets + entries

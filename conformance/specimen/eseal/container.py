"""A ZIP writer that does as it is told: fixed times, the order given, and whatever a careless or hostile writer would put in."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# 2026-11-02 09:30:00 in the form of DOS.
_DATE, _TIME = (2026 - 1980) << 9 | 11 << 5 | 2, 9 << 11 | 30 << 5
_UTF8 = 0x0800


@dataclass(frozen=True, slots=True)
class Entry:
    """One member. `packed`: deflated; `locked`: marked as encrypted with a password; `link`: a symbolic link."""

    name: str
    data: bytes
    packed: bool = False
    locked: bool = False
    link: bool = False


def entries(files: Mapping[str, bytes]) -> tuple[Entry, ...]:
    return tuple(Entry(name, data) for name, data in files.items())


def write(members: Iterable[Entry]) -> bytes:
    """Stored entries, so that the bytes do not depend on a compressor."""
    out, directory, count = bytearray(), bytearray(), 0
    for member in members:
        name, data = member.name.encode(), member.data
        checksum, size = zlib.crc32(data), len(data)
        if member.locked:
            data = bytes(12) + data
        if member.packed:
            data = _deflated(data)
        flags = _UTF8 | member.locked
        common = struct.pack(
            "<HHHHHIIIHH", 20, flags, 8 if member.packed else 0, _TIME, _DATE, checksum, len(data), size, len(name), 0
        )
        mode = 0o120777 if member.link else 0o100644
        directory += b"PK\1\2" + struct.pack("<H", 3 << 8 | 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, mode << 16, len(out)) + name
        out += b"PK\3\4" + common + name + data
        count += 1
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out + directory + end)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()

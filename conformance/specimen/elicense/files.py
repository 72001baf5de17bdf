"""The licence file: an OFD (GB/T 33190, GB/T 36905) under the seal of its issuer, noted for each copy, and a picture of it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.specimen.eseal import SPOILS, Clock, licences
from conformance.specimen.eseal.bodies import Line
from conformance.specimen.eseal.cms import Cms
from conformance.specimen.eseal.conforming import SEAL_IDS, Press
from conformance.specimen.eseal.licences import Note
from conformance.specimen.eseal.recipes import Package, Signing

_SEALED = timedelta(days=40)  # how long ago the licences were sealed: before any copy, and within all periods


def clock(now: datetime) -> Clock:
    """The calendar of a service that starts now: its certificates and seals are valid today, its licences sealed before."""
    day = now.astimezone(UTC).replace(hour=1, minute=30, second=0, microsecond=0)
    return Clock(day - _SEALED)


def ofd(
    metadata: Mapping[str, str], faces: Mapping[str, str], *, when: Clock, made: datetime, marks: Mapping[str, str],
    reason: str, spoils: Iterable[str] = (),
) -> bytes:  # fmt: skip
    """The copy (加注件) of a licence for one use, the same for the same input.

    metadata    by short name; faces: short name → label of what is printed
    made        when the copy is made; marks: its metadata; reason: what its watermark says, "" for no note
    spoils      names of faults of licence files that are in force
    """
    lines = tuple(Line(label, metadata[name], name) for name, label in faces.items() if name in metadata)
    press = Press(when)
    sealing = press.sealing(SEAL_IDS["licence"], leave=("OFD.xml",) if reason else ())
    noting = Signing(Cms(press.who.second, made, attributes=True), kind="Sign", stamp=None)
    noting = replace(noting, before=(Note(reason, tuple(marks.items())),))
    content = licences.content(metadata, code=metadata.get("ZZBS", ""), lines=lines)
    it: Any = Package(when, content, (sealing, noting) if reason else (sealing,))
    for name in spoils:
        it = SPOILS[name].change(it)
    made_of: bytes = it.make()
    return made_of


def is_ofd(content: bytes) -> bool:
    """A readable zip with the entry document of an OFD in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "OFD.xml" in archive.namelist() and archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, struct.error):
        return False


def png(text: str) -> bytes:
    """A 16 × 16 grey picture whose shade depends on the text: the face of a licence, as far as this service draws one."""
    shade = zlib.crc32(text.encode()) % 200
    rows = b"".join(b"\x00" + bytes([shade] * 16) for _ in range(16))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

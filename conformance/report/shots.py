"""Pictures of pages in a report: the stored JPEG itself, inside the file, within a budget for the whole of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from conformance.errors import RecordError
from conformance.model.result import CheckResult
from conformance.report.context import Context
from conformance.report.shape import Shot

KIND = "picture"
_JPEG = b"\xff\xd8\xff"
_LARGEST, _ALL = 600_000, 12_000_000
_MOST = 4  # of one check
# On paper a picture takes a third of a page; what is not printed has its number in the list of evidence and lies in the record.
_ON_PAPER, _ALL_ON_PAPER, _PICTURES_ON_PAPER = 2, 6_000_000, 30


class Shots:
    """`of` gives the same answer each time a report is walked: what did not fit the first time never does."""

    def __init__(self, context: Context, *, paper: bool = False) -> None:
        self._context = context
        self._left = _ALL_ON_PAPER if paper else _ALL
        self._most = _ON_PAPER if paper else _MOST
        self._pictures = _PICTURES_ON_PAPER if paper else 10_000
        self._fits: dict[tuple[str, str], bool] = {}

    def of(self, result: CheckResult) -> tuple[Shot, ...]:
        return tuple(self._shots(result))

    def _shots(self, result: CheckResult) -> Iterator[Shot]:
        kept = [e for e in result.evidence if e.kind == KIND][: self._most]
        for evidence in kept:
            key = (result.key, evidence.sha256)
            if self._fits.get(key) is False:
                continue
            try:
                data = self._context.record.evidence(evidence.sha256)
            except (RecordError, OSError):
                continue  # told where the evidence is listed
            if key not in self._fits:
                self._fits[key] = bool(
                    self._pictures and data.startswith(_JPEG) and len(data) <= min(_LARGEST, self._left)
                )
                if self._fits[key]:
                    self._left -= len(data)
                    self._pictures -= 1
            if self._fits[key]:
                title = str(self._context.tell(evidence.label, 200))
                yield Shot(title, "data:image/jpeg;base64," + base64.b64encode(data).decode())


def jpeg(source: str) -> bytes | None:
    """The picture of a `Shot`, and of nothing else that an address can name."""
    head, _, text = source.partition(",")
    try:
        data = base64.b64decode(text, validate=True) if head == "data:image/jpeg;base64" else b""
    except (binascii.Error, ValueError):
        return None
    return data if data.startswith(_JPEG) and len(data) <= _LARGEST else None


def pixels(data: bytes) -> tuple[int, int] | None:
    """Width and height that a JPEG says of itself (the frame header of ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        mark, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):  # a frame; these three are tables
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + max(2, length)
    return None

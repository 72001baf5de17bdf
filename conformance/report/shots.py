"""Pictures of pages in a report: the stored JPEG itself, inside the file, within a budget for the whole of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from conformance.errors import RecordError
from conformance.model.result import CheckResult
from conformance.report.context import Context
from conformance.report.shape import Shot

KIND = "picture"
_JPEG = b"\xff\xd8\xff"
_LARGEST, _ALL = 600_000, 12_000_000
_MOST = 4  # of one check


class Shots:
    """`of` gives the same answer each time a report is walked: what did not fit the first time never does."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._left = _ALL
        self._fits: dict[tuple[str, str], bool] = {}

    def of(self, result: CheckResult) -> tuple[Shot, ...]:
        return tuple(self._shots(result))

    def _shots(self, result: CheckResult) -> Iterator[Shot]:
        kept = [e for e in result.evidence if e.kind == KIND][:_MOST]
        for evidence in kept:
            key = (result.key, evidence.sha256)
            if self._fits.get(key) is False:
                continue
            try:
                data = self._context.record.evidence(evidence.sha256)
            except (RecordError, OSError):
                continue  # told where the evidence is listed
            if key not in self._fits:
                self._fits[key] = data.startswith(_JPEG) and len(data) <= min(_LARGEST, self._left)
                self._left -= len(data) if self._fits[key] else 0
            if self._fits[key]:
                title = str(self._context.tell(evidence.label, 200))
                yield Shot(title, "data:image/jpeg;base64," + base64.b64encode(data).decode())

"""What a PDF carries with it: the machine-readable data and the manifest that pins the record."""

from __future__ import annotations

import json

from conformance.record.reading import Record
from conformance.record.source import MANIFEST, read_bytes
from conformance.report.formats.data import render as results
from conformance.report.how import How


def attached(record: Record, how: How) -> list[tuple[str, bytes]]:
    """File name → content, JSON all of them."""
    files = [("results.json", results(record, how))]
    try:
        data = read_bytes(record.source, MANIFEST)
        json.loads(data)
    except (FileNotFoundError, ValueError):
        return files
    return [*files, (MANIFEST, data)]

"""Zip-based documents with the same bytes every time: members in their order, all dates that of the record."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def still(data: bytes, at: datetime) -> bytes:
    """An OOXML package as it would be, had it been written at `at` (dates of a zip begin in 1980, ISO/IEC 21320-1)."""
    at = at.astimezone(UTC)
    when = max((at.year, at.month, at.day, at.hour, at.minute, at.second), (1980, 1, 1, 0, 0, 0))
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "docProps/core.xml":
                body = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<3>", body)
            member = zipfile.ZipInfo(name, when)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(member, body)
    return out.getvalue()

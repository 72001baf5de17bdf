"""The file behind the download address: a ZIP with a manifest, which is all that the backend's checks look for."""

from __future__ import annotations

import io
import zipfile

_WHEN = (2026, 1, 1, 0, 0, 0)


def package(remark: str = "") -> bytes:
    """The same bytes for the same remark."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in (("AndroidManifest.xml", b"\x03\x00\x08\x00FAKE"), ("assets/readme.txt", remark.encode())):
            packed.writestr(zipfile.ZipInfo(name, _WHEN), data)
    return out.getvalue()

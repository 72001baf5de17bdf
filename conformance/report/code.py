"""The QR code on the cover of an issued report: where to verify it, its number, and the digest that pins its record.

Only an issue makes one. A self-check and a draft have none, so nobody can take them for a report that can be verified.
"""

from __future__ import annotations

import io
from urllib.parse import urlencode

import segno

from conformance.report.context import Context
from conformance.report.shape import Code

QUIET = 4  # modules of white around the code, ISO/IEC 18004


def code(context: Context) -> Code | None:
    """None unless a laboratory issued the report."""
    issued = context.issued
    if issued is None or not issued.pin:
        return None
    values = {"number": issued.number, "manifest": issued.pin}
    if issued.verify:
        text, says = f"{issued.verify}#{urlencode(values)}", context.words["cover.code_address"]
    else:
        text, says = "\n".join(f"{k}: {v}" for k, v in values.items()), context.words["cover.code_number"]
    rows = [list(row) for row in _made(text).matrix_iter(border=QUIET)]
    return Code(text, says, len(rows), "".join(_path(rows)))


def _made(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m")


def _path(rows: list[list[int]]) -> list[str]:
    """Every run of dark modules of a row as a rectangle."""
    out = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                out.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run or 1
    return out


def svg(made: Code) -> str:
    """The code as a picture of its own."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {made.size} {made.size}" width="{made.size}" '
        f'height="{made.size}"><rect width="100%" height="100%" fill="#fff"/><path d="{made.path}"/></svg>'
    )


def png(made: Code) -> bytes:
    out = io.BytesIO()
    _made(made.text).save(out, kind="png", scale=8, border=QUIET)
    return out.getvalue()

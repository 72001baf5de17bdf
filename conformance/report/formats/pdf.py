"""The report as PDF: the templates of the HTML report on A4 pages, laid out by WeasyPrint. Nothing is fetched.

Tagged and with bookmarks; results, manifest and the machine-readable data lie inside as attachments. The same record
and the same fonts give the same bytes: every date in the file is that of the record.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import warnings
from typing import Any

from conformance.errors import MissingExtra
from conformance.record.reading import Record, instant
from conformance.record.source import MANIFEST, read_bytes
from conformance.report.formats.data import render as results
from conformance.report.formats.paper import pages
from conformance.report.how import How
from conformance.report.html import asset, environment, page_style, raw
from conformance.report.theme import PAPER_GUARD, rendered, themed
from conformance.report.view import build_view

VARIANT = "pdf/a-3a"


def render(record: Record, how: How) -> bytes:
    """PDF/A-3 with tags (the flags are set; no checker of PDF/A is part of this project)."""
    weasyprint = engine()
    text = html(record, how)
    made = instant(record.ended)
    attachments = [
        weasyprint.Attachment(
            string=data, name=name, description=name, created=made, modified=made, relationship="Data"
        )
        for name, data in _attached(record, how)
    ]
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint 70 leaves its colour profile open
        pages(text, refuse, pdf_variant=VARIANT).write_pdf(
            out,
            pdf_variant=VARIANT,
            attachments=attachments,
            pdf_identifier=hashlib.sha256(text.encode()).digest()[:16],
        )
    return out.getvalue()


def html(record: Record, how: How) -> str:
    """The pages before they are laid out."""
    words, theme = how.words(), how.theme
    view = build_view(record, how.lang, mask=how.mask, issued=how.issued, paper=True, words=words)
    dress = theme.paper + PAPER_GUARD if theme else ""
    css = (
        asset("paper.css")
        + dress
        + page_style(
            words,
            number=f"{view.cover.number_label} {view.number}",
            head=view.cover.organisation if view.laboratory else "",
            bands=view.bands,
        )
    )
    values = {"r": view, "w": words, "css": raw(css), "made": record.ended}
    if theme is not None:
        return rendered(theme, themed(theme, environment()), "paper.html.j2", values)
    return environment().get_template("paper.html.j2").render(values)


def _attached(record: Record, how: How) -> list[tuple[str, bytes]]:
    files = [("results.json", results(record, how))]
    try:
        data = read_bytes(record.source, MANIFEST)
        json.loads(data)
    except (FileNotFoundError, ValueError):
        return files
    return [*files, (MANIFEST, data)]


def engine() -> Any:
    """WeasyPrint. MissingExtra with the one command when it, or what it lays text out with, is missing."""
    try:
        import weasyprint
    except ImportError:
        raise MissingExtra("weasyprint", "print") from None
    except OSError as error:  # the package is there, the libraries it lays text out with are not
        raise MissingExtra(
            f"Pango（{str(error)[:120]}）", "print", "apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk"
        ) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    return weasyprint


def refuse(url: str, *_: Any, **__: Any) -> Any:
    """A report has everything in itself: whatever asks for more was put there by somebody else."""
    raise ValueError(f"refused: {url[:80]}")

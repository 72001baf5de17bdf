"""The report as PDF: the templates of the HTML report on A4 pages, laid out by WeasyPrint. Nothing is fetched.

Tagged and with bookmarks; results, manifest and the machine-readable data lie inside as attachments. The same record
and the same fonts give the same bytes: every date in the file is that of the record.
"""

from __future__ import annotations

import hashlib
import io
import logging
import warnings
from datetime import datetime
from typing import Any

from conformance.errors import MissingExtra
from conformance.record.reading import Record, instant
from conformance.report.formats.attached import attached
from conformance.report.formats.glyphs import on_paper, written_out
from conformance.report.formats.paper import pages, readable
from conformance.report.how import How
from conformance.report.html import asset, environment, page_style, raw
from conformance.report.shots import jpeg
from conformance.report.theme import PAPER_GUARD, rendered, themed
from conformance.report.view import build_view

VARIANT = "pdf/a-3a"


def render(record: Record, how: How) -> bytes:
    """PDF/A-3 with tags, which is what the file says of itself (tests/cover/test_report_pdfa.py has what was checked)."""
    engine()
    text, files, at = on_paper(html(record, how)), attached(record, how), instant(record.ended)
    made, missing = _made(text, files, at)
    if missing:  # laid out once more, with what no font here can draw written out
        made, _ = _made(written_out(text, missing), files, at)
    return made


def _made(text: str, files: list[tuple[str, bytes]], at: datetime) -> tuple[bytes, set[int]]:
    """The file, and the characters that no font has."""
    attachments = [
        engine().Attachment(string=data, name=name, description=name, created=at, modified=at, relationship="Data")
        for name, data in files
    ]
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint 70 leaves its colour profile open
        document = pages(text, refuse, pdf_variant=VARIANT)
        document.write_pdf(
            out,
            finisher=readable,
            pdf_variant=VARIANT,
            attachments=attachments,
            pdf_identifier=hashlib.sha256(text.encode()).digest()[:16],
        )
    return out.getvalue(), {point for font in document.fonts.values() for point in font.missing if point > 0x7E}


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


def engine() -> Any:
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
    """A report has everything in itself, its pictures included: whatever asks for more was put there by somebody else."""
    data = jpeg(url)
    if data is not None:
        answer = getattr(engine().urls, "URLFetcherResponse", None)  # WeasyPrint before 68 takes a dict
        return (
            answer(url, data, {"Content-Type": "image/jpeg"}) if answer else {"string": data, "mime_type": "image/jpeg"}
        )
    raise ValueError(f"refused: {url[:80]}")

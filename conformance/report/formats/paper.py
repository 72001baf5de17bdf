"""What makes WeasyPrint lay out a long report in a bounded amount of memory. The pages come out the same without it."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

# The style sheet that WeasyPrint begins with gives every element six pseudo-elements for footnotes, notes and list
# markers, each with a style of its own: three quarters of the memory of a report that has none of these.
_UNUSED = re.compile(
    r"(?m)^\s*::(?:marker|footnote-call|footnote-marker|note-call|note-marker|note-callback)\s*\{[^}]*\}"
)


@cache
def report_class() -> Any:
    import weasyprint

    class Report(weasyprint.HTML):  # type: ignore[misc]
        """A document without footnotes, notes and list markers."""

        def _ua_stylesheets(self, *_args: Any, **_options: Any) -> list[Any]:
            return [_base()]

    return Report


@cache
def _base() -> Any:
    import weasyprint
    from weasyprint.css.counters import CounterStyle

    text = resources.files("weasyprint").joinpath("css", "html5_ua.css").read_text("utf-8")
    return weasyprint.CSS(string=_UNUSED.sub("", text), counter_style=CounterStyle())


def pages(html: str, fetcher: Any, **options: Any) -> Any:
    """The laid out document; each page joins its drawing operations to one string as soon as it is painted."""
    document = report_class()(string=html, url_fetcher=fetcher).render(**options)
    for page in document.pages:
        page.paint = _Joined(page)
    return document


def readable(_document: Any, pdf: Any) -> None:
    """What the file says of itself (XMP) uncompressed, as archives look for it. For `write_pdf(finisher=…)`.

    ISO 19005-1, 6.7.2 demands it of PDF/A-1; WeasyPrint compresses it in the later parts.
    """
    number = int(pdf.catalog["Metadata"].split()[0])
    pdf.objects[number].compress = False


class _Joined:
    """`Page.paint` of one page."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def __call__(self, stream: Any, scale: float = 1) -> None:
        type(self._page).paint(self._page, stream, scale)
        parts = stream.stream
        if all(part.__class__ is bytes for part in parts):
            parts[:] = [b"\n".join(parts)]

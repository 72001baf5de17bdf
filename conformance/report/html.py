"""A view → one HTML file that needs nothing else: no network, no script, no second file. Streamed, so size costs no memory."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.record.reading import Record, open_record
from conformance.report.english import Both
from conformance.report.evidence import Budget
from conformance.report.files import CHUNK, placed, put
from conformance.report.issued import Issued
from conformance.report.shape import ReportView
from conformance.report.text import Mask, css_string, visible
from conformance.report.theme import GUARD, Theme, rendered, themed
from conformance.report.view import build_view
from conformance.report.wording import Wording, wording
from conformance.resources import cache_folder, folder
from conformance.run.redact import mask_text

_FONT = Markup('"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",SimHei,sans-serif')
_BOTH = Markup('{} <span class="en" lang="en">{}</span>')  # format escapes what it fills in
_ALARM = {True: {"weight": "700", "colour": "#a8201a"}, False: {"weight": "400", "colour": "#333"}}


def _finalize(value: Any) -> Any:
    """The last gate of every printed expression: hidden characters become visible, and nothing undefined gets out."""
    if value.__class__ is str:
        return visible(value)
    if value.__class__ is Both:  # in a text, never in an attribute
        return _BOTH.format(visible(value.chinese), visible(value.english))
    if value is None:
        raise TypeError("a template printed None")
    return value


@cache
def environment() -> Environment:
    """Autoescape for every template whatever its name, undefined names are errors; compiled templates are kept."""
    kept = cache_folder("templates")
    return Environment(
        bytecode_cache=FileSystemBytecodeCache(str(kept)) if kept else None,
        loader=FileSystemLoader(folder("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(
    record: Record | str | Path,
    out_path: str | Path,
    lang: str = "zh-CN",
    *,
    mask: Mask = mask_text,
    budgets: tuple[Budget, Budget] | None = None,
    issued: Issued | None = None,
    theme: Theme | None = None,
) -> Path:
    """Write the report of a record (or of the directory or zip that holds one) → the path of the file.

    The file appears whole or not at all. RecordError R111 when it cannot be written.
    """
    if not isinstance(record, Record):
        with open_record(record) as opened:
            return render(opened, out_path, lang, mask=mask, budgets=budgets, issued=issued, theme=theme)
    words = theme.wording(lang) if theme else wording(lang)
    view = build_view(record, lang, mask=mask, budgets=budgets, issued=issued, words=words)
    return write("report.html.j2", view, words, Path(out_path), css=style(view, words, theme), theme=theme)


def style(view: ReportView, words: Wording, theme: Theme | None = None) -> str:
    """The style sheet of one report: its number and bands stand in the margin of every printed page."""
    dress = theme.style + GUARD if theme else ""
    return (
        stylesheet()
        + dress
        + page_style(
            words,
            number=f"{view.cover.number_label} {view.number}",
            head=view.cover.organisation if view.laboratory else "",
            bands=view.bands,
        )
    )


def stylesheet() -> str:
    """The fixed part of every style sheet, screen and paper."""
    return asset("report.css") + asset("print.css") + asset("qualification.css")


def page_style(words: Wording, *, number: str, head: str, bands: tuple[str, ...] = ()) -> str:
    values = {
        "number": number[:70],
        "lead": "　".join(filter(None, (head[:40], *bands))),
        "before": words["page.count_before"],
        "middle": words["page.count_middle"],
        "after": words["page.count_after"],
    }
    strings = {k: raw(css_string(v)) for k, v in values.items()}  # escaped for CSS, not for HTML
    return environment().get_template("page.css.j2").render(strings, font=_FONT, **_ALARM[bool(bands)])


def write(
    template: str,
    view: Any,
    words: Mapping[str, str],
    out_path: Path,
    *,
    css: str,
    js: str | None = None,
    theme: Theme | None = None,
) -> Path:
    """Stream a template into a file beside its final name, then put it there. `js` "" is a page without a script."""
    js = asset("report.js") if js is None else js
    ours = {"css": raw(css), "js": raw(js)}
    values = {"r": view, "w": words, "csp": policy(css, js), **ours}
    if theme is not None:  # looked at as a whole before anything is written
        return put(out_path, rendered(theme, themed(theme, environment()), template, values).encode())
    with placed(out_path) as temporary, temporary.open("w", encoding="utf-8", newline="\n", buffering=CHUNK) as file:
        file.writelines(environment().get_template(template).generate(values))
    return out_path


def raw(text: str) -> Markup:
    """Our own style or script for a raw text element; `css_string` has guarded what varies in it."""
    return Markup(text)  # noqa: S704 - never a text from outside


def policy(css: str, js: str) -> str:
    """Content Security Policy of the page: exactly this style sheet and this script, inline images, nothing else."""
    script = f"'sha256-{_digest(js)}'" if js else "'none'"
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{_digest(css)}'; script-src {script}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def asset(name: str) -> str:
    """A style sheet or script as it stands in the page, line ends as the HTML parser will hand them to the hash."""
    text = (folder("reports") / name).read_text(encoding="utf-8").replace("\r\n", "\n")
    if "</" in text or "<!--" in text:
        raise ValueError(f"{name} would end its own element")
    return text

"""The report as a Word document, through a template: the one that ships, or the laboratory's own.

A template is somebody's file and not our code: it is rendered in a sandbox, sees the view of the report and nothing
else, and whatever the view does not hold is an error. What every page must say is looked for in the result.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from conformance.errors import MissingExtra, RecordError
from conformance.record.reading import Record, instant
from conformance.report.code import png
from conformance.report.english import Both
from conformance.report.formats.zipped import still
from conformance.report.how import How
from conformance.report.shape import ReportView, Shot
from conformance.report.shots import jpeg
from conformance.report.text import visible
from conformance.report.view import build_view
from conformance.resources import folder

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST = 64 << 20  # a template larger than this is none


def render(record: Record, how: How) -> bytes:
    """RecordError R112 for a template that cannot be used, R113 for one that hides what the document is."""
    try:
        from docx.opc.exceptions import OpcError
        from docx.shared import Mm
        from docxtpl import DocxTemplate, InlineImage
    except ImportError:
        raise MissingExtra("docxtpl", "docx") from None
    path = how.template or folder("reports") / "word" / "report.docx"
    view = build_view(record, how.lang, mask=how.mask, issued=how.issued, paper=True, words=how.words())
    out = io.BytesIO()
    try:
        if path.stat().st_size > MOST:
            raise ValueError(f"larger than {MOST} bytes")
        document = DocxTemplate(str(path))
        code = view.cover.code
        picture = InlineImage(document, io.BytesIO(png(code)), width=Mm(28)) if code else ""

        def shot(one: Shot) -> Any:
            data = jpeg(one.source) or b""
            return InlineImage(document, io.BytesIO(data), **_size(data)) if data else ""

        values = {"r": view, "w": how.words(), "code": picture, "picture": shot}
        document.render(values, jinja_env=_environment(), autoescape=True)
        document.save(out)
    except (TemplateError, OpcError, zipfile.BadZipFile, OSError, SyntaxError, ValueError, KeyError) as error:
        raise RecordError(
            "R112",
            f"Word 模板不能使用: {str(error)[:300]}",
            expected="docx 文件，标签用 {{ r.… }} 和 {{ w[…] }}",
            where=str(path),
            hint="见 docs/how-to/word-template.md；从 reports/word/report.docx 改起最容易",
        ) from None
    data = still(out.getvalue(), instant(record.ended))
    _complete(data, view, path)
    return data


def _size(data: bytes) -> dict[str, Any]:
    """As wide or as high as a third of a page allows: the picture of a phone is three times as high as it is wide."""
    from docx.image.image import Image
    from docx.shared import Mm

    image = Image.from_blob(data)
    return {"width": Mm(110)} if image.px_width * 80 > image.px_height * 110 else {"height": Mm(80)}


def _environment() -> SandboxedEnvironment:
    def shown(value: Any) -> Any:
        return visible(value) if value.__class__ in (str, Both) else "" if value is None else value

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=shown)


def _complete(data: bytes, view: ReportView, path: Path) -> None:
    """Every page header says what the document is and its number: no template may make one kind look like another."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        heads = [
            "".join(t.text or "" for t in ET.fromstring(package.read(n)).iter(f"{_W}t"))  # noqa: S314 - just written
            for n in package.namelist()
            if n.startswith("word/header") and n.endswith(".xml")
        ]
    needed = [visible(t) for t in (*view.bands, view.number)]
    missing = [t for t in needed if not any(t in head for head in heads)]
    if missing:
        raise RecordError(
            "R113",
            f"Word 模板的页眉没有印出: {'、'.join(missing)}",
            expected="页眉含 {{ r.bands|join('　') }} 和 {{ r.number }}",
            where=str(path),
            hint="自检、部分检测和未签发的性质须印在每一页",
        )

"""One record, many renderings: what each format is called, what file it makes, and what must be installed for it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import UsageError
from conformance.record.reading import Record
from conformance.report import html
from conformance.report.files import put
from conformance.report.how import How

__all__ = ["FORMATS", "Format", "How", "beside", "export"]

DEFAULT = How()


@dataclass(frozen=True, slots=True)
class Format:
    """A rendering: `module` under this folder has `render(record, how) → bytes` and is imported when asked for."""

    name: str
    file: str  # the usual file name
    says: str
    module: str


FORMATS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("html", "report.html", "一个网页文件，可打印成 A4", ""),
        Format("pdf", "report.pdf", "A4 版式的 PDF，证据在附录", "pdf"),
        Format("typst", "volume.pdf", "成千条款的 PDF，由 Typst 排版", "volume"),
        Format("docx", "report.docx", "Word 文件，可用实验室自己的模板", "word"),
        Format("xlsx", "clauses.xlsx", "条款表，电子表格", "sheet"),
        Format("json", "results.json", "全部结果，按公布的 JSON Schema", "data"),
        Format("csv", "clauses.csv", "条款表，一行一个检测项", "table"),
        Format("junit", "junit.xml", "JUnit XML，一个检测项一个用例", "junit"),
        Format("ctrf", "ctrf.json", "CTRF 1.0", "ctrf"),
        Format("earl", "earl.jsonld", "W3C EARL 1.0，JSON-LD", "earl"),
        Format("oscal", "oscal-ar.json", "OSCAL assessment-results 1.2.1", "oscal"),
        Format("in-toto", "in-toto.json", "in-toto test-result 声明", "intoto"),
        Format("gitb", "gitb.xml", "GITB 符合性声明报告", "gitb"),
    )
}


def export(record: Record, format: str, out_path: str | Path, how: How = DEFAULT) -> Path:
    """Write one rendering of a record → the path of the file, which appears whole or not at all.

    UsageError U611 for an unknown format, U612 for a template where none is used, MissingExtra X001 when a package of
    the format is not installed, RecordError R111 when the file cannot be written.
    """
    known = FORMATS.get(format)
    if known is None:
        raise UsageError("U611", f"没有报告格式 {format!r}", expected=" | ".join(FORMATS), where="--format")
    if how.template is not None and format != "docx":
        raise UsageError("U612", f"格式 {format} 不用模板", expected="--format docx", where="--template")
    if not known.module:  # streamed, so its size costs no memory
        return html.render(record, out_path, how.lang, mask=how.mask, issued=how.issued, theme=how.theme)
    module = importlib.import_module(f"{__name__}.{known.module}")
    return put(Path(out_path), module.render(record, how))


def beside(record: Path, format: str) -> Path:
    """Where a rendering goes when nobody says: into the record's directory, or next to a zip, which takes no file."""
    usual = Path(FORMATS[format].file)
    if not record.is_file():
        return record / usual
    return record.with_suffix(usual.suffix) if usual.stem == "report" else record.with_name(f"{record.stem}-{usual}")

"""Comparisons as pages and workbooks: records side by side, a system over time, two laboratories. One file, no script."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

from conformance.errors import MissingExtra
from conformance.judge.words import cause_word, check_word, word
from conformance.model.verdict import Provision
from conformance.record.interlab import Interlab, told
from conformance.record.side import Side, reasons
from conformance.record.trend import Series, Trend
from conformance.report.files import put
from conformance.report.formats.table import harmless
from conformance.report.formats.zipped import still
from conformance.report.html import asset, environment, page_style, policy, raw, stylesheet
from conformance.report.text import anchor
from conformance.report.wording import wording

_BADGES = {
    Provision.REQUIREMENT: ("req", "应"), Provision.RECOMMENDATION: ("rec", "宜"), Provision.PERMISSION: ("per", "可"),
    Provision.INSTRUCTION: ("note", "指示"), Provision.POSSIBILITY: ("note", "能"), Provision.STATEMENT: ("note", "陈述"),
}  # fmt: skip
GLYPHS = {
    "pass": "✔", "fail": "✘", "adopted": "✔", "not-adopted": "△", "implemented": "✔", "not-implemented": "△",
    "carried-out": "✔", "not-carried-out": "△", "inconclusive": "◐", "error": "⚠", "not-applicable": "—",
    "not-tested": "○", "note": "·",
}  # fmt: skip
_WHAT = {"verdict": "判定不同", "reasons": "理由不同", "absent": "不是都有", "same": "相同"}
_STACK = ("pass", "fail", "inconclusive", "error", "not-tested", "not-applicable")
_STILL = datetime(1980, 1, 1, tzinfo=UTC)


def render_side(made: Side, out: Path) -> Path:
    return _write("side.html.j2", out, "检测记录对比", f"{len(made.columns)} 份记录", r=made, glyphs=GLYPHS, badges=_BADGES,
                  what=_WHAT, word=word)  # fmt: skip


def render_trend(made: Trend, out: Path) -> Path:
    charts = [_chart(s) for s in made.series]
    return _write("trend.html.j2", out, "检测趋势", f"{len(made.series)} 个系列", r=made, charts=charts, word=word)


def render_interlab(made: Interlab, out: Path) -> Path:
    rows = [
        {
            "anchor": anchor(d.key),
            "key": d.key,
            "purpose": d.purpose,
            "sides": [(n, check_word(r.verdict), word(check_word(r.verdict)), reasons(r)) for n, r in (("甲", d.a), ("乙", d.b))],
            "told": told(d.first),
            "cause": word(cause_word(d.first.cause)),
            "values": (d.first.a, d.first.b),
            "evidence": d.first.evidence,
        }
        for d in made.disagreements
    ]  # fmt: skip
    rate = "—" if made.rate is None else f"{made.rate:.1%}"
    return _write("interlab.html.j2", out, "实验室间比对", f"{made.a.label} / {made.b.label}", r=made, rows=rows, rate=rate,
                  glyphs=GLYPHS)  # fmt: skip


def _write(template: str, out: Path, title: str, number: str, **values: Any) -> Path:
    css = stylesheet() + asset("compared.css") + page_style(wording("zh-CN"), number=number, head=title)
    page = environment().get_template(template).render(css=raw(css), csp=policy(css, ""), title=title, **values)
    return put(out, page.encode())


# The chart -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    parts: tuple[tuple[str, float, float, int], ...]  # word key, y, height, how many
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars, one a record, drawn with attributes only (the page allows no style but its own). `alt` says it in words."""

    width: int
    height: int
    top: int
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]  # y and the count it stands for
    alt: str
    every: int  # a label under every n-th bar, so that they do not overlap


_HEIGHT, _TOP, _LEFT, _BAR = 200, 10, 34, 28


def _chart(series: Series) -> Chart:
    most = max((sum(p.about.counts.values()) for p in series.points), default=0) or 1
    width = max(8.0, min(float(_BAR), 900 / max(1, len(series.points))))
    scale = _HEIGHT / most
    bars = []
    for n, point in enumerate(series.points):
        y, parts = float(_TOP + _HEIGHT), []
        for key in _STACK:
            if count := point.about.counts.get(key, 0):
                y -= count * scale
                parts.append((key, round(y, 2), round(count * scale, 2), count))
        said = "，".join(f"{word(k)} {c}" for k, _, _, c in parts)
        when = point.about.opened[:10]
        bars.append(Bar(round(_LEFT + n * (width + 4), 2), round(width, 2), tuple(parts), when[5:], f"{when} {said}"))
    step = max(1, most // 4)
    lines = tuple((round(_TOP + _HEIGHT - c * scale, 2), c) for c in range(0, most + 1, step))
    total = int(_LEFT + len(bars) * (width + 4) + 10)
    last = series.points[-1].about
    alt = f"{series.system} 各次检测“应”条款的判定，共 {len(bars)} 次；最近一次 {last.opened[:10]} {last.conclusion}"
    return Chart(max(total, 320), _TOP + _HEIGHT + 24, _TOP, tuple(bars), lines, alt, max(1, ceil(44 / (width + 4))))


# The workbook ----------------------------------------------------------------------------------------------


def side_workbook(made: Side, out: Path) -> Path:
    """Two sheets: the records, and the matrix of clauses; every cell text, none a formula."""
    try:
        from openpyxl import Workbook
        from openpyxl.utils import get_column_letter
    except ImportError:
        raise MissingExtra("openpyxl", "xlsx") from None
    book = Workbook()
    about = book.active
    about.title = "记录"
    heads = ("记录", "系统", "版本", "单位", "检测机构", "开始", "测试规范", "版次", "检测结论", "“应”条款", "位置")
    _sheet(about, heads, [
        (c.label, c.system, c.version, c.vendor, c.laboratory, c.opened, c.profile, c.edition, c.conclusion,
         "，".join(f"{word(k)} {v}" for k, v in c.counts.items()), c.path)
        for c in made.columns
    ], {})  # fmt: skip
    for n, note in enumerate(made.notes, len(made.columns) + 3):
        about.cell(n, 1, harmless(note)).data_type = "s"
    matrix = book.create_sheet("条款")
    labels = [c.label for c in made.columns]
    rows = [
        (
            row.standard, row.number, _BADGES[row.provision][1], row.title, _WHAT[row.what],
            *("—" if c is None else c.word + ("（豁免）" if c.waived else "") + "".join(f"\n{s}" for s in c.said) for c in row.cells),
        )
        for row in made.rows
    ]  # fmt: skip
    inks = {
        (n, 5 + k): c.code for n, row in enumerate(made.rows, 2) for k, c in enumerate(row.cells, 1) if c is not None
    }
    _sheet(matrix, ("标准", "条款", "类型", "标题", "对比", *labels), rows, inks)
    matrix.freeze_panes = "F2"
    matrix.auto_filter.ref = f"A1:{get_column_letter(5 + len(labels))}{max(2, len(rows) + 1)}"
    data = io.BytesIO()
    book.save(data)
    return put(out, still(data.getvalue(), _STILL))


_INKS = {"fail": "A8201A", "pass": "0B6B4F", "inconclusive": "7A4F00", "error": "8C2566", "not-tested": "54407F"}


def _sheet(
    sheet: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], inks: Mapping[tuple[int, int], str]
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    wrap = Alignment(wrap_text=True, vertical="top")
    for n, row in enumerate((heads, *rows), 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(n, column)
            if text:
                cell.value = harmless(text)
                cell.data_type = "s"
            cell.alignment = wrap
            if n == 1:
                cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="123F66")
            elif inks.get((n, column)) in _INKS:
                cell.font = Font(color=_INKS[inks[n, column]])
    for column in range(1, len(heads) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 14 if column < 4 else 26
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"

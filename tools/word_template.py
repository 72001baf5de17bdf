"""Makes reports/word/report.docx, the Word template that ships with the package. Run it after a change here.

A laboratory changes the file in Word and keeps the tags, or writes its own; docs/how-to/word-template.md tells how.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from conformance.report.formats.zipped import still

OUT = Path(__file__).parents[1] / "reports" / "word" / "report.docx"
BLUE = RGBColor(0x12, 0x3F, 0x66)
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def main(out: Path = OUT) -> None:
    document = Document()
    styles(document)
    cover(document)
    body(document)
    stream = BytesIO()
    document.core_properties.author = document.core_properties.last_modified_by = "conformance"
    document.save(stream)
    out.write_bytes(still(stream.getvalue(), MADE))


def styles(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(22), Mm(20)
    section.top_margin, section.bottom_margin = Mm(27), Mm(20)
    for name, size, bold in (("Normal", 10.5, False), ("Heading 1", 15, True), ("Heading 2", 12, True)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = "Times New Roman", Pt(size), bold
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "黑体" if bold else "宋体")
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.getparent().append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN"/>'))
        if bold:
            style.font.color.rgb = BLUE
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def text(where: Any, words: str, *, size: float = 0, bold: bool = False, centre: bool = False, style: str = "") -> Any:
    paragraph = where.add_paragraph(style=style or None)
    run = paragraph.add_run(words)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def cell(target: Any, words: str, *, size: float = 9, bold: bool = False) -> None:
    paragraph = target.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    run = paragraph.add_run(words)
    run.font.size, run.bold = Pt(size), bold or None


def table(document: Any, heads: list[str], rows: list[list[str]], widths: list[float]) -> Any:
    """A table whose head repeats on every page and whose rows stay whole; rows with one cell hold a tag alone."""
    made = document.add_table(rows=0, cols=len(widths))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for number, values in enumerate(([heads] if heads else []) + rows):
        row = made.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if heads and number == 0:
            head = OxmlElement("w:tblHeader")
            properties.append(head)
        for column, value in enumerate(values):
            row.cells[column].width = Mm(widths[column])
            cell(row.cells[column], value, bold=bool(heads) and number == 0)
            if heads and number == 0:
                shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="E9EEF3"/>')
                row.cells[column]._tc.get_or_add_tcPr().append(shade)
    for column, width in enumerate(widths):
        made.columns[column].width = Mm(width)
    space = "".join(f'<w:{side} w:w="{w}" w:type="dxa"/>' for side, w in
                    (("top", 40), ("left", 90), ("bottom", 40), ("right", 90)))  # fmt: skip
    made._tbl.tblPr.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{space}</w:tblCellMar>"))
    document.add_paragraph()
    return made


def pairs(document: Any, source: str) -> None:
    """A table of labels and values."""
    loop = [
        [f"{{%tr for l in {source} %}}"],
        ["{{ l.label }}{% if l.supplied %} ▲{% endif %}", VALUE],
        ["{%tr endfor %}"],
    ]
    table(document, [], loop, [42, 124])


VALUE = "{{ l.value or w['cover.blank'] }}{% if l.note %} {{ l.note }}{% endif %}"


def field(paragraph: Any, code: str) -> None:
    """A field that Word computes, such as PAGE."""
    for kind, value in (("begin", ""), ("", code), ("end", "")):
        run = paragraph.add_run()._r
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = value
        run.append(element)


WATERMARK = """<w:r %s xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>
<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/>
</v:shapetype><v:shape id="conformance-watermark" o:spid="_x0000_s2049" type="#_x0000_t136"
style="position:absolute;width:380pt;height:110pt;rotation:-32;z-index:-251658752;mso-position-horizontal:center;
mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
fillcolor="#eeeeee" stroked="f"><v:textpath style="font-family:'黑体'" string="{{ r.watermark }}"/></v:shape></w:pict></w:r>"""


def margins(section: Any, normal: Any) -> None:
    """What stands on every page: what the document is, its number, 第 x 页 共 y 页."""
    header, footer = section.header, section.footer
    header.is_linked_to_previous = footer.is_linked_to_previous = False
    line = header.paragraphs[0]
    line.style = normal  # the style Header has tab stops of its own
    line.paragraph_format.tab_stops.add_tab_stop(Mm(168), alignment=2)
    run = line.add_run("{{ r.bands|join('　') }}{% if not r.bands %}{{ r.cover.organisation }}{% endif %}")
    run.font.size = Pt(8.5)
    run = line.add_run("\t{{ r.cover.number_label }} {{ r.number }}")
    run.font.size = Pt(8.5)
    header.add_paragraph("{%p if r.watermark %}")
    header.add_paragraph()._p.append(parse_xml(WATERMARK % nsdecls("w")))
    header.add_paragraph("{%p endif %}")
    foot = footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("{{ w['page.count_before'] }}")
    field(foot, "PAGE")
    foot.add_run("{{ w['page.count_middle'] }}")
    field(foot, "NUMPAGES")
    foot.add_run("{{ w['page.count_after'] }}")


def cover(document: Any) -> None:
    margins(document.sections[0], document.styles["Normal"])
    text(document, "{%p for s in r.cover.marks %}")
    text(document, "［{{ s.label }}　{{ s.hint }}］", size=9)
    text(document, "{%p endfor %}")
    text(
        document, "{{ r.cover.number_label }} {{ r.cover.number }} {{ r.cover.revision }}"
    ).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for _ in range(4):
        document.add_paragraph()
    text(document, "{{ r.cover.title }}", size=34, bold=True, centre=True)
    text(document, "{{ r.cover.subtitle }}", size=12, centre=True)
    text(document, "{%p for s in r.cover.standards %}")
    text(document, "{{ s }}", size=12, centre=True)
    text(document, "{%p endfor %}")
    for _ in range(2):
        document.add_paragraph()
    pairs(document, "r.cover.fields")
    for _ in range(2):
        document.add_paragraph()
    text(document, "{{ r.cover.organisation }}", size=15, bold=True, centre=True)
    text(document, "{{ r.cover.organisation_note }}", size=9, centre=True)
    text(document, "{%p if code %}")
    text(document, "{{ code }}", centre=True)
    text(document, "{{ r.cover.code.says }}", size=8, centre=True)
    text(document, "{%p endif %}")
    text(document, "{%p if r.cover.seal %}")
    text(document, "［{{ r.cover.seal.label }}　{{ r.cover.seal.hint }}］", size=9, centre=True)
    text(document, "{%p endif %}")
    document.add_section(WD_SECTION.NEW_PAGE)


def heading(document: Any, key: str, level: int = 1) -> None:
    document.add_heading(f"{{{{ w['{key}'] }}}}", level)


def listed(document: Any, source: str) -> None:
    text(document, f"{{%p for p in {source} %}}")
    text(document, "{{ loop.index }}．{{ p }}")
    text(document, "{%p endfor %}")


def body(document: Any) -> None:
    heading(document, "statement.title")
    listed(document, "r.statement")
    heading(document, "conclusion.title")
    text(document, "{{ r.conclusion.word }}", size=18, bold=True)
    text(document, "{{ r.conclusion.sentence }}")
    text(document, "{{ r.conclusion.honest }}")
    text(document, "{%p for p in r.conclusion.points %}")
    text(document, "{{ p }}", size=9.5)
    text(document, "{%p endfor %}")
    text(document, "{{ w['conclusion.rule'] }}：{{ r.conclusion.rule }}", size=9.5)
    text(document, "{% for c in r.counts %}{% if c.n %}{{ c.mark.glyph }} {{ c.mark.word }} {{ c.n }}　{% endif %}"
         "{% endfor %}{{ w['conclusion.clauses'] }} {{ r.total }}", bold=True)  # fmt: skip
    heading(document, "conclusion.basis", 2)
    pairs(document, "r.summary")
    text(document, "{%p if r.opinions %}")
    heading(document, "conclusion.opinions", 2)
    listed(document, "r.opinions")
    text(document, "{%p endif %}")
    text(document, "{%p for s in r.signatures %}")
    text(document, "{{ s.label }}：________________　　________________（{{ s.hint }}）")
    text(document, "{%p endfor %}")
    benchmark(document)
    scoring(document)
    items(document)
    findings(document)
    files(document)
    heading(document, "parameters.title")
    loop = [["{%tr for p in r.parameters %}"], ["{{ p.name }} {{ p.help }}", "{{ p.value }}", "{{ p.origin }}"],
            ["{%tr endfor %}"]]  # fmt: skip
    table(document, [f"{{{{ w['parameters.{k}'] }}}}" for k in ("name", "value", "origin")], loop, [56, 80, 30])
    heading(document, "environment.title")
    pairs(document, "r.environment")
    heading(document, "environment.tools", 2)
    pairs(document, "r.tools")
    heading(document, "rules.title")
    listed(document, "r.rules")
    heading(document, "verify.title")
    listed(document, "r.verify")
    pairs(document, "r.digests")
    text(document, "{{ w['closing.blank'] }}", centre=True)
    text(document, "{{ w['closing.end'] }}", centre=True)


def benchmark(document: Any) -> None:
    text(document, "{%p if r.benchmark %}")
    heading(document, "benchmark.title")
    text(document, "{{ r.benchmark.problem }}")
    heading(document, "benchmark.part_indicators", 2)
    text(document, "{{ w['benchmark.intro_indicators'] }}", size=9)
    heads = [f"{{{{ w['benchmark.{k}'] }}}}" for k in ("name", "own", "origin", "standard", "leading", "result")]
    loop = [
        ["{%tr for x in r.benchmark.indicators.rows %}"],
        [f"{{{{ x[{n}] }}}}" for n in range(6)],
        ["{%tr endfor %}"],
    ]
    table(document, heads, loop, [28, 24, 42, 24, 24, 26])
    heading(document, "benchmark.part_levels", 2)
    text(document, "{{ w['benchmark.intro_levels'] }}", size=9)
    text(document, "{{ w['benchmark.level'] }} {{ r.benchmark.level }}", bold=True)
    heads = [f"{{{{ w['benchmark.{k}'] }}}}" for k in ("level_name", "gate", "sum", "result")]
    loop = [["{%tr for l in r.benchmark.levels %}"], ["{%tr for g in l.gates %}"],
            ["{{ l.name }} {{ l.word }}", "{{ g[0] }}", "{{ g[1] }}", "{{ g[2] }}"], ["{%tr endfor %}"], ["{%tr endfor %}"]]  # fmt: skip
    table(document, heads, loop, [36, 70, 36, 26])
    text(document, "{%p if r.benchmark.next %}")
    text(document, "{{ w['benchmark.next'] }} {{ r.benchmark.next }}", bold=True)
    text(document, "{% for a, n, t in r.benchmark.clauses %}{{ n }} {{ t }}；{% endfor %}")
    text(document, "{%p for m in r.benchmark.more %}")
    text(document, "{{ m }}")
    for _ in range(3):
        text(document, "{%p endfor %}" if _ == 0 else "{%p endif %}")


def scoring(document: Any) -> None:
    """Vetoes, deductions and the arithmetic, where a profile of the record scores."""
    text(document, "{%p if r.scoring %}")
    heading(document, "scoring.title")
    text(document, "{{ r.scoring.title }}　{{ r.scoring.word }}", bold=True)
    text(document, "{{ r.scoring.intro }}", size=9)
    text(document, "{%p for line in r.scoring.said %}")
    text(document, "{{ line }}")
    text(document, "{%p endfor %}")
    for name, columns, widths in (
        ("vetoes", ("clause", "item", "verdict"), [30, 96, 42]),
        ("deductions", ("clause", "item", "verdict", "sum", "deducted"), [26, 58, 24, 36, 24]),
    ):
        text(document, f"{{{{ w['scoring.caption_{name}'] }}}}", bold=True)
        loop = [
            [f"{{%tr for x in r.scoring.{name}.rows %}}"],
            [f"{{{{ x[{n}] }}}}" for n in range(len(columns))],
            ["{%tr endfor %}"],
        ]
        table(document, [f"{{{{ w['scoring.{c}'] }}}}" for c in columns], loop, widths)
    text(document, "{%p endif %}")


def files(document: Any) -> None:
    """Every kind of defect and every file, where the record is of files."""
    text(document, "{%p if r.files %}")
    heading(document, "files.title")
    text(document, "{{ r.files.intro }}", size=9.5)
    text(
        document, "{% for c in r.files.counts %}{{ c.mark.glyph }} {{ c.mark.word }} {{ c.n }}　{% endfor %}", bold=True
    )
    text(document, "{{ r.files.kept }}", size=9.5)
    text(document, "{%p for n in r.files.notes %}")
    text(document, "{{ w['files.passed_over'] }} {{ n }}", size=9)
    text(document, "{%p endfor %}")
    heading(document, "files.defects", 2)
    text(document, "{%p if r.files.defects %}")
    heads = [f"{{{{ w['files.{k}'] }}}}" for k in ("defect", "clauses", "in_files", "in_places", "which")]
    loop = [
        ["{%tr for d in r.files.defects %}"],
        ["{{ d.message }}{% if d.why %}\n{{ d.why }}{% endif %}{% if d.counted %}\n{{ d.counted }}{% endif %}",
         "{% for a, n in d.clauses %}{{ n }} {% endfor %}", "{{ d.files }}", "{{ d.places }}",
         "{% for n in d.names %}{{ n }}{% if not loop.last %}\n{% endif %}{% endfor %}"],
        ["{%tr endfor %}"],
    ]  # fmt: skip
    table(document, heads, loop, [62, 32, 14, 14, 46])
    text(document, "{{ r.files.defects_more }}", size=9)
    text(document, "{%p else %}")
    text(document, "{{ w['files.defects_none'] }}")
    text(document, "{%p endif %}")
    heading(document, "files.each", 2)
    heads = [f"{{{{ w['files.{k}'] }}}}" for k in ("name", "by_verdict", "found")]
    found = ("{% for n, l in [('failed', f.failed), ('open', f.open), ('missed', f.missed)] if l %}{{ w['files.' ~ n] }} "
             "{% for a, m in l %}{{ m }} {% endfor %}\n{% endfor %}{% if f.problem %}{{ f.problem }}\n{% endif %}"
             "{% for s in f.sealed %}{{ s }}\n{% endfor %}{% if f.digest %}SHA-256 {{ f.digest }}{% endif %}")  # fmt: skip
    loop = [
        ["{%tr for f in r.files.files %}"],
        ["{{ f.name }}", "{{ f.mark.glyph }} {{ f.mark.word }}", found],
        ["{%tr endfor %}"],
    ]
    table(document, heads, loop, [52, 22, 94])
    text(document, "{{ r.files.files_more }}", size=9)
    text(document, "{%p endif %}")


def items(document: Any) -> None:
    heading(document, "items.title")
    heads = [f"{{{{ w['items.{k}'] }}}}" for k in ("clause", "requirement", "result", "verdict")]
    result = ("{% for k in c.checks %}{{ k.mark.glyph }} {{ k.purpose }} {{ k.headline }} {{ k.facts }}"
              "{% if not loop.last %}\n{% endif %}{% else %}{{ c.why or w['items.none'] }}{% endfor %}")  # fmt: skip
    loop = [
        ["{%tr for s in r.standards %}"],
        ["{{ s.number }}", "{{ s.title }}", "{{ s.profile }}", "{{ s.total }}"],
        ["{%tr for h in s.chapters %}"],
        ["{%tr for c in h.clauses %}"],
        ["{{ c.number }} {{ c.badge }}{% if c.pending %} {{ w['clause.pending'] }}{% endif %}",
         "{{ c.title }}{% if c.text %}\n{{ c.text }}{% endif %}", result, "{{ c.mark.glyph }} {{ c.mark.word }}"],
        ["{%tr endfor %}"],
        ["{%tr endfor %}"],
        ["{%tr endfor %}"],
    ]  # fmt: skip
    table(document, heads, loop, [28, 62, 56, 22])


def findings(document: Any) -> None:
    heading(document, "findings.title")
    text(document, "{%p for g in r.nonpasses %}")
    document.add_heading("{{ g.title }}（{{ g.total }}）", 2)
    text(document, "{{ g.intro }}")
    text(document, "{%p for s in g.shared %}")
    text(document, "{{ w['findings.shared'] }} {{ s.message }}："
         "{% for a, n, t in s.links %}{{ n }} {{ t }}；{% endfor %}")  # fmt: skip
    text(document, "{%p endfor %}")
    text(document, "{%p for f in g.findings %}")
    text(document, "{{ f.number }} {{ f.badge }} {{ f.title }}（{{ f.standard }}）— {{ f.mark.word }}", bold=True)
    text(document, "{%p for k in f.checks %}")
    text(document, "{{ k.purpose }} — {{ k.mark.word }} {{ k.cause }} {{ k.blocked_by }}")
    text(document, "{%p for x in k.reasons %}")
    text(document, "{{ x.message }}{% if x.expected %}\n{{ w['reason.expected'] }}：{{ x.expected }}{% endif %}"
         "{% if x.actual %}\n{{ w['reason.actual'] }}：{{ x.actual }}{% endif %}"
         "{% if x.where %}\n{{ w['reason.where'] }}：{{ x.where }}{% endif %}", size=9)  # fmt: skip
    text(document, "{%p endfor %}")
    text(document, "{%p for s in k.shots %}")
    text(document, "{{ s.title }}", size=9)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    text(document, "{{ picture(s) }}")
    for _ in range(4):
        text(document, "{%p endfor %}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

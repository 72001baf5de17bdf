"""PDF/A-3a of what is printed, by a checker that is not ours: every rule it can check of ISO 19005-3 holds.

The checker is young (page-validation, MIT, in `.cache/pdfa` by `make test-slow`) and is not veraPDF. Two of its findings
are wrong where a second reading says so, glyph by glyph and stream by stream; nothing else is let pass.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

_TESTS = Path(__file__).resolve().parents[1]
CHECKER = _TESTS.parent / ".cache" / "pdfa"
for _folder in (_TESTS, CHECKER):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))

from report_samples import LAB_CASE, grey, sample_record  # noqa: E402 - the path had to be made first

from conformance.authoring.formats import show  # noqa: E402
from conformance.profile import load  # noqa: E402
from conformance.report.formats import How, export  # noqa: E402

pytestmark = pytest.mark.slow
HOSTILE = "<b>x</b>]]>&\x1b[31m\x00\u202e\U0001f600" + "长" * 40
RECORDS: dict[str, tuple[int, dict[str, Any], str]] = {
    "laboratory": (18, {"case": LAB_CASE, "pictures": (grey(400, 300),)}, "zh-CN"),
    "bilingual": (12, {"partial": True}, "bilingual"),
    "hostile": (6, {"hostile": HOSTILE}, "en"),
}
WIDTHS, LENGTHS = "PDFA3A-TRUETYPE-GLYPH-WIDTH-001", "PDFA3A-STREAM-LENGTH-001"


def failed(data: bytes) -> set[str]:
    """The rules of PDF/A-3a that a file breaks.

    The checker takes a CFF glyph that has the default width for one without any (FreeType says as fontTools does), and a
    compressed stream whose last octet happens to be a CR for one octet too short.
    """
    found = checked(data)
    if WIDTHS in found and widths_agree(data):
        found.remove(WIDTHS)
    if LENGTHS in found and lengths_agree(data):
        found.remove(LENGTHS)
    return found


def checked(data: bytes) -> set[str]:
    if not (CHECKER / "page").is_dir():
        pytest.skip("no checker of PDF/A: make .cache/pdfa")
    import page

    report = page.validate_pdf_bytes(data, profile=page.ValidationProfile.PDF_A_3A)
    assert report.rules.total > 100
    assert report.is_compliant is not bool(report.failures)
    return {f.rule_id for f in report.failures}


def lengths_agree(data: bytes) -> bool:
    """Whether every stream ends where its /Length says, with one LF behind it."""
    streams = list(
        re.finditer(rb"\d+ 0 obj\n<<(?:(?!endobj).)*?/Length (\d+)(?:(?!endobj).)*?>>\nstream\n", data, re.S)
    )
    return bool(streams) and all(data[m.end() + int(m[1]) :].startswith(b"\nendstream") for m in streams)


def widths_agree(data: bytes) -> bool:
    """Whether every glyph of the CFF fonts is as wide as the file says, as fontTools reads them."""
    from fontTools.cffLib import CFFFontSet
    from fontTools.pens.basePen import NullPen
    from pypdf import PdfReader

    seen = 0
    for font in _descendants(PdfReader(io.BytesIO(data))):
        program = font["/FontDescriptor"].get("/FontFile3")
        if program is None:
            continue
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(program.get_object().get_data()), None)
        stated = _stated(font)
        for cid, name in enumerate(fonts[0].charset):
            glyph = fonts[0].CharStrings[name]
            glyph.draw(NullPen())
            if abs(glyph.width - stated.get(cid, float(font.get("/DW", 1000)))) > 1:
                return False
            seen += 1
    return seen > 0


def _descendants(reader: Any) -> list[Any]:
    found: dict[int, Any] = {}
    for sheet in reader.pages:
        for font in (sheet["/Resources"].get("/Font") or {}).values():
            for below in font.get_object().get("/DescendantFonts", ()):
                found[below.idnum] = below.get_object()
    return list(found.values())


def _stated(font: Any) -> dict[int, float]:
    """/W: `first [w …]` and `first last w` (ISO 32000-1, 9.7.4.3)."""
    given, out, n = [v.get_object() for v in font.get("/W", ())], {}, 0
    while n < len(given):
        if isinstance(given[n + 1], list):
            out |= {int(given[n]) + k: float(w) for k, w in enumerate(given[n + 1])}
            n += 2
        else:
            out |= dict.fromkeys(range(int(given[n]), int(given[n + 1]) + 1), float(given[n + 2]))
            n += 3
    return out


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("form", ["pdf", "typst"])
def test_a_report_on_paper_breaks_no_rule_of_pdf_a(tmp_path: Path, form: str, name: str) -> None:
    pytest.importorskip("weasyprint" if form == "pdf" else "typst")
    size, options, lang = RECORDS[name]
    data = export(sample_record(tmp_path / "r", size, **options), form, tmp_path / "out.pdf", How(lang)).read_bytes()
    assert failed(data) == set()


def test_the_handbook_of_a_profile_breaks_no_rule_of_pdf_a(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    assert failed(show(load("gbt-36904-2018"), "pdf", tmp_path / "h.pdf").read_bytes()) == set()


@pytest.mark.parametrize("wrong", ["/OutputIntents", "/Metadata", "/MarkInfo"])
def test_a_file_without_one_of_the_things_pdf_a_asks_for_is_found(tmp_path: Path, wrong: str) -> None:
    pytest.importorskip("weasyprint")
    from pypdf import PdfWriter

    writer = PdfWriter(io.BytesIO(show(load("gbt-20518"), "pdf", tmp_path / "h.pdf").read_bytes()), full=True)
    del writer.root_object[wrong]
    assert failed(written(writer))


def written(writer: Any) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_second_reading_does_not_let_a_wrong_width_or_length_pass(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    from pypdf import PdfWriter
    from pypdf.generic import NumberObject

    data = export(sample_record(tmp_path / "r", 6), "typst", tmp_path / "out.pdf").read_bytes()
    assert widths_agree(data)
    writer = PdfWriter(io.BytesIO(data), full=True)
    wide = next(f for f in _descendants(writer) if "/FontFile3" in f["/FontDescriptor"])["/W"]
    wide[2] = NumberObject(int(wide[2]) + 5)
    assert not widths_agree(written(writer))
    book = show(load("gbt-20518"), "pdf", tmp_path / "h.pdf").read_bytes()
    assert lengths_agree(book)
    assert not lengths_agree(re.sub(rb"(/Length )(\d+)(\d)(/|>)", rb"\g<1>\g<2>0\4", book))

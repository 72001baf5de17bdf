"""PDF, Word and workbook: whole, the same twice, numbered on every page, and never taken for more than they are."""

from __future__ import annotations

import importlib.util
import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, sample_record, write_record

from conformance import cli
from conformance.errors import MissingExtra, RecordError, UsageError
from conformance.record.reading import Record, open_record
from conformance.report.english import Both
from conformance.report.formats import How, export
from conformance.report.text import visible

needs = {n: importlib.util.find_spec(n) is not None for n in ("weasyprint", "docxtpl", "openpyxl")}
HOSTILE = "<b>x</b>]]>&\x1b[31m\x00\u202e{{ 7*7 }}{% raw %}\r\n=1+1" + "长" * 40
ROOT = Path(__file__).parents[2]


def _pango() -> bool:
    if not needs["weasyprint"] or not shutil.which("pdftotext"):
        return False
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


pdf = pytest.mark.skipif(not _pango(), reason="WeasyPrint with Pango, or pdftotext, is not installed")
word = pytest.mark.skipif(not needs["docxtpl"], reason="docxtpl is not installed")
sheet = pytest.mark.skipif(not needs["openpyxl"], reason="openpyxl is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="module")
def records(folder: Path) -> dict[str, Record]:
    return {
        "lab": sample_record(folder / "lab", 18, case=LAB_CASE),
        "self": sample_record(folder / "self", 6, partial=True),
        "wild": sample_record(folder / "wild", 6, hostile=HOSTILE),
    }


# PDF ----------------------------------------------------------------------------------------------------------


def pages(path: Path) -> list[str]:
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return told.split("\f")[:-1]


@pytest.fixture(scope="module")
def printed(records: dict[str, Record], folder: Path) -> dict[str, Path]:
    return {name: export(record, "pdf", folder / f"{name}.pdf") for name, record in records.items()}


@pdf
def test_every_page_has_the_number_its_count_and_the_kind(printed: dict[str, Path]) -> None:
    lab = pages(printed["lab"])
    assert len(lab) > 5
    for n, text in enumerate(lab, 1):
        assert "EX-2026-000123" in text
        assert re.search(rf"第\s*{n}\s*页\s*共\s*{len(lab)}\s*页", text)
        assert "自检" not in text
    for text in pages(printed["self"]):
        assert "自检报告，不具有证明作用" in text
        assert "部分检测，不作总体结论" in text


@pdf
def test_the_pdf_holds_every_clause_its_evidence_and_an_end(
    printed: dict[str, Path], records: dict[str, Record]
) -> None:
    whole = "".join(pages(printed["lab"]))
    flat = re.sub(r"\s", "", whole)
    for clause in records["lab"].clauses():
        assert clause.clause.title.replace(" ", "") in flat, clause.key
    for said in ("检测项目一览表", "附录证据", "（以下空白）", "——报告结束——", "目录", "声明"):
        assert said in flat
    shas = {e.sha256 for r in records["lab"].results.values() for e in r.evidence}
    assert shas
    assert all(sha in flat for sha in shas)
    assert whole.rstrip().splitlines()[-1].strip().startswith("第")
    assert "canary-secret-value" not in whole


@pdf
def test_a_long_parameter_leaves_the_other_columns_their_width(printed: dict[str, Path]) -> None:
    whole = "".join(pages(printed["lab"]))
    row = next(line for line in whole.splitlines() if line.strip().startswith("packages"))
    assert "被测系统文件" in row, "the origin stands one character a line"


@pdf
def test_the_table_head_repeats_on_every_page_of_the_table(printed: dict[str, Path]) -> None:
    whole = pages(printed["lab"])
    begin = next(i for i, t in enumerate(whole) if re.search(r"^\s*检测项目一览表\s*$", t, re.MULTILINE))
    end = next(i for i, t in enumerate(whole) if re.search(r"^\s*不符合与未判定\s*$", t, re.MULTILINE))
    assert end - begin >= 2
    for text in whole[begin:end]:
        assert re.search(r"序号\s+条款\s+技术要求与检测项\s+检测结果\s+判定", text)


@pdf
def test_the_pdf_is_tagged_has_bookmarks_and_carries_its_data(printed: dict[str, Path]) -> None:
    info = subprocess.run(["pdfinfo", str(printed["lab"])], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", info)
    assert re.search(r"Page size:.*A4", info)
    listed = subprocess.run(["pdfdetach", "-list", str(printed["lab"])], capture_output=True, text=True, check=True)
    assert {line.split(": ")[1] for line in listed.stdout.splitlines()[1:]} == {"results.json", "manifest.json"}
    told = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", str(printed["lab"])], capture_output=True, text=True, check=True
    ).stdout
    outline = told[told.index("<outline>") :]
    for said in ("检测结论", "检测项目一览表", "GB/T 00001-2026", "附录"):
        assert said in outline
    meta = subprocess.run(["pdfinfo", "-meta", str(printed["lab"])], capture_output=True, text=True, check=True).stdout
    assert "pdfaid" in meta


@pdf
def test_the_same_record_gives_the_same_pdf(printed: dict[str, Path], records: dict[str, Record], folder: Path) -> None:
    again = export(open_record(records["self"].path), "pdf", folder / "again.pdf")
    assert again.read_bytes() == printed["self"].read_bytes()


@pdf
def test_what_saves_memory_does_not_change_the_pages(
    printed: dict[str, Path], records: dict[str, Record], folder: Path
) -> None:
    import weasyprint

    from conformance.report.formats.paper import report_class
    from conformance.report.formats.pdf import html

    assert hasattr(weasyprint.HTML, "_ua_stylesheets"), "the hook is gone: reports take twice the memory"
    every, ours = (
        c(string="<p>")._ua_stylesheets()[0].matcher.other_selectors for c in (weasyprint.HTML, report_class())
    )
    assert len(every) - len(ours) == 6, "pseudo-elements that WeasyPrint gives every element"
    weasyprint.HTML(string=html(records["lab"], How())).write_pdf(folder / "plain.pdf")
    assert pages(folder / "plain.pdf") == pages(printed["lab"])


@pdf
def test_hostile_text_stays_text_and_inside_the_page(printed: dict[str, Path]) -> None:
    flat = re.sub(r"\s", "", "".join(pages(printed["wild"])))
    assert "{{7*7}}" in flat
    assert "49" not in re.findall(r"49(?=\{%raw)", flat)
    assert "<b>x</b>" in flat
    boxes = subprocess.run(
        ["pdftotext", "-bbox", str(printed["wild"]), "-"], capture_output=True, text=True, check=True
    ).stdout
    right = [float(x) for x in re.findall(r'xMax="([0-9.]+)"', boxes)]
    assert max(right) <= 595.3  # A4 is 595.28 points wide: nothing runs off the paper


def test_nothing_is_fetched_while_laying_out() -> None:
    from conformance.report.formats.pdf import refuse

    with pytest.raises(ValueError, match="refused"):
        refuse("https://example.org/x.css")


# Word ---------------------------------------------------------------------------------------------------------


def parts(data: bytes) -> dict[str, str]:
    """Part of the package → its text; every part must be well-formed XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        read = {n: package.read(n) for n in package.namelist() if n.startswith("word/") and n.endswith(".xml")}
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
    return {n: "".join(t.text or "" for t in ET.fromstring(x).iter(space)) for n, x in read.items()}


@pytest.fixture(scope="module")
def written(records: dict[str, Record], folder: Path) -> dict[str, bytes]:
    return {n: export(r, "docx", folder / f"{n}.docx").read_bytes() for n, r in records.items()}


@word
def test_the_word_report_holds_every_clause_and_leaves_no_tag(
    written: dict[str, bytes], records: dict[str, Record]
) -> None:
    text = parts(written["lab"])
    body = text["word/document.xml"]
    for clause in records["lab"].clauses():
        assert clause.clause.title in body
    for said in ("检测报告", "EX-2026-000123", "检验检测专用章", "（以下空白）", "—— 报告结束 ——", "某软件测评中心"):
        assert said in body
    assert not re.search(r"\{\{|\{%", "".join(text.values()))
    assert "canary-secret-value" not in body


@word
def test_every_page_of_the_word_report_says_what_it_is(written: dict[str, bytes]) -> None:
    heads = {n: "".join(v for k, v in parts(d).items() if "header" in k) for n, d in written.items()}
    assert "自检报告，不具有证明作用" in heads["self"]
    assert "部分检测，不作总体结论" in heads["self"]
    assert "自检" not in heads["lab"]
    assert "EX-2026-000123" in heads["lab"]
    with zipfile.ZipFile(io.BytesIO(written["self"])) as package:
        drawn = "".join(package.read(n).decode() for n in package.namelist() if "header" in n and n.endswith(".xml"))
        footers = "".join(package.read(n).decode() for n in package.namelist() if "footer" in n)
        document = package.read("word/document.xml").decode()
    assert 'string="自检"' in drawn
    assert "PAGE" in footers
    assert "NUMPAGES" in footers
    assert document.count("w:tblHeader") >= 2


@word
def test_the_same_record_gives_the_same_word_file(
    written: dict[str, bytes], records: dict[str, Record], folder: Path
) -> None:
    assert export(open_record(records["lab"].path), "docx", folder / "2.docx").read_bytes() == written["lab"]


@word
def test_hostile_text_is_no_template_and_no_markup_in_word(written: dict[str, bytes]) -> None:
    body = parts(written["wild"])["word/document.xml"]
    assert "{{ 7*7 }}" in body
    assert "<b>x</b>" in body
    assert "␛[31m" in body


@word
def test_the_template_that_ships_is_what_its_script_makes(tmp_path: Path) -> None:
    shipped = ROOT / "reports" / "word" / "report.docx"
    subprocess.run([sys.executable, str(ROOT / "tools" / "word_template.py"), str(tmp_path / "made.docx")], check=True)
    with zipfile.ZipFile(shipped) as a, zipfile.ZipFile(tmp_path / "made.docx") as b:
        for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml"):
            assert a.read(name) == b.read(name), name


def template(path: Path, *paragraphs: str, header: str = "{{ r.bands|join('　') }} {{ r.number }}") -> Path:
    from docx import Document

    document = Document()
    document.sections[0].header.paragraphs[0].text = header
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
    return path


@word
def test_a_laboratory_uses_its_own_template(records: dict[str, Record], tmp_path: Path) -> None:
    own = template(tmp_path / "own.docx", "本中心检测报告 {{ r.number }}", "{{ r.conclusion.word }}")
    data = export(records["lab"], "docx", tmp_path / "out.docx", How(template=own)).read_bytes()
    assert parts(data)["word/document.xml"].startswith("本中心检测报告 EX-2026-000123")


@word
@pytest.mark.parametrize(
    "tag",
    [
        "{{ r.nothing }}",
        "{{ w['no.such.word'] }}",
        "{% for x in r.rules %}",
        "{{ r.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ cycler.__init__.__globals__ }}",
    ],
)
def test_a_template_can_ask_only_for_what_a_report_holds(records: dict[str, Record], tmp_path: Path, tag: str) -> None:
    own = template(tmp_path / "own.docx", tag)
    with pytest.raises(RecordError, match="R112"):
        export(records["lab"], "docx", tmp_path / "out.docx", How(template=own))
    assert not (tmp_path / "out.docx").exists()


@word
def test_a_template_cannot_hide_that_it_is_a_self_check(records: dict[str, Record], tmp_path: Path) -> None:
    own = template(tmp_path / "own.docx", "{{ r.bands|join }}", header="{{ r.number }}")
    with pytest.raises(RecordError, match=r"R113.*自检报告，不具有证明作用"):
        export(records["self"], "docx", tmp_path / "out.docx", How(template=own))


@word
def test_both_languages_of_a_text_are_made_visible() -> None:
    from conformance.report.formats.word import _environment

    printed = _environment().from_string("{{ x }}").render(x=Both("甲\u202e<", "a\x1b"))
    assert printed == f"甲{visible(chr(0x202E))}&lt; a{visible(chr(0x1B))}"


@word
def test_what_is_no_word_file_is_a_clear_error(
    records: dict[str, Record], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.docx").write_text("no zip")
    with pytest.raises(RecordError, match="R112"):
        export(records["lab"], "docx", tmp_path / "out.docx", How(template=tmp_path / "x.docx"))
    with pytest.raises(RecordError, match="R112"):
        export(records["lab"], "docx", tmp_path / "out.docx", How(template=tmp_path / "absent.docx"))
    with pytest.raises(UsageError, match="U612"):
        export(records["lab"], "json", tmp_path / "out", How(template=tmp_path / "x.docx"))
    write_record(tmp_path / "r", 6)
    assert cli.main(["report", str(tmp_path / "r"), "--format", "docx", "--template", str(tmp_path / "x.docx")]) == 2
    assert "R112" in capsys.readouterr().err


# Workbook -----------------------------------------------------------------------------------------------------


@sheet
def test_the_workbook_holds_the_table_as_text_with_a_filter(records: dict[str, Record], tmp_path: Path) -> None:
    from openpyxl import load_workbook

    for name, record in records.items():
        path = export(record, "xlsx", tmp_path / f"{name}.xlsx")
        book = load_workbook(path)
        facts, table = book.worksheets
        rows = list(table.iter_rows(min_row=2))
        keys = [k.key for c in record.clauses() for k in c.checks or (c,)]
        assert [r[-1].value for r in rows] == keys
        assert table.auto_filter.ref.startswith("A1:")
        for row in (*rows, *facts.iter_rows()):
            assert not any(c.data_type in ("f", "n") and c.value is not None for c in row)
            assert not any(str(c.value or "").lstrip()[:1] in ("=", "+", "-", "@") for c in row if c.value)
        notice = "自检报告" in str([c.value for r in facts.iter_rows() for c in r])
        assert notice == (name != "lab")
        assert (table.oddHeader.left.text or "").startswith("自检") or name != "wild"
        assert export(open_record(record.path), "xlsx", tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


# Missing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "package", "extra"),
    [
        ("pdf", "weasyprint", "print"),
        ("typst", "typst", "typst"),
        ("docx", "docxtpl", "docx"),
        ("xlsx", "openpyxl", "xlsx"),
    ],
)
def test_a_missing_extra_names_the_command_that_installs_it(
    records: dict[str, Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # what `import` finds when there is no such package
    with pytest.raises(MissingExtra, match=rf"X001(?s:.*)pip install 'conformance\[{extra}\]'"):
        export(records["lab"], form, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@word
def test_the_word_report_tells_levels_too(tmp_path: Path) -> None:
    record = sample_record(tmp_path / "r", 30)
    gates = [{"clauses": "all", "title": "全部应条款"}]
    record.case = {
        "benchmark": {"indicators": [{"name": "并发", "own": 5}], "levels": [{"name": "一级", "gates": gates}]}
    }
    body = parts(export(record, "docx", tmp_path / "out.docx").read_bytes())["word/document.xml"]
    for said in ("对标达标自评报告", "申报，未经检测", "全部应条款", "未达到任何级别"):
        assert said in body

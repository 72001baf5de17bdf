"""The report by Typst: the order of the PDF, every clause in it, and values of a record that are nothing but text."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, grey, sample_record

from conformance import resources
from conformance.errors import MissingExtra
from conformance.record.reading import Record
from conformance.report.english import Both
from conformance.report.formats import How, export
from conformance.report.formats.volume import _families, _files, _number, _pictures, plain
from conformance.report.shape import Shot
from conformance.report.text import visible
from conformance.report.wording import wording

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("typst") is None or not shutil.which("pdftotext"), reason="typst or pdftotext is missing"
)
# Each of these would do something if a value were read as markup or code.
CODE = (
    '#panic("typst") ', "#read(\"/etc/passwd\")", '#import "@preview/tablex:0.0.8"', "$1/0$", "@label", "<anchor>", "*b*",
    "`raw`", "// gone", "/* gone */", "= Heading", "]#[", "#{1+1}", "\\u{202e}", "'\"; \\ #sys.inputs",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("volume")


@pytest.fixture(scope="module")
def record(folder: Path) -> Record:
    return sample_record(folder / "record", 30, case=LAB_CASE, pictures=(grey(400, 300), b"\xff\xd8\xff" + bytes(999)))


@pytest.fixture(scope="module")
def made(record: Record, folder: Path) -> Path:
    return export(record, "typst", folder / "volume.pdf")


def text(path: Path, *how: str) -> str:
    return subprocess.run(["pdftotext", *how, str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_every_page_has_the_number_its_count_and_the_kind(made: Path) -> None:
    pages = text(made, "-layout").split("\f")[:-1]
    assert len(pages) > 5
    for n, page in enumerate(pages, 1):
        assert "EX-2026-000123" in page
        assert re.search(rf"第\s*{n}\s*页\s*共\s*{len(pages)}\s*页", page)
        assert "未签发" in page


def test_it_holds_every_clause_in_the_order_of_the_pdf(made: Path, record: Record) -> None:
    words, said = wording(), text(made)
    names = ["statement", "conclusion", "items", "findings", "applicability", "parameters", "coverage", "tailoring"]
    names += ["course", "environment", "sources", "rules", "verify", "appendix"]
    told = text(made, "-raw").split("\f")
    lines = [[re.sub(r"\s", "", line) for line in page.splitlines()] for page in told]
    titles = [re.sub(r"\s", "", words[f"{x}.title"]) for x in names[1:]]
    where = [next((n for n, page in enumerate(lines) if n > 1 and title in page), title) for title in titles]
    assert not [w for w in where if isinstance(w, str)]
    assert where == sorted(where)
    body = "".join(told[2:])
    flat = re.sub(r"\s", "", body)
    for clause in record.clauses():
        assert re.sub(r"\s", "", clause.clause.title) in flat
    assert words["closing.end"] in said


def test_it_is_tagged_has_bookmarks_and_carries_its_data(made: Path, tmp_path: Path) -> None:
    info = subprocess.run(["pdfinfo", str(made)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", info)
    assert "EX-2026-000123 检测报告" in info
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(made)], check=True, capture_output=True)
    assert {p.name for p in tmp_path.iterdir()} == {"results.json", "manifest.json"}
    assert b"/Outlines" in made.read_bytes()


def test_the_conclusion_has_the_colour_of_its_verdict(record: Record) -> None:
    import typst

    data = json.loads(_files(record, How(), typst.Fonts(include_system_fonts=True))["data.json"])
    code = data["r"]["conclusion"]["code"]
    assert code == "does-not-conform"
    assert f" {code}: rgb(" in (resources.folder("reports") / "typst" / "report.typ").read_text("utf-8")


def test_pictures_stand_with_what_failed(made: Path) -> None:
    listed = subprocess.run(["pdfimages", "-list", str(made)], capture_output=True, text=True, check=True).stdout
    shown = [line.split() for line in listed.splitlines()[2:]]
    assert [(x[2], x[3], x[4], x[8]) for x in shown] == [("image", "400", "300", "jpeg")] * 2, "one of each part"
    pages = [re.sub(r"\s", "", page) for page in text(made).split("\f")]
    told = [n for n, page in enumerate(pages, 1) if "第3类证照的页面" in page]
    assert told[0] == int(shown[0][0]) < told[-1], "beside the picture, and in the list of evidence"


def test_a_picture_that_cannot_be_drawn_is_left_to_the_list_of_evidence() -> None:
    import typst

    def named(data: bytes) -> Shot:
        return Shot("页面", "data:image/jpeg;base64," + base64.b64encode(data).decode())

    good, large = grey(8, 2400), grey(60_000, 8).replace(b"\x08\x00\x08\xea\x60", b"\x08\xff\xff\xff\xff")
    shots = [named(x) for x in (good, large, good[:40], b"\xff\xd8\xff" + bytes(99))] + [
        Shot("x", "file:///etc/passwd")
    ]
    check = {"shots": plain(shots)}
    files = _pictures({"nonpasses": [{"findings": [{"checks": [check]}]}]}, typst.Fonts(include_system_fonts=False))
    assert files == {"shot-0.jpg": good}
    assert check["shots"] == [{"title": "页面", "file": "shot-0.jpg", "width": 80 / 300}], "80 mm high"


def test_a_partial_self_check_says_so_on_every_page_and_concludes_nothing(tmp_path: Path) -> None:
    words = wording()
    record = sample_record(tmp_path / "r", 6, partial=True)
    pages = text(export(record, "typst", tmp_path / "out.pdf")).split("\f")[:-1]
    assert len(pages) > 3
    for page in pages:
        assert words["band.self"] in page
        assert words["band.partial"] in page
    assert "所检项目符合" not in "".join(pages)


def test_the_same_record_gives_the_same_bytes(made: Path, record: Record, folder: Path) -> None:
    assert export(record, "typst", folder / "again.pdf").read_bytes() == made.read_bytes()


def test_values_are_text_and_never_code(tmp_path: Path) -> None:
    for n, hostile in enumerate(("".join(CODE), "\x1b[31m\x00\u202e" + "长" * 40)):
        record = sample_record(tmp_path / f"wild{n}", 6, hostile=hostile)
        said = re.sub(r"\s|\u200b", "", text(export(record, "typst", tmp_path / f"{n}.pdf")))
        if n == 0:
            for part in CODE:
                assert re.sub(r"\s", "", part) in said, part
            assert "root:x" not in said
        else:
            assert "\u202e" not in said
            assert "⟨U+001B⟩" in said
            assert "长" * 40 in said


def test_english_and_a_long_value_stay_on_the_page(tmp_path: Path) -> None:
    value = "x" * 4_000
    record = sample_record(tmp_path / "long", 12, hostile=value)
    made = export(record, "typst", tmp_path / "long.pdf", How(lang="en"))
    boxes = text(made, "-bbox")
    words = [float(x) for x in re.findall(r'<word xMin="[^"]+" yMin="[^"]+" xMax="([^"]+)"', boxes)]
    assert max(words) < 595.3 - 40, "inside the right margin of 18 mm, give or take a border"


def test_both_languages_stand_in_one_volume(record: Record, tmp_path: Path) -> None:
    made = text(export(record, "typst", tmp_path / "both.pdf", How(lang="bilingual")))
    said = re.sub(r"\s", "", made)
    assert "适用条件「revocation」不成立" in said
    assert "revocation=no(declared)" in said
    assert plain(Both("缺少\u202e", "missing")) == f"缺少{visible(chr(0x202E))}\nmissing"


def test_a_volume_is_parted_at_chapters_of_some_hundred_clauses() -> None:
    def parted(sizes: list[int], *, volume: bool) -> list[bool]:
        chapters: list[Any] = [{"clauses": [{} for _ in range(n)]} for n in sizes]
        _number([{"chapters": chapters[:2]}, {"chapters": chapters[2:]}], volume=volume)
        assert [c["row"] for h in chapters for c in h["clauses"]] == list(range(1, sum(sizes) + 1))
        return [h["apart"] for h in chapters]

    assert parted([5, 300, 150, 50, 1, 500], volume=True) == [False, False, True, False, True, False]
    assert parted([0, 250, 250], volume=True) == [False, False, True]
    assert parted([300, 300, 300], volume=False) == [False] * 3


def test_a_long_run_can_break_and_a_digest_stays_whole() -> None:
    assert plain("a" * 20) == "a" * 8 + "\u200b" + "a" * 8 + "\u200b" + "a" * 4
    assert plain("0" * 64) == "0" * 64
    assert plain("电子证照" * 30) == "电子证照" * 30


def test_without_a_chinese_font_it_says_what_to_install() -> None:
    with pytest.raises(MissingExtra) as caught:
        _families(["DejaVu Sans", "DejaVu Sans Mono"])
    assert "fonts-noto-cjk" in str(caught.value)
    assert _families(["SimSun", "SimHei"])["serif"] == ["SimSun"]  # the marks of the verdicts come from any other font


@pytest.mark.parametrize("form", ["typst", "pdf"])
def test_what_no_font_can_draw_is_written_out(tmp_path: Path, form: str) -> None:
    record = sample_record(tmp_path / "r", 3, hostile="\ue000\U000e0041é")
    said = re.sub(r"[\s\u200b]", "", text(export(record, form, tmp_path / "out.pdf")))
    assert "⟨U+E000⟩" in said
    assert "é" in said

"""A theme dresses a report: style, words and a few parts, in a sandbox, and never what the document is or what was found."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, sample_record, write_record

from conformance import cli
from conformance.errors import RecordError, UsageError
from conformance.record.reading import Record
from conformance.report.formats import How, export
from conformance.report.theme import GUARD, PARTS, load_theme
from conformance.report.wording import wording

COVER = """<header class="cover"><h1>{{ r.cover.title }}</h1><p>{{ r.cover.number }}</p><p>本中心版式 {{ r.cover.organisation }}</p></header>
"""


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return sample_record(tmp_path_factory.mktemp("theme") / "r", 12, case=LAB_CASE)


def theme(folder: Path, **files: str) -> Path:
    """A folder with these files; `parts__cover_j2` is parts/cover.j2."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".").replace("zh.CN", "zh-CN")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder.mkdir(exist_ok=True)
    return folder


def page(record: Record, folder: Path, out: Path) -> str:
    return export(record, "html", out, How(theme=load_theme(folder))).read_text("utf-8")


def test_a_theme_changes_style_words_and_cover(record: Record, tmp_path: Path) -> None:
    own = theme(
        tmp_path / "own",
        style_css=".title h1{color:#123456}",
        zh_CN_yaml="signature: {tester: 检测员}\nfindings: {none: 没有}\n",
        parts__cover_j2=COVER,
    )
    text = page(record, own, tmp_path / "out.html")
    for said in ("color:#123456", "检测员", "本中心版式 某软件测评中心", "EX-2026-000123", "检测报告草稿，未签发"):
        assert said in text
    css = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert css
    assert css[1].index("color:#123456") < css[1].index(GUARD)
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in unescape(text)  # the policy of the page knows the style of the theme
    assert wording()["signature.tester"] == "主检"  # ours is as it was


@pytest.mark.parametrize(
    "css",
    [
        ".band{display:none !important}",
        ".band{display:none ! important}",
        ".band{display:none !/**/important}",
        "@page{margin:0}",
        "@PAGE{margin:0}",
        "@import 'x.css';",
        "body{background:url(https://example.org/x)}",
        "a{b:c}</style><script>alert(1)</script>",
        ".b\\61nd{display:none}",
        "a{",
        "a{}/*",
        'a{content:"}',
        "a{content:'}",
    ],
)
@pytest.mark.parametrize("name", ["style.css", "paper.css"])
def test_style_that_could_hide_or_load_something_is_refused(tmp_path: Path, css: str, name: str) -> None:
    own = theme(tmp_path / "own", **{name.replace(".", "_"): css})
    with pytest.raises(RecordError, match="R114"):
        load_theme(own)


@pytest.mark.parametrize(
    "words",
    [
        "band: {self: 检测报告}",
        "band: {draft: ' '}",
        "title: {self: 检测报告}",
        "watermark: {self: ' '}",
        "statement: {self: 本报告具有证明作用}",
        "page: {count_before: ''}",
        "no: {such: word}",
        "cover: {revision: 版次}",
        "cover: {revision: '版次 {value} {other}'}",
        "cover: [1]",
    ],
)
def test_words_that_say_what_a_document_is_cannot_be_changed(tmp_path: Path, words: str) -> None:
    with pytest.raises(RecordError, match="R114"):
        load_theme(theme(tmp_path / "own", zh_CN_yaml=words))


def test_only_parts_that_frame_the_report_can_be_changed(tmp_path: Path) -> None:
    for part in ("conclusion", "items", "tree", "findings", "macros", "appendix", "benchmark"):
        assert part not in PARTS
        with pytest.raises(RecordError, match=r"R114.*不能换这一部分"):
            load_theme(theme(tmp_path / part, **{f"parts__{part}_j2": "x"}))


@pytest.mark.parametrize(
    "part",
    [
        "{{ r.nothing }}",
        "{{ r.cover.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../etc/passwd' %}",
        "{% for x in range(10000000) %}x{% endfor %}",
        "{{ 1 // 0 }}",
        "{% if %}",
        "<script>alert(1)</script>",
        "<p style='position:fixed'>x</p>",
        "<p onclick='x()'>x</p>",
        "<img src='x.png'>",
        "<a href='https://example.org'>x</a>",
        "{{ ('<sty' ~ 'le>.band{display:none}</style>') | safe }}",
        "<style>.band{display:none}</style>",
        "<svg></svg>",
    ],
)
def test_a_part_can_ask_only_for_the_report_and_bring_in_only_text(record: Record, tmp_path: Path, part: str) -> None:
    own = theme(tmp_path / "own", parts__statement_j2=part)
    with pytest.raises(RecordError, match="R114"):
        page(record, own, tmp_path / "out.html")
    assert not (tmp_path / "out.html").exists()


def test_a_cover_cannot_leave_out_the_number_or_the_title(record: Record, tmp_path: Path) -> None:
    for left in ("{{ r.cover.title }}", "{{ r.cover.number }}"):
        own = theme(tmp_path / f"own{len(left)}", parts__cover_j2=COVER.replace(left, "x"))
        with pytest.raises(RecordError, match=r"R114.*封面没有印出"):
            page(record, own, tmp_path / "out.html")


def test_hostile_data_stay_text_in_a_theme(tmp_path: Path) -> None:
    record = sample_record(tmp_path / "r", 6, hostile="<script>alert(1)</script>{{ 7*7 }}\x1b[31m", case=LAB_CASE)
    own = theme(tmp_path / "own", parts__cover_j2=COVER)
    text = page(record, own, tmp_path / "out.html")
    assert "<script>alert(1)" not in text
    assert "␛[31m" in text
    assert "{{ 7*7 }}" in text


def test_the_theme_that_ships_can_be_used_by_name(record: Record, tmp_path: Path, capsys: Any) -> None:
    assert "--accent:#0b5b46" in page(record, "green", tmp_path / "x.html")  # type: ignore[arg-type]
    write_record(tmp_path / "r", 6)
    assert cli.main(["report", str(tmp_path / "r"), "--theme", "green", "-o", str(tmp_path / "y.html")]) == 0
    assert cli.main(["report", str(tmp_path / "r"), "--theme", "none", "-o", str(tmp_path / "z.html")]) == 2
    assert "U615" in capsys.readouterr().err
    with pytest.raises(UsageError, match="U615"):
        load_theme("")


def test_a_theme_dresses_word_and_pdf_pages_too(record: Record, tmp_path: Path) -> None:
    from conformance.report.formats.pdf import html

    own = load_theme(
        theme(
            tmp_path / "own",
            paper_css="h2{color:#123456}",
            zh_CN_yaml="closing: {blank: 空白}\n",
            parts__cover_j2=COVER,
        )
    )
    text = html(record, How(theme=own))
    for said in ("h2{color:#123456}", "空白", "本中心版式", "未签发"):
        assert said in text

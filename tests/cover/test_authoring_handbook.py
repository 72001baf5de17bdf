"""检测细则: every clause and check of a profile is in it, in each form; hostile text stays text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from conformance.authoring.formats import show
from conformance.authoring.handbook import build
from conformance.model.profile import Clause, Profile, Standard
from conformance.model.verdict import Grade, Provision
from conformance.profile import load


def small() -> Profile:
    profile = load("gbt-36904-2018")
    return replace(profile, clauses=profile.clauses[:3])


def test_every_clause_check_source_and_parameter_is_told(tmp_path: Path) -> None:
    profile = load("elicense")
    page = show(profile, "html", tmp_path / "h.html").read_text("utf-8")
    for part in profile.standards():
        for clause in part.clauses:
            assert f">{clause.id}</a>" in page, clause.id
            assert all(f"<code>{c.name}</code>" in page for c in clause.checks)
            cited = {s.key for s in part.sources} & set(clause.sources)
            assert all(f">{key}</td>" in page for key in cited)
        assert all(f">{p.name}</td>" in page for p in part.parameters)
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert "<script" not in page
    assert "Content-Security-Policy" in page


def test_how_a_check_goes_about_it_is_told(tmp_path: Path) -> None:
    parts = {p.title: p for p in build(load("elicense")).parts}
    lines = {(line.label, line.value) for p in parts.values() for c in p.clauses for k in c.checks for line in k.lines}
    labels = {label for label, _ in lines}
    assert {"对象", "期望", "检测程序", "步骤", "判定方法", "肯定对照", "需要", "注意"} <= labels
    assert any("结果：缺少参数 或 参数错误" in value for _, value in lines)
    assert any(label == "期望" and value.startswith("结果：未通过身份鉴别") for label, value in lines)


def test_a_draft_says_so_on_every_page_and_hostile_text_stays_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\u202e]]>&amp;"
    clause = Clause(
        "5.1", evil, Provision.REQUIREMENT, evil, Grade.C, (), (), draft={"guesses": {"provision": evil}, "from": "t"}
    )
    profile = Profile("p", "1", {"zh": evil}, Standard("GB/T 1", {"zh": evil}), (clause,), digest="sha256:0")
    page = show(profile, "html", tmp_path / "h.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "草稿：1 处推测还没有人核对" in page
    assert "不检测：没有检测项，也没有说明理由" in page
    assert "草稿" not in show(small(), "html", tmp_path / "clean.html").read_text("utf-8")


def test_word_holds_the_same(tmp_path: Path) -> None:
    pytest.importorskip("docx")
    profile = small()
    data = show(profile, "docx", tmp_path / "h.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body, header = package.read("word/document.xml"), package.read("word/header1.xml")
        footer = package.read("word/footer1.xml").decode()
    text = "".join(ET.fromstring(body).itertext())
    for clause in profile.clauses:
        assert clause.text in text
        assert all(c.name in text and c.purpose in text for c in clause.checks)
    assert b"tblHeader" in body
    assert "gbt-36904-2018" in "".join(ET.fromstring(header).itertext())
    assert "PAGE" in footer
    assert "NUMPAGES" in footer
    assert data == show(profile, "docx", tmp_path / "again.docx").read_bytes()


def test_pdf_is_made_of_the_same_pages(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    data = show(small(), "pdf", tmp_path / "h.pdf").read_bytes()
    assert data.startswith(b"%PDF-1.")
    assert b"/StructTreeRoot" in data or b"/ObjStm" in data

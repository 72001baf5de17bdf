"""The HTML file: one self-contained page that hostile data cannot break, with everything in it and in order."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections import Counter
from dataclasses import fields
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report_samples import LAB_CASE, sample_record, write_record

from conformance.errors import RecordError
from conformance.record.reading import Record
from conformance.record.source import open_source
from conformance.report.evidence import Budget
from conformance.report.html import environment, render
from conformance.report.issued import Issued, MarkSlot, Replaced, Signed, Tool
from conformance.report.wording import wording

# One string that is hostile in every way a system can be: markup, template and CSS syntax, terminal control, bidi,
# zero width, NUL, a lone surrogate, tag characters, a line separator, and length.
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)></style></title></pre></textarea><!--"
    "\"' onload='x' style=\"color:red\" {{ 7*7 }}{% raw %} ]]> &lt; &#x3c;"
    "\x1b[31m\x00\u202eevil\u2066\u200b\ufeff\ud800\U000e0041\u2028\x85\r" + "长" * 40
)


class Page(HTMLParser):
    """What a browser would build: elements, attributes, text."""

    VOID = frozenset({"meta", "input", "br", "img", "link"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: Counter[str] = Counter()
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.stack: list[str] = []
        self.text: list[str] = []
        self.raw: dict[str, str] = {}
        self.headings: list[tuple[int, str]] = []
        self.csp = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in self.VOID:
            self.stack.append(tag)
        for name, value in attrs:
            self.attributes[name] += 1
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.hrefs.append(value or "")
        given = dict(attrs)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.csp = given["content"] or ""
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), given.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] in ("style", "script"):
            self.raw[self.stack[-1]] = self.raw.get(self.stack[-1], "") + data
        else:
            self.text.append(data)


def page(record: Record, folder: Path, lang: str = "zh-CN", **options: Any) -> tuple[str, Page]:
    text = render(record, folder / "report.html", lang, **options).read_text(encoding="utf-8")
    return text, Page(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def lab(folder: Path) -> tuple[str, Page]:
    return page(sample_record(folder / "lab", 60, case=LAB_CASE), folder)


def test_the_page_is_one_file_with_exactly_its_own_style_and_script(lab: tuple[str, Page]) -> None:
    text, parsed = lab
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        assert parsed.tags[element] == 1
        digest = base64.b64encode(hashlib.sha256(parsed.raw[element].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in parsed.csp
    assert parsed.csp.startswith("default-src 'none'; ")
    assert "unsafe" not in parsed.csp
    assert parsed.attributes["style"] == parsed.attributes["src"] == 0
    assert not {"link", "iframe", "object", "base", "form"} & set(parsed.tags)
    assert all(h.startswith("#") for h in parsed.hrefs)
    assert not re.search(r"url\(|@import", parsed.raw["style"])
    assert parsed.stack == []
    assert text.isprintable() or set("".join(c for c in text if not c.isprintable())) <= set("\n\t\u3000")


def test_ids_are_unique_and_every_link_lands(lab: tuple[str, Page]) -> None:
    _, parsed = lab
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {h[1:] for h in parsed.hrefs} <= set(parsed.ids)


def test_clauses_have_deep_links(lab: tuple[str, Page], folder: Path) -> None:
    _, parsed = lab
    assert {"c-sample-1-5.1.2", "c-sample-2-5.1.2"} <= set(parsed.ids)  # two standards have a clause 5.1.2
    profile = write_record(folder / "alone", 20)
    source = open_source(folder / "alone")
    from conformance.record.ledger import read

    _, alone = page(Record(source, read(source), profile.parts[0]), folder)
    assert "c-5.1.2" in alone.ids


def test_sections_stand_in_the_order_a_reader_needs(lab: tuple[str, Page]) -> None:
    _, parsed = lab
    sections = [i[2:] for level, i in parsed.headings if level == 2]
    assert sections == [
        "conclusion", "findings", "clauses", "applicability", "parameters", "coverage", "tailoring", "course",
        "environment", "sources", "rules", "statement", "verify",
    ]  # fmt: skip
    assert parsed.text[-8:].count("—— 报告结束 ——") == 1
    levels = [level for level, _ in parsed.headings]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_non_passes_come_first_and_worst_first(lab: tuple[str, Page]) -> None:
    _, parsed = lab
    groups = [i for i in parsed.ids if re.fullmatch(r"g-[a-z]+", i)]
    assert groups == ["g-fail", "g-inc", "g-nt", "g-adv"]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("options", [{}, {"partial": True}, {"close": False}, {"case": LAB_CASE}])
def test_hostile_data_adds_no_element_and_stays_visible(folder: Path, lang: str, options: dict[str, Any]) -> None:
    name = f"{lang}-{'-'.join(options)}"
    _, tame = page(sample_record(folder / f"tame-{name}", 60, **options), folder, lang)
    text, wild = page(sample_record(folder / f"wild-{name}", 60, hostile=HOSTILE, **options), folder, lang)
    assert wild.tags == tame.tags
    assert wild.attributes == tame.attributes
    assert Counter(wild.ids) == Counter(tame.ids)
    assert wild.stack == []
    shown = "".join(wild.text)
    for mark in ("␛[31m", "␀", "⟦U+202E⟧", "⟦U+2066⟧", "⟦U+200B⟧", "⟦U+FEFF⟧", "⟦U+D800⟧", "⟦U+E0041⟧", "⟦U+2028⟧"):
        assert mark in shown
    assert "<script>alert(1)</script>" in shown  # as text
    assert not re.search("[\x00\x1b\u202e\u2066\u200b\ufeff\u2028\x85\r]", text)


def test_a_hostile_case_cannot_leave_the_page_margin(folder: Path) -> None:
    case: dict[str, Any] = {
        "laboratory": {"name": HOSTILE},
        "report": {"number": HOSTILE, "revision": HOSTILE},
        HOSTILE: {"a": HOSTILE},
    }
    case |= {"opinions": [HOSTILE], "decision_rule": HOSTILE, "client": HOSTILE, "sample": [HOSTILE]}
    _, parsed = page(sample_record(folder / "case", 10, case=case), folder)
    assert parsed.tags["style"] == parsed.tags["script"] == parsed.tags["title"] == 1
    assert parsed.raw["style"].count("{") == parsed.raw["style"].count("}")
    digest = base64.b64encode(hashlib.sha256(parsed.raw["style"].encode()).digest()).decode()
    assert digest in parsed.csp


def test_long_values_are_cut_with_a_note(folder: Path) -> None:
    text, _ = page(sample_record(folder / "long", 30, hostile="甲" * 30_000), folder)
    assert "已截断" in text
    assert "甲" * 20_000 not in text


def test_secrets_are_not_shown_and_personal_data_are_masked(lab: tuple[str, Page], folder: Path) -> None:
    text, _ = lab
    assert "canary-secret-value" not in text
    citizen = "11010119900307" + "7774"
    text, _ = page(sample_record(folder / "person", 30, hostile=f" {citizen} "), folder)
    assert citizen not in text
    text, _ = page(sample_record(folder / "unmasked", 30, hostile=f" {citizen} "), folder, mask=lambda t: t)
    assert citizen in text


def test_partial_and_self_made_reports_say_so_on_screen_and_on_paper(folder: Path) -> None:
    words = wording("zh-CN")
    for options, bands in (
        ({"partial": True}, ("band.partial", "band.self")),
        ({"close": False}, ("band.partial", "band.interrupted", "band.self")),
        ({"partial": True, "case": LAB_CASE}, ("band.partial",)),
    ):
        _, parsed = page(sample_record(folder / f"b{len(bands)}{len(options)}", 30, **options), folder)
        margin = re.search(r"@top-left\{content:([^;]+);", parsed.raw["style"])
        for key in bands:
            assert words[key] in parsed.text
            assert margin
            assert words[key].replace("，", "\\ff0c ") in margin[1]


def test_a_laboratory_report_that_nobody_issued_is_a_draft_without_a_place_for_marks(lab: tuple[str, Page]) -> None:
    text, parsed = lab
    shown = "".join(parsed.text)
    assert "检测报告草稿，未签发，不具有证明作用" in shown
    assert parsed.tags["img"] == 0  # neither mark nor seal nor signature is ever drawn
    for said in ("检测报告", "EX-2026-000123", "批准（授权签字人）", "合同编号"):
        assert said in shown
    assert "检验检测专用章" not in shown.replace("报告缺少检验检测专用章或批准人签字", "")
    assert 'class="seal"' not in text


def test_an_issued_report_has_no_band_and_slots_that_are_empty(folder: Path) -> None:
    signed = tuple(Signed(r, f"某{r}", "2026-11-24T08:00:00Z", "ab" * 32) for r in ("prepare", "review", "approve"))
    marks = (MarkSlot("资质认定标志位", "CMA 号", ("GB/T 00001-2026",)), MarkSlot("别的标志位", "", ("GB/T 9-2026",)))
    issued = Issued(
        number="EX-2026-000124",
        laboratory={"name": "某软件测评中心", "address": "某市某路 1 号", "contact": "000"},
        date="2026-11-24",
        case=LAB_CASE,
        signed=signed,
        tools=(Tool("conformance", "SB-001", "0.1.0", "2027-06-30"),),
        marks=marks,
        replaces=Replaced("EX-2026-000123", "correction", "样品版本写错"),
    )
    text, parsed = page(sample_record(folder / "issued", 30, case=LAB_CASE), folder, issued=issued)
    shown = "".join(parsed.text)
    assert 'class="band' not in text
    assert parsed.tags["img"] == 0
    for said in (
        "EX-2026-000124",
        "资质认定标志位",
        "检验检测专用章",
        "某approve",
        "SB-001",
        "2026-11-24",
        "样品版本写错",
    ):
        assert said in shown
    assert "对报告 EX-2026-000123 的更正" in shown
    assert "别的标志位" not in shown  # granted for a standard that was not tested
    assert "*GB/T 00002-2026" in shown  # tested, and outside what the mark was granted for
    assert "*GB/T 00001-2026" not in shown


def test_objections_stand_with_their_ruling_and_the_sample_with_its_digest(folder: Path) -> None:
    ruled = {
        "clause": "sample-1/5.1.2",
        "by": "某公司",
        "text": "条文所指不同",
        "ruling": {"text": "维持原判", "by": "王某", "at": "2026-11-24"},
    }
    open_ = {"clause": "sample-1/5.1.3", "by": "某公司", "text": "另有理由"}
    case = {**LAB_CASE, "objections": [ruled, open_], "uncertainty": "U=0.1 s, k=2", "opinions_by": "赵某"}
    case["sample"] = {"digest": {"sha256": "ab" * 32}}
    _, parsed = page(sample_record(folder / "objections", 10, case=case), folder)
    shown = "".join(parsed.text)
    for said in (
        "某公司: 条文所指不同 → 裁定： 维持原判",
        "王某 2026-11-24",
        "尚未裁定",
        "U=0.1 s, k=2",
        "赵某",
        "ab" * 32,
    ):
        assert said in shown
    assert "objections" not in shown


def test_paper_has_the_number_and_the_page_count_on_every_page(lab: tuple[str, Page]) -> None:
    css = lab[1].raw["style"]
    assert "@page{size:A4" in css
    assert "counter(page)" in css
    assert "counter(pages)" in css
    assert "EX\\2d 2026\\2d 000123" in css
    printed = css[css.index("@media print") :]
    assert ":has(" not in printed


def test_evidence_stays_within_its_budget(folder: Path) -> None:
    record = sample_record(folder / "budget", 120)
    full, _ = page(record, folder)
    lean, parsed = page(record, folder, budgets=(Budget(3_000, 4_000), Budget(3_000, 4_000)))
    assert len(lean) < len(full) * 0.8
    assert "见检测记录" in "".join(parsed.text)


def test_rendering_twice_gives_equal_bytes(folder: Path) -> None:
    record = sample_record(folder / "twice", 40)
    assert page(record, folder)[0] == page(record, folder)[0]


def test_a_template_cannot_print_what_does_not_exist() -> None:
    template = environment().from_string("{{ r.nothing }}")
    with pytest.raises(UndefinedError):
        template.render(r=object())
    with pytest.raises(TypeError):
        environment().from_string("{{ r }}").render(r=None)


def test_a_report_that_cannot_be_written_is_a_clear_error_and_leaves_nothing(folder: Path) -> None:
    record = sample_record(folder / "unwritable", 10)
    (folder / "file").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match="R111"):
        render(record, folder / "file" / "report.html")
    assert not list(folder.glob(".*.tmp"))


def test_every_part_of_the_view_is_printed() -> None:
    from conformance.report.shape import ReportView
    from conformance.resources import folder as resources

    used = "".join(p.read_text(encoding="utf-8") for p in resources("reports").rglob("*.j2"))
    unused = {f.name for f in fields(ReportView) if f"r.{f.name}" not in used}
    assert unused <= {"number"}  # stands in the cover and in the page margin

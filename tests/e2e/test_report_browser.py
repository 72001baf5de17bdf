"""The report in a real browser: from file://, with and without scripts, on a phone, in the dark, on paper, accessible."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parents[1]
for _folder in (_TESTS, _TESTS / "tools"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

import axe_check  # noqa: E402 - the path had to be made first
import chrome  # noqa: E402
from report_samples import LAB_CASE, sample_record  # noqa: E402

from conformance.authoring.formats import show  # noqa: E402
from conformance.profile import load  # noqa: E402
from conformance.record.interlab import interlab  # noqa: E402
from conformance.record.side import side_by_side  # noqa: E402
from conformance.record.trend import trend  # noqa: E402
from conformance.report.compared import render_interlab, render_side, render_trend  # noqa: E402
from conformance.report.html import render  # noqa: E402
from conformance.report.qualification import render_qualification  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")]

UNBROKEN = "x" * 300
KILL = {
    "profile": {"id": "p", "edition": "1", "digest": "d" * 64},
    "specimen": {"name": "s", "shapes": ["s"]},
    "checks": [
        {"key": f"p/5.{n}/c", "purpose": f"目的 {n}", "conforming": {"s": "PASS"}, "killed_by": [f"f{n}"]}
        for n in range(50)
    ],
    "faults": [
        {
            "name": f"f{n}",
            "title": f"缺陷 {n}",
            "source": "C1",
            "expected": [f"p/5.{n}/c"],
            "killed": [f"p/5.{n}/c"],
            "ok": True,
        }
        for n in range(50)
    ],
    "holes": [],
    "ok": True,
    "when": "2026-11-24T07:00:00Z",
}
VISIBLE = "[...document.querySelectorAll('.c')].filter(e => e.checkVisibility()).length"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every kind of report there is, small."""
    folder = tmp_path_factory.mktemp("browser")
    made = {
        "laboratory": render(sample_record(folder / "lab", 60, case=LAB_CASE), folder / "laboratory.html"),
        "partial": render(sample_record(folder / "partial", 30, partial=True), folder / "partial.html"),
        "good": render(sample_record(folder / "good", 20, good=True), folder / "good.html"),
        "english": render(sample_record(folder / "english", 30, case=LAB_CASE), folder / "english.html", "en"),
        "wide": render(sample_record(folder / "wide", 30, hostile=UNBROKEN), folder / "wide.html"),
    }
    made["qualification"] = render_qualification(KILL, folder / "qualification.html")
    runs = [
        sample_record(folder / f"run-{n}", 30, **how)
        for n, how in enumerate(({}, {"good": True}, {"hostile": UNBROKEN}))
    ]
    made["side"] = render_side(side_by_side(runs), folder / "side.html")
    made["trend"] = render_trend(trend([folder / f"run-{n}" for n in range(3)]), folder / "trend.html")
    made["interlab"] = render_interlab(interlab(runs[0], runs[1]), folder / "interlab.html")
    made["handbook"] = show(load("gbt-36904-2018"), "html", folder / "handbook.html")
    return made


@pytest.fixture
def page() -> Iterator[chrome.Chrome]:
    with chrome.Chrome() as browser:
        browser.size(1280, 900)
        browser.prefer("light")
        yield browser


def test_no_report_asks_for_anything_or_breaks_its_own_policy(page: chrome.Chrome, reports: dict[str, Path]) -> None:
    for path in reports.values():
        page.open(path)
    assert page.console == []
    assert {u for u in page.requests if not u.startswith("about:")} == {p.as_uri() for p in reports.values()}


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 1600])
def test_nothing_scrolls_sideways(page: chrome.Chrome, reports: dict[str, Path], width: int) -> None:
    page.size(width, 800, mobile=width < 500)
    for name, path in reports.items():
        page.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate("document.querySelectorAll('.c,.finding').forEach(e => e.style.contentVisibility = 'visible')")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_filters_work_without_scripts(page: chrome.Chrome, reports: dict[str, Path]) -> None:
    page.scripts(on=False)
    page.open(reports["laboratory"])
    assert page.evaluate(VISIBLE) == 60
    failing = page.evaluate("document.querySelectorAll('.c[data-v=fail]').length")
    page.evaluate("document.getElementById('v-fail').checked = true")
    assert 0 < failing == page.evaluate(VISIBLE)
    page.evaluate("document.getElementById('v-all').checked = document.getElementById('p-rec').checked = true")
    assert page.evaluate(VISIBLE) == page.evaluate("document.querySelectorAll('.c[data-p=rec]').length")
    assert page.evaluate("getComputedStyle(document.querySelector('.find')).display") == "none"
    page.evaluate("document.querySelector('.c[data-p=rec] details.ev').open = true")
    assert page.evaluate("document.querySelector('.c[data-p=rec] details.ev pre').checkVisibility()")


def test_scripts_add_search_expanding_and_links(page: chrome.Chrome, reports: dict[str, Path]) -> None:
    page.open(reports["laboratory"])
    page.evaluate(
        "document.getElementById('q').value = '5.1.4';document.getElementById('q').dispatchEvent(new Event('input'))"
    )
    page.evaluate("new Promise(done => setTimeout(done, 300))")
    assert page.evaluate(VISIBLE) == 2
    assert page.evaluate("document.getElementById('hits').textContent") == "2 条"
    # A link to a clause that a filter hides shows it all the same.
    page.open(reports["laboratory"], "#c-sample-2-6.3.3")
    page.evaluate("new Promise(done => setTimeout(done, 200))")
    assert page.evaluate("document.getElementById('c-sample-2-6.3.3').checkVisibility()")
    page.evaluate("document.getElementById('open-all').click()")
    assert page.evaluate("[...document.querySelectorAll('#clauses details.ev')].every(d => d.open)")
    page.evaluate("document.querySelector('.c h5 a').dispatchEvent(new FocusEvent('focusin', {bubbles: true}))")
    assert "复制此条款的链接" in page.evaluate("document.querySelector('.c .copy').getAttribute('aria-label')")
    page.evaluate("document.querySelector('.c .copy').click()")
    page.evaluate("new Promise(done => setTimeout(done, 100))")
    assert page.evaluate("document.getElementById('hits').textContent") == "已复制链接"
    assert page.console == []


def test_the_band_stays_in_sight(page: chrome.Chrome, reports: dict[str, Path]) -> None:
    page.open(reports["partial"], "#sources")
    page.evaluate("new Promise(done => setTimeout(done, 200))")
    box = page.evaluate("(b => [b.top, b.bottom])(document.querySelector('.band').getBoundingClientRect())")
    assert box[0] == 0 < box[1]
    assert page.evaluate("scrollY") > 1_000


def test_dark_screens_get_dark_colours_and_paper_stays_light(page: chrome.Chrome, reports: dict[str, Path]) -> None:
    page.open(reports["laboratory"])
    paper = "getComputedStyle(document.querySelector('.cover')).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    page.prefer("dark")
    assert page.evaluate(paper) != "rgb(255, 255, 255)"
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.call("Emulation.setEmulatedMedia", media="print", features=dark)
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


def test_paper_fits_and_is_numbered(page: chrome.Chrome, reports: dict[str, Path], tmp_path: Path) -> None:
    for name, path in reports.items():
        page.open(path)
        page.call("Emulation.setEmulatedMedia", media="print")
        page.size(650, 900)  # the text width of A4 between our margins; what is wider would shrink the whole page
        assert page.evaluate("document.documentElement.scrollWidth") <= 650, name
        data = page.paper(tmp_path / f"{name}.pdf").read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", data)) >= 2, name
        assert re.search(rb"/MediaBox \[0 0 59[45]\.?\d* 84[12]", data), name  # A4


def test_evidence_of_non_passes_is_open_on_paper(page: chrome.Chrome, reports: dict[str, Path]) -> None:
    page.open(reports["laboratory"])
    page.call("Emulation.setEmulatedMedia", media="print")
    heights = "s => [...document.querySelectorAll(s)].map(e => e.getBoundingClientRect().height)"
    assert min(page.evaluate(f"({heights})('details.np > pre')")) > 20
    assert page.evaluate(f"({heights})('details.ev:not(.np)')")
    assert max(page.evaluate(f"({heights})('details.ev:not(.np)')")) < 60


@pytest.mark.skipif(
    axe_check.find() is None, reason="axe-core is not here; `python tests/tools/axe_check.py` fetches it"
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: chrome.Chrome, reports: dict[str, Path], scheme: str) -> None:
    axe = axe_check.find()
    assert axe is not None
    for width, names in ((1280, ("laboratory", "partial", "qualification")), (390, ("english", "qualification"))):
        page.size(width, 900)
        for name in names:
            assert axe_check.check(page, reports[name], axe, scheme) == [], (name, width)


def test_a_comparison_shows_what_differs_and_all_of_it_without_scripts(
    page: chrome.Chrome, reports: dict[str, Path]
) -> None:
    page.scripts(on=False)
    page.open(reports["side"])
    seen = "[...document.querySelectorAll('.side tbody tr')].filter(e => e.checkVisibility()).length"
    rows = page.evaluate("document.querySelectorAll('.side tbody tr').length")
    same = page.evaluate("document.querySelectorAll('.side tbody tr.w-same').length")
    assert 0 < same < rows
    assert page.evaluate(seen) == rows - same
    page.evaluate("document.getElementById('f-all').checked = true")
    assert page.evaluate(seen) == rows

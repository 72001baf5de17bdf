"""Pictures of a check: drawn from kept numbers, bounded, escaped, and none at all from what has not the form."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordkit import record

from conformance.record.reading import open_record
from conformance.report.html import render

DELAYS = {"figure": "delays", "unit": "ms", "series": {"IPv6": [1.0, 2.0, 9.0], "IPv4": [1.0, 1.5]}}
COVERAGE = {"figure": "coverage", "good": 9, "bad": 3, "unknown": 0}
STEP = {"zone": "cn.", "server": "a.dns.cn.", "address": "2001:db8::1", "kind": "referral", "said": "转到 gov.cn."}
CHAIN = {"figure": "chain", "steps": [STEP, {**STEP, "kind": "servfail", "said": "<b>SERVFAIL</b>"}]}


def _page(folder: Path, *notes: Any, label: str = "图 时延") -> str:
    record(folder, notes=[(label, note) for note in notes])
    with open_record(folder) as opened:
        return render(opened, folder / "report.html").read_text("utf-8")


def test_each_kind_is_drawn_and_said_in_words(tmp_path: Path) -> None:
    page = _page(tmp_path / "r", DELAYS, COVERAGE, CHAIN)
    assert page.count('<figure class="fig">') == 3
    assert page.count("<circle") == 5 + 2
    assert "IPv6 2 ms (n=3)" in page
    assert "可用 9" in page
    assert "&lt;b&gt;SERVFAIL&lt;/b&gt;" in page
    assert "<b>SERVFAIL</b>" not in page


def test_every_colour_has_another_on_a_dark_screen(tmp_path: Path) -> None:
    page = _page(tmp_path / "r", DELAYS, {**COVERAGE, "unknown": 2}, CHAIN)
    drawn = "".join(re.findall(r'<figure class="fig">.*?</figure>', page, re.DOTALL))
    fills = set(re.findall(r'fill="(#[0-9a-f]{6})"', drawn))
    assert len(fills) == 5
    assert all(f'.fig [fill="{ink}"]{{fill:var(' in page for ink in fills)
    strokes = set(re.findall(r'stroke="(#[0-9a-f]{6})"', drawn)) - {"#8a8a8a"}  # seen on either ground
    assert strokes
    assert all(f'.fig [stroke="{ink}"]{{stroke:var(' in page for ink in strokes)


def test_a_question_whose_words_are_long_takes_another_line(tmp_path: Path) -> None:
    long = {**STEP, "server": "ns-1234.awsdns-56.co.uk.", "address": "2001:0db8:1111:2222:3333:4444:5555:6666"}
    page = _page(tmp_path / "r", {"figure": "chain", "steps": [long, STEP]})
    assert ">ns-1234.awsdns-56.co.uk.</text>" in page
    assert ">2001:0db8:1111:2222:3333:4444:5555:6666</text>" in page
    assert ">a.dns.cn. 2001:db8::1</text>" in page


@pytest.mark.parametrize(
    "note",
    [
        {"figure": "delays", "series": {"IPv6": ["x"]}},
        {"figure": "delays", "series": [1]},
        {"figure": "coverage", "good": "many"},
        {"figure": "chain", "steps": [{"zone": "cn."}]},
        {"figure": "pie"},
        {"figure": ["delays"]},
        [1, 2],
        "text",
        None,
    ],
)
def test_what_has_not_the_form_is_no_picture(tmp_path: Path, note: Any) -> None:
    assert '<figure class="fig">' not in _page(tmp_path / "r", note)


def test_a_note_that_is_no_picture_is_none(tmp_path: Path) -> None:
    assert '<figure class="fig">' not in _page(tmp_path / "r", DELAYS, label="时延")


def test_pictures_are_few_and_small(tmp_path: Path) -> None:
    many = {"figure": "delays", "unit": "ms", "series": {f"f{n}": [0.5] * 5000 for n in range(9)}}
    page = _page(tmp_path / "r", *({**many, "n": n} for n in range(9)))
    assert page.count('<figure class="fig">') == 4
    assert page.count("<circle") == 4 * 4 * 200


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["series", "steps", "good", "bad", "unknown", "unit"]),
        st.recursive(
            st.none() | st.floats() | st.text(max_size=5),
            lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x, max_size=3),
            max_leaves=6,
        ),
    ),
    st.sampled_from(["delays", "coverage", "chain"]),
)
def test_any_note_makes_a_report(tmp_path_factory: pytest.TempPathFactory, note: dict[str, Any], kind: str) -> None:
    plain = json.loads(json.dumps(note).replace("NaN", "0").replace("-Infinity", "0").replace("Infinity", "0"))
    assert "</html>" in _page(tmp_path_factory.mktemp("p") / "r", {**plain, "figure": kind})

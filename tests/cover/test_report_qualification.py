"""测试工具确认报告: a form to sign, a matrix that shows every hole, and hostile names that stay text."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from conformance.report.qualification import build_qualification, render_qualification
from conformance.report.wording import wording


def matrix(**more: Any) -> dict[str, Any]:
    """Two checks, three faults: one as expected, one missed, one that kills more than it names."""
    a, b = "p/5.1/ids-are-unique", "p/5.2/broken-ids-are-refused"
    data: dict[str, Any] = {
        "profile": {"id": "p", "edition": "1.0", "digest": "d" * 64},
        "specimen": {"name": "elicense", "shapes": ["elicense", "elicense-gd"]},
        "tool": {"python": "3.11.2"},
        "environment": {"system": "Linux", "clock": {"resolution": 1e-9}},
        "when": "2026-11-24T07:00:00Z",
        "complete": True,
        "checks": [
            {"key": a, "purpose": "标识唯一", "conforming": {"elicense": "PASS", "elicense-gd": "NOT_APPLICABLE"}, "killed_by": ["twins"]},
            {"key": b, "purpose": "拒绝错误标识", "conforming": {"elicense": "PASS"}, "killed_by": []},
        ],
        "faults": [
            {"name": "twins", "title": "标识重复", "source": "C3", "expected": [a], "killed": [a], "ok": True},
            {"name": "lenient", "title": "不校验", "source": "C7", "expected": [b], "killed": [], "ok": False},
            {"name": "noisy", "title": "改变两处", "source": "", "expected": [], "killed": [a], "ok": False},
        ],
        "holes": [{"kind": "never-killed", "check": b, "detail": "没有缺陷使本项不符合"}],
        "ok": False,
    }  # fmt: skip
    return data | more


def test_a_specimen_that_this_machine_cannot_run_is_named_with_what_installs_it() -> None:
    specimen = {"name": "site", "shapes": ["site"], "left_out": {"site-nginx": "apt-get install nginx"}}
    view = build_qualification(matrix(specimen=specimen), wording("zh-CN"))
    assert any("没有试 site-nginx（apt-get install nginx）" in line.value for line in view.fields)


def test_the_matrix_tells_found_missed_and_surplus_apart() -> None:
    view = build_qualification(matrix(), wording("zh-CN"))
    assert [row.cells for row in view.matrix] == [("●", "", "×"), ("", "○", "")]
    assert [c.good for c in view.checks] == [True, False]
    assert [f.word for f in view.faults] == ["一致", "不一致", "不一致"]
    assert view.holes[0].about.startswith("K02 ")


@pytest.mark.parametrize(
    ("more", "code", "part"),
    [
        ({}, "does-not-conform", "发现 1 处问题"),
        ({"ok": True, "holes": []}, "conforms", "2 个自动检测项"),
        ({"complete": False, "holes": []}, "partial-run", "只试了部分缺陷"),
    ],
)
def test_the_conclusion_follows_the_data(more: dict[str, Any], code: str, part: str) -> None:
    view = build_qualification(matrix(**more), wording("zh-CN"))
    assert view.code == code
    assert part in view.sentence


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_form_has_places_to_sign_and_no_script(tmp_path: Path, lang: str) -> None:
    text = render_qualification(matrix(), tmp_path / "q.html", lang).read_text(encoding="utf-8")
    words = wording(lang)
    for key in ("title", "confirmer", "approver", "end", "basis"):
        assert words[f"qualification.{key}"] in text
    assert "<script" not in text
    assert "script-src 'none'" in unescape(text)
    assert "d" * 64 in text


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\x1b\u202e"
    data = matrix()
    data["faults"][0] |= {"title": evil, "source": evil}
    data["checks"][0]["purpose"] = evil
    data["profile"]["id"] = evil
    text = render_qualification(data, tmp_path / "q.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "\x1b" not in text
    assert "⟦U+202E⟧" in text


def test_a_plain_verdict_for_one_specimen_will_do() -> None:
    data = matrix(specimen="elicense")
    data["checks"][0]["conforming"] = "PASS"
    data["holes"] = ["plain words"]
    view = build_qualification(data, wording("en"))
    assert view.checks[0].good
    assert view.holes[0].detail == "plain words"


def test_a_verdict_that_was_not_stable_is_shown_with_every_try_and_its_reason(tmp_path: Path) -> None:
    def told(specimen: str, settled: bool, *verdicts: str) -> dict[str, Any]:
        check = {"key": "p/5.1/ids-are-unique", "expected": "FAIL", "verdicts": list(verdicts), "why": "<b>太忙</b>"}
        return {"profile": "p", "specimen": specimen, "settled": settled, "checks": [check]}

    again = [
        told("elicense+twins", True, "PASS", "FAIL", "FAIL", "FAIL"),
        told("elicense+lenient", False, "ERROR", "FAIL", "ERROR"),
        told("elicense+noisy", False, "PASS"),
    ]
    view = build_qualification(matrix(again=again), wording("zh-CN"))
    assert [(a.specimen, a.settled, len(a.verdicts)) for a in view.again] == [
        ("elicense+twins", True, 4), ("elicense+lenient", False, 3), ("elicense+noisy", False, 1),
    ]  # fmt: skip
    for lang, words in (
        ("zh-CN", ("不稳定的判定", "再试全部一致，算作一致", "再试仍不一致", "没有再试", "K01 p/5.1/ids-are-unique")),
        ("en", ("Unstable verdicts", "every further run agrees, counts", "a further run disagrees", "not tried again")),
    ):
        page = render_qualification(matrix(again=again), tmp_path / f"{lang}.html", lang=lang).read_text("utf-8")
        assert all(word in page for word in words), lang
        assert "<b>太忙</b>" not in page
    calm = render_qualification(matrix(), tmp_path / "calm.html").read_text("utf-8")
    assert "不稳定的判定" not in calm

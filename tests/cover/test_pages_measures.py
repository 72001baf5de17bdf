"""What is made of the facts of a visit: hues by area, stops of the keyboard, passing notices, the growth of a captcha."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.pages import captcha, keyboard, notices
from conformance.pages.colours import hues
from conformance.pages.facts import Control, Image, Look, Page, Text

_BOX = (0.0, 0.0, 100.0, 40.0)
_LOOK = Look(
    step=0, url="http://h/", title="", lang="", text="", footer="", footer_links=(), view={}, metas={}, texts=(), paragraphs=(),
    controls=(), layers=(), frames=(), images=(), ads=(), media=(), hidden=(), invalid=(), live=0, heard=(), storage={}, cookies=(),
    all_controls=0,
)  # fmt: skip


def _page(*looks: Look, focus: tuple[Any, ...] = ()) -> Page:
    return Page(
        asked="http://h/", status=200, type="text/html", device="desktop", redirects=(), loaded=True, load_ms=1.0,
        looks=looks or (_LOOK,), steps=(), focus=focus, requests=(), downloads=(), dialogs=(), popups=(), errors=(), axe=None,
    )  # fmt: skip


def _stop(sel: str, tag: str = "a", **more: Any) -> dict[str, Any]:
    return {"sel": sel, "tag": tag, "type": "", "frame": False, "box": list(_BOX), **more}


def _control(sel: str, **more: Any) -> Control:
    return Control(sel=sel, tag=more.pop("tag", "a"), name=sel, box=_BOX, area=_BOX, **more)


def _measured(*colours: tuple[int, tuple[int, int, int]], pictures: int = 0) -> dict[str, Any]:
    rows = [{"rgb": list(rgb), "cells": cells, "sel": "x", "box": []} for cells, rgb in colours]
    return {"cells": sum(c for c, _ in colours) + pictures, "pictures": pictures, "colours": rows}


def test_near_colours_are_one_hue_and_greys_are_none() -> None:
    page = _measured(
        (60, (255, 255, 255)), (20, (11, 79, 160)), (10, (30, 100, 190)), (8, (51, 51, 51)), (2, (200, 20, 20))
    )
    found, pictures = hues([page], apart=30, chroma=0.15)
    assert [(h.rgb, round(h.share, 2)) for h in found] == [("#0b4fa0", 0.3), ("#c81414", 0.02)]
    assert pictures == 0


def test_reds_on_both_ends_of_the_circle_are_one_hue() -> None:
    found, _ = hues([_measured((10, (200, 0, 20)), (10, (200, 20, 0)))], apart=30, chroma=0.15)
    assert len(found) == 1


def test_shares_are_of_all_pages_together() -> None:
    found, pictures = hues(
        [_measured((50, (0, 0, 200)), pictures=50), _measured((100, (255, 255, 255)))], apart=30, chroma=0.15
    )
    assert (found[0].share, pictures) == (0.25, 0.25)


@pytest.mark.parametrize(
    ("tag", "kind", "times", "held"),
    [
        ("a", "", 3, False),
        ("a", "", 4, True),
        ("input", "date", 5, False),
        ("video", "", 9, False),
        ("video", "", 25, True),
    ],
)
def test_what_has_stops_of_its_own_is_no_trap(tag: str, kind: str, times: int, held: bool) -> None:
    page = _page(focus=(_stop("#a"), *[_stop("#b", tag, type=kind)] * times, _stop("#c")))
    assert bool(keyboard.trap(page)[0]) is held


def test_one_of_a_group_takes_the_tab() -> None:
    tabs = [_control("#1", role="tab"), _control("#2", role="tab"), _control("#3")]
    radios = [
        _control("#4", tag="input", type="radio", field="x"),
        _control("#5", tag="input", type="radio", field="y"),
    ]
    page = _page(focus=(_stop("#1"), _stop("#4")))
    assert [c.sel for c in keyboard.missed([*tabs, *radios], page)] == ["#3", "#5"]


def test_a_field_that_is_typed_into_shows_its_caret() -> None:
    stops = (
        _stop("#a", marked=False),
        _stop("#b", marked=True),
        _stop("#c", "input", type="text", marked=False),
        _stop("#d"),
    )
    assert [f["sel"] for f in keyboard.unmarked(_page(focus=stops))] == ["#a"]


def test_a_notice_comes_up_and_goes_away() -> None:
    def look(*said: str, **more: Any) -> Look:
        texts = tuple(Text(sel="#t", tag="div", text=t, chars=len(t), size=16, box=_BOX, passing=True) for t in said)
        return replace(_LOOK, texts=texts, **more)

    stays = look("标题")
    assert [t.text for t in notices.passing(_page(stays, look("标题", "收藏成功"), look("标题"), stays))] == [
        "收藏成功"
    ]
    assert notices.passing(_page(stays, look("标题", "设置"), look("标题", "设置"))) == []
    assert notices.passing(_page(stays, look("标题", "转走"), look("别的", url="http://h/2"))) == []


def test_a_captcha_grows_by_its_smaller_side() -> None:
    def look(width: float, height: float) -> Look:
        return replace(_LOOK, images=(Image(sel="#captcha", src="c.png", shown=True, box=(0, 0, width, height)),))

    before = captcha.captchas(look(120, 40))[0]
    assert captcha.growth(before, [look(240, 60), look(180, 70)]) == 1.5
    assert captcha.growth(before, []) == 0

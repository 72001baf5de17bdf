"""What a page says: links with their dates, what is kept from sight, forms, lines; and pages made to be slow."""

from __future__ import annotations

import time
from datetime import date

import pytest

from conformance.sites import articles, dates, facts

BASE = "http://www.example.gov.cn/xw/"


def read(body: str) -> facts.Facts:
    return facts.read(f"<html><body>{body}</body></html>".encode(), BASE)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)), ("[2026/1/5]", date(2026, 1, 5)), ("2026年3月4日", date(2026, 3, 4)),
        ("2026—03—04 10:00", date(2026, 3, 4)), ("２０２６－０３－０４", date(2026, 3, 4)), ("2026.03.04", date(2026, 3, 4)),
        ("2026-02-30", None), ("1.2026.3.4", None), ("20260304", None), ("3 天前", None),
    ],
)  # fmt: skip
def test_dates_as_pages_write_them(text: str, day: date | None) -> None:
    assert dates.first(text) == day


def test_months_are_calendar_months() -> None:
    assert dates.months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert dates.months_before(date(2028, 8, 31), 6) == date(2028, 2, 29)
    assert dates.months_before(date(2026, 1, 15), 2) == date(2025, 11, 15)
    assert dates.months_before(date(2026, 3, 1), 14) == date(2025, 1, 1)


def test_a_link_takes_the_date_of_its_own_item_and_none_of_another() -> None:
    page = read(
        '<ul><li><a href="a">甲</a><span>2026-01-02</span></li><li><a href="b">乙</a></li></ul>'
        '<table><tr><td><a href="c">丙</a></td><td>2026-03-04</td></tr></table>'
        "<div>今天是2026年5月6日 <p><a href='d'>丁</a> <a href='e'>戊</a> <a href='f'>己</a> <a href='g'>庚</a></p></div>"
    )
    days = {link.text: link.day for link in page.links}
    assert days["甲"] == date(2026, 1, 2)
    assert days["乙"] is None
    assert days["丙"] == date(2026, 3, 4)
    assert days["丁"] is None


@pytest.mark.parametrize(
    "wrapped",
    [
        '<div style="display:none">{}</div>', '<div style="DISPLAY : NONE;">{}</div>', "<div hidden>{}</div>",
        '<div style="position:absolute;left:-9999px">{}</div>', '<p style="visibility:hidden">{}</p>',
        '<div style="height:0;overflow:hidden">{}</div>', '<span style="font-size:1px">{}</span>',
        '<marquee height="1" width="4">{}</marquee>', '<div style="text-indent:-999em">{}</div>',
        "<style>.x{{display:none}}</style><b class='y x'>{}</b>", "<style>#q{{opacity:0}}</style><b id=q><i>{}</i></b>",
    ],
)  # fmt: skip
def test_links_that_nobody_sees(wrapped: str) -> None:
    page = read(wrapped.format('<a href="http://casino.example/">x</a>'))
    assert page.links[0].hidden


@pytest.mark.parametrize(
    "wrapped", ['<div style="left:10px;margin-left:-10px">{}</div>', '<p style="opacity:0.9;height:100px">{}</p>']
)
def test_links_that_are_seen(wrapped: str) -> None:
    assert read(wrapped.format('<a href="http://a.example/">x</a>')).links[0].hidden == ""


def test_lines_follow_the_blocks_and_hold_no_script() -> None:
    page = read(
        "<h1>标题</h1><p>发布时间：2026-01-02 <b>03:04</b></p><script>var a='2026-09-09'</script><ul><li>一</li><li>二</li></ul>尾"
    )
    assert page.lines == ("标题", "发布时间：2026-01-02 03:04", "一", "二", "尾")
    shown = articles.shown_time(page)
    assert shown is not None
    assert (shown.day, shown.clock, shown.exact) == (date(2026, 1, 2), (3, 4), True)


def test_times_that_are_not_exact() -> None:
    for text, exact in (
        ("3 天前", False),
        ("2026-01-02", False),
        ("2026年1月2日 10:00", False),
        ("2026—01—02 10:00", True),
    ):
        shown = articles.shown_time(read(f"<h1>题</h1><p>发布时间：{text}</p>"))
        assert shown is not None, text
        assert shown.exact is exact, text
    assert articles.shown_time(read("<h1>题</h1><p>正文</p>")) is None


def test_forms_with_their_fields() -> None:
    page = read(
        '<form action="/s" method="POST"><input name=a type=hidden value=1><textarea name=b></textarea><button name=c>提交</button></form>'
    )
    assert page.forms[0] == facts.Form(
        "http://www.example.gov.cn/s",
        "post",
        (("a", "hidden", "1"), ("b", "textarea", ""), ("c", "button", "")),
        "提交",
    )


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000 + "深",
        "<a href='/x'>" * 20_000,
        "<p class='" + "c " * 200_000 + "'><a href='/x'>y</a>",
        "<style>" + ".a{display:" * 50_000 + "</style><a href='/x'>y</a>",
        "<table>" + "<tr><td><a href='/x'>2026-</a>" * 5_000,
        "<p>" + "2026-1-" * 50_000,
        "发布时间：" * 50_000,
    ],
)
def test_pages_made_to_be_slow_are_read_in_time(body: str) -> None:
    begun = time.process_time()
    articles.shown_time(read(body))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02", b"{}", b"<", "<html>\ufffe".encode("utf-16")])
def test_what_is_no_page_says_nothing_and_breaks_nothing(body: bytes) -> None:
    assert facts.read(body, BASE).links == ()

"""Links, literals, differences and figures of a site: pure functions over what was fetched."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.sites import links
from conformance.sites.compare import content, difference
from conformance.sites.figures import Rate, degradation, wilson

_BASE = "http://www.example.gov.cn/a/"


def _links(html: str) -> tuple[str, ...]:
    return links.read(html.encode(), _BASE).links


def test_links_are_absolute_without_fragment_and_each_once() -> None:
    html = (
        '<a href="b">1</a><a href="b#x">2</a><a href="/c?q=1">3</a><a href="//s.example.gov.cn/">4</a><area href="d">'
    )
    assert _links(html) == (
        "http://www.example.gov.cn/a/b",
        "http://www.example.gov.cn/c?q=1",
        "http://s.example.gov.cn/",
        "http://www.example.gov.cn/a/d",
    )


@pytest.mark.parametrize(
    "raw",
    [
        "mailto:a@b.cn",
        "javascript:void(0)",
        "tel:1",
        "#top",
        "",
        "http://[",
        "http://h:99999999/",
        "data:,x",
        "x" * 3000,
    ],
)
def test_what_is_no_web_address_is_no_link(raw: str) -> None:
    assert all(u == _BASE for u in _links(f'<a href="{raw}">x</a>'))


def test_links_that_end_a_session_are_left_out_and_named() -> None:
    page = links.read(b'<a href="/logout">x</a><a href="/user/signOut">y</a><a href="/p">z</a>', _BASE)
    assert page.links == ("http://www.example.gov.cn/p",)
    assert len(page.left_out) == 2


def test_a_base_element_moves_relative_links() -> None:
    assert _links('<base href="/other/"><a href="p">x</a>') == ("http://www.example.gov.cn/other/p",)


def test_resources_are_what_the_page_loads() -> None:
    html = '<link rel="stylesheet" href="a.css"><link rel="canonical" href="/x"><script src="b.js"></script><img src="c.png">'
    assert [u.rsplit("/", 1)[1] for u in links.read(html.encode(), _BASE).resources] == ["a.css", "b.js", "c.png"]


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("http://example.gov.cn/", True),
        ("https://a.b.example.gov.cn/x", True),
        ("http://badexample.gov.cn/", False),
        ("http://example.gov.cn.evil.example/", False),
        ("http://[", False),
    ],
)
def test_of_the_site_is_the_domain_and_what_lies_under_it(address: str, inside: bool) -> None:
    assert links.of_site(address, "example.gov.cn") is inside


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('<a href="http://192.0.2.80/x">', 1),
        ('fetch("//192.0.2.80:8080/api")', 1),
        ('{"u": "https:\\/\\/192.0.2.80\\/x"}', 1),
        ("wss://192.0.2.80/s", 1),
        ("http://user@192.0.2.80/", 1),
        ("版本 1.2.3.4", 0),
        ("http://999.0.2.80/", 0),
        ("http://192.0.2.80.example.cn/", 0),
        ("http://example.cn/192.0.2.80/", 0),
        ("http://192.0.2.80/ 与 http://192.0.2.80/", 1),
    ],
)
def test_an_ipv4_literal_counts_in_the_place_of_a_host_only(text: str, count: int) -> None:
    assert len(links.literals(text)) == count


@given(st.integers(0, 300), st.integers(1, 100))
def test_a_sample_is_bounded_in_order_and_without_repetition(total: int, most: int) -> None:
    every = tuple(str(n) for n in range(total))
    chosen = links.spread(every, most)
    assert len(chosen) == min(total, most)
    assert list(chosen) == sorted(set(chosen), key=int)


@given(st.binary(max_size=400))
def test_the_reader_of_pages_takes_anything(page: bytes) -> None:
    links.read(page, _BASE)
    links.literals(page.decode("latin-1"))
    content(page)


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!", "<!--", "</", '<a href="', "&#", "<div>", "<p>", "<![CDATA[", "http://1.1.1."]
)
def test_a_page_made_to_be_slow_is_read_in_no_time(piece: str) -> None:
    page = piece * (1_000_000 // len(piece))
    clock = time.process_time()
    links.read(page.encode(), _BASE)
    content(page.encode())
    links.literals(page)
    assert time.process_time() - clock < 5  # the reader of the standard library takes minutes


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<p>政务公开".encode("gb18030"), "text/html; charset=gb18030"),
        ("<p>政务公开".encode("gb18030"), ""),
        ("<p>政务公开".encode(), ""),
        ("<p>政务公开".encode(), "text/html; charset=no-such-thing"),
        ('<meta charset="gbk"><p>政务公开'.encode("gbk"), "text/html"),
    ],
)
def test_a_page_is_read_in_its_charset(page: bytes, kind: str) -> None:
    assert "务公开" in content(page, kind).text


def test_nonces_clocks_and_scripts_make_no_difference() -> None:
    one = content('<p nonce="abc">公开信息 10:01</p><script>var a=1</script>'.encode())
    other = content('<p nonce="xyz">公开信息 23:59</p><script>var a="完全不同"</script>'.encode())
    assert difference(one, other).worst == 0


def test_a_stub_page_is_far_from_the_real_one() -> None:
    real = content(
        ("<h1>示例政府网站</h1>" + "".join(f"<p>第 {w} 栏：公开办事服务。</p>" for w in "甲乙丙丁戊己庚辛")).encode()
    )
    assert difference(real, content("<h1>建设中</h1>".encode())).worst > 0.5
    assert difference(real, content(b"")).worst == 1
    assert difference(content(b""), content(b"")).worst == 0


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_difference_is_symmetric_and_between_0_and_1(a: str, b: str) -> None:
    there, back = (
        difference(content(a.encode()), content(b.encode())),
        difference(content(b.encode()), content(a.encode())),
    )
    assert there == back
    assert 0 <= there.worst <= 1


def test_the_floor_comes_before_the_ratio() -> None:
    noise = degradation([0.003] * 9, [0.001] * 9, floor=0.02, limit=0.2)
    assert noise.ok
    assert noise.alike
    slow = degradation([0.150] * 9, [0.010] * 9, floor=0.02, limit=0.2)
    assert not slow.ok
    assert slow.ratio == pytest.approx(14)


def test_one_lost_packet_does_not_make_a_family_slow() -> None:
    assert degradation([0.1] * 9 + [3.1], [0.1] * 10, floor=0.02, limit=0.2).ok


def test_a_limit_is_inclusive() -> None:
    assert degradation([0.120], [0.100], floor=0.02, limit=0.2 + 1e-9).ok
    assert not degradation([0.121], [0.100], floor=0.02, limit=0.2).ok


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_interval_holds_the_share(given_: tuple[int, int]) -> None:
    k, n = given_
    low, high = wilson(k, n)
    assert 0 <= low <= k / n + 1e-9
    assert k / n - 1e-9 <= high <= 1


def test_a_known_wilson_interval() -> None:
    low, high = wilson(8, 10)  # Newcombe 1998, method 3
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        (Rate(95, 5), True),
        (Rate(94, 6), False),
        (Rate(90, 0, 10), None),
        (Rate(96, 0, 4), True),
        (Rate(10, 80, 10), False),
    ],
)
def test_what_was_not_visited_leaves_a_rate_open_only_where_it_matters(rate: Rate, verdict: bool | None) -> None:
    assert rate.verdict(95) is verdict
    assert not math.isnan(rate.least)

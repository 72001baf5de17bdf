"""The crawler over sites that exist only here: what it visits, where it stops, and what it never touches."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.model.exchange import Exchange, Fault, Request, Response
from conformance.run.gathered import Batch
from conformance.sites import survey
from conformance.sites.crawl import Rules, crawl

START = "http://www.example.gov.cn/"
Answer = Callable[[str], Response | Fault]


def page(*links: str, text: str = "", status: int = 200) -> Response:
    body = (
        f"<html><body><p>{text}</p>" + "".join(f'<a href="{link}">链接{link}</a>' for link in links) + "</body></html>"
    )
    return Response(status, (("content-type", "text/html; charset=utf-8"),), body.encode())


def moved(to: str) -> Response:
    return Response(302, (("location", to),), b"")


GONE = page(text="没有这个页面", status=404)


class Site:
    """Answers by address and remembers who asked for what."""

    def __init__(self, pages: dict[str, Response | Fault] | Answer) -> None:
        self.answer: Answer = pages if callable(pages) else lambda path: pages.get(path, GONE)
        self.asked: list[str] = []

    def __call__(self, operation: str, requests: list[Request]) -> list[Exchange]:
        return [self._one(operation, r) for r in requests]

    def _one(self, operation: str, request: Request) -> Exchange:
        self.asked.append(request.url)
        answer = self.answer(request.url.removeprefix(START.rstrip("/")))
        response, fault = (None, answer) if isinstance(answer, Fault) else (answer, None)
        return Exchange(request, response, fault, elapsed=0.01, operation=operation)


def walk(site: Site, **rules: object) -> Batch:
    given = {"hosts": ("www.example.gov.cn",), "rate": 0, **rules}
    return crawl(site, Rules(START, **given), concurrency=4, pause=lambda _: None)  # type: ignore[arg-type]


def test_pages_are_taken_breadth_first_and_each_once() -> None:
    site = Site({"/": page("/a", "/b", "/a#top"), "/a": page("/", "/c"), "/b": page("/c"), "/c": page("/")})
    walk(site)
    assert site.asked[1:] == [START, START + "a", START + "b", START + "c"]  # robots.txt comes first


def test_an_endless_calendar_ends_at_the_depth() -> None:
    def calendar(path: str) -> Response:
        month = int(path.rpartition("/")[2] or 0) if path != "/robots.txt" else 0
        return GONE if path == "/robots.txt" else page(f"/calendar/{month + 1}", f"/calendar/{month + 2}")

    site = Site(calendar)
    batch = walk(site, depth=5)
    assert len(site.asked) < 20
    assert batch.notes["left"] == {"深度超过 5": 2}


def test_addresses_that_differ_in_their_query_only_are_taken_a_few_times() -> None:
    numbers = iter(range(10**6))

    def sessions(path: str) -> Response:
        return page(*(f"/list?session={next(numbers)}" for _ in range(10))) if path != "/robots.txt" else GONE

    site = Site(sessions)
    batch = walk(site, same_path=7, depth=50)
    assert len(site.asked) == 1 + 1 + 7
    assert "只有查询部分不同的地址超过 7 个" in batch.notes["left"]


@pytest.mark.parametrize(
    ("bound", "reason"), [({"pages": 10}, "页面超过 10 个"), ({"octets": 1 << 20}, "内容超过 1 MB")]
)
def test_pages_and_octets_are_bounded(bound: dict[str, int], reason: str) -> None:
    wide = page(*(f"/p/{n}" for n in range(300)), text="字" * 30_000)
    site = Site(lambda path: wide if path != "/robots.txt" else GONE)
    batch = walk(site, **bound)
    assert len(site.asked) <= 20
    assert reason in batch.notes["left"]


def test_time_is_bounded() -> None:
    site = Site(lambda path: page(f"{path}x") if path != "/robots.txt" else GONE)
    assert "时间超过 0 s" in walk(site, seconds=0.0).notes["left"]


def test_redirect_loops_end_and_are_dead() -> None:
    site = Site({"/": page("/loop/1"), "/loop/1": moved("/loop/2"), "/loop/2": moved("/loop/1")})
    found = survey.read(walk(site))
    came = found.came(START + "loop/1")
    assert came.dead
    assert came.why == "loop"


def test_a_redirect_that_grows_for_ever_is_followed_a_few_times_only() -> None:
    site = Site(lambda path: moved(path + "/x") if path.startswith("/grow") else page("/grow") if path == "/" else GONE)
    walk(site)
    assert len(site.asked) < 12


def test_other_hosts_are_never_asked_unless_the_target_says_so() -> None:
    elsewhere = "http://www.elsewhere.example/x"
    pages = {"/": page(elsewhere, "/jump", "//other.example/y"), "/jump": moved(elsewhere)}
    site = Site(pages)
    batch = walk(site)
    assert all(url.startswith(START) for url in site.asked)
    assert batch.notes["left"]["站外链接"] == 2
    came = survey.read(batch).came(START + "jump")
    assert (came.why, came.dead) == ("leaves", False)
    again = Site(pages)
    walk(again, outside=True)
    assert elsewhere in again.asked


def test_a_frame_and_a_refresh_lead_on_and_a_script_is_not_run() -> None:
    body = (
        b'<html><head><meta http-equiv="refresh" content="0; url=/r"></head><body><iframe src="/f"></iframe>'
        b'<script>location="/s"</script></body></html>'
    )
    site = Site({"/": Response(200, (("content-type", "text/html"),), body)})
    walk(site)
    assert {START + "r", START + "f"} <= set(site.asked)
    assert START + "s" not in site.asked


def test_robots_are_obeyed_shown_and_can_be_overruled() -> None:
    robots = Response(200, (("content-type", "text/plain"),), b"User-agent: *\nDisallow: /secret/\n")
    pages = {"/robots.txt": robots, "/": page("/secret/a", "/open"), "/open": page("/")}
    site = Site(pages)
    batch = walk(site)
    assert START + "secret/a" not in site.asked
    assert "Disallow: /secret/" in batch.notes["robots"]
    assert batch.notes["left"] == {"robots.txt 不许访问": 1}
    again = Site(pages)
    walk(again, robots="ignore")
    assert START + "secret/a" in again.asked


def test_links_that_end_a_session_are_not_followed() -> None:
    site = Site({"/": page("/logout", "/sign-out?x=1", "/注销")})
    batch = walk(site)
    assert len(site.asked) == 2
    assert batch.notes["left"]["会结束会话的链接"] >= 2


def test_what_fails_once_is_asked_for_again_and_what_fails_twice_is_dead() -> None:
    tries = iter([Response(503, (), b""), page()])

    def flaky(path: str) -> Response:
        if path == "/flaky":
            return next(tries)
        return page("/flaky", "/broken") if path == "/" else Response(503, (), b"") if path == "/broken" else GONE

    found = survey.read(walk(Site(flaky)))
    assert found.came(START + "flaky").opened
    assert found.came(START + "broken").said == "HTTP 503"


def test_a_page_that_is_given_for_everything_is_no_page() -> None:
    same = page(text="欢迎光临，本页不存在的内容请联系管理员")
    site = Site(lambda path: page("/dead", text="首页") if path == "/" else GONE if path == "/robots.txt" else same)
    found = survey.read(walk(site, missing=START + "nowhere"))
    assert found.misses
    assert found.came(START + "dead").why == "same"
    parked = Site(lambda path: GONE if path == "/robots.txt" else same)
    assert not survey.read(walk(parked, missing=START + "nowhere")).misses


def test_pictures_are_tried_by_head_and_by_get_where_head_is_refused() -> None:
    body = b'<html><body><img src="/a.png"><img src="/b.png"><a href="/c.png">c</a></body></html>'
    image = Response(200, (("content-type", "image/png"),), b"")
    site = Site({"/": Response(200, (("content-type", "text/html"),), body), "/a.png": image, "/c.png": image})
    batch = walk(site)
    methods = sorted((e.request.method, e.request.url) for e in batch.exchanges if e.request.url.endswith("png"))
    assert methods == [("GET", START + "b.png"), ("HEAD", START + "a.png"), ("HEAD", START + "c.png")]
    assert survey.read(batch).came(START + "b.png").dead


def test_politeness_waits_between_requests() -> None:
    waited: list[float] = []
    site = Site({"/": page("/a", "/b", "/c")})
    rules = Rules(START, hosts=("www.example.gov.cn",), rate=10)
    crawl(site, rules, concurrency=2, pause=waited.append)
    assert sum(waited) == pytest.approx(len(site.asked) / 10, rel=0.2)


def test_chinese_addresses_are_sent_encoded() -> None:
    site = Site({"/": page("/文件/名单.html?标题=公示")})
    walk(site)
    assert START + "%E6%96%87%E4%BB%B6/%E5%90%8D%E5%8D%95.html?%E6%A0%87%E9%A2%98=%E5%85%AC%E7%A4%BA" in site.asked


def test_a_batch_read_from_what_was_stored_says_the_same() -> None:
    site = Site({"/": page("/a", "/gone"), "/a": page("/", text="甲")})
    batch = walk(site, missing=START + "nowhere")
    live = survey.read(batch)
    stored = survey.read(Batch(batch.exchanges, batch.notes))
    assert (live.pages, live.missing, live.misses) == (stored.pages, stored.missing, stored.misses)


def test_a_wait_that_our_own_limit_ended_too_early_says_nothing_about_the_site() -> None:
    late = Fault("timeout", "等待响应超时")
    found = survey.read(walk(Site({"/": page("/slow"), "/slow": late})))
    assert found.came(START + "slow").dead
    came = found.came(START + "slow", slow=15)
    assert (came.why, came.dead) == ("impatient", False)

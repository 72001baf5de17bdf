"""网页设计规范（国办发〔2017〕47号 附件）里要在浏览器里量的：加载时长、色调、同一模板、离站提示。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.pages import Control, Page, Text, expect_each, named, open_page, show
from conformance.pages.colours import Hue, hues
from conformance.suite import Cause, Procedure

_AROUND = ("footer", "header", "nav", "a", "button", "label", "dialog")  # what is no main text
_GOVERNMENT = re.compile(r"\.(gov\.cn|政务|xn--zfr164b)$")
_LEAVING = re.compile(r"离开|外部链接|站外|非本站|其他网站|第三方网站|跳转")
_MOST_OUTSIDE = 3


def _home(check: Procedure, *, steps: list[list[object]] | None = None, fresh: bool = False) -> Page:
    """首页；target 没有写 device 时以计算机的屏幕打开。"""
    device = str(check.page("home").get("device", "")) or "desktop"
    return named(check, "home", device=device, steps=steps or [], fresh=fresh)


def the_home_page_loads_in_time(check: Procedure) -> None:
    """WEB-25：打开首页到 load 事件结束的时长，五次的中位数；每次都没有缓存。"""
    most, visits = float(check.parameter("load_seconds_max")), int(check.parameter("load_visits"))
    network = str(check.optional("load_network") or _network(check))
    seconds, held = [], []
    for n in range(visits):
        page = _home(check, fresh=True)
        whole = page.loaded and page.load_ms is not None
        seconds.append((page.load_ms or 0) / 1000 if whole else check.patience)
        held.append(page.held_ms / 1000)
        check.witness(
            f"第 {n + 1} 次 {seconds[-1]:.2f} s" if whole else f"第 {n + 1} 次 {check.patience:g} s 内没有加载完"
        )
    middle = median(seconds)
    check.measure(
        "首页的加载时长", middle, "s", limit=most, statistic=f"{visits} 次的中位数，无缓存，网络：{network}", n=visits
    )
    if middle <= most and any(s >= check.patience for s in seconds) and check.patience <= most:
        check.stop(
            Cause.CONFIGURATION,
            f"limits.timeout 只有 {check.patience:g} s，量不到 {most:g} s",
            expected=f"> {most:g} s",
        )
    if middle - median(held) <= most < middle:
        check.stop(
            Cause.CONFIGURATION,
            f"加载时长 {middle:.2f} s 里有 {median(held):.2f} s 是请求在等 limits.rate、limits.concurrency，不能算在网站头上",
            expected="放宽 limits.rate、limits.concurrency 之后再量",
            actual="、".join(f"{s:.2f}" for s in seconds),
        )
    check.expect(
        middle <= most,
        "首页的加载时长超过限值",
        expected=f"中位数 ≤ {most:g} s",
        actual=f"{middle:.2f} s（{'、'.join(f'{s:.2f}' for s in seconds)}；网络：{network}）",
        where=str(check.page("home")["url"]),
    )


def _network(check: Procedure) -> str:
    host = urlsplit(str(check.page("home")["url"])).hostname or ""
    return "本机回环" if host in ("localhost", "::1") or host.startswith("127.") else "没有说明（load_network）"


def the_pages_use_few_hues(check: Procedure) -> None:
    """WEB-26：有 1 种主色调，总色调不超过 3 种。按面积归并背景色；超过的由人判断，图片的颜色也由人判断。"""
    most, least = int(check.parameter("hues_max")), float(check.parameter("hue_share_min")) / 100
    pages = [_home(check, steps=[["colours"]])]
    for url in _articles(check)[:1]:
        pages.append(open_page(check, url, title="内容页", device="desktop", steps=[["colours"]]))
    check.require(all(p.done and p.colours for p in pages), "页面的颜色没有量到", Cause.TOOL)
    found, pictures = hues(
        [p.colours[-1] for p in pages],
        apart=float(check.parameter("hue_apart")),
        chroma=float(check.parameter("hue_chroma_min")),
    )
    large = [h for h in found if h.share >= least]
    told = "、".join(f"{h.rgb} {100 * h.share:.1f} %" for h in large[:12]) or "没有"
    check.witness(
        f"{len(pages)} 个页面，占 {100 * least:g} % 以上的色调 {len(large)} 种：{told}；图片占 {100 * pictures:.1f} %"
    )
    check.measure("总色调", len(large), "种", limit=most)
    if not large and pictures >= least:
        show(check, pages[0], "截图：待人工复核的色调", [i.box for i in pages[0].look.images if i.shown][:8])
        check.stop(Cause.TOOL, f"需人工复核：页面的颜色都在图片里（占 {100 * pictures:.0f} %），色调由人看")
    check.expect(
        bool(large),
        "没有主色调：页面只有黑、白、灰",
        expected="1 种主色调",
        actual="没有一种色调的面积达到 " + f"{100 * least:g} %",
        where=pages[0].url,
    )
    if len(large) > most:
        _outline(check, pages, large)
        check.stop(
            Cause.TOOL,
            f"需人工复核：按面积有 {len(large)} 种色调，超过 {most} 种，算不算由人看截图判断",
            expected=f"总色调不超过 {most} 种",
            actual=told,
        )
    if large:
        check.expect(True, f"总色调不超过 {most} 种")


def _outline(check: Procedure, pages: list[Page], found: list[Hue]) -> None:
    for number, page in enumerate(pages):
        show(check, page, f"截图：{page.first.title[:20]} 的色调", [h.box for h in found if h.page == number])


@dataclass(frozen=True, slots=True)
class _Style:
    """一篇内容页的标题或正文：样式，和量它的那一段。"""

    sel: str
    box: tuple[float, ...]
    text: str
    said: str


def pages_of_a_column_look_alike(check: Procedure) -> None:
    """WEB-28：同一栏目的几篇内容页，标题和正文的字体、字号、行高各只有一种。"""
    wanted, urls = int(check.parameter("template_articles")), _articles(check)
    check.require(
        len(urls) >= wanted, f"article_pages 只写了 {len(urls)} 篇，要同一栏目的 {wanted} 篇", Cause.CONFIGURATION
    )
    pages = [open_page(check, url, title="内容页", device="desktop") for url in urls[:wanted]]
    names = {(p.url, _heading(check, p).text) for p in pages}
    check.require(
        len(names) == len({u for u, _ in names}) == len({t for _, t in names}) == len(pages),
        "article_pages 打开的不是不同的内容页：地址或标题相同（登录页、错误页？）",
        Cause.CONFIGURATION,
    )
    for what, of in (("标题", _heading), ("正文", _body)):
        styles = [(page, of(check, page)) for page in pages]
        usual = Counter(s.said for _, s in styles).most_common(1)[0][0]
        kinds = len({s.said for _, s in styles})
        check.measure(f"{what}的样式", kinds, "种", limit=1, n=len(pages))
        for page, style in styles:
            expect_each(
                check,
                page,
                [style],
                lambda s, usual=usual: s.said == usual,  # type: ignore[misc]
                f"同一栏目的{what}有 {kinds} 种样式",
                expected=f"{usual}（{len(pages)} 篇相同）",
                actual=lambda s: s.said,
                what=lambda s: s.text[:20],
            )


def _heading(check: Procedure, page: Page) -> _Style:
    """标题：h1；没有的，最大的一段文字。"""
    texts = [t for t in page.look.texts if t.where not in _AROUND]
    best = next((t for t in texts if t.tag == "h1"), None) or max(texts, key=lambda t: t.size, default=None)
    if best is None:
        check.stop(Cause.SYSTEM, f"内容页没有标题和正文：{page.first.title}", actual=page.url)
    return _Style(best.sel, best.box, best.text, _said(best))


def _body(check: Procedure, page: Page) -> _Style:
    """正文：字数最多的那种样式。"""
    texts = [t for t in page.look.texts if t.where not in _AROUND and t.tag not in ("h1", "h2", "h3")]
    count: Counter[str] = Counter()
    for t in texts:
        count[_said(t)] += t.chars
    check.require(bool(count), f"内容页没有正文：{page.first.title}", Cause.SYSTEM)
    said = count.most_common(1)[0][0]
    first = next(t for t in texts if _said(t) == said)
    return _Style(first.sel, first.box, first.text, said)


def _said(t: Text) -> str:
    return f"{t.font.partition(',')[0].strip(chr(34))} {t.size:g} px，行高 {f'{t.line:g} px' if t.line else '未定'}"


def _articles(check: Procedure) -> list[str]:
    """参数 article_pages 的地址；/ 开头的接在首页之后。"""
    home = str(check.page("home")["url"])
    return [urljoin(home, str(a)) for a in check.optional("article_pages") or ()]


def leaving_the_site_is_announced(check: Procedure) -> None:
    """WEB-35：点击首页上的站外链接，离开之前有提示。非政府域名的链接优先，至多三个主机。"""
    plain = _home(check)
    outside = _outside(check, plain)
    if not outside:
        return check.rule_out("首页没有站外链接")
    for link in outside:
        page = _home(check, steps=[["leave", link.sel], ["wait", 0.3]])
        check.require(page.done, f"链接“{link.name}”按不下去：{page.undone}", Cause.SYSTEM)
        told = _announced(check, plain, page)
        check.witness(f"“{link.name}” {link.href}：{told or '没有提示'}")
        if not check.expect(
            bool(told),
            f"站外链接没有离站提示：{link.name[:20]}",
            expected="离开之前有提示，如“您访问的链接即将离开……是否继续”",
            actual="直接跳走" if _left(check, page) else "没有提示",
            where=f"{plain.url} {link.sel}",
        ):
            show(check, plain, "截图：没有提示的站外链接", [link.box])
    return None


def _outside(check: Procedure, page: Page) -> list[Control]:
    """显示着的站外链接，每个主机一个。"""
    own, out = _own(check), {}
    links = [c for c in page.first.controls if c.shown and c.href.startswith(("http://", "https://"))]
    for link in sorted(links, key=lambda c: bool(_GOVERNMENT.search(_host(c.href)))):
        if _host(link.href) not in own:
            out.setdefault(_host(link.href), link)
    return list(out.values())[:_MOST_OUTSIDE]


def _own(check: Procedure) -> set[str]:
    """本站的主机：首页的、site 的和 site_hosts 列出的。"""
    site = str(check.parameter("site"))
    given = [str(h).lower() for h in check.optional("site_hosts") or ()]
    return {_host(str(check.page("home")["url"])), _host(site) or site.lower(), *given}


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _announced(check: Procedure, before: Page, after: Page) -> str:
    """离站的提示：对话框，新出现的文字，或本站的一个提示页。"""
    asked: list[Mapping[str, Any]] = [d for d in after.dialogs if d["kind"] in ("confirm", "alert") and d["step"]]
    if asked:
        return str(asked[0]["text"])[:60] or "（没有文字的对话框）"
    known = {t.text for t in before.first.texts}
    for text in after.look.texts:
        if text.text not in known and _LEAVING.search(text.text):
            return text.text
    for popup in after.popups:
        url = str(popup["url"])
        if _host(url) in _own(check) and check.may_visit(url):
            page = open_page(check, url, title="离站提示页", device="desktop", judge=False)
            if _LEAVING.search(page.first.text):
                return page.first.text.strip()[:60]
    return ""


def _left(check: Procedure, page: Page) -> bool:
    own = _own(check)
    gone = [r.host for r in page.requests if r.step and r.type == "document"] + [
        _host(str(p["url"])) for p in page.popups
    ]
    return any(h and h not in own for h in gone)

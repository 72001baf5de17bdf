"""链接：二级、三级内链经 IPv6 访问成功的比例。规则和分母都写进证据。

计入的链接：同站（主机是 site_domain 或在其下）、http/https、去重、去掉 # 之后；二级为首页上的，三级为二级页面上的且不在
首页和二级之中。超过上限时在全部链接中均匀取样。IPv4 也打不开的不计入分母；主机未列入 hosts 的没有访问，单列。
"""

from __future__ import annotations

from conformance.sites import links, zone
from conformance.sites.pages import Browser, Fetched, visit
from conformance.suite import Cause, Procedure

_RULES = (
    "同站：主机为 {domain} 或在其下；协议 http、https；去掉 # 之后再去重；重定向只跟随站内的；"
    "退出登录之类的链接不访问；成功为最后状态 2xx；IPv4 也打不开的不计入分母；每级至多 {most} 个，超过时均匀取样"
)


def second_level_links_answer_over_ipv6(check: Procedure) -> None:
    """V6W-17：首页上的站内链接经 IPv6 访问成功的比例。"""
    found = zone.site_over_ipv6(check)
    browser = Browser(check)
    browser.know(found)
    _reachable(check, browser)
    home = _home(check, browser)
    second = _second(check, home)
    check.require(bool(second), "首页上没有站内链接（可能由脚本生成），没有可检查的数据", Cause.SYSTEM)
    _judge(check, browser, second, "二级链接", float(check.parameter("min_second_level")))


def third_level_links_answer_over_ipv6(check: Procedure) -> None:
    """V6W-18：二级页面上新出现的站内链接经 IPv6 访问成功的比例。二级页面经 IPv4 取得，使两级的结果互不影响。"""
    found = zone.site_over_ipv6(check)
    browser = Browser(check)
    browser.know(found)
    _reachable(check, browser)
    home = _home(check, browser)
    second = links.spread(_second(check, home), int(check.parameter("max_pages")))
    known = {home.url, home.final, *_second(check, home)}
    third: dict[str, None] = {}
    for page in browser.many(second, zone.reference(check, found)):
        if page.ok:
            third.update(dict.fromkeys(u for u in _inside(check, page) if u not in known))
    check.require(bool(third), "二级页面上没有新的站内链接，没有可检查的数据", Cause.SYSTEM)
    _judge(check, browser, tuple(third), "三级链接", float(check.parameter("min_third_level")))


def _reachable(check: Procedure, browser: Browser) -> None:
    """Something answers at the site's own IPv6 address: where nothing does, every link would say so once more."""
    page = browser.get(str(check.parameter("site")), 6)
    if not page.status and not page.hops:
        check.stop(
            Cause.SYSTEM,
            f"首页经 IPv6 连不上（{page.words}），{zone.judged_by(check, 'V6W-05')}",
            blocked_by="ipv6-home",
        )


def _home(check: Procedure, browser: Browser) -> Fetched:
    """The page whose links count: over IPv4 where there is one, so that a broken IPv6 home page does not hide them."""
    url = str(check.parameter("site"))
    found = browser.addresses(zone.host_of(check))
    page = browser.get(url, zone.reference(check, found))
    if not page.ok:
        check.stop(Cause.SYSTEM, f"首页没有打开（{page.words}），没有可检查的链接", blocked_by="home")
    return page


def _second(check: Procedure, home: Fetched) -> tuple[str, ...]:
    return tuple(u for u in _inside(check, home) if u not in (home.url, home.final))


def _inside(check: Procedure, page: Fetched) -> tuple[str, ...]:
    domain = zone.site_domain(check)
    return tuple(u for u in page.page.links if links.of_site(u, domain))


def _judge(check: Procedure, browser: Browser, every: tuple[str, ...], what: str, floor: float) -> None:
    most = int(check.parameter("max_links"))
    chosen = links.spread(every, most)
    seen = visit(check, browser, chosen)
    rate = seen.rate
    rules = _RULES.format(domain=zone.site_domain(check), most=most)
    check.attach(f"{what}的规则和分母", {"rules": rules, "found": len(every), "chosen": len(chosen), **seen.to_json()})
    check.attach(f"图 {what}", {"figure": "coverage", "good": rate.good, "bad": rate.bad, "unknown": rate.unknown})
    check.require(rate.total > 0, f"{what}在两个地址族上都打不开，没有可计的分母", Cause.SYSTEM)
    reached = rate.verdict(floor)
    if reached is None:
        hosts = sorted({links.host_of(p.url) for p in seen.unknown})
        check.stop(
            Cause.CONFIGURATION,
            f"{what}中有 {rate.unknown} 个的主机没有访问，结论取决于它们：在 target 的 hosts 中列出 {'、'.join(hosts[:5])}",
            expected=f"支持率 ≥ {floor:g} %",
            actual=str(rate),
            blocked_by="hosts",
        )
    check.measure(f"{what} IPv6 支持率", rate.least, "%", limit=floor, statistic="成功数/总数", n=rate.total)
    check.expect(
        reached,
        f"{what}的 IPv6 支持率低于下限",
        expected=f"≥ {floor:g} %",
        actual=f"{rate}；找到 {len(every)} 个，取 {len(chosen)} 个，两族都打不开 {len(seen.dead)} 个",
        where="；".join(f"{p.url}（{p.words}）" for p in seen.bad[:3]),
    )

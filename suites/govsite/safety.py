"""暗链和外来脚本，后台管理的入口。"""

from __future__ import annotations

from urllib.parse import urljoin

from conformance.sites import crawl, site
from conformance.sites.links import host_of
from conformance.suite import Procedure

_OFFICIAL = (".gov.cn", ".政务", ".xn--zfr164b", ".公益", ".xn--55qw42g", "gov.cn")
_NAMED = 5


def no_hidden_link_leads_elsewhere(check: Procedure) -> None:
    """WEB-10：看不见的链接没有指向政府域名以外。收起的菜单里的政府网站和本站的链接不算。"""
    found = site.survey(check)
    bad, rows = [], []
    for url, page in found.pages.items():
        if not found.inside(url):
            continue
        check.witness(f"{url}：{len(page.links)} 个链接")
        for link in page.links:
            if found.inside(link.url) or not link.hidden:
                continue
            elsewhere = not _official(host_of(link.url))
            rows.append([link.url, link.text, link.hidden, "指向别处" if elsewhere else "政府网站", url])
            if elsewhere:
                bad.append(f"{link.url}（{link.hidden}，{url}）")
    if rows:
        site.table(check, "看不见的站外链接", ["地址", "文字", "怎样隐藏", "指向", "所在页面"], rows)
    outside = sorted(
        {(link.url, link.text) for p in found.pages.values() for link in p.links if not found.inside(link.url)}
    )
    if outside:  # what a person looks through for WEB-09
        site.table(check, "全部站外链接", ["地址", "文字"], [[u, t] for u, t in outside])
    check.expect(
        not bad,
        f"有 {len(bad)} 处看不见的链接指向政府域名以外",
        expected="没有",
        actual="；".join(bad[:_NAMED]),
    )


def scripts_come_from_known_hosts(check: Procedure) -> None:
    """WEB-10：脚本和框架的主机。"""
    found = site.survey(check)
    known = {str(h).lower() for h in check.optional("script_hosts") or ()}
    strange: dict[str, str] = {}
    for url, page in found.pages.items():
        for address in (*page.scripts, *page.frames):
            host = host_of(address)
            check.witness(address)
            if not (found.inside(address) or _official(host) or host in known):
                strange.setdefault(address, url)
    if not check.witnesses:
        check.witness(f"{len(found.pages)} 个页面都没有引用脚本文件和框架")
    check.expect(
        not strange,
        "页面引用了未列出主机上的脚本或框架：核对后写入 script_hosts，或从页面去掉",
        expected="本站、政府域名，或 script_hosts 列出的主机",
        actual="；".join(list(strange)[:_NAMED]),
        where="；".join(list(strange.values())[:3]),
    )


def _official(host: str) -> bool:
    return host.endswith(_OFFICIAL[:-1]) or host == _OFFICIAL[-1]


def the_administration_does_not_answer(check: Procedure) -> None:
    """WEB-44：后台管理的路径打不开。首页已打开，是对照。"""
    found = site.survey(check)
    for path in check.parameter("admin_paths"):
        url = urljoin(found.start, str(path))
        check.require(found.inside(url), f"admin_paths 的 {path} 不在本站", answer=None)
        exchange = check.send("page", [crawl.compose("GET", url, site.addresses(check))])[0]
        status = exchange.response.status if exchange.response else 0
        page = crawl.parsed(exchange)
        reached = 200 <= status < 400 and not (page.plain and page.plain == found.missing.plain)
        check.witness(f"{url}：{f'HTTP {status}' if status else exchange.fault and exchange.fault.message}")
        check.expect(
            not reached and status != 401,
            "后台管理在公众网站的主机上可以打开",
            expected="打不开（403、404 或连不上）",
            actual=f"HTTP {status} {page.title}".strip(),
            where=url,
        )

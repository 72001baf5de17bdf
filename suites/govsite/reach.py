"""可用性：站内页面、图片和附件、站外链接能不能打开。站内站外分开；没有访问的单列，不当作打开。"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.sites import attachments, site
from conformance.sites.links import host_of, readable
from conformance.sites.survey import LEFT, Came, Survey
from conformance.suite import Cause, Procedure

_NAMED = 5


def in_site_links_open(check: Procedure) -> None:
    """WEB-14：站内页面。以不存在的地址作对照：认不出“不存在”，就认不出死链。"""
    found = site.survey(check)
    site.rules_table(check, found)
    urls = [
        u
        for u in found.exchanges
        if found.inside(u) and _linked(found, u) and not attachments.is_picture(u) and not attachments.is_file(u)
    ]
    _judge(check, found, "站内链接", urls)


def pictures_and_attachments_open(check: Procedure) -> None:
    """WEB-14：站内的图片和附件。"""
    found = site.survey(check)
    urls = [
        u
        for u in found.exchanges
        if found.inside(u) and _linked(found, u) and (attachments.is_picture(u) or attachments.is_file(u))
    ]
    check.require(bool(urls), "抓取范围内没有图片和附件，没有可检查的数据", Cause.SYSTEM)
    _judge(check, found, "图片和附件", urls)


def outside_links_open(check: Procedure) -> None:
    """WEB-14：站外链接，只访问 hosts 列出的主机。"""
    found = site.survey(check)
    check.require(check.parameter("external_links") is True, "target 没有同意访问站外链接（external_links: true）")
    urls = [u for u in found.linked if not found.inside(u)]
    check.require(bool(urls), "抓取范围内没有站外链接，没有可检查的数据", Cause.SYSTEM)
    hosts = _judge(check, found, "站外链接", urls)
    check.require(
        not hosts,
        f"有 {len(hosts)} 个站外主机没有访问：在 target 的 hosts 中列出 {'、'.join(sorted(hosts)[:5])}",
        Cause.CONFIGURATION,
    )


def _linked(found: Survey, url: str) -> bool:
    """Whether a page of the site leads there; robots.txt and the address that is nowhere are our own."""
    return url in found.linked or url == found.start


def _judge(check: Procedure, found: Survey, what: str, urls: Sequence[str]) -> set[str]:
    """Count what opened; returns the hosts that were not visited."""
    slow = float(check.parameter("open_seconds"))
    dead: list[Came] = []
    left: list[Came] = []
    for url in urls:
        came = found.came(url, slow)
        if came.why in LEFT:
            left.append(came)
            continue
        check.witness(f"{url}：{came.said}")
        if came.dead:
            dead.append(came)
    rows = [[c.url, c.said, found.linked.get(c.url, "")] for c in (*dead, *left)]
    if rows:
        site.table(check, f"没有打开的{what}", ["地址", "结果", "所在页面"], rows)
    opened = len(urls) - len(dead) - len(left)
    check.attach(f"图 {what}", {"figure": "coverage", "good": opened, "bad": len(dead), "unknown": len(left)})
    check.measure(f"打不开的{what}", len(dead), "处", limit=0, statistic="打不开的个数", n=len(urls) - len(left))
    unseen = {host_of(c.final) for c in left if c.why == "not-visited"}
    check.require(
        len(urls) > len(left),
        f"{what}一个也没有访问：在 target 的 hosts 中列出 {'、'.join(sorted(unseen)[:5])}",
        Cause.CONFIGURATION,
    )
    check.expect(
        not dead,
        f"{what}有 {len(dead)} 处打不开",
        expected=f"都在 {slow:g} 秒内打开",
        actual="；".join(f"{readable(c.url)} {c.said}" for c in dead[:_NAMED]) + ("；…" if len(dead) > _NAMED else ""),
        where="；".join(dict.fromkeys(found.linked.get(c.url, "") for c in dead[:3])),
    )
    early = [c for c in left if c.why == "impatient"]
    check.require(
        not early or bool(dead),
        f"有 {len(early)} 处{what}等到 limits 的时限仍未打开，但不足 {slow:g} s：把 limits.timeout 和 total_timeout 调到 {slow + 5:g}s"
        f"（如 {early[0].url if early else ''}）",
        Cause.CONFIGURATION,
    )
    return unseen

"""网页标签和发布时间：首页、栏目页、内容页。内容页是声明的栏目所列出的站内页面。"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.sites import articles, site
from conformance.sites.facts import Facts
from conformance.sites.links import host_of
from conformance.suite import Cause, Procedure

_SITE = ("SiteName", "SiteDomain", "SiteIDCode")
_COLUMN = (*_SITE, "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
_ARTICLE = (*_COLUMN, "ArticleTitle", "PubDate", "ContentSource")
_NO_ARTICLES = ("办事指南", "留言公开")  # their entries are guides and letters, not published information


def the_home_page_has_its_tags(check: Procedure) -> None:
    """WEB-32：三个标签；SiteDomain 与主机名相同。"""
    home, url = site.survey(check).home, str(check.parameter("site"))
    check.witness("；".join(f"{n}={home.metas.get(n, '')}" for n in _SITE))
    _tags(check, home, _SITE, url)
    domain = _value(home, "SiteDomain").lower().removeprefix("http://").removeprefix("https://").strip("/")
    if domain:
        host = host_of(url)
        same = domain == host or domain == host.removeprefix("www.")
        check.expect(same, "SiteDomain 与网站的域名不同", expected=host, actual=domain, where=url)


def column_pages_have_their_tags(check: Procedure) -> None:
    """WEB-33：每个声明的栏目页有 7 个标签。"""
    found = site.survey(check)
    for column in site.columns(check, found):
        page = found.page(column.url)
        if page is not None:
            check.witness(f"{column.name}：{column.url}")
            # The three of the site are WEB-32's, once for the whole site.
            _tags(check, page, _COLUMN[3:], column.url)


def content_pages_have_their_tags(check: Procedure) -> None:
    """WEB-34：每个内容页有 10 个标签。"""
    for url, page in _articles(check):
        check.witness(url)
        _tags(check, page, _ARTICLE[7:], url)


def the_title_tag_is_the_heading(check: Procedure) -> None:
    """WEB-34：ArticleTitle 与页面的标题相同。"""
    for url, page in _articles(check):
        tag = "".join(_value(page, "ArticleTitle").split())
        if not tag:
            continue
        check.witness(url)
        heads = ["".join(h.split()) for h in page.h1] or ["".join(page.title.split())]
        same = tag in heads or any(tag in h for h in heads)
        check.expect(same, "ArticleTitle 与页面的标题不同", expected=heads[0], actual=tag, where=url)


def the_date_tag_is_the_shown_time(check: Procedure) -> None:
    """WEB-34：PubDate 能解析，与显示的时间相同。"""
    for url, page in _articles(check):
        raw, tag, shown = _value(page, "PubDate"), articles.tagged_time(page), articles.shown_time(page)
        if not raw:
            continue
        check.witness(f"{url}：{raw}")
        if not check.expect(tag is not None, "PubDate 不是日期", expected="YYYY-MM-DD HH:MM", actual=raw, where=url):
            continue
        if shown is None or shown.day is None or tag is None:
            continue
        same = tag[0] == shown.day and (tag[1] is None or shown.clock is None or tag[1] == shown.clock)
        check.expect(same, "PubDate 与页面显示的发布时间不同", expected=shown.text, actual=raw, where=url)


def content_pages_show_their_time(check: Procedure) -> None:
    """WEB-27：每个内容页显示发布时间，格式到分钟。"""
    for url, page in _articles(check):
        shown = articles.shown_time(page)
        check.witness(f"{url}：{shown.text if shown else '没有'}")
        check.expect(
            shown is not None and shown.exact,
            "内容页没有显示发布时间" if shown is None else "发布时间的格式不对",
            expected="YYYY-MM-DD HH:MM",
            actual=shown.text if shown else "没有",
            where=url,
        )


def _articles(check: Procedure) -> Iterator[tuple[str, Facts]]:
    found = site.survey(check)
    seen: set[str] = set()
    for column in site.columns(check, found):
        if column.kind in _NO_ARTICLES:
            continue
        for entry in column.entries:
            page = found.page(entry.url) if found.inside(entry.url) else None
            if page is not None and entry.url not in seen:
                seen.add(entry.url)
                yield entry.url, page
    check.require(bool(seen), "声明的栏目没有列出任何站内的内容页", Cause.SYSTEM)


def _tags(check: Procedure, page: Facts, wanted: tuple[str, ...], url: str) -> None:
    missing = [n for n in wanted if not _value(page, n)]
    check.expect(
        not missing,
        f"缺少网页标签 {'、'.join(missing)}",
        expected="、".join(wanted),
        actual="；".join(f"{n}={page.metas.get(n, '（没有）')}" for n in missing),
        where=url,
    )


def _value(page: Facts, name: str) -> str:
    """The content of a tag; what a template left empty is none."""
    value = page.metas.get(name, "").strip()
    return "" if value.lower() in ("null", "undefined", "none") else value

"""搜索：用已知信息的完整标题试本站的搜索；搜索不存在的词作对照，使“什么都返回”不算找到。"""

from __future__ import annotations

from urllib.parse import quote, urlencode, urljoin

from conformance.model.verdict import Cause
from conformance.sites import crawl, site
from conformance.sites.facts import Facts, Form
from conformance.sites.survey import Survey
from conformance.suite import Procedure

_NOTHING = "符合性测试不存在的词条"
_TEXT = ("text", "search", "input")


def the_home_page_offers_a_search(check: Procedure) -> None:
    """WEB-30：有搜索框，且用它能得到结果页。"""
    found = site.survey(check)
    offered = _offered(check, found)
    check.witness(offered or f"首页的 {len(found.home.forms)} 个表单")
    if not check.expect(
        bool(offered),
        "首页没有能用的搜索框（由脚本生成的要在 target 写 search_url）",
        expected="method=get、有一个文字字段的表单",
        actual="；".join(f"{f.method} {f.action}" for f in found.home.forms[:3]) or "没有表单",
        where=found.start,
    ):
        return
    url, page, status = _search(check, found, offered, _titles(check, found)[0][1][:4])
    check.expect(
        200 <= status < 300 and page.plain != found.missing.plain,
        "搜索没有得到结果页",
        expected="HTTP 200",
        actual=f"HTTP {status}",
        where=url,
    )


def known_titles_are_found(check: Procedure) -> None:
    """WEB-19：已知标题在结果里；不存在的词的结果里没有它们。"""
    found = site.survey(check)
    offered = _needed(check, found)
    titles = _titles(check, found)
    url, nothing, answered = _search(check, found, offered, _NOTHING)
    check.require(200 <= answered < 300, f"搜索没有得到结果页（HTTP {answered}），由 WEB-30 判定", Cause.SYSTEM)
    for address, title in titles:
        where, page, status = _search(check, found, offered, title)
        check.witness(f"{title} → HTTP {status}")
        check.expect(
            200 <= status < 300 and _has(page, address, title),
            f"搜索已知信息的标题，结果里没有它：{title}",
            expected=address,
            actual=f"HTTP {status}，{len(page.links)} 个链接",
            where=where,
        )
    every = [title for address, title in titles if _has(nothing, address, title)]
    check.expect(
        not every, "搜索不存在的词也得到这些信息：结果与关键词无关", expected="没有", actual="；".join(every), where=url
    )


def results_are_shown_by_kind(check: Procedure) -> None:
    """WEB-19：结果页有两个以上的类别。"""
    found = site.survey(check)
    offered = _needed(check, found)
    url, page, status = _search(check, found, offered, _titles(check, found)[0][1])
    check.require(200 <= status < 300, f"搜索没有得到结果页（HTTP {status}），由 WEB-30 判定", Cause.SYSTEM)
    words = [str(k) for k in check.parameter("search_kinds")]
    own = {link.text for link in page.links if link.url not in found.template and len(link.text) <= 8}
    kinds = sorted(text for text in own if any(w in text for w in words))
    check.witness(f"{url}：{len(page.links)} 个链接")
    check.expect(
        len(kinds) >= 2, "搜索结果没有分类展现", expected="两个以上的类别", actual="、".join(kinds) or "没有", where=url
    )


def _has(page: Facts, address: str, title: str) -> bool:
    """A link to it, or a link with its title: some sites go through a counter."""
    plain = "".join(title.split())
    return any(link.url == address or plain in "".join(link.text.split()) for link in page.links)


def _titles(check: Procedure, found: Survey) -> list[tuple[str, str]]:
    """Titles of entries, from as many columns as there are."""
    most = int(check.parameter("search_titles"))
    out = []
    for column in site.columns(check, found):
        for entry in column.entries:
            page = found.page(entry.url) if found.inside(entry.url) else None
            if column.kind not in ("办事指南", "留言公开") and page is not None and len(entry.title) >= 6:
                out.append((entry.url, page.h1[0] if page.h1 and page.h1[0] else entry.title))
                break
    check.require(bool(out), "没有可以用来试搜索的已知信息", Cause.SYSTEM)
    return out[:: max(1, len(out) // most)][:most]


def _needed(check: Procedure, found: Survey) -> str:
    offered = _offered(check, found)
    if not offered:
        check.stop(
            Cause.CONFIGURATION,
            "首页没有搜索框，由 WEB-30 判定；脚本生成的要在 target 写 search_url",
            blocked_by="search",
        )
    return offered


def _offered(check: Procedure, found: Survey) -> str:
    """The address of the search with {query} in it: the target's word, else the form on the home or the search page."""
    given = check.optional("search_url")
    if given:
        check.require("{query}" in str(given), "search_url 里没有 {query}", Cause.CONFIGURATION)
        return urljoin(found.start, str(given))
    pages = [found.home]
    if check.optional("search_page"):
        pages.append(found.page(urljoin(found.start, str(check.optional("search_page")))) or Facts())
    for page in pages:
        for form in page.forms:
            if address := _template(form):
                return address
    return ""


def _template(form: Form) -> str:
    texts = [n for n, kind, _ in form.fields if n and kind in _TEXT]
    if form.method != "get" or not form.action or len(texts) != 1 or any(k == "password" for _, k, _ in form.fields):
        return ""
    fixed = [(n, v) for n, kind, v in form.fields if n and kind == "hidden"]
    query = urlencode(fixed) + ("&" if fixed else "") + quote(texts[0]) + "={query}"
    return form.action.partition("?")[0] + "?" + query


def _search(check: Procedure, found: Survey, template: str, query: str) -> tuple[str, Facts, int]:
    """(address, what the page says, status) of one search; redirects inside the site are followed."""
    url = template.replace("{query}", quote(query, safe=""))
    check.require(
        found.inside(url) or not found.hosts, "搜索不在本站的主机上：在 target 的 site_hosts 和 hosts 中列出它"
    )
    here, exchange = url, check.send("page", [crawl.compose("GET", url, site.addresses(check))])[0]
    for _ in range(3):
        to = crawl.target(exchange) if exchange.response and exchange.response.status in crawl.REDIRECTS else None
        if to is None or not found.inside(to):
            break
        here, exchange = to, check.send("page", [crawl.compose("GET", to, site.addresses(check))])[0]
    status = exchange.response.status if exchange.response else 0
    return here, crawl.parsed(exchange), status

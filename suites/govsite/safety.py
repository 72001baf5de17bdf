"""暗链、外来脚本和篡改，后台管理的入口，数据库的端口。"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urljoin, urlsplit

from conformance.model.exchange import Request
from conformance.run.redact import neutral
from conformance.sites import crawl, earlier, sheets, site, snapshot
from conformance.sites.facts import Facts
from conformance.sites.links import host_of
from conformance.sites.survey import Survey
from conformance.suite import Cause, Procedure
from conformance.target.access import written

_OFFICIAL = (".gov.cn", ".政务", ".xn--zfr164b", ".公益", ".xn--55qw42g", "gov.cn")
_NAMED = 5
_KEPT_UP = ("留言公开", "办事统计", "年度报表")  # grow at one address


def no_hidden_link_leads_elsewhere(check: Procedure) -> None:
    """WEB-10：看不见的链接没有指向政府域名以外。收起的菜单里的政府网站和本站的链接不算。"""
    found = site.survey(check)
    bad, rows = [], []
    sheets = _Sheets(found)
    for url, page in found.pages.items():
        if not found.inside(url):
            continue
        check.witness(f"{url}：{len(page.links)} 个链接")
        by_sheet = sheets.hidden(url, page)
        for link in page.links:
            hidden = link.hidden or by_sheet.get(link.url, "")
            if found.inside(link.url) or not hidden:
                continue
            elsewhere = not _official(host_of(link.url))
            rows.append([link.url, link.text, hidden, "指向别处" if elsewhere else "政府网站", url])
            if elsewhere:
                bad.append(f"{link.url}（{hidden}，{url}）")
    sheets.told(check)
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
        actual="；".join([*bad[:_NAMED], *(["…"] if len(bad) > _NAMED else [])]),
    )


class _Sheets:
    """The style sheets that the crawl read, put together as each page links them."""

    def __init__(self, found: Survey) -> None:
        self._found = found
        self._read: dict[tuple[str, ...], sheets.Sheets] = {}
        self._missing: dict[str, str] = {}

    def hidden(self, url: str, page: Facts) -> Mapping[str, str]:
        """Address → how a sheet hides it, where the page has links that could matter."""
        wanted = {k.url for k in page.links if not k.hidden and not self._found.inside(k.url)}
        if not wanted:
            return {}
        texts = {address: self._text(address, url) for address in page.styles}
        which = tuple(address for address, text in texts.items() if text)
        if which not in self._read:
            self._read[which] = sheets.read(texts[address] for address in which)
        response = self._found.exchanges[url].response
        if response is None:
            return {}
        kind = response.header("content-type") or ""
        return sheets.hidden_links(response.body, url, kind, self._read[which], wanted)

    def _text(self, address: str, url: str) -> bytes:
        exchange = self._found.exchanges.get(address)
        response = exchange.response if exchange else None
        if response is not None and response.status == 200 and "css" in (response.header("content-type") or "css"):
            return response.body
        self._missing.setdefault(address, url)
        return b""

    def told(self, check: Procedure) -> None:
        rows = [[address, url] for address, url in self._missing.items()]
        if rows:
            site.table(check, "没有读到的样式表（它们隐藏的链接看不出来）", ["地址", "所在页面"], rows)


def texts_are_as_confirmed(check: Procedure) -> None:
    """WEB-10：内容页的正文与基线相同。比的是列表所列的内容页；首页、栏目页天天在变，不比；被测方自己改过的列在 changed_pages。"""
    found = site.survey(check)
    before = earlier.snapshot_of(check, found)
    known = {urljoin(found.start, str(path)) for path in check.optional("changed_pages") or ()}
    rows = []
    for column in site.columns(check, found):
        for entry in column.entries if column.kind not in _KEPT_UP else ():
            page = found.page(entry.url) if found.inside(entry.url) else None
            seen = before.pages.get(neutral(entry.url))
            if page is None or seen is None:
                continue
            text = snapshot.text(page, found.home)
            marks = [snapshot.mark(line) for line in text]
            new = [line for line, mark in zip(text, marks, strict=True) if mark not in seen.lines]
            gone = len(set(seen.lines) - set(marks))
            same = marks == list(seen.lines)
            check.witness(f"{entry.url}：{len(text)} 段")
            if not same:
                said = "被测方说明已改" if entry.url in known else "没有说明"
                rows.append([entry.url, entry.title, f"多出 {len(new)} 段，少了 {gone} 段", said])
            check.expect(
                same or entry.url in known,
                f"“{entry.title}”的正文与 {before.at:%Y-%m-%d} 的基线不同：自己改的写入 changed_pages，不是自己改的按被篡改处理",
                expected="与基线相同",
                actual="；".join(["多出：" + line[:80] for line in new[:2]] + [f"少了 {gone} 段"] * bool(gone))
                or "次序不同",
                where=entry.url,
            )
    check.require(check.witnesses > 0, "基线里没有一个现在还列出的内容页，没有可比的", Cause.CONFIGURATION)
    if rows:
        site.table(check, "正文与基线不同的页面", ["地址", "标题", "改动", "说明"], rows)


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
        actual="；".join([*list(strange)[:_NAMED], *(["…"] if len(strange) > _NAMED else [])]),
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


def database_ports_are_closed(check: Procedure) -> None:
    """WEB-44：公众网站的主机上，数据库的端口连不上。只连接网站首页所在的地址；它自己的端口能连上，是对照。"""
    found = site.survey(check)
    ports = _ports(check)
    address, own = _where(check, found)
    control, *others = check.send(
        "connect", [Request("TCP", f"tcp://{written(address, port)}") for port in (own, *ports)]
    )
    check.require(
        control.fault is None,
        f"网站自己的端口 {own} 也不能直接连接，不能据此判定别的端口",
        Cause.ENVIRONMENT,
    )
    for port, exchange in zip(ports, others, strict=True):
        fault = exchange.fault
        check.require(
            fault is None or fault.kind in _CLOSED,
            f"端口 {port} 没有试连：{fault.message if fault else ''}",
            Cause.CONFIGURATION,
        )
        check.witness(f"{written(address, port)}：{fault.message if fault else '开放'}")
        check.expect(
            fault is not None,
            f"数据库的端口 {port} 在公众网站的主机上可以连接",
            expected="拒绝或不可达",
            actual="开放",
            where=written(address, port),
        )


_CLOSED = frozenset(("refused", "connect-timeout", "timeout", "unreachable", "closed"))
_MOST_PORTS = 20


def _ports(check: Procedure) -> list[int]:
    given = [str(port).strip() for port in check.parameter("database_ports")]
    wrong = [port for port in given if not (port.isdigit() and 0 < int(port) < 65536)]
    check.require(not wrong, f"database_ports 的 {'、'.join(wrong[:3])} 不是端口号（1 至 65535）")
    check.require(len(given) <= _MOST_PORTS, f"database_ports 有 {len(given)} 个端口，至多 {_MOST_PORTS} 个")
    return list(dict.fromkeys(int(port) for port in given))


def _where(check: Procedure, found: Survey) -> tuple[IPv4Address | IPv6Address, int]:
    """The address that the home page came from, and its port. Nothing else is connected to."""
    parts = urlsplit(found.start)
    own = parts.port or (443 if parts.scheme == "https" else 80)
    given = site.addresses(check).get(host_of(found.start))
    if given:
        return ip_address(given), own
    check.require(
        not check.proxied, "经代理访问，不知道网站的地址：在 addresses 写明，如 www.example.gov.cn=192.0.2.80"
    )
    peer = found.exchanges[found.start].peer.rpartition(":")[0].strip("[]")
    check.require(bool(peer), "不知道首页来自哪个地址：在 addresses 写明", Cause.TOOL)
    return ip_address(peer), own

"""The site of a check: crawled once for all of them, told from what is not the site, its columns and its inspection date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.model.verdict import Cause
from conformance.run.context import Procedure, Sending
from conformance.run.gathered import Batch
from conformance.sites import columns as column_rules
from conformance.sites import survey as reading
from conformance.sites.columns import Column
from conformance.sites.crawl import Rules, crawl
from conformance.sites.links import readable
from conformance.sites.survey import Survey

NAME = "网站抓取"
BEIJING = timezone(timedelta(hours=8))
_NOWHERE = "/conformance-no-such-page-5f1c.html"
_FEW = 3  # links inside the site that a home page has at least


def survey(check: Procedure) -> Survey:
    """The crawled site. Stops the check as 无法判定 where what answers is not the site that the target names."""
    found = crawled(check)
    trouble = _not_the_site(check, found)
    if trouble is not None:
        cause, message, actual = trouble
        check.stop(
            cause,
            f"打开的不是要检测的网站：{message}",
            expected=f"首页是“{check.parameter('site_name')}”，声明的栏目至少有一个能打开",
            actual=actual,
            blocked_by="site",
        )
    return found


def crawled(check: Procedure) -> Survey:
    """The crawl, made by the first check of the run that asks."""
    rules = rules_of(check)

    def gather(send: Sending) -> Batch:
        return crawl(send, rules, concurrency=check.concurrency, pause=check.sleep)

    return check.gathered(NAME, gather, reading.read)


def rules_of(check: Procedure) -> Rules:
    """The rules of the crawl, from the parameters of the target."""
    start = str(check.parameter("site"))
    host = (urlsplit(start).hostname or "").lower()
    hosts = tuple(dict.fromkeys((host, *(str(h).lower() for h in check.optional("site_hosts") or ()))))
    given = [str(c["path"]) for c in declared(check)]
    for name in ("message_page", "search_page"):
        if check.optional(name):
            given.append(str(check.optional(name)))
    return Rules(
        start=start,
        hosts=hosts,
        seeds=tuple(dict.fromkeys(urljoin(start, p) for p in given)),
        missing=urljoin(start, _NOWHERE),
        addresses=addresses(check),
        outside=check.optional("external_links") is True,
        robots=str(check.parameter("robots")),
        pages=int(check.parameter("crawl_most_pages")),
        files=int(check.parameter("crawl_files")),
        links=int(check.parameter("crawl_links")),
        octets=int(check.parameter("crawl_megabytes")) << 20,
        depth=int(check.parameter("crawl_depth")),
        seconds=float(check.parameter("crawl_seconds")),
        rate=float(check.parameter("crawl_rate")),
    )


def addresses(check: Procedure) -> Mapping[str, str]:
    """host → the address that the target names for it, as a hosts file would."""
    out = {}
    for entry in check.optional("addresses") or ():
        host, _, place = str(entry).partition("=")
        out[host.strip().lower()] = place.strip()
    return out


def declared(check: Procedure) -> tuple[Mapping[str, Any], ...]:
    return tuple(check.optional("columns") or ())


def _not_the_site(check: Procedure, found: Survey) -> tuple[Cause, str, str] | None:
    came = found.came(found.start)
    if not came.opened:
        cause = Cause.ENVIRONMENT if came.why in ("refused", "dns", "unreachable", "connect-timeout") else Cause.SYSTEM
        return cause, f"首页没有打开（{came.said}）", came.said
    page = found.page(found.start)
    if page is None:
        return Cause.CONFIGURATION, "首页不是 HTML 网页", came.said
    name = "".join(str(check.parameter("site_name")).split())
    if name not in page.plain + "".join(page.title.split()) + page.metas.get("SiteName", ""):
        return Cause.CONFIGURATION, f"首页上没有网站名称“{name}”", page.title or page.text[:60]
    if not found.misses:
        return Cause.CONFIGURATION, "不存在的地址与首页是同一个页面：停放的域名，或统一跳转的登录页", page.title
    if sum(found.inside(link.url) for link in page.links) < _FEW:
        return Cause.CONFIGURATION, "首页上几乎没有站内链接（可能由脚本生成，或是登录页）", page.title
    given = declared(check)
    opened = [p for c in given if (p := found.page(urljoin(found.start, str(c["path"])))) and p.plain != page.plain]
    if given and not opened:
        return Cause.CONFIGURATION, "声明的栏目一个也打不开", f"{len(given)} 个栏目"
    return None


def inspected_at(check: Procedure) -> datetime:
    """监测时间点, in Beijing time: the parameter, else the moment this check began."""
    given = check.optional("inspection_time")
    at = datetime.fromisoformat(str(given)) if given else check.now()
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(BEIJING)


def day_of(moment: datetime) -> date:
    """The day of a moment, in Beijing time."""
    return moment.astimezone(BEIJING).date()


def today(check: Procedure) -> date:
    return inspected_at(check).date()


def columns(check: Procedure, found: Survey, *kinds: str) -> tuple[Column, ...]:
    """The declared columns of these kinds (all without one). Stops the check where the target names none."""
    every = column_rules.columns(found, declared(check), today(check))
    chosen = tuple(c for c in every if not kinds or c.kind in kinds)
    check.require(
        bool(chosen),
        f"target 的 columns 里没有{'、'.join(kinds) or '任何'}类栏目；栏目由被测方逐个写明，不猜测",
        Cause.CONFIGURATION,
    )
    return chosen


def table(check: Procedure, title: str, heads: list[str], rows: list[list[str]]) -> None:
    """A table for the report, kept as evidence; addresses as a reader knows them."""
    shown = [[readable(cell) if cell.startswith("http") else cell for cell in row] for row in rows[:500]]
    check.attach(f"表 {title}", {"table": heads, "rows": shown, "rows_in_all": len(rows)})


def rules_table(check: Procedure, found: Survey) -> None:
    """同站规则、限度、robots.txt 和没有访问的地址, for the report."""
    rules, left, samples = found.rules, found.notes.get("left", {}), found.notes.get("samples", {})
    depth = max((d for u, d in found.notes.get("depth", {}).items() if u in found.pages), default=0)
    robots = str(found.notes.get("robots", "")).strip()
    rows = [
        ["从哪里开始", found.start],
        ["站内的主机", "、".join(found.hosts)],
        ["站外", "也试开 hosts 列出的主机" if rules.get("outside") else "不访问"],
        ["上限", (f"{rules.get('pages')} 页，{rules.get('files')} 个附件，{rules.get('links')} 个其他链接，深度 "
         f"{rules.get('depth')}，{int(rules.get('octets', 0)) >> 20} MB，{float(rules.get('seconds', 0)):g} s")],
        ["速度", f"每秒至多 {float(rules.get('rate', 0)):g} 次" if rules.get("rate") else "不限"],
        ["robots.txt", {"obey": "遵守", "ignore": "不遵守"}[str(rules.get("robots"))] + (f"：{robots[:200]}" if robots else "（没有）")],
        ["实际", (f"{len(found.exchanges)} 个地址，其中 {len(found.pages)} 页、{len(found.files)} 个附件，深度 {depth}，"
         f"{int(found.notes.get('octets', 0)) / 1e6:.1f} MB，{float(found.notes.get('seconds', 0)):.1f} s")],
    ]  # fmt: skip
    rows += [[f"没有访问：{why}", f"{n} 个，如 {readable(samples.get(why, ''))}"] for why, n in left.items()]
    table(check, "抓取的规则和范围", ["项", "内容"], rows)

"""更新：首页和栏目最近的日期，与监测时间点往回算的期限相比；标注的日期与页面首次出现的日期相比。栏目属于哪一类、多久更新一次，由 target 写明。"""

from __future__ import annotations

from datetime import date, timedelta

from conformance.run.redact import neutral
from conformance.sites import articles, columns, dates, earlier, site
from conformance.sites.columns import HEADS, Column
from conformance.sites.survey import Survey
from conformance.suite import Cause, Procedure

_NAMED = 8  # columns that a reason names


def the_home_page_was_updated(check: Procedure) -> None:
    """WEB-02：首页（仅为导航时是全部二级页面）列出的信息中最近的日期。"""
    found = site.survey(check)
    today = site.today(check)
    limit = today - timedelta(days=int(check.parameter("home_days")))
    pages = [found.start]
    if check.declared("home_is_navigation"):
        pages += [link.url for link in found.home.links if found.inside(link.url)]
    days: dict[date, str] = {}
    for url in dict.fromkeys(pages):
        page = found.page(url)
        for link in page.links if page else ():
            target = found.page(link.url) if found.inside(link.url) else None
            for day in (link.day, articles.day_of(target) if target else None):
                if day is not None and day <= today and link.url != found.start and not _navigates(found, link.url):
                    days.setdefault(day, f"{link.text}（{link.url}）")
    check.require(bool(days), "首页列出的信息都没有日期，不能判定更新", Cause.SYSTEM)
    newest = max(days)
    check.witness(f"{newest} {days[newest]}")
    check.expect(
        newest >= limit,
        "首页两周内没有信息更新",
        expected=f"不早于 {limit}（监测时间点 {today}）",
        actual=f"最近的是 {newest}：{days[newest]}",
        where=found.start,
    )


def _navigates(found: Survey, url: str) -> bool:
    return url in found.template


def few_columns_are_stale(check: Procedure) -> None:
    """WEB-03：动态要闻类两周、通知公告和政策文件类六个月，未更新的累计少于 5 个。"""
    found, today = site.survey(check), site.today(check)
    chosen = site.columns(check, found, "动态要闻", "通知公告", "政策文件")
    news = today - timedelta(days=int(check.parameter("news_days")))
    notice = dates.months_before(today, int(check.parameter("notice_months")))
    limits = {c.name: news if c.kind == "动态要闻" else notice for c in chosen}
    _count(check, found, chosen, limits, int(check.parameter("veto_stale")), "未更新的动态、公告、政策类栏目")


def few_columns_are_overdue(check: Procedure) -> None:
    """WEB-04：超过自己更新期限的栏目少于 10 个。"""
    found, today = site.survey(check), site.today(check)
    every = site.columns(check, found)
    chosen = tuple(c for c in every if c.update)
    check.require(bool(chosen), "columns 里没有一个栏目写了更新期限（update）", Cause.CONFIGURATION)
    limits = {c.name: limit for c in chosen if (limit := columns.due(c.update, today))}
    _count(check, found, chosen, limits, int(check.parameter("veto_overdue")), "超过更新期限的栏目")


def _count(
    check: Procedure, found: Survey, chosen: tuple[Column, ...], limits: dict[str, date], veto: int, what: str
) -> None:
    _undated(check, chosen)
    stale = [c for c in chosen if not c.blank and not c.since(limits[c.name])]
    for c in chosen:
        check.witness(f"{c.name}：{c.newest or '没有日期'}")
    site.table(check, f"各栏目的更新（监测时间点 {site.today(check)}）", HEADS, [c.row(limits[c.name]) for c in chosen])
    check.measure(what, len(stale), "个", limit=veto, statistic="达到限值即否决", n=len(chosen))
    check.expect(
        len(stale) < veto,
        f"{what}有 {len(stale)} 个",
        expected=f"少于 {veto} 个",
        actual="；".join(f"{c.name} {c.newest or '没有日期'}" for c in stale[:_NAMED])
        + ("；…" if len(stale) > _NAMED else ""),
        where=found.start,
    )


def few_columns_are_blank(check: Procedure) -> None:
    """WEB-05：空白（或打不开）的栏目少于 5 个。"""
    _blank(check, int(check.parameter("veto_blank")))


def no_column_is_blank(check: Procedure) -> None:
    """WEB-29：没有一个栏目空白。"""
    _blank(check, 1)


def _blank(check: Procedure, veto: int) -> None:
    found = site.survey(check)
    chosen = site.columns(check, found)
    blank = [c for c in chosen if c.blank]
    for c in chosen:
        check.witness(f"{c.name}：{len(c.entries)} 条")
    site.table(check, "栏目", HEADS, [c.row(None) for c in chosen])
    check.measure("空白栏目", len(blank), "个", limit=veto, statistic="达到限值即不符合", n=len(chosen))
    check.expect(
        len(blank) < veto,
        f"空白或打不开的栏目有 {len(blank)} 个",
        expected=f"少于 {veto} 个",
        actual="；".join(f"{c.name}（{c.opened or '没有条目'}）" for c in blank[:_NAMED])
        + ("；…" if len(blank) > _NAMED else ""),
        where="；".join(c.url for c in blank[:3]),
    )


def policy_columns_are_current(check: Procedure) -> None:
    """WEB-15：每个政策文件类栏目六个月内有更新。"""
    limit = dates.months_before(site.today(check), int(check.parameter("policy_months")))
    _each(check, "政策文件", limit)


def statistics_are_current(check: Procedure) -> None:
    """WEB-16：办事统计三个月内有更新。"""
    limit = dates.months_before(site.today(check), int(check.parameter("statistics_months")))
    _each(check, "办事统计", limit)


def _each(check: Procedure, kind: str, limit: date) -> None:
    found = site.survey(check)
    chosen = site.columns(check, found, kind)
    _undated(check, chosen)
    site.table(check, f"{kind}类栏目", HEADS, [c.row(limit) for c in chosen])
    for c in chosen:
        check.witness(f"{c.name}：{c.newest or '没有日期'}")
        check.expect(
            c.since(limit),
            f"{kind}类栏目“{c.name}”没有按期更新",
            expected=f"不早于 {limit}",
            actual=str(c.newest or c.opened or "没有日期"),
            where=c.url,
        )


def _undated(check: Procedure, chosen: tuple[Column, ...]) -> None:
    """Where not one column has a date, the dates are written in a way that is not read: nothing is judged by that."""
    filled = [c for c in chosen if not c.blank]
    check.require(
        not filled or any(c.newest for c in filled),
        "这些栏目的条目都没有读到日期（可能由脚本生成），不能判定更新",
        Cause.SYSTEM,
    )


def list_dates_agree(check: Procedure) -> None:
    """WEB-11：列表上的日期与页面标注的发布日期相差不超过限值。"""
    found, today = site.survey(check), site.today(check)
    most = int(check.parameter("max_date_difference"))
    for column in site.columns(check, found):
        for entry in column.entries:
            page = found.page(entry.url) if found.inside(entry.url) else None
            if page is None or entry.own or entry.day is None:
                continue
            tag, shown = articles.tagged_time(page), articles.shown_time(page)
            own = tag[0] if tag else shown.day if shown else None
            if own is None:
                continue
            check.witness(f"{entry.title}：列表 {entry.day}，页面 {own}")
            # A message is listed with the day of its answer; what counts there is another clause.
            if column.kind != "留言公开":
                check.expect(
                    abs((entry.day - own).days) <= most and entry.day <= today,
                    f"“{entry.title}”列表上的日期与页面不同",
                    expected=f"相差不超过 {most} 天，不晚于 {today}",
                    actual=f"列表 {entry.day}，页面 {own}",
                    where=entry.url,
                )


_DATED = ("动态要闻", "通知公告", "政策文件", "其他")  # what is written once and not kept up to date at one address


def dates_agree_with_the_first_sight(check: Procedure) -> None:
    """WEB-11：页面标注的发布日期与它在以前的检测记录里首次出现的日期相比。

    早就出现的页面不应标注更晚的日期。后来才出现的，不应标注为那次记录以前；那时的栏目列表列到它标注的日期，才看得出来。
    """
    found, today = site.survey(check), site.today(check)
    before = earlier.snapshot_of(check, found)
    most = int(check.parameter("max_date_difference"))
    for column in site.columns(check, found, *_DATED):
        listed = before.columns.get(neutral(column.url))
        for entry in column.entries:
            page = found.page(entry.url) if found.inside(entry.url) else None
            day = articles.day_of(page) if page else None
            if day is None or day > today:
                continue
            key = neutral(entry.url)
            seen = before.pages.get(key)
            if seen is not None:
                first = site.day_of(seen.first)
                check.witness(f"{entry.title}：首次见于 {first}，标注 {day}")
                check.expect(
                    (day - first).days <= most,
                    f"“{entry.title}”标注的日期晚于首次出现的日期",
                    expected=f"不晚于首次出现（{first}）{most} 天以上",
                    actual=f"标注 {day}",
                    where=entry.url,
                )
            elif listed and key not in listed.entries and listed.oldest and listed.oldest <= day:
                last = site.day_of(before.at)
                check.witness(f"{entry.title}：{last} 还没有，标注 {day}")
                check.expect(
                    (last - day).days <= most,
                    f"“{entry.title}”标注的日期早于首次出现的日期",
                    expected=f"{last} 的记录里“{column.name}”还没有它，标注的日期不早于那天 {most} 天以上",
                    actual=f"标注 {day}",
                    where=entry.url,
                )

"""办事指南的要素，年度报表的日期。"""

from __future__ import annotations

from datetime import date

from conformance.sites import articles, site
from conformance.sites.facts import Facts
from conformance.suite import Cause, Procedure


def guides_hold_their_elements(check: Procedure) -> None:
    """WEB-08：每份办事指南有各重点要素，内容不空；缺失的占比不超过上限。"""
    found = site.survey(check)
    wanted = [str(e) for e in check.parameter("guide_elements")]
    most = float(check.parameter("max_incomplete_guides"))
    rows, bad, total = [], [], 0
    for column in site.columns(check, found, "办事指南"):
        for entry in column.entries:
            page = found.page(entry.url) if found.inside(entry.url) else None
            if page is None:
                continue
            total += 1
            missing = [name for name in wanted if not _said(page, name, wanted)]
            check.witness(f"{entry.title}：{len(wanted) - len(missing)}/{len(wanted)}")
            rows.append([entry.title, "、".join(missing) or "齐全", entry.url])
            if missing:
                bad.append(f"{entry.title} 缺{'、'.join(missing)}")
    check.require(total > 0, "办事指南类栏目没有列出任何站内的指南", Cause.SYSTEM)
    share = 100 * len(bad) / total
    site.table(check, "办事指南的重点要素", ["事项", "缺少", "地址"], rows)
    check.measure("要素缺失的办事指南", share, "%", limit=most, statistic="占比", n=total)
    check.expect(
        share <= most,
        f"{total} 份办事指南中有 {len(bad)} 份缺少重点要素",
        expected=f"占比不超过 {most:g} %",
        actual="；".join(bad[:5]),
    )


def _said(page: Facts, name: str, every: list[str]) -> bool:
    """Whether an element is named, and something follows it: on its line, or on the next one that names no element."""
    for n, line in enumerate(page.lines):
        at = line.find(name)
        if at < 0 or at > 10:
            continue
        rest = line[at + len(name) :].strip(" ：:")
        if not rest and n + 1 < len(page.lines):
            below = page.lines[n + 1]
            rest = "" if any(below.startswith(e) for e in every) or below.endswith(("：", ":")) else below
        if rest and not any(rest.startswith(e) for e in every if e != name):
            return True
    return False


def the_annual_report_is_in_time(check: Procedure) -> None:
    """WEB-38：上一年度的报表在期限之前发布；期限还没有到时看再前一年的。"""
    found, today = site.survey(check), site.today(check)
    columns = site.columns(check, found, "年度报表")
    month, day = int(check.parameter("report_month")), int(check.parameter("report_day"))
    year = today.year - 1
    if today <= date(today.year, month, day):
        year -= 1
    limit = date(year + 1, month, day)
    entries = [e for c in columns for e in c.entries]
    check.require(bool(entries), "年度报表类栏目没有任何条目，没有可检查的数据", Cause.SYSTEM)
    reports = []
    for entry in entries:
        page = found.page(entry.url) if found.inside(entry.url) else None
        when = (articles.day_of(page) if page else None) or entry.day
        check.witness(f"{entry.title}：{when or '没有日期'}")
        if str(year) in entry.title:
            reports.append((when, entry))
    if not check.expect(
        bool(reports),
        f"没有公开 {year} 年度的报表",
        expected=f"{limit} 前发布",
        actual="；".join(e.title for e in entries[:5]),
        where=columns[0].url,
    ):
        return
    dated = [(when, e) for when, e in reports if when is not None]
    check.require(bool(dated), f"{year} 年度的报表没有发布日期", Cause.SYSTEM)
    when, entry = min(dated, key=lambda one: one[0])
    check.expect(
        when <= limit,
        f"{year} 年度的报表发布得晚了",
        expected=f"不晚于 {limit}",
        actual=f"{when} {entry.title}",
        where=entry.url,
    )

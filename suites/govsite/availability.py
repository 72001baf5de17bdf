"""站点可用性：conformance watch 一周的记录。规则是国办秘函〔2019〕19号 的，数字都是参数。"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from conformance.sites import site, stability, visiting
from conformance.suite import Cause, Procedure

# A visit that the tester itself could not make says nothing about the site.
_NOT_THE_SITE = visiting.NOT_VISITED | {stability.NO_VANTAGE}


def visits_over_a_week_open_the_site(check: Procedure) -> None:
    """WEB-01：监测时间点前一周，每天不少于 20 次，打不开（出错、状态不是 2xx、15 秒以上）的占比低于 5 %。"""
    site.survey(check)  # what was visited is the site that is judged
    try:
        head, visits, _ = stability.visits(check.file("availability_record"))
    except stability.BadRecordError as error:
        check.stop(Cause.CONFIGURATION, f"访问记录不能用：{error}", expected="conformance watch 写的文件")
    check.require(head["site"] == check.parameter("site"), f"访问记录是另一个网站 {head['site']} 的")
    days, least = int(check.parameter("availability_days")), int(check.parameter("availability_visits"))
    slow, most = float(check.parameter("open_seconds")), float(check.parameter("max_failed_visits"))
    end = site.inspected_at(check)
    last = end.date() - timedelta(days=1)  # whole days only
    first = last - timedelta(days=days - 1)
    seen = [v for v in visits if first <= v.at.astimezone(site.BEIJING).date() <= last and v.why not in _NOT_THE_SITE]
    count = Counter(v.at.astimezone(site.BEIJING).date() for v in seen)
    short = [first + timedelta(days=n) for n in range(days) if count[first + timedelta(days=n)] < least]
    check.require(
        not short,
        f"监测时间点 {end:%Y-%m-%d} 前的 {days} 天（{first} 至 {last}）中有 {len(short)} 天的访问不足 {least} 次："
        + "、".join(f"{d} {count[d]} 次" for d in short[:7]),
    )
    failed = [v for v in seen if v.why or not 200 <= v.status < 400 or v.elapsed >= slow]
    by_day = Counter(v.at.astimezone(site.BEIJING).date() for v in failed)
    site.table(
        check,
        "每天的访问",
        ["日期", "访问次数", "打不开", "占比"],
        [[str(d), str(n), str(by_day[d]), f"{100 * by_day[d] / n:.1f} %"] for d, n in sorted(count.items())],
    )
    share = 100 * len(failed) / len(seen)
    check.witness(f"{first} 至 {last} 共 {len(seen)} 次，打不开 {len(failed)} 次")
    check.measure("打不开的次数占比", share, "%", limit=most, statistic="累计占比，达到限值即否决", n=len(seen))
    check.expect(
        share < most,
        f"{days} 天中打不开的次数占比达到 {most:g} %",
        expected=f"低于 {most:g} %",
        actual=f"{share:.2f} %（{len(failed)}/{len(seen)}）",
        where="；".join(f"{v.at.isoformat()} {v.why or v.status} {v.elapsed:.1f} s" for v in failed[:3]),
    )

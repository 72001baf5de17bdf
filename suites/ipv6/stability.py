"""长时稳定性：由 conformance watch 写的结果文件判定。"""

from __future__ import annotations

from conformance.sites.stability import BadRecordError, read
from conformance.suite import Cause, Procedure


def visits_over_a_day_succeed(check: Procedure) -> None:
    """V6W-09：历时不少于 24 h、没有超过 300 s 的空档（两者都是参数），成功率不低于下限。"""
    try:
        seen = read(check.file("stability_record"))
    except BadRecordError as error:
        check.stop(Cause.CONFIGURATION, f"长时观测的结果文件不能用：{error}", expected="conformance watch 写的文件")
    site, least = str(check.parameter("site")), float(check.parameter("stability_hours"))
    longest, floor = float(check.parameter("stability_gap")), float(check.parameter("min_stability"))
    check.require(seen.site == site, f"长时观测的是另一个网站 {seen.site}")
    check.require(
        seen.hours >= least and seen.longest_gap <= longest,
        f"长时观测历时 {seen.hours:.1f} h，最长的空档 {seen.longest_gap:.0f} s，"
        f"应不少于 {least:g} h、没有超过 {longest:g} s 的空档（测点没有 IPv6 的 {seen.without_ipv6} 次不计）",
    )
    value = 100 * seen.good / seen.total
    check.witness(
        f"{seen.good}/{seen.total} 次，{seen.started} 起 {seen.hours:.1f} h，最长的空档 {seen.longest_gap:.0f} s"
    )
    check.measure("IPv6 长时访问成功率", value, "%", limit=floor, statistic="成功次数之比", n=seen.total)
    check.expect(
        value >= floor,
        f"{seen.hours:.1f} h 内的 IPv6 访问成功率低于下限",
        expected=f"≥ {floor:g} %",
        actual=f"{value:.2f} %（{seen.good}/{seen.total}）",
    )

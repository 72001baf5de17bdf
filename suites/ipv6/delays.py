"""时延：解析、TCP、首包、首页、下载。两族交替进行，先看成功，再看下限，最后看劣化比（YD/T 3118-2016，条款号未见；上限 20 %）。"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from conformance.codes.address_space import Address
from conformance.model.exchange import Request
from conformance.sites import asking, links, zone
from conformance.sites.figures import degradation
from conformance.sites.pages import Browser
from conformance.suite import Cause, Procedure
from conformance.target.access import written

Probe = Callable[[int], float | None]  # family → seconds, or None for a failure


def name_resolution_over_ipv6_is_not_slower(check: Procedure) -> None:
    """V6W-21：同一台权威服务器，经 IPv6 查 AAAA 与经 IPv4 查 A；每次都重新查询。"""
    asking.need_ipv6(check)
    place = zone.zone(check)
    server = next(
        (
            s
            for s in place.servers
            if s.v6 and s.v4 and not asking.usable(check, s.v6[0]) and not asking.usable(check, s.v4[0])
            and asking.ask(check, s.name, s.v6[0], place.name, "SOA").reply.authoritative
        ),
        None,
    )  # fmt: skip
    if server is None:
        check.stop(Cause.SYSTEM, "没有在两个地址族上都应答的权威服务器，无法比较", blocked_by="server")

    def probe(version: int) -> float | None:
        address, type_ = (server.v6[0], "AAAA") if version == 6 else (server.v4[0], "A")
        reply = asking.once(check, address, place.host, type_, fresh=True)
        return reply.elapsed if reply.records(place.host, type_) else None

    _compare(check, "域名解析时延", probe, "V6W-01、V6W-12")


def connections_over_ipv6_are_not_slower(check: Procedure) -> None:
    """V6W-22：TCP 建立时延。"""
    found, port = zone.both_families(check), _port(check)

    def probe(version: int) -> float | None:
        return _connect(check, (found.v6 if version == 6 else found.v4)[0], port)

    _compare(check, "TCP 建立时延", probe)


def _connect(check: Procedure, address: Address, port: int) -> float | None:
    exchange = check.send("connect", [Request("TCP", f"tcp://{written(address, port)}")], fresh=True)[0]
    return exchange.times.get("connect") if exchange.fault is None else None


def first_bytes_over_ipv6_are_not_slower(check: Procedure) -> None:
    """V6W-23：从请求发出到收到首字节；不含连接和下载。"""
    browser, url = _home(check)

    def probe(version: int) -> float | None:
        page = browser.get(url, version)
        return page.exchange.times.get("first_byte") if page.ok and page.exchange else None

    _compare(check, "响应首包时延", probe)


def the_home_page_over_ipv6_is_not_slower(check: Procedure) -> None:
    """V6W-24：首页及其引用的本站资源全部取完的时间。"""
    browser, url = _home(check)
    page = browser.get(url, 4)
    every = page.page.resources if page.ok else ()
    own = tuple(u for u in every if links.of_site(u, zone.site_domain(check)))[: int(check.parameter("max_assets"))]
    missing = [p.url for version in (4, 6) for p in browser.many(own, version) if not p.ok]
    usable = tuple(u for u in own if u not in missing)  # what is not there at all is the finding of V6W-20

    def probe(version: int) -> float | None:
        pages = [browser.get(one, version) for one in (url, *usable)]
        total = sum(p.exchange.elapsed for p in pages if p.exchange)
        return total if all(p.ok for p in pages) else None

    _compare(check, f"响应首页时延（含 {len(usable)} 个资源）", probe)


def downloads_over_ipv6_are_not_slower(check: Procedure) -> None:
    """V6W-24：同一个大文件（不小于 1 MB）的下载时间；即下载速度的倒数。"""
    browser, _ = _home(check)
    url = str(check.parameter("download_url"))
    sample = browser.get(url, 4)
    if not sample.ok:
        check.stop(
            Cause.SYSTEM if sample.status else Cause.ENVIRONMENT,
            f"download_url 经 IPv4 没有取到（{sample.words}），无法比较",
            expected="2xx",
            actual=sample.words,
            blocked_by="download",
        )
    body = sample.exchange.response.body if sample.exchange and sample.exchange.response else b""
    check.require(len(body) >= 1_000_000, f"download_url 不足 1 MB（{len(body)} 字节），不能作下载的样本")

    def probe(version: int) -> float | None:
        page = browser.get(url, version)
        return page.exchange.elapsed if page.ok and page.exchange else None

    _compare(check, "下载时间", probe)


def connections_over_ipv6_succeed_as_often(check: Procedure) -> None:
    """V6W-25：以劣化比的算法比较 TCP 建立成功率：全部地址轮流连接，IPv6 的成功率不比 IPv4 低过上限。"""
    found, port = zone.both_families(check), _port(check)
    count, limit = _samples(check), float(check.parameter("max_degradation")) / 100
    rounds = {6: itertools.cycle(found.v6), 4: itertools.cycle(found.v4)}
    good = {6: 0, 4: 0}
    for version in _alternating(count):
        good[version] += _connect(check, next(rounds[version]), port) is not None
    check.require(good[4] > 0, "IPv4 没有一次连上，无法比较", cause=Cause.ENVIRONMENT)
    if not good[6]:
        check.stop(Cause.SYSTEM, "IPv6 没有一次连上，由 V6W-05 判定", blocked_by="ipv6-home")
    worse = (good[4] - good[6]) / good[4]
    check.witness(f"IPv6 {good[6]}/{count}，IPv4 {good[4]}/{count}")
    check.measure("TCP 建立成功率的劣化", 100 * worse, "%", limit=100 * limit, statistic="(IPv4−IPv6)/IPv4", n=count)
    check.expect(
        worse <= limit,
        "IPv6 的 TCP 建立成功率低于 IPv4",
        expected=f"劣化 ≤ {100 * limit:g} %",
        actual=f"IPv6 {good[6]}/{count}，IPv4 {good[4]}/{count}，劣化 {worse:.1%}",
    )


def _home(check: Procedure) -> tuple[Browser, str]:
    found = zone.both_families(check)
    browser = Browser(check, fresh=True)
    browser.know(found)
    return browser, str(check.parameter("site"))


def _port(check: Procedure) -> int:
    """The port of the site's own address."""
    from urllib.parse import urlsplit

    parts = urlsplit(str(check.parameter("site")))
    return parts.port or (443 if parts.scheme == "https" else 80)


def _samples(check: Procedure) -> int:
    return max(3, int(check.parameter("delay_samples")))


def _alternating(count: int) -> list[int]:
    """6 4 4 6 6 4 …: neither family is always first."""
    return [v for n in range(count) for v in ((6, 4) if n % 2 == 0 else (4, 6))]


def _compare(check: Procedure, what: str, probe: Probe, judged_by: str = "V6W-05、V6W-08") -> None:
    """成功 → 下限 → 劣化比. A family that mostly fails is not slow, it is broken: other clauses say so.

    What looks slower is measured once more, and only a difference that is there both times is the system's: a tester or
    a path that was busy for a moment is not.
    """
    floor, limit = float(check.parameter("delay_floor")) / 1000, float(check.parameter("max_degradation")) / 100
    for again in (False, True):
        times = _series(check, what, probe, judged_by)
        found = degradation(times[6], times[4], floor=floor, limit=limit)
        check.witness(f"{what}{'（复测）' if again else ''}：{found}")
        shown = {f"IPv{version}": [round(1000 * s, 3) for s in held] for version, held in times.items()}
        check.attach(f"图 {what}{'（复测）' if again else ''}", {"figure": "delays", "unit": "ms", "series": shown})
        if found.ok:
            break
    for version, value, mean in ((6, found.v6, found.mean_v6), (4, found.v4, found.mean_v4)):
        n = len(times[version])
        check.measure(f"{what} IPv{version}", value * 1000, "ms", statistic=f"中位数（均值 {mean * 1000:.1f}）", n=n)
    check.measure(f"{what} 劣化比", 100 * found.ratio, "%", limit=100 * limit, statistic="IPv6/IPv4−1", n=found.n)
    check.expect(
        found.ok,
        f"{what}：IPv6 比 IPv4 慢，复测仍然如此",
        expected=f"劣化比 ≤ {100 * limit:g} %，或均低于 {1000 * floor:g} ms",
        actual=str(found),
    )


def _series(check: Procedure, what: str, probe: Probe, judged_by: str) -> dict[int, list[float]]:
    """One series of both families by turns, where most of each succeeded; ends as soon as that cannot be any more."""
    count = _samples(check)
    times: dict[int, list[float]] = {6: [], 4: []}
    failed = {6: 0, 4: 0}
    for version in _alternating(count):
        seconds = probe(version)
        if seconds is not None:
            times[version].append(seconds)
            continue
        failed[version] += 1
        if 2 * failed[version] >= count:
            break
    for version in (4, 6):
        good, tried = len(times[version]), len(times[version]) + failed[version]
        if 2 * failed[version] >= count:
            check.stop(
                Cause.SYSTEM,
                f"{what}：IPv{version} 的 {tried} 次中只成功 {good} 次，不比较时延（成功与否由 {judged_by} 判定）",
                expected=f"{count} 次中过半成功",
                actual=f"{good}/{tried}",
                blocked_by="success",
            )
    return times

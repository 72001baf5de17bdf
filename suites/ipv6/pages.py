"""页面：首页可达、逐地址可达、端口、成功率、一致性、状态、重定向、证书、字面量、天窗。"""

from __future__ import annotations

from urllib.parse import urlsplit

from conformance.codes.address_space import Address
from conformance.model.exchange import Exchange, Request
from conformance.sites import links, zone
from conformance.sites.compare import content, difference
from conformance.sites.figures import Rate, wilson
from conformance.sites.pages import NOT_VISITED, Browser, Fetched, visit
from conformance.suite import Cause, Procedure
from conformance.target.access import written

_HEADERS = (
    "strict-transport-security", "content-security-policy", "x-frame-options", "x-content-type-options",
    "referrer-policy", "permissions-policy",
)  # fmt: skip


def _site(check: Procedure) -> str:
    return str(check.parameter("site"))


def _browser(check: Procedure, found: zone.Addresses, *, fresh: bool = False) -> Browser:
    browser = Browser(check, fresh=fresh)
    browser.know(found)
    return browser


def _ipv4_home(check: Procedure, browser: Browser) -> Fetched:
    """The home page over IPv4, without which nothing can be compared."""
    page = browser.get(_site(check), 4)
    if not page.ok:
        check.stop(
            Cause.ENVIRONMENT if page.why in ("unreachable", "connect-timeout") else Cause.SYSTEM,
            f"首页经 IPv4 也没有打开（{page.words}），无法比较",
            expected="IPv4 首页 2xx",
            actual=page.words,
            blocked_by="ipv4-home",
        )
    return page


def _ipv6_home(check: Procedure, browser: Browser) -> Fetched:
    page = browser.get(_site(check), 6)
    if not page.ok:
        check.stop(
            Cause.SYSTEM,
            f"首页经 IPv6 没有打开（{page.words}），{zone.judged_by(check, 'V6W-05')}",
            expected="IPv6 首页 2xx",
            actual=page.words,
            blocked_by="ipv6-home",
        )
    return page


def the_home_page_answers_over_ipv6(check: Procedure) -> None:
    """V6W-05：首页经 IPv6 打开，跟随站内重定向后状态为 200。任一 AAAA 打得开即通过；逐个地址由 V6W-06 判定。"""
    found = zone.site_over_ipv6(check)
    browser = _browser(check, found)
    pages = [browser.get(_site(check), 6, address) for address in found.v6]
    best = next((p for p in pages if p.status == 200 and not p.why), pages[0])
    if best.why == "leaves":
        check.stop(Cause.SYSTEM, f"首页经 IPv6 {best.said}，{zone.judged_by(check, 'V6W-16')}", blocked_by="redirect")
    if best.why in NOT_VISITED or (best.why == "no-address" and best.hops):
        cause = Cause.SYSTEM if best.why == "no-address" else Cause.CONFIGURATION
        check.stop(cause, f"首页经 IPv6 转到的地址没有访问：{best.words}", actual=best.final, blocked_by="redirect")
    if not any(page.status for page in pages):
        _alive(check, browser)
    for page in pages:
        check.witness(f"{page.url} 经 {page.exchange.peer if page.exchange else '—'}：{page.words}")
    check.expect(
        best.status == 200 and not best.why,
        "首页经 IPv6 没有打开",
        expected="HTTP 200",
        actual="；".join(dict.fromkeys(p.words for p in pages)),
        where="、".join(map(str, found.v6)),
    )


def _alive(check: Procedure, browser: Browser) -> None:
    """The control of a home page that gives no answer over IPv6: over IPv4 it does. A site that is down, or a tester whose
    way there is barred, says nothing about IPv6."""
    if not check.declared("ipv4"):
        return
    page = browser.get(_site(check), 4)
    if not page.status and page.why != "no-address":
        check.stop(
            Cause.ENVIRONMENT if page.why in ("unreachable", "connect-timeout") else Cause.SYSTEM,
            "首页经 IPv6、IPv4 都没有应答：网站停止服务，或测点到网站的路径被挡，不能据此判定 IPv6",
            expected="首页经 IPv4 有应答（对照）",
            actual=f"IPv4：{page.words}",
            blocked_by="site",
        )


def every_aaaa_address_accepts_connections(check: Procedure) -> None:
    """V6W-06：每个 AAAA 的网站端口都能建立 TCP 连接，不是任取其一。要求的端口是至少一个地址上开放的那些。"""
    found = zone.site_over_ipv6(check)
    ports = [int(p) for p in check.parameter("ports")]
    opened = {(a, p): _open(check, a, p) for a in found.v6 for p in ports}
    wanted = [p for p in ports if any(opened[a, p].fault is None for a in found.v6)]
    check.require(bool(wanted), "没有一个 AAAA 地址的任何端口能连上，由 V6W-05 判定", cause=Cause.SYSTEM)
    for address in found.v6:
        for port in wanted:
            state = _state(opened[address, port])
            check.witness(f"[{address}]:{port} {state}")
            check.expect(
                opened[address, port].fault is None,
                f"AAAA {address} 的 {port} 端口连不上，而其他地址可以",
                expected="能建立 TCP 连接",
                actual=state,
            )


def ports_open_over_ipv4_are_open_over_ipv6(check: Procedure) -> None:
    """V6W-07：IPv4 上开放的服务端口在 IPv6 上也开放（internet.nl web_ipv46）。"""
    found = zone.both_families(check)
    ports = [int(p) for p in check.parameter("ports")]
    state = {(a, p): _open(check, a, p) for a in (*found.v4, *found.v6) for p in ports}
    if all(state[a, p].fault is not None for a in found.v6 for p in ports):
        check.stop(Cause.SYSTEM, "IPv6 上没有一个端口连得上，由 V6W-05 判定", blocked_by="ipv6-home")
    for port in ports:
        four = [state[a, port] for a in found.v4]
        six = [state[a, port] for a in found.v6]
        if all(e.fault is not None for e in four):
            continue
        check.witness(f"端口 {port}：IPv4 开放，IPv6 {_state(six[0])}")
        check.expect(
            any(e.fault is None for e in six),
            f"端口 {port} 在 IPv4 上开放，在 IPv6 上没有一个地址开放",
            expected="开放",
            actual="、".join(dict.fromkeys(_state(e) for e in six)),
        )
    check.require(check.witnesses > 0, "IPv4 上没有一个端口开放，没有可比较的数据", cause=Cause.SYSTEM)


def ipv6_exposes_no_port_that_ipv4_hides(check: Procedure) -> None:
    """V6W-32：IPv6 上开放的端口不多于 IPv4。只试 target 列出的端口；至少一个端口两边都开放，作肯定对照。"""
    found = zone.both_families(check)
    ports = [int(p) for p in check.parameter("scan_ports")]
    state = {
        (version, port): any(_open(check, a, port).fault is None for a in addresses)
        for version, addresses in ((6, found.v6), (4, found.v4))
        for port in ports
    }
    check.require(
        any(state[6, p] and state[4, p] for p in ports),
        "所列端口没有一个在两个地址族上都开放：扫描没有对照，全部关闭也可能是路径不通",
        cause=Cause.ENVIRONMENT,
    )
    for port in ports:
        words = {v: "开放" if state[v, port] else "不开放" for v in (4, 6)}
        check.witness(f"端口 {port}：IPv4 {words[4]}，IPv6 {words[6]}")
        check.expect(
            state[4, port] or not state[6, port],
            f"端口 {port} 只在 IPv6 上开放",
            expected="IPv6 不开放 IPv4 不开放的端口",
            actual=f"IPv4 {words[4]}，IPv6 {words[6]}",
        )


def _open(check: Procedure, address: Address, port: int) -> Exchange:
    return check.send("connect", [Request("TCP", f"tcp://{written(address, port)}")])[0]


def _state(exchange: Exchange) -> str:
    return "开放" if exchange.fault is None else exchange.fault.message


def repeated_visits_over_ipv6_succeed(check: Procedure) -> None:
    """V6W-08：连续多次（至少 10 次）经 IPv6 访问首页的成功率；给出次数和 Wilson 区间。"""
    found = zone.site_over_ipv6(check)
    count, interval = max(10, int(check.parameter("visits"))), float(check.parameter("visit_interval"))
    floor = float(check.parameter("min_success_rate"))
    browser = _browser(check, found, fresh=True)
    good, words = 0, []
    for n in range(count):
        if n and interval:
            check.sleep(interval)
        page = browser.get(_site(check), 6, found.v6[0])
        good += page.status == 200 and not page.why
        words.append(page.words)
    if good == 0:
        check.stop(
            Cause.SYSTEM,
            f"{count} 次都没有打开（{words[0]}），{zone.judged_by(check, 'V6W-05')}",
            blocked_by="ipv6-home",
        )
    value, (low, high) = 100 * good / count, wilson(good, count)
    check.witness(f"{good}/{count}，{'；'.join(dict.fromkeys(words))}")
    check.measure("IPv6 首页访问成功率", value, "%", limit=floor, statistic="成功次数之比", n=count)
    check.expect(
        value >= floor,
        "IPv6 首页访问成功率低于下限",
        expected=f"≥ {floor:g} %",
        actual=f"{value:.1f} %（{good}/{count}，95 % 置信区间 {100 * low:.1f} 至 {100 * high:.1f} %）",
    )


def home_pages_of_both_families_agree(check: Procedure) -> None:
    """V6W-14：首页文字和结构的差异不超过限值。先以 IPv4 自身两次之差作对照：每次都变的页面无从比较。"""
    found = zone.both_families(check)
    browser = _browser(check, found)
    four, six = _ipv4_home(check, browser), _ipv6_home(check, browser)
    again = _ipv4_home(check, _browser(check, found, fresh=True))
    limit = float(check.parameter("max_difference")) / 100
    one, other = content(four.body, four.content_type), content(six.body, six.content_type)
    check.require(one.characters > 0 or bool(one.tags), "IPv4 首页没有可比较的内容", cause=Cause.SYSTEM)
    own = difference(one, content(again.body, again.content_type))
    check.require(
        own.worst <= limit, f"IPv4 首页两次取得的内容就相差 {own}，页面逐次变化，无法比较地址族", cause=Cause.SYSTEM
    )
    apart = difference(one, other)
    check.witness(f"IPv4 {one.characters} 字，IPv6 {other.characters} 字；差异 {apart}；IPv4 自身 {own}")
    check.measure("首页差异", 100 * apart.worst, "%", limit=100 * limit, statistic="文字、结构之大者")
    check.expect(
        apart.worst <= limit,
        "IPv6 首页与 IPv4 首页的内容不一致",
        expected=f"差异 ≤ {100 * limit:g} %",
        actual=str(apart),
    )


def both_families_give_the_same_status(check: Procedure) -> None:
    """V6W-15：两个地址族的首页，首个和最后的状态码相同。"""
    found = zone.both_families(check)
    browser = _browser(check, found)
    four, six = _ipv4_home(check, browser), browser.get(_site(check), 6)
    if not six.status:
        check.stop(
            Cause.SYSTEM, f"首页经 IPv6 没有得到 HTTP 应答（{six.words}），由 V6W-05 判定", blocked_by="ipv6-home"
        )
    if six.why == "leaves" or (six.hops and not four.hops and six.why == "no-address"):
        check.stop(Cause.SYSTEM, f"首页经 IPv6 {six.words}，由 V6W-16 判定", blocked_by="redirect")
    check.witness(f"IPv4 {four.status}（{len(four.hops)} 次重定向），IPv6 {six.status}（{len(six.hops)} 次重定向）")
    check.expect(
        four.status == six.status, "两个地址族的首页状态码不同", expected=str(four.status), actual=str(six.status)
    )


def both_families_send_the_same_security_headers(check: Procedure) -> None:
    """V6W-15A：HSTS、CSP 等安全相关的响应头在两个地址族上都有或都没有；随机数之外的值不比较。"""
    found = zone.both_families(check)
    browser = _browser(check, found)
    four, six = _ipv4_home(check, browser), _ipv6_home(check, browser)
    for name in _HEADERS:
        values = [p.exchange.response.header(name) for p in (four, six) if p.exchange and p.exchange.response]
        if not any(values):
            continue
        check.witness(f"{name}：IPv4 {'有' if values[0] else '无'}，IPv6 {'有' if values[1] else '无'}")
        check.expect(
            bool(values[0]) == bool(values[1]),
            f"响应头 {name} 只在一个地址族上有",
            expected="两个地址族相同",
            actual=f"IPv4 {values[0] or '无'}，IPv6 {values[1] or '无'}",
        )
    if not check.witnesses:
        check.witness(f"两个地址族都没有 {'、'.join(_HEADERS)}")
        check.expect(True, "两个地址族相同")


def no_redirect_leads_away_from_ipv6(check: Procedure) -> None:
    """V6W-16：逐跳看 Location：不到 IPv4 字面量，不到没有 AAAA 的主机（internet.nl #1295：曾得满分）。"""
    found = zone.site_over_ipv6(check)
    browser = _browser(check, found)
    page = browser.get(_site(check), 6)
    if not page.status and not page.hops:
        check.stop(Cause.SYSTEM, f"首页经 IPv6 没有打开（{page.words}），由 V6W-05 判定", blocked_by="ipv6-home")
    check.witness(" → ".join([page.url, *(h.to for h in page.hops)]) + f"：{page.words}")
    check.expect(True, "没有重定向")
    for hop in page.hops:
        host = links.host_of(hop.to)
        literal = links.is_ipv4(host)
        lacking = not literal and ":" not in host and not browser.addresses(host).v6
        check.expect(
            not literal and not lacking,
            "经 IPv6 访问时被重定向到没有 IPv6 的地方",
            expected="有 AAAA 的主机",
            actual=f"{hop.to}：{'IPv4 地址字面量' if literal else '主机没有可用的 AAAA'}",
            where=hop.url,
        )


def pages_hold_no_ipv4_literal_in_a_link(check: Procedure) -> None:
    """V6W-19：首页、二级页面及首页的脚本中，地址的主机不是 IPv4 字面量。"""
    zone.zone(check)  # where no name server is found at all, that is the finding
    browser = Browser(check)
    family = zone.reference(check, browser.addresses(zone.host_of(check)))
    home = _ipv4_home(check, browser) if family == 4 else _ipv6_home(check, browser)
    most = int(check.parameter("max_pages"))
    domain = zone.site_domain(check)
    page = home.page
    inner = links.spread(tuple(u for u in page.links if links.of_site(u, domain) and u != home.final), most)
    scripts = tuple(u for u in page.resources if links.of_site(u, domain) and _is_script(u))[:most]
    check.require(bool(page.links or page.resources), "首页上没有任何链接和资源，没有可检查的地址", cause=Cause.SYSTEM)
    read = [home, *(p for p in browser.many(inner + scripts, family) if p.ok)]
    for one in read:
        found = links.literals(one.text)
        check.witness(f"{one.url}：{len(found)} 处")
        check.expect(
            not found,
            "页面或脚本中有硬编码的 IPv4 地址",
            expected="地址中的主机用域名",
            actual="、".join(found)[:200],
            where=one.url,
        )


def _is_script(url: str) -> bool:
    return urlsplit(url).path.lower().endswith((".js", ".mjs", ".json"))


def hosts_of_page_resources_answer_over_ipv6(check: Procedure) -> None:
    """V6W-20：首页引用的本站资源，其主机有 AAAA 且经 IPv6 取得到（「天窗」）。外站资源只列出，不判定。"""
    found = zone.site_over_ipv6(check)
    browser = _browser(check, found)
    home = _ipv4_home(check, browser) if zone.reference(check, found) == 4 else _ipv6_home(check, browser)
    domain = zone.site_domain(check)
    every = home.page.resources
    own = links.spread(tuple(u for u in every if links.of_site(u, domain)), int(check.parameter("max_links")))
    outside = sorted({links.host_of(u) for u in every if not links.of_site(u, domain)})
    check.attach("资源", {"own": list(own), "outside_hosts": outside})
    check.require(bool(own), "首页没有引用本站的静态资源或接口，没有可检查的数据")
    seen = visit(check, browser, own)
    rate, bad = seen.rate, list(seen.bad)
    check.attach("分母", seen.to_json())
    for page in bad:
        check.expect(
            False, "首页引用的资源经 IPv6 取不到", expected="经 IPv6 得到 2xx", actual=page.words, where=page.url
        )
    if rate.good:
        check.expect(True, "其余资源经 IPv6 取得到")
    _open_question(check, rate, 100.0, bad)
    check.measure("首页资源 IPv6 支持率", rate.least, "%", limit=100, statistic="成功数/总数", n=rate.total)


def _open_question(check: Procedure, rate: Rate, floor: float, bad: list[Fetched]) -> None:
    """Stop where the verdict hangs on hosts that the target does not allow to be visited."""
    if rate.verdict(floor) is None and not (bad and floor == 100.0):
        check.stop(
            Cause.CONFIGURATION,
            f"{rate.unknown} 个地址的主机未列入 hosts，没有访问，结论取决于它们",
            expected=f"支持率 ≥ {floor:g} %",
            actual=str(rate),
            blocked_by="hosts",
        )


def both_families_present_a_valid_certificate(check: Procedure) -> None:
    """V6W-26：两个地址族的 TLS 证书相同，或都有效。"""
    found = zone.both_families(check)
    host = zone.host_of(check)
    port = int(check.parameter("https_port"))
    seen = {}
    for version, address in ((4, found.v4[0]), (6, found.v6[0])):
        request = Request("TLS", f"tls://{host}:{port}", {}, b"", written(address, port))
        exchange = check.send("handshake", [request])[0]
        if exchange.response is None:
            said = exchange.fault.message if exchange.fault else ""
            check.stop(Cause.SYSTEM, f"IPv{version} 没有完成 TLS 握手（{said}），由 V6W-07 判定", blocked_by="tls")
        seen[version] = exchange.response
    words = {v: f"{r.header('verified')}，SHA-256 {str(r.header('sha256'))[:16]}…" for v, r in seen.items()}
    check.require(
        seen[4].header("verified") == "ok",
        f"IPv4 的证书也没有通过验证（{seen[4].header('verified')}），无从比较；核对 tls.ca",
    )
    check.witness(f"IPv4 {words[4]}；IPv6 {words[6]}")
    same = seen[4].header("sha256") == seen[6].header("sha256")
    check.expect(
        same or seen[6].header("verified") == "ok",
        "IPv6 监听的证书与 IPv4 不同，且没有通过验证",
        expected="同一证书，或有效的证书",
        actual=words[6],
    )


def interface_hosts_of_the_app_answer_over_ipv6(check: Procedure) -> None:
    """V6W-29：APP 或小程序调用的接口，其主机有 AAAA 且经 IPv6 答复。"""
    zone.need_ipv6(check)
    browser = Browser(check)
    dead: list[str] = []
    urls = tuple(a if "://" in str(a) else f"https://{a}/" for a in check.parameter("app_hosts"))
    for page in browser.many(urls, 6):
        if page.why in NOT_VISITED:
            check.stop(Cause.CONFIGURATION, f"{page.url} 没有访问：{page.words}", blocked_by="hosts")
        # An interface may refuse a call without its parameters; that it answers is what is asked. 5xx is no answer.
        answered = 0 < page.status < 500 and page.why in ("", "leaves")
        if not answered and check.declared("ipv4"):
            other = browser.get(page.url, 4)
            if not 0 < other.status < 500 and other.why != "no-address":
                dead.append(f"{page.url}（IPv6 {page.words}，IPv4 {other.words}）")
                continue
        check.witness(f"{page.url}：{page.words}")
        check.expect(
            answered,
            "接口经 IPv6 没有答复",
            expected="有 AAAA，经 IPv6 得到 5xx 之外的应答",
            actual=page.words,
            where=page.url,
        )
    if dead:
        check.attach("两个地址族上都没有答复的接口", {"interfaces": dead})
    check.require(
        check.witnesses > 0, f"接口在两个地址族上都没有答复，不能据此判定 IPv6：{'；'.join(dead[:3])}", Cause.SYSTEM
    )

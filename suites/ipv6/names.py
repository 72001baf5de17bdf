"""域名：AAAA 记录、权威服务器、授权体系、胶水。来源 YD/T 3118-2016（条款号未见）的公开指标、RFC 3596、RFC 4074、internet.nl。"""

from __future__ import annotations

import ipaddress

from conformance.codes.address_space import Address
from conformance.probe.dns import Reply
from conformance.sites import asking, zone
from conformance.sites.asking import Asked, need_ipv6
from conformance.sites.walk import walk
from conformance.suite import Cause, Procedure

_ROUNDS = 4
_LATER = 0.1  # s, what an AAAA answer may take longer than an A answer of the same name


def every_server_gives_aaaa(check: Procedure) -> None:
    """V6W-01：每台权威服务器都给出至少一个 AAAA；空应答、SERVFAIL、超时是三种不同的发现。"""
    place = zone.zone(check)
    asked = zone.everywhere(check, place, place.host, "AAAA", 6, 4)
    heard = _heard(check, place, asked)
    for one in heard:
        check.expect(
            bool(one.reply.records(place.host, "AAAA")),
            f"{one.where} 没有给出 {place.host.rstrip('.')} 的 AAAA",
            expected="NOERROR，至少一条 AAAA",
            actual=one.reply.said,
            where=one.where,
        )


def _heard(check: Procedure, place: zone.Zone, asked: list[Asked]) -> list[Asked]:
    """The servers that are there at all: those that answer this or, as a control, say which zone they hold.

    A server that is dead or lame altogether is the finding of V6W-12, and no statement about AAAA.
    """
    out = []
    for one in asked:
        if one.reply.records(place.host, "AAAA"):
            check.witness(f"{one.where}：{'、'.join(r.data for r in one.reply.records(place.host, 'AAAA'))}")
            out.append(one)
            continue
        control = asking.ask(check, one.server, one.address, place.name, "SOA").reply
        if control.authoritative and control.rcode == "NOERROR":
            check.witness(f"{one.where}：{one.reply.said}")
            out.append(one)
    check.require(bool(out), "没有一台权威服务器对所在的区作权威应答", cause=Cause.SYSTEM)
    return out


def the_resolver_gives_aaaa(check: Procedure) -> None:
    """V6W-01：递归解析也能得到 AAAA；解析器由 target 给出，不给则为测点自己的。"""
    zone.known(check)
    given = check.optional("resolver")
    resolvers = [str(given)] if given else list(asking.stand(check).get("resolvers", ()))
    check.require(bool(resolvers), "没有可用的递归解析器：target 未给出 resolver，测点也没有配置", Cause.ENVIRONMENT)
    address = ipaddress.ip_address(resolvers[0])
    host = zone.host_of(check)
    control = asking.patiently(check, address, host, "A", recursion=True)
    check.require(
        control.answered and control.rcode == "NOERROR",
        f"解析器 {address} 对同一域名的 A 查询没有正常应答（{control.said}），不能据此判定 AAAA",
        Cause.ENVIRONMENT,
    )
    reply = asking.patiently(check, address, host, "AAAA", recursion=True)
    found = [r.data for r in reply.answer if r.type == "AAAA"]
    check.witness(f"{address}：{'、'.join(found) or reply.said}")
    check.expect(
        bool(found),
        f"递归解析器 {address} 没有得到 {host} 的 AAAA",
        expected="NOERROR，至少一条 AAAA",
        actual=reply.said,
    )


def every_aaaa_is_global_unicast(check: Procedure) -> None:
    """V6W-02：先分类，后连接。映射地址会使 IPv6 套接字走 IPv4，此后的一切看来都好。"""
    zone.zone(check)  # where no server is found at all, that is the finding, and not that there is no AAAA
    found = zone.addresses(check, zone.host_of(check))
    six = [*found.v6, *(a for a, _ in found.unusable if a.version == 6)]
    check.require(bool(six), f"{found.host} 没有 AAAA，由 V6W-01 判定", Cause.SYSTEM)
    for address in (a for a in found.v6 if a.version == 6):
        check.witness(str(address))
        check.expect(True, "可全球路由")
    for address, why in found.unusable:
        if address.version == 6:
            check.witness(str(address))
            check.expect(
                False, f"AAAA {address} 不是可全球路由的单播地址", expected="2000::/3 内的全球单播地址", actual=why
            )


def an_ipv4_only_name_gets_an_empty_answer(check: Procedure) -> None:
    """V6W-03：只有 A 的名字，AAAA 查询得到 NOERROR 空应答，且不比 A 查询晚 100 ms 以上（RFC 4074 第 4 节所列的错误）。"""
    name = str(check.parameter("a_only_name"))
    control = walk(check, name, "A")
    unheard = Cause.ENVIRONMENT if control.unheard else Cause.CONFIGURATION
    check.require(bool(control.addresses()), f"{name} 没有查到 A 记录，不能作本项的样本：{control.said}", unheard)
    last = control.steps[-1]
    address = ipaddress.ip_address(last.address)
    for again in (False, True):  # late once may be a busy moment of the tester or the path
        replies = _both_types(check, address, control.canonical)
        for reply in replies["AAAA"]:
            check.require(not reply.records(control.canonical, "AAAA"), f"{name} 有 AAAA，不是只有 A 的名字")
            check.witness(f"{name} AAAA：{reply.said}")
        heard = [r for r in replies["AAAA"] if r.answered]  # one lost packet is no finding; none of them answered is
        wrong = next((r for r in heard if r.rcode != "NOERROR"), None if heard else replies["AAAA"][0])
        if not check.expect(
            wrong is None,
            f"{name} 只有 A 记录，对 AAAA 查询没有以空应答答复",
            expected="NOERROR，应答段为空",
            actual=wrong.said if wrong else "",
            where=f"{last.server}（{address}）",
        ):
            return
        times = {type_: [r.elapsed for r in held if r.answered] for type_, held in replies.items()}
        check.require(bool(times["A"]), "同一服务器没有应答 A 查询，无法比较时延", Cause.SYSTEM)
        a, aaaa = min(times["A"]), min(times["AAAA"])
        if again or aaaa <= a + _LATER:
            break
    check.measure(
        "AAAA 应答时延", aaaa * 1000, "ms", limit=(a + _LATER) * 1000, statistic="最小值", n=len(times["AAAA"])
    )
    check.expect(
        aaaa <= a + _LATER,
        f"{name} 的 AAAA 应答比 A 晚，复测仍然如此",
        expected=f"≤ A 的时延 + {_LATER * 1000:g} ms",
        actual=f"A {a * 1000:.1f} ms，AAAA {aaaa * 1000:.1f} ms",
    )


def _both_types(check: Procedure, address: Address, name: str) -> dict[str, list[Reply]]:
    """The same question for A and AAAA by turns, each message once."""
    replies: dict[str, list[Reply]] = {"A": [], "AAAA": []}
    for _ in range(_ROUNDS):
        for type_, held in replies.items():
            held.append(asking.once(check, address, name, type_, fresh=True))
    return replies


def all_servers_give_the_same_aaaa(check: Procedure) -> None:
    """V6W-04：各权威服务器、两个地址族给出的 AAAA 集合相等。没有应答的服务器由 V6W-12 判定，失败的由 V6W-01。"""
    place = zone.zone(check)
    asked = [a for a in zone.everywhere(check, place, place.host, "AAAA", 6, 4) if a.reply.records(place.host, "AAAA")]
    check.require(len(asked) > 0, "没有服务器给出 AAAA，由 V6W-01 判定", cause=Cause.SYSTEM)
    sets = [(a, frozenset(r.data for r in a.reply.records(place.host, "AAAA"))) for a in asked]
    for one, found in sets:
        again = asking.ask(check, one.server, one.address, place.host, "AAAA", fresh=True).reply
        if frozenset(r.data for r in again.records(place.host, "AAAA")) != found:
            check.stop(
                Cause.SYSTEM,
                f"{one.where} 两次给出的 AAAA 不同（按负载轮换），各服务器之间无从比较",
                expected="同一服务器每次给出全部 AAAA",
                actual="两次不同",
                blocked_by="rotation",
            )
    whole = frozenset().union(*(s for _, s in sets))
    for one, found in sets:
        check.witness(f"{one.where}：{'、'.join(sorted(found))}")
        check.expect(
            found == whole,
            f"{one.where} 的 AAAA 与其他服务器不一致",
            expected="、".join(sorted(whole)),
            actual="、".join(sorted(found)),
        )


def the_name_resolves_over_ipv6_alone(check: Procedure) -> None:
    """V6W-10：只用 IPv6，从根逐级得到 AAAA（等价于 dig -6 +trace AAAA）。得到应答不等于得到记录：SERVFAIL、空应答不通过。"""
    need_ipv6(check)
    anyhow = walk(check, zone.host_of(check), "AAAA")
    check.require(anyhow.ok, f"域名没有 AAAA，由 V6W-01 判定（{anyhow.said}）", cause=Cause.SYSTEM)
    way = walk(check, zone.host_of(check), "AAAA", (6,))
    check.attach(
        "图 授权体系（仅 IPv6）", {"figure": "chain", "steps": [_step(s) for s in way.steps], "result": way.kind}
    )
    for step in way.steps:
        check.witness(f"{step.zone} {step.server} {step.address} → {step.said}")
    check.expect(
        way.ok,
        f"只用 IPv6 时递归到 {way.delegation.zone.rstrip('.') or '根'} 区中断",
        expected="逐级得到 AAAA",
        actual=way.said,
    )


def _step(step: object) -> dict[str, str]:
    return {name: str(getattr(step, name)) for name in ("zone", "server", "address", "name", "type", "kind", "said")}


def two_name_servers_have_aaaa(check: Procedure) -> None:
    """V6W-11：权威服务器中至少 2 台有（可用的）AAAA（internet.nl ns_aaaa：只有一台即不通过，映射地址不算）。"""
    place = zone.zone(check)
    having = []
    for server in place.servers:
        good = [a for a in server.v6 if not asking.usable(check, a)]
        check.witness(f"{server.name}：{'、'.join(map(str, server.v6)) or '没有 AAAA'}")
        having += [server.name] if good else []
    check.expect(
        len(having) >= 2,
        "有 AAAA 的权威服务器少于 2 台",
        expected="≥ 2 台",
        actual=f"{len(having)} 台：{'、'.join(having)}",
    )


def every_name_server_answers_over_ipv6(check: Procedure) -> None:
    """V6W-12：每台有 AAAA 的权威服务器经 IPv6 以 UDP 和 TCP 权威应答 SOA。"""
    need_ipv6(check)
    place = zone.zone(check)
    pairs = [(s, a) for s, a in place.places(6) if not asking.usable(check, a)]
    check.require(bool(pairs), "没有权威服务器有可用的 AAAA，由 V6W-11 判定", cause=Cause.SYSTEM)
    for server, address in pairs:
        for transport in ("udp", "tcp"):
            one = asking.ask(check, server, address, place.name, "SOA", transport=transport)
            check.witness(f"{one.where} {transport.upper()}：{one.reply.said}")
            good = one.reply.authoritative and bool(one.reply.records(place.name, "SOA"))
            lame = one.reply.rcode == "NOERROR" and not one.reply.authoritative
            check.expect(
                good,
                f"{one.where} 经 IPv6（{transport.upper()}）没有权威应答",
                expected=f"{place.name} 的 SOA，权威应答（AA）",
                actual="非权威应答（lame）" if lame else one.reply.said,
            )


def a_large_answer_arrives_over_ipv6(check: Procedure) -> None:
    """V6W-12：大应答经 IPv6 以 TC 示意，并经 TCP 完整取得；EDNS 声明 1232 字节。"""
    need_ipv6(check)
    place = zone.zone(check)
    name, type_ = str(check.parameter("large_name")), str(check.parameter("large_type"))
    pairs = [(s, a) for s, a in place.places(6) if not asking.usable(check, a)]
    check.require(bool(pairs), "没有权威服务器有可用的 AAAA，由 V6W-11 判定", cause=Cause.SYSTEM)
    for server, address in pairs:
        control = asking.ask(check, server, address, place.name, "SOA").reply
        if not control.authoritative:
            continue  # a server that does not answer at all is the finding of the check before this one
        short = asking.patiently(check, address, name, type_)
        whole = asking.patiently(check, address, name, type_, transport="tcp")
        if whole.fault:
            continue  # TCP as such: the finding of the check before this one
        check.require(
            whole.size > 1232 or not whole.records(name, type_),
            f"{name} {type_} 的应答只有 {whole.size} 字节，不能作大应答的样本",
        )
        check.witness(
            f"{server}（{address}）：UDP {short.size} 字节 {'TC' if short.truncated else ''}，TCP {whole.size} 字节"
        )
        check.expect(
            short.answered and (short.truncated or bool(short.records(name, type_))),
            f"{server}（{address}）的大应答经 UDP 没有以 TC 示意",
            expected="TC 置位，或完整的应答",
            actual=short.said,
        )
        check.expect(
            bool(whole.records(name, type_)),
            f"{server}（{address}）的大应答经 TCP 没有取得",
            expected=f"{name} 的 {type_} 记录",
            actual=whole.said,
        )


def the_parent_gives_aaaa_glue(check: Procedure) -> None:
    """V6W-13：上级在附加段给出区内服务器的 AAAA 胶水（RFC 3596 第 3 节）。服务器自己没有 AAAA 的，没有胶水可给。"""
    place = zone.zone(check)
    if place.delegation.hidden:
        check.stop(Cause.SYSTEM, f"{place.name} 与上级在同一批服务器上，看不到上级的转介和胶水", blocked_by="glue")
    for server in place.servers:
        inside = server.name == place.name or server.name.endswith("." + place.name)
        if not inside or not server.v6 or server.name not in place.delegation.servers:
            continue
        glue = [r.data for r in place.delegation.glue if r.name == server.name and r.type == "AAAA"]
        check.witness(f"{place.delegation.parent} 给出的 {server.name} 胶水：{'、'.join(glue) or '没有 AAAA'}")
        check.expect(
            bool(glue),
            f"上级 {place.delegation.parent} 没有给出 {server.name} 的 AAAA 胶水",
            expected="、".join(map(str, server.v6)),
            actual="附加段没有该服务器的 AAAA",
        )
    check.require(check.witnesses > 0, "没有位于本区之内且有 AAAA 的权威服务器，上级无须给出胶水；本项没有可检查的数据")

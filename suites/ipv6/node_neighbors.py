"""邻居发现：请求与通告、不可达检测、重定向、组播侦听（RFC 4861、6980、3810）。"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from conformance.suite import Cause, Link, Procedure, Seen, advert_for, frames

_NODE_ROUTER = 0x80000000
_SOLICITED = 0x40000000
_TRIES = 3
_REACHABLE_MS, _RETRANS_MS = 1000, 1000
_DELAY = 5.0  # RFC 4861 section 10, DELAY_FIRST_PROBE_TIME; the probes follow one RETRANS_TIMER apart


def solicitation_to_the_group_is_answered(check: Procedure) -> None:
    """V6N-29：发往请求节点组播地址的 NS：NA 中 S=1，带目标链路层地址，R 与角色相符。"""
    with check.link() as link:
        link.alive()
        source = link.address
        packet = frames.solicit(source, frames.solicited(link.node), link.node, link.mac)
        _advertised(
            check,
            link,
            _asked(link, packet, advert_for(link.node, to=source)),
            "发往请求节点组播地址的 NS",
            source,
            solicited=True,
        )


def unicast_solicitation_is_answered(check: Procedure) -> None:
    """V6N-29：单播 NS：NA 中 S=1，R 与角色相符（目标链路层地址可省略）。"""
    with check.link() as link:
        link.alive()
        source = link.address
        packet = frames.solicit(source, link.node, link.node, link.mac)
        answer = _asked(link, packet, advert_for(link.node, to=source))
        _advertised(check, link, answer, "单播 NS", source, solicited=True, option=False)


def probe_from_nobody_is_answered_to_all_nodes(check: Procedure) -> None:
    """V6N-29：源为 :: 的 NS（他人的重复地址检测）：NA 发往 ff02::1，S=0，带目标链路层地址。"""
    with check.link() as link:
        link.alive()
        packet = frames.solicit(frames.UNSPECIFIED, frames.solicited(link.node), link.node, None)
        answer = _asked(link, packet, advert_for(link.node, to=frames.ALL_NODES))
        _advertised(check, link, answer, "源为 :: 的 NS", frames.ALL_NODES, solicited=False)


def _asked(link: Link, packet: Any, match: Any) -> Seen | None:
    return link.ask(packet, match) or link.ask(packet, match)


def _advertised(
    check: Procedure, link: Link, answer: Seen | None, what: str, to: str, *, solicited: bool, option: bool = True
) -> None:
    router = check.declared("router")
    wanted = f"NA 发往 {to}，S={int(solicited)}，R={int(router)}{'，带目标链路层地址' if option else ''}，跳限 255"

    def right(seen: Seen) -> bool:
        flags = seen.pointer
        return (
            seen.to(to)
            and seen.hop_limit == frames.ND_HOP_LIMIT
            and bool(flags & _SOLICITED) is solicited
            and bool(flags & _NODE_ROUTER) is router
            and (not option or seen.option(2) == frames.mac_octets(seen.mac))
        )

    link.answered(answer, what, wanted, right)


def solicitation_from_beyond_the_link_is_discarded(check: Procedure) -> None:
    """V6N-30：跳限 254 的 NS 没有应答；跳限 255 的同一 NS 有应答。"""
    with check.link() as link:
        source = link.own()
        packet = frames.solicit(source, frames.solicited(link.node), link.node, link.mac, hlim=254)
        _discarded(link, [packet], advert_for(link.node, to=source), "跳限 254 的 NS")


def solicitation_with_a_wrong_message_is_discarded(check: Procedure) -> None:
    """V6N-31：校验和错、代码不为 0、长度小于 24 的 NS 没有应答。"""
    with check.link() as link:
        for what, change in (("校验和错", {"cksum": 1}), ("代码为 1", {"code": 1})):
            source = link.own()
            packet = frames.solicit(source, frames.solicited(link.node), link.node, link.mac, **change)
            _discarded(link, [packet], advert_for(link.node, to=source), f"{what}的 NS")
        source = link.own()
        short = frames.icmp(frames.NEIGHBOR_SOLICIT, 0, bytes(4) + frames.packed(link.node)[:12])
        packet = frames.ip(source, frames.solicited(link.node), short, hlim=frames.ND_HOP_LIMIT)
        _discarded(link, [packet], lambda s: s.kind == (136, 0) and s.to(source), "长度 20 的 NS")


def solicitation_with_a_wrong_target_or_option_is_discarded(check: Procedure) -> None:
    """V6N-31：目标为组播地址、选项长度为 0 的 NS 没有应答。"""
    with check.link() as link:
        source = link.own()
        group = frames.solicited(link.node)
        packet = frames.solicit(source, group, group, link.mac)
        _discarded(link, [packet], lambda s: s.kind == (136, 0) and s.to(source), "目标为组播地址的 NS")
        source = link.own()
        body = bytes(4) + frames.packed(link.node) + bytes([1, 0]) + bytes(6)
        packet = frames.ip(source, group, frames.icmp(frames.NEIGHBOR_SOLICIT, 0, body), hlim=frames.ND_HOP_LIMIT)
        _discarded(link, [packet], advert_for(link.node, to=source), "选项长度为 0 的 NS")


def solicitation_from_nobody_with_a_wrong_form_is_discarded(check: Procedure) -> None:
    """V6N-31：源为 :: 而目的不是请求节点组播地址，或带源链路层地址选项的 NS 没有应答。"""
    with check.link() as link:
        nobody = frames.UNSPECIFIED
        to_all = advert_for(link.node, to=frames.ALL_NODES)
        packet = frames.solicit(nobody, link.node, link.node, None)
        _discarded(link, [packet], to_all, "源为 ::、目的为单播地址的 NS")
        packet = frames.solicit(nobody, frames.solicited(link.node), link.node, link.mac)
        _discarded(link, [packet], to_all, "源为 ::、带源链路层地址选项的 NS")


def _discarded(link: Link, packets: Sequence[Any], answered: Any, what: str) -> None:
    """A right solicitation is answered before and after; the wrong one in between is not."""

    def right() -> object:
        return link.controlled(link.neighbor(link.node) or link.neighbor(link.node), "正确的 NS，应有 NA")

    right()
    link.quiet(packets, answered, what, right)


def fragmented_solicitation_is_discarded(check: Procedure) -> None:
    """V6N-42：分成两片的 NS，以及放在原子分片里的 NS，都没有应答。"""
    with check.link() as link:
        group = frames.solicited(link.node)
        for what, cuts in (("分成两片的 NS", (16,)), ("原子分片里的 NS", ())):
            source = link.own()
            whole = bytes(frames.solicit(source, group, link.node, link.mac))[40:]
            bounds = [0, *cuts, len(whole)]
            number = link.token(what, 0xFFFFFFFF)
            pieces = [
                frames.ip(
                    source, group, frames.fragment(number, a, b < len(whole), frames.ICMPV6, whole[a:b]), hlim=255
                )
                for a, b in itertools.pairwise(bounds)
            ]
            _discarded(link, pieces, advert_for(link.node, to=source), what)


def silent_neighbour_is_probed(check: Procedure) -> None:
    """V6N-40：邻居不再应答后，节点在 DELAY 5 秒后以单播 NS 探测，至多 3 次，间隔约 1 秒。"""
    with check.link() as link:
        link.alive()
        advert = frames.router_advert(link.address, link.mac, reachable=_REACHABLE_MS, retrans=_RETRANS_MS)
        link.trade([advert], 0.1)
        # An address the node meets only now: the time of an entry that it knows already runs on as it was set.
        silent = link.own()
        link.alive(source=silent, what="来自将要沉默的邻居的 Echo Request")
        link.listen(1.6 * _REACHABLE_MS / 1000)  # reachable for 1.5 times the base at most (RFC 4861 section 6.3.2)
        request = link.echo(b"and then silence")
        link.answering = False
        link.controlled(link.ask(link.to_node(request, silent), link.reply_to(request)), "最后一次 Echo Request")
        sent = link.began
        probes: list[Seen] = []

        def probe(seen: Seen) -> bool:
            return seen.kind == (frames.NEIGHBOR_SOLICIT, 0) and seen.to(silent) and seen.target == silent

        first = [s for s in link.listen(_DELAY + 2.0, probe) if probe(s)]
        probes += first
        if first:
            probes += [s for s in link.listen(3.4 * _RETRANS_MS / 1000) if probe(s)]
        check.witness(f"{len(probes)} 个单播 NS，首个在 {probes[0].time - sent:.2f} 秒后" if probes else "没有单播 NS")
        if not link.expect(bool(probes), "邻居不应答后没有单播 NS", expected="7 秒内有单播 NS", actual="无"):
            return
        link.expect(
            len(probes) <= 3, "单播 NS 超过 3 次", expected="至多 3 次", actual=f"{len(probes)} 次", seen=probes[-1]
        )
        gaps = [b.time - a.time for a, b in itertools.pairwise(probes)]
        link.expect(
            all(0.7 <= gap <= 1.6 for gap in gaps),
            "单播 NS 的间隔不对",
            expected="约 1 秒",
            actual="、".join(f"{g:.2f} 秒" for g in gaps),
        )


def false_redirects_are_ignored(check: Procedure) -> None:
    """V6N-41：跳限 254 的、源不是当前首跳的重定向被忽略；正确的重定向被采用（对照）。"""
    with check.link() as link:
        far = link.fresh_prefix("beyond the router") + "1"
        router, other = link.address, link.own()
        link.trade([frames.router_advert(router, link.mac, lifetime=60)], 0.2)
        try:
            link.controlled(_from_afar(link, far), f"来自链路外 {far} 的 Echo Request，应经默认路由器应答")
            cases = (("跳限 254 的重定向", router, 254), ("源不是当前首跳的重定向", other, 255))
            for number, (what, source, hlim) in enumerate(cases):
                better = "0e:00:00:00:00:" + f"{number:02x}"
                _redirected(link, far, source, hlim, better)
                used = [s for s in link.listen(0.0) if s.mac_to == better]
                answer = _from_afar_at_last(link, far, router)
                check.require(answer is not None, f"{what}之后节点没有应答，看不出应答发往哪里", Cause.ENVIRONMENT)
                assert answer is not None
                used += [answer] if answer.mac_to == better else []
                check.witness(f"{what} → 应答发往 {answer.mac_to}")
                link.expect(
                    not used, f"{what}被采用", expected=f"仍发往 {link.mac}", actual=f"发往 {better}", seen=answer
                )
            better = "0e:00:00:00:00:0f"
            for _ in range(_TRIES):  # a control: a node that was busy for a moment is not one that takes no redirects
                _redirected(link, far, router, 255, better)
                right = _from_afar_at_last(link, far, router)
                if right is not None and right.mac_to == better:
                    break
            check.require(
                right is not None and right.mac_to == better,
                "正确的重定向也没有被采用，节点可能不接受重定向，不能判断校验是否正确",
            )
        finally:
            link.trade([frames.router_advert(router, link.mac, lifetime=0)], 0.0)


def _from_afar_at_last(link: Link, far: str, router: str) -> Seen | None:
    """The reply to a request from afar, asked for again where none came: its router may have been forgotten meanwhile."""
    for _ in range(_TRIES):
        answer = _from_afar(link, far)
        if answer is not None:
            return answer
        link.trade([frames.router_advert(router, link.mac, lifetime=60)], 0.1)
    return None


def _redirected(link: Link, far: str, source: str, hlim: int, mac: str) -> None:
    target = link.own()
    link.macs.add(frames.mac_octets(mac))
    link.trade([frames.redirect(source, link.node, target, far, mac, hlim=hlim)], 0.1)


def _from_afar(link: Link, far: str) -> Seen | None:
    """An Echo Request from beyond the link and its reply, whatever MAC address that goes to."""
    request = link.echo(b"from beyond the router")
    return link.ask(link.to_node(request, far, link.node_global or link.node), link.reply_to(request))


def multicast_listener_report_names_the_groups(check: Procedure) -> None:
    """V6N-47：对 MLDv2 一般查询，节点以类型 143 的报告说出其请求节点组播组。"""
    with check.link() as link:
        link.alive()
        link.reports = True
        group = frames.packed(frames.solicited(link.node))

        def reported(seen: Seen) -> bool:
            return (
                seen.kind == (frames.MLD2_REPORT, 0)
                and seen.to(frames.MLD_ROUTERS)
                and seen.mac == link.node_mac
                and group in _groups(seen.body)
            )

        query = frames.query(link.address)
        answer = link.ask(query, reported, within=2.0) or link.ask(query, reported, within=2.0)
        link.answered(
            answer, "MLDv2 一般查询", f"类型 143 的报告，发往 {frames.MLD_ROUTERS}，含 {frames.solicited(link.node)}"
        )


def _groups(body: bytes) -> list[bytes]:
    """The multicast addresses of the records of an MLDv2 report (RFC 3810 section 5.2)."""
    out, at = [], 8
    for _ in range(int.from_bytes(body[6:8])):
        if at + 20 > len(body):
            break
        out.append(body[at + 4 : at + 20])
        at += 20 + 16 * int.from_bytes(body[at + 2 : at + 4]) + 4 * body[at + 1]
    return out

"""无状态地址自动配置与重复地址检测（RFC 4862、4861、7217）。"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from conformance.suite import Cause, Link, Procedure, Seen, frames

_PROBE = 3.0  # seconds within which a new address is probed: a random delay of at most 1 s, and some room
_USABLE = 5.0
_DETECTED = 1.5  # seconds from a probe until an address counts as nobody else's: RETRANS_TIMER, and some room
_VALID, _PREFERRED = 60, 50  # short, so that a node is soon rid of what it was given


def _probe_in(prefix: str) -> Callable[[Seen], bool]:
    """Matches a probe of duplicate address detection for an address of the /64."""
    network = frames.packed(prefix)[:8]

    def match(seen: Seen) -> bool:
        return (
            seen.kind == (frames.NEIGHBOR_SOLICIT, 0)
            and seen.source == frames.UNSPECIFIED
            and seen.body[8:16] == network
        )

    return match


def _announce(link: Link, *options: Any, **fields: Any) -> Any:
    return frames.router_advert(link.address, link.mac, *options, **fields)


def _offered(link: Link, prefix: str) -> Any:
    return _announce(link, frames.prefix(prefix, valid=_VALID, preferred=_PREFERRED))


def _learn(link: Link, prefix: str) -> str:
    """The node's address in a prefix, from its answer to an Echo Request that comes from there; empty when it has none."""
    source = link.own(f"{prefix}/64")
    request = link.echo(b"which address is mine")
    network = frames.packed(prefix)[:8]
    match = link.reply_to(request)
    came = link.trade([link.to_node(request, source, frames.ALL_NODES)], link.patience, match)
    answer = next(filter(match, came), None)
    return answer.source if answer is not None and frames.packed(answer.source)[:8] == network else ""


def _usable(link: Link, address: str, seconds: float = _USABLE) -> Seen | None:
    """The first Echo Reply from an address, asked for every half second."""
    for _ in range(int(seconds / 0.5)):
        request = link.echo(b"is it usable")
        answer = link.ask(link.to_node(request, "", address), link.reply_to(request), within=0.5)
        if answer is not None:
            return answer
    return None


def _formed(link: Link, prefix: str) -> str:
    """The address that the node forms from an advertised prefix, by its probe or else by its use; empty for none."""
    probe = _probe_in(prefix)
    seen = next(filter(probe, link.trade([_offered(link, prefix)], _PROBE, probe)), None)
    return seen.target if seen is not None else _learn(link, prefix)


def new_address_is_probed(check: Procedure) -> None:
    """V6N-32：按 RA 前缀形成的地址，使用前发送重复地址检测的 NS：源 ::、目的为请求节点组播地址。"""
    with check.link() as link:
        link.alive()
        used = ""
        for label in ("probed", "probed again"):  # one frame may be lost on a real link, not both
            prefix = link.fresh_prefix(label)
            probe = _probe_in(prefix)
            seen = next(filter(probe, link.trade([_offered(link, prefix)], _PROBE, probe)), None)
            if seen is not None:
                break
            used = _learn(link, prefix)
            check.require(bool(used), "节点没有按 RA 前缀形成地址，不能判断是否检测重复地址（见 V6N-36）", Cause.SYSTEM)
            check.witness(f"{used} 已在使用，没有见到重复地址检测")
        if seen is None:
            link.expect(
                False,
                "地址未经重复地址检测即已使用",
                expected="3 秒内有源为 :: 的 NS",
                actual=f"没有 NS，{used} 已能应答",
            )
            return
        _well_formed(check, link, seen)


def link_local_address_is_probed_after_link_up(check: Procedure) -> None:
    """V6N-32：接口重新启用后，链路本地地址分配前有重复地址检测的 NS。"""
    with check.link() as link:
        link.alive()
        link.act("bounce")
        probe = _probe_in("fe80::")
        seen = next(filter(probe, link.listen(_PROBE, probe)), None)
        again = _usable(link, link.node)
        link.controlled(again, "接口启用后 Echo Request 有应答")
        check.witness(seen.said if seen else "没有重复地址检测的 NS")
        if link.expect(seen is not None, "链路本地地址未经重复地址检测", expected="3 秒内有源为 :: 的 NS", actual="无"):
            assert seen is not None
            _well_formed(check, link, seen)


def _well_formed(check: Procedure, link: Link, seen: Seen) -> None:
    check.witness(seen.said)
    target = seen.target
    link.expect(
        seen.to(frames.solicited(target)) and seen.hop_limit == frames.ND_HOP_LIMIT,
        "重复地址检测的 NS 不对",
        expected=f"目的 {frames.solicited(target)}，跳限 255",
        actual=seen.said,
        seen=seen,
    )
    link.expect(
        seen.option(1) is None,
        "源为 :: 的 NS 带有源链路层地址选项",
        expected="不带",
        actual=seen.said,
        seen=seen,
    )


def address_in_conflict_by_advertisement_stays_unused(check: Procedure) -> None:
    """V6N-33：检测中的地址收到他人的 NA 后，不得使用。"""
    _conflict(
        check, lambda link, target: frames.advertise(target, frames.ALL_NODES, target, link.mac, solicited_=False), "NA"
    )


def address_in_conflict_by_probe_stays_unused(check: Procedure) -> None:
    """V6N-33：检测中的地址收到他人的重复地址检测 NS 后，不得使用。"""
    _conflict(
        check,
        lambda _, target: frames.solicit(frames.UNSPECIFIED, frames.solicited(target), target, None),
        "重复地址检测的 NS",
    )


def _conflict(check: Procedure, make: Callable[[Link, str], Any], what: str) -> None:
    with check.link() as link:
        link.alive()
        free, taken = link.fresh_prefix("free"), link.fresh_prefix("taken")
        probes = _probe_in(taken)
        advert = _announce(link, *(frames.prefix(p, valid=_VALID, preferred=_PREFERRED) for p in (free, taken)))
        came = link.trade([advert], _PROBE, probes)
        seen = next(filter(probes, came), None)
        check.require(seen is not None, "没有见到重复地址检测的 NS，不能制造冲突（见 V6N-32、V6N-36）", Cause.SYSTEM)
        assert seen is not None
        target = seen.target
        other = _probe_in(free)
        came += link.trade([make(link, target)], 0.0)
        if not any(map(other, came)):
            came += link.listen(_PROBE, other)
        spared = next(filter(other, came), None)
        check.require(spared is not None, "没有冲突的前缀也没有形成地址，不能判断", Cause.SYSTEM)
        assert spared is not None
        link.controlled(_usable(link, spared.target), "没有冲突的地址，应可用")
        link.listen(_DETECTED)  # had the conflict gone unnoticed, this address would be usable by now as well
        requests = [link.echo(b"whose address is it") for _ in range(2)]
        source = link.own(f"{taken}/64")
        packets = [link.to_node(request, source, target) for request in requests]
        replies = [link.reply_to(request) for request in requests]
        what_is_asked = f"收到他人的{what}的地址 {target}"
        link.quiet(packets, lambda s: any(r(s) for r in replies), what_is_asked, link.alive)


def router_is_solicited_after_link_up(check: Procedure) -> None:
    """V6N-34：接口重新启用后 6 秒内有发往 ff02::2 的 RS。"""
    with check.link() as link:
        link.alive()
        link.act("bounce")

        def solicitation(seen: Seen) -> bool:
            return seen.kind == (frames.ROUTER_SOLICIT, 0) and seen.to(frames.ALL_ROUTERS)

        began = link.began
        answer = next(filter(solicitation, link.listen(6.0, solicitation)), None)
        if (
            link.answered(answer, "接口重新启用", "6 秒内有发往 ff02::2 的 RS，跳限 255", lambda s: s.hop_limit == 255)
            and answer
        ):
            check.measure("RS 的时间", answer.time - began, "s", limit=6.0)
        link.controlled(_usable(link, link.node), "接口启用后 Echo Request 有应答")


def advertisement_from_beyond_the_link_is_discarded(check: Procedure) -> None:
    """V6N-35：跳限 254 的 RA 不产生地址；跳限 255 的 RA 产生地址。"""
    _ignored(
        check,
        lambda link, prefix: _announce(link, frames.prefix(prefix, valid=_VALID, preferred=_PREFERRED), hlim=254),
        "跳限 254 的 RA",
    )


def advertisement_from_a_global_address_is_discarded(check: Procedure) -> None:
    """V6N-35：源地址不是链路本地地址的 RA 不产生地址。"""

    def make(link: Link, prefix: str) -> Any:
        option = frames.prefix(prefix, valid=_VALID, preferred=_PREFERRED)
        return frames.router_advert(link.own("2001:db8:ffff::/64"), link.mac, option)

    _ignored(check, make, "源为全球地址的 RA")


def fragmented_advertisement_is_discarded(check: Procedure) -> None:
    """V6N-42：分片的 RA 不产生地址。"""

    def make(link: Link, prefix: str) -> list[Any]:
        whole = bytes(_offered(link, prefix))[40:]
        number = link.token(prefix, 0xFFFFFFFF)
        return [
            frames.ip(
                link.address,
                frames.ALL_NODES,
                frames.fragment(number, a, b < len(whole), frames.ICMPV6, whole[a:b]),
                hlim=255,
            )
            for a, b in ((0, 24), (24, len(whole)))
        ]

    _ignored(check, make, "分片的 RA")


def unusable_prefixes_are_ignored(check: Procedure) -> None:
    """V6N-37：A=0、链路本地前缀、首选期大于有效期、长度与标识之和不为 128、有效期 0 的前缀不产生地址。"""

    def make(link: Link, prefix: str) -> Any:
        def one(label: str, **change: Any) -> Any:
            return frames.prefix(_variant(prefix, label), **{"valid": _VALID, "preferred": _PREFERRED, **change})

        return _announce(
            link,
            one("1", autonomous=False),
            one("2", valid=_PREFERRED, preferred=_VALID),
            one("3", length=63),
            one("4", valid=0, preferred=0),
            frames.prefix("fe80::", valid=_VALID, preferred=_PREFERRED),
        )

    _ignored(check, make, "不可用的前缀（A=0、首选期大于有效期、/63、有效期 0、fe80::）", variants=("1", "2", "3", "4"))


def _variant(prefix: str, label: str) -> str:
    """Another /64 of the same check; even in its last bit, so that a /63 holds it."""
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) ^ int(label) << 65))


def _ignored(
    check: Procedure, make: Callable[[Link, str], Any], what: str, *, variants: tuple[str, ...] = ("",)
) -> None:
    """What `make` advertises gives no address, while what is advertised properly at the same time does."""
    with check.link() as link:
        good, bad = link.fresh_prefix("good"), link.fresh_prefix("bad")
        made = make(link, bad)
        networks = [bad] if variants == ("",) else [_variant(bad, v) for v in variants]
        wrong = [_probe_in(p) for p in networks]
        own = _probe_in(good)
        packets = made if isinstance(made, list) else [made]

        def conforming() -> object:
            """The control comes after what is tested: had that been taken, its probe would come as soon."""
            seen = next(filter(own, link.trade([_offered(link, good)], _PROBE, own)), None)
            address = seen.target if seen is not None else _learn(link, good)
            check.require(bool(address), "正确的 RA 也没有产生地址，不能判断（见 V6N-36）", Cause.SYSTEM)
            check.witness(f"正确的 RA → {address}")
            check.controlled = True
            link.listen(1.0)  # the random delay of a probe (RFC 4862 section 5.4.2)
            return None

        link.quiet(packets, lambda s: any(w(s) for w in wrong), what, conforming)
        for network in networks:
            used = _learn(link, network)
            link.expect(not used, f"{what}产生了地址", expected="无地址", actual=used)


def advertised_prefix_gives_an_address(check: Procedure) -> None:
    """V6N-36：RA 中的 /64 前缀产生地址，5 秒内可用。"""
    with check.link() as link:
        link.alive()
        prefix = link.fresh_prefix("usable")
        address = _formed(link, prefix)
        answer = _usable(link, address) if address else None
        link.answered(
            answer, f"RA 前缀 {prefix}/64（地址 {address or '未见'}）", "5 秒内该前缀的地址能应答 Echo Request"
        )


def lifetime_is_not_cut_at_once(check: Procedure) -> None:
    """V6N-38：有效期 1 秒的 RA 不能使已有地址两小时内失效：2 秒后仍能应答。"""
    with check.link() as link:
        link.alive()
        prefix = link.fresh_prefix("two hours")
        probe = _probe_in(prefix)
        long = _announce(link, frames.prefix(prefix, valid=7300, preferred=7300))
        seen = next(filter(probe, link.trade([long], _PROBE, probe)), None)
        address = seen.target if seen is not None else _learn(link, prefix)
        check.require(bool(address), "节点没有按 RA 前缀形成地址（见 V6N-36）", Cause.SYSTEM)
        link.controlled(_usable(link, address), "有效期 7300 秒的地址，应可用")
        link.trade([_announce(link, frames.prefix(prefix, valid=1, preferred=0))], 2.0)
        link.answered(_usable(link, address, 1.5), "有效期 1 秒的 RA 之后 2 秒", "地址仍能应答（两小时规则）")


def slaac_identifier_is_opaque(check: Procedure) -> None:
    """V6N-46：自动配置的接口标识不是 MAC 地址的 EUI-64，且随前缀而不同（RFC 7217）。"""
    with check.link() as link:
        link.alive()
        found = []
        for label in ("first", "second"):
            prefix = link.fresh_prefix(label)
            address = _formed(link, prefix)
            check.require(bool(address), "节点没有按 RA 前缀形成地址（见 V6N-36）", Cause.SYSTEM)
            found.append(int(ipaddress.IPv6Address(address)) & 0xFFFF_FFFF_FFFF_FFFF)
            check.witness(address)
        by_mac = frames.eui64(link.node_mac)
        link.expect(
            by_mac not in found,
            "接口标识由 MAC 地址得出（EUI-64）",
            expected="不透明的接口标识",
            actual=f"{by_mac:016x}",
        )
        link.expect(found[0] != found[1], "不同前缀的接口标识相同", expected="随前缀而不同", actual=f"{found[0]:016x}")

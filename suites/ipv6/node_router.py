"""转发：跳限、无路由、下一链路的 MTU、链路本地地址（RFC 4443、8200、4291）。只用于路由节点。"""

from __future__ import annotations

from typing import Any

from conformance.suite import Link, Procedure, Seen, any_error_to

_FAR = "far"
_UNRESOLVED = 6.0  # seconds: three solicitations one second apart (RFC 4861 section 10), and some room


def _far_prefix(check: Procedure, link: Link) -> str:
    return link.prefix_of(str(check.parameter("far_address")))


def _forwarded(data: bytes) -> Any:
    """Matches a packet on the far link that carries these octets."""
    return lambda seen: seen.link == _FAR and data in seen.data


def _through(check: Procedure, link: Link, what: str, source: str = "", **fields: Any) -> Seen:
    """肯定对照: an ordinary packet is forwarded; what comes out on the far link."""
    destination = link.own(_far_prefix(check, link), _FAR)
    sender = source or link.own(link.prefix_of(link.node_global))
    data = f"through the router {link.token(destination, 10**9)}".encode()
    packet = link.to_node(link.echo(data), sender, destination, **fields)
    match = _forwarded(data)
    return link.controlled(link.ask(packet, match, within=2.0) or link.ask(packet, match, within=2.0), what)


def forwarding_decrements_the_hop_limit(check: Procedure) -> None:
    """V6N-10：跳限 64 的报文转发后为 63。"""
    with check.link() as link:
        seen = _through(check, link, "经路由器转发的报文")
        link.expect(seen.hop_limit == 63, "转发时跳限没有减 1", expected="63", actual=str(seen.hop_limit), seen=seen)


def hop_limit_one_expires(check: Procedure) -> None:
    """V6N-10：跳限 1 的报文不转发，回 Time Exceeded 代码 0。"""
    with check.link() as link:
        _through(check, link, "跳限 64 的报文，应转发")
        destination = link.own(_far_prefix(check, link), _FAR)
        answer = link.provoke(
            lambda source: link.to_node(link.echo(b"its last hop"), source, destination, hlim=1),
            lambda seen, source: any_error_to(source)(seen),
            own=link.prefix_of(link.node_global),
        )
        link.answered(answer, "跳限 1、要转发的报文", "Time Exceeded（类型 3）代码 0", lambda s: s.kind == (3, 0))


def link_local_packets_stay_on_their_link(check: Procedure) -> None:
    """V6N-10：源地址为链路本地地址的报文不转发到另一链路。"""
    with check.link() as link:
        destination = link.own(_far_prefix(check, link), _FAR)
        data = f"not beyond this link {link.token('local', 10**9)}".encode()
        _through(check, link, "源为全球地址的报文，应转发")
        packet = link.to_node(link.echo(data), link.address, destination)
        link.quiet(
            [packet],
            _forwarded(data),
            "源为链路本地地址的报文",
            lambda: _through(check, link, "源为全球地址的报文，应转发"),
        )


def packet_too_big_for_the_next_link_is_reported(check: Procedure) -> None:
    """V6N-09：超过出链路 MTU 的报文不转发，回 PTB，MTU 字段为出链路的 MTU。"""
    with check.link() as link:
        mtu = int(check.parameter("far_mtu"))
        _through(check, link, "小报文，应转发")
        destination = link.own(_far_prefix(check, link), _FAR)
        answer = link.provoke(
            lambda source: link.to_node(link.echo(bytes(mtu + 168 - 48)), source, destination),
            lambda seen, source: any_error_to(source)(seen),
            own=link.prefix_of(link.node_global),
        )
        link.answered(
            answer,
            f"{mtu + 168} 字节、要经过 MTU {mtu} 的链路",
            f"Packet Too Big（类型 2），MTU {mtu}",
            lambda s: s.kind == (2, 0) and s.pointer == mtu,
        )


def packet_without_a_route_is_reported(check: Procedure) -> None:
    """V6N-08：没有路由的目的：Destination Unreachable 代码 0。"""
    with check.link() as link:
        _through(check, link, "有路由的报文，应转发")
        destination = link.fresh_prefix("nowhere") + "1"
        answer = link.provoke(
            lambda source: link.to_node(link.echo(b"to nowhere"), source, destination),
            lambda seen, source: any_error_to(source)(seen),
            own=link.prefix_of(link.node_global),
        )
        link.answered(answer, "没有路由的目的", "Destination Unreachable（类型 1）代码 0", lambda s: s.kind == (1, 0))


def unreachable_neighbour_is_reported(check: Procedure) -> None:
    """V6N-08：目的在相连的链路上而没有应答邻居请求：Destination Unreachable 代码 3。"""
    with check.link() as link:
        _through(check, link, "有路由的报文，应转发")
        network = _far_prefix(check, link).removesuffix("/64")
        destination = f"{network}dead:{link.token('nobody', 0xFFFF):x}"
        source = link.own(link.prefix_of(link.node_global))
        packet = link.to_node(link.echo(b"to nobody"), source, destination)
        answer = link.ask(packet, any_error_to(source), within=_UNRESOLVED)
        link.answered(
            answer, "没有应答邻居请求的目的", "Destination Unreachable（类型 1）代码 3", lambda s: s.kind == (1, 3)
        )

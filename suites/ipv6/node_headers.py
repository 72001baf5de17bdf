"""扩展首部：未知的 Next Header、选项、路由首部、No Next Header（RFC 8200）。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.suite import Link, Procedure, any_error_to, anything_to, error_to, frames


def _reported(check: Procedure, make: Callable[[Link, str], Any], what: str, code: int, pointer: int) -> None:
    """The node is alive, and the packet that `make` gives is answered by Parameter Problem with code and pointer."""
    with check.link() as link:
        link.alive()
        answer = link.provoke(lambda source: make(link, source), lambda seen, source: any_error_to(source)(seen))
        link.answered(
            answer,
            what,
            f"Parameter Problem（类型 4）代码 {code}，指针 {pointer}",
            lambda s: s.kind == (frames.PARAMETER_PROBLEM, code) and s.pointer == pointer,
        )


def unknown_next_header_is_reported(check: Procedure) -> None:
    """V6N-11：IPv6 首部的 Next Header 为 150，指针指向该字段（6）。"""
    _reported(check, lambda link, source: link.to_node(_raw(), source, nh=150), "Next Header 150", 1, 6)


def unknown_next_header_after_options_is_reported(check: Procedure) -> None:
    """V6N-11：Destination Options 首部的 Next Header 为 150，指针指向该字段（40）。"""

    def make(link: Link, source: str) -> Any:
        header = frames.destination_options(frames.option(0x1E))
        header.nh = 150
        return link.to_node(header / _raw(), source)

    _reported(check, make, "Destination Options 之后 Next Header 150", 1, 40)


def misplaced_hop_by_hop_header_is_reported(check: Procedure) -> None:
    """V6N-11：Destination Options 之后又是 Hop-by-Hop（Next Header 0），指针指向该字段（40）。"""

    def make(link: Link, source: str) -> Any:
        inner = frames.hop_by_hop(frames.option(0x1E)) / link.echo(b"behind two headers")
        return link.to_node(frames.destination_options(frames.option(0x1E)) / inner, source)

    _reported(check, make, "Destination Options 之后的 Hop-by-Hop 首部", 1, 40)


def skippable_option_is_skipped(check: Procedure) -> None:
    """V6N-12：最高两位为 00 的未知选项在 Destination Options 和 Hop-by-Hop 中都被跳过，请求得到应答。"""
    with check.link() as link:
        link.alive()
        for name, build in (("Destination Options", frames.destination_options), ("Hop-by-Hop", frames.hop_by_hop)):
            request = link.echo(b"behind an option")
            answer = link.ask(link.to_node(build(frames.option(0x1E)) / request), link.reply_to(request))
            link.answered(answer, f"{name} 中的未知选项 0x1e", "Echo Reply")


def discard_option_is_discarded(check: Procedure) -> None:
    """V6N-13：最高两位为 01 的未知选项使报文静默丢弃；只把选项换成 00 的同一报文得到应答。"""
    with check.link() as link:

        def skipped() -> object:
            request = link.echo(b"behind an option")
            packet = link.to_node(frames.destination_options(frames.option(0x1E)) / request)
            return link.controlled(link.ask(packet, link.reply_to(request)), "同一报文，选项为 0x1e，应有应答")

        skipped()
        source = link.own()
        request = link.echo(b"behind an option")
        packet = link.to_node(frames.destination_options(frames.option(0x5E)) / request, source)
        link.quiet([packet], anything_to(source), "选项 0x5e 的 Echo Request", skipped)


def report_option_is_reported(check: Procedure) -> None:
    """V6N-14：最高两位为 10 的未知选项：代码 2，指针指向选项类型（42）。"""
    _reported(check, lambda link, source: _with_option(link, source, link.node, 0x9E), "选项 0x9e，目的为单播", 2, 42)


def report_option_to_a_group_is_reported(check: Procedure) -> None:
    """V6N-14：同一选项，目的为组播地址时也回（RFC 4443 第 2.4 节 (e.3) 的例外）。"""
    _reported(
        check,
        lambda link, source: _with_option(link, source, frames.ALL_NODES, 0x9E),
        "选项 0x9e，目的为 ff02::1",
        2,
        42,
    )


def unicast_report_option_is_reported(check: Procedure) -> None:
    """V6N-15：最高两位为 11 的未知选项，目的为单播：代码 2，指针 42。"""
    _reported(check, lambda link, source: _with_option(link, source, link.node, 0xDE), "选项 0xde，目的为单播", 2, 42)


def unicast_report_option_to_a_group_is_silent(check: Procedure) -> None:
    """V6N-15：同一选项，目的为组播地址时静默丢弃；选项为 10 的同一报文有差错报文。"""
    with check.link() as link:

        def reported() -> object:
            answer = link.provoke(
                lambda source: _with_option(link, source, frames.ALL_NODES, 0x9E),
                lambda seen, source: error_to(source, frames.PARAMETER_PROBLEM)(seen),
            )
            return link.controlled(answer, "选项 0x9e 发往 ff02::1，应回 Parameter Problem")

        reported()
        source = link.own()
        link.quiet(
            [_with_option(link, source, frames.ALL_NODES, 0xDE)],
            any_error_to(source),
            "选项 0xde 发往 ff02::1",
            reported,
        )


def _with_option(link: Link, source: str, destination: str, kind: int) -> Any:
    return link.to_node(
        frames.destination_options(frames.option(kind)) / link.echo(b"behind an option"), source, destination
    )


def unknown_routing_type_without_segments_is_ignored(check: Procedure) -> None:
    """V6N-16：未知的路由类型 33，Segments Left 为 0：忽略该首部，请求得到应答。"""
    with check.link() as link:
        link.alive()
        request = link.echo(b"behind a routing header")
        answer = link.ask(link.to_node(frames.routing(33, 0) / request), link.reply_to(request))
        link.answered(answer, "路由类型 33，Segments Left 0", "Echo Reply")


def unknown_routing_type_with_segments_is_reported(check: Procedure) -> None:
    """V6N-16：未知的路由类型 33，Segments Left 为 1：代码 0，指针指向 Routing Type（42）。"""
    _reported(check, lambda link, source: _routed(link, source, 33), "路由类型 33，Segments Left 1", 0, 42)


def routing_type_zero_is_reported(check: Procedure) -> None:
    """V6N-17：路由类型 0（RFC 5095 已废止）按未知类型处理：代码 0，指针 42。"""
    _reported(check, lambda link, source: _routed(link, source, 0), "路由类型 0，Segments Left 1", 0, 42)


def _routed(link: Link, source: str, kind: int) -> Any:
    return link.to_node(frames.routing(kind, 1) / link.echo(b"to be routed"), source)


def no_next_header_is_silent(check: Procedure) -> None:
    """V6N-18：Next Header 59 之后的 16 字节被忽略，没有任何差错报文。"""
    with check.link() as link:
        link.alive()
        source = link.own()
        link.quiet(
            [link.to_node(_raw(), source, nh=frames.NO_NEXT)], any_error_to(source), "Next Header 59", link.alive
        )


def _raw() -> Any:
    return frames.scapy().Raw(bytes(16))

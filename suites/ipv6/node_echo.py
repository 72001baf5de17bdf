"""ICMPv6：回显、信息类和差错类消息（RFC 4443）。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.suite import Cause, Link, Procedure, Seen, any_error_to, anything_to, error_to, frames

_PROBES, _BATCH, _EVERY = 300, 20, 0.05  # in less than a second, and few at once: a node may limit bursts as well
_ROUNDS = 5
_LONGEST = 1.5  # seconds; a tester that needs longer says nothing about a limit per second


def echo_request_is_answered(check: Procedure) -> None:
    """V6N-01：16 字节的 Echo Request 得到应答，标识、序号、数据原样返回。"""
    with check.link() as link:
        request = link.echo(b"0123456789abcdef")
        answer = link.ask(link.to_node(request), lambda s: s.kind == (frames.ECHO_REPLY, 0))
        link.answered(
            answer,
            "16 字节的 Echo Request",
            f"Echo Reply，标识 {request.id}，序号 {request.seq}，16 字节数据不变",
            lambda s: s.body[4:8] == request.id.to_bytes(2) + request.seq.to_bytes(2) and s.body[8:] == request.data,
        )


def echo_reply_comes_from_the_address_asked(check: Procedure) -> None:
    """V6N-02：发往节点每个单播地址的 Echo Request，其应答的源地址就是该地址。"""
    with check.link() as link:
        for address in _addresses(link):
            source = link.address if address == link.node else link.own(link.prefix_of(address))
            request = link.echo(b"from which address")
            answer = link.controlled(
                link.ask(link.to_node(request, source, address), link.reply_to(request)),
                f"发往 {address} 的 Echo Request",
            )
            link.expect(
                frames.same(answer.source, address),
                f"发往 {address} 的请求由另一个地址应答",
                expected=f"源地址 {address}",
                actual=answer.source,
                seen=answer,
            )


def _addresses(link: Link) -> list[str]:
    return [a for a in (link.node, link.node_global) if a]


def unknown_informational_message_is_discarded(check: Procedure) -> None:
    """V6N-03：类型 200（未知的信息类消息）没有任何应答。"""
    with check.link() as link:
        link.alive()
        source = link.own()
        packet = link.to_node(frames.icmp(200, 0, b"nobody knows this"), source)
        link.quiet([packet], anything_to(source), "类型 200 的 ICMPv6 消息", link.alive)


def error_message_quotes_up_to_the_minimum_mtu(check: Procedure) -> None:
    """V6N-04：1440 字节 UDP 引起的差错报文尽量携带原报文，总长不超过 1280。"""
    with check.link() as link:
        link.alive()
        answer = link.controlled(
            link.provoke(
                lambda source: link.to_node(frames.udp(40001, link.closed_port, bytes(1392)), source),
                lambda seen, source: any_error_to(source)(seen),
            ),
            "发往无监听端口的 1440 字节 UDP",
        )
        check.witness(f"差错报文 {answer.size} 字节")
        link.expect(
            answer.size <= 1280,
            "差错报文超过最小 MTU",
            expected="不超过 1280 字节",
            actual=f"{answer.size} 字节",
            seen=answer,
        )
        link.expect(
            answer.size > 1200,
            "差错报文携带的原报文太少",
            expected="尽可能携带原报文（超过 1200 字节）",
            actual=f"{answer.size} 字节",
            seen=answer,
        )


def no_error_answers_an_error(check: Procedure) -> None:
    """V6N-05：选项 10 使节点回差错；同样的选项后面是一个差错报文时，不得回差错。"""
    with check.link() as link:
        answer = link.provoke(
            lambda source: link.to_node(_reporting() / link.echo(b"an ordinary request"), source),
            lambda seen, source: error_to(source, frames.PARAMETER_PROBLEM)(seen),
        )
        link.controlled(answer, "选项 10 后是 Echo Request，应回 Parameter Problem")
        source = link.own()
        quoted = bytes(frames.ip(link.node, source, frames.udp(40002, 40003, b"of old")))
        packet = link.to_node(_reporting() / frames.unreachable(4, quoted), source)
        link.quiet([packet], any_error_to(source), "选项 10 后是 Destination Unreachable", link.alive)


def no_error_answers_a_multicast_packet(check: Procedure) -> None:
    """V6N-05：未知的 Next Header 发往单播地址时回差错，发往 ff02::1 时不得回差错。"""
    with check.link() as link:

        def packet(source: str, destination: str) -> Any:
            return frames.ip(source, destination, frames.scapy().Raw(bytes(16)), nh=150)

        answer = link.provoke(
            lambda source: packet(source, link.node),
            lambda seen, source: error_to(source, frames.PARAMETER_PROBLEM)(seen),
        )
        link.controlled(answer, "Next Header 150 发往单播地址，应回 Parameter Problem")
        source = link.own()
        link.quiet([packet(source, frames.ALL_NODES)], any_error_to(source), "Next Header 150 发往 ff02::1", link.alive)


def error_messages_are_rate_limited(check: Procedure) -> None:
    """V6N-06：一秒内 300 个发往无监听端口的 UDP，差错报文少于 300 个。"""
    with check.link() as link:
        link.alive()
        source = link.address
        hit = error_to(source, frames.DESTINATION_UNREACHABLE)
        packet = link.to_node(frames.udp(41000, link.closed_port, b"one of many"), source)
        link.burst(packet, 1, link.silence)  # the node learns our address, and does not have to queue what follows
        check.sleep(link.silence)
        for _ in range(_ROUNDS):
            count, took = _burst(link, packet, hit)
            if took <= _LONGEST:
                break
            check.sleep(1.0)
        check.require(took <= _LONGEST, f"检测机太忙，{_PROBES} 个探测用了 {took:.1f} s", Cause.ENVIRONMENT)
        check.measure("差错报文数", count, "个", limit=_PROBES - 1, n=_PROBES)
        check.measure("发送用时", took, "s", limit=_LONGEST)
        check.require(count > 0, "没有收到差错报文，不能判断是否限速（见 V6N-07）", Cause.SYSTEM)
        check.witness(f"{_PROBES} 个探测，{count} 个差错报文")
        link.expect(count < _PROBES, "差错报文没有限速", expected=f"少于 {_PROBES} 个", actual=f"{count} 个")


def _burst(link: Link, packet: Any, hit: Callable[[Seen], bool]) -> tuple[int, float]:
    """(errors that came for the probes, seconds in which the probes were sent)."""
    count, began = 0, 0.0
    for _ in range(_PROBES // _BATCH):
        count += sum(map(hit, link.burst(packet, _BATCH, _EVERY)))
        began = began or link.began
    took = link.began + _EVERY - began
    return count + sum(map(hit, link.listen(link.silence))), took


def closed_udp_port_is_reported(check: Procedure) -> None:
    """V6N-07：发往无监听端口的 UDP 得到 Destination Unreachable，代码 4。"""
    with check.link() as link:
        link.alive()
        answer = link.provoke(
            lambda source: link.to_node(frames.udp(40004, link.closed_port, b"anybody there"), source),
            lambda seen, source: any_error_to(source)(seen),
        )
        link.answered(answer, f"发往无监听的 UDP 端口 {link.closed_port}", "类型 1 代码 4", lambda s: s.kind == (1, 4))


def hop_limit_zero_reaches_its_destination(check: Procedure) -> None:
    """V6N-10：发往节点自身的报文，跳限为 0 也不丢弃（目的节点不减跳限）。"""
    with check.link() as link:
        link.alive()
        request = link.echo(b"at its destination")
        answer = link.ask(link.to_node(request, hlim=0), link.reply_to(request))
        link.answered(answer, "跳限 0 的 Echo Request", "Echo Reply")


def udp_without_checksum_is_discarded(check: Procedure) -> None:
    """V6N-27：校验和为 0 的 UDP 没有应答；校验和正确的同一报文得到差错报文。"""
    with check.link() as link:

        def with_checksum() -> Seen:
            answer = link.provoke(
                lambda source: link.to_node(frames.udp(40005, link.closed_port, b"checksum"), source),
                lambda seen, source: any_error_to(source)(seen),
            )
            return link.controlled(answer, "校验和正确的 UDP，应回 Destination Unreachable")

        with_checksum()
        source = link.own()
        packet = link.to_node(frames.udp(40005, link.closed_port, b"checksum", chksum=0), source)
        link.quiet([packet], any_error_to(source), "校验和为 0 的 UDP", with_checksum)


def multicast_source_is_discarded(check: Procedure) -> None:
    """V6N-28：源地址为组播地址 ff02::5 的 Echo Request 没有应答。"""
    with check.link() as link:
        link.alive()
        request = link.echo(b"from a group")
        link.quiet(
            [link.to_node(request, "ff02::5")], link.reply_to(request), "源地址为 ff02::5 的 Echo Request", link.alive
        )


def _reporting() -> Any:
    return frames.destination_options(frames.option(0x9E))

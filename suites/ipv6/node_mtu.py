"""路径 MTU（RFC 8201）、RA 的 MTU 选项，以及不应产生的原子分片（RFC 8021）。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.suite import Cause, Link, Procedure, Seen, frames

_LARGE = 1448  # octets of the IPv6 packet that carries the large Echo Request
_SYN, _ACK, _RST = 0x02, 0x10, 0x04


@dataclass(frozen=True, slots=True)
class Reply:
    """The packets of one Echo Reply: whole, or its fragments."""

    packets: tuple[Seen, ...]

    @property
    def largest(self) -> int:
        return max(p.size for p in self.packets)

    @property
    def fragmented(self) -> bool:
        return any(p.fragment for p in self.packets)

    @property
    def said(self) -> str:
        return " + ".join(str(p.size) for p in self.packets) + (" 字节（分片）" if self.fragmented else " 字节")


def _large(link: Link, source: str, *, size: int = _LARGE) -> Reply:
    """An Echo Request of `size` octets from `source` and its whole reply; stops as 无法判定 when there is none."""
    request = link.echo(bytes(size - 48))
    ours = link.reply_to(request)

    def part(seen: Seen) -> bool:
        return seen.to(source) and (seen.fragment is not None or ours(seen))

    def last(seen: Seen) -> bool:
        return part(seen) and not (seen.fragment and seen.fragment.more)

    packets = tuple(filter(part, link.ask_all(link.to_node(request, source), last)))
    if not packets or not last(packets[-1]):
        link.stop(
            Cause.SYSTEM, f"{size} 字节的 Echo Request 没有得到完整的应答", expected="Echo Reply", actual="无应答"
        )
    return Reply(packets)


def _too_big(link: Link, mtu: int, quoted: Seen) -> None:
    """A Packet Too Big about a packet that the node sent."""
    link.trade([frames.too_big(link.address, link.node, mtu, quoted.packet)], 0.1)


def _whole(check: Procedure, link: Link, source: str) -> Reply:
    """The control: at first the large reply comes in one piece."""
    before = _large(link, source)
    check.require(not before.fragmented, f"起初的应答已经分片（{before.said}），不能判断", Cause.ENVIRONMENT)
    check.controlled = True
    check.witness(f"起初的应答 {before.said}")
    return before


def echo_reply_shrinks_after_a_packet_too_big(check: Procedure) -> None:
    """V6N-43：PTB 1280 之后，同一目的的大应答分成不超过 1280 字节的分片。"""
    with check.link() as link:
        source = link.address
        before = _whole(check, link, source)
        _too_big(link, 1280, before.packets[0])
        after = _large(link, source)
        check.witness(f"PTB 1280 之后 {after.said}")
        link.expect(
            after.largest <= 1280,
            "PTB 之后没有减小发送尺寸",
            expected="不超过 1280 字节",
            actual=after.said,
            seen=after.packets[0],
        )


def small_packets_stay_whole_after_a_small_mtu_report(check: Procedure) -> None:
    """V6N-22：PTB 600 之后，小的应答不带分片首部（不产生原子分片）。"""
    with check.link() as link:
        source = link.address
        before = _whole(check, link, source)
        _too_big(link, 600, before.packets[0])
        after = _large(link, source, size=64)
        check.witness(f"PTB 600 之后，小的应答 {after.said}")
        link.expect(
            not after.fragmented,
            "小的应答带有分片首部",
            expected="不带分片首部",
            actual=after.said,
            seen=after.packets[0],
        )


def packet_too_big_below_the_minimum_is_ignored(check: Procedure) -> None:
    """V6N-44：PTB 600（小于 1280）被丢弃，发送尺寸不变。"""
    with check.link() as link:
        source = link.address
        before = _whole(check, link, source)
        _too_big(link, 600, before.packets[0])
        after = _large(link, source)
        check.witness(f"PTB 600 之后 {after.said}")
        link.expect(
            not after.fragmented and after.largest == before.largest,
            "小于 1280 的 PTB 改变了发送尺寸",
            expected=before.said,
            actual=after.said,
            seen=after.packets[0],
        )


def packet_too_big_never_raises_the_mtu(check: Procedure) -> None:
    """V6N-44：PTB 1280 之后的 PTB 1500 不得增大发送尺寸。"""
    with check.link() as link:
        source = link.address
        before = _whole(check, link, source)
        _too_big(link, 1280, before.packets[0])
        reduced = _large(link, source)
        check.require(
            reduced.largest <= 1280, f"PTB 1280 没有减小发送尺寸（{reduced.said}），不能判断（见 V6N-43）", Cause.SYSTEM
        )
        _too_big(link, 1500, reduced.packets[0])
        after = _large(link, source)
        check.witness(f"PTB 1500 之后 {after.said}")
        link.expect(
            after.largest <= 1280, "PTB 增大了发送尺寸", expected=reduced.said, actual=after.said, seen=after.packets[0]
        )


def advertised_mtu_is_used(check: Procedure) -> None:
    """V6N-39：RA 的 MTU 选项 1280 生效：大应答不超过 1280 字节。"""
    _advertised(check, 1280, lambda _, after: after.largest <= 1280, "RA 的 MTU 选项 1280 没有生效", "不超过 1280 字节")


def advertised_mtu_below_the_minimum_is_ignored(check: Procedure) -> None:
    """V6N-39：RA 的 MTU 选项 1200（小于 1280）被忽略。"""
    _advertised(
        check,
        1200,
        lambda before, after: after.largest == before.largest,
        "小于 1280 的 MTU 选项改变了发送尺寸",
        "不变",
    )


def _advertised(check: Procedure, mtu: int, ok: Any, message: str, expected: str) -> None:
    with check.link() as link:
        before = _whole(check, link, link.address)
        link.trade([frames.router_advert(link.address, link.mac, frames.mtu_option(mtu))], 0.1)
        try:
            after = _large(link, link.address)
            check.witness(f"RA 的 MTU 选项 {mtu} 之后 {after.said}")
            link.expect(ok(before, after), message, expected=expected, actual=after.said, seen=after.packets[0])
        finally:
            link.trade([frames.router_advert(link.address, link.mac, frames.mtu_option(1500))], 0.0)


# TCP -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Talk:
    """A TCP connection of ours, as far as it is needed: opened, one request, and what the node sends of its own."""

    link: Link
    source: str
    port: int
    own_port: int
    sequence: int
    acknowledged: int = 0

    def segment(self, flags: int, data: bytes = b"", **fields: Any) -> Any:
        s = frames.scapy()
        head = s.TCP(
            sport=self.own_port,
            dport=self.port,
            flags=flags,
            seq=self.sequence,
            ack=self.acknowledged,
            window=65535,
            **fields,
        )
        return self.link.to_node(head / s.Raw(data) if data else head, self.source)

    def mine(self, seen: Seen) -> bool:
        protocol, body = seen.upper
        return (
            protocol == frames.TCP_
            and len(body) >= 20
            and body[:4] == self.port.to_bytes(2) + self.own_port.to_bytes(2)
            and seen.to(self.source)
        )


def _sequence(seen: Seen) -> int:
    return int.from_bytes(seen.body[4:8])


def _talk(check: Procedure, link: Link) -> tuple[Talk, Seen]:
    """A connection, and the first segment of full size that the node sends on it."""
    talk = Talk(
        link,
        link.address,
        int(check.parameter("tcp_port")),
        20000 + link.token("port", 40000),
        link.token("isn", 0xFFFFFF),
    )
    opened = link.ask(talk.segment(_SYN, options=[("MSS", 1440)]), talk.mine)
    check.require(
        opened is not None and opened.body[13] == _SYN | _ACK, f"TCP 端口 {talk.port} 没有接受连接", Cause.CONFIGURATION
    )
    assert opened is not None
    talk.sequence += 1
    talk.acknowledged = _sequence(opened) + 1 & 0xFFFFFFFF
    request = f"GET / HTTP/1.0\r\nHost: [{link.node}]\r\n\r\n".encode()

    def full(seen: Seen) -> bool:
        return talk.mine(seen) and _sequence(seen) == talk.acknowledged and seen.size > 1400

    came = link.trade([talk.segment(_ACK), talk.segment(_ACK | 0x08, request)], link.patience, full)
    talk.sequence += len(request)
    first = next(filter(full, came), None)
    check.require(
        first is not None, f"TCP 端口 {talk.port} 没有发来整段的数据（应多于 1440 字节）", Cause.CONFIGURATION
    )
    assert first is not None
    check.controlled = True
    check.witness(f"首个 TCP 报文段 {first.size} 字节")
    return talk, first


def tcp_segments_shrink_after_a_packet_too_big(check: Procedure) -> None:
    """V6N-43：PTB 1280 之后，未确认的 TCP 报文段以不超过 1280 字节重发。"""
    with check.link() as link:
        talk, first = _talk(check, link)

        def again(seen: Seen) -> bool:
            return talk.mine(seen) and _sequence(seen) == _sequence(first) and len(seen.body) > 20

        came = link.trade([frames.too_big(link.address, link.node, 1280, first.packet)], link.patience, again)
        answer = next(filter(again, came), None)
        began = link.began
        link.answered(answer, "引用该报文段的 PTB 1280", "以不超过 1280 字节重发", lambda s: s.size <= 1280)
        if answer is not None:
            check.measure("重发的时间", max(answer.time - began, 0.0), "s")
        link.trade([talk.segment(_RST)], 0.0)


def packet_too_big_for_a_foreign_segment_is_ignored(check: Procedure) -> None:
    """V6N-45：引用节点从未发送的 TCP 报文段（序号不在窗口内）的 PTB 被忽略；对 ICMPv6 回显只记录，不判定。"""
    with check.link() as link:
        talk, first = _talk(check, link)
        body = bytearray(first.packet)
        foreign = (_sequence(first) + 0x20000000) & 0xFFFFFFFF
        body[44:48] = foreign.to_bytes(4)

        def again(seen: Seen) -> bool:
            return talk.mine(seen) and _sequence(seen) == _sequence(first) and len(seen.body) > 20

        came = link.trade([frames.too_big(link.address, link.node, 1280, bytes(body))], 3.0, again)
        answer = next(filter(again, came), None)
        check.require(answer is not None, "没有见到报文段的重发，不能判断", Cause.SYSTEM)
        assert answer is not None
        check.witness(f"引用未发送报文段的 PTB 1280 → 重发 {answer.size} 字节")
        link.expect(
            answer.size == first.size,
            "引用未发送报文段的 PTB 被采用",
            expected=f"仍为 {first.size} 字节",
            actual=f"{answer.size} 字节",
            seen=answer,
        )
        link.trade([talk.segment(_RST)], 0.0)
        source = link.own()
        never = frames.ip(link.node, source, frames.scapy().ICMPv6EchoReply(id=1, seq=1, data=bytes(1400)))
        link.trade([frames.too_big(link.address, link.node, 1280, bytes(never))], 0.1)
        after = _large(link, source)
        check.measure("引用未发送的 Echo Reply 之后的最大报文", after.largest, "字节")

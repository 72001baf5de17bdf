"""分片与重组（RFC 8200 第 4.5 节、RFC 5722、RFC 7112）。"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from conformance.suite import Link, Procedure, any_error_to, anything_to, error_to, frames

_REQUEST = bytes(
    [frames.ECHO_REQUEST, 0, 0, 0, 0, 1, 0, 1]
)  # a type below 128 would be an error message, never answered
_LEAST, _MOST = 60.0, 65.0  # seconds until reassembly is given up; long kernel timers are coarse


def _pieces(link: Link, echo: Any, cuts: Sequence[int], source: str = "", number: str = "") -> list[Any]:
    """An Echo Request cut at these offsets (multiples of 8) into fragments of one identification."""
    source = source or link.address
    whole = frames.upper(source, link.node, echo)
    label = link.token(number or f"fragment {echo.seq}", 0xFFFFFFFF)
    bounds = [0, *cuts, len(whole)]
    return [
        link.to_node(frames.fragment(label, a, b < len(whole), frames.ICMPV6, whole[a:b]), source)
        for a, b in itertools.pairwise(bounds)
    ]


def _reassembled(check: Procedure, size: int, cuts: Sequence[int], what: str, *, backwards: bool = False) -> None:
    with check.link() as link:
        link.alive()
        request = link.echo(bytes(n % 251 for n in range(size)))
        pieces = _pieces(link, request, cuts)
        came = link.trade(pieces[::-1] if backwards else pieces, link.patience, link.reply_to(request))
        answer = next(filter(link.reply_to(request), came), None)
        link.answered(answer, what, f"Echo Reply，{size} 字节数据不变", lambda s: s.body[8:] == request.data)


def fragments_in_order_are_reassembled(check: Procedure) -> None:
    """V6N-19：两个分片，按次序。"""
    _reassembled(check, 80, (48,), "按次序的两个分片")


def fragments_in_reverse_order_are_reassembled(check: Procedure) -> None:
    """V6N-19：两个分片，次序颠倒。"""
    _reassembled(check, 80, (48,), "次序颠倒的两个分片", backwards=True)


def a_packet_of_1500_octets_is_reassembled(check: Procedure) -> None:
    """V6N-19：重组后为 1500 字节的报文（RFC 8200 第 5 节要求节点能接收）。"""
    _reassembled(check, 1500 - 40 - 8, (720,), "重组后 1500 字节的报文")


def overlapping_fragments_are_discarded(check: Procedure) -> None:
    """V6N-20：0–40 与 32–72 重叠：放弃重组，没有应答，没有差错报文；不重叠的同一请求得到应答。"""
    with check.link() as link:

        def without_overlap() -> object:
            request = link.echo(bytes(64))
            came = link.trade(_pieces(link, request, (40,)), link.patience, link.reply_to(request))
            return link.controlled(next(filter(link.reply_to(request), came), None), "不重叠的两个分片，应有应答")

        without_overlap()
        source = link.own()
        request = link.echo(bytes(64))
        whole, number = frames.upper(source, link.node, request), link.token("overlap", 0xFFFFFFFF)
        first = link.to_node(frames.fragment(number, 0, True, frames.ICMPV6, whole[:40]), source)
        second = link.to_node(frames.fragment(number, 32, False, frames.ICMPV6, whole[32:]), source)
        link.quiet([first, second], anything_to(source), "重叠的分片", without_overlap)


def atomic_fragment_is_answered(check: Procedure) -> None:
    """V6N-21：偏移 0、M=0 的分片（原子分片）单独处理，得到应答。"""
    with check.link() as link:
        link.alive()
        request = link.echo(b"alone in its fragment")
        answer = link.ask(_pieces(link, request, ())[0], link.reply_to(request))
        link.answered(answer, "原子分片", "Echo Reply")


def atomic_fragment_leaves_the_queue_alone(check: Procedure) -> None:
    """V6N-21：同一标识的队列未收齐时来了原子分片：两者都得到应答。"""
    with check.link() as link:
        link.alive()
        queued, alone = link.echo(bytes(80)), link.echo(b"alone in its fragment")
        first, last = _pieces(link, queued, (48,), number="one")
        atom = _pieces(link, alone, (), number="one")[0]
        link.trade([first], 0.0)
        link.answered(link.ask(atom, link.reply_to(alone)), "与未收齐的队列同一标识的原子分片", "Echo Reply")
        link.answered(link.ask(last, link.reply_to(queued)), "其后收齐的队列", "Echo Reply")


def fragment_of_odd_length_is_reported(check: Procedure) -> None:
    """V6N-24：M=1 而长度 36 不是 8 的倍数：代码 0，指针指向 Payload Length（4）。"""
    _reported(
        check,
        lambda number: frames.fragment(number, 0, True, frames.ICMPV6, _REQUEST + bytes(28)),
        "长度 36、M=1 的分片",
        0,
        4,
    )


def oversized_reassembly_is_reported(check: Procedure) -> None:
    """V6N-25：偏移 65528 的分片使重组超过 65535：代码 0，指针指向 Fragment Offset（42）。"""
    _reported(
        check,
        lambda number: frames.fragment(number, 65528, False, frames.ICMPV6, bytes(16)),
        "偏移 65528 的分片",
        0,
        42,
    )


def first_fragment_without_upper_header_is_reported(check: Procedure) -> None:
    """V6N-26：首片只有 Destination Options，没有上层首部：代码 3，指针 0。"""

    def first(number: int) -> Any:
        header = bytes([frames.ICMPV6, 0, 0x1E, 4, 0, 0, 0, 0])
        return frames.fragment(number, 0, True, frames.DESTINATION, header)

    _reported(check, first, "未含上层首部的首片", 3, 0)


def _reported(check: Procedure, make: Any, what: str, code: int, pointer: int) -> None:
    with check.link() as link:
        link.alive()
        answer = link.provoke(
            lambda source: link.to_node(make(link.token(source, 0xFFFFFFFF)), source),
            lambda seen, source: any_error_to(source)(seen),
        )
        link.answered(
            answer,
            what,
            f"Parameter Problem（类型 4）代码 {code}，指针 {pointer}",
            lambda s: s.kind == (frames.PARAMETER_PROBLEM, code) and s.pointer == pointer,
        )


def incomplete_reassembly_is_reported_after_sixty_seconds(check: Procedure) -> None:
    """V6N-23：只发首片，60 秒后得到 Time Exceeded 代码 1，不早于 60 秒，不晚于 65 秒。"""
    with check.link() as link:
        link.alive()
        source = link.own()
        first, _ = _pieces(link, link.echo(bytes(80)), (48,), source)
        expired = error_to(source, frames.TIME_EXCEEDED)
        link.trade([first], 0.0)
        sent = link.began
        answer = next(filter(expired, _wait(check, link, expired)), None)
        if not link.answered(
            answer, "只有首片的报文", "60 至 65 秒时的 Time Exceeded 代码 1", lambda s: s.kind == (3, 1)
        ):
            return
        assert answer is not None
        took = answer.time - sent
        check.measure("放弃重组的时间", took, "s", limit=_MOST)
        link.expect(
            _LEAST <= took <= _MOST, "放弃重组的时间不对", expected="60 至 65 秒", actual=f"{took:.2f} 秒", seen=answer
        )


def incomplete_reassembly_without_the_first_fragment_is_silent(check: Procedure) -> None:
    """V6N-23：只发末片，直到 65 秒都没有差错报文；有首片的另一报文得到 Time Exceeded。"""
    with check.link() as link:
        link.alive()
        source, other = link.own(), link.own()
        _, last = _pieces(link, link.echo(bytes(80)), (48,), source)
        first, _ = _pieces(link, link.echo(bytes(80)), (48,), other)

        def reported() -> object:
            expired = error_to(other, frames.TIME_EXCEEDED)
            return link.controlled(
                next(filter(expired, _wait(check, link, expired)), None), "有首片的报文，应回 Time Exceeded"
            )

        link.trade([first], 0.0)
        link.quiet([last], any_error_to(source), "只有末片的报文", reported, window=0.0)


def _wait(check: Procedure, link: Link, match: Any) -> list[Any]:
    return link.listen(float(check.parameter("reassembly_wait")), match)

"""Changes of echo, error messages and extension headers."""

from __future__ import annotations

from conformance.specimen.ipv6_node.change import (
    GLOBAL,
    LOCAL,
    NODE,
    OPTION,
    TESTER,
    Change,
    Out,
    back,
    named,
    on,
    simple,
)
from conformance.specimen.ipv6_node.raw import DESTINATION, ICMPV6, ROUTING, UDP, Packet, packet, problem


@simple("echo-data-cut", NODE)
def _echo_data_cut(p: Packet) -> Out:
    if p.icmp == 129 and p.next_header == ICMPV6 and 16 < len(p.body) <= 72:
        del p.raw[p.upper + 16 :]
        return back(p)
    return None


@named("echo-from-another-address")
def _echo_from_another_address() -> Change:
    local = b""

    def change(side: str, p: Packet) -> Out:
        nonlocal local
        if side == NODE and p.source[:2] == LOCAL:
            local = p.source
        if side == NODE and p.icmp == 129 and p.source == GLOBAL and local:
            p.source = local
            return back(p)
        return None

    return change


@simple("unknown-message-answered", TESTER)
def _unknown_message_answered(p: Packet) -> Out:
    return [(TESTER, problem(p, p.destination, 0, 40))] if p.icmp == 200 else None


@named("error-quotes-everything")
def _error_quotes_everything() -> Change:
    asked: dict[bytes, bytes] = {}

    def change(side: str, p: Packet) -> Out:
        if side == TESTER and p.protocol == UDP:
            asked[p.source] = bytes(p.raw[14:])
        elif p.is_error(1, 4) and p.destination in asked:
            p.raw[p.upper + 8 :] = asked[p.destination]
            return back(p)
        return None

    return change


@simple("error-answers-an-error", TESTER)
def _error_answers_an_error(p: Packet) -> Out:
    if p.next_header == DESTINATION and p.raw[OPTION] == 0x9E and 0 <= p.icmp < 128:
        return [(TESTER, problem(p, p.destination, 2, 42))]
    return None


@named("error-answers-a-group")
def _error_answers_a_group() -> Change:
    local = b""

    def change(side: str, p: Packet) -> Out:
        nonlocal local
        if side == NODE and p.source[:2] == LOCAL:
            local = p.source
        if side == TESTER and p.next_header == 150 and p.to_group:
            return [(TESTER, problem(p, local, 1, 6))]
        return None

    return change


@simple("udp-checksum-optional", TESTER)
def _udp_checksum_optional(p: Packet) -> Out:
    return on(p) if p.protocol == UDP and p.body[6:8] == b"\0\0" else None


@simple("multicast-source-answered", TESTER)
def _multicast_source_answered(p: Packet) -> Out:
    if p.source[0] != 0xFF or p.icmp != 128:
        return None
    group = b"\x33\x33" + p.source[12:]
    return [(TESTER, packet(group, bytes(p.raw[:6]), p.destination, p.source, ICMPV6, b"\x81" + p.body[1:]))]


@simple("unknown-header-wrong-pointer", NODE)
def _unknown_header_wrong_pointer(p: Packet) -> Out:
    if p.is_error(4, 1):
        p.raw[p.upper + 7] += 2
        return back(p)
    return None


def _option_taken_for(name: str, written: int, taken: int, *, group: bool | None = None) -> None:
    """The node takes one kind of option for another."""

    @simple(name, TESTER)
    def change(p: Packet) -> Out:
        if p.next_header == DESTINATION and p.raw[OPTION] == written and group in (None, p.to_group):
            p.raw[OPTION] = taken
            return on(p)
        return None


_option_taken_for("discard-option-skipped", 0x5E, 0x1E)
_option_taken_for("report-option-unreported", 0x9E, 0x5E)
_option_taken_for("unicast-report-option-answers-a-group", 0xDE, 0x9E, group=True)


def _segments_ignored(name: str, kind: int) -> None:
    """The node goes on behind a routing header whose segments it has not visited."""

    @simple(name, TESTER)
    def change(p: Packet) -> Out:
        if p.next_header == ROUTING and p.raw[OPTION] == kind and p.raw[OPTION + 1]:
            p.raw[OPTION] = 33  # the kernel would still refuse type 0
            p.raw[OPTION + 1] = 0
            return on(p)
        return None


_segments_ignored("unknown-routing-type-processed", 33)
_segments_ignored("routing-type-zero-processed", 0)


@simple("no-next-header-reported", TESTER)
def _no_next_header_reported(p: Packet) -> Out:
    return [(TESTER, problem(p, p.destination, 1, 6))] if p.next_header == 59 else None

"""Changes of fragments and of what the path says about their size."""

from __future__ import annotations

import struct
from collections.abc import Callable

from conformance.specimen.ipv6_node.change import (
    FRAGMENT_AT,
    NODE,
    NS,
    RA,
    TESTER,
    Change,
    Out,
    Pieces,
    named,
    on,
    simple,
    without_fragment_header,
)
from conformance.specimen.ipv6_node.raw import FRAGMENT, ICMPV6, TCP, Packet, answer


def _fragment_change(name: str, decide: Callable[[Packet, Pieces, bytes, int, bool], Out]) -> None:
    @named(name)
    def make() -> Change:
        known = Pieces()

        def change(side: str, p: Packet) -> Out:
            if side != TESTER or p.next_header != FRAGMENT:
                return None
            queue, offset, more = known.of(p)
            out = decide(p, known, queue, offset, more)
            known.ends[queue] = offset + len(p.raw) - FRAGMENT_AT - 8
            return out

        return change


def _late_first(_: Packet, known: Pieces, queue: bytes, offset: int, more: bool) -> Out:
    return [] if offset and queue not in known.ends and not more and offset < 1000 else None


def _large_refused(_: Packet, __: Pieces, ___: bytes, offset: int, more: bool) -> Out:
    return [] if 500 < offset < 2000 and not more else None


def _overlap_merged(p: Packet, known: Pieces, queue: bytes, offset: int, more: bool) -> Out:
    end = known.ends.get(queue, 0)
    if not 0 < offset < end:
        return None
    del p.raw[FRAGMENT_AT + 8 : FRAGMENT_AT + 8 + end - offset]
    p.raw[FRAGMENT_AT + 2 : FRAGMENT_AT + 4] = struct.pack(">H", end | more)
    p.raw[18:20] = struct.pack(">H", len(p.raw) - 54)
    return [(NODE, bytes(p.raw))]


def _atomic_dropped(_: Packet, __: Pieces, ___: bytes, offset: int, more: bool) -> Out:
    return [] if not offset and not more else None


def _atomic_joins(_: Packet, known: Pieces, queue: bytes, offset: int, more: bool) -> Out:
    return [] if not offset and not more and queue in known.ends else None


def _atomic_solicitation(p: Packet, _: Pieces, __: bytes, offset: int, more: bool) -> Out:
    return [(NODE, without_fragment_header(p))] if not offset and not more and p.icmp == NS else None


def _last_reported(p: Packet, known: Pieces, queue: bytes, offset: int, more: bool) -> Out:
    if not 0 < offset < 1000 or more or queue in known.ends:
        return None
    quoted = bytes(p.raw[14 : 14 + 1232])
    return [(NODE, bytes(p.raw)), (TESTER, answer(p, p.destination, struct.pack(">BBHI", 3, 1, 0, 0) + quoted))]


_fragment_change("late-first-fragment-lost", _late_first)
_fragment_change("large-packet-not-reassembled", _large_refused)
_fragment_change("overlap-merged", _overlap_merged)
_fragment_change("atomic-fragment-dropped", _atomic_dropped)
_fragment_change("atomic-fragment-spoils-the-queue", _atomic_joins)
_fragment_change("atomic-solicitation-answered", _atomic_solicitation)
_fragment_change("last-fragment-reported", _last_reported)


@named("fragmented-advertisement-accepted")
def _fragmented_advertisement_accepted() -> Change:
    first: dict[bytes, Packet] = {}

    def change(side: str, p: Packet) -> Out:
        if side != TESTER or p.next_header != FRAGMENT or p.raw[FRAGMENT_AT] != ICMPV6:
            return None
        queue, offset, more = Pieces.of(p)
        if more and not offset and p.raw[FRAGMENT_AT + 8] == RA:
            first[queue] = p
        elif queue in first:
            whole = first.pop(queue)
            whole.raw += p.raw[FRAGMENT_AT + 8 :]
            return [(NODE, without_fragment_header(whole))]
        return None

    return change


@simple("odd-fragment-unreported", NODE)
def _odd_fragment_unreported(p: Packet) -> Out:
    return [] if p.is_error(4, 0, 4) else None


@simple("oversized-reassembly-unreported", NODE)
def _oversized_reassembly_unreported(p: Packet) -> Out:
    return [] if p.is_error(4, 0, 42) and p.body[8 + 6] == FRAGMENT else None


@named("atomic-fragments-sent")
def _atomic_fragments_sent() -> Change:
    peers: set[bytes] = set()

    def change(side: str, p: Packet) -> Out:
        if side == TESTER and p.icmp == 2 and int.from_bytes(p.body[4:8]) < 1280:
            peers.add(p.body[8 + 24 : 8 + 40])
        elif (
            side == NODE and p.icmp == 129 and p.next_header == ICMPV6 and p.destination in peers and len(p.raw) < 1280
        ):
            p.raw[FRAGMENT_AT:FRAGMENT_AT] = bytes([ICMPV6, 0, 0, 0, 1, 2, 3, 4])
            p.raw[20] = FRAGMENT
            p.raw[18:20] = struct.pack(">H", len(p.raw) - 54)
            return [(TESTER, bytes(p.raw))]
        return None

    return change


@simple("small-mtu-accepted", TESTER)
def _small_mtu_accepted(p: Packet) -> Out:
    if p.icmp == 2 and int.from_bytes(p.body[4:8]) < 1280:
        p.raw[p.upper + 4 : p.upper + 8] = struct.pack(">I", 1280)
        return on(p)
    return None


@named("mtu-raised")
def _mtu_raised() -> Change:
    peers: set[bytes] = set()
    held: dict[bytes, Packet] = {}

    def change(side: str, p: Packet) -> Out:
        if side == TESTER:
            if p.icmp == 2 and int.from_bytes(p.body[4:8]) == 1500:
                peers.add(p.body[8 + 24 : 8 + 40])
            return None
        if p.next_header != FRAGMENT or p.destination not in peers:
            return None
        _, offset, _ = Pieces.of(p)
        if not offset:
            held[p.destination] = p
            return []
        whole = held.pop(p.destination)
        whole.raw += p.raw[FRAGMENT_AT + 8 :]
        return [(TESTER, without_fragment_header(whole))]

    return change


@named("foreign-segment-accepted")
def _foreign_segment_accepted() -> Change:
    begins: dict[bytes, bytes] = {}  # ports → sequence number of the first segment that holds data

    def change(side: str, p: Packet) -> Out:
        if side == NODE and p.protocol == TCP and len(p.body) > 4 * (p.body[12] >> 4):
            begins.setdefault(p.body[:4], p.body[4:8])
        elif side == TESTER and p.icmp == 2 and p.body[8 + 6] == TCP:
            known = begins.get(p.body[48:52])
            if known is not None and known != p.body[52:56]:
                p.raw[p.upper + 52 : p.upper + 56] = known
                return on(p)
        return None

    return change

"""Changes of Neighbour Discovery and of what a router does."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from conformance.specimen.ipv6_node.change import (
    ALL_NODES,
    FAR,
    GLOBAL,
    LOCAL,
    NA,
    NOBODY,
    NODE,
    NS,
    RA,
    REDIRECT,
    TESTER,
    Change,
    Out,
    back,
    named,
    on,
    simple,
)
from conformance.specimen.ipv6_node.raw import Packet


@simple("advertisement-with-router-flag", NODE)
def _advertisement_with_router_flag(p: Packet) -> Out:
    if p.icmp == NA:
        p.raw[p.upper + 4] |= 0x80
        return back(p)
    return None


@simple("advertisement-without-address", NODE)
def _advertisement_without_address(p: Packet) -> Out:
    if p.icmp == NA:
        del p.raw[p.upper + 24 :]
        return back(p)
    return None


def _hop_limit_unchecked(name: str, kind: int) -> None:
    @simple(name, TESTER)
    def change(p: Packet) -> Out:
        if p.icmp == kind and p.hop_limit != 255:
            p.hop_limit = 255
            return on(p)
        return None


_hop_limit_unchecked("solicitation-hop-limit-unchecked", NS)
_hop_limit_unchecked("advertisement-hop-limit-unchecked", RA)
_hop_limit_unchecked("redirect-hop-limit-unchecked", REDIRECT)


@simple("solicitation-code-unchecked", TESTER)
def _solicitation_code_unchecked(p: Packet) -> Out:
    if p.icmp == NS and p.code:
        p.raw[p.upper + 1] = 0
        return on(p)
    return None


@simple("solicitation-checksum-unchecked", TESTER)
def _solicitation_checksum_unchecked(p: Packet) -> Out:
    return on(p) if p.icmp == NS else None


@simple("zero-length-option-accepted", TESTER)
def _zero_length_option_accepted(p: Packet) -> Out:
    if p.icmp == NS and len(p.body) > 25 and p.body[25] == 0:
        p.raw[p.upper + 25] = 1
        p.raw[p.upper + 26 : p.upper + 32] = p.raw[6:12]
        return on(p)
    return None


@simple("nobody-with-address-accepted", TESTER)
def _nobody_with_address_accepted(p: Packet) -> Out:
    if p.icmp == NS and p.source == NOBODY and len(p.body) > 24:
        del p.raw[p.upper + 24 :]
        return on(p)
    return None


def _tentative(target: bytes) -> bool:
    """Whether an address is one that the node forms while it is tested, and none that it had before."""
    return target[:2] != LOCAL and target != GLOBAL


@simple("conflict-by-advertisement-ignored", TESTER)
def _conflict_by_advertisement_ignored(p: Packet) -> Out:
    return [] if p.icmp == NA and p.destination == ALL_NODES and _tentative(p.body[8:24]) else None


@simple("conflict-by-probe-ignored", TESTER)
def _conflict_by_probe_ignored(p: Packet) -> Out:
    return [] if p.icmp == NS and p.source == NOBODY and _tentative(p.body[8:24]) else None


@simple("neighbour-never-probed", NODE)
def _neighbour_never_probed(p: Packet) -> Out:
    return [] if p.icmp == NS and not p.to_group else None


@named("redirect-source-unchecked")
def _redirect_source_unchecked() -> Change:
    router = b""

    def change(side: str, p: Packet) -> Out:
        nonlocal router
        if side == TESTER and p.icmp == RA and p.body[6:8] != b"\0\0":
            router = p.source
        elif side == TESTER and p.icmp == REDIRECT and router and p.source != router:
            p.source = router
            return on(p)
        return None

    return change


@simple("advertisement-source-unchecked", TESTER)
def _advertisement_source_unchecked(p: Packet) -> Out:
    if p.icmp == RA and p.source[:2] != LOCAL:
        p.source = LOCAL + bytes(6) + p.source[8:]
        return on(p)
    return None


def _options(p: Packet) -> Iterator[tuple[int, int]]:
    """(kind, place in the frame) of the options of a Router Advertisement."""
    at = p.upper + 16
    while at + 8 <= len(p.raw) and p.raw[at + 1]:
        yield p.raw[at], at
        at += 8 * p.raw[at + 1]


def _advertised(name: str, option: int, change: Callable[[Packet, int], bool]) -> None:
    """A change of the options of one kind in a Router Advertisement."""

    @simple(name, TESTER)
    def apply(p: Packet) -> Out:
        if p.icmp != RA:
            return None
        changed = [change(p, at) for kind, at in _options(p) if kind == option]
        return on(p) if any(changed) else None


def _autonomous(p: Packet, at: int) -> bool:
    p.raw[at + 3] |= 0x40
    return True


def _preferred(p: Packet, at: int) -> bool:
    valid, preferred = struct.unpack_from(">II", p.raw, at + 4)
    if preferred > valid:
        struct.pack_into(">I", p.raw, at + 8, valid)
    return bool(preferred > valid)


def _mtu(p: Packet, at: int) -> bool:
    small = int.from_bytes(p.raw[at + 4 : at + 8]) < 1280
    if small:
        struct.pack_into(">I", p.raw, at + 4, 1280)
    return small


_advertised("prefix-without-autonomy-used", 3, _autonomous)
_advertised("prefix-preferred-over-valid-used", 3, _preferred)
_advertised("advertised-mtu-unchecked", 5, _mtu)


@named("lifetime-cut-at-once")
def _lifetime_cut_at_once() -> Change:
    gone: set[bytes] = set()

    def change(side: str, p: Packet) -> Out:
        if side != TESTER:
            return None
        if p.icmp == RA:
            for kind, at in _options(p):
                if kind == 3 and int.from_bytes(p.raw[at + 4 : at + 8]) == 1:
                    gone.add(bytes(p.raw[at + 16 : at + 24]))
        return [] if p.destination[:8] in gone else None

    return change


@simple("hop-limit-kept", TESTER)
def _hop_limit_kept(p: Packet) -> Out:
    if p.destination[:6] == FAR and p.hop_limit == 64:
        p.hop_limit = 65
        return on(p)
    return None


@simple("link-local-forwarded", TESTER)
def _link_local_forwarded(p: Packet) -> Out:
    if p.source[:2] == LOCAL and p.destination[:6] == FAR:
        p.source = GLOBAL[:15] + b"\x77"
        return on(p)
    return None


@simple("wrong-mtu-reported", NODE)
def _wrong_mtu_reported(p: Packet) -> Out:
    if p.icmp == 2:
        p.raw[p.upper + 4 : p.upper + 8] = struct.pack(">I", 1500)
        return back(p)
    return None

"""A frame, read octet by octet: hostile octets give an answer or none, never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.run.seen import Seen, advert_for, any_error_to, anything_to, error_to, readable

frames = pytest.importorskip("conformance.probe.frames")
pytest.importorskip("scapy")
A, B = "fe80::a", "fe80::b"


def _seen(packet: object) -> Seen:
    return Seen(1, 0.0, "near", frames.ether("02:00:00:00:00:0a", "02:00:00:00:00:0b", packet))


@given(st.binary(min_size=40, max_size=160), st.sampled_from([0, 43, 44, 58, 59, 60, 6, 200]))
def test_any_octets_can_be_looked_at(rest: bytes, following: int) -> None:
    data = bytes(12) + b"\x86\xdd\x60" + bytes(5) + bytes([following]) + rest
    seen = Seen(1, 0.0, "near", data)
    assert readable(data)
    for match in (advert_for(A), error_to(A, 4), any_error_to(A), anything_to(A)):
        assert match(seen) in (True, False, None)
    assert (seen.pointer, seen.target, seen.fragment, seen.option(2), seen.size)[-1] == len(data) - 14
    assert isinstance(seen.said, str)


def test_what_was_built_is_read() -> None:
    seen = _seen(frames.advertise(A, B, A, "02:00:00:00:00:0a"))
    assert (seen.kind, seen.target, seen.option(2)) == ((136, 0), A, frames.mac_octets("02:00:00:00:00:0a"))
    assert seen.pointer & 0xE0000000 == 0x60000000
    assert advert_for(A, to=B)(seen)
    assert not advert_for(B)(seen)
    hidden = _seen(frames.ip(A, B, frames.destination_options(frames.option(0x1E)) / frames.echo(7, 9, b"x")))
    assert hidden.kind == (128, 0)
    part = _seen(frames.ip(A, B, frames.fragment(5, 48, True, 58, bytes(16))))
    assert (part.kind, part.fragment.offset, part.fragment.more, part.fragment.number) == (None, 48, True, 5)
    atom = _seen(frames.ip(A, B, frames.fragment(5, 0, False, 58, frames.upper(A, B, frames.echo(7, 9, b"x")))))
    assert atom.kind == (128, 0)


def test_one_change_brings_no_other() -> None:
    """What is sent wrong in a code, a length or a flag has the checksum of what is sent."""
    from conformance.specimen.ipv6_node.raw import Packet, checksum

    for packet in (
        frames.solicit(A, B, B, "02:00:00:00:00:0a", code=1),
        frames.ip(A, B, frames.icmp(135, 0, bytes(4) + frames.packed(B)[:12]), hlim=255),
        frames.router_advert(A, "02:00:00:00:00:0a", frames.prefix("2001:db8::", length=63)),
    ):
        read = Packet(frames.ether("02:00:00:00:00:0a", "02:00:00:00:00:0b", packet))
        assert checksum(read.source, read.destination, 58, read.body) == 0


def test_group_addresses_are_derived() -> None:
    assert frames.solicited("2001:db8::1:2:3456") == "ff02::1:ff02:3456"
    assert frames.group_mac("ff02::1:ff02:3456") == "33:33:ff:02:34:56"
    assert frames.eui64("02:00:00:00:00:02") == 0x000000FFFE000002

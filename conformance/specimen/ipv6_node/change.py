"""How a change is written: a function of a packet and the side it came from, under a name.

It gives the frames to send, each with the side it goes to, or None to let the packet pass as it is. Packets from the
tester are changed so that the kernel takes what it would refuse; packets from the node, so that they are wrong.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.specimen.ipv6_node.raw import Packet

TESTER, NODE = "tester", "node"
Out = list[tuple[str, bytes]] | None
Change = Callable[[str, Packet], Out]
KNOWN: dict[str, Callable[[], Change]] = {}
GLOBAL = bytes.fromhex("20010db8000100000000000000000002")  # the node's own, of `lab`
FAR = bytes.fromhex("20010db80002")
LOCAL = b"\xfe\x80"
NOBODY = bytes(16)
ALL_NODES = bytes.fromhex("ff020000000000000000000000000001")
RA, NS, NA, REDIRECT = 134, 135, 136, 137
OPTION = 14 + 40 + 2  # of the first option in the header after the IPv6 header
FRAGMENT_AT = 14 + 40


def named(name: str) -> Callable[[Callable[[], Change]], Callable[[], Change]]:
    def keep(make: Callable[[], Change]) -> Callable[[], Change]:
        KNOWN[name] = make
        return make

    return keep


def simple(name: str, came_from: str) -> Callable[[Callable[[Packet], Out]], Callable[[Packet], Out]]:
    """A change without memory, of packets from one side."""

    def keep(change: Callable[[Packet], Out]) -> Callable[[Packet], Out]:
        KNOWN[name] = lambda: lambda side, p: change(p) if side == came_from else None
        return change

    return keep


def on(p: Packet) -> Out:
    """Towards the node, mended."""
    return [(NODE, p.mended())]


def back(p: Packet) -> Out:
    """Towards the tester, mended."""
    return [(TESTER, p.mended())]


class Pieces:
    """What is known of the fragments that came, by source and identification."""

    def __init__(self) -> None:
        self.ends: dict[bytes, int] = {}

    @staticmethod
    def of(p: Packet) -> tuple[bytes, int, bool]:
        """(name of the queue, offset, more to come)."""
        word = int.from_bytes(p.raw[FRAGMENT_AT + 2 : FRAGMENT_AT + 4])
        return p.source + bytes(p.raw[FRAGMENT_AT + 4 : FRAGMENT_AT + 8]), word & 0xFFF8, bool(word & 1)


def without_fragment_header(p: Packet) -> bytes:
    p.raw[20] = p.raw[FRAGMENT_AT]
    del p.raw[FRAGMENT_AT : FRAGMENT_AT + 8]
    return Packet(bytes(p.raw)).mended()

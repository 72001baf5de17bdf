"""The virtual node that a check is on a link: its addresses, what concerns it there, and that it answers for itself.

Everything about it comes from the seed of the run, so that it is the same node when the check is judged again.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from typing import Any

from conformance.probe import frames
from conformance.run.seen import Match, Seen

NEAR, FAR = "near", "far"
LINK_LOCAL = "fe80::/64"


class Station:
    """A MAC address and as many IPv6 addresses as a check asks for, on one or two links."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0
        self._own: dict[ipaddress.IPv6Address, str] = {}
        self.mac = "0a:" + ":".join(f"{b:02x}" for b in self._octets("mac")[:5])
        self.macs = {frames.mac_octets(self.mac)}  # of frames that are for us
        self.reports = False  # keep multicast listener reports too
        self.answering = True  # answer Neighbor Solicitations for our addresses

    def own(self, prefix: str = LINK_LOCAL, link: str = NEAR) -> str:
        """A new address of ours in a /64, for which we answer. Sparingly: each takes a place in the node's neighbour
        cache, and some kernels have one small table for all."""
        self._count += 1
        network = int(ipaddress.IPv6Network(prefix).network_address)
        # Never all zeros (subnet-router anycast, RFC 4291 section 2.6.1), and no EUI-64: bit 'u' is clear.
        identifier = int.from_bytes(self._octets(f"address {self._count}")[:8]) & ~(0x02FF << 48) | 1 << 48
        address = ipaddress.IPv6Address(network | identifier)
        self._own[address] = link
        return str(address)

    def token(self, label: str, below: int) -> int:
        """A number of this check's own, the same whenever it is judged again."""
        return int.from_bytes(self._octets(label)[:6]) % below

    def fresh_prefix(self, label: str) -> str:
        """A /64 out of 2001:db8::/32 (RFC 3849) that no other check announces."""
        value = int.from_bytes(self._octets(f"prefix {label}")[:4]) | 0x80000000
        return f"2001:db8:{value >> 16:x}:{value & 0xFFFF:x}::"

    def _octets(self, label: str) -> bytes:
        return hashlib.sha256(f"{self._seed}|{label}".encode()).digest()

    @staticmethod
    def prefix_of(address: str) -> str:
        """The /64 an address is in."""
        return str(ipaddress.IPv6Network((address, 64), strict=False))

    def echo(self, data: bytes = b"", sequence: int | None = None) -> Any:
        """An Echo Request of this check's own number; each has its own sequence number unless told otherwise."""
        if sequence is None:
            self._count += 1
            sequence = self._count
        return frames.echo(self.number, sequence, data)

    @property
    def number(self) -> int:
        return self.token("echo", 0xFFFF) + 1

    def reply_to(self, echo: Any, *, to: str = "") -> Match:
        """Matches the Echo Reply to an Echo Request of ours, to whatever address it comes."""
        number, sequence = echo.id, echo.seq

        def match(seen: Seen) -> bool:
            if seen.kind != (frames.ECHO_REPLY, 0) or (to and not seen.to(to)):
                return False
            return bool(seen.body[4:8] == number.to_bytes(2) + sequence.to_bytes(2))

        return match

    def concerns(self, data: bytes) -> bool:
        """For us, or for everybody; of solicitations only those for our addresses or from nobody (DAD)."""
        if not data[0] & 1:
            return data[:6] in self.macs
        if data[20] == frames.ICMPV6 and data[54] == frames.NEIGHBOR_SOLICIT and len(data) >= 78:
            return data[22:38] == bytes(16) or ipaddress.IPv6Address(data[62:78]) in self._own
        return self.reports or data[20] != frames.HOP_BY_HOP

    def answers(self, seen: Seen) -> Sequence[bytes]:
        if not self.answering or seen.kind != (frames.NEIGHBOR_SOLICIT, 0):
            return ()
        target = ipaddress.IPv6Address(seen.target)
        if self._own.get(target) != seen.link:
            return ()
        alone = seen.source == frames.UNSPECIFIED
        to = frames.ALL_NODES if alone else seen.source
        answer = frames.advertise(str(target), to, str(target), self.mac, solicited_=not alone)
        return (frames.ether(self.mac, frames.group_mac(to) if alone else seen.mac, answer),)

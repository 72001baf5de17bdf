"""Run in the middle namespace: carries every frame between tester and node, and makes one named change on the way.

Kernel and change together are the node that the tester meets: one that commits a violation no kernel can be told to
commit, and is right in everything else. Ends when its standard input ends.

usage: python -m conformance.specimen.ipv6_node.between CHANGE
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys

from conformance.specimen.ipv6_node.change import NODE, TESTER, Change
from conformance.specimen.ipv6_node.changes import CHANGES
from conformance.specimen.ipv6_node.raw import Packet

_ALL = 3  # ETH_P_ALL
_PROMISCUOUS = (263, 1)  # SOL_PACKET, PACKET_ADD_MEMBERSHIP
_INCOMING_ONLY = (263, 23)  # PACKET_IGNORE_OUTGOING


def _open(name: str) -> socket.socket:
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
    sock.bind((name, _ALL))
    sock.setsockopt(*_INCOMING_ONLY, 1)
    sock.setsockopt(*_PROMISCUOUS, struct.pack("@IHH8s", socket.if_nametoindex(name), 1, 0, b""))
    return sock


def carry(change: Change) -> None:
    """Until standard input ends."""
    sides = {TESTER: _open("ma"), NODE: _open("mb")}
    other = {TESTER: NODE, NODE: TESTER}
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        ready, _, _ = select.select([*sides.values(), sys.stdin], [], [])
        if sys.stdin in ready:
            return
        for came_from, sock in sides.items():
            if sock in ready:
                frame = sock.recv(65536)
                packet = Packet(frame)
                out = change(came_from, packet) if packet.whole else None
                for side, data in [(other[came_from], frame)] if out is None else out:
                    try:
                        sides[side].send(data)
                    except OSError:  # an interface that is down, or a frame that is too long for it, loses its frames
                        pass


if __name__ == "__main__":
    carry(CHANGES[sys.argv[1]]())
    os._exit(0)

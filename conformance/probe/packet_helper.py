"""Run inside a namespace by `conformance.probe.packet`: opens a packet socket and hands it back through a socket pair.

usage: packet_helper.py DESCRIPTOR INTERFACE ETHERTYPE
"""

import socket
import sys

if __name__ == "__main__":
    descriptor, interface, kind = sys.argv[1:]
    with (
        socket.socket(fileno=int(descriptor)) as back,
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as made,
    ):
        made.bind((interface, int(kind)))
        socket.send_fds(back, [b"."], [made.fileno()])

"""Run inside the node's namespace: an HTTP service that answers anything with 4,000 octets, until its standard input ends.

usage: tcp_service.py PORT
"""

import os
import socket
import sys
import threading

_BODY = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n" + b"x" * 4000


def _answer(connection: socket.socket) -> None:
    with connection:
        connection.settimeout(20)
        try:
            if connection.recv(4096):
                connection.sendall(_BODY)
                connection.recv(4096)  # until the other end lets go: closing first would hide a retransmission
        except OSError:
            pass


def _accept(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    with socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6, backlog=16) as listener:
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
        os._exit(0)

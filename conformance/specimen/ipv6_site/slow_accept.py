"""A listener over IPv6 whose TCP handshakes take a second, without any privilege and without traffic control.

Its accept queue holds one connection. While a connection of our own fills it, Linux drops the SYN of everybody else
(tcp_conn_request: ListenOverflows), and the client sends it again after one second (RFC 6298 section 2.1). As soon as
the counter says that a SYN was dropped, the queue is emptied, so that the second SYN gets in. Only bare connections,
which close without a request, bring this about: a visitor with a request is passed on to the real listener.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from pathlib import Path

_POLL = 0.01
_LONGEST = 1.5  # seconds that the queue stays full when nobody comes
_PATIENCE = 0.5  # seconds until a connection that sends nothing counts as bare
_COUNTERS = Path("/proc/net/netstat")


class SlowAccept:
    """A relay on a port of its own (`port`) in front of `behind` on ::1."""

    def __init__(self, behind: int) -> None:
        self._behind = behind
        self._listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        self._listener.bind(("::1", 0))
        self._listener.listen(0)
        self._listener.settimeout(0.2)
        self.port: int = self._listener.getsockname()[1]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slow-accept", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(5)
        self._listener.close()

    def _run(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError, OSError):
                connection, _ = self._listener.accept()
                if self._bare(connection):
                    connection.close()
                    self._fill()
                else:
                    threading.Thread(target=self._relay, args=(connection,), daemon=True).start()

    @staticmethod
    def _bare(connection: socket.socket) -> bool:
        connection.settimeout(_PATIENCE)
        try:
            return not connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _fill(self) -> None:
        """Hold the queue full until somebody was turned away, or nobody came."""
        before = _overflows()
        with contextlib.closing(socket.create_connection(("::1", self.port), 1)):
            until = time.monotonic() + _LONGEST
            while time.monotonic() < until and _overflows() == before and not self._stopped.is_set():
                time.sleep(_POLL)
            with contextlib.suppress(OSError):
                self._listener.accept()[0].close()

    def _relay(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(("::1", self._behind), 2) as server:
            client.settimeout(10)
            server.settimeout(10)
            there = threading.Thread(target=_pump, args=(client, server), daemon=True)
            there.start()
            _pump(server, client)
            there.join(10)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def _overflows() -> int:
    """TcpExt ListenOverflows of this network namespace."""
    lines = [line.split() for line in _COUNTERS.read_text("ascii").splitlines() if line.startswith("TcpExt:")]
    return int(lines[1][lines[0].index("ListenOverflows")])

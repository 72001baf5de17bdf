"""计数服务: an HTTP server on both loopback addresses of one port that counts who called it. Needs Python alone.

    python counter.py 8099        on the machine of the system under test

`/canary/hook?mark=M` counts a call under M and keeps its body; `/canary?mark=M` answers `{"hits": n, "last": body}`.
This file imports nothing of the project, so that it can be copied to a machine that has not installed it.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

_LARGEST = 64 * 1024
_MOST = 10_000  # marks; what comes after that is counted under none


class _Handler(BaseHTTPRequestHandler):
    hits: ClassVar[Counter[str]] = Counter()
    last: ClassVar[dict[str, str]] = {}
    lock = threading.Lock()
    timeout = 10

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        mark = parse_qs(parts.query).get("mark", [""])[0][:200]
        if parts.path == "/canary/hook":
            length = self.headers.get("content-length", "0")
            body = self.rfile.read(min(int(length) if length.isdecimal() else 0, _LARGEST))
            with self.lock:
                if mark in self.hits or len(self.hits) < _MOST:
                    self.hits[mark] += 1
                    self.last[mark] = body.decode("utf-8", "replace")
        with self.lock:
            told = json.dumps({"hits": self.hits[mark], "last": self.last.get(mark, "")}).encode()
        self.send_response(200 if parts.path in ("/canary", "/canary/hook") else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST = _answer  # noqa: N815 - the names that http.server asks for

    def log_message(self, *_: object) -> None:
        """Counts are all it tells."""


class _Six(ThreadingHTTPServer):
    address_family = socket.AF_INET6


def servers(port: int) -> list[ThreadingHTTPServer]:
    """One on 127.0.0.1 and one on ::1, both on `port`."""
    four = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    return [four, _Six(("::1", four.server_port), _Handler)]


def main(port: int) -> None:
    made = servers(port)
    for one in made:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{made[0].server_port}/canary/hook", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        for one in made:
            one.shutdown()
            one.server_close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8099)

"""A raw-socket server that answers each path in one hostile way. Real sockets, bounded by the test's own time-outs."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import socketserver
import threading
import time
import zlib
from collections.abc import Callable, Iterator

GOOD = json.dumps({"code": 0, "message": "ok", "data": [{"id": "A1", "name": "good"}]}).encode()
HOSTILE_TEXT = "<script>alert(1)</script>\x1b[31mred\x1b]0;title\x07 \u202eevil\u2066 \u0000 \"'><img src=x onerror=1>"


def _head(length: int | None, *more: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", "connection: close", *more]
    if length is not None:
        lines.append(f"content-length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def _json(body: bytes, *more: str) -> Callable[[socket.socket], None]:
    return lambda s: s.sendall(_head(len(body), *more) + body)


def _hang(s: socket.socket) -> None:
    time.sleep(30)


def _drip_body(s: socket.socket) -> None:
    s.sendall(_head(1000))
    for _ in range(600):
        s.sendall(b" ")
        time.sleep(0.1)


def _drip_head(s: socket.socket) -> None:
    for byte in _head(10) * 50:
        s.sendall(bytes([byte]))
        time.sleep(0.1)


def _close_mid_body(s: socket.socket) -> None:
    s.sendall(_head(1000) + GOOD)


def _endless(s: socket.socket) -> None:
    s.sendall(_head(None))
    for _ in range(32768):  # 2 GB
        s.sendall(b"x" * 65536)


def _claims_two_gigabytes(s: socket.socket) -> None:
    s.sendall(_head(2 * 1024**3))
    for _ in range(32768):
        s.sendall(b" " * 65536)


BOMB = gzip.compress(b"0" * 64 * 1024 * 1024)


def _gzip_bomb(s: socket.socket) -> None:
    s.sendall(_head(len(BOMB), "content-encoding: gzip") + BOMB)


def _deflate_broken(s: socket.socket) -> None:
    body = zlib.compress(GOOD)[:-8] + b"\xff" * 8
    s.sendall(_head(len(body), "content-encoding: deflate") + body)


def _many_headers(s: socket.socket) -> None:
    s.sendall(_head(len(GOOD), *(f"x-{n}: {'y' * 1000}" for n in range(2000))) + GOOD)


def _garbage(s: socket.socket) -> None:
    s.sendall(b"\x00\x01\x02 not http at all\r\n\r\n")


CASES: dict[str, Callable[[socket.socket], None]] = {
    "good": _json(GOOD),
    "hang": _hang,
    "drip-body": _drip_body,
    "drip-head": _drip_head,
    "close-mid-body": _close_mid_body,
    "close-at-once": lambda s: None,
    "endless": _endless,
    "two-gigabytes": _claims_two_gigabytes,
    "gzip-bomb": _gzip_bomb,
    "broken-coding": _deflate_broken,
    "unasked-coding": _json(GOOD, "content-encoding: br"),
    "many-headers": _many_headers,
    "garbage": _garbage,
    "not-utf-8": _json(b'{"code": 0, "message": "\xff\xfe", "data": [{"id": "A1", "name": "x"}]}'),
    "gb18030": _json(
        '{"code": 0, "message": "成功", "data": [{"id": "A1", "name": "中文"}]}'.encode("gb18030"), "x-charset: utf-8"
    ),
    "nan": _json(b'{"code": 0, "message": "ok", "data": [{"id": "A1", "name": NaN}]}'),
    "infinite": _json(b'{"code": 0, "message": "ok", "data": [{"id": "A1", "name": 1e999}]}'),
    "deep": _json(b"[" * 1_000_000 + b"]" * 1_000_000),
    "deep-members": _json(b'{"code": 0, "data": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}"),
    "duplicate-keys": _json(b'{"code": 0, "code": 1, "message": "ok", "data": [{"id": "A1", "name": "x"}]}'),
    "surrogate": _json(b'{"code": 0, "message": "\\ud800", "data": [{"id": "A1", "name": "x"}]}'),
    "huge-number": _json(b'{"code": 0, "message": "ok", "data": [{"id": "A1", "name": ' + b"9" * 100_000 + b"}]}"),
    "html": lambda s: s.sendall(_head(39, kind="text/html") + b"<html><body>502 Bad Gateway</body></htm"),
    "empty": _json(b""),
    "redirect-elsewhere": lambda s: s.sendall(_head(0, "location: http://evil.example/steal", status="302 Found")),
    "redirect-loop": lambda s: s.sendall(_head(0, "location: /redirect-loop", status="302 Found")),
    "hostile-text": _json(
        json.dumps({"code": 7, "message": HOSTILE_TEXT, "data": [{"id": HOSTILE_TEXT, "name": ""}]}).encode()
    ),
}


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        request = b""
        while b"\r\n\r\n" not in request and len(request) < 100_000:
            chunk = self.request.recv(65536)
            if not chunk:
                return
            request += chunk
        case = request.split(b" ")[1].decode().lstrip("/").partition("?")[0]
        with contextlib.suppress(OSError):  # the tester hangs up on what it will not read
            CASES[case](self.request)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


@contextlib.contextmanager
def hostile() -> Iterator[str]:
    """→ base URL."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()

"""The browser's only way out, where the target names a CA, a client certificate, a proxy or a table of addresses.

A proxy on loopback that nobody else can use (a password of its own) takes each request of the browser, refuses what
the target does not name, and makes the request again with the connection that the HTTP probe would make: the same
trust, certificate, proxy and table. So a certificate that the HTTP probe does not trust is not trusted for a page
either, and no private key goes to the browser. The browser itself trusts one key more, that of this gateway
(`pin`), for as long as it runs; no store of certificates is changed.

What cannot be fetched is not answered with a page of our own: the connection ends, and `fault` says why.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import h11
import httpcore

from conformance.model.exchange import Fault
from conformance.probe import family
from conformance.probe.page import identity
from conformance.probe.page.way import Way
from conformance.target import access

_CHUNK = 65536
_IDLE = 120.0  # seconds that a WebSocket may be silent
_WAIT = 30.0  # seconds for one step towards the system; a visit has bounds of its own
_MOST_BODY = 16 << 20  # of a request
_MOST_CONNECTIONS = 128
# RFC 9110 section 7.6.1: they speak of one connection, and a body is framed anew on the next
_HOP = frozenset(
    b"connection keep-alive proxy-connection proxy-authorization proxy-authenticate te trailer transfer-encoding upgrade".split()
)
_USER = "conformance"
_USUAL = {"http": 80, "https": 443}


class _Refused(Exception):  # noqa: N818 - a result
    """This request is not made, or got no answer."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(kind, message)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the requests of one connection of the browser go."""

    scheme: str
    host: str
    port: int

    @property
    def name(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Gateway:
    """Serves from the moment it is made until `close`. `server`, `user` and `password` are for the browser."""

    def __init__(self, way: Way) -> None:
        self._way = way
        own = identity.make(way.hosts)
        self.pin = own.pin
        self._own = own.context
        self.user, self.password = _USER, secrets.token_urlsafe(24)
        self._ticket = b"Basic " + base64.b64encode(f"{self.user}:{self.password}".encode())
        self._pool = httpcore.ConnectionPool(
            ssl_context=access.context(way.tls),
            proxy=_proxy(way.proxy),
            max_connections=_MOST_CONNECTIONS,
            max_keepalive_connections=8,
            keepalive_expiry=2.0,
            network_backend=None if way.proxy else _Network(dict(way.routes)),
        )
        self._faults: dict[str, tuple[float, Fault]] = {}
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._ended = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.server = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, name="conformance-gateway", daemon=True).start()

    def fault(self, host: str, since: float) -> Fault | None:
        """Why a request to this host got no answer after `since` (a monotonic time); None when all of them did."""
        at, fault = self._faults.get(host.lower(), (0.0, None))
        return fault if fault is not None and at >= since else None

    def close(self) -> None:
        with self._lock:
            self._ended = True
            held = [self._listener, *self._open]
        for one in held:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with contextlib.suppress(Exception):  # connections that are being used by threads which are about to end
            self._pool.close()

    # The side of the browser -----------------------------------------------------------------------------

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                full = self._ended or len(self._open) >= _MOST_CONNECTIONS
                if not full:
                    self._open.add(plain)
            if full:
                plain.close()
                continue
            threading.Thread(target=self._serve, args=(plain,), name="conformance-gateway", daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with plain, contextlib.suppress(OSError, h11.ProtocolError, _Refused):
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._converse(_Line(plain), None)
        finally:
            with self._lock:
                self._open.discard(plain)

    def _converse(self, line: _Line, place: _Place | None) -> None:
        """Request after request of one connection; `place` when it is the inside of a tunnel."""
        while (request := line.request()) is not None:
            if place is None and not self._admitted(request):
                line.say(407, [(b"proxy-authenticate", b'Basic realm="conformance"'), (b"content-length", b"0")])
                if not line.again():
                    return
                continue
            if request.method == b"CONNECT":
                self._tunnel(line, _endpoint(request.target))
                return
            to, path = (place, request.target) if place else _absolute(request.target)
            try:
                if not self._forward(line, request, to, path):
                    return
            except _Refused as refused:
                self._faults[to.host] = (time.monotonic(), refused.fault)
                return
            if not line.again():
                return

    def _admitted(self, request: h11.Request) -> bool:
        given = next((v for k, v in request.headers if k == b"proxy-authorization"), b"")
        return secrets.compare_digest(given, self._ticket)

    def _tunnel(self, line: _Line, place: _Place) -> None:
        """What a browser sends through a tunnel is TLS, or a WebSocket without it."""
        if place.host not in self._way.hosts:
            self._faults[place.host] = (time.monotonic(), _not_named(place.host))
            line.say(403, [(b"content-length", b"0")])
            return
        line.say(200, [])
        first = line.plain.recv(1, socket.MSG_PEEK)
        if first == b"\x16":
            with self._own.wrap_socket(line.plain, server_side=True) as secured:
                self._converse(_Line(secured), _Place("https", place.host, place.port))
        elif first:
            self._converse(_Line(line.plain), _Place("http", place.host, place.port))

    # The side of the system ------------------------------------------------------------------------------

    def _forward(self, line: _Line, request: h11.Request, to: _Place, path: bytes) -> bool:
        """One request and its answer. → whether the connection of the browser can go on."""
        if to.host not in self._way.hosts:
            fault = _not_named(to.host)
            raise _Refused(fault.kind, fault.message)
        upgrade = any(k == b"upgrade" and v.lower() == b"websocket" for k, v in request.headers)
        headers = [(k, v) for k, v in request.headers if k not in _HOP]
        if upgrade:
            headers += [(b"connection", b"Upgrade"), (b"upgrade", b"websocket")]
        body = line.body()
        if body and not any(k == b"content-length" for k, _ in headers):
            headers.append((b"content-length", str(len(body)).encode()))
        port = None if to.port == _USUAL[to.scheme] else to.port  # a proxy is asked for the address as it is written
        url = httpcore.URL(scheme=to.scheme.encode(), host=_idna(to.host), port=port, target=path)
        timeout = {"connect": _WAIT, "read": _WAIT, "write": _WAIT, "pool": _WAIT}
        sent = httpcore.Request(request.method, url, headers=headers, content=body, extensions={"timeout": timeout})  # fmt: skip
        with _told():
            answer = self._pool.handle_request(sent)
            try:
                if answer.status == 101:
                    stream = answer.extensions["network_stream"]
                    line.switch(answer.headers)
                    _splice(line.plain, stream)
                    return False
                kept = [(k, v) for k, v in answer.headers if k.lower() not in _HOP]
                line.say(answer.status, kept, answer.iter_stream(), head=request.method == b"HEAD")
            finally:
                answer.close()
        return True


class _Line:
    """One connection of the browser, read and written as HTTP/1.1 (RFC 9112)."""

    def __init__(self, plain: socket.socket) -> None:
        self.plain = plain
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=256 * 1024)

    def request(self) -> h11.Request | None:
        event = self._next()
        return event if isinstance(event, h11.Request) else None

    def body(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while isinstance(event := self._next(), h11.Data):
            size += len(event.data)
            if size > _MOST_BODY:
                raise _Refused("too-large", f"页面发送的数据超过 {_MOST_BODY} 字节，未发送")
            parts.append(bytes(event.data))
        return b"".join(parts)

    def say(
        self,
        status: int,
        headers: list[tuple[bytes, bytes]],
        body: Any = (),
        *,
        head: bool = False,
    ) -> None:
        if self._http.their_state is h11.SEND_BODY:
            self.body()
        self._write(h11.Response(status_code=status, headers=headers))
        if self._http.our_state is h11.SWITCHED_PROTOCOL:
            return
        for chunk in body:
            if chunk and not head:
                self._write(h11.Data(data=chunk))
        self._write(h11.EndOfMessage())

    def switch(self, headers: list[tuple[bytes, bytes]]) -> None:
        self._write(h11.InformationalResponse(status_code=101, headers=headers))

    def again(self) -> bool:
        """Ready for the next request; False when the connection has to end."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def _next(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(self.plain.recv(_CHUNK))
        return event

    def _write(self, event: Any) -> None:
        if data := self._http.send(event):
            self.plain.sendall(data)


class _Network(httpcore.NetworkBackend):
    """httpcore's network with the laboratory's table in front of it."""

    def __init__(self, routes: Mapping[str, str]) -> None:
        self._routes = routes
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:  # fmt: skip
        host, port = self._routed(host, port)
        return self._plain.connect_tcp(host, port, timeout, local_address, socket_options)

    def _routed(self, host: str, port: int) -> tuple[str, int]:
        if not self._routes:
            return host, port
        named = access.routed(self._routes, host, port)
        if named:
            return named
        found = [host] if access.is_address(host) else _addresses(host, port)
        last = _Refused("dns", f"主机名 {host} 无法解析")
        for address_ in found:
            try:
                place = family.locate(f"[{address_}]:{port}" if ":" in address_ else f"{address_}:{port}", self._routes)
            except family.Refusal as refusal:
                last = _Refused(refusal.fault.kind, refusal.fault.message)
                continue
            return place.sockaddr
        raise last


def _addresses(host: str, port: int) -> list[str]:
    try:
        return list(dict.fromkeys(str(a[4][0]) for a in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError):
        return []


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What went wrong on the side of the system, in the words of the HTTP probe."""
    try:
        yield
    except httpcore.ConnectTimeout:
        raise _Refused("connect-timeout", "建立连接超时") from None
    except httpcore.TimeoutException:
        raise _Refused("timeout", "等待响应超时") from None
    except httpcore.ProxyError as error:
        raise _Refused("proxy", f"代理拒绝: {error}") from None
    except httpcore.ConnectError as error:
        raise _refusal(error) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise _Refused("closed", f"连接中断，或响应不是合法的 HTTP: {error}") from None


def _refusal(error: BaseException) -> _Refused:
    text, step = str(error), error.__cause__ or error.__context__
    while step is not None:
        if isinstance(step, socket.gaierror):
            return _Refused("dns", f"主机名无法解析: {text}")
        if isinstance(step, ssl.SSLError):
            return _Refused("tls", f"证书不被信任或 TLS 握手失败: {text}")
        if isinstance(step, ConnectionRefusedError):
            return _Refused("refused", f"连接被拒绝: {text}")
        step = step.__cause__ or step.__context__
    return _Refused("unreachable", f"无法连接: {text}")


def _not_named(host: str) -> Fault:
    return Fault("host-not-named", f"主机 {host} 未在 target 的 hosts 中列出，未访问")


def _endpoint(text: bytes) -> _Place:
    host, _, port = text.decode("ascii", "replace").rpartition(":")
    return _Place("", host.strip("[]").lower(), int(port) if port.isdigit() else 0)


def _absolute(target: bytes) -> tuple[_Place, bytes]:
    """The place and the origin form of a request to a proxy (RFC 9112 section 3.2.2)."""
    parts = urlsplit(target.decode("latin-1"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Place("http", (parts.hostname or "").lower(), parts.port or 80), path.encode("latin-1")


def _proxy(address: str) -> httpcore.Proxy | None:
    if not address:
        return None
    parts = urlsplit("".join((address,)))  # a secret is joined, and not formatted, to be itself
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return httpcore.Proxy("".join((parts.scheme, "://", host, ":", str(port))), auth=auth)


def _idna(host: str) -> bytes:
    return host.encode("ascii") if host.isascii() else host.encode("idna")


def _splice(near: socket.socket, far: httpcore.NetworkStream) -> None:
    """Bytes of a WebSocket both ways, until one side ends it. A chunk holds a whole record of TLS, so none stays behind."""
    away = far.get_extra_info("socket")
    with contextlib.suppress(httpcore.TimeoutException):
        near.sendall(far.read(_CHUNK, 0.001))  # what came in one piece with the answer, which no socket shows any more
    with contextlib.suppress(OSError, httpcore.NetworkError, httpcore.TimeoutException):
        while True:
            ready, _, _ = select.select([near, away], [], [], _IDLE)
            if not ready:
                break
            if near in ready:
                if not (data := near.recv(_CHUNK)):
                    break
                far.write(data, _WAIT)
            if away in ready:
                if not (data := far.read(_CHUNK, _WAIT)):
                    break
                near.sendall(data)
    far.close()

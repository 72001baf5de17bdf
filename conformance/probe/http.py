"""The one seam to HTTP: a bounded, polite, recording sender. No other module imports an HTTP client.

Which client is one line of `conformance.probe.client` (ADR 0002). Requests are sent by worker threads, each with a
client of its own: httpx's synchronous client is several times faster than its asynchronous one at fifty in flight.

Bounds: hosts named by the target, requests in flight, requests a second, requests in total, bytes of a body
before and after content decoding, seconds without a byte and seconds in all.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from conformance.model.exchange import DNS, PAGE, TCP, TLS, VANTAGE, Exchange, Fault, Request, Response
from conformance.model.target import Limits, Target
from conformance.probe.client import client_library
from conformance.probe.gate import Gate
from conformance.probe.turn import Turn
from conformance.target import access

if TYPE_CHECKING:
    from conformance.probe.family import Outcome

USER_AGENT = "conformance"
_HEADERS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": USER_AGENT}
_RAW = frozenset({DNS, TCP, VANTAGE})  # these name an address, and no host
_IDLE = 2.0  # seconds a connection is kept unused; shorter than common servers' own limit, so that none dies under us
_NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # for connections without TLS; it would refuse every certificate


class Sender(Protocol):
    """What checks send through: the live port, or a replay of a record."""

    turn: Turn
    mask: Callable[[str], str] | None
    pictures: Any

    def send(self, request: Request, *, operation: str = "", identity: str = "") -> Exchange: ...

    def upcoming(self) -> str:
        """The operation of the next recorded exchange, in a replay; empty when live."""


class HttpPort:
    """Sends requests to one target. Thread-safe; `close` ends everything that is under way."""

    def __init__(self, target: Target, *, share: int = 1) -> None:
        """`share`: how many processes divide the target's limits between them (pytest-xdist workers)."""
        limits = target.limits
        self._limits = Limits(
            concurrency=max(1, limits.concurrency // share),
            rate=limits.rate / share,
            timeout=limits.timeout,
            total_timeout=limits.total_timeout,
            requests=max(1, limits.requests // share),
            body=limits.body,
        )
        self._target = target
        self._hosts = frozenset(h.lower() for h in target.hosts)
        self._routes = target.routes
        self._proxy = target.proxy
        self._tls = target.tls
        self._timeout = client_library.Timeout(limits.timeout).as_dict()
        self._lock = threading.Lock()
        self._local = threading.local()
        self._clients: list[Any] = []
        self._watch: dict[int, _Watch] = {}
        self._watcher: threading.Thread | None = None
        self.turn = Turn()
        self._gate = Gate(self._limits, self.turn)
        self._closed = self._gate.closed
        self.usage = self._gate.usage
        self.mask: Callable[[str], str] | None = None  # given: visits make pictures, masked by it
        self.pictures: Any = None  # `probe.page.browser.Gallery`, once a page was visited
        self.visits: Any = None  # `probe.page.memory.Memory`, where earlier visits of this process may be used again

    @cached_property
    def _verify(self) -> ssl.SSLContext:
        """Made once, and only for a connection that wants it: reading the trust store takes as long as 30 requests."""
        return access.context(self._tls)

    def send(self, request: Request, *, operation: str = "", identity: str = "") -> Exchange:
        """One request, no redirect followed, no retry. Never raises for what the system does: see `Exchange.fault`."""
        if request.method in _RAW:
            return self._admitted(request, operation, identity, self._raw)
        try:  # read by the client's own parser: the host that is asked about is the host that is connected to
            url = _url(request.url)
            host = url.host.lower()
        except (client_library.InvalidURL, UnicodeError, ValueError) as error:  # a system gave it, such as `http://[`
            return _failed(request, "request", f"请求无法构造: {error}", operation, identity)
        if not host:
            return _failed(request, "request", "请求无法构造: 地址中没有主机", operation, identity)
        if host not in self._hosts:
            return _failed(
                request, "host-not-named", f"主机 {host} 未在 target 的 hosts 中列出，未发送", operation, identity
            )
        if request.method == PAGE:
            return self._raw(request, operation, identity)  # each request of the page passes the gate by itself
        carry_out = self._raw if request.via or self._routed(url) else partial(self._exchange, url=url)
        return self._admitted(request, operation, identity, carry_out)

    def _admitted(
        self, request: Request, operation: str, identity: str, carry_out: Callable[..., Exchange]
    ) -> Exchange:
        """One exchange within the limits of the target, whatever it goes over."""
        refused = self._gate.enter()
        if refused is not None:
            return _failed(request, refused.kind, refused.message, operation, identity)
        try:
            return carry_out(request, operation=operation, identity=identity)
        finally:
            self._gate.leave()

    def _raw(self, request: Request, operation: str, identity: str) -> Exchange:
        """What goes to one given address and not through the HTTP client (`probe.dns`, `direct`, `vantage`)."""
        started = datetime.now(UTC)
        with self.turn.aside():
            clock = time.perf_counter()
            out = self._sent(request)
            elapsed = time.perf_counter() - clock
        return Exchange(
            request=request,
            response=out.response,
            fault=out.fault,
            started=started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            elapsed=round(elapsed, 6),
            peer=out.peer,
            operation=operation,
            identity=identity,
            tls=out.tls,
            times={name: round(seconds, 6) for name, seconds in out.times.items()},
        )

    def _sent(self, request: Request) -> Outcome:
        from conformance.probe import direct, dns, vantage  # a run of HTTP alone starts without them
        from conformance.probe.family import Outcome

        bounds = direct.Bounds(self._limits.timeout, self._limits.total_timeout, self._limits.body)
        if request.method == VANTAGE:
            return Outcome(vantage.look(request.url, self._routes))
        if request.method == DNS:
            return dns.exchange(request, self._routes, self._limits.timeout)
        if request.method == PAGE:
            return self._visit(request)
        if request.method == TCP:
            return direct.tcp(request, self._routes, bounds)
        if request.method == TLS:
            return direct.tls(request, self._routes, bounds, self._verify)
        routed = None if request.via else self._routed(_url(request.url))
        if routed:  # the table has said where it is: nothing is looked up
            request = replace(request, via=_endpoint(*routed))
            return direct.http(request, {}, bounds, self._verify, _DECODERS)
        return direct.http(request, self._routes, bounds, self._verify, _DECODERS)

    def _routed(self, url: Any) -> tuple[str, int] | None:
        if not self._routes or self._proxy:
            return None
        return access.routed(self._routes, url.host, url.port or (443 if url.scheme == "https" else 80))

    def _visit(self, request: Request) -> Outcome:
        from conformance.probe.family import Outcome
        from conformance.probe.page import browser  # what a page needs is loaded only where there is one
        from conformance.probe.page.way import Way

        known = self.visits.find(request) if self.visits is not None else None
        if known is not None:
            return Outcome(known)
        with self._lock:
            self.pictures = self.pictures or browser.Gallery()
        response, fault = browser.visit(request, Way.to(self._target), self._gate, self.mask, self.pictures)
        if self.visits is not None and response is not None:
            self.visits.add(request, response)
        return Outcome(response, fault)

    def upcoming(self) -> str:
        return ""

    def close(self) -> None:
        self._closed.set()
        for watch in list(self._watch.values()):
            watch.cut()
        for client in self._clients:
            client.close()

    def _exchange(self, request: Request, *, url: Any, operation: str, identity: str) -> Exchange:
        client, watch = self._client(secure=url.scheme == "https")
        watch.begin(self._limits.total_timeout)
        started = datetime.now(UTC)
        clock = time.perf_counter()
        response: Response | None = None
        fault: Fault | None = None
        peer = ""
        tls: dict[str, str] = {}
        try:
            built = client_library.Request(
                request.method,
                url,
                headers={**_HEADERS, **request.headers},
                content=request.body or None,
                extensions={"timeout": self._timeout, "trace": watch.trace},
            )
            answer = client.handle_request(built)
            try:
                stream = answer.extensions.get("network_stream")
                if stream is not None:
                    peer, tls = _peer(stream)
                body, fault = self._body(answer, watch)
                response = Response(
                    status=answer.status_code,
                    headers=tuple((_text(k).lower(), _text(v)) for k, v in answer.headers.raw),
                    body=body,
                    http_version=answer.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace"),
                )
            finally:
                answer.close()
        except client_library.HTTPError as error:
            fault = _fault(error)
        except (client_library.InvalidURL, UnicodeError, ValueError) as error:
            fault = Fault("request", f"请求无法构造: {error}")
        except OSError as error:  # a socket cut by the watcher or by close()
            fault = Fault("closed", str(error))
        finally:
            expired = watch.end()
        if expired and (fault is not None or response is None):
            fault = Fault("timeout", f"{self._limits.total_timeout:g} 秒内未收完响应（limits.total_timeout）")
        elif fault is not None and self._closed.is_set():
            fault = Fault("stopped", "运行已停止")
        return Exchange(
            request=request,
            response=response,
            fault=fault,
            started=started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            elapsed=round(time.perf_counter() - clock, 6),  # as stored: a verdict on time is the same when judged again
            peer=peer,
            operation=operation,
            identity=identity,
            tls=tls,
        )

    def _body(self, answer: Any, watch: _Watch) -> tuple[bytes, Fault | None]:
        """Read and decode at most `limits.body` bytes; what was read is kept even when the reading broke off."""
        limit = self._limits.body
        coding = answer.headers.get("content-encoding", "").strip().lower()
        decoder = _DECODERS.get(coding)
        if decoder is None:
            return b"", Fault("content-coding", f"未请求的内容编码 {coding[:40]!r}")
        decode = decoder()
        parts: list[bytes] = []
        size = raw = 0
        try:
            for chunk in answer.stream:  # as it comes from the connection, 64 KiB at most
                raw += len(chunk)
                plain = decode.feed(chunk, limit + 1 - size)
                size += len(plain)
                parts.append(plain)
                if size > limit:
                    kind = "bomb" if raw * 20 < size else "too-large"
                    return b"".join(parts)[:limit], Fault(
                        kind, f"响应体超过上限 {limit} 字节（limits.body），已停止接收"
                    )
                if watch.expired:
                    return b"".join(parts), Fault("timeout", "响应未在时限内收完")
        except client_library.HTTPError as error:
            fault = _fault(error)
            return b"".join(parts), Fault("closed" if fault.kind == "protocol" else fault.kind, fault.message)
        except zlib.error as error:
            return b"".join(parts), Fault("content-coding", f"内容编码 {coding} 损坏: {error}")
        if raw and not decode.whole:
            return b"".join(parts), Fault("content-coding", f"内容编码 {coding} 损坏: 数据不完整")
        return b"".join(parts), None

    def _client(self, *, secure: bool) -> tuple[Any, _Watch]:
        """This thread's client for one scheme, and what watches its socket."""
        own: dict[bool, tuple[Any, _Watch]] = self._local.__dict__.setdefault("clients", {})
        if secure not in own:
            # The transport alone: no cookie jar that one check would leave to the next, no redirects, no environment.
            client = client_library.HTTPTransport(
                verify=self._verify if secure else _NO_TRUST,
                proxy=client_library.Proxy(self._proxy) if self._proxy else None,
                trust_env=False,
                limits=client_library.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=_IDLE),
            )
            watch = _Watch(self.turn)
            own[secure] = client, watch
            with self._lock:
                self._clients.append(client)
                self._watch[id(client)] = watch
                if self._watcher is None:
                    self._watcher = threading.Thread(target=self._guard, name="conformance-deadlines", daemon=True)
                    self._watcher.start()
        return own[secure]

    def _guard(self) -> None:
        """Cut every exchange that is past its total time: a system that drips bytes never trips a read time-out."""
        while not self._closed.wait(0.1):
            now = time.monotonic()
            for watch in list(self._watch.values()):
                if watch.deadline and now > watch.deadline:
                    watch.cut()


@lru_cache(maxsize=1024)
def _url(text: str) -> Any:
    """The client's URL; the same few addresses are asked again and again, and reading one takes as long as sending it."""
    return client_library.URL(text)


_WAITS, _WAITED, _CONNECTED = 1, 2, 3
_STEPS = ("connect_tcp", "start_tls", "receive_response_headers", "receive_response_body")


@cache
def _event(name: str) -> int:
    """What an event such as `http11.receive_response_headers.started` means here; 0: nothing."""
    step, _, end = name.partition(".")[2].partition(".")
    if step not in _STEPS:
        return 0
    if end == "started":
        return _WAITS
    return _CONNECTED if step in _STEPS[:2] and end == "complete" else _WAITED


class _Watch:
    """The socket of one thread's exchange and the moment at which it is cut; while it waits, others compute."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._gave = False
        self.deadline = 0.0
        self.expired = False
        self._socket: socket.socket | None = None

    def begin(self, seconds: float) -> None:
        self.expired = False
        self.deadline = time.monotonic() + seconds

    def end(self) -> bool:
        self.deadline = 0.0
        if self._gave:
            self._gave = False
            self._turn.take()
        return self.expired

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """httpcore's documented trace extension: remember the newest connection of this thread, and give the turn
        while the other side has the word."""
        kind = _event(name)
        if not kind:
            return
        if kind == _WAITS:
            self._gave = self._turn.give() or self._gave
            return
        if self._gave:
            self._gave = False
            self._turn.take()
        if kind == _CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")

    def cut(self) -> None:
        if self.deadline and self._socket is not None:
            self.expired = True
            self.deadline = 0.0
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # already closed by the other side


def _endpoint(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _failed(request: Request, kind: str, message: str, operation: str, identity: str) -> Exchange:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Exchange(request, fault=Fault(kind, message), started=now, operation=operation, identity=identity)


def _fault(error: Exception) -> Fault:
    """The library's exception → a stable word. Walks the causes, for the operating system's own reason."""
    chain: list[BaseException] = []
    step: BaseException | None = error
    while step is not None and len(chain) < 8:
        chain.append(step)
        step = step.__cause__ or step.__context__
    text = str(error) or type(error).__name__
    for link in chain:
        if isinstance(link, socket.gaierror):
            return Fault("dns", f"主机名无法解析: {text}")
        if isinstance(link, ssl.SSLError):
            return Fault("tls", f"TLS 握手失败: {text}")
        if isinstance(link, ConnectionRefusedError):
            return Fault("refused", f"连接被拒绝: {text}")
    if isinstance(error, client_library.LocalProtocolError):
        # Ours, not the system's: most often a secret with a line break at its end. The library would quote it.
        return Fault("request", "请求无法构造: 请求行或请求头含有 HTTP 不允许的字符")
    if isinstance(error, client_library.ConnectTimeout):
        return Fault("connect-timeout", "建立连接超时")
    if isinstance(error, client_library.TimeoutException):
        return Fault("timeout", "等待响应超时（limits.timeout）")
    if isinstance(error, client_library.ProxyError):
        return Fault("proxy", f"代理拒绝: {text}")
    if isinstance(error, client_library.ConnectError):
        return Fault("unreachable", f"无法连接: {text}")
    if isinstance(error, client_library.RemoteProtocolError):
        kind = "closed" if "disconnected" in text or "closed" in text or "incomplete" in text else "protocol"
        return Fault(kind, f"响应中断或不是合法的 HTTP: {text}")
    if isinstance(error, client_library.NetworkError):
        return Fault("closed", f"连接中断: {text}")
    return Fault("protocol", text)


class _Identity:
    whole = True

    def feed(self, chunk: bytes, room: int) -> bytes:
        return chunk[:room]


class _Inflate:
    """gzip or zlib, told apart by its header; never gives more than it is asked for."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=47)  # 32 + 15

    @property
    def whole(self) -> bool:
        return self._inflate.eof

    def feed(self, chunk: bytes, room: int) -> bytes:
        return self._inflate.decompress(chunk, max(1, room))


# content-coding → decoder; a coding that was not asked for has none
_DECODERS: dict[str, type[_Identity] | type[_Inflate]] = {
    "": _Identity,
    "identity": _Identity,
    "gzip": _Inflate,
    "x-gzip": _Inflate,
    "deflate": _Inflate,
}


def _peer(stream: Any) -> tuple[str, dict[str, str]]:
    address = stream.get_extra_info("server_addr")
    peer = f"{address[0]}:{address[1]}" if address else ""
    secured = stream.get_extra_info("ssl_object")
    if secured is None:
        return peer, {}
    cipher = secured.cipher()
    return peer, {"version": str(secured.version()), "cipher": cipher[0] if cipher else ""}


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")

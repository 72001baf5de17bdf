"""One exchange with one named address, on a connection of its own: the family is given, nothing is looked up.

Three methods besides those of HTTP: TCP opens a connection and closes it (`tcp://[2001:db8::80]:443`); TLS looks at the
certificate without trusting it, then asks whether it is trusted; an HTTP request with `via` goes to that address while
Host and SNI name the site. Times of the phases are measured here: connecting, TLS handshake, first byte.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore  # what httpx is made of: its connection takes the network as an argument

from conformance.errors import system_reason
from conformance.model.exchange import Fault, Request, Response
from conformance.probe import family
from conformance.probe.family import Outcome

_HEADERS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "conformance"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for one wait and for all, and octets of a body after decoding."""

    wait: float
    total: float
    body: int


def tcp(request: Request, routes: Mapping[str, str], bounds: Bounds) -> Outcome:
    """Connect and close: whether the port is open to this family, and how long that took."""
    out = Outcome()
    try:
        place = family.locate(urlsplit(request.url).netloc, routes)
        out.peer = place.name
        connection, out.times["connect"] = family.connect(place, time.monotonic() + bounds.wait)
        connection.close()
        out.response = Response(0, (("state", "open"),), b"", "TCP")
    except family.Refusal as refusal:
        out.fault = refusal.fault
    return out


def tls(request: Request, routes: Mapping[str, str], bounds: Bounds, trust: ssl.SSLContext) -> Outcome:
    """The leaf certificate as the server sends it (the body, DER), and what verification says of it (the headers).

    The header `tls-max: TLSv1.1` of the request offers no later version, with every cipher that this OpenSSL has: does
    the server refuse?
    """
    out = Outcome()
    name = urlsplit(request.url).hostname or ""
    look = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    look.check_hostname = False
    look.verify_mode = ssl.CERT_NONE  # to look at a certificate is not to trust it; trust is asked of `trust` below
    try:
        if (most := request.headers.get("tls-max")) and not _offer_at_most(look, most):
            raise family.Refusal(Fault("request", f"本机的 OpenSSL 不能以 {most} 握手"))
        place = family.locate(request.via, routes)
        out.peer = place.name
        with _handshake(place, look, name, bounds, out) as secured:
            leaf = secured.getpeercert(binary_form=True) or b""
            out.tls = _session(secured)
        said = "ok"
        try:
            with _handshake(place, trust, name, bounds, Outcome()):
                pass
        except ssl.SSLCertVerificationError as error:
            said = error.verify_message or "verification failed"
        digest = hashlib.sha256(leaf).hexdigest()
        out.response = Response(0, (("verified", said), ("sha256", digest)), leaf, "TLS")
    except family.Refusal as refusal:
        out.fault = refusal.fault
    except OSError as error:
        out.fault = Fault("tls", f"TLS 握手失败: {getattr(error, 'reason', None) or error}")
    return out


def _offer_at_most(context: ssl.SSLContext, version: str) -> bool:
    """Whether this machine can speak so old a version at all."""
    try:
        old = ssl.TLSVersion[version.replace(".", "_")]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # to offer an old version is what is wanted here
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = old
    except (KeyError, ValueError, ssl.SSLError):
        return False
    return True


def _handshake(place: family.Place, context: ssl.SSLContext, name: str, bounds: Bounds, out: Outcome) -> ssl.SSLSocket:
    plain, out.times["connect"] = family.connect(place, time.monotonic() + bounds.wait)
    try:
        plain.settimeout(bounds.wait)
        clock = time.perf_counter()
        secured = context.wrap_socket(plain, server_hostname=name)
        out.times["tls"] = time.perf_counter() - clock
        return secured
    except BaseException:
        plain.close()
        raise


def _session(secured: Any) -> dict[str, str]:
    cipher = secured.cipher()
    return {"version": str(secured.version()), "cipher": cipher[0] if cipher else ""}


def http(
    request: Request, routes: Mapping[str, str], bounds: Bounds, trust: ssl.SSLContext, decoders: Mapping[str, Any]
) -> Outcome:
    """One HTTP request over a fresh connection to `request.via`; no redirect is followed."""
    out = Outcome()
    deadline = time.monotonic() + bounds.total
    try:
        parts = urlsplit(request.url)
        place = family.locate(request.via, routes)
        out.peer = place.name
        network = _Network(place, bounds, deadline, out)
        with httpcore.HTTPConnection(
            origin=httpcore.Origin(parts.scheme.encode(), (parts.hostname or "").encode("idna"), place.port),
            ssl_context=trust,
            network_backend=network,
        ) as connection:
            length = {"content-length": str(len(request.body))} if request.body else {}
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            sent = httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=parts.scheme.encode(),
                    host=(parts.hostname or "").encode("idna"),
                    port=place.port,
                    target=target.encode("ascii", "surrogatepass"),
                ),
                headers=list(
                    {**_HEADERS, "host": parts.netloc, "connection": "close", **length, **request.headers}.items()
                ),
                content=request.body or None,
            )
            answer = connection.handle_request(sent)
            try:
                _receive(answer, bounds, decoders, out)
            finally:
                answer.close()
    except family.Refusal as refusal:
        out.fault = refusal.fault
    except (httpcore.TimeoutException, TimeoutError):
        out.fault = Fault("timeout", "响应未在时限内收完")
    except ssl.SSLError as error:
        out.fault = Fault(
            "tls",
            f"TLS 握手失败: {system_reason(error) if isinstance(error, ssl.SSLCertVerificationError) else error.reason or error}",
        )
    except (httpcore.RemoteProtocolError, httpcore.NetworkError, OSError) as error:
        broken = isinstance(error, OSError) or "disconnected" in str(error) or "incomplete" in str(error)
        out.fault = Fault("closed" if broken else "protocol", f"响应中断或不是合法的 HTTP: {error}")
    except (httpcore.ProtocolError, UnicodeError, ValueError) as error:
        out.fault = Fault("request", f"请求无法构造: {error}")
    return out


def _receive(answer: httpcore.Response, bounds: Bounds, decoders: Mapping[str, Any], out: Outcome) -> None:
    """Status, headers and at most `bounds.body` octets of the decoded body; what was read is kept when it breaks off."""
    headers = tuple((k.decode("latin-1").lower(), v.decode("utf-8", "replace")) for k, v in answer.headers)
    version = answer.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace")
    coding = next((v.strip().lower() for k, v in headers if k == "content-encoding"), "")
    parts: list[bytes] = []
    size = raw = 0
    decoder = decoders.get(coding)
    if decoder is None:
        out.fault = Fault("content-coding", f"未请求的内容编码 {coding[:40]!r}")
    else:
        decode = decoder()
        try:
            for chunk in answer.iter_stream():
                raw += len(chunk)
                plain = decode.feed(chunk, bounds.body + 1 - size)
                size += len(plain)
                parts.append(plain)
                if size > bounds.body:
                    out.fault = Fault("too-large", f"响应体超过上限 {bounds.body} 字节（limits.body），已停止接收")
                    break
            else:
                if raw and not decode.whole:
                    out.fault = Fault("content-coding", f"内容编码 {coding} 损坏: 数据不完整")
        except zlib.error as error:
            out.fault = Fault("content-coding", f"内容编码 {coding} 损坏: {error}")
        except httpcore.TimeoutException:
            out.fault = Fault("timeout", "响应未在时限内收完")
        except (httpcore.ProtocolError, httpcore.NetworkError) as error:
            out.fault = Fault("closed", f"响应体中断: {error}")
    out.response = Response(answer.status, headers, b"".join(parts)[: bounds.body], version)


class _Network(httpcore.NetworkBackend):
    """httpcore's network, with one way out: the place it was made for."""

    def __init__(self, place: family.Place, bounds: Bounds, deadline: float, out: Outcome) -> None:
        self._place, self._bounds, self._deadline, self._out = place, bounds, deadline, out

    def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        wait = min(time.monotonic() + self._bounds.wait, self._deadline)
        connection, self._out.times["connect"] = family.connect(self._place, wait)
        return _Stream(connection, self._bounds, self._deadline, self._out)


class _Stream(httpcore.NetworkStream):
    """Bytes over one socket, each wait bounded, and all of them together."""

    def __init__(self, connection: Any, bounds: Bounds, deadline: float, out: Outcome) -> None:
        self._socket, self._bounds, self._deadline, self._out = connection, bounds, deadline, out
        self._asked = 0.0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - our own bounds hold
        self._wait(httpcore.ReadTimeout)
        try:
            data: bytes = self._socket.recv(max_bytes)
        except TimeoutError:
            raise httpcore.ReadTimeout from None
        except OSError as error:
            raise httpcore.ReadError(str(error)) from None
        if self._asked and "first_byte" not in self._out.times:
            self._out.times["first_byte"] = time.perf_counter() - self._asked
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._wait(httpcore.WriteTimeout)
        try:
            self._socket.sendall(buffer)
        except TimeoutError:
            raise httpcore.WriteTimeout from None
        except OSError as error:
            raise httpcore.WriteError(str(error)) from None
        self._asked = self._asked or time.perf_counter()  # the head is out; a GET has nothing more to send

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        self._wait(httpcore.ConnectTimeout)
        clock = time.perf_counter()
        secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        self._out.times["tls"] = time.perf_counter() - clock
        self._out.tls = _session(secured)
        return _Stream(secured, self._bounds, self._deadline, self._out)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        return self._socket if info == "socket" else None

    def _wait(self, late: type[Exception]) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise late
        self._socket.settimeout(min(self._bounds.wait, left))


def local(place: family.Place) -> str:
    """The address that this machine would use towards `place`; Refusal when it has no way there. Nothing is sent."""
    with family.guard("UDP"), family.make(place, socket.SOCK_DGRAM) as udp:
        udp.connect(place.sockaddr)
        return str(udp.getsockname()[0])

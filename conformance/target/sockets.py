"""The way to the system, step by step: name, port, proxy, TLS handshake. Each step has its own bound and its own words.

These are sockets of our own because an HTTP client reports the same few exceptions for all of it. No HTTP request is
sent to the system here; a proxy is asked for a tunnel, as the client would.
"""

from __future__ import annotations

import base64
import errno
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from conformance.codes.text import shown
from conformance.errors import system_reason
from conformance.model.target import Target
from conformance.model.verdict import Cause
from conformance.target import access
from conformance.target.findings import Finding

_LONGEST = 10.0
_HEAD = 16 * 1024
_SNIFF = 1.0  # seconds in which a server of TLS 1.3 tells that it wanted another client certificate
_UNREACHABLE = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN))
_UNKNOWN_CA = frozenset((2, 18, 19, 20, 21))  # X509_V_ERR_*: no issuer, self-signed, self-signed in chain, …
_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_IP = 10, 9, 62, 64


class Blocked(Exception):  # noqa: N818 - a result, not an error of ours
    """The way ends here."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Way:
    """Where the system is, and through what."""

    scheme: str
    host: str
    port: int
    proxy: str | None
    seconds: float
    routed: tuple[str, int] | None = None  # where the laboratory's table has it

    @classmethod
    def to(cls, target: Target) -> Way:
        parts = urlsplit(target.base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(
            parts.scheme,
            parts.hostname or "",
            port,
            target.proxy,
            min(target.limits.timeout, _LONGEST),
            access.routed(target.routes, parts.hostname or "", port),
        )

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"


def walk(target: Target) -> None:
    """Go the way once, up to the end of the TLS handshake. Raises Blocked where it ends."""
    way = Way.to(target)
    with _reach(way) as plain:
        if way.scheme == "https" and not (way.proxy or "").startswith("https:"):
            with handshake(plain, way, target):
                pass


def _reach(way: Way) -> socket.socket:
    """A connection to the system, or to the end of a tunnel to it."""
    if not way.proxy:
        return _connect(*(way.routed or (way.host, way.port)), way.seconds, "")
    parts = urlsplit(way.proxy)
    connection = _connect(
        parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), way.seconds, "代理 "
    )
    if way.scheme == "https" and parts.scheme == "http":
        try:
            _tunnel(connection, way, parts.username, parts.password)
        except BaseException:
            connection.close()
            raise
    return connection


def resolve(host: str, port: int, seconds: float, what: str = "") -> list[tuple[int, tuple[str, int]]]:
    """[(family, address)] of a host. The system's resolver has no time-out of its own, so it runs beside us."""
    result: list[tuple[int, tuple[str, int]]] = []
    trouble: list[Exception] = []

    def ask() -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                result.append((int(family), (str(address[0]), int(address[1]))))
        except (OSError, UnicodeError) as error:
            trouble.append(error)

    thread = threading.Thread(target=ask, name="conformance-resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise Blocked(
            Finding(
                "D111",
                Cause.ENVIRONMENT,
                f"{what}主机名 {shown(host)} 在 {seconds:g} 秒内没有解析出来",
                hint="检查 DNS 服务器和网络",
            )
        )
    if trouble:
        error = trouble[0]
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            raise Blocked(
                Finding(
                    "D111",
                    Cause.ENVIRONMENT,
                    f"{what}主机名 {shown(host)} 暂时无法解析",
                    actual=system_reason(error),
                    hint="检查主机名拼写、DNS 服务器和网络",
                )
            )
        hint = "检查代理地址 proxy" if what else "检查地址中的主机名拼写；内网域名须在内网或配置 hosts 文件"
        raise Blocked(
            Finding(
                "D110",
                Cause.CONFIGURATION,
                f"{what}主机名 {shown(host)} 无法解析",
                expected="能解析的主机名",
                actual=system_reason(error),
                hint=hint,
            )
        )
    return result


def _connect(host: str, port: int, seconds: float, what: str) -> socket.socket:
    """The first address that answers, within the time for all of them."""
    deadline = time.monotonic() + seconds
    last: OSError = TimeoutError()
    for family, address in resolve(host, port, seconds, what):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(left)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            last = error
        else:
            return connection
    at = f"{what}{shown(host)}:{port}"
    if isinstance(last, ConnectionRefusedError):
        raise Blocked(
            Finding(
                "D120",
                Cause.ENVIRONMENT,
                f"{at} 拒绝连接",
                expected="端口上有服务在监听",
                actual="连接被拒绝",
                hint="检查端口是否写对、服务是否已启动、防火墙是否放行",
            )
        )
    if isinstance(last, TimeoutError):
        raise Blocked(
            Finding(
                "D121",
                Cause.ENVIRONMENT,
                f"{at} 在 {seconds:g} 秒内没有连上",
                expected="能建立 TCP 连接",
                actual="连接超时",
                hint="检查地址、防火墙和是否需要代理（本工具不读 HTTP_PROXY 环境变量，写在 proxy）",
            )
        )
    kind = "网络不可达" if last.errno in _UNREACHABLE else system_reason(last)
    raise Blocked(
        Finding(
            "D122",
            Cause.ENVIRONMENT,
            f"{at} 无法连接",
            expected="能建立 TCP 连接",
            actual=kind,
            hint="检查地址、路由和网络",
        )
    )


def _tunnel(connection: socket.socket, way: Way, user: str | None, password: str | None) -> None:
    """Ask the proxy for a tunnel (RFC 9110 section 9.3.6)."""
    host = f"[{way.host}]" if ":" in way.host else way.host
    lines = [f"CONNECT {host}:{way.port} HTTP/1.1", f"Host: {host}:{way.port}"]
    if user is not None:
        pair = f"{unquote(user)}:{unquote(password or '')}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
    connection.settimeout(way.seconds)
    deadline = time.monotonic() + way.seconds
    head = b""
    try:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
        while b"\r\n\r\n" not in head and len(head) < _HEAD and time.monotonic() < deadline:
            part = connection.recv(4096)
            if not part:
                break
            head += part
    except OSError as error:
        raise Blocked(_no_tunnel(way, system_reason(error))) from None
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    status = words[1] if len(words) > 1 and words[0].startswith("HTTP/") else ""
    if status == "407":
        raise Blocked(proxy_credentials(bool(user)))
    if not status.startswith("2"):
        raise Blocked(_no_tunnel(way, f"HTTP {status}" if status else "没有 HTTP 响应"))


def proxy_credentials(given: bool) -> Finding:
    """A proxy that wants to know who asks."""
    return Finding(
        "D141",
        Cause.CONFIGURATION,
        "代理要求身份验证" + ("，给出的用户名或口令不被接受" if given else ""),
        expected="代理接受请求",
        actual="HTTP 407",
        hint="把 http://用户:口令@主机:端口 放进环境变量，写 proxy: env:NAME",
    )


def _no_tunnel(way: Way, actual: str) -> Finding:
    return Finding(
        "D142",
        Cause.ENVIRONMENT,
        f"代理没有建立到 {way.name} 的隧道",
        expected="代理允许 CONNECT 到该主机和端口",
        actual=shown(actual, 80),
        hint="检查代理的放行规则，或去掉 proxy 直接连接",
    )


def handshake(plain: socket.socket, way: Way, target: Target) -> ssl.SSLSocket:
    """The TLS handshake on an open connection. Raises Blocked with the reason in plain words."""
    plain.settimeout(way.seconds)
    try:
        return access.context(target.tls).wrap_socket(plain, server_hostname=way.host)
    except ssl.SSLCertVerificationError as error:
        raise Blocked(_certificate(error, way, target)) from None
    except TimeoutError:
        raise Blocked(
            Finding(
                "D135",
                Cause.ENVIRONMENT,
                f"{way.name} 的 TLS 握手在 {way.seconds:g} 秒内没有完成",
                expected="TLS 握手完成",
                actual="超时",
                hint="确认该端口提供 https；只提供 http 时把地址改为 http://",
            )
        ) from None
    except (OSError, ValueError) as error:
        raise Blocked(_refused(error, way)) from None


def _certificate(error: ssl.SSLCertVerificationError, way: Way, target: Target) -> Finding:
    code = error.verify_code
    if code in (_WRONG_NAME, _WRONG_IP):
        return Finding(
            "D130",
            Cause.CONFIGURATION,
            f"服务器证书不是发给 {way.host} 的",
            expected=f"证书的主体备用名含 {way.host}",
            actual=system_reason(error),
            hint="地址中的主机写成证书上的名称，或请系统方换发证书",
        )
    if code in (_EXPIRED, _NOT_YET):
        return Finding(
            "D131",
            Cause.ENVIRONMENT,
            "服务器证书已过期" if code == _EXPIRED else "服务器证书尚未生效",
            expected="证书在有效期内",
            actual=system_reason(error),
            hint="核对本机时钟，请系统方更换证书",
        )
    trusted = "tls.ca 指定的 CA" if target.tls.ca else "本机信任的 CA"
    return Finding(
        "D132",
        Cause.CONFIGURATION,
        "服务器证书不受信任" + ("（未知的签发者）" if code in _UNKNOWN_CA else ""),
        expected=f"由{trusted}签发",
        actual=system_reason(error),
        hint="在 tls.ca 写明系统方 CA 的证书文件（PEM，含中间证书）",
    )


def _refused(error: Exception, way: Way) -> Finding:
    reason = str(getattr(error, "reason", None) or error or type(error).__name__)
    upper = reason.upper()
    if any(
        word in upper for word in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER")
    ):
        return Finding(
            "D133",
            Cause.CONFIGURATION,
            f"{way.name} 不说 TLS，像是明文 http 端口",
            expected="https 端口",
            actual=f"应答不是 TLS（{reason}）",
            hint="地址改为 http://，或写 https 的端口",
        )
    if wants_certificate(reason):
        return client_certificate(reason)
    return Finding(
        "D135",
        Cause.ENVIRONMENT,
        f"与 {way.name} 的 TLS 握手失败",
        expected="TLS 1.2 或 1.3",
        actual=reason,
        hint="核对端口；系统若只启用国密 TLCP 或旧版 TLS，本工具连不上，须由网关转换",
    )


def wants_certificate(reason: str) -> bool:
    """Whether a TLS alert speaks about our certificate (RFC 8446 section 6.2)."""
    upper = reason.upper().replace(" ", "_")
    return "ALERT" in upper and any(
        word in upper
        for word in ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "CERTIFICATE_EXPIRED", "CERTIFICATE_REVOKED",
                     "CERTIFICATE_UNKNOWN", "UNSUPPORTED_CERTIFICATE", "ACCESS_DENIED")
    )  # fmt: skip


def client_certificate(reason: str) -> Finding:
    """A system that wants a client certificate, or another one."""
    return Finding(
        "D136",
        Cause.CONFIGURATION,
        "系统要求客户端证书，或不接受给出的客户端证书",
        expected="系统方认可的客户端证书",
        actual=shown(reason, 120),
        hint="在 tls.cert 和 tls.key 写明系统方签发的客户端证书和私钥",
    )


def late_alert(target: Target) -> Finding | None:
    """In TLS 1.3 a server refuses our certificate after the handshake: wait a moment for its alert."""
    way = Way.to(target)
    try:
        with _reach(way) as plain, handshake(plain, way, target) as secured:
            secured.settimeout(min(_SNIFF, way.seconds))
            secured.recv(1)
    except Blocked as blocked:
        return blocked.finding
    except TimeoutError:
        return None
    except OSError as error:
        reason = str(getattr(error, "reason", None) or error)
        return client_certificate(reason) if wants_certificate(reason) else None
    return None


def speaks_tls(target: Target) -> bool:
    """Whether the port of an http address answers a TLS handshake. Trust does not matter for the question."""
    way = Way.to(target)
    lenient = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lenient.check_hostname = False
    lenient.verify_mode = ssl.CERT_NONE
    try:
        with _connect(way.host, way.port, way.seconds, "") as plain:
            plain.settimeout(min(way.seconds, 3.0))
            with lenient.wrap_socket(plain, server_hostname=way.host):
                return True
    except ssl.SSLError as error:
        return "ALERT" in str(error.reason).upper()  # only TLS sends alerts
    except (OSError, ValueError, Blocked):
        return False

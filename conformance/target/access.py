"""How a system is reached and how gently: limits, TLS trust, proxy, hosts, base address."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.errors import TargetError
from conformance.model.profile import Data, Parameter
from conformance.model.target import Limits, Secret, Tls
from conformance.target import quantity
from conformance.target.problems import Where, found
from conformance.target.secrets import Vault, is_reference

_DEFAULT = Limits()
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_HOST = re.compile(r"(?!-)[^\s/:?#@\[\]%]{1,253}")


def limits(data: Data, where: Where) -> Limits:
    """The limits of a target file, defaults for what it does not say. TargetError T150."""

    def read(name: str, parse: Callable[[object], Any], default: Any, least: float) -> Any:
        if name not in data:
            return default
        place = where(("limits", name))
        try:
            value = parse(data[name])
        except ValueError as error:
            raise TargetError(
                "T150", f"limits.{name} 的值是{found(data[name])}", expected=str(error), where=place
            ) from None
        if value < least:
            raise TargetError(
                "T150", f"limits.{name} 太小: {found(data[name])}", expected=f"不小于 {least:g}", where=place
            )
        return value

    timeout = read("timeout", quantity.duration, _DEFAULT.timeout, 0.001)
    total = read("total_timeout", quantity.duration, max(_DEFAULT.total_timeout, timeout), 0.001)
    if total < timeout:
        raise TargetError(
            "T150",
            f"limits.total_timeout（{total:g} 秒）小于 limits.timeout（{timeout:g} 秒）",
            where=where(("limits", "total_timeout")),
            hint="总时限不能比单次等待的时限短",
        )
    return Limits(
        concurrency=data.get("concurrency", _DEFAULT.concurrency),
        rate=read("rate", quantity.rate, _DEFAULT.rate, 0),
        timeout=timeout,
        total_timeout=total,
        requests=data.get("requests", _DEFAULT.requests),
        body=read("body", quantity.size, _DEFAULT.body, 1),
    )


def tls(data: Data, folder: Path, where: Where) -> Tls:
    """Trust settings with absolute file names; the files are opened once, so that a bad one stops here. T151, T152."""
    files: dict[str, str] = {}
    for name in ("ca", "cert", "key"):
        if name in data:
            path = folder / Path(data[name]).expanduser()
            if not path.is_file():
                raise TargetError(
                    "T152",
                    f"tls.{name} 的文件 {found(data[name])} 不存在",
                    expected="PEM 文件",
                    where=where(("tls", name)),
                    hint=f"相对路径从 {folder} 算起",
                )
            files[name] = str(path.resolve())
    if "key" in files and "cert" not in files:
        raise TargetError(
            "T152", "给出了 tls.key 但没有 tls.cert", where=where(("tls", "key")), hint="补上客户端证书 cert"
        )
    settings = Tls(data.get("verify", True) is True, files.get("ca"), files.get("cert"), files.get("key"))
    if files:
        try:
            context(settings)
        except (ssl.SSLError, OSError, ValueError) as error:
            raise TargetError(
                "T152",
                f"tls 的证书或私钥不能使用: {getattr(error, 'reason', None) or str(error) or type(error).__name__}",
                expected="PEM 格式的证书，私钥与证书配对且不加口令",
                where=where(("tls",)),
                hint="用 openssl x509 -in 证书 -noout -text 和 openssl pkey -in 私钥 -noout 查看",
            ) from None
    return settings


def documents(data: Data, folder: Path, where: Where) -> Data:
    """The files to test, with absolute paths and patterns; what they lead to is looked at when the run begins. T150."""
    if not data:
        return {}
    out = dict(data)
    if "paths" in data:
        out["paths"] = tuple(str(folder / Path(p).expanduser()) for p in data["paths"])
    if "size" in data:
        try:
            out["size"] = quantity.size(data["size"])
        except ValueError as error:
            raise TargetError(
                "T150",
                f"documents.size 的值是{found(data['size'])}",
                expected=str(error),
                where=where(("documents", "size")),
            ) from None
    return out


def context(settings: Tls) -> ssl.SSLContext:
    """The TLS client settings: trust in `ca` alone when it is given (as curl --cacert), else in the system's store."""
    if not (settings.ca or settings.cert):
        return _of_the_system(settings.verify, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    out = ssl.create_default_context(cafile=settings.ca)
    if settings.cert:
        # Without a callback OpenSSL would ask for the password of a locked key on the terminal, and wait.
        out.load_cert_chain(settings.cert, settings.key, password=lambda: "")
    return out if settings.verify else _unverified(out)


@lru_cache(maxsize=4)
def _of_the_system(verify: bool, *_: str | None) -> ssl.SSLContext:
    """The system's store takes 40 ms to read, and is the same for every run of this process; the rest names where it lies."""
    out = ssl.create_default_context()
    return out if verify else _unverified(out)


def _unverified(context: ssl.SSLContext) -> ssl.SSLContext:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def proxy(value: Any, vault: Vault, where: Where) -> str | None:
    """The proxy address; with user and password only by reference. T153, T204."""
    if value is None:
        return None
    place = where(("proxy",))
    referred = is_reference(value)
    address = str(vault.resolve(value, place)) if referred else str(value)
    hidden = "引用的地址（值不予显示）"
    try:
        parts = urlsplit(address)
        secret = "@" in parts.netloc
        shown = hidden if referred or secret else found(value)
        if secret and not referred:
            raise TargetError(
                "T204",
                "proxy 里直接写了用户名或口令（值不予显示）",
                expected="env:NAME 或 file:PATH",
                where=place,
                hint="把整个代理地址放进环境变量",
            )
        port = parts.port
    except ValueError:
        raise TargetError("T153", "proxy 不是成形的地址", expected="http://主机:端口", where=place) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.path not in ("", "/"):
        raise TargetError(
            "T153",
            f"proxy 不是代理地址: {shown}",
            expected="http://主机:端口（不支持 SOCKS）",
            where=place,
            hint="不用代理时删去这一行",
        )
    if parts.password:
        vault.values.append(Secret(parts.password))
    return Secret(address) if referred else address


def routes(value: Mapping[str, str], where: Where) -> Mapping[str, str]:
    """The laboratory's table "address:port" or "name:port" → "address:port", in one spelling. T157."""
    out: dict[str, str] = {}
    for name, to in value.items():
        place = where(("routes", name))
        try:
            a, b = _named(name) or endpoint(name), endpoint(to)
        except ValueError as error:
            raise TargetError(
                "T157",
                f"routes 里的 {found(name)}: {found(to)} 不是两个地址: {error}",
                expected='"192.0.2.80:80": "127.0.0.1:8080"、"[2001:db8::80]:80": "[::1]:8080" 或 "主机名:443": "127.0.0.1:8443"',
                where=place,
            ) from None
        if isinstance(a, str):
            out[a] = written(*b)
            continue
        if a[0].version != b[0].version:
            raise TargetError(
                "T157",
                f"routes 里的 {found(name)}: {found(to)} 不是同一地址族",
                expected="两边都是 IPv4，或都是 IPv6",
                where=place,
                hint="换了地址族就不知道测的是哪一族",
            )
        out[written(*a)] = written(*b)
    return out


def _named(text: str) -> str | None:
    """`name:port` in lower case, when the host is a name and not an address."""
    host, _, port = text.rpartition(":")
    if not _HOST.fullmatch(host) or is_address(host) or not any(c.isalpha() for c in host):
        return None
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("端口应为 1 至 65535")
    return f"{host.lower()}:{port}"


def routed(routes: Mapping[str, str], host: str, port: int) -> tuple[str, int] | None:
    """Where the table has this host, by its name or as an address; None when it has no row."""
    key = written(ipaddress.ip_address(host), port) if is_address(host) else f"{host.lower()}:{port}"
    to = routes.get(key)
    if to is None:
        return None
    address, number = endpoint(to)
    return str(address), number


def endpoint(text: str) -> tuple[Address, int]:
    """`192.0.2.1:80` or `[2001:db8::1]:80` → address and port; ValueError for anything else (names, zones, mapped)."""
    host, _, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    address = ipaddress.ip_address(host[1:-1] if bracketed else host)
    if bracketed != (address.version == 6):
        raise ValueError("IPv6 地址要有方括号")
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address.ipv4_mapped):
        raise ValueError("不接受区域标识和 IPv4 映射地址")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("端口应为 1 至 65535")
    return address, int(port)


def written(address: Address, port: int) -> str:
    """The one spelling of an endpoint (RFC 5952 section 6)."""
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def hosts(
    value: Sequence[str] | None,
    parameters: Sequence[Parameter],
    values: Mapping[str, Any],
    where: Where,
    pages: Sequence[str] = (),
) -> tuple[str, ...]:
    """Lower-case host names that may be contacted. Not given: those of the address parameters and `pages`. T154."""
    if value is None:
        addresses = [*(values.get(p.name) for p in parameters if p.type in ("url", "site")), *pages]
        return tuple(dict.fromkeys(host_of(a) for a in addresses if a))
    out: list[str] = []
    for index, entry in enumerate(value):
        name = entry.strip("[]") if is_address(entry.strip("[]")) else entry
        if not is_address(name) and not _HOST.fullmatch(name):
            raise TargetError(
                "T154",
                f"hosts 里的 {found(entry)} 不是主机名",
                expected="只写主机名或 IP，例如 elicense.example",
                where=where(("hosts", index)),
                hint="去掉 http://、端口和路径；不支持通配符",
            )
        if "*" in name:
            raise TargetError(
                "T154", f"hosts 不支持通配符: {found(entry)}", expected="逐个写明主机名", where=where(("hosts", index))
            )
        out.append(name.lower())
    return tuple(dict.fromkeys(out))


def is_address(text: str) -> bool:
    """Whether `text` is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def host_of(url: str) -> str:
    """The lower-case host of an address, without port and brackets."""
    return (urlsplit(url).hostname or "").lower()


def base_url(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> str:
    """The parameter `base_url`, else the first address parameter that has a value, else empty."""
    if "base_url" in values:
        return str(values["base_url"])
    return next((str(values[p.name]) for p in parameters if p.type == "url" and p.name in values), "")

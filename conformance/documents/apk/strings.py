"""What ought not to be in a package, looked for in the bytes of its code and files: keys, test addresses, plain addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST = 500  # hits of one file
# Each begins with letters as they are, so that the engine of expressions can skip ahead; what may stand before is asked later.
SECRETS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("私钥（PEM）", re.compile(rb"-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY-----\s*[A-Za-z0-9+/=]{16}")),
    # PKCS#8 of an RSA key as base64: SEQUENCE, version 0, rsaEncryption.
    ("私钥（PKCS#8，base64）", re.compile(rb"MII[A-Za-z0-9+/]{3}IBADANBgkqhkiG9w0BAQEFAASC[A-Za-z0-9+/]{40}")),
    ("阿里云 AccessKey", re.compile(rb"LTAI[A-Za-z0-9]{12,26}(?![A-Za-z0-9])")),
    ("腾讯云 SecretId", re.compile(rb"AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])")),
    ("AWS Access Key", re.compile(rb"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])")),
)
# Begins with what is rare, so that the engine of expressions can skip ahead; the scheme stands before it.
_URL = re.compile(rb"://([A-Za-z0-9.-]{1,253})(:\d{1,5})?(/[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x7e]{0,120})?")
_SCHEMES = (b"https", b"http", b"wss", b"ws")
_TAIL = re.compile(rb"\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{2,5}(?!\d)")
_HEADS = (b"10", b"172", b"192")
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


@dataclass(frozen=True, slots=True)
class Hit:
    """`shown` gives no more of a secret than is needed to find it."""

    what: str
    shown: str
    at: int


@dataclass(frozen=True, slots=True)
class Address:
    scheme: str
    host: str
    text: str
    at: int


def secrets(data: bytes) -> Iterator[Hit]:
    for what, pattern in SECRETS:
        for n, found in enumerate(pattern.finditer(data)):
            if n >= _MOST:
                break
            if data[max(0, found.start() - 1) : found.start()].isalnum():
                continue
            text = found[0].decode("ascii", "replace")
            shown = text.split("\n")[0] if text.startswith("-----") else f"{text[:6]}…（{len(text)} 个字符）"
            yield Hit(what, shown, found.start())


def addresses(data: bytes) -> Iterator[Address]:
    """Every URL of the web, at most a bounded number."""
    for n, found in enumerate(_URL.finditer(data)):
        if n >= 40 * _MOST:
            return
        before = data[max(0, found.start() - 5) : found.start()].lower()
        scheme = next((s.decode() for s in _SCHEMES if before.endswith(s)), "")
        if scheme:
            host = found[1].decode().rstrip(".").lower()
            yield Address(scheme, host, scheme + found[0].decode("ascii", "replace"), found.start())


def private(data: bytes, urls: Iterable[Address]) -> Iterator[Hit]:
    """Addresses of private networks (RFC 1918 section 3): in a URL, or with a port."""
    for one in urls:
        if _is_private(one.host):
            yield Hit("内网地址", one.text[:120], one.at)
    for n, found in enumerate(_TAIL.finditer(data)):
        if n >= 20 * _MOST:
            return
        at = found.start()
        head = next((h for h in _HEADS if data[max(0, at - len(h)) : at] == h), b"")
        start = at - len(head)
        before = data[max(0, start - 2) : start]
        if not head or before[-1:].isdigit() or before[-1:] == b"." or before == b"//":
            continue
        text = (head + found[0]).decode()
        if _is_private(text.partition(":")[0]):
            yield Hit("内网地址", text, start)


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return any(address in net for net in _PRIVATE)

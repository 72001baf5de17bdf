"""One request and its response, as sent and received. The stored form is redacted; see `conformance.run.redact`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Methods besides those of HTTP. A request of the first three names an address, and no host.
DNS, TCP, VANTAGE, TLS = "DNS", "TCP", "VANTAGE", "TLS"
PAGE = "PAGE"  # a visit to a page in a browser (`probe.page`)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    via: str = ""  # the one address to connect to, "[2001:db8::80]:443"; the URL still says whom to ask for


@dataclass(frozen=True, slots=True)
class Response:
    """`headers` in order as received, names lower-cased; `body` after content decoding, bounded."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    http_version: str = "HTTP/1.1"

    def header(self, name: str) -> str | None:
        name = name.lower()
        return next((v for k, v in self.headers if k == name), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no usable response: `kind` is a stable word (refused, timeout, tls, closed, too-large …)."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """交互记录. Exactly one of `response` and `fault` is set, or both when a body broke off."""

    request: Request
    response: Response | None = None
    fault: Fault | None = None
    started: str = ""
    elapsed: float = 0.0  # seconds from first byte sent to last byte received
    peer: str = ""
    operation: str = ""
    identity: str = ""
    tls: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)  # seconds: connect, tls, first_byte (from request sent)

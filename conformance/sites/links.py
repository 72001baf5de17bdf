"""What a page leads to: its links, the resources it loads, and IPv4 literals in the place of a host. Pure, and bounded."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from conformance.sites import html

MOST = 5000  # links of one page that are looked at
_LONGEST = 2000
_PLAIN = "/%:@!$&'()*+,;=~-._[]|"  # left as they are
_LINKS = {"a": "href", "area": "href", "iframe": "src", "frame": "src"}
_RESOURCES = {
    "img": "src",
    "script": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "input": "src",
}
_LOADING = frozenset(("stylesheet", "icon", "shortcut", "preload", "manifest", "apple-touch-icon", "modulepreload"))
_ENDING = re.compile(r"log-?(out|off)|sign-?out|注销|退出", re.IGNORECASE)  # following these would change a session
_LITERAL = re.compile(
    r"(?:(?:https?|wss?|ftp):)?//(?:[^\s/?#\"'<>@\\]{1,100}@)?(?P<host>\d{1,3}(?:\.\d{1,3}){3})(?=[:/?#\"'`\s<>);\\]|$)"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What one HTML page holds: addresses absolute, without fragment, each once, in the order of the page."""

    links: tuple[str, ...]
    resources: tuple[str, ...]
    left_out: tuple[str, ...]  # links that end a session, or are no address


def read(page: bytes, base: str, content_type: str = "") -> Page:
    """The links and resources of a page that was found at `base`."""
    given: list[str] = []
    loaded: list[str] = []
    moved = ""
    for tag, attributes, _ in html.elements(page, content_type):
        if tag == "base" and not moved:
            moved = attributes.get("href", "")
        elif tag in _LINKS:
            given.append(attributes.get(_LINKS[tag], ""))
        elif tag == "link" and _LOADING & set(attributes.get("rel", "").lower().split()):
            loaded.append(attributes.get("href", ""))
        elif tag in _RESOURCES:
            loaded.append(attributes.get(_RESOURCES[tag], ""))
    base = (join(base, moved) or base) if moved else base
    found = [address for raw in given[:MOST] if (address := join(base, raw)) is not None]
    ending = [address for address in found if ends_a_session(address)]
    resources = [address for raw in loaded[:MOST] if (address := join(base, raw)) is not None]
    left = set(ending)
    links = (address for address in found if address not in left)
    return Page(tuple(dict.fromkeys(links)), tuple(dict.fromkeys(resources)), tuple(dict.fromkeys(ending)))


def readable(address: str) -> str:
    """An address as a reader knows it: percent-encoded UTF-8 as its characters, where these show what they are."""
    plain = unquote(address, errors="strict") if "%" in address and _utf8(address) else address
    return plain if plain.isprintable() and " " not in plain else address


def _utf8(address: str) -> bool:
    try:
        unquote(address, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def ends_a_session(address: str) -> bool:
    """Whether following it could log somebody out, or undo what a check did before."""
    return _ENDING.search(unquote(address)) is not None


def of_site(address: str, domain: str) -> bool:
    """同站: the host is the domain or lies under it."""
    host = host_of(address)
    return host == domain or host.endswith("." + domain)


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def is_ipv4(host: str) -> bool:
    """Whether a host is an IPv4 literal as a browser would read it: four decimal numbers."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def literals(text: str) -> tuple[str, ...]:
    """Addresses whose host is an IPv4 literal, wherever they stand in HTML, script or JSON (`//192.0.2.1/…` too)."""
    plain = text[: html.MOST].replace("\\/", "/")
    found = (m for m in _LITERAL.finditer(plain) if is_ipv4(m["host"]))
    return tuple(dict.fromkeys(m.group(0)[:200] for m in found))[:MOST]


def spread(addresses: tuple[str, ...], most: int) -> tuple[str, ...]:
    """At most `most` of them, evenly over the whole list: the end of a page is looked at as well as its beginning."""
    if len(addresses) <= most:
        return addresses
    return tuple(addresses[n * len(addresses) // most] for n in range(most))


@lru_cache(16384)  # navigation is the same on every page
def join(base: str, raw: str) -> str | None:
    """An absolute http(s) address without its fragment, or None for what is none."""
    raw = "".join(raw.split())
    if not raw or len(raw) > _LONGEST:
        return None
    try:
        parts = urlsplit(urljoin(base, raw))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = parts.hostname.lower().rstrip(".")
    literal = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme]
    netloc = literal if port in (None, default) else f"{literal}:{port}"
    # As a browser sends them: what is not ASCII is percent-encoded as UTF-8 (WHATWG URL, path and query state).
    path, query = quote(parts.path or "/", safe=_PLAIN), quote(parts.query, safe=_PLAIN + "?")
    return urlunsplit((parts.scheme, netloc, path, query, ""))

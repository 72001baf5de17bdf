"""Fetching pages over one family: the address first, then the request, redirects followed by hand and only inside the site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.codes.address_space import Address
from conformance.model.exchange import Exchange, Request
from conformance.run.context import Procedure
from conformance.sites.figures import Rate
from conformance.sites.links import Page, host_of, is_ipv4, of_site, read
from conformance.sites.zone import Addresses, addresses, site_domain
from conformance.target.access import written

_MOST_HOPS = 5
_MOST_TRIES = 4  # addresses of one host
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
# What keeps a page from being visited that is not the site's doing.
NOT_VISITED = frozenset(("host-not-named", "budget", "not-routed", "request"))


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: from where to where, and what is known of the host it leads to."""

    url: str
    to: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one page over one family. `why` is a stable word when there is no page: no-address, the fault, or
    `leaves` (a redirect out of the site) and `hops` (too many)."""

    url: str
    version: int
    status: int = 0
    why: str = ""
    said: str = ""
    hops: tuple[Hop, ...] = ()
    exchange: Exchange | None = None

    @property
    def ok(self) -> bool:
        """2xx at the end, and a whole body."""
        return 200 <= self.status < 300 and not self.why

    @property
    def body(self) -> bytes:
        response = self.exchange.response if self.exchange else None
        return response.body if response else b""

    @property
    def text(self) -> str:
        """For looking at what is ASCII anyway; the reader of HTML takes `body` and knows about charsets."""
        return self.body.decode("utf-8", "replace")

    @property
    def content_type(self) -> str:
        response = self.exchange.response if self.exchange else None
        return (response.header("content-type") if response else "") or ""

    @property
    def page(self) -> Page:
        """What it leads to, when it is HTML; nothing else has links."""
        html = "html" in (self.content_type or "html")
        return read(self.body, self.final, self.content_type) if html else Page((), (), ())

    @property
    def final(self) -> str:
        return self.hops[-1].to if self.hops else self.url

    @property
    def words(self) -> str:
        return self.said or (f"HTTP {self.status}" if self.status else self.why)


@dataclass(slots=True)
class Browser:
    """Fetches pages for one check. Names are looked up once; what is not there is remembered, too (a server that drops
    AAAA queries costs a time-out for every question)."""

    check: Procedure
    fresh: bool = False
    _known: dict[str, Addresses] = field(default_factory=dict)

    def addresses(self, host: str) -> Addresses:
        if host not in self._known:
            self._known[host] = addresses(self.check, host)
        return self._known[host]

    def know(self, found: Addresses) -> None:
        self._known[found.host] = found

    def get(self, url: str, version: int, address: Address | None = None) -> Fetched:
        """One page. `address`: the first connection goes there, and nowhere else."""
        hops: list[Hop] = []
        here = url
        while True:
            places, missing = self._places(here, version, address if not hops else None)
            if not places:
                return Fetched(url, version, why="no-address", said=missing, hops=tuple(hops))
            exchange = self._connect(here, places)
            status = exchange.response.status if exchange.response else 0
            if exchange.fault is not None:
                fault = exchange.fault
                return Fetched(url, version, status, fault.kind, fault.message, tuple(hops), exchange)
            location = exchange.response.header("location") if exchange.response else None
            if status not in _REDIRECTS or not location:
                return Fetched(url, version, status, hops=tuple(hops), exchange=exchange)
            to = _absolute(here, location)
            hops.append(Hop(here, to))
            if not of_site(to, site_domain(self.check)):
                said = f"重定向到站外 {to[:100]}"
                return Fetched(url, version, status, "leaves", said, tuple(hops), exchange)
            if len(hops) > _MOST_HOPS:
                return Fetched(url, version, status, "hops", f"重定向超过 {_MOST_HOPS} 次", tuple(hops), exchange)
            here = to

    def prepare(self, urls: tuple[str, ...]) -> None:
        """Look up the hosts of many pages before they are fetched at the same time."""
        for host in dict.fromkeys(host_of(u) for u in urls):
            if host and not is_ipv4(host) and ":" not in host:
                self.addresses(host)

    def many(self, urls: tuple[str, ...], version: int) -> list[Fetched]:
        """Pages fetched beside each other; those that redirect are then followed one by one."""
        self.prepare(urls)
        places = [self._places(url, version, None) for url in urls]
        requests = [request(u, there[0]) for u, (there, _) in zip(urls, places, strict=True) if there]
        exchanges = iter(self.check.send("page", requests, fresh=self.fresh))
        out: list[Fetched] = []
        for url, (there, missing) in zip(urls, places, strict=True):
            if not there:
                out.append(Fetched(url, version, why="no-address", said=missing))
                continue
            exchange = next(exchanges)
            if _not_connected(exchange) and there[1:]:
                exchange = self._connect(url, there[1:])
            elif self._passing(exchange):
                exchange = self._connect(url, there)
            response, fault = exchange.response, exchange.fault
            if fault is not None:
                out.append(Fetched(url, version, 0, fault.kind, fault.message, (), exchange))
            elif response is not None and response.status in _REDIRECTS and response.header("location"):
                to = _absolute(url, response.header("location") or "")
                out.append(self._follow(url, to, version, exchange))
            else:
                out.append(Fetched(url, version, response.status if response else 0, exchange=exchange))
        return out

    def _follow(self, url: str, to: str, version: int, exchange: Exchange) -> Fetched:
        hop = Hop(url, to)
        if not of_site(to, site_domain(self.check)):
            status = exchange.response.status if exchange.response else 0
            return Fetched(url, version, status, "leaves", f"重定向到站外 {to[:100]}", (hop,), exchange)
        then = self.get(to, version)
        return Fetched(url, version, then.status, then.why, then.said, (hop, *then.hops), then.exchange)

    def _connect(self, url: str, places: Sequence[Address]) -> Exchange:
        """As a browser does: the next address where one cannot be connected to (RFC 8305); every try is recorded."""
        exchange = self.check.send("page", [request(url, places[0])], fresh=self.fresh)[0]
        for place in places[1:_MOST_TRIES]:
            if not _not_connected(exchange):
                break
            exchange = self.check.send("page", [request(url, place)], fresh=self.fresh)[0]
        if self._passing(exchange):
            exchange = self.check.send("page", [exchange.request], fresh=True)[0]
        return exchange

    def _passing(self, exchange: Exchange) -> bool:
        """Whether this may be over in a moment, and is asked about once more. How often it happens is for the clause
        about the success rate, whose visits are `fresh` and never repeated."""
        if self.fresh:
            return False
        if exchange.fault is not None:
            return exchange.fault.kind in ("closed", "timeout", "protocol")
        return exchange.response is not None and exchange.response.status >= 500

    def _places(self, url: str, version: int, address: Address | None) -> tuple[tuple[Address, ...], str]:
        host = host_of(url)
        if address is not None:
            return (address,), ""
        if is_ipv4(host) or ":" in host:
            literal_of = 4 if is_ipv4(host) else 6
            return (), f"主机是 IPv{literal_of} 地址字面量 {host}"
        found = self.addresses(host)
        usable = found.v6 if version == 6 else found.v4
        return usable, "" if usable else f"{host} 没有{'可用的 AAAA' if version == 6 else ' A'} 记录"


@dataclass(frozen=True, slots=True)
class Visited:
    """Pages by what came of them over IPv6. `dead`: over IPv4 as well, which is no statement about IPv6."""

    good: tuple[Fetched, ...]
    bad: tuple[Fetched, ...]
    dead: tuple[Fetched, ...]
    unknown: tuple[Fetched, ...]

    @property
    def rate(self) -> Rate:
        return Rate(len(self.good), len(self.bad), len(self.unknown))

    def to_json(self) -> dict[str, Any]:
        """The denominator and its parts, as evidence."""
        return {
            "supported": len(self.good),
            "unsupported": [{"url": p.url, "why": p.words} for p in self.bad],
            "dead_in_both_families": [p.url for p in self.dead],
            "not_visited": [{"url": p.url, "why": p.words} for p in self.unknown],
        }


def visit(check: Procedure, browser: Browser, urls: tuple[str, ...]) -> Visited:
    """Every page over IPv6; one that fails is asked for over IPv4, where the site has that."""
    good: list[Fetched] = []
    bad: list[Fetched] = []
    dead: list[Fetched] = []
    unknown: list[Fetched] = []
    for page in browser.many(urls, 6):
        if page.ok:
            good.append(page)
            check.witness(f"{page.url}：{page.status}")
        elif page.why in NOT_VISITED:
            unknown.append(page)
        elif not check.declared("ipv4") or browser.get(page.url, 4).ok:
            bad.append(page)
            check.witness(f"{page.url}：IPv6 {page.words}")
        else:
            dead.append(page)
    return Visited(tuple(good), tuple(bad), tuple(dead), tuple(unknown))


def _not_connected(exchange: Exchange) -> bool:
    return exchange.fault is not None and exchange.fault.kind in ("refused", "connect-timeout", "unreachable")


def request(url: str, address: Address) -> Request:
    """GET `url` from that address; the port is that of the URL."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Request("GET", url, {}, b"", written(address, port))


def _absolute(here: str, location: str) -> str:
    try:
        return urljoin(here, location.strip())
    except ValueError:
        return location[:200]

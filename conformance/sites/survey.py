"""A crawled site as its checks see it: what opened and what did not, what each page says. A pure reading of a `Batch`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.model.exchange import Exchange
from conformance.run.gathered import Batch
from conformance.sites import crawl
from conformance.sites.crawl import HEAD, REDIRECTS
from conformance.sites.facts import Facts
from conformance.sites.links import host_of

_MOST_HOPS = 5
LEFT = ("not-visited", "leaves", "impatient")  # says nothing about whether it opens
# What keeps an address from being visited that is not the site's doing.
_NOT_VISITED = frozenset(("host-not-named", "budget", "not-routed"))


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one address. `why` is a stable word where nothing opened: the fault, `status`, `loop`, `same` (the
    page that the site gives for what does not exist), `leaves` (redirects out of the site), `not-visited`, `impatient`
    (the target's own limit ended the wait before the clause's)."""

    url: str
    final: str
    status: int = 0
    why: str = ""
    said: str = ""
    seconds: float = 0.0

    @property
    def opened(self) -> bool:
        return not self.why

    @property
    def dead(self) -> bool:
        """Whether the site is to blame: not what was left out, and not what lies elsewhere."""
        return bool(self.why) and self.why not in LEFT


@dataclass
class Survey:
    """One crawl. `pages`: every HTML page that opened, by its address."""

    rules: Mapping[str, Any]
    notes: Mapping[str, Any]
    exchanges: Mapping[str, Exchange]
    pages: Mapping[str, Facts] = field(default_factory=dict)
    missing: Facts = field(default_factory=Facts)
    misses: bool = True  # whether an address that is nowhere is told apart from one that is

    @property
    def start(self) -> str:
        return str(self.rules["start"])

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(self.rules["hosts"])

    def inside(self, url: str) -> bool:
        return host_of(url) in self.hosts

    def came(self, url: str, slow: float = 0.0) -> Came:
        """What came of an address, redirects followed. `slow`: seconds from which on it counts as not opened."""
        here, seconds = url, 0.0
        for _ in range(_MOST_HOPS + 1):
            exchange = self.exchanges.get(here)
            if exchange is None:
                inside = self.inside(here)
                said = f"重定向到站外 {here[:100]}" if here != url and not inside else "没有访问"
                return Came(url, here, 0, "leaves" if here != url and not inside else "not-visited", said, seconds)
            seconds += exchange.elapsed
            response, fault = exchange.response, exchange.fault
            if fault is not None and fault.kind in _NOT_VISITED:
                return Came(url, here, 0, "not-visited", fault.message, seconds)
            if slow and seconds < slow and fault is not None and fault.kind in ("timeout", "connect-timeout"):
                said = f"等了 {seconds:.0f} s 没有打开，不足 {slow:g} s"
                return Came(url, here, 0, "impatient", said, seconds)
            if slow and seconds >= slow:
                return Came(url, here, response.status if response else 0, "slow", f"{seconds:.1f} s 仍未打开", seconds)
            if fault is not None and fault.kind not in ("too-large", "bomb"):
                return Came(url, here, 0, fault.kind, fault.message, seconds)
            status = response.status if response else 0
            if status in REDIRECTS and (to := crawl.target(exchange)):
                here = to
                continue
            if not 200 <= status < 300:
                return Came(url, here, status, "status", f"HTTP {status}", seconds)
            if self._is_missing(here):
                return Came(url, here, status, "same", "与不存在的地址得到同一页面", seconds)
            return Came(url, here, status, "", f"HTTP {status}", seconds)
        return Came(url, here, 0, "loop", f"重定向超过 {_MOST_HOPS} 次或成环", seconds)

    def _is_missing(self, url: str) -> bool:
        page = self.pages.get(url)
        return bool(page and self.missing.plain and page.plain == self.missing.plain and url != self.start)

    def page(self, url: str) -> Facts | None:
        """The page that an address leads to, if one opened there."""
        found = self.came(url)
        return self.pages.get(found.final) if found.opened else None

    def final(self, url: str) -> str:
        return self.came(url).final

    @cached_property
    def home(self) -> Facts:
        return self.page(self.start) or Facts()

    @cached_property
    def template(self) -> frozenset[str]:
        """Links that stand on most pages: navigation and footer, no content of any page."""
        counts = Counter(u for p in self.pages.values() for u in {link.url for link in p.links})
        most = max(3, 0.6 * len(self.pages))
        return frozenset(u for u, n in counts.items() if n >= most)

    @cached_property
    def linked(self) -> Mapping[str, str]:
        """Address → the page it was found on, of everything that the crawl came to know."""
        return dict(self.notes.get("from", {}))

    @cached_property
    def files(self) -> Mapping[str, Exchange]:
        """Attachments that opened; their bodies are text (`crawl.MARK`)."""
        return {
            u: e
            for u, e in self.exchanges.items()
            if u in self.linked and e.response is not None and e.response.header(crawl.MARK)
        }

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Lines of text that stand on most pages: the frame around what a page says."""
        counts = Counter(line for p in self.pages.values() for line in set(p.lines))
        most = max(3, 0.6 * len(self.pages))
        return frozenset(line for line, n in counts.items() if n >= most)


def read(batch: Batch) -> Survey:
    """The survey of a crawl."""
    notes: Mapping[str, Any] = batch.notes or {}
    rules: Mapping[str, Any] = notes.get("rules", {})
    by: dict[str, Exchange] = {}
    for exchange in batch.exchanges:
        url = exchange.request.url
        known = by.get(url)
        if known is None or exchange.request.method != "HEAD" or known.request.method == "HEAD":
            by[url] = exchange
    pages = {
        url: page
        for url, e in by.items()
        if e.response is not None
        and 200 <= e.response.status < 300
        and e.operation != HEAD
        and not e.response.header(crawl.MARK)
        and (page := batch.worked.get(url) or crawl.parsed(e)) != Facts()
    }
    nowhere = str(rules.get("missing", ""))
    out = Survey(rules, notes, by, pages)
    reply = by.get(nowhere)
    end = nowhere
    for _ in range(_MOST_HOPS):
        if reply is None or reply.response is None or reply.response.status not in REDIRECTS:
            break
        end = crawl.target(reply) or ""
        reply = by.get(end)
    if reply is not None and reply.response is not None and 200 <= reply.response.status < 300:
        out.missing = pages.get(end, Facts())
        out.misses = out.missing.plain != out.home.plain if out.missing.plain else False
    return out

"""Crawling one site: bounded in pages, octets, depth and time, polite, and never outside what the target names.

Pages are taken breadth first, so that an endless calendar or a link that grows with every step ends at the depth, and
addresses that differ only in their query are taken a few times and then left. What was not visited is counted by reason.
Everything that decides what is visited stands in `Rules` and goes into the report.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
import urllib.robotparser
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.model.exchange import Exchange, Request, Response
from conformance.run.gathered import Batch
from conformance.sites import attachments, facts
from conformance.sites.facts import Facts
from conformance.sites.links import ends_a_session, host_of, join
from conformance.sites.sheets import MOST_SHEETS
from conformance.target.access import written

PAGE, HEAD = "page", "head"
MARK = "conformance-extract"  # header of a file whose stored body is its text: "PDF; sha256=…; bytes=…"
TROUBLE = "conformance-extract-trouble"
REDIRECTS = frozenset((301, 302, 303, 307, 308))
_MOST_HOPS = 5
_MOST_KNOWN = 50_000
_AGAIN = frozenset(("closed", "timeout", "protocol"))
_NO_HEAD = frozenset((400, 403, 404, 405, 501))
Send = Callable[[str, list[Request]], list[Exchange]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is visited. `hosts`: the site's own; `addresses`: host → the address to connect to, as in a hosts file.

    outside   whether links to other hosts are visited too (only those that the target's `hosts` names are)
    same_path how many addresses that differ only in their query are taken
    """

    start: str
    hosts: tuple[str, ...]
    seeds: tuple[str, ...] = ()
    missing: str = ""  # an address that is nowhere: what the site says of one that does not exist
    addresses: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False
    robots: str = "obey"
    pages: int = 1000
    files: int = 200
    links: int = 3000
    octets: int = 200 << 20
    depth: int = 6
    seconds: float = 600.0
    rate: float = 5.0
    same_path: int = 50

    def inside(self, url: str) -> bool:
        return host_of(url) in self.hosts

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def crawl(send: Send, rules: Rules, *, concurrency: int = 4, pause: Callable[[float], None] = time.sleep) -> Batch:
    """Every exchange that was made, with notes {rules, robots, left, seconds, depth}."""
    return _Crawl(send, rules, concurrency, pause).run()


class _Crawl:
    def __init__(self, send: Send, rules: Rules, concurrency: int, pause: Callable[[float], None]) -> None:
        self._send, self.rules, self._pause = send, rules, pause
        self._at_once = max(1, min(concurrency, 16))
        self._begun = time.monotonic()
        self._octets = 0
        self._sent = 0
        self.exchanges: list[Exchange] = []
        self._robots: urllib.robotparser.RobotFileParser | None = None
        self._robots_text = ""
        self._known: dict[str, int] = {}  # address → depth
        self._where: dict[str, str] = {}  # address → the page that leads to it
        self._paths: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self._samples: dict[str, str] = {}
        self._pages: deque[str] = deque()
        self._files: list[str] = []
        self._others: list[str] = []
        self._styles: dict[str, None] = {}
        self._taken = 0
        self._hops: Counter[str] = Counter()
        self._read: dict[str, Facts] = {}

    def run(self) -> Batch:
        rules = self.rules
        self._read_robots()
        if rules.missing:
            self._fetch(PAGE, [rules.missing])
        for url in dict.fromkeys((rules.start, *rules.seeds)):
            self._offer(url, 0 if url == rules.start else 1, "", forced=True)
        self._walk()
        self._take(PAGE, list(self._styles), MOST_SHEETS, "样式表超过数量上限")
        self._take(PAGE, self._files, rules.files, "附件超过数量上限")
        self._take(HEAD, self._others, rules.links, "其他链接超过数量上限")
        notes = {
            "rules": rules.to_json(),
            "robots": self._robots_text,
            "left": dict(self.left),
            "samples": self._samples,
            "from": {u: self._where[u] for u in self._known if self._where.get(u)},
            "depth": self._known,
            "seconds": round(time.monotonic() - self._begun, 3),
            "octets": self._octets,
        }
        return Batch(tuple(self.exchanges), notes, tuple(self._summary()), self._read)

    # The frontier ---------------------------------------------------------------------------------------------

    def _offer(self, url: str, depth: int, origin: str, *, forced: bool = False) -> None:
        if url in self._known:
            if origin:
                self._where.setdefault(url, origin)  # one that we asked for first is a link of the site all the same
            return
        if len(self._known) >= _MOST_KNOWN:
            self._skip(f"地址超过 {_MOST_KNOWN} 个", url)
            return
        self._known[url] = depth
        if origin:
            self._where.setdefault(url, origin)
        rules, inside = self.rules, self.rules.inside(url)
        if ends_a_session(url):
            self._skip("会结束会话的链接", url)
        elif not inside:
            if rules.outside:
                self._others.append(url)
            else:
                self._skip("站外链接", url)
        elif not forced and self._forbidden(url):
            self._skip("robots.txt 不许访问", url)
        elif attachments.is_picture(url):
            self._others.append(url)
        elif attachments.is_file(url):
            self._files.append(url)
        elif depth > rules.depth:
            self._skip(f"深度超过 {rules.depth}", url)
        elif not forced and self._crowded(url):
            self._skip(f"只有查询部分不同的地址超过 {rules.same_path} 个", url)
        else:
            self._pages.append(url)

    def _crowded(self, url: str) -> bool:
        parts = urlsplit(url)
        if not parts.query:
            return False
        self._paths[parts.path] += 1
        return self._paths[parts.path] > self.rules.same_path

    def _skip(self, why: str, url: str) -> None:
        self.left[why] += 1
        self._samples.setdefault(why, url[:200])

    def _walk(self) -> None:
        while self._pages:
            if reason := self._over():
                for url in self._pages:
                    self._skip(reason, url)
                self._pages.clear()
                return
            room = min(self._at_once, len(self._pages), self.rules.pages - self._taken)
            batch = [self._pages.popleft() for _ in range(room)]
            self._taken += len(batch)
            for exchange in self._fetch(PAGE, batch):
                self._follow(exchange)

    def _over(self) -> str:
        rules = self.rules
        if self._taken >= rules.pages:
            return f"页面超过 {rules.pages} 个"
        if self._octets >= rules.octets:
            return f"内容超过 {rules.octets >> 20} MB"
        if time.monotonic() - self._begun > rules.seconds:
            return f"时间超过 {rules.seconds:g} s"
        return ""

    def _follow(self, exchange: Exchange) -> None:
        response = exchange.response
        url = exchange.request.url
        depth = self._known.get(url, 0)
        if response is None:
            return
        if response.status in REDIRECTS and (to := target(exchange)):
            self._hops[to] = self._hops[url] + 1
            if self._hops[to] <= _MOST_HOPS and to not in self._known:
                self._offer(to, depth, url, forced=True)  # where a redirect leads is no step deeper
            return
        if exchange.fault is not None or not 200 <= response.status < 300 or not is_html(response):
            return
        page = self._read[url] = parsed(exchange)
        for link in page.links:
            self._offer(link.url, depth + 1, url)
        for address in (*page.frames, page.refresh):
            if address:
                self._offer(address, depth + 1, url)
        for address in page.images:
            self._offer(address, depth + 1, url)
        for address in page.styles:
            if self.rules.inside(address) and address not in self._known and not self._forbidden(address):
                self._styles.setdefault(address)

    def _take(self, operation: str, urls: list[str], most: int, why: str) -> None:
        for url in urls[most:]:
            self._skip(why, url)
        waiting = urls[:most]
        for n in range(0, len(waiting), self._at_once):
            if reason := self._over_files():
                for url in waiting[n:]:
                    self._skip(reason, url)
                return
            self._fetch(operation, waiting[n : n + self._at_once])

    def _over_files(self) -> str:
        reason = self._over()
        return "" if reason.startswith("页面") else reason

    # Sending --------------------------------------------------------------------------------------------------

    def _fetch(self, operation: str, urls: list[str]) -> list[Exchange]:
        exchanges = self._paced(operation, urls)
        again = [e.request.url for e in exchanges if _passing(e)]
        if again:  # what may be over in a moment is asked about once more
            anew = {e.request.url: e for e in self._paced(operation, again)}
            exchanges = [anew.get(e.request.url, e) for e in exchanges]
        if operation == HEAD:
            plain = [e.request.url for e in exchanges if e.response is not None and e.response.status in _NO_HEAD]
            if plain:
                anew = {e.request.url: e for e in self._paced(PAGE, plain)}
                exchanges = [anew.get(e.request.url, e) for e in exchanges]
        kept = [_as_text(e) for e in exchanges]
        self.exchanges += kept
        self._octets += sum(len(e.response.body) for e in exchanges if e.response is not None)
        return kept

    def _paced(self, operation: str, urls: list[str]) -> list[Exchange]:
        begun = time.monotonic()
        requests = [self._request(operation, url) for url in urls]
        exchanges = self._send(operation, requests)
        self._sent += len(requests)
        if self.rules.rate > 0:
            wait = len(requests) / self.rules.rate - (time.monotonic() - begun)
            if wait > 0:
                self._pause(wait)
        return exchanges

    def _request(self, operation: str, url: str) -> Request:
        return compose("HEAD" if operation == HEAD else "GET", url, self.rules.addresses)

    # robots.txt -----------------------------------------------------------------------------------------------

    def _read_robots(self) -> None:
        exchange = self._fetch(PAGE, [urljoin(self.rules.start, "/robots.txt")])[0]
        response = exchange.response
        kind = (response.header("content-type") or "") if response else ""
        if response is None or response.status != 200 or "html" in kind:
            return
        self._robots_text = response.body[:20_000].decode("utf-8", "replace")
        self._robots = urllib.robotparser.RobotFileParser()
        self._robots.parse(self._robots_text.splitlines()[:2000])

    def _forbidden(self, url: str) -> bool:
        if self._robots is None or self.rules.robots != "obey":
            return False
        return not self._robots.can_fetch("conformance", url)

    def _summary(self) -> Iterable[str]:
        took = Counter(_said(e) for e in self.exchanges)
        yield f"{self.rules.start}：{len(self.exchanges)} 次交互，{self._octets} 字节，{self._sent} 次请求"
        yield "结果：" + "，".join(f"{what} {n}" for what, n in took.most_common(20))
        for why, n in self.left.most_common(20):
            yield f"没有访问：{why} {n} 个，如 {self._samples[why]}"
        yield from (f"{_said(e):>10}  {e.elapsed * 1000:6.0f} ms  {e.request.url[:300]}" for e in self.exchanges[:380])


def compose(method: str, url: str, addresses: Mapping[str, str]) -> Request:
    """The request for an address, to the place that `addresses` gives for its host."""
    parts = urlsplit(url)
    place = addresses.get((parts.hostname or "").lower())
    if place is None:
        return Request(method, url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Request(method, url, {}, b"", written(ipaddress.ip_address(place), port))


def target(exchange: Exchange) -> str | None:
    """Where a redirect leads, absolute."""
    location = exchange.response.header("location") if exchange.response else None
    return join(exchange.request.url, location) if location else None


def is_html(response: Response) -> bool:
    kind = (response.header("content-type") or "").lower()
    return "html" in kind or (not kind and response.body.lstrip()[:1] == b"<")


def parsed(exchange: Exchange) -> Facts:
    """What the page of an exchange says; nothing for what is no page."""
    response = exchange.response
    if response is None or not is_html(response):
        return Facts()
    return facts.read(response.body, exchange.request.url, response.header("content-type") or "")


def _passing(exchange: Exchange) -> bool:
    if exchange.fault is not None:
        return exchange.fault.kind in _AGAIN
    return exchange.response is not None and exchange.response.status >= 500


def _as_text(exchange: Exchange) -> Exchange:
    """A file is kept as its text: a compressed stream could hold personal data that no redactor sees."""
    response = exchange.response
    if response is None or exchange.fault is not None or not response.body or response.status != 200:
        return exchange
    kind = (response.header("content-type") or "").lower()
    if "html" in kind or "text/css" in kind or "javascript" in kind or exchange.request.method == "HEAD":
        return exchange
    if kind.startswith("text/") and not attachments.is_file(exchange.request.url):
        return exchange
    if "json" in kind and not attachments.is_file(exchange.request.url):
        return exchange
    found = attachments.extract(response.body, exchange.request.url)
    digest = hashlib.sha256(response.body).hexdigest()
    marks = ((MARK, f"{found.how}; sha256={digest}; bytes={len(response.body)}"), (TROUBLE, found.trouble))
    return replace(exchange, response=replace(response, headers=(*response.headers, *marks), body=found.text.encode()))


def _said(exchange: Exchange) -> str:
    if exchange.fault is not None:
        return exchange.fault.kind
    return f"HTTP {exchange.response.status}" if exchange.response else "无响应"

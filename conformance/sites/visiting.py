"""One visit to the home page, as the availability clause counts it: redirects of the site followed, all time together."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.model.exchange import Request
from conformance.run.context import Procedure
from conformance.sites import crawl, site, stability
from conformance.sites.links import host_of

_MOST_HOPS = 5
NOT_VISITED = frozenset(("host-not-named", "budget", "not-routed", "request", "stopped"))
# What may be the tester's own network as well as the site.
_NETWORK = frozenset(("dns", "unreachable", "connect-timeout", "refused", "timeout", "tls", "closed"))


@dataclass(frozen=True, slots=True)
class Visit:
    """`why` is empty for an answer, whatever its status; else the fault, `loop`, or `vantage` where the tester's own
    network gave nothing either."""

    status: int
    why: str
    elapsed: float
    peer: str


def visit(check: Procedure) -> Visit:
    """One visit. A failure counts only where a page that is known to work (`control_site`) answers at that moment."""
    start = str(check.parameter("site"))
    seen = _get(check, start)
    control = check.optional("control_site")
    if seen.why in _NETWORK and control and _get(check, str(control)).why in _NETWORK:
        return Visit(0, stability.NO_VANTAGE, 0.0, "")
    return seen


def _get(check: Procedure, url: str) -> Visit:
    places, hosts = site.addresses(check), {host_of(url), *(str(h).lower() for h in check.optional("site_hosts") or ())}
    here, elapsed, peer = url, 0.0, ""
    for _ in range(_MOST_HOPS + 1):
        composed = crawl.compose("GET", here, places)
        request = Request("GET", composed.url, {"cache-control": "no-cache"}, b"", composed.via)
        exchange = check.send("page", [request], fresh=True)[0]
        elapsed, peer = elapsed + exchange.elapsed, exchange.peer or peer
        response, fault = exchange.response, exchange.fault
        if fault is not None and fault.kind not in ("too-large", "bomb"):
            return Visit(response.status if response else 0, fault.kind, round(elapsed, 4), peer)
        status = response.status if response else 0
        to = crawl.target(exchange) if status in crawl.REDIRECTS else None
        if to is None or (urlsplit(to).hostname or "").lower() not in hosts:
            return Visit(status, "", round(elapsed, 4), peer)
        here = to
    return Visit(0, "loop", round(elapsed, 4), peer)

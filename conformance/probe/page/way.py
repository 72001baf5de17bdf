"""How a browser gets to the pages of one target: the hosts that may be reached, and by which road.

A browser has its own network, which knows neither the laboratory's table of addresses, nor a CA that is named in a
file, nor a client certificate without a store. Where a target asks for one of these, or for a proxy, the browser is
given a gateway (`gateway`) and can reach nothing else; everywhere else it goes directly, as the browser of a visitor.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.model.target import Target, Tls


@dataclass(frozen=True, slots=True)
class Way:
    """What a browser is started for; two visits with the same way share one. `routes` as in a target, as pairs."""

    hosts: frozenset[str]
    routes: tuple[tuple[str, str], ...] = ()
    proxy: str = ""
    tls: Tls = field(default_factory=Tls)

    @classmethod
    def to(cls, target: Target) -> Way:
        """The way that a target asks for. A browser writes a name in its ASCII form (RFC 5891), so both are named."""
        names = {h.lower() for h in target.hosts}
        return cls(
            frozenset(names | {h.encode("idna").decode() for h in names if not h.isascii()}),
            tuple(target.routes.items()),
            target.proxy or "",
            target.tls,
        )

    @property
    def guided(self) -> bool:
        """Whether the browser needs a gateway."""
        return bool(self.routes or self.proxy or self.tls.ca or self.tls.cert)

"""域名授权体系: the way from the roots to an answer, over one family only, every hop written down.

Iterative resolution as RFC 1034 section 5.3.3 describes it, with what a careful resolver adds: a server that is
lame, broken or silent is passed over; glue is believed only inside the zone of who gives it (RFC 2181 section 5.4.1);
a server without glue is looked up over the same family. Bounded in depth, in servers and in queries.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.codes.address_space import Address
from conformance.probe.dns import Record, Reply, absolute
from conformance.run.context import Procedure
from conformance.sites.asking import Asked, ask, roots, usable

_DEEPEST = 16  # delegations on one way
_MOST_ALIASES = 8
_MOST_SERVERS = 8  # of one zone
_MOST_QUERIES = 120  # of one walk with all that it needs
_TYPES = {4: "A", 6: "AAAA"}


@dataclass(frozen=True, slots=True)
class Step:
    """One question on the way. `kind`: referral answer alias nodata nxdomain lame servfail refused timeout …"""

    zone: str
    server: str
    address: str
    name: str
    type: str
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Delegation:
    """A zone and its servers as the parent names them; `glue` is what the parent gave with them."""

    zone: str
    servers: tuple[str, ...]
    glue: tuple[Record, ...] = ()
    parent: str = ""
    hidden: bool = False  # no referral was seen: the same servers hold the parent


@dataclass(frozen=True, slots=True)
class Walk:
    """What came of one way. `kind` is `answer` when records were found, else why not; `zone` is where it ended."""

    name: str
    type: str
    kind: str
    records: tuple[Record, ...]
    canonical: str
    delegation: Delegation
    steps: tuple[Step, ...]

    @property
    def ok(self) -> bool:
        return self.kind == "answer"

    @property
    def said(self) -> str:
        """The last step in words."""
        last = self.steps[-1] if self.steps else None
        return f"{last.zone} 区的 {last.server.rstrip('.')}（{last.address}）: {last.said}" if last else self.kind

    @property
    def unheard(self) -> bool:
        """Whether not even a root answered: that says something about the tester, and nothing about the site."""
        told = ("referral", "answer", "alias", "nodata", "nxdomain")
        return not any(step.zone == "." and step.kind in told for step in self.steps)

    def addresses(self) -> list[Address]:
        found = (r.data for r in self.records if r.type in ("A", "AAAA"))
        return list(dict.fromkeys(ipaddress.ip_address(text) for text in found))


def walk(check: Procedure, name: str, type_: str, families: Sequence[int] = (4, 6)) -> Walk:
    """From the roots to the records of `name`, over `families` only (in this order)."""
    return _Walker(check, tuple(families)).resolve(absolute(name), type_)


@dataclass(slots=True)
class _Walker:
    check: Procedure
    families: tuple[int, ...]
    steps: list[Step] = field(default_factory=list)
    known: dict[str, list[Address]] = field(default_factory=dict)
    queries: int = 0
    depth: int = 0

    def resolve(self, name: str, type_: str) -> Walk:
        wanted = name
        delegation = Delegation(".", (".",))
        for _ in range(_MOST_ALIASES):
            kind, reply, delegation = self._descend(wanted, type_)
            records = tuple(r for r in reply.answer if r.type == type_) if reply else ()
            if kind != "alias" or reply is None:
                return Walk(name, type_, kind, records, wanted, delegation, tuple(self.steps))
            wanted = _alias(reply, wanted)
            found = reply.records(wanted, type_)
            if found and wanted.endswith("." + delegation.zone):  # its server holds what it points to, and may say so
                return Walk(name, type_, "answer", found, wanted, delegation, tuple(self.steps))
        return Walk(name, type_, "alias-loop", (), wanted, delegation, tuple(self.steps))

    def _descend(self, name: str, type_: str) -> tuple[str, Reply | None, Delegation]:
        here = Delegation(".", (".",))
        servers: list[tuple[str, Address]] = [(".", a) for version in self.families for a in roots(self.check, version)]
        for _ in range(_DEEPEST):
            kind, asked, below = self._ask_zone(here, servers, name, type_)
            if kind != "referral" or asked is None or below is None:
                return kind, asked.reply if asked else None, here
            here, servers = below, self._servers(below)
            if not servers:
                words = "、".join(f"IPv{v}" for v in self.families)
                self._note(below.zone, "、".join(below.servers), "", name, type_, "no-address", f"没有 {words} 地址")
                return "no-address", None, below
        return "too-deep", None, here

    def _ask_zone(
        self, zone: Delegation, servers: Sequence[tuple[str, Address]], name: str, type_: str
    ) -> tuple[str, Asked | None, Delegation | None]:
        """Ask the servers of one zone in turn, until one of them answers or refers downwards."""
        last = "no-server"
        for server, address in servers[:_MOST_SERVERS]:
            if self.queries >= _MOST_QUERIES:
                return "too-many-queries", None, None
            self.queries += 1
            asked = ask(self.check, server, address, name, type_)
            kind, below = _understand(asked, zone.zone, name, type_)
            said = f"转到 {below.zone}" if below else asked.reply.said
            self._note(
                zone.zone, server, str(address), name, type_, kind, "非权威应答（lame）" if kind == "lame" else said
            )
            if kind in ("answer", "alias", "nodata", "nxdomain", "referral"):
                return kind, asked, below
            last = kind
        return last, None, None

    def _servers(self, delegation: Delegation) -> list[tuple[str, Address]]:
        """(name, address) of the servers of a zone in the families of this walk; glue first, else looked up."""
        out: list[tuple[str, Address]] = []
        for version in self.families:
            for server in delegation.servers[:_MOST_SERVERS]:
                out += [(server, a) for a in self._addresses(server, version, delegation) if not usable(self.check, a)]
        return out

    def _addresses(self, server: str, version: int, delegation: Delegation) -> list[Address]:
        type_ = _TYPES[version]
        given = [ipaddress.ip_address(r.data) for r in delegation.glue if r.name == server and r.type == type_]
        if given or server.endswith("." + delegation.zone) or server == delegation.zone or self.depth >= 4:
            return given  # inside the zone itself only glue leads in
        key = f"{server} {type_}"
        if key not in self.known:
            inner = _Walker(self.check, self.families, self.steps, self.known, self.queries, self.depth + 1)
            self.known[key] = []  # a server that is needed to find itself is not found
            self.known[key] = inner.resolve(server, type_).addresses()
            self.queries = inner.queries
        return self.known[key]

    def _note(self, zone: str, server: str, address: str, name: str, type_: str, kind: str, said: str) -> None:
        self.steps.append(Step(zone, server, address, name, type_, kind, said))


def _understand(asked: Asked, zone: str, name: str, type_: str) -> tuple[str, Delegation | None]:
    """What one reply means to whoever asked `zone` for `name`."""
    reply = asked.reply
    if not reply.answered:
        return reply.fault, None
    if reply.rcode == "NXDOMAIN":
        return ("nxdomain" if reply.authoritative else "lame"), None
    if reply.rcode != "NOERROR":
        return reply.rcode.lower(), None
    if reply.authoritative:
        if reply.records(name, type_):
            return "answer", None
        return ("alias" if reply.records(name, "CNAME") else "nodata"), None
    below = _referral(asked, zone, name)
    return ("referral", below) if below else ("lame", None)


def _referral(asked: Asked, zone: str, name: str) -> Delegation | None:
    """The delegation of a zone below `zone` and above `name`; one that leads anywhere else is none."""
    for record in asked.reply.authority:
        inside = record.name != zone and (zone == "." or record.name.endswith("." + zone))
        if record.type == "NS" and inside and (name == record.name or name.endswith("." + record.name)):
            # Sorted: servers give them in any order, and a verdict must not hang on it.
            servers = tuple(sorted(r.data for r in asked.reply.authority if r.type == "NS" and r.name == record.name))
            glue = tuple(
                r
                for r in asked.reply.additional
                if r.type in ("A", "AAAA") and r.name in servers and (zone == "." or r.name.endswith("." + zone))
            )
            return Delegation(record.name, servers, glue, zone)
    return None


def _alias(reply: Reply, name: str) -> str:
    """The end of the chain of CNAMEs that this reply holds for `name`."""
    for _ in range(_MOST_ALIASES):
        found = reply.records(name, "CNAME")
        if not found:
            break
        name = absolute(found[0].data)
    return name

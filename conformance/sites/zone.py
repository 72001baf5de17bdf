"""The site and its names: the zone that answers for the host, its servers in both families, the addresses of the site."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.codes.address_space import Address
from conformance.model.verdict import Cause
from conformance.probe.dns import Record, absolute
from conformance.run.context import Procedure
from conformance.sites import site as web_site
from conformance.sites.asking import Asked, ask, first_answer, need_ipv6, usable
from conformance.sites.walk import Delegation, Walk, walk

_MOST = 13  # name servers of a zone that are looked at


@dataclass(frozen=True, slots=True)
class Server:
    """One authoritative server and all its addresses, those included that are not contacted."""

    name: str
    v6: tuple[Address, ...] = ()
    v4: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone that holds the (canonical) name of the site."""

    name: str
    host: str  # the canonical name of the site: what its CNAMEs end in
    servers: tuple[Server, ...]
    delegation: Delegation

    def places(self, *versions: int) -> list[tuple[str, Address]]:
        """(server, address) in the given families, in the order of the servers."""
        return [(s.name, a) for s in self.servers for version in versions for a in (s.v6 if version == 6 else s.v4)]


def host_of(check: Procedure) -> str:
    return urlsplit(str(check.parameter("site"))).hostname or ""


def site_domain(check: Procedure) -> str:
    """同站: every host that is this domain or lies under it. The target's word, else the host without a leading www."""
    given = check.optional("site_domain")
    return str(given).lower().rstrip(".") if given else host_of(check).removeprefix("www.")


def known(check: Procedure) -> None:
    """Stops the check where the target says what its home page must show (`site_name`) and something else answers: what
    is true of a parked domain is no pass of the site."""
    if check.optional("site_name"):
        web_site.survey(check)


# Where the profiles of government sites ask the same; everything else only ipv6-support asks.
_ASKED = {"V6W-01": "WEB-22、WEB-42", "V6W-05": "WEB-22、WEB-42"}


def judged_by(check: Procedure, clause: str) -> str:
    """Where a reader finds the verdict on what stopped this check: the clause of ipv6-support, or its like in the profile
    at hand."""
    if check.key.startswith("ipv6-support/"):
        return f"由 {clause} 判定"
    return f"由 {_ASKED[clause]} 判定" if clause in _ASKED else f"由 ipv6-support 的 {clause} 判定"


def zone(check: Procedure) -> Zone:
    """The zone of the site, found over whichever family answers. Asked for NS and A, so that a server that breaks on
    AAAA does not hide it. Stops the check where the name does not exist or nobody answers."""
    way = walk(check, host_of(check), "A")
    if way.kind not in ("answer", "nodata"):
        below = walk(check, host_of(check), "NS")
        way = below if below.kind in ("answer", "nodata") else way
    if way.kind not in ("answer", "nodata"):
        check.stop(
            Cause.ENVIRONMENT if way.unheard else Cause.SYSTEM,
            f"找不到 {host_of(check)} 的权威域名服务器：{_WHY.get(way.kind, way.kind)}",
            expected="从根逐级找到域名所在的区",
            actual=way.said,
            blocked_by="zone",
        )
    return _zone(check, way)


_WHY = {
    "nxdomain": "域名不存在",
    "no-address": "下一级的服务器没有地址",
    "lame": "服务器不负责这个区",
    "servfail": "服务器失败（SERVFAIL）",
    "timeout": "服务器没有应答",
    "refused": "服务器拒绝",
    "alias-loop": "别名成环",
}


def _zone(check: Procedure, way: Walk) -> Zone:
    delegation = _apex(check, way)
    glue = _Glue(delegation.glue)
    servers = [Server(n, glue.of(n, "AAAA"), glue.of(n, "A")) for n in delegation.servers[:_MOST]]
    known = Zone(delegation.zone, way.canonical, tuple(servers), delegation)
    own = _names(first_answer(check, _contactable(check, known.places(4, 6)), delegation.zone, "NS"), delegation.zone)
    names = list(dict.fromkeys([*own, *delegation.servers]))[:_MOST]
    found = [
        Server(
            n,
            _addresses(check, known, n, "AAAA") or glue.of(n, "AAAA"),
            _addresses(check, known, n, "A") or glue.of(n, "A"),
        )
        for n in names
    ]
    return Zone(delegation.zone, way.canonical, tuple(found), delegation)


def _apex(check: Procedure, way: Walk) -> Delegation:
    """The delegation of the zone that really holds the name.

    Servers that hold the parent as well answer for the child and never refer to it: the SOA that comes with the answer
    tells the zone (RFC 2308 section 2). Nobody then names its servers from above, and nobody gives glue.
    """
    last = way.steps[-1]
    if not last.address:
        return way.delegation
    reply = ask(check, last.server, ipaddress.ip_address(last.address), way.canonical, "SOA").reply
    owners = [r.name for r in (*reply.answer, *reply.authority) if r.type == "SOA"]
    deeper = [o for o in owners if o.endswith("." + way.delegation.zone) or way.delegation.zone == "."]
    inside = [o for o in deeper if o != way.delegation.zone and (way.canonical == o or way.canonical.endswith("." + o))]
    if not inside:
        return way.delegation
    return Delegation(inside[0], way.delegation.servers, way.delegation.glue, way.delegation.zone, hidden=True)


def _contactable(check: Procedure, places: Sequence[tuple[str, Address]]) -> list[tuple[str, Address]]:
    return [(name, address) for name, address in places if not usable(check, address)]


def _names(asked: Sequence[Asked], zone: str) -> list[str]:
    """The NS set as the zone itself has it."""
    reply = asked[-1].reply if asked else None
    return sorted(r.data for r in reply.records(zone, "NS")) if reply and reply.authoritative else []


def _addresses(check: Procedure, zone: Zone, server: str, type_: str) -> tuple[Address, ...]:
    """The addresses of a name server by the word of who is responsible for its name."""
    if server == zone.name or server.endswith("." + zone.name):
        asked = first_answer(check, _contactable(check, zone.places(4, 6)), server, type_)
        records = asked[-1].reply.records(server, type_) if asked else ()
        return _Glue(records).of(server, type_)
    return tuple(walk(check, server, type_).addresses())


class _Glue:
    """Address records by name and type."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records

    def of(self, name: str, type_: str) -> tuple[Address, ...]:
        found = (r.data for r in self._records if r.name == absolute(name) and r.type == type_)
        return tuple(dict.fromkeys(ipaddress.ip_address(text) for text in found))


# The addresses of the site ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one host: those that are contacted, and those that are not with the reason."""

    host: str
    v6: tuple[Address, ...]
    v4: tuple[Address, ...]
    unusable: tuple[tuple[Address, str], ...] = ()


def addresses(check: Procedure, host: str) -> Addresses:
    """A and AAAA of a host by the word of its authoritative servers."""
    found = {v: walk(check, host, t).addresses() for v, t in ((6, "AAAA"), (4, "A"))}
    wrong = tuple((a, why) for v in (6, 4) for a in found[v] if (why := usable(check, a)))
    bad = {a for a, _ in wrong}
    return Addresses(
        host,
        tuple(sorted((a for a in found[6] if a not in bad), key=int)),
        tuple(sorted((a for a in found[4] if a not in bad), key=int)),
        wrong,
    )


def site_over_ipv6(check: Procedure) -> Addresses:
    """The addresses of the site, with the tester's IPv6 proven and at least one usable AAAA. Else the check stops."""
    known(check)
    need_ipv6(check)
    found = addresses(check, host_of(check))
    if not found.v6:
        wrong = "；".join(f"{a} {why}" for a, why in found.unusable)
        check.stop(
            Cause.SYSTEM,
            f"{found.host} 没有可用的 AAAA 记录，{judged_by(check, 'V6W-02' if wrong else 'V6W-01')}",
            expected="至少一个可全球路由的 AAAA",
            actual=wrong or "没有 AAAA",
            blocked_by="aaaa",
        )
    return found


def both_families(check: Procedure) -> Addresses:
    """As `site_over_ipv6`, and with an IPv4 address to compare with."""
    found = site_over_ipv6(check)
    if not found.v4:
        check.stop(
            Cause.CONFIGURATION,
            f"{found.host} 没有可用的 A 记录，无法比较两个地址族；站点只有 IPv6 时声明 ipv4: false",
            expected="A 记录",
            actual="无",
            blocked_by="a",
        )
    return found


def reference(check: Procedure, found: Addresses) -> int:
    """The family over which the site is known to work: IPv4, unless its owner says that it has none."""
    return 4 if found.v4 and check.declared("ipv4") else 6


def everywhere(check: Procedure, place: Zone, name: str, type_: str, *versions: int) -> list[Asked]:
    """The same question to every server of a zone, over every address of the given families that may be contacted."""
    return [ask(check, s, a, name, type_) for s, a in _contactable(check, place.places(*versions))]

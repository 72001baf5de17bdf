"""The tree of names: root, cn, gov.cn and example.gov.cn, with the addresses that documents use (RFC 3849, RFC 5737).

No address of the tree is real. Each has a place on loopback (`Plan.routes`), so that five name servers and six hosts
can live on ::1 and 127.0.0.1, at ports that need no privilege.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.specimen.fault import Deviations

Zone = dict[str, dict[str, list[str]]]  # name → type → data

DOMAIN = "example.gov.cn."
WWW, SERVICE, STATIC, API = (f"{n}.{DOMAIN}" for n in ("www", "service", "static", "api"))
V4ONLY, BIG, OLD = (f"{n}.{DOMAIN}" for n in ("v4only", "big", "old"))
NS1, NS2 = f"ns1.{DOMAIN}", f"ns2.{DOMAIN}"
ROOT_SERVER, CN_SERVER, GOV_SERVER = "a.root-servers.test.", "a.dns.cn.", "a.dns.gov.cn."
RESOLVER = "resolver."

# host → (IPv6 addresses, IPv4 addresses)
HOSTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    WWW: (("2001:db8:80::1", "2001:db8:80::2"), ("192.0.2.80",)),
    SERVICE: (("2001:db8:80::11",), ("192.0.2.81",)),
    STATIC: (("2001:db8:80::12",), ("192.0.2.82",)),
    API: (("2001:db8:80::13",), ("192.0.2.83",)),
    V4ONLY: ((), ("192.0.2.84",)),
}
SERVERS: Mapping[str, tuple[str, str]] = {
    ROOT_SERVER: ("2001:db8:53::1", "192.0.2.11"),
    CN_SERVER: ("2001:db8:53::2", "192.0.2.12"),
    GOV_SERVER: ("2001:db8:53::3", "192.0.2.13"),
    NS1: ("2001:db8:53::a1", "192.0.2.21"),
    NS2: ("2001:db8:53::a2", "192.0.2.22"),
    RESOLVER: ("2001:db8:53::99", "192.0.2.29"),
}
DEAD = "2001:db8:dead::1"
OTHER = "2001:db8:80::99"  # an address of the site's own range that only an outdated zone holds

# fault → the AAAA records of the site's name instead of its own
_INSTEAD: Mapping[str, list[str]] = {
    "no-aaaa": [],
    "aaaa-is-ipv4-mapped": ["::ffff:192.0.2.80"],
    "aaaa-is-link-local": ["fe80::80"],
    "aaaa-is-unique-local": ["fd00::80"],
    "aaaa-of-a-dead-address": [DEAD],
    "one-of-two-aaaa-is-dead": ["2001:db8:80::1", DEAD],
    "one-aaaa-is-unique-local": ["2001:db8:80::1", "fd00::80"],
}


@dataclass(frozen=True, slots=True)
class NameServer:
    """One server: the zones it is responsible for, by apex."""

    name: str
    v6: str
    v4: str
    zones: Mapping[str, Zone] = field(default_factory=dict)
    recursive: bool = False


def tree(faults: Deviations) -> tuple[NameServer, ...]:
    """Every server with its zones, as the faults in force leave them."""
    leaf = _leaf(faults)
    second = _leaf(faults)
    if "second-server-has-an-old-zone" in faults:
        second[WWW]["AAAA"] = [OTHER]
    if "second-server-has-no-aaaa" in faults:
        second[WWW].pop("AAAA", None)
    lame = "second-server-is-lame" in faults
    zones: dict[str, dict[str, Zone]] = {
        ROOT_SERVER: {".": _root()},
        CN_SERVER: {"cn.": _cn(faults)},
        GOV_SERVER: {"gov.cn.": _gov(faults)},
        NS1: {DOMAIN: leaf},
        NS2: {} if lame else {DOMAIN: second},
        RESOLVER: {DOMAIN: leaf},
    }
    return tuple(
        NameServer(name, v6, v4, zones[name], recursive=name == RESOLVER) for name, (v6, v4) in SERVERS.items()
    )


def _both(zone: Zone, name: str, *, v6: bool = True) -> None:
    """The addresses of a name server, as glue or as its own records."""
    zone.setdefault(name, {})["A"] = [SERVERS[name][1]]
    if v6:
        zone[name]["AAAA"] = [SERVERS[name][0]]


def _apex(zone: str, server: str) -> dict[str, list[str]]:
    return {
        "SOA": [f"{server} hostmaster.{zone if zone != '.' else ''} 2026010101 7200 900 1209600 300"],
        "NS": [server],
    }


def _root() -> Zone:
    zone: Zone = {".": _apex(".", ROOT_SERVER), "cn.": {"NS": [CN_SERVER]}}
    _both(zone, ROOT_SERVER)
    _both(zone, CN_SERVER)
    return zone


def _cn(faults: Deviations) -> Zone:
    zone: Zone = {"cn.": _apex("cn.", CN_SERVER), "gov.cn.": {"NS": [GOV_SERVER]}}
    _both(zone, CN_SERVER)
    _both(zone, GOV_SERVER, v6="parent-zone-has-no-ipv6-server" not in faults)
    return zone


def _gov(faults: Deviations) -> Zone:
    zone: Zone = {"gov.cn.": _apex("gov.cn.", GOV_SERVER), DOMAIN: {"NS": [NS1, NS2]}}
    _both(zone, GOV_SERVER)
    none = "parent-has-no-aaaa-glue" in faults
    _both(zone, NS1, v6=not none)
    _both(zone, NS2, v6=not none and not (_single(faults) or "glue-of-one-server-only" in faults))
    return zone


def _single(faults: Deviations) -> bool:
    return "single-ipv6-name-server" in faults


def _leaf(faults: Deviations) -> Zone:
    zone: Zone = {DOMAIN: {**_apex(DOMAIN, NS1), "NS": [NS1, NS2]}}
    for host, (v6, v4) in HOSTS.items():
        zone[host] = {"A": list(v4), **({"AAAA": list(v6)} if v6 else {})}
    for fault, records in _INSTEAD.items():
        if fault in faults:
            zone[WWW]["AAAA"] = records
    for fault, host in (
        ("sub-host-without-aaaa", SERVICE),
        ("static-host-without-aaaa", STATIC),
        ("app-host-without-aaaa", API),
    ):
        if fault in faults:
            zone[host].pop("AAAA")
    zone[WWW] = {t: r for t, r in zone[WWW].items() if r}
    zone[OLD] = {"CNAME": [WWW]}
    zone[BIG] = {"TXT": [f'"{n:02d} {"x" * 240}"' for n in range(8)]}
    _both(zone, NS1)
    _both(zone, NS2, v6=not _single(faults))
    return zone

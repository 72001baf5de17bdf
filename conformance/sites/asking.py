"""Asking one name server one thing, and the control that the tester's own IPv6 works before anything is judged by it."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.codes.address_space import Address, special
from conformance.model.exchange import VANTAGE, Request
from conformance.model.verdict import Cause
from conformance.probe import dns
from conformance.probe.dns import Reply
from conformance.run.context import Procedure
from conformance.target.access import written

_PORT = 53
_TRIES = 3  # as dig has it
_MOST_ROOTS = 3  # asked before the tester's IPv6 is called unusable
ENVIRONMENT = "vantage"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to one server: over which family, and what it said."""

    server: str
    address: Address
    reply: Reply

    @property
    def where(self) -> str:
        return f"{self.server.rstrip('.') or '根'}（{self.address}）"


def ask(
    check: Procedure,
    server: str,
    address: Address,
    name: str,
    type_: str,
    *,
    transport: str = "udp",
    fresh: bool = False,
) -> Asked:
    """One question as a resolver asks it: patiently, without EDNS where a server is from before it (RFC 6891 section 7),
    and over TCP where the answer was truncated (RFC 7766)."""
    reply = patiently(check, address, name, type_, transport=transport, fresh=fresh)
    if reply.rcode == "FORMERR":
        reply = patiently(check, address, name, type_, transport=transport, bufsize=0, fresh=fresh)
    if reply.truncated and transport == "udp":
        reply = patiently(check, address, name, type_, transport="tcp", fresh=fresh)
    return Asked(server, address, reply)


def patiently(
    check: Procedure,
    address: Address,
    name: str,
    type_: str,
    *,
    transport: str = "udp",
    recursion: bool = False,
    bufsize: int = 1232,
    fresh: bool = False,
) -> Reply:
    """One message, sent again while nothing comes back: one lost packet is no finding."""
    for _ in range(_TRIES):
        reply = once(
            check, address, name, type_, transport=transport, recursion=recursion, bufsize=bufsize, fresh=fresh
        )
        if reply.fault not in ("timeout", "connect-timeout"):
            break
    return reply


def once(
    check: Procedure,
    address: Address,
    name: str,
    type_: str,
    *,
    transport: str = "udp",
    recursion: bool = False,
    bufsize: int = 1232,
    fresh: bool = False,
) -> Reply:
    """One message, whatever becomes of it."""
    request = dns.query(
        written(address, _PORT),
        name,
        type_,
        transport=transport,
        recursion=recursion,
        bufsize=bufsize,
        timeout=float(check.parameter("dns_timeout")),
    )
    return dns.read(check.send("dns_query", [request], fresh=fresh)[0])


def usable(check: Procedure, address: Address) -> str:
    """Why an address that a name server gave is not contacted, or "": a system names no address inside our own network."""
    return special(address, allowed(check))


def allowed(check: Procedure) -> tuple[str, ...]:
    """Special-purpose prefixes that this laboratory uses as if they were global."""
    return tuple(str(prefix) for prefix in check.optional("lab_prefixes") or ())


def roots(check: Procedure, version: int) -> list[Address]:
    given = [ipaddress.ip_address(str(text)) for text in check.parameter("roots")]
    return [address for address in given if address.version == version]


def stand(check: Procedure) -> dict[str, Any]:
    """测点: where the tester stands, recorded with the check."""
    towards = [written(a, _PORT) for version in (6, 4) for a in roots(check, version)[:1]]
    request = Request(VANTAGE, f"vantage:///?towards={','.join(towards)}")
    response = check.send("vantage", [request])[0].response
    return dict(json.loads(response.body)) if response is not None else {}


def need_ipv6(check: Procedure) -> None:
    """The positive control of everything that is asked over IPv6: a root server answers over it. Else 无法判定, and the
    environment is to blame: a tester without IPv6 finds every site without it."""
    ways = [w for w in stand(check).get("ways", ()) if not str(w.get("towards", "")).find("[")]
    problem = next((str(w["problem"]) for w in ways if w.get("problem")), "")
    said = [problem] if problem else []
    if not problem:
        for address in roots(check, 6)[:_MOST_ROOTS]:
            reply = ask(check, ".", address, ".", "NS").reply
            if reply.answered:
                return
            said.append(f"{address}: {reply.said}")
    check.stop(
        Cause.ENVIRONMENT,
        "测点没有可用的 IPv6：根服务器经 IPv6 没有应答，不能据此判定被测系统",
        expected="至少一个根服务器经 IPv6 应答",
        actual="；".join(said) or "没有给出 IPv6 根服务器",
        blocked_by=ENVIRONMENT,
    )


def first_answer(check: Procedure, servers: Sequence[tuple[str, Address]], name: str, type_: str) -> list[Asked]:
    """Every question asked, up to the first server that gives an authoritative answer or denial."""
    asked: list[Asked] = []
    for server, address in servers:
        asked.append(ask(check, server, address, name, type_))
        reply = asked[-1].reply
        if reply.authoritative and reply.rcode in ("NOERROR", "NXDOMAIN"):
            break
    return asked

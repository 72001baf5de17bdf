"""Who is calling: the peer, what a trusted proxy says about it, and what is done with it: log, limit, session."""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from collections.abc import Mapping

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_api import addresses
from conformance.specimen.ipv6_api.addresses import Address
from conformance.specimen.ipv6_api.outcome import Refusal

BURST = 3
WINDOW = 60.0
PREFIX = 64
_MOST_LOGGED = 10_000
_BRACKETED = re.compile(r"\[([^\]]*)\](?::\d{1,5})?")
_FOUR_PORT = re.compile(r"([0-9.]+)(?::\d{1,5})?")


class Clients:
    """Peers on loopback are the proxies of this service, and what they say of the client is believed."""

    def __init__(self, faults: Deviations) -> None:
        self._faults = faults
        self._log: list[dict[str, str]] = []
        self._used: dict[str, tuple[float, int]] = {}
        self._sessions: dict[str, int] = {}

    def client(self, peer: str, headers: Mapping[str, str]) -> str:
        """The client's address as text: canonical, an IPv4-mapped one as IPv4."""
        found = addresses.parse_any(peer.partition("%")[0])
        if "mapped-not-normalised" in self._faults and peer.startswith("::ffff:"):
            return peer
        said = headers.get("x-forwarded-for", "").split(",")[0].strip()
        if said and found is not None and (found.is_loopback or found.ipv4_mapped):
            if "xff-cut-at-the-first-colon" in self._faults:
                return said.split(":")[0]
            if "xff-cut-at-the-last-colon" in self._faults:
                return said.rsplit(":", 1)[0].strip("[]")
            bracketed = None if "xff-brackets-not-understood" in self._faults else _BRACKETED.fullmatch(said)
            inside = bracketed or _FOUR_PORT.fullmatch(said)
            told = addresses.parse_any(inside[1] if inside else said)
            found = told or found
        return peer if found is None else addresses.host(found)

    def note(self, client: str, mark: str) -> None:
        del self._log[: len(self._log) - _MOST_LOGGED]
        self._log.append({"client": client[:15] if "log-cut-at-15" in self._faults else client, "mark": mark})

    def logged(self, mark: str) -> list[dict[str, str]]:
        return [entry for entry in self._log if entry["mark"] == mark]

    def count(self, client: str) -> None:
        """One more call; Refusal 429 when the client's network has had its burst."""
        length = PREFIX
        if "limit-per-address" in self._faults:
            length = 128
        elif "limit-per-site" in self._faults:
            length = 32
        key, now = str(_network(client, length)), time.monotonic()
        start, used = self._used.get(key, (now, 0))
        if now - start >= WINDOW:
            start, used = now, 0
        self._used[key] = start, used + 1
        if used >= BURST:
            raise Refusal(429, "请求过于频繁")

    def open(self, client: str) -> str:
        name = secrets.token_hex(8)
        self._sessions[name] = self._bound(client)
        return name

    def check(self, name: str, client: str) -> None:
        if name not in self._sessions or self._sessions[name] != self._bound(client):
            raise Refusal(401, "会话无效")

    def _bound(self, client: str) -> int:
        return _network(client, 128 if "session-bound-to-address" in self._faults else PREFIX)


def _network(client: str, length: int) -> int:
    """The part of an address that names its network; an IPv4 address counts as a whole."""
    try:
        return int(ipaddress.IPv4Address(client))
    except ValueError:
        address = addresses.parse(client) or Address(0)
        return int(address) >> 128 - length << 128 - length


def forwarded(peer: str, before: str, faults: Deviations) -> str:
    """The Forwarded field (RFC 7239) with this proxy's element added to what came in."""
    address = addresses.parse_any(peer)
    node = f"for={peer}"
    if address is not None:
        text = addresses.host(address)
        node = f"for={text}"
        if ":" in text:
            inside = address.exploded if "forwarded-in-full" in faults else text
            node = f'for="{inside}"' if "forwarded-without-brackets" in faults else f'for="[{inside}]"'
    field = f"{before}, {node}" if before else node
    return field.replace('"', "") if "forwarded-without-quotes" in faults else field

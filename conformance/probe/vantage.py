"""Where the tester stands: its addresses of both families, its resolvers, and whether its IPv6 is native or tunnelled.

Nothing is sent. A datagram socket is connected to the address in question, and the kernel says which source address
and so which interface it would use (RFC 6724). The answer is evidence like any other, so that a record tells from
where it was made. Linux only where it reads /proc and /sys; elsewhere those members are missing, and said to be.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from conformance.codes import address_space
from conformance.model.exchange import Response
from conformance.probe import direct, family

_MOST = 8
# ARPHRD_* of linux/if_arp.h whose packets travel inside other packets.
_TUNNELS = {768: "IPIP 隧道", 769: "IPv6-in-IPv6 隧道", 776: "6in4 (sit) 隧道", 778: "GRE 隧道", 823: "GRE 隧道",
            65534: "无链路层的设备（tun、WireGuard 等）"}  # fmt: skip


def look(url: str, routes: Mapping[str, str]) -> Response:
    """`vantage:///?towards=[2001:db8::53]:53,192.0.2.53:53` → what this machine is, as JSON."""
    towards = parse_qs(urlsplit(url).query).get("towards", [""])[0].split(",")[:_MOST]
    found: dict[str, Any] = {
        "ways": [_way(endpoint, routes) for endpoint in towards if endpoint],
        "resolvers": _resolvers(),
        "routed": bool(routes),
    }
    return Response(0, (), json.dumps(found, ensure_ascii=False, sort_keys=True).encode(), "VANTAGE")


def _way(endpoint: str, routes: Mapping[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {"towards": endpoint}
    try:
        place = family.locate(endpoint, routes)
        out["family"] = f"IPv{place.address.version}"
        source = ipaddress.ip_address(direct.local(place).partition("%")[0])
    except family.Refusal as refusal:
        return {**out, "problem": refusal.fault.message}
    interface = _interface(source) if source.version == 6 else ""
    out |= {"source": str(source), "interface": interface, "tunnel": _tunnelled(source, interface)}
    mtu = _read(f"/sys/class/net/{interface}/mtu") if interface else ""
    return {**out, "mtu": int(mtu)} if mtu.isdigit() else out


def _tunnelled(source: address_space.Address, interface: str) -> str:
    """By the form of the address or by the kind of the interface; "" when neither says so."""
    kind = _read(f"/sys/class/net/{interface}/type") if interface else ""
    return address_space.tunnel(source) or (_TUNNELS.get(int(kind), "") if kind.isdigit() else "")


def _interface(source: address_space.Address) -> str:
    """The interface that holds an IPv6 address (/proc/net/if_inet6: address, …, name)."""
    wanted = f"{int(source):032x}"
    for line in _read("/proc/net/if_inet6").splitlines():
        words = line.split()
        if len(words) == 6 and words[0] == wanted:
            return words[5]
    return ""


def _resolvers() -> list[str]:
    lines = _read("/etc/resolv.conf").splitlines()
    return [line.split()[1] for line in lines if line.startswith("nameserver") and len(line.split()) > 1][:_MOST]


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace").strip()
    except OSError:
        return ""

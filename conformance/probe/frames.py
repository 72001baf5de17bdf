"""Building and reading IPv6 packets with scapy, which is loaded when the first packet is made (the extra `packet`).

Every builder gives a whole IPv6 packet, right in every field; what a check breaks, it breaks by an argument, one thing a
packet. Checksums are computed for what is sent, so a wrong length or code never brings a wrong checksum along.
"""

from __future__ import annotations

import ipaddress
import warnings
from functools import cache
from types import SimpleNamespace
from typing import Any

from conformance.errors import MissingExtra

ALL_NODES, ALL_ROUTERS, MLD_ROUTERS = (
    "ff02::1",
    "ff02::2",
    "ff02::16",
)  # RFC 4291 section 2.7.1; RFC 3810 section 5.2.14
UNSPECIFIED = "::"
ND_HOP_LIMIT = 255  # RFC 4861 section 7.1.1
MINIMUM_MTU = 1280  # RFC 8200 section 5
DESTINATION_UNREACHABLE, PACKET_TOO_BIG, TIME_EXCEEDED, PARAMETER_PROBLEM = 1, 2, 3, 4  # RFC 4443 section 2.1
ECHO_REQUEST, ECHO_REPLY = 128, 129
ROUTER_SOLICIT, ROUTER_ADVERT, NEIGHBOR_SOLICIT, NEIGHBOR_ADVERT, REDIRECT, MLD2_REPORT = 133, 134, 135, 136, 137, 143
HOP_BY_HOP, ROUTING, FRAGMENT, NO_NEXT, DESTINATION, ICMPV6, TCP_, UDP_ = 0, 43, 44, 59, 60, 58, 6, 17


@cache
def scapy() -> Any:
    """The layers that are used, by their scapy names. MissingExtra when scapy is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of scapy's own imports; nothing of ours happens in here
            from scapy.layers import inet, inet6, l2
            from scapy.packet import NoPayload, Raw
    except ImportError:
        raise MissingExtra("scapy", "packet") from None
    names = {**vars(inet), **vars(inet6), "Ether": l2.Ether, "Raw": Raw, "NoPayload": NoPayload}
    return SimpleNamespace(**{k: v for k, v in names.items() if not k.startswith("__")})


def ether(source: str, destination: str, packet: Any) -> bytes:
    """A frame of the packet. Built once: what is sent is what is stored."""
    return bytes(scapy().Ether(src=source, dst=destination, type=0x86DD) / packet)


def describe(frame: bytes) -> str:
    """One line for a reader: addresses, hop limit, layers."""
    try:
        packet = scapy().Ether(frame).getlayer(scapy().IPv6)
        layers = packet.payload.summary() if len(packet.payload) else ""
        return f"{packet.src} > {packet.dst} hlim {packet.hlim} plen {packet.plen}: {layers}"[:300]
    except Exception:  # noqa: BLE001 - frames are hostile input, and a dissector may fail on them in any way
        return f"{len(frame)} 字节，不能解析"


def written(frame: bytes) -> str:
    """The frame as a scapy expression: how to send it again by hand."""
    try:
        return str(scapy().Ether(frame).command())[:3000]
    except Exception:  # noqa: BLE001 - as above
        return f"Ether(bytes.fromhex('{frame.hex()}'))"


# Addresses -------------------------------------------------------------------------------------------------


def solicited(address: str) -> str:
    """The solicited-node multicast address (RFC 4291 section 2.7.1)."""
    return str(
        ipaddress.IPv6Address(
            int(ipaddress.IPv6Address("ff02::1:ff00:0")) | int(ipaddress.IPv6Address(address)) & 0xFFFFFF
        )
    )


def group_mac(address: str) -> str:
    """33-33 and the last four octets (RFC 2464 section 7)."""
    return "33:33:" + ":".join(f"{b:02x}" for b in ipaddress.IPv6Address(address).packed[-4:])


def mac_octets(text: str) -> bytes:
    return bytes(int(part, 16) for part in text.split(":"))


def is_group(address: str) -> bool:
    return ipaddress.IPv6Address(address).is_multicast


def eui64(mac: str) -> int:
    """The modified EUI-64 interface identifier of a 48-bit MAC address (RFC 4291 appendix A)."""
    octets = mac_octets(mac)
    return int.from_bytes(bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:])


def packed(address: str) -> bytes:
    """The sixteen octets of an address."""
    return ipaddress.IPv6Address(address).packed


def same(a: str, b: str) -> bool:
    return ipaddress.IPv6Address(a) == ipaddress.IPv6Address(b)


# Packets ---------------------------------------------------------------------------------------------------


def ip(source: str, destination: str, payload: Any = None, **fields: Any) -> Any:
    """An IPv6 header and what follows; hop limit 64 unless said otherwise."""
    packet = scapy().IPv6(src=source, dst=destination, **{"hlim": 64, **fields})
    return packet if payload is None else packet / payload


def echo(number: int, sequence: int, data: bytes, **fields: Any) -> Any:
    """An Echo Request (RFC 4443 section 4.1), to be put behind headers."""
    return scapy().ICMPv6EchoRequest(id=number, seq=sequence, data=data, **fields)


def icmp(kind: int, code: int, body: bytes) -> Any:
    """An ICMPv6 message of any type, its checksum computed by scapy when it is sent."""
    return scapy().ICMPv6Unknown(type=kind, code=code, msgbody=body)


def udp(source_port: int, port: int, data: bytes, **fields: Any) -> Any:
    return scapy().UDP(sport=source_port, dport=port, **fields) / scapy().Raw(data)


def option(kind: int) -> Any:
    """A destination or hop-by-hop option that nobody knows: type, length 4, four zero octets (RFC 8200 section 4.2)."""
    return scapy().HBHOptUnknown(otype=kind, optlen=4, optdata=bytes(4))


def destination_options(*options: Any) -> Any:
    return scapy().IPv6ExtHdrDestOpt(options=list(options))


def hop_by_hop(*options: Any) -> Any:
    return scapy().IPv6ExtHdrHopByHop(options=list(options))


def routing(kind: int, left: int) -> Any:
    """A routing header of the given type with one reserved word after the fixed part (RFC 8200 section 4.4)."""
    return scapy().IPv6ExtHdrRouting(type=kind, segleft=left, len=2, addresses=["::1"])


def fragment(number: int, offset: int, more: bool, following: int, data: bytes) -> Any:
    """A Fragment header (RFC 8200 section 4.5); `offset` in octets, a multiple of 8."""
    return scapy().IPv6ExtHdrFragment(id=number, offset=offset // 8, m=int(more), nh=following) / scapy().Raw(data)


def upper(source: str, destination: str, payload: Any) -> bytes:
    """The octets of an upper-layer message with the checksum it has between these two, to be cut into fragments."""
    return bytes(ip(source, destination, payload))[40:]


def solicit(
    source: str,
    destination: str,
    target: str,
    mac: str | None,
    *,
    code: int = 0,
    hlim: int = ND_HOP_LIMIT,
    **fields: Any,
) -> Any:
    """A Neighbor Solicitation (RFC 4861 section 4.3); `mac`: the source link-layer address option, None for none."""
    s = scapy()
    packet = ip(source, destination, s.ICMPv6ND_NS(tgt=target, code=code, **fields), hlim=hlim)
    return packet / s.ICMPv6NDOptSrcLLAddr(lladdr=mac) if mac else packet


def advertise(
    source: str, destination: str, target: str, mac: str, *, solicited_: bool = True, router: bool = False
) -> Any:
    """A Neighbor Advertisement (RFC 4861 section 4.4). scapy would set R by itself; here nothing is left to it."""
    s = scapy()
    body = s.ICMPv6ND_NA(tgt=target, R=int(router), S=int(solicited_), O=1)
    return ip(source, destination, body, hlim=ND_HOP_LIMIT) / s.ICMPv6NDOptDstLLAddr(lladdr=mac)


def router_advert(
    source: str,
    mac: str,
    *options: Any,
    lifetime: int = 0,
    reachable: int = 0,
    retrans: int = 0,
    hlim: int = ND_HOP_LIMIT,
) -> Any:
    """A Router Advertisement to all nodes (RFC 4861 section 4.2); a lifetime of 0 makes nobody's default router."""
    s = scapy()
    body = s.ICMPv6ND_RA(
        chlim=64, M=0, O=0, H=0, prf=0, P=0, routerlifetime=lifetime, reachabletime=reachable, retranstimer=retrans
    )
    packet = ip(source, ALL_NODES, body, hlim=hlim) / s.ICMPv6NDOptSrcLLAddr(lladdr=mac)
    for one in options:
        packet = packet / one
    return packet


def prefix(network: str, length: int = 64, *, valid: int = 60, preferred: int = 60, autonomous: bool = True) -> Any:
    """A Prefix Information option (RFC 4861 section 4.6.2)."""
    return scapy().ICMPv6NDOptPrefixInfo(
        prefix=network, prefixlen=length, L=1, A=int(autonomous), R=0, validlifetime=valid, preferredlifetime=preferred
    )


def mtu_option(value: int) -> Any:
    return scapy().ICMPv6NDOptMTU(mtu=value)


def redirect(source: str, destination: str, target: str, towards: str, mac: str, *, hlim: int = ND_HOP_LIMIT) -> Any:
    """A Redirect of `towards` to the neighbour `target` with its MAC address (RFC 4861 section 4.5)."""
    s = scapy()
    return ip(source, destination, s.ICMPv6ND_Redirect(tgt=target, dst=towards), hlim=hlim) / s.ICMPv6NDOptDstLLAddr(
        lladdr=mac
    )


def too_big(source: str, destination: str, mtu: int, quoted: bytes) -> Any:
    """A Packet Too Big (RFC 4443 section 3.2) that quotes a packet, within the minimum MTU."""
    s = scapy()
    return ip(source, destination, s.ICMPv6PacketTooBig(mtu=mtu) / s.Raw(quoted[: MINIMUM_MTU - 48]))


def unreachable(code: int, quoted: bytes) -> Any:
    """A Destination Unreachable (RFC 4443 section 3.1) that quotes a packet, to be put behind headers."""
    s = scapy()
    return s.ICMPv6DestUnreach(code=code) / s.Raw(quoted[: MINIMUM_MTU - 48])


def query(source: str) -> Any:
    """An MLDv2 General Query that wants answers at once (RFC 3810 section 5.1), with Router Alert (section 5)."""
    s = scapy()
    head = ip(source, ALL_NODES, hlim=1) / s.IPv6ExtHdrHopByHop(options=[s.RouterAlert()])
    return head / s.ICMPv6MLQuery2(mladdr="::", mrd=100, sources=[])


# Reading ---------------------------------------------------------------------------------------------------


def walk(packet: bytes) -> tuple[int, bytes]:
    """(protocol, octets) of the upper layer of an IPv6 packet, past extension headers; (44, …) of a fragment of more."""
    if len(packet) < 40:
        return NO_NEXT, b""
    kind, at = packet[6], 40
    while kind in (HOP_BY_HOP, ROUTING, DESTINATION, FRAGMENT) and at + 8 <= len(packet):
        if kind == FRAGMENT:
            if int.from_bytes(packet[at + 2 : at + 4]) & 0xFFF9:
                break
            kind, at = packet[at], at + 8
        else:
            kind, at = packet[at], at + 8 * (packet[at + 1] + 1)
    return kind, packet[at:]

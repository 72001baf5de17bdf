"""What an IP address is for, before anything is sent to it: global unicast, or one of the special-purpose blocks.

The blocks are those of the IANA special-purpose registries (RFC 6890 and its updates) and of RFC 4291 section 2.4.
An IPv4-mapped address comes first in every question: a socket of the IPv6 family would carry it over IPv4
(RFC 4291 section 2.5.5.2), and whatever was measured then would not be IPv6.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_V6 = tuple(
    (ipaddress.IPv6Network(block), word)
    for block, word in (
        ("::ffff:0:0/96", "IPv4 映射地址 (RFC 4291 2.5.5.2)"),
        ("::/128", "未指定地址 (RFC 4291 2.5.2)"),
        ("::1/128", "环回地址 (RFC 4291 2.5.3)"),
        ("::/96", "IPv4 兼容地址，已废止 (RFC 4291 2.5.5.1)"),
        ("64:ff9b:1::/48", "本地使用的 IPv4/IPv6 转换地址 (RFC 8215)"),
        ("100::/64", "丢弃用地址 (RFC 6666)"),
        ("2001:db8::/32", "文档用地址 (RFC 3849)"),
        ("3fff::/20", "文档用地址 (RFC 9637)"),
        ("2001:10::/28", "ORCHID，已废止 (RFC 4843)"),
        ("2001:2::/48", "性能测试用地址 (RFC 5180)"),
        ("fc00::/7", "唯一本地地址 (RFC 4193)"),
        ("fe80::/10", "链路本地地址 (RFC 4291 2.5.6)"),
        ("fec0::/10", "站点本地地址，已废止 (RFC 3879)"),
        ("ff00::/8", "组播地址 (RFC 4291 2.7)"),
    )
)
_TUNNELS = (
    (ipaddress.IPv6Network("2002::/16"), "6to4 (RFC 3056)"),
    (ipaddress.IPv6Network("2001::/32"), "Teredo (RFC 4380)"),
)
_GLOBAL = ipaddress.IPv6Network("2000::/3")  # what IANA has allocated for global unicast (RFC 4291 section 2.4)
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # globally reachable by its registry entry (RFC 6052)


def special(address: Address, allowed: Iterable[str] = ()) -> str:
    """Why this is no globally routable unicast address, in words; "" when it is one, or lies in an `allowed` prefix.

    A mapped address is never allowed.
    """
    mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None
    if not mapped and any(address in ipaddress.ip_network(prefix, strict=False) for prefix in allowed):
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return "" if address.is_global and not address.is_multicast else "不是可全球路由的 IPv4 单播地址 (RFC 6890)"
    for network, word in _V6:
        if address in network:
            return word
    return "" if address in _GLOBAL or address in _TRANSLATED else "未分配作全球单播的地址 (RFC 4291 2.4)"


def tunnel(address: Address) -> str:
    """The automatic tunnel that this address belongs to by its form, or ""."""
    return next((word for network, word in _TUNNELS if address in network), "") if address.version == 6 else ""

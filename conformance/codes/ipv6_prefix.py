"""IPv6 前缀的文本 (RFC 4291 section 2.3) and the arithmetic of prefixes."""

from __future__ import annotations

import re

from conformance.codes import ipv6
from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

SLASH = Rule("6P1", "slash", "地址和长度之间恰有一个“/”", "A", "RFC 4291 2.3")
ADDRESS = Rule("6P2", "address", "“/”之前是完整的 IPv6 地址，末尾的零组不可略去", "A", "RFC 4291 2.3")
LENGTH = Rule("6P3", "length", "长度是 0–128 的十进制数，没有符号和前导零", "A", "RFC 4291 2.3")
RULES = (SLASH, ADDRESS, LENGTH)
_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")


def parse(text: object) -> tuple[int, int] | None:
    """(address as written, length), or None. Bits beyond the length are kept: `network` removes them."""
    return _read(text)[0]


def _read(text: object) -> tuple[tuple[int, int] | None, tuple[Finding, ...]]:
    if not isinstance(text, str):
        return None, not_text("ipv6-prefix", text, RULES, "IPv6 前缀").failed
    said, parts = f"“{shown(text, 80)}”", text.split("/")
    if len(parts) != 2:
        return None, (Finding(SLASH, f"{said}违反：{SLASH.text}", SLASH.text, shown(text, 80)),)
    address = ipv6.parse(parts[0])
    good = _LENGTH.fullmatch(parts[1]) is not None and int(parts[1]) <= ipv6.WIDTH
    if address is not None and good:
        return (address, int(parts[1])), ()
    return None, tuple(
        Finding(rule, f"{said}违反：{rule.text}", rule.text, shown(text, 80))
        for rule, bad in ((ADDRESS, address is None), (LENGTH, not good))
        if bad
    )


def examine(value: object) -> Examination:
    """Rules 6P1–6P3. Parts: network (canonical, host bits cleared), length."""
    read, failed = _read(value)
    if read is None:
        return Examination("ipv6-prefix", value, failed, unchecked=RULES[1:] if failed[0].rule is SLASH else ())
    address, length = read
    return Examination("ipv6-prefix", value, parts={"network": canonical(address, length), "length": str(length)})


def network(address: int, length: int) -> int:
    """The address with every bit beyond the prefix cleared."""
    free = ipv6.WIDTH - length
    return address >> free << free


def last(address: int, length: int) -> int:
    """The highest address of the prefix."""
    return network(address, length) | (1 << ipv6.WIDTH - length) - 1


def covers(prefix: tuple[int, int], address: int) -> bool:
    return network(*prefix) == network(address, prefix[1])


def canonical(address: int, length: int) -> str:
    """The prefix as RFC 5952 section 7 has it printed, host bits cleared."""
    return f"{ipv6.canonical(network(address, length))}/{length}"


def edges(address: int, length: int) -> tuple[tuple[int, bool], ...]:
    """(address, inside): first and last of the prefix, and their neighbours outside where there are any."""
    low, high = network(address, length), last(address, length)
    out = [(low, True), (high, True)]
    if low > 0:
        out.append((low - 1, False))
    if high < (1 << ipv6.WIDTH) - 1:
        out.append((high + 1, False))
    return tuple(out)

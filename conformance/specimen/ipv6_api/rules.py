"""Access rules: prefixes as they are written, printed, and matched bit by bit."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_api.addresses import Address, parse, parse_any, plain
from conformance.specimen.ipv6_api.outcome import Refusal

_LENGTH = re.compile("0|[1-9][0-9]{0,2}")
_TWO_AND_ONE = re.compile("[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}::[0-9A-Fa-f]{1,4}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One prefix over 128 bits; an IPv4 prefix is kept as one of mapped addresses. `text` is what was submitted."""

    text: str
    address: Address
    length: int
    four: bool

    @property
    def network(self) -> ipaddress.IPv6Network:
        return ipaddress.IPv6Network((int(self.address), self.length), strict=False)


def read(text: object, faults: Deviations) -> Rule:
    """The rule of a prefix, or of a single address; Refusal 400 for anything else."""
    if not isinstance(text, str):
        raise Refusal(400, "前缀应为文本")
    head, mark, tail = text.partition("/")
    if "short-prefix-accepted" in faults and mark and "::" not in head and 0 < head.count(":") < 7:
        head += "::"
    if "inner-zeros-refused" in faults and mark and "::" in head.rstrip(":"):
        raise Refusal(400, "不是地址前缀")
    four = ":" not in head
    address = parse_any(head) if four else parse(head)
    widest = 32 if four else 128
    if "prefix-length-not-checked" in faults and mark:
        tail = str(min(widest, int(tail))) if tail.isdecimal() else str(widest)
    if address is None or (mark and (not _LENGTH.fullmatch(tail) or int(tail) > widest)):
        raise Refusal(400, "不是地址前缀")
    length = int(tail) if mark else widest
    if "prefix-padded-on-the-left" in faults and mark and _TWO_AND_ONE.fullmatch(head):
        # as if zeros could be dropped at the end of the prefix: 2001:db8::cd30/60 for 2001:db8:0:cd30::/60
        address = Address((int(address) & 0xFFFF) << 64 | int(address) >> 80 << 80)
    return Rule(text, address, length + 96 if four else length, four)


def shown(rule: Rule, faults: Deviations) -> str:
    """The rule as it is printed (RFC 5952 section 7), host bits cleared."""
    address = rule.network.network_address
    if rule.four:
        return f"{ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)}/{rule.length - 96}"
    return f"{address.exploded if 'prefix-printed-in-full' in faults else plain(address)}/{rule.length}"


def matches(rule: Rule, text: str, faults: Deviations) -> bool:
    """Whether an address as it was written falls under the rule; Refusal 400 when it is none."""
    address = parse_any(text)
    if address is None:
        raise Refusal(400, "不是地址")
    if "acl-compares-text" in faults and "/" not in rule.text:
        return rule.text == text
    if "mapped-not-normalised" in faults and rule.four and ":" in text:
        return False
    length = rule.length
    if not rule.four:
        if "every-prefix-is-64" in faults and length not in (0, 128):
            length = 64
        if "prefix-matched-by-bytes" in faults:
            length = length // 8 * 8
    shift = 128 - length
    return int(address) >> shift == int(rule.address) >> shift

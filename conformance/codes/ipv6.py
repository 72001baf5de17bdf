"""IPv6 地址的文本: what RFC 4291 section 2.2 lets people write, and the one form that RFC 5952 recommends to print.

Read from the RFCs and not from a library: the answers of the checks must not be those of the program under test, and
`ipaddress` is what many of those use. `tests/cover/test_codes_ipv6.py` holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

WIDTH = 128
LONGEST_TEXT = 45  # six groups of four digits, and 255.255.255.255; INET6_ADDRSTRLEN counts the final NUL as well

BARE = Rule("6A1", "bare", "只有地址本身：没有空白、方括号、引号、区域标识和前缀长度", "A", "RFC 4291 2.2")
CHARSET = Rule("6A2", "charset", "只用半角十六进制数字、“:”和“.”", "A", "RFC 4291 2.2")
COLONS = Rule("6A3", "colons", "“::”至多一次；单个“:”只在两组之间", "A", "RFC 4291 2.2")
GROUP = Rule("6A4", "group", "每组一至四位十六进制数字", "A", "RFC 4291 2.2")
DOTTED = Rule("6A5", "dotted", "内嵌的 IPv4 部分在最后，是四个 0–255、没有前导零的十进制数", "A", "RFC 4291 2.2")
COUNT = Rule("6A6", "count", "没有“::”时恰为 128 位，有“::”时至少省去一组", "A", "RFC 4291 2.2")
RULES = (BARE, CHARSET, COLONS, GROUP, DOTTED, COUNT)
"""What makes a text an address."""

LEADING = Rule("6C1", "leading-zeros", "各组没有前导零，全零的组写作 0", "A", "RFC 5952 4.1")
MAXIMAL = Rule("6C2", "maximal", "两组以上的连续零用“::”省去，且省尽整段", "A", "RFC 5952 4.2.1")
SINGLE = Rule("6C3", "single", "不用“::”省去单独一组零", "A", "RFC 5952 4.2.2")
LONGEST = Rule("6C4", "longest", "“::”省去最长的一段，等长时省去最先的一段", "A", "RFC 5952 4.2.3")
LOWER = Rule("6C5", "lower", "十六进制字母小写", "A", "RFC 5952 4.3")
MIXED = Rule("6C6", "mixed", "IPv4 映射（以及 64:ff9b::/96）的地址，末 32 位写成点分十进制", "A", "RFC 5952 5")
OUTPUT_RULES = (LEADING, MAXIMAL, SINGLE, LONGEST, LOWER, MIXED)
"""What makes the text of an address the recommended one."""

MAPPED = 0xFFFF  # ::ffff:0:0/96, RFC 4291 2.5.5.2: the upper 96 bits
NAT64 = 0x64FF9B << 64  # 64:ff9b::/96, RFC 6052: the other well-known prefix
_NOT_BARE = re.compile(r"[\x00-\x20\x7f\[\]%/\"']")
_OCTET = r"(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class _Written:
    """An address as it was written: groups before and after `::`, and the dotted tail."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    gap: bool
    dotted: str

    @property
    def omitted(self) -> int:
        return 8 - len(self.left) - len(self.right) - (2 if self.dotted else 0)

    @property
    def groups(self) -> tuple[int, ...]:
        """The groups that are written in hexadecimal, or left out: eight, or six before a dotted tail."""
        written = (*self.left, *["0"] * self.omitted, *self.right)
        return tuple(int(group, 16) for group in written)

    @property
    def value(self) -> int:
        out = 0
        for group in self.groups:
            out = out << 16 | group
        for octet in self.dotted.split(".") if self.dotted else ():
            out = out << 8 | int(octet)
        return out


def parse(text: object) -> int | None:
    """The 128 bits of a text of RFC 4291 section 2.2, or None."""
    written = _read(text)[0]
    return None if written is None else written.value


def _read(text: object) -> tuple[_Written | None, tuple[Finding, ...]]:
    """(what is written, ()) or (None, the rules it breaks)."""
    if not isinstance(text, str):
        return None, not_text("ipv6-address", text, RULES, "IPv6 地址").failed
    said = f"“{shown(text, 80)}”"
    if len(text) > 200 or (odd := _NOT_BARE.search(text)):
        what = f"长 {len(text)} 个字符" if len(text) > 200 else f"含有“{shown(odd[0])}”" if odd else ""
        return None, (Finding(BARE, f"{said}{what}，不是单独的地址", BARE.text, shown(text, 80)),)
    tokens = [token for token in text.split(":") if token]
    tails = [token for token in tokens if "." in token]
    groups = [token for token in tokens if "." not in token]
    gap, count = "::" in text, len(groups) + 2 * len(tails)
    alone = (text.startswith(":") and not text.startswith("::")) or (text.endswith(":") and not text.endswith("::"))
    tail_last = not tails or (len(tails) == 1 and text.endswith(tails[0]))
    broken = {
        CHARSET: not all(c in _HEX or c in ":." for c in text),
        COLONS: ":::" in text or text.count("::") > 1 or alone,
        GROUP: any(len(group) > 4 for group in groups),
        DOTTED: not tail_last or any(not _IPV4.fullmatch(tail) for tail in tails),
        COUNT: count > 7 if gap else count != 8,
    }
    failed = tuple(
        Finding(rule, f"{said}违反：{rule.text}", rule.text, shown(text, 80)) for rule, bad in broken.items() if bad
    )
    if failed:
        return None, failed
    head, _, tail = text.partition("::")
    dotted = tails[0] if tails else ""
    left = tuple(t for t in head.split(":") if t and "." not in t)
    right = tuple(t for t in tail.split(":") if t and "." not in t)
    return _Written(left, right, gap, dotted), ()


def examine(value: object) -> Examination:
    """Rules 6A1–6A6: whether a text is an address. Parts: canonical, integer."""
    written, failed = _read(value)
    if written is None:
        rest = RULES[1:] if failed[0].rule is BARE else ()
        return Examination("ipv6-address", value, failed, unchecked=rest)
    parts = {"canonical": canonical(written.value), "integer": str(written.value)}
    return Examination("ipv6-address", value, parts=parts)


def examine_output(value: object) -> Examination:
    """Rules 6C1–6C6: whether a text is the recommended one of its address. A text that is no address fails as such."""
    written, failed = _read(value)
    if written is None:
        return Examination("ipv6-canonical", value, failed, unchecked=OUTPUT_RULES)
    right = canonical(written.value)
    broken = _deviations(written, str(value))
    failed = tuple(
        Finding(rule, f"{shown(value)} 违反：{rule.text}，推荐写作 {right}", right, str(value)) for rule in broken
    )
    return Examination("ipv6-canonical", value, failed, parts={"canonical": right, "integer": str(written.value)})


def _deviations(written: _Written, text: str) -> list[Rule]:
    groups = written.groups
    runs = zero_runs(groups)
    longest = max((length for _, length in runs), default=0)
    out = []
    if any(len(group) > 1 and group.startswith("0") for group in (*written.left, *written.right)):
        out.append(LEADING)
    if not written.gap:
        if longest > 1:
            out.append(MAXIMAL)
    else:
        at = len(written.left)
        start, length = next(run for run in runs if run[0] <= at < run[0] + run[1])
        if written.omitted < length:
            out.append(MAXIMAL)
        if length == 1:
            out.append(SINGLE)
        if longest > 1 and (start, length) != next(run for run in runs if run[1] == longest):
            out.append(LONGEST)
    if text != text.lower():
        out.append(LOWER)
    if _embeds(written.value) != bool(written.dotted) and not (written.dotted and written.value >> 32 == 0):
        out.append(MIXED)
    return out


def zero_runs(groups: Sequence[int]) -> list[tuple[int, int]]:
    """[(first, length)] of every run of zero groups."""
    runs: list[tuple[int, int]] = []
    for place, group in enumerate(groups):
        if group == 0 and runs and sum(runs[-1]) == place:
            runs[-1] = runs[-1][0], runs[-1][1] + 1
        elif group == 0:
            runs.append((place, 1))
    return runs


def _embeds(value: int) -> bool:
    """Whether the prefix alone says that the last 32 bits are an IPv4 address (RFC 5952 section 5)."""
    return value >> 32 in (MAPPED, NAT64)


def is_mapped(value: int) -> bool:
    return value >> 32 == MAPPED


def canonical(value: int, *, dotted: bool | None = None) -> str:
    """The text of RFC 5952. `dotted` decides about the tail; None: by the prefix."""
    mixed = _embeds(value) if dotted is None else dotted
    groups = [value >> shift & 0xFFFF for shift in range(112, -16, -16)]
    tail = ""
    if mixed:
        groups, tail = groups[:6], ".".join(str(value >> shift & 0xFF) for shift in (24, 16, 8, 0))
    words = [f"{group:x}" for group in groups]
    first, length = max(zero_runs(groups), key=lambda run: (run[1], -run[0]), default=(0, 0))
    end = [tail] if tail else []
    if length < 2:
        return ":".join([*words, *end])
    return f"{':'.join(words[:first])}::{':'.join([*words[first + length :], *end])}"


def accepted(value: int) -> tuple[str, ...]:
    """The texts that count as recommended; the first is RFC 5952's, the other a form that common software prints."""
    other = canonical(value, dotted=not _embeds(value)) if _embeds(value) or value >> 32 == 0 else ""
    return (canonical(value), other) if other else (canonical(value),)


def ipv4(value: int) -> str:
    """The last 32 bits as dotted decimal."""
    return ".".join(str(value >> shift & 0xFF) for shift in (24, 16, 8, 0))


def parse_ipv4(text: object) -> int | None:
    """The 32 bits of a dotted decimal text without leading zeros, or None."""
    if not isinstance(text, str) or not _IPV4.fullmatch(text):
        return None
    out = 0
    for octet in text.split("."):
        out = out << 8 | int(octet)
    return out


def same_host(text: object) -> int | None:
    """The 128 bits of an IPv6 or IPv4 text, an IPv4 address as the mapped one: what an audit compares."""
    four = parse_ipv4(text)
    return parse(text) if four is None else MAPPED << 32 | four


def reverse_name(value: int) -> str:
    """The name under ip6.arpa: nibbles in reverse order (RFC 3596 section 2.5)."""
    return ".".join(reversed(f"{value:032x}")) + ".ip6.arpa"

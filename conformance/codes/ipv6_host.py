"""IPv6 literals beside other things: in a URL, in a Host field (RFC 3986 section 3.2.2), with a zone (RFC 9844)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.codes import ipv6
from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

BRACKETS = Rule("6H1", "brackets", "IPv6 字面量在一对方括号之内", "B", "RFC 3986 3.2.2；RFC 5952 6")
LITERAL = Rule("6H2", "literal", "方括号之内是 IPv6 地址", "B", "RFC 3986 3.2.2")
ZONE = Rule("6H3", "zone", "方括号之内没有区域标识", "A", "RFC 9844 3")
PORT = Rule("6H4", "port", "端口是不大于 65535 的十进制数", "B", "RFC 3986 3.2.3")
END = Rule("6H5", "end", "右方括号之后只能是端口", "B", "RFC 3986 3.2.2")
RULES = (BRACKETS, LITERAL, ZONE, PORT, END)

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)")
_REST = re.compile(r"(?::([^:]*))?")


@dataclass(frozen=True, slots=True)
class Authority:
    """An IPv6 host and its port, None where none was written."""

    address: int
    port: int | None = None

    @property
    def text(self) -> str:
        """The form of RFC 5952 section 6."""
        return f"[{ipv6.canonical(self.address)}]" + ("" if self.port is None else f":{self.port}")


def parse_authority(text: object) -> Authority | None:
    """`[2001:db8::1]:80` → its address and port; None for anything that is no IPv6 literal with or without a port."""
    return _read(text)[0]


def parse_url(text: object) -> Authority | None:
    """The IPv6 host of a URL; None when it has none, or one that is written wrongly."""
    part = authority_of(text)
    return None if part is None else parse_authority(part)


def authority_of(text: object) -> str | None:
    """The part of a URL between `//` and the path, without user information; None when it is no hierarchical URL."""
    found = _URL.match(text) if isinstance(text, str) else None
    return None if found is None else found[2].rpartition("@")[2]


def _read(text: object) -> tuple[Authority | None, tuple[Finding, ...]]:
    if not isinstance(text, str):
        return None, not_text("ipv6-authority", text, RULES, "主机").failed
    broken: list[Rule] = []
    inside, port = "", ""
    end = text.find("]")
    if not text.startswith("[") or end < 0:
        broken.append(BRACKETS)
    else:
        inside, rest = text[1:end], text[end + 1 :]
        inside, zone, _ = inside.partition("%")
        if zone:
            broken.append(ZONE)
        if ipv6.parse(inside) is None:
            broken.append(LITERAL)
        after = _REST.fullmatch(rest)
        if rest and not rest.startswith(":"):
            broken.append(END)
        elif after is None or not _is_port(after[1] or ""):
            broken.append(PORT)
        else:
            port = after[1] or ""
    if not broken:
        return Authority(ipv6.parse(inside) or 0, int(port) if port else None), ()
    said = f"“{shown(text, 80)}”"
    return None, tuple(Finding(rule, f"{said}违反：{rule.text}", rule.text, shown(text, 80)) for rule in broken)


def _is_port(text: str) -> bool:
    return not text or (re.fullmatch(r"[0-9]{1,5}", text) is not None and int(text) <= 65535)


def examine_authority(value: object) -> Examination:
    """Rules 6H1–6H5 of a host with or without a port, as it stands in a Host field."""
    read, failed = _read(value)
    if read is None:
        rest = RULES[1:] if failed[0].rule is BRACKETS else ()
        return Examination("ipv6-authority", value, failed, unchecked=rest)
    return Examination("ipv6-authority", value, parts=_parts(read))


def examine_url(value: object) -> Examination:
    """Rules 6H1–6H5 of the host of a URL."""
    part = authority_of(value)
    if part is None:
        return not_text("ipv6-url", value, RULES, "地址") if not isinstance(value, str) else Examination(
            "ipv6-url", value, (Finding(BRACKETS, f"“{shown(value, 80)}”不是 scheme://主机 形式的地址"),), unchecked=RULES[1:]
        )  # fmt: skip
    read, failed = _read(part)
    if read is None:
        return Examination("ipv6-url", value, failed, unchecked=RULES[1:] if failed[0].rule is BRACKETS else ())
    return Examination("ipv6-url", value, parts=_parts(read))


def _parts(read: Authority) -> dict[str, str]:
    out = {"address": ipv6.canonical(read.address)}
    return out if read.port is None else {**out, "port": str(read.port)}


def split_zone(text: str) -> tuple[str, str | None]:
    """`fe80::1%eth0` → ("fe80::1", "eth0"); the zone is None where there is no `%` (RFC 9844 section 2)."""
    address, mark, zone = text.partition("%")
    return address, zone if mark else None

"""The `Forwarded` header field (RFC 7239): its elements, and how an IPv6 node has to be written in them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.codes import ipv6
from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

SYNTAX = Rule("6F1", "syntax", "由分号和逗号分隔的“名=值”组成，引号成对", "A", "RFC 7239 4")
QUOTED = Rule("6F2", "quoted", "IPv6 地址放在双引号里", "A", "RFC 7239 6")
BRACKETED = Rule("6F3", "bracketed", "IPv6 地址放在方括号里", "A", "RFC 7239 6.1")
NODE = Rule("6F4", "node", "节点是地址、unknown 或下划线开头的标识，可带端口", "A", "RFC 7239 6")
RULES = (SYNTAX, QUOTED, BRACKETED, NODE)

_NODES = ("for", "by")
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the `token` of RFC 9110, no secret
# A value that is no token is read up to the next separator, so that an unquoted IPv6 address is found and named.
_PAIR = re.compile(rf'\s*({_TOKEN})=(?:"((?:[^"\\]|\\.)*)"|([^",;\s]+))\s*')
_BRACKETS = re.compile(r"\[([^\[\]]*)\](?::(\d{1,5}|_[A-Za-z0-9._-]+))?")
_OTHER = re.compile(r"(unknown|_[A-Za-z0-9._-]+|[0-9.]+)(?::(\d{1,5}|_[A-Za-z0-9._-]+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Node:
    """One `for=` or `by=`: as written (`raw`, unquoted), the address where it is one, and the rules it breaks."""

    name: str
    raw: str
    quoted: bool
    address: int | None = None
    text: str = ""  # the address alone, as written
    broken: tuple[Rule, ...] = ()


def parse(field: str) -> tuple[tuple[Node, ...], ...] | None:
    """The nodes of each element, nearest proxy last; None when the field cannot be taken apart at all."""
    elements: list[tuple[Node, ...]] = []
    nodes: list[Node] = []
    at = 0
    while True:
        found = _PAIR.match(field, at)
        if found is None:
            return None
        name = found[1].lower()
        if name in _NODES:
            quoted = found[2] is not None
            raw = re.sub(r"\\(.)", r"\1", found[2]) if quoted else found[3]
            nodes.append(_node(name, raw, quoted))
        at = found.end()
        mark = field[at : at + 1]
        if mark in ("", ","):
            elements.append(tuple(nodes))
            nodes = []
        if mark == "":
            return tuple(elements)
        if mark not in (",", ";"):
            return None
        at += 1


def _node(name: str, raw: str, quoted: bool) -> Node:
    inside = _BRACKETS.fullmatch(raw)
    if inside is not None:
        address = ipv6.parse(inside[1])
        broken = (() if quoted else (QUOTED,)) + (() if address is not None else (NODE,))
        return Node(name, raw, quoted, address, inside[1], broken)
    bare = raw.strip("[]")
    if (address := ipv6.parse(bare)) is not None:
        return Node(name, raw, quoted, address, bare, (BRACKETED,) if quoted else (QUOTED, BRACKETED))
    other = _OTHER.fullmatch(raw)
    four = ipv6.parse_ipv4(other[1]) if other else None
    if other is None or (other[1][0].isdigit() and four is None):
        return Node(name, raw, quoted, broken=(NODE,) if quoted or ":" not in raw else (QUOTED, NODE))
    value = None if four is None else ipv6.MAPPED << 32 | four
    return Node(name, raw, quoted, value, broken=() if quoted or ":" not in raw else (QUOTED,))


def examine(value: object) -> Examination:
    """Rules 6F1–6F4 of a whole field. Parts: first (the client, canonical) and last (the nearest proxy's peer)."""
    if not isinstance(value, str):
        return not_text("forwarded", value, RULES, "Forwarded")
    elements = parse(value)
    if elements is None:
        message = f"“{shown(value, 80)}”违反：{SYNTAX.text}"
        return Examination("forwarded", value, (Finding(SYNTAX, message, SYNTAX.text),), unchecked=RULES[1:])
    broken = {rule: node for element in elements for node in element for rule in node.broken}
    failed = tuple(
        Finding(rule, f"{broken[rule].name}={shown(broken[rule].raw, 60)} 违反：{rule.text}", rule.text)
        for rule in RULES
        if rule in broken
    )
    seen = [n for element in elements for n in element if n.name == "for" and n.address is not None]
    parts = {k: ipv6.canonical(n.address or 0) for k, n in zip(("first", "last"), (seen[0], seen[-1]), strict=True)} if seen else {}  # fmt: skip
    return Examination("forwarded", value, failed, parts=parts)

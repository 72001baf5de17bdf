"""IPv6 addresses in every spelling, prefixes, bracketed hosts, URLs and Forwarded fields; valid, or wrong in one rule."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from conformance.codes import ipv6, ipv6_prefix
from conformance.codes.text import shown
from conformance.errors import ProfileError
from conformance.generate.draw import Strategy, chosen, string, whole

_HEX = "0123456789abcdef"
_DIGIT_FORMS = ("%x", "%04x", "%X", "%04X", "%02x", "%03X")
LENGTHS = (0, 1, 31, 32, 47, 48, 60, 61, 63, 64, 65, 80, 127, 128)
"""Prefix lengths at and beside the places where software breaks."""

DOCUMENTATION = 0x20010DB8 << 96  # 2001:db8::/32, RFC 3849: nobody's address
_FOREIGN = ("g", "G", "x", "_", "-", "\uff11", "\u0661", "\u00e9")  # full-width and Arabic-Indic digits pass `int()`


_SMALL = st.integers(0, 63)  # small on purpose: see `conformance.generate.draw`


def _bits(count: int, *drawn: int) -> int:
    """So many bits made from a few small draws: a draw for every digit would take most of a run's time."""
    return int.from_bytes(hashlib.blake2b(bytes(drawn)).digest()) >> 512 - count if any(drawn) else 0


_GROUPS = (0, 1, 0xDB8, 0x10, 0xABCD, 0xFFFF)  # and, as the last choice, any
_UNIFORM = st.tuples(_SMALL, _SMALL, _SMALL).map(lambda d: _bits(128, *d))
_EMBEDDED = st.tuples(chosen((ipv6.MAPPED, ipv6.NAT64, 0)), _SMALL, _SMALL).map(
    lambda d: d[0] << 32 | _bits(32, *d[1:])
)
_PATTERN = st.tuples(_SMALL, *[st.integers(0, 8)] * 8)


def _sparse(drawn: tuple[int, ...]) -> int:
    """Eight groups, about half of them zero."""
    seed, *groups = drawn
    out = 0
    for place, n in enumerate(groups):
        out = out << 16 | (0 if n > 6 else _bits(16, seed, place, 1) if n == 6 else _GROUPS[n])
    return out


def integers() -> Strategy[int]:
    """128 bits: any, mostly zero groups, or an embedded IPv4 address (the mixture that finds the most)."""
    sparse = _PATTERN.map(_sparse)
    return st.one_of(sparse, sparse, _UNIFORM, _EMBEDDED)


def within(prefix: tuple[int, int]) -> Strategy[int]:
    """Addresses of one prefix."""
    base, mask = ipv6_prefix.network(*prefix), (1 << ipv6.WIDTH - prefix[1]) - 1
    return integers().map(lambda value: base | value & mask)


@st.composite
def spellings(draw: st.DrawFn, values: int | Strategy[int]) -> str:
    """Every text of RFC 4291 section 2.2: digits, case, dotted tail, any run of zeros behind `::` or none.

    One draw decides about the digits of all groups; 0 writes them as short as possible.
    """
    value = values if isinstance(values, int) else draw(values)
    digits, dotted = draw(_SMALL), draw(chosen((False, False, True)))
    groups = [value >> shift & 0xFFFF for shift in range(112, -16, -16)][: 6 if dotted else 8]
    forms = [_DIGIT_FORMS[_bits(16, digits, place) % len(_DIGIT_FORMS) if digits else 0] for place in range(8)]
    words = [form % group for form, group in zip(forms, groups, strict=False)]
    tail = [ipv6.ipv4(value)] if dotted else []
    runs = [
        (first + skip, size)
        for first, length in ipv6.zero_runs(groups)
        for skip in range(length)
        for size in range(1, length - skip + 1)
    ]
    run = draw(chosen([None, *runs])) if runs else None
    if run is None:
        return ":".join([*words, *tail])
    first, size = run
    return f"{':'.join(words[:first])}::{':'.join([*words[first + size :], *tail])}"


def addresses(options: Mapping[str, Any]) -> Strategy[str]:
    """Valid texts: of any address, of one given (`of`), or of one inside a prefix (`within`)."""
    return spellings(_chosen_integers(options))


def _chosen_integers(options: Mapping[str, Any]) -> Strategy[int]:
    if "of" in options:
        value = ipv6.parse(options["of"])
        if value is None:
            raise _unusable(options["of"], "一个 IPv6 地址")
        return st.just(value)
    if "within" in options:
        prefix = ipv6_prefix.parse(options["within"])
        if prefix is None:
            raise _unusable(options["within"], "一个 IPv6 前缀")
        return within(prefix)
    return integers()


def _unusable(value: object, expected: str) -> ProfileError:
    return ProfileError("P305", f"“{shown(value)}”不能用来生成 IPv6 地址", expected=expected)


def broken_address(rule: str, options: Mapping[str, Any]) -> Strategy[str]:
    """A text that breaks one rule of `ipv6.RULES` and no other."""
    return _ADDRESS[rule](addresses(options))


def _word() -> Strategy[str]:
    return string(_HEX, 1, 4)


def _not_bare(valid: Strategy[str]) -> Strategy[str]:
    wraps = (" {}", "{} ", "{}\n", "\t{}", "[{}]", "{}/64", "{}%eth0", '"{}"', "{}\x00")
    return st.tuples(valid, chosen(wraps)).map(lambda pair: pair[1].format(pair[0]))


def _charset(valid: Strategy[str]) -> Strategy[str]:
    # A sign in the place of one digit, so that the length of no group changes.
    def make(pair: tuple[str, str]) -> str:
        text, sign = pair
        at = next((n for n, c in enumerate(text) if c in ipv6._HEX and "." not in text), -1)
        return f"{text[:at]}{sign}{text[at + 1 :]}" if at >= 0 else f"2001:db8::{sign}"

    return st.tuples(valid, chosen(_FOREIGN)).map(make)


def _colons(_valid: Strategy[str]) -> Strategy[str]:
    w = _word()
    return st.one_of(
        st.tuples(w, w, w).map("::".join),
        st.tuples(w, w).map(":::".join),
        st.lists(w, min_size=8, max_size=8).map(lambda g: ":" + ":".join(g)),
        st.lists(w, min_size=8, max_size=8).map(lambda g: ":".join(g) + ":"),
        st.tuples(w, w).map(lambda g: f"::{g[0]}::{g[1]}"),
        st.tuples(w, w).map(lambda g: f":{g[0]}::{g[1]}"),
    )


def _group(_valid: Strategy[str]) -> Strategy[str]:
    long = string(_HEX, 5, 6)
    return st.one_of(
        long.map(lambda g: f"2001:db8::{g}"),
        st.tuples(long, st.lists(_word(), min_size=7, max_size=7)).map(lambda p: ":".join([p[0], *p[1]])),
        _word().map(lambda g: f"::0{g.zfill(4)}"),
    )


def _dotted(_valid: Strategy[str]) -> Strategy[str]:
    octet = whole(0, 255)
    bad = st.one_of(
        st.tuples(octet, octet, octet).map(lambda o: "{}.{}.{}".format(*o)),
        st.tuples(octet, octet, octet, octet, octet).map(lambda o: "{}.{}.{}.{}.{}".format(*o)),
        st.tuples(octet, octet, octet, whole(256, 999)).map(lambda o: "{}.{}.{}.{}".format(*o)),
        st.tuples(octet, octet, octet, octet).map(lambda o: "{}.{}.{}.0{}".format(*o)),
    )
    good = st.tuples(octet, octet, octet, octet).map(lambda o: "{}.{}.{}.{}".format(*o))
    return st.one_of(bad.map(lambda t: f"::ffff:{t}"), bad.map(lambda t: f"2001:db8::{t}"),
                     st.tuples(good, _word()).map(lambda p: f"::{p[0]}:{p[1]}"))  # fmt: skip


def _count(_valid: Strategy[str]) -> Strategy[str]:
    w = _word()
    return st.one_of(
        st.lists(w, min_size=9, max_size=11).map(":".join),
        st.lists(w, min_size=2, max_size=7).map(":".join),
        st.lists(w, min_size=8, max_size=8).map(lambda g: "::" + ":".join(g)),
        st.lists(w, min_size=8, max_size=8).map(lambda g: f"{':'.join(g[:3])}::{':'.join(g[3:])}"),
        st.lists(w, min_size=7, max_size=7).map(lambda g: f"{':'.join(g)}:192.0.2.1"),
    )


_ADDRESS = {
    ipv6.BARE.name: _not_bare,
    ipv6.CHARSET.name: _charset,
    ipv6.COLONS.name: _colons,
    ipv6.GROUP.name: _group,
    ipv6.DOTTED.name: _dotted,
    ipv6.COUNT.name: _count,
}


@st.composite
def _valid_prefixes(draw: st.DrawFn, lengths: Strategy[int]) -> str:
    length, clear = draw(lengths), draw(chosen((True, False)))
    value = draw(integers())
    return f"{draw(spellings(ipv6_prefix.network(value, length) if clear else value))}/{length}"


def prefixes(rule: str | None, options: Mapping[str, Any]) -> Strategy[str]:
    """`address/length` in any spelling, bits beyond the length sometimes set; or with one rule broken."""
    length = _length(options["length"]) if "length" in options else chosen(LENGTHS)
    valid = _valid_prefixes(length)
    if rule is None:
        return valid
    address = spellings(integers())
    if rule == ipv6_prefix.SLASH.name:
        return st.one_of(address, valid.map(lambda text: f"{text}/64"))
    if rule == ipv6_prefix.ADDRESS.name:
        # RFC 4291 section 2.3 names both as illegal: trailing zeros may be dropped within a group of digits only.
        short = st.tuples(_word(), whole(16, 64)).map(lambda p: f"2001:db8:0:{p[0]}/{p[1]}")
        return st.one_of(short, st.tuples(broken_address("count", {}), length).map(lambda p: f"{p[0]}/{p[1]}"))
    wrong = st.one_of(
        chosen(("", "-1", "+64", "064", "129", "1000", "6 4", "ffff::", "六四")), whole(129, 999).map(str)
    )
    return st.tuples(address, wrong).map(lambda pair: f"{pair[0]}/{pair[1]}")


def _length(value: object) -> Strategy[int]:
    try:
        length = int(str(value))
    except ValueError:
        length = -1
    if not 0 <= length <= ipv6.WIDTH:
        raise _unusable(value, "0 至 128 的前缀长度")
    return st.just(length)


def _ports() -> Strategy[str]:
    return st.one_of(st.just(""), chosen((":80", ":443", ":8080", ":65535", ":1")))


def authorities(rule: str | None, options: Mapping[str, Any]) -> Strategy[str]:
    """`[address]` or `[address]:port`, or with one rule of `ipv6_host.RULES` broken."""
    text, port = addresses(options), _ports()
    makers: dict[str | None, Strategy[str]] = {
        None: st.tuples(text, port).map(lambda p: f"[{p[0]}]{p[1]}"),
        "brackets": st.one_of(
            text, text.map(lambda t: f"[{t}"), text.map(lambda t: f"{t}]"), text.map(lambda t: f"{t}:8080")
        ),
        "literal": st.one_of(
            chosen(("[]", "[example.com]", "[192.0.2.1]", "[::1::]", "[1:2:3]")),
            broken_address("count", {}).map(lambda t: f"[{t}]"),
            broken_address("dotted", {}).map(lambda t: f"[{t}]"),
        ),
        "zone": st.tuples(text, chosen(("%25eth0", "%eth0", "%25lo", "%1", "%25")), port).map(
            lambda p: f"[{p[0]}{p[1]}]{p[2]}"
        ),
        "port": st.tuples(text, chosen((":65536", ":99999", ":http", ":-1", ":80:90", ":8 0"))).map(
            lambda p: f"[{p[0]}]{p[1]}"
        ),
        "end": st.tuples(text, chosen(("x", "8080", ".", "]", "]:80"))).map(lambda p: f"[{p[0]}]{p[1]}"),
    }
    return makers[rule]


def urls(rule: str | None) -> Strategy[str]:
    """URLs whose host is an IPv6 literal of the documentation prefix, or with one rule broken."""
    host = authorities(rule, {"within": "2001:db8::/32"})
    made = st.tuples(chosen(("http://", "https://")), host, chosen(("/", "/hook", "/hook?x=1", "")))
    return made.map("".join)


def forwarded(rule: str | None) -> Strategy[str]:
    """A Forwarded field of one to three proxies, or with one rule broken in one of its elements."""
    text = addresses({"within": "2001:db8::/32"})
    good = st.one_of(
        st.tuples(text, _ports()).map(lambda p: f'for="[{p[0]}]{p[1]}"'),
        st.tuples(text, text).map(lambda p: f'for="[{p[0]}]";by="[{p[1]}]";proto=https'),
        chosen(("for=192.0.2.43", "for=_hidden", "for=unknown", 'for="198.51.100.1:47011";host=example.com')),
    )
    if rule is None:
        return st.tuples(text.map(lambda t: f'for="[{t}]"'), st.lists(good, max_size=2)).map(
            lambda p: ", ".join([p[0], *p[1]])
        )
    wrong = {
        "syntax": chosen(("for", "for=", 'for="[2001:db8::1]', '="[2001:db8::1]"', "for=a b")),
        "quoted": text.map(lambda t: f"for=[{t}]"),
        "bracketed": text.map(lambda t: f'for="{t}"'),
    }[rule]
    return st.tuples(wrong, st.lists(good, max_size=1), chosen((True, False))).map(
        lambda p: ", ".join([p[0], *p[1]] if p[2] or rule == "syntax" else [*p[1], p[0]])
    )

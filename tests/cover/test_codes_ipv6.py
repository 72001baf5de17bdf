"""IPv6 texts: our reading of the RFCs against the standard library, against the public vectors, and at the edges."""

from __future__ import annotations

import csv
import ipaddress
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codes import formats, forwarded, ipv6, ipv6_host, ipv6_prefix
from conformance.codes.values import check_value
from conformance.generate.ipv6 import LENGTHS, integers, spellings

_HERE = Path(__file__).resolve().parents
VECTORS = next(
    (p for p in (folder / "shared/samples/ipv6/vectors.csv" for folder in _HERE[3:5]) if p.exists()), Path("none")
)
TEXTS = st.text("0123456789abcdefABCDEF:.%/[]g ", max_size=48)


def library(text: str) -> int | None:
    """The standard library, without what it accepts beyond RFC 4291: a zone."""
    try:
        return None if "%" in text else int(ipaddress.IPv6Address(text))
    except ValueError:
        return None


@given(integers().flatmap(lambda value: st.tuples(st.just(value), spellings(value))))
@settings(max_examples=200, deadline=None)
def test_every_spelling_is_read_as_the_address_it_was_made_from(pair: tuple[int, str]) -> None:
    value, text = pair
    assert ipv6.parse(text) == value == library(text) == int.from_bytes(socket.inet_pton(socket.AF_INET6, text))


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_like_the_library_reads_it(text: str) -> None:
    assert ipv6.parse(text) == library(text)


@given(integers())
@settings(max_examples=200, deadline=None)
def test_the_recommended_text_is_that_of_the_library_and_follows_every_rule(value: int) -> None:
    text = ipv6.canonical(value, dotted=False)
    # from 3.13 on the library writes a mapped address with a dotted tail
    if ipaddress.IPv6Address(value).ipv4_mapped is None:
        assert text == str(ipaddress.IPv6Address(value))
    assert ipv6.parse(text) == value
    for accepted in ipv6.accepted(value):
        assert ipv6.parse(accepted) == value
    assert ipv6.examine_output(ipv6.canonical(value)).valid
    assert len(ipv6.canonical(value)) <= ipv6.LONGEST_TEXT


@given(integers().flatmap(lambda value: st.tuples(st.just(value), spellings(value))))
@settings(max_examples=200, deadline=None)
def test_only_the_recommended_text_breaks_no_rule(pair: tuple[int, str]) -> None:
    value, text = pair
    assert ipv6.examine_output(text).valid is (text in _tolerated(value)), text


def _tolerated(value: int) -> set[str]:
    return {ipv6.canonical(value)} | ({ipv6.canonical(value, dotted=True)} if value >> 32 == 0 else set())


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("2001:db8::1", []),
        ("2001:0db8::1", ["leading-zeros"]),
        ("2001:db8::0001", ["leading-zeros"]),
        ("2001:db8::0:1", ["maximal"]),
        ("2001:db8:0:0:1:0:0:1", ["maximal"]),
        ("2001:db8:0:0:0:0:2:1", ["maximal"]),
        ("2001:db8::1:1:1:1:1", ["single"]),
        ("2001:db8:0:1:1:1:1:1", []),
        ("2001:db8:0:0:1::1", ["longest"]),
        ("2001::1:0:0:0:1", ["longest"]),
        ("2001:db8::1:0:0:1", []),
        ("2001:0:0:1::1", []),
        ("2001:DB8::1", ["lower"]),
        ("::ffff:c000:201", ["mixed"]),
        ("::ffff:192.0.2.1", []),
        ("::FFFF:192.0.2.1", ["lower"]),
        ("64:ff9b::192.0.2.33", []),
        ("64:ff9b::c000:221", ["mixed"]),
        ("::13.1.68.3", []),
        ("::d01:4403", []),
        ("2001:db8::192.0.2.1", ["mixed"]),
        ("::", []),
        ("::1", []),
        ("0:0:0:0:0:0:0:0", ["maximal"]),
        ("1:2:3:4:5:6:7::", ["single"]),
        ("1:2:3:4:5:6:7:0", []),
        ("2001:0DB8:0000:0000:0000:0000:0000:0001", ["leading-zeros", "maximal", "lower"]),
    ],
)
def test_each_rule_of_rfc_5952_is_told_apart(text: str, rules: list[str]) -> None:
    found = ipv6.examine_output(text)
    assert list(found.failed_names) == rules
    for rule in ipv6.OUTPUT_RULES:
        assert formats.FORMATS[f"ipv6-canonical-{rule.name}"](text) is (rule.name not in rules)
    assert formats.FORMATS["ipv6-canonical"](text) is (not rules)


@pytest.mark.parametrize(
    "text",
    ["", ":", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2:3:4:5:6:7:8", "::12345", "g::1", "::1.2.3", ":1:2:3:4:5:6:7:8",
     "::1.2.3.4.5", "::256.0.0.1", "::1.2.3.04", "1.2.3.4::", "::1.2.3.4:1", "2001:db8::1%eth0", "[::1]", "::1/64",
     "::1 ", "\t::1", "::1\n", "::１", "::\u0661", "::1\x00", "0x1::", "::1_0", "1.2.3.4", ":::", "1:::2", "::ffff:1.2.3.4%1"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_reason(text: str) -> None:
    assert ipv6.parse(text) is None
    assert library(text) is None
    assert formats.explain("ipv6-address", text)
    assert "不符合" in check_value("ipv6-address", text).text
    output = ipv6.examine_output(text)
    assert not any(output.satisfies(rule.name) for rule in ipv6.OUTPUT_RULES), (
        "a rule that was not looked at holds for nothing"
    )


@pytest.mark.parametrize("value", [None, 1, b"::1", ["::1"]])
def test_what_is_no_text_is_no_address(value: object) -> None:
    for name in (
        "ipv6-address",
        "ipv6-canonical",
        "ipv6-prefix",
        "ipv6-authority",
        "ipv6-url",
        "forwarded",
        "ipv6-canonical-lower",
    ):
        assert not formats.FORMATS[name](value)
        assert formats.explain(name, value)


def test_the_longest_texts_are_read() -> None:
    assert len("0000:0000:0000:0000:0000:ffff:192.168.100.228") == ipv6.LONGEST_TEXT
    assert ipv6.parse("0000:0000:0000:0000:0000:ffff:192.168.100.228") == ipv6.MAPPED << 32 | 0xC0A864E4
    assert ipv6.parse("x" * 10**6) is None


@given(integers(), st.sampled_from(LENGTHS), integers())
@settings(max_examples=200, deadline=None)
def test_prefixes_are_those_of_the_library(value: int, length: int, other: int) -> None:
    theirs = ipaddress.IPv6Network((value, length), strict=False)
    assert ipv6_prefix.network(value, length) == int(theirs.network_address)
    assert ipv6_prefix.last(value, length) == int(theirs.broadcast_address)
    for address in (other, value, *(edge for edge, _ in ipv6_prefix.edges(value, length))):
        assert ipv6_prefix.covers((value, length), address) is (ipaddress.IPv6Address(address) in theirs)
    for edge, inside in ipv6_prefix.edges(value, length):
        assert ipv6_prefix.covers((value, length), edge) is inside


def test_a_prefix_keeps_its_inner_zeros() -> None:
    # RFC 4291 section 2.3: legal, and what must not be taken for it
    wanted = (0x20010DB80000CD30 << 64, 60)
    for text in ("2001:0DB8:0000:CD30:0000:0000:0000:0000/60", "2001:0DB8::CD30:0:0:0:0/60", "2001:0DB8:0:CD30::/60"):
        assert ipv6_prefix.parse(text) == wanted
    assert ipv6_prefix.parse("2001:0DB8:0:CD3/60") is None
    assert ipv6_prefix.parse("2001:0DB8::CD30/60") == (0x20010DB8 << 96 | 0xCD30, 60)
    assert ipv6_prefix.examine("2001:0DB8::CD30/60").parts["network"] == "2001:db8::/60"


@given(integers())
@settings(max_examples=100)
def test_reverse_names_are_those_of_the_library(value: int) -> None:
    assert ipv6.reverse_name(value) == ipaddress.IPv6Address(value).reverse_pointer


def test_the_reverse_name_of_the_rfc() -> None:
    # RFC 3596 section 2.5
    value = ipv6.parse("4321:0:1:2:3:4:567:89ab")
    assert ipv6.reverse_name(value or 0) == "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://[2001:DB8::1]", "[2001:db8::1]"),
        ("http://[::1]:8080/x", "[::1]:8080"),
        ("http://[::1]:/", "[::1]"),
        ("https://user:word@[::ffff:192.0.2.1]:443?q=1#f", "[::ffff:192.0.2.1]:443"),
    ],
)
def test_the_ipv6_host_of_a_url_is_found(url: str, text: str) -> None:
    found = ipv6_host.parse_url(url)
    assert found is not None
    assert found.text == text
    assert ipv6_host.examine_url(url).valid


@pytest.mark.parametrize(
    ("url", "rules"),
    [
        ("http://2001:db8::1/", ["brackets"]),
        ("http://[2001:db8::1", ["brackets"]),
        ("http://[fe80::1%25eth0]/", ["zone"]),
        ("http://[fe80::1%eth0]/", ["zone"]),
        ("http://[]/", ["literal"]),
        ("http://[google.com]", ["literal"]),
        ("http://[::127.0.0.0.1]", ["literal"]),
        ("http://[1::2]:3:4", ["port"]),
        ("http://[2001:db8::1]:65536/", ["port"]),
        ("http://[2001:db8::1]x/", ["end"]),
        ("http://[::1]8080", ["end"]),
        ("[::1]", ["brackets"]),
    ],
)
def test_what_is_wrong_with_an_ipv6_host_is_named(url: str, rules: list[str]) -> None:
    assert ipv6_host.parse_url(url) is None
    assert list(ipv6_host.examine_url(url).failed_names) == rules


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ('for="[2001:db8:cafe::17]:4711"', []),
        ('For="[2001:db8::17]", for=192.0.2.43;by=_secret', []),
        ("for=_hidden", []),
        ("for=unknown;proto=http", []),
        ('for="_gazonk";host="a, b;c"', []),
        ("for=2001:db8:cafe::17", ["quoted", "bracketed"]),
        ('for="2001:db8:cafe::17"', ["bracketed"]),
        ("for=[2001:db8::1]", ["quoted"]),
        ("for=192.0.2.43:47011", ["quoted"]),
        ('for="[2001:db8::1', ["syntax"]),
        ("for", ["syntax"]),
        ("", ["syntax"]),
        ('for="[2001:db8::x]"', ["node"]),
        ("for=192.0.2.999", ["node"]),
    ],
)
def test_forwarded_fields_are_taken_apart(field: str, rules: list[str]) -> None:
    assert list(forwarded.examine(field).failed_names) == rules


def test_the_client_is_the_first_element() -> None:
    parts = forwarded.examine('for="[2001:DB8::1]:80", for=198.51.100.1').parts
    assert parts == {"first": "2001:db8::1", "last": "::ffff:198.51.100.1"}


@pytest.mark.skipif(not VECTORS.exists(), reason="the public vectors are not here")
def test_the_public_vectors_get_their_expected_verdict() -> None:
    looked = 0
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = row["input"].replace("\\n", "\n").replace("\\x00", "\x00")
            if row["expect"] == "depends":
                continue
            looked += 1
            assert _verdict(row["kind"], text) is (row["expect"] == "valid"), row
            if row["kind"] == "address" and row["expect"] == "valid":
                value = ipv6.parse(text) or 0
                assert row["canonical"] == ipv6.canonical(value), row
                assert row["alt_ok"] in ("", *ipv6.accepted(value)), row
    assert looked > 150


def _verdict(kind: str, text: str) -> bool:
    if kind == "zone":
        address, zone = ipv6_host.split_zone(text)
        return ipv6.parse(address) is not None and bool(zone) and "/" not in (zone or "")
    if kind == "x-forwarded-for":
        return ipv6.parse(text) is not None
    name = {
        "address": "ipv6-address",
        "prefix": "ipv6-prefix",
        "url-host": "ipv6-url",
        "hostport": "ipv6-authority",
    }.get(kind, kind)
    return formats.FORMATS[name](text)

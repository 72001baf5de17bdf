"""Our reading of IPv6 texts against two others, `ipaddress` and the C library, on thousands of random texts."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codes import ipv6
from conformance.generate.ipv6 import integers, spellings
from conformance.generate.rules import RULES
from conformance.generate.spec import strategy

pytestmark = pytest.mark.slow


@given(integers().flatmap(lambda value: st.tuples(st.just(value), spellings(value))))
@settings(max_examples=4000, deadline=None)
def test_every_spelling_is_one_address_to_all_three(pair: tuple[int, str]) -> None:
    value, text = pair
    assert ipv6.parse(text) == value == int(ipaddress.IPv6Address(text))
    assert int.from_bytes(socket.inet_pton(socket.AF_INET6, text)) == value
    assert ipv6.canonical(value, dotted=False) == ipaddress.IPv6Address(value).compressed or ipv6.is_mapped(value)


@given(st.one_of(*(strategy({"ipv6-address": {"broken": rule.name}}) for rule in RULES["ipv6-address"])))
@settings(max_examples=4000, deadline=None)
def test_a_broken_text_is_no_address_to_anybody(text: str) -> None:
    assert ipv6.parse(text) is None
    if "%" not in text:  # the library takes a zone for a part of the address
        with pytest.raises(ValueError):
            ipaddress.IPv6Address(text)


@given(st.text("0123456789abcdefABCDEF::::..", max_size=48))
@settings(max_examples=10000, deadline=None)
def test_any_text_is_read_alike(text: str) -> None:
    try:
        theirs: int | None = int(ipaddress.IPv6Address(text))
    except ValueError:
        theirs = None
    assert ipv6.parse(text) == theirs

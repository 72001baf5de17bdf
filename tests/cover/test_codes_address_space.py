"""Every special-purpose address is told apart before anything is sent to it, the mapped one first."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.codes.address_space import special, tunnel

_WRONG = {
    "::ffff:192.0.2.80": "映射",
    "::": "未指定",
    "::1": "环回",
    "::192.0.2.1": "兼容",
    "fe80::80": "链路本地",
    "fd00::80": "唯一本地",
    "fec0::1": "站点本地",
    "ff02::1": "组播",
    "2001:db8::80": "文档",
    "3fff::1": "文档",
    "100::1": "丢弃",
    "64:ff9b:1::1": "转换",
    "4000::1": "未分配",
    "127.0.0.1": "IPv4",
    "10.1.2.3": "IPv4",
    "192.0.2.80": "IPv4",
    "224.0.0.1": "IPv4",
}


@pytest.mark.parametrize(("text", "word"), _WRONG.items())
def test_an_address_that_is_not_global_unicast_is_named_for_what_it_is(text: str, word: str) -> None:
    assert word in special(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["2001:dc7::1", "240e::1", "2400:3200::1", "64:ff9b::1.2.3.4", "202.12.27.33"])
def test_a_global_unicast_address_is_nothing_special(text: str) -> None:
    assert special(ipaddress.ip_address(text)) == ""


def test_a_laboratory_may_allow_a_prefix_but_never_a_mapped_address() -> None:
    assert special(ipaddress.ip_address("2001:db8::1"), ("2001:db8::/32",)) == ""
    assert special(ipaddress.ip_address("::ffff:192.0.2.80"), ("::/0",)) != ""


@given(st.integers(0, 2**32 - 1))
def test_every_ipv4_address_is_recognised_when_it_is_mapped(number: int) -> None:
    assert "映射" in special(ipaddress.IPv6Address(0xFFFF << 32 | number), ("0.0.0.0/0", "::/0"))


def test_tunnels_are_known_by_their_prefixes() -> None:
    assert "6to4" in tunnel(ipaddress.ip_address("2002:c000:204::1"))
    assert "Teredo" in tunnel(ipaddress.ip_address("2001:0:1::1"))
    assert tunnel(ipaddress.ip_address("2001:dc7::1")) == ""
    assert tunnel(ipaddress.ip_address("192.0.2.1")) == ""

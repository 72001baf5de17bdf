"""The laboratory's table of addresses, and the parameter that is a host name or the address of a home page."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.errors import TargetError
from conformance.profile import load
from conformance.target import load_target


def _target(**more: Any) -> dict[str, Any]:
    return {"target": "t", "system": {"name": "网站"}, "parameters": {"site": "www.example.gov.cn"}, **more}


def test_routes_are_kept_in_one_spelling() -> None:
    routes = {"[2001:DB8:0::80]:80": "[::1]:8080", "192.0.2.80:80": "127.0.0.1:8080"}
    target = load_target(_target(routes={**routes, "WWW.example.cn:443": "[::1]:8443"}), load("ipv6-support"))
    assert target.routes == {
        "[2001:db8::80]:80": "[::1]:8080",
        "192.0.2.80:80": "127.0.0.1:8080",
        "www.example.cn:443": "[::1]:8443",
    }


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("[2001:db8::80]:80", "127.0.0.1:8080"),
        ("www.example.cn:0", "127.0.0.1:8080"),
        ("www.example.cn:80", "www.example.cn:8080"),
        ("[::ffff:192.0.2.1]:80", "[::1]:80"),
        ("[fe80::1%lo]:80", "[::1]:80"),
        ("2001:db8::80:80", "[::1]:80"),
        ("192.0.2.80", "127.0.0.1:80"),
        ("192.0.2.80:0", "127.0.0.1:80"),
        ("192.0.2.80:80", "127.0.0.1:99999"),
    ],
)
def test_a_route_between_families_or_to_a_name_is_refused(name: str, to: str) -> None:
    with pytest.raises(TargetError) as wrong:
        load_target(_target(routes={name: to}), load("ipv6-support"))
    assert wrong.value.code == "T157"


@pytest.mark.parametrize(
    ("given", "read", "host"),
    [
        ("www.example.gov.cn", "http://www.example.gov.cn/", "www.example.gov.cn"),
        ("WWW.Example.gov.cn.", "http://www.example.gov.cn/", "www.example.gov.cn"),
        ("https://www.example.gov.cn", "https://www.example.gov.cn/", "www.example.gov.cn"),
        ("https://www.example.gov.cn:8443/index", "https://www.example.gov.cn:8443/index", "www.example.gov.cn"),
        ("政务.示例", "http://xn--zfr164b.xn--fsq092h/", "xn--zfr164b.xn--fsq092h"),
    ],
)
def test_a_site_is_a_host_name_or_an_address(given: str, read: str, host: str) -> None:
    data = _target()
    data["parameters"]["site"] = given
    target = load_target(data, load("ipv6-support"))
    assert target.parameters["site"] == read
    assert target.hosts == (host,)
    assert target.base_url == ""  # no preflight walks the way by the resolver of this machine


@pytest.mark.parametrize(
    "given",
    ["192.0.2.80", "http://192.0.2.80/", "http://[2001:db8::1]/", "localhost", "a b.cn", "-a.cn", "ftp://a.cn/"],
)
def test_what_names_no_host_is_refused(given: str) -> None:
    data = _target()
    data["parameters"]["site"] = given
    with pytest.raises(TargetError) as wrong:
        load_target(data, load("ipv6-support"))
    assert wrong.value.code == "T122"


def test_init_asks_for_little_more_than_a_host_name() -> None:
    from conformance.target import init_text

    filled = [
        line.strip()
        for line in init_text(load("ipv6-support")).splitlines()
        if "待填" in line and not line.startswith("#")
    ]
    assert [line.split(":")[0] for line in filled] == ["name", "site"]

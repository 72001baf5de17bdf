"""Generated codes: valid ones are valid and synthetic; broken ones break exactly the rule they name."""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from typing import Any

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codes import (
    citizen_id,
    dates,
    division,
    forwarded,
    holder_type,
    ipv6,
    ipv6_host,
    ipv6_prefix,
    licence_id,
    uscc,
)
from conformance.generate.rules import RULES, Broken
from conformance.generate.spec import strategy

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


# Second implementations, sharing nothing with conformance.codes, so that a common mistake cannot hide.


def uscc_faults(code: str) -> set[str]:
    if len(code) != 18:
        return {"length"}
    if not re.fullmatch(f"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}", code):
        return {"charset"}
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return set() if USCC_ALPHABET[-total % 31] == code[17] else {"check-character"}


def type_faults(code: str) -> set[str]:
    if not re.fullmatch("[0-9A-Z]{21}", code):
        return {"type-code"}
    return {"type-uscc"} if uscc_faults(code[:18]) or not re.fullmatch("[0-9]{3}", code[18:]) else set()


def issuer_faults(code: str) -> set[str]:
    if not re.fullmatch("[0-9A-Z]{18}", code):
        return {"issuer-length"}
    return {"issuer-check"} if uscc_faults(code) else set()


def licence_faults(value: str) -> set[str]:
    match = re.fullmatch(r"([^.]*(?:\.[^.]*){4})\.([^.]*)\.([^.]*)\.([^.]*)\.([^.]*)\.([^.]*)", value, re.DOTALL)
    if match is None:
        return {"parts"} | (set() if value.startswith("1.2.156.3005.2.") else {"root"})
    root, kind, issuer, serial, version, check = match.groups()
    faults = type_faults(kind) | issuer_faults(issuer)
    if root != "1.2.156.3005.2":
        faults.add("root")
    if not re.fullmatch("[0-9A-Z]+", serial):
        faults.add("serial")
    if not re.fullmatch("[0-9]{3}", version):
        faults.add("version")
    if not re.fullmatch("[0-9A-Z]", check):
        faults.add("check-charset")
    body = kind + issuer + serial + version
    if re.fullmatch("[0-9A-Z]*", body):
        product = 36
        for char in body:
            product = ((product + int(char, 36)) % 36 or 36) * 2 % 37
        if ALPHABET[(37 - product) % 36] != check:
            faults.add("check-character")
    return faults


def citizen_faults(value: str) -> set[str]:
    if len(value) != 18:
        return {"length"}
    if not re.fullmatch("[0-9]{17}[0-9X]", value):
        return {"charset"}
    faults = set()
    provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
    if value[:2] not in provinces.split() or (value[2:4] == "00" and value[4:6] != "00"):
        faults.add("division")
    try:
        date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        faults.add("birth-date")
    total = sum(int(c) * 2 ** (17 - i) for i, c in enumerate(value[:17])) + (10 if value[17] == "X" else int(value[17]))
    if total % 11 != 1:
        faults.add("check-character")
    return faults


def date_faults(value: str) -> set[str]:
    match = re.fullmatch("([0-9]{4})([0-9]{2})([0-9]{2})|([0-9]{4})-([0-9]{2})-([0-9]{2})", value)
    if match is None:
        return {"shape"}
    year, month, day = (int(g) for g in match.groups() if g is not None)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return set() if year >= 1 and 1 <= month <= 12 and 1 <= day <= lengths[month - 1] else {"calendar"}


def phone_faults(value: str) -> set[str]:
    faults = set()
    if len(value) != 11:
        faults.add("length")
    if not re.match("1[3-9]", value):
        faults.add("prefix")
    if not re.fullmatch("[0-9]*", value):
        faults.add("charset")
    return faults


_OCTETS = r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}"


def address_faults(text: str) -> set[str]:
    """By counting and regular expressions; `ipaddress` has the last word on what breaks no rule at all."""
    if re.search(r"[\s\x00\[\]%/\"]", text):
        return {"bare"}
    faults = set()
    if not re.fullmatch("[0-9A-Fa-f:.]*", text):
        faults.add("charset")
    if re.search(":::|::.*::|^:[^:]|[^:]:$", text):
        faults.add("colons")
    words = re.findall("[^:]+", text)
    if any(re.fullmatch("[^.]{5,}", word) for word in words):
        faults.add("group")
    last = re.search("[^:]+$", text)
    tails = [word for word in words if "." in word]
    if tails and (last is None or tails != [last[0]] or not re.fullmatch(_OCTETS, tails[0], re.ASCII)):
        faults.add("dotted")
    size = len(words) + len(tails)
    if size > 7 if "::" in text else size != 8:
        faults.add("count")
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        assert faults, text
    else:
        assert not faults, text
    return faults


def prefix_faults(text: str) -> set[str]:
    if text.count("/") != 1:
        return {"slash"}
    address, length = text.split("/")
    faults = set()
    if address_faults(address):
        faults.add("address")
    if length not in map(str, range(129)):
        faults.add("length")
    return faults


def authority_faults(text: str) -> set[str]:
    match = re.fullmatch(r"\[([^\]]*)\](.*)", text, re.DOTALL)
    if match is None:
        return {"brackets"}
    inside, rest = match.groups()
    faults = {"zone"} if "%" in inside else set()
    if address_faults(inside.partition("%")[0]):
        faults.add("literal")
    if rest and not rest.startswith(":"):
        faults.add("end")
    elif rest and not re.fullmatch(
        ":(?:[0-9]{0,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])", rest
    ):
        faults.add("port")
    return faults


def url_faults(text: str) -> set[str]:
    return authority_faults(re.sub("^[a-z]+://", "", text).partition("/")[0])


def forwarded_faults(text: str) -> set[str]:
    if not re.fullmatch(r'(?:(?:^|[,;] ?)[a-z]+=(?:"[^"]*"|[^\s",;]+))+', text):
        return {"syntax"}
    faults = set()
    for quote, node in re.findall(r'(?:for|by)=("?)([^",;]+)', text):
        if node.count(":") > 1:
            faults |= set() if quote else {"quoted"}
            faults |= set() if node.startswith("[") else {"bracketed"}
    return faults


def names_of(examine: Any) -> Any:
    return lambda value: set(examine(value).failed_names)


ORACLES: dict[str, Any] = {
    "licence-id": licence_faults,
    "licence-type-code": type_faults,
    "licence-issuer-code": issuer_faults,
    "uscc": uscc_faults,
    "citizen-id": citizen_faults,
    "date": date_faults,
    "phone": phone_faults,
    "division-code": names_of(division.examine),
    "holder-type-code": names_of(holder_type.examine),
    "ipv6-address": address_faults,
    "ipv6-prefix": prefix_faults,
    "ipv6-authority": authority_faults,
    "ipv6-url": url_faults,
    "forwarded": forwarded_faults,
}
OURS: dict[str, Any] = {
    "licence-id": names_of(licence_id.examine),
    "licence-type-code": names_of(licence_id.examine_type_code),
    "licence-issuer-code": names_of(licence_id.examine_issuer_code),
    "uscc": names_of(uscc.examine),
    "citizen-id": names_of(citizen_id.examine),
    "date": names_of(dates.examine),
    "phone": phone_faults,
    "division-code": names_of(division.examine),
    "holder-type-code": names_of(holder_type.examine),
    "ipv6-address": names_of(ipv6.examine),
    "ipv6-prefix": names_of(ipv6_prefix.examine),
    "ipv6-authority": names_of(ipv6_host.examine_authority),
    "ipv6-url": names_of(ipv6_host.examine_url),
    "forwarded": names_of(forwarded.examine),
}


def test_every_code_with_rules_has_an_oracle() -> None:
    assert set(RULES) == set(ORACLES) == set(OURS)


@pytest.mark.parametrize("name", sorted(ORACLES))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_valid_values_break_no_rule(name: str, data: st.DataObject) -> None:
    value = data.draw(strategy({name: "valid"}))
    assert ORACLES[name](value) == set()
    assert OURS[name](value) == set()


@pytest.mark.parametrize(
    ("name", "rule"), [(n, b) for n, rules in RULES.items() for b in rules], ids=lambda v: getattr(v, "name", v)
)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_broken_value_breaks_exactly_the_rule_it_names(name: str, rule: Broken, data: st.DataObject) -> None:
    value = data.draw(strategy({name: {"broken": rule.name}}))
    assert ORACLES[name](value) == set(rule.breaks), value
    assert OURS[name](value) == set(rule.breaks), value


def test_only_the_check_charset_takes_a_second_rule_with_it() -> None:
    several = {(n, b.name): b.breaks for n, rules in RULES.items() for b in rules if len(b.breaks) != 1}
    assert several == {("licence-id", "check-charset"): ("check-charset", "check-character")}


@given(strategy({"licence-id": {"broken": "plus-one"}}))
def test_plus_one_is_what_the_variant_computes(value: str) -> None:
    assert licence_id.examine(value).matches_plus_one


@given(strategy({"licence-id": {"broken": "check-character"}}))
def test_a_wrong_check_character_is_not_that_of_the_variant(value: str) -> None:
    assert not licence_id.examine(value).matches_plus_one


@given(strategy({"licence-id": "valid"}))
def test_identifiers_are_synthetic(value: str) -> None:
    found = licence_id.examine(value)
    assert licence_id.is_synthetic(value)
    assert found.parts["serial"].startswith("SYN")
    assert uscc.is_synthetic(found.parts["issuer"])
    assert not found.warnings


@given(strategy({"uscc": "valid"}))
def test_organisations_are_synthetic_and_valid_for_the_library(value: str) -> None:
    assert uscc.is_synthetic(value)
    assert stdnum.cn.uscc.is_valid(value)
    assert not uscc.examine(value).warnings  # the organisation code and the division are right too


@given(strategy({"citizen-id": "valid"}))
def test_people_are_synthetic_and_valid_for_the_library(value: str) -> None:
    assert citizen_id.is_synthetic(value)
    assert stdnum.cn.ric.is_valid(value)
    assert not citizen_id.examine(value).warnings


def test_parts_of_the_system_can_be_given() -> None:
    base = licence_id.build(
        uscc.build("11", "100000", "12345678") + "007", uscc.build("11", "370000", "87654321"), "42"
    )
    options = {"like": "{active_id}"}
    values = {"{active_id}": base}

    @given(strategy({"licence-id": options}, values.__getitem__))
    @settings(max_examples=20)
    def a_valid_one_shares_type_and_issuer(value: str) -> None:
        assert value != base
        assert licence_id.examine(value).valid
        assert value.startswith(base[: base.index(".42.")] + ".SYN")

    @given(strategy({"licence-id": {**options, "broken": "check-character"}}, values.__getitem__))
    @settings(max_examples=20)
    def a_broken_one_differs_in_its_last_character(value: str) -> None:
        assert value[:-1] == base[:-1]
        assert value[-1] != base[-1]

    a_valid_one_shares_type_and_issuer()
    a_broken_one_differs_in_its_last_character()
    parts = licence_id.examine(base).parts

    @given(strategy({"licence-id": {"type-code": parts["type-code"], "issuer": parts["issuer"], "version": "009"}}))
    @settings(max_examples=20)
    def given_parts_are_used(value: str) -> None:
        assert {**licence_id.examine(value).parts, "serial": "", "check-character": ""} == {
            **parts, "serial": "", "version": "009", "check-character": "",
        }  # fmt: skip

    given_parts_are_used()

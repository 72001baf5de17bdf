"""Digests and canonical JSON: standard vectors, one form for one value, and nothing a system sends is lost."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.documents import sm3 as low
from conformance.errors import MissingExtra
from conformance.model.verdict import Verdict
from conformance.record.digest import canonical, digests, line, sha256, sm3

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_sm3_of_the_examples_of_the_standard():
    # GB/T 32905-2016, annex A
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_both_digests():
    assert digests(b"abc") == {"sm3": sm3(b"abc"), "sha256": sha256(b"abc")}
    assert sha256(b"abc").startswith("ba7816bf")


def test_a_python_without_sm3_names_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setattr(low, "_openssl_has_sm3", lambda: False)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.hashes", None)
    with pytest.raises(MissingExtra, match="cryptography") as caught:
        sm3(b"abc")
    assert "conformance[gm]" in caught.value.hint


@given(VALUES)
def test_canonical_json_reads_back_and_is_one_line(value):
    text = canonical(value)
    assert json.loads(text) == value
    assert b"\n" not in text
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_members_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@given(st.text(st.characters(min_codepoint=0xD7F0, max_codepoint=0xE010)))
def test_lone_surrogates_become_escapes(text):
    stored = canonical({"v": text})
    assert stored.decode("utf-8")
    assert json.loads(stored)["v"] == json.loads(json.dumps(text))


def test_what_json_cannot_hold_becomes_text():
    value = {"a": float("nan"), "b": [float("inf"), (float("-inf"),)], "c": MappingProxyType({"d": float("nan")})}
    assert json.loads(canonical(value)) == {"a": "nan", "b": ["inf", ["-inf"]], "c": {"d": "nan"}}


def test_values_of_the_model_have_a_json_form():
    value = {"v": Verdict.PASS, "m": MappingProxyType({"k": 1}), "t": (1, 2), "s": {2, 1}, "b": b"\xff"}
    value |= {"d": date(2026, 1, 2), "i": datetime(2026, 1, 2, tzinfo=UTC)}
    assert json.loads(line(value)) == {
        "v": "PASS",
        "m": {"k": 1},
        "t": [1, 2],
        "s": [1, 2],
        "b": "ff",
        "d": "2026-01-02",
        "i": "2026-01-02T00:00:00+00:00",
    }
    with pytest.raises(TypeError, match="has no place in a record"):
        canonical(object())


def test_a_line_keeps_the_order_and_shows_chinese():
    assert line({"b": "证照", "a": 1}) == '{"b":"证照","a":1}'.encode()

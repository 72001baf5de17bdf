"""The generate grammar: what it makes, what it refuses and how it says so; and the same seed, the same data."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.errors import ProfileError
from conformance.generate.rules import ALPHABETS, CHANGES, GENERATORS, RULES
from conformance.generate.spec import check_spec, describe, sample, strategy, values
from conformance.generate.words import RARE_NAME, alphabet

BASE = "1.2.156.3005.2.11A-号"


@pytest.mark.parametrize("change", sorted(CHANGES))
@given(data=st.data())
@settings(max_examples=60)
def test_a_mutated_value_differs(change: str, data: st.DataObject) -> None:
    value = data.draw(strategy({"mutate": {"value": "{id}", "change": change}}, lambda _: BASE))
    assert value != BASE
    if change == "one-character":
        assert len(value) == len(BASE)
        assert sum(a != b for a, b in zip(value, BASE, strict=True)) == 1
        assert [i for i, c in enumerate(value) if c == "."] == [i for i, c in enumerate(BASE) if c == "."]
    if change == "swap-neighbours":
        assert sorted(value) == sorted(BASE)
    if change == "truncate":
        assert BASE.startswith(value)
        assert value


@pytest.mark.parametrize(
    ("value", "change"),
    [
        ("...", "one-character"),
        ("", "insert-one"),
        ("11", "swap-neighbours"),
        ("123", "lower-case"),
        ("1", "truncate"),
        ("1", "drop-one"),
    ],
)
def test_what_cannot_be_changed_is_an_error(value: str, change: str) -> None:
    with pytest.raises(ProfileError, match="P305"):
        strategy({"mutate": {"value": value, "change": change}})


@given(strategy({"text": {"min": 2, "max": 5, "alphabet": "digits"}}))
def test_text_keeps_its_bounds_and_alphabet(value: str) -> None:
    assert 2 <= len(value) <= 5
    assert set(value) <= set("0123456789")


@given(strategy({"text": {"max": 3, "characters": "甲乙"}}))
def test_text_of_given_characters(value: str) -> None:
    assert set(value) <= set("甲乙")


@given(strategy({"integer": {"min": -5, "max": 1_000_000}}))
def test_integers_keep_their_bounds(value: int) -> None:
    assert -5 <= value <= 1_000_000


@given(strategy({"date": {"min": "2024-02-28", "max": "20240301", "form": "YYYYMMDD"}}))
def test_dates_keep_their_bounds_and_form(value: str) -> None:
    assert value in ("20240228", "20240229", "20240301")


@given(strategy({"one-of": ["{a}", 2, None]}, lambda text: text.upper()))
def test_given_values_are_resolved(value: object) -> None:
    assert value in ("{A}", 2, None)


@given(values({"id": {"uscc": "valid"}, "when": {"date": "valid"}}))
def test_a_block_makes_a_value_for_each_variable(made: dict[str, Any]) -> None:
    assert list(made) == ["id", "when"]


def test_four_byte_characters_take_four_bytes_and_rare_names_are_lost_in_gbk() -> None:
    four = alphabet("gb18030-four-byte")
    assert len(four) > 40_000
    assert all(len(c.encode("gb18030")) == 4 for c in four[:: len(four) // 997])
    assert len(set(RARE_NAME)) == len(RARE_NAME)
    for char in RARE_NAME:
        assert char.encode("gb18030")
        with pytest.raises(UnicodeEncodeError):
            char.encode("gbk")


@given(strategy({"person-name": "rare"}))
def test_rare_names_have_a_rare_character(value: str) -> None:
    assert set(value) & set(RARE_NAME)


@pytest.mark.parametrize("name", sorted(ALPHABETS))
def test_every_named_alphabet_exists(name: str) -> None:
    assert alphabet(name)
    assert sample({"text": {"min": 1, "max": 3, "alphabet": name}}, n=3)


def every_spec() -> list[dict[str, Any]]:
    specs: list[dict[str, Any]] = [{n: f} for n, g in GENERATORS.items() for f in g.forms]
    specs += [{n: {"broken": b.name}} for n, rules in RULES.items() for b in rules]
    specs += [{"mutate": {"value": BASE, "change": c}} for c in CHANGES]
    specs += [{"one-of": [1, "a"]}, {"text": {"alphabet": "control"}}, {"text": {"characters": "ab"}}]
    return [*specs, {"integer": {"min": 0, "max": 9}}, {"date": {"min": "20240101"}}, {"licence-id": {"valid": True}}]


@pytest.mark.parametrize("spec", every_spec(), ids=str)
def test_everything_that_can_be_generated_is_described_and_sampled(spec: dict[str, Any]) -> None:
    assert check_spec(spec).generator.name in spec
    line = describe(spec)
    assert line
    assert line.isprintable()
    assert sample(spec, n=4, seed=1) == sample(spec, n=4, seed=1) != []


@pytest.mark.parametrize(
    ("spec", "code", "hint"),
    [
        ("valid", "P301", ""),
        ({}, "P301", ""),
        ({"uscc": "valid", "date": "valid"}, "P301", ""),
        ({"license-id": "valid"}, "P302", "licence-id"),
        ({7: "valid"}, "P302", ""),
        ({"licence-id": {"broken": "check-char"}}, "P303", "check-character"),
        ({"licence-id": {"broken": None}}, "P303", ""),
        ({"text": {"broken": "x"}}, "P303", ""),
        ({"licence-id": "check-character"}, "P304", "broken: check-character"),
        ({"licence-id": {"isuer": "x"}}, "P304", "issuer"),
        ({"licence-id": 3}, "P304", ""),
        ({"text": "valid"}, "P304", ""),
        ({"text": {"alphabet": "digit"}}, "P304", "digits"),
        ({"text": {"alphabet": "abc甲"}}, "P304", "characters"),
        ({"text": {"alphabet": "digits", "characters": "1"}}, "P304", ""),
        ({"mutate": {"change": "one-character"}}, "P304", ""),
        ({"mutate": {"value": "a", "change": "one-char"}}, "P304", "one-character"),
        ({"integer": {"min": 1}}, "P304", ""),
        ({"one-of": []}, "P304", ""),
        ({"date": {"form": "yyyyMMdd"}}, "P304", "YYYYMMDD"),
    ],
    ids=str,
)
def test_a_wrong_spec_is_refused_with_a_hint(spec: Any, code: str, hint: str) -> None:
    with pytest.raises(ProfileError, match=code) as found:
        check_spec(spec, where="p.yaml:3:5")
    assert hint in found.value.hint
    assert found.value.where == "p.yaml:3:5"


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"integer": {"min": 3, "max": 1}}, "P304"),
        ({"integer": {"min": "a", "max": 1}}, "P304"),
        ({"integer": {"min": 0, "max": 1.5}}, "P304"),
        ({"text": {"min": 9, "max": 1}}, "P304"),
        ({"text": {"min": -1}}, "P304"),
        ({"text": {"max": 10**9}}, "P304"),
        ({"text": {"characters": ""}}, "P304"),
        ({"date": {"min": "2024-02-30"}}, "P304"),
        ({"date": {"min": "20250101", "max": "20240101"}}, "P304"),
        ({"licence-id": {"like": "x"}}, "P305"),
        ({"licence-id": {"issuer": "340100"}}, "P305"),
    ],
    ids=str,
)
def test_a_wrong_resolved_value_is_refused(spec: Any, code: str) -> None:
    with pytest.raises(ProfileError, match=code):
        strategy(spec)


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
if sys.argv[2]:
    sys.path.insert(0, sys.argv[2])
    import local_constants
from conformance.generate.spec import sample
for spec in ({"licence-id": "valid"}, {"citizen-id": "valid"}, {"text": {"alphabet": "gb18030-four-byte"}},
             {"integer": {"min": 0, "max": 10**9}}, {"mutate": {"value": "1.2.156", "change": "insert-one"}}):
    print([ascii(v) for v in sample(spec, n=40, seed=7)])
"""


def test_the_same_seed_gives_the_same_data_whatever_modules_are_loaded(tmp_path: Any) -> None:
    import conformance

    root = str(next(iter(conformance.__path__)))[: -len("/conformance")]
    # constants of local modules are what Hypothesis would mix into its draws
    (tmp_path / "local_constants.py").write_text("A = [12345, 4711, 'ABC', 'SYN', 'X', 700_000, 333, b'ab']\n", "utf-8")
    runs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, root, extra], capture_output=True, text=True, cwd=tmp_path, check=True
        ).stdout
        for extra in ("", str(tmp_path))
    ]
    assert runs[0] == runs[1] != ""


def test_the_grammar_is_read_without_importing_hypothesis() -> None:
    program = (
        "import sys; from conformance.generate.spec import check_spec, describe; from conformance.codes import formats;"
        "describe({'licence-id': {'broken': 'version'}}); sys.exit('hypothesis' in sys.modules)"
    )
    import conformance

    root = str(next(iter(conformance.__path__)))[: -len("/conformance")]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0

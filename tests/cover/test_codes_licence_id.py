"""Licence identifiers: each rule alone, the check character against a second implementation, and known verdicts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.codes import licence_id, uscc
from conformance.codes.licence_id import ALPHABET, ROOT, build, check_character, examine, plus_one_character
from conformance.codes.values import check_value

DEFINER = uscc.build("11", "100000", "FAKE0001")
ISSUER = uscc.build("11", "370000", "FAKE0002")
TYPE = DEFINER + "001"

words = st.text(ALPHABET, min_size=1, max_size=60)


def mod_37_36(body: str) -> str:
    """GB/T 17710 by its definition: the hybrid system's product, written out without any library."""
    product = 36
    for char in body:
        total = (product + ALPHABET.index(char)) % 36
        product = (36 if total == 0 else total) * 2 % 37
    return ALPHABET[(37 - product) % 36]


@given(words)
def test_the_check_character_agrees_with_an_independent_implementation(body: str) -> None:
    assert check_character(body) == mod_37_36(body)


@pytest.mark.parametrize("body", ["", "a", "1.2", "号", "０"])
def test_a_body_outside_the_alphabet_has_no_check_character(body: str) -> None:
    with pytest.raises(ValueError):
        check_character(body)
    with pytest.raises(ValueError):
        plus_one_character(body)


def test_every_possible_check_character_occurs_and_is_accepted() -> None:
    seen: dict[str, str] = {}
    for n in range(2000):
        value = build(TYPE, ISSUER, f"SYN{n:05d}")
        seen.setdefault(value[-1], value)
    assert set(seen) == set(ALPHABET)
    assert all(examine(value).valid for value in seen.values())


@pytest.mark.parametrize("given_check", list(ALPHABET))
def test_of_36_check_characters_one_is_right(given_check: str) -> None:
    value = build(TYPE, ISSUER, "SYN00042")
    found = examine(value[:-1] + given_check)
    assert found.valid == (given_check == value[-1])
    assert found.expected == value[-1]
    if not found.valid:
        assert found.failed_rules == ("R10",)
        assert f"校验位应为 {value[-1]}，实为 {given_check}" in found.reason


def test_the_plus_one_variant_is_named() -> None:
    body = TYPE + ISSUER + "SYN00042" + "001"
    wrong = plus_one_character(body)
    found = examine(build(TYPE, ISSUER, "SYN00042")[:-1] + wrong)
    assert wrong != check_character(body)
    assert found.matches_plus_one
    assert found.reason.endswith("与『字母值+1』算法一致")


@given(st.text("0123456789", min_size=1, max_size=60))
def test_without_letters_the_plus_one_variant_never_agrees(body: str) -> None:
    assert plus_one_character(body) != check_character(body)


GOOD = build(TYPE, ISSUER, "SYN00042")
G_ROOT, (G_TYPE, G_ISSUER, G_SERIAL, G_VERSION, G_CHECK) = ROOT, GOOD.split(".")[5:]
WRONG_DEFINER = DEFINER[:17] + ("0" if DEFINER[17] != "0" else "1")
WRONG_ISSUER = ISSUER[:17] + ("0" if ISSUER[17] != "0" else "1")


@pytest.mark.parametrize(
    ("value", "failed", "unchecked"),
    [
        (build(G_TYPE, G_ISSUER, G_SERIAL, root="1.2.156.3003.2"), "R1", ""),
        (GOOD.removeprefix(ROOT + "."), "R1 R2", "R3 R4 R5 R6 R7 R8 R9 R10"),
        (GOOD + ".9", "R2", "R3 R4 R5 R6 R7 R8 R9 R10"),
        (GOOD.rpartition(".")[0], "R2", "R3 R4 R5 R6 R7 R8 R9 R10"),
        (GOOD.replace(".", "．"), "R1 R2", "R3 R4 R5 R6 R7 R8 R9 R10"),
        (build(G_TYPE[:-1], G_ISSUER, G_SERIAL), "R3", "R4"),
        (f"{ROOT}.{G_TYPE.lower()}.{G_ISSUER}.{G_SERIAL}.001.A", "R3", "R4 R10"),
        (build(WRONG_DEFINER + "001", G_ISSUER, G_SERIAL), "R4", ""),
        (build(DEFINER + "A01", G_ISSUER, G_SERIAL), "R4", ""),
        (build(G_TYPE, "370000", G_SERIAL), "R5", "R6"),
        (build(G_TYPE, WRONG_ISSUER, G_SERIAL), "R6", ""),
        (f"{ROOT}.{G_TYPE}.{G_ISSUER}.SYN-42.001.A", "R7", "R10"),
        (f"{ROOT}.{G_TYPE}.{G_ISSUER}..001.{check_character(G_TYPE + G_ISSUER + '001')}", "R7", ""),
        (build(G_TYPE, G_ISSUER, G_SERIAL, "1"), "R8", ""),
        (build(G_TYPE, G_ISSUER, G_SERIAL, "0001"), "R8", ""),
        (build(G_TYPE, G_ISSUER, G_SERIAL, "V01"), "R8", ""),
        (GOOD + " ", "R9 R10", ""),
        (GOOD + "\n", "R9 R10", ""),
        (GOOD[:-1], "R9 R10", ""),
        ("", "R1 R2", "R3 R4 R5 R6 R7 R8 R9 R10"),
    ],
)
def test_each_rule_is_told_apart(value: str, failed: str, unchecked: str) -> None:
    found = examine(value)
    assert " ".join(found.failed_rules) == failed
    assert " ".join(r.id for r in found.unchecked) == unchecked
    assert not found.valid
    assert found.reason


def test_an_issuer_that_is_no_uscc_is_only_warned_about_when_asked() -> None:
    value = build(TYPE, "340100", "000000016")
    assert examine(value).failed_rules == ("R5",)
    lenient = examine(value, issuer="warn")
    assert lenient.valid
    assert [w.rule.id for w in lenient.warnings] == ["R5"]
    assert examine(build(TYPE, WRONG_ISSUER, "1"), issuer="warn").valid


def test_version_000_is_pointed_out_but_not_refused() -> None:
    found = examine(build(TYPE, ISSUER, "SYN00042", "000"))
    assert found.valid
    assert [w.rule.name for w in found.warnings] == ["version-zero"]


@pytest.mark.parametrize("value", [None, 12, ["1"], {"id": GOOD}, 1.5, True])
def test_what_is_no_string_is_no_identifier(value: object) -> None:
    found = examine(value)
    assert not found.valid
    assert "字符串" in found.reason


@given(st.data(), st.text(ALPHABET, min_size=1, max_size=32), st.integers(0, 999))
def test_every_single_substitution_is_detected(data: st.DataObject, serial: str, version: int) -> None:
    value = build(TYPE, ISSUER, serial, f"{version:03d}")
    at = data.draw(st.sampled_from([i for i, c in enumerate(value) if c != "."]))
    new = data.draw(st.sampled_from([c for c in ALPHABET if c != value[at]]))
    assert not examine(value[:at] + new + value[at + 1 :]).valid


@given(st.data(), st.text(ALPHABET, min_size=2, max_size=32))
def test_a_transposition_of_neighbours_is_detected(data: st.DataObject, serial: str) -> None:
    value = build(TYPE, ISSUER, serial)
    places = [i for i in range(len(value) - 1) if "." not in value[i : i + 2] and _far(value[i], value[i + 1])]
    at = data.draw(st.sampled_from(places))
    assert not examine(value[:at] + value[at + 1] + value[at] + value[at + 2 :]).valid


def _far(a: str, b: str) -> bool:
    return abs(ALPHABET.index(a) - ALPHABET.index(b)) > 1


def test_what_mod_37_36_cannot_detect_is_known_exactly() -> None:
    """Of the 22 680 transpositions (state × unequal pair) 36 pass, one a state, all of values next to each other."""

    def step(product: int, value: int) -> int:
        return ((product + value) % 36 or 36) * 2 % 37

    missed = [
        (p, a, b)
        for p in range(1, 37)
        for a in range(36)
        for b in range(a)
        if step(step(p, a), b) == step(step(p, b), a)
    ]
    assert len(missed) == 36
    assert {p for p, _, _ in missed} == set(range(1, 37))
    assert all((a - b) in (1, 35) for _, a, b in missed)


def test_parts_and_build_are_inverse() -> None:
    parts = licence_id.parse(GOOD)
    assert parts is not None
    assert build(parts["type-code"], parts["issuer"], parts["serial"], parts["version"]) == GOOD
    assert examine(GOOD).parts == parts


# The collection of identifiers in use lies beside some checkouts and is not part of the product. Where it is absent
# there is nothing to collect here, and no skip; the vectors above are made by the tests and always run.
_COLLECTION = Path(__file__).parents[2].parent / "shared" / "samples" / "elicense" / "ids.csv"
_KINDS = {"type_code": "licence-type-code", "issuer_code": "licence-issuer-code"}


def _rows() -> list[dict[str, str]]:
    with _COLLECTION.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


if _COLLECTION.exists():

    @pytest.mark.parametrize("row", _rows(), ids=lambda row: row["kind"])
    def test_collected_identifiers_get_their_verdicts(row: dict[str, str]) -> None:
        kind = _KINDS.get(row["kind"], "licence-id")
        report = check_value(kind, row["id"])
        assert report.valid == (row["expect_valid"] == "true")
        assert " ".join(sorted(report.failed_rules)) == " ".join(sorted(row["failed_rules"].split()))
        found = report.examination
        if kind == "licence-id":
            assert found.expected == row["expected_check"]
            assert found.plus_one == row["plus1_variant_check"]
            if row["type_code"]:
                assert found.parts["type-code"] == row["type_code"]
                assert found.parts["issuer"] == row["issuer_code"]
                assert found.parts["serial"] == row["serial"]
                assert found.parts["version"] == row["version"]
        if row["kind"] == "issuer_code":
            assert check_value("uscc", row["id"]).valid == report.valid

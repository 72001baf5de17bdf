"""The seal and licence files: the conforming set conforms, each fault fails what it names, the bytes do not change."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import kit_eseal as kit
import pytest

from conformance.documents.finding import Level
from conformance.specimen import eseal

FILES = eseal.files()
# Clauses of the notes that no single file can show, and where they are shown instead.
ELSEWHERE: dict[str, str] = {}


@pytest.mark.parametrize("name", FILES)
def test_a_conforming_file_fails_nothing_and_leaves_nothing_open(name: str) -> None:
    found = kit.conforming(name).findings
    assert [f for f in found if f.level in (Level.FAIL, Level.UNKNOWN)] == []


def test_every_clause_passes_on_a_conforming_file() -> None:
    passed = {c for name in FILES for c, level in kit.conforming(name).levels.items() if level is Level.PASS}
    named = {c for spoil in eseal.SPOILS.values() for c in spoil.clauses}
    assert named - passed == set(ELSEWHERE)


@pytest.mark.parametrize("name", eseal.SPOILS)
def test_a_fault_fails_exactly_what_it_names(name: str) -> None:
    spoil = eseal.SPOILS[name]
    made = eseal.files((name,))
    assert [n for n in made if made[n] != FILES[n]] == [spoil.file]
    seen = kit.examined(spoil.file, made[spoil.file])
    if spoil.advice:
        assert not seen.failed
        assert {seen.level(clause) for clause in spoil.clauses} == {Level.WARN}
    else:
        assert seen.failed == set(spoil.clauses)
    assert len(spoil.clauses) == 1 or spoil.why, "a fault that breaks several clauses says why"


def test_there_are_faults_enough_and_each_clause_of_a_fault_is_one_that_passes_without_it() -> None:
    assert len(eseal.FAULTS) >= 90
    assert len({f.title for f in eseal.FAULTS}) == len(eseal.FAULTS)
    for spoil in eseal.SPOILS.values():
        for clause in spoil.clauses:
            assert kit.conforming(spoil.file).level(clause) is not Level.FAIL


def test_several_faults_of_different_files_hold_together() -> None:
    made = eseal.files(("page-changed", "seal-expired"))
    assert kit.examined("document.ofd", made["document.ofd"]).failed == {"SIG-06"}
    assert kit.examined("seal-v4.esl", made["seal-v4.esl"]).failed == {"SEAL-14"}


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(KeyError):
        eseal.files(("no-such-fault",))


def test_the_files_can_be_made_for_another_day() -> None:
    later = eseal.SIGNED + timedelta(days=365)
    made, trust = eseal.files(when=later), eseal.trust(when=later)
    assert made["document.ofd"] != FILES["document.ofd"]
    assert trust.at - eseal.trust().at == timedelta(days=365)


def test_names_are_of_one_form_and_seals_have_numbers_of_their_own() -> None:
    assert all(name.replace("-", "").isalnum() and name.islower() for name in eseal.SPOILS)
    told = [s.value for name in FILES for s in kit.conforming(name).seen.signatures]
    numbers = Counter(v.seal.id for v in told if v is not None and v.seal is not None)
    assert max(numbers.values()) == 1

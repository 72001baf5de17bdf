"""The profiles of government Apps hold the 79 clauses of the notes, each once, with the grade it is known by."""

from __future__ import annotations

from conformance.profile import load
from conformance.specimen import registry

# What the notes say of the text: read in a reprint is A, told by others is B, a heading or less is C.
READ = {16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 57, 58, *range(69, 75)}
HEADINGS = {*range(33, 50), 50, 51, *range(61, 69)}


def test_every_clause_is_there_once_with_its_grade() -> None:
    clauses = [c for name in ("govapp", "app-pi-draft-2026") for part in load(name).standards() for c in part.clauses]
    assert sorted(int(c.id.removeprefix("APP-")) for c in clauses) == list(range(1, 80))
    for clause in clauses:
        number = int(clause.id.removeprefix("APP-"))
        expected = "A" if number in READ else "C" if number in HEADINGS else "B"
        assert str(clause.grade) == expected, clause.id
        assert clause.checks or clause.reason, clause.id
        assert not clause.numbered


def test_five_clauses_are_for_a_person_alone() -> None:
    manual = {
        c.id for part in load("govapp").standards() for c in part.clauses if c.checks and all(k.kind == "manual" for k in c.checks)
    }  # fmt: skip
    assert {"APP-04", "APP-06", "APP-23", "APP-37", "APP-75"} <= manual


def test_the_parts_together_are_the_whole() -> None:
    def keys(name: str) -> set[str]:
        return {f"{p.id}/{c.id}/{k.name}" for p in load(name).standards() for c in p.clauses for k in c.checks}

    assert set().union(*(keys(name) for name in load("govapp").qualified_by)) == keys("govapp")


def test_every_automatic_check_of_the_backend_has_a_fault() -> None:
    killed = {key for fault in registry.faults("govapp-backend") for key in fault.kills}
    automatic = {
        f"{p.id}/{c.id}/{k.name}"
        for p in load("govapp-backend").standards()
        for c in p.clauses
        for k in c.checks
        if k.kind != "manual"
    }
    assert killed == automatic
    assert len([f for f in registry.faults("govapp-backend") if f.kills]) >= 40

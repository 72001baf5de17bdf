"""The shipped 电子证照 profiles: every clause known, sourced, tested or given to a person, in the words its level asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.model.profile import Check, Clause, Profile
from conformance.model.verdict import Grade, Provision
from conformance.profile import load
from conformance.resources import folder

CLAUSES = {"gbt-36904-2018": 16, "gbt-36903-2018": 20, "gbt-36902-2018": 9, "gbt-36905-2018": 16, "gbt-36906-2018": 60}
# Clauses about licence files whose level is that of GB/T 33190 (as its implementations state it), or advice from practice.
LEVELS_KNOWN = {"EL-FI-02", "EL-FI-04", "EL-FI-15"}
VERBS = {Provision.REQUIREMENT: "应", Provision.RECOMMENDATION: "宜", Provision.PERMISSION: "可"}
MODAL = {"should", "shall", "must", "may", "can", "might", "could", "would", "will"}


@pytest.fixture(scope="module")
def bundle() -> Profile:
    return load("elicense")


@pytest.fixture(scope="module")
def clauses(bundle: Profile) -> list[tuple[Profile, Clause]]:
    return [(part, clause) for part in bundle.standards() for clause in part.clauses]


@pytest.fixture(scope="module")
def checks(clauses: list[tuple[Profile, Clause]]) -> list[tuple[Profile, Clause, Check]]:
    return [(part, clause, check) for part, clause in clauses for check in clause.checks]


@pytest.mark.parametrize(("name", "count"), CLAUSES.items())
def test_each_profile_loads_with_its_clauses(name: str, count: int) -> None:
    profile = load(name)
    assert len(profile.clauses) == count
    assert profile.standard is not None
    assert profile.decision == {"numeric": "simple-acceptance"}


def test_the_bundle_holds_the_five_standards_and_every_clause(bundle: Profile) -> None:
    assert [part.id for part in bundle.standards()] == list(CLAUSES)
    assert sum(len(part.clauses) for part in bundle.standards()) == sum(CLAUSES.values())


def test_no_clause_number_is_claimed_that_was_not_seen(clauses: list[tuple[Profile, Clause]]) -> None:
    for _, clause in clauses:
        assert not clause.numbered, clause.id
        assert re.fullmatch(r"EL-(ID|MD|CT|FI|IF|SE|PF)-\d{2}", clause.id)
        assert clause.location, clause.id


def test_every_clause_has_a_grade_and_a_known_source(clauses: list[tuple[Profile, Clause]]) -> None:
    for part, clause in clauses:
        known = {source.key for source in part.sources}
        assert clause.grade in Grade
        assert clause.sources, clause.id
        assert set(clause.sources) <= known, (clause.id, set(clause.sources) - known)
        assert clause.level_inferred or clause.id in LEVELS_KNOWN, (
            f"{clause.id}: no level of these standards was read in their text"
        )


def test_the_verb_of_the_text_is_that_of_the_provision(clauses: list[tuple[Profile, Clause]]) -> None:
    for _, clause in clauses:
        assert VERBS[clause.provision] in clause.text, clause.id
        assert "转述" in clause.text, clause.id


def test_every_clause_is_tested_automatically_or_by_a_person(clauses: list[tuple[Profile, Clause]]) -> None:
    for _, clause in clauses:
        assert clause.checks or clause.reason, clause.id


def test_check_names_state_behaviour(checks: list[tuple[Profile, Clause, Check]]) -> None:
    seen: set[str] = set()
    for _, clause, check in checks:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){2,}", check.name), check.name
        assert not MODAL & set(check.name.split("-")), check.name
        assert check.name not in seen, check.name
        assert re.search("[\u4e00-\u9fff]", check.purpose), (clause.id, check.name)
        seen.add(check.name)


def test_negative_checks_have_a_positive_control(checks: list[tuple[Profile, Clause, Check]]) -> None:
    """A dead system refuses everything: whoever expects a refusal first shows that the system answers at all."""
    negative = 0
    for _, _, check in checks:
        if any(outcomes - {"success"} for outcomes in _expected(check.spec)):
            negative += 1
            assert check.spec.get("control"), check.name
    assert negative > 30


def test_a_success_is_asked_for_together_with_data(checks: list[tuple[Profile, Clause, Check]]) -> None:
    """A system that answers every call with success and nothing passes no check."""
    for _, _, check in checks:
        for body in (check.spec, *check.spec.get("steps", ())):
            expectation = body.get("expect")
            if isinstance(expectation, dict) and expectation.get("outcome") == "success":
                count = expectation.get("items", {})
                assert count.get("min") or count.get("equals") or expectation.get("values"), check.name


def _expected(spec: Any) -> Iterator[set[str]]:
    for body in (spec, *spec.get("steps", ())):
        expectation = body.get("expect")
        if expectation == "refused":
            yield {"refused"}
        elif isinstance(expectation, dict) and "outcome" in expectation:
            outcome = expectation["outcome"]
            yield {outcome} if isinstance(outcome, str) else set(outcome)


def test_manual_checks_are_whole_work_sheets(checks: list[tuple[Profile, Clause, Check]]) -> None:
    manual = [check for _, _, check in checks if check.kind == "manual"]
    assert manual
    for check in manual:
        sheet = check.spec["manual"]
        assert len(sheet["steps"]) >= 2, check.name
        assert sheet["evidence"], check.name
        assert "符合" in sheet["judge"], check.name


def test_checks_that_change_the_system_say_so(checks: list[tuple[Profile, Clause, Check]]) -> None:
    for part, _, check in checks:
        writing = {name for name in check.calls if part.operations[name].writes}
        assert bool(writing) == check.writes, check.name


def test_every_procedure_exists_and_tells_its_source(checks: list[tuple[Profile, Clause, Check]]) -> None:
    named: dict[str, set[str]] = {}
    for _, clause, check in checks:
        if check.kind == "procedure":
            file, _, function = str(check.spec["procedure"]).partition("::")
            documentation = _functions(folder("suites") / file).get(function)
            assert documentation is not None, check.name
            assert clause.id in documentation, f"{function}: its docstring names another clause than {clause.id}"
            named.setdefault(file, set()).add(function)
    for path in sorted((folder("suites") / "elicense").glob("*.py")):
        public = {name for name in _functions(path) if not name.startswith("_")}
        assert public == named[f"elicense/{path.name}"], f"{path.name} holds procedures that no check names"


def _functions(path: Path) -> dict[str, str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: ast.get_docstring(node) or "" for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_procedures_call_only_what_they_plan(checks: list[tuple[Profile, Clause, Check]]) -> None:
    for part, _, check in checks:
        if check.kind == "procedure":
            assert set(check.calls) <= set(part.operations), check.name
            assert int(check.spec.get("requests", 0)) > 0, check.name

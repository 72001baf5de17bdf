"""The shipped profile `ipv6-api`: thirty clauses of the RFCs, each sourced and tested; its faults; the file for a target."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

import conformance.specimen
from conformance.model.profile import Profile
from conformance.model.verdict import Provision
from conformance.plan.requests import planned_requests
from conformance.profile import load
from conformance.resources import folder
from conformance.specimen.fault import DEVIATION, Deviations
from conformance.specimen.ipv6_api.faults import FAULTS
from conformance.specimen.ipv6_api.sockets import Sockets
from conformance.specimen.ipv6_api.specimen import target
from conformance.target import init_text, load_target

VERBS = {Provision.REQUIREMENT: "应|不得", Provision.RECOMMENDATION: "宜"}
SOURCE = Path(conformance.specimen.__file__).parent / "ipv6_api"


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load("ipv6-api")


def test_all_thirty_clauses_are_here(profile: Profile) -> None:
    """Two of them are split by the level of their halves (MUST and SHOULD of one RFC)."""
    numbers = {clause.id[:6] for clause in profile.clauses}
    assert numbers == {f"V6A-{n:02d}" for n in range(1, 31)}
    assert [c.id for c in profile.clauses if len(c.id) > 6] == ["V6A-17a", "V6A-17b", "V6A-20a", "V6A-20b"]


def test_every_clause_says_where_it_comes_from(profile: Profile) -> None:
    known = {source.key for source in profile.sources}
    for clause in profile.clauses:
        assert not clause.numbered, clause.id
        assert clause.location, clause.id
        assert clause.sources, clause.id
        assert set(clause.sources) <= known, clause.id
        assert re.search(f"({VERBS[clause.provision]}).*转述", clause.text), clause.id
        assert clause.grade != "C" or clause.note, f"{clause.id}: an inference says what it rests on"
        assert not clause.level_inferred or clause.note, clause.id


def test_every_clause_is_tested_by_a_procedure_that_names_it(profile: Profile) -> None:
    named: dict[str, set[str]] = {}
    for clause in profile.clauses:
        assert clause.checks, clause.id
        for check in clause.checks:
            file, _, function = str(check.spec["procedure"]).partition("::")
            assert clause.id in _functions(folder("suites") / file)[function], function
            named.setdefault(file, set()).add(function)
    for path in sorted((folder("suites") / "ipv6").glob("api_*.py")):
        assert {name for name in _functions(path) if not name.startswith("_")} == named[f"ipv6/{path.name}"]


def _functions(path: Path) -> dict[str, str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: ast.get_docstring(node) or "" for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_checks_that_change_the_system_say_so(profile: Profile) -> None:
    for clause in profile.clauses:
        for check in clause.checks:
            assert bool({n for n in check.calls if profile.operations[n].writes}) == check.writes, check.name


def test_what_a_laboratory_fixed_is_marked(profile: Profile) -> None:
    origins = {p.name: p.origin for p in profile.parameters if p.default is not None}
    assert origins == {"rate_prefix": "laboratory", "examples": "laboratory", "fallback_limit": "standard"}


def test_the_file_for_a_target_loads_once_it_is_filled(profile: Profile) -> None:
    text = (
        init_text(profile)
        .replace("base_url: 待填", "base_url: http://[2001:db8::1]:8080/api")
        .replace("待填", "某系统")
    )
    loaded = load_target(yaml.safe_load(text), profile)
    assert loaded.hosts == ("2001:db8::1",)
    assert planned_requests(profile, loaded) == [], "what was not consented to is not planned"


def test_faults_are_named_titled_and_meant_for_checks_that_exist(profile: Profile) -> None:
    keys = {f"ipv6-api/{clause.id}/{check.name}" for clause in profile.clauses for check in clause.checks}
    deviations = [fault for fault in FAULTS if fault.kind == DEVIATION]
    assert len(deviations) >= 30
    assert [name for name, times in Counter(fault.name for fault in FAULTS).items() if times > 1] == []
    for fault in FAULTS:
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", fault.name), fault.name
        assert re.search("[一-鿿]", fault.title), fault.name
        assert fault.source in ("T4", "T5", "V", "假想"), fault.name
        assert set(fault.kills) <= keys, fault.name
        assert bool(fault.kills) == (fault.kind == DEVIATION), fault.name
    assert {kill for fault in deviations for kill in fault.kills} == keys, "a check that no fault is meant for"


def test_the_code_deviates_under_registered_names_only() -> None:
    text = "\n".join(p.read_text("utf-8") for p in SOURCE.glob("*.py") if p.name != "faults.py")
    quoted = set(re.findall(r"[\"']([a-z0-9]+(?:-[a-z0-9]+)+)[\"']", text))
    assert {fault.name for fault in FAULTS if fault.kind == DEVIATION} - quoted == set()
    asked = set(re.findall(r'"([a-z0-9-]+)" (?:not )?in (?:self\._?)?faults', text))
    assert asked - {fault.name for fault in FAULTS} == set()


def test_the_specimen_answers_every_question_of_the_profile(profile: Profile) -> None:
    made = target("http://127.0.0.1:1", Sockets(2, 3, 4, ()), Deviations((), ()))
    assert set(made["declares"]) == {c.name for c in profile.capabilities}
    assert set(made["parameters"]) <= {p.name for p in profile.parameters}
    loaded = load_target(made, profile)
    assert {r.check.split("/")[1][:6] for r in planned_requests(profile, loaded) if "/" in r.check} == {
        f"V6A-{n:02d}" for n in range(1, 31)
    }

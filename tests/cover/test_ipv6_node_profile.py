"""测试规范 ipv6-node: complete, and every automatic check of it has a fault that fails it."""

from __future__ import annotations

import re
from collections import Counter

from conformance.model.profile import Profile
from conformance.model.verdict import Grade, Provision
from conformance.profile import load
from conformance.specimen.ipv6_node.changes import CHANGES
from conformance.specimen.ipv6_node.faults import FAULTS, SETUPS
from conformance.specimen.registry import faults, names

PROFILE: Profile = load("ipv6-node")


def test_the_clauses_are_those_of_the_notes() -> None:
    assert [c.id for c in PROFILE.clauses] == [f"V6N-{n:02d}" for n in range(1, 48)]
    assert all(re.match(r"RFC \d{4}", c.location) and not c.numbered for c in PROFILE.clauses)
    assert [c.id for c in PROFILE.clauses if c.grade is not Grade.A] == ["V6N-22"]
    advised = {c.id for c in PROFILE.clauses if c.provision is Provision.RECOMMENDATION}
    assert advised == {f"V6N-{n:02d}" for n in (7, 8, 11, 21, 26, 34, 39, 45, 46)}


def test_every_automatic_check_is_failed_by_a_fault_of_a_shape() -> None:
    checks = {f"ipv6-node/{c.id}/{k.name}" for c in PROFILE.clauses for k in c.checks if k.kind != "manual"}
    killed = {key for fault in FAULTS for key in fault.kills}
    assert checks - killed == set()
    assert killed - checks == set()


def test_faults_are_named_once_and_exist_in_one_shape() -> None:
    assert len(FAULTS) >= 25
    assert [name for name, times in Counter(f.name for f in FAULTS).items() if times > 1] == []
    shapes = [name for name in names() if name.startswith("ipv6-node")]
    for fault in FAULTS:
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", fault.name)
        assert [shape for shape in shapes if fault in faults(shape)] == list(fault.shapes)
        assert fault.kills


def test_every_change_on_the_way_belongs_to_a_fault() -> None:
    assert {s.between for s in SETUPS.values() if s.between} == set(CHANGES) - {"nothing"}

"""The bundle of pages: its checks are there, each automatic one has a fault, and every fault names checks that exist."""

from __future__ import annotations

from conformance.profile import load
from conformance.specimen import registry

BUNDLES = ("govapp-pages", "gbt-37668-2019")


def automatic(name: str) -> set[str]:
    return {
        f"{p.id}/{c.id}/{k.name}"
        for p in load(name).standards()
        for c in p.clauses
        for k in c.checks
        if k.kind != "manual"
    }


def test_every_automatic_check_of_pages_has_a_fault() -> None:
    killed = {key for fault in registry.faults("govapp-pages") for key in fault.kills}
    assert killed == set().union(*(automatic(name) for name in BUNDLES))
    assert len(registry.faults("govapp-pages")) >= 60


def test_no_clause_of_pages_is_left_untested() -> None:
    left = {c.id for p in load("govapp").standards() for c in p.clauses if "尚未编入" in c.reason + c.note}
    assert left == set()


def test_a_check_of_pages_says_which_pages_it_opens() -> None:
    for name in BUNDLES:
        for part in load(name).standards():
            for clause in part.clauses:
                for check in clause.checks:
                    if "visit" in check.calls:
                        assert any(need.startswith("page:") for need in check.needs), check.name


def test_the_parts_of_the_whole_have_faults_of_different_names() -> None:
    names = [f.name for part in ("govapp-backend", "govapp-package", "govapp-pages") for f in registry.faults(part)]
    assert len(names) == len(set(names))

"""The seal and licence files: the conforming set conforms, each fault fails what it names, the bytes do not change."""

from __future__ import annotations

from datetime import timedelta

import kit_eseal as kit
import pytest

from conformance.documents.file import FileExamination
from conformance.documents.finding import Level
from conformance.documents.together import SealNumbers
from conformance.profile import load
from conformance.specimen import eseal
from conformance.specimen.eseal.checks import keys as checks_of

pytest.importorskip("pyhanko")
pytest.importorskip("zxingcpp")

FILES = eseal.files()
_COUNTS = {
    "OFD": 17,
    "SIG": 15,
    "SEAL": 15,
    "SES": 19,
    "CMS": 2,
    "CERT": 2,
    "INT": 2,
    "ENC": 1,
    "ARC": 2,
    "PDF": 2,
    "EL-FI": 16,
}
# Clauses of advice: a warning is all they can say, and a profile may take it as failed.
ADVICE = {"OFD-16", "SIG-03", "SIG-09", "CERT-02", "EL-FI-15"}
# The clauses about files: EV-01 is asked of a system, and CMS-TRUST gathers what the notes say of signers without a number.
CLAUSES = {f"{k}-{n:02d}" for k, count in _COUNTS.items() for n in range(1, count + 1)} | {
    "EV-02",
    "EV-03",
    "CMS-TRUST",
    "SIGNED",
}


@pytest.mark.parametrize("name", FILES)
def test_a_conforming_file_fails_nothing_and_leaves_nothing_open(name: str) -> None:
    found = kit.conforming(name).findings
    assert [f for f in found if f.level in (Level.FAIL, Level.UNKNOWN)] == []


def test_every_clause_passes_on_a_conforming_file() -> None:
    passed = {c for name in FILES for c, level in kit.conforming(name).levels.items() if level is Level.PASS}
    named = {c for spoil in eseal.SPOILS.values() for c in (*spoil.clauses, *spoil.licence)}
    assert CLAUSES - passed == set()
    assert CLAUSES - named == set(), "and some fault fails it"


@pytest.mark.parametrize("name", eseal.SPOILS)
def test_a_fault_fails_exactly_what_it_names(name: str) -> None:
    spoil, made = eseal.SPOILS[name], eseal.files((name,))
    now = spoil.rename or spoil.file
    assert [n for n in made if made[n] != FILES.get(n)] == [now]
    assert len(made) == len(FILES)
    seen, named = kit.examined(now, made[now]), {*spoil.clauses, *spoil.licence}
    if spoil.together:
        others = [kit.conforming(n) for n in FILES if n != spoil.file]
        assert together(*others, kit.conforming(spoil.file)) == set()
        assert (seen.failed, together(*others, seen)) == (set(), named)
        return
    assert seen.failed == (set() if spoil.advice else named)
    told = _warned(seen) - _warned(kit.conforming(spoil.file))
    assert named <= told if spoil.advice else not told & ADVICE, "nor is other advice given"
    assert len(named) == 1 or spoil.why, "a fault that breaks several clauses says why"


def together(*files: FileExamination) -> set[str]:
    """Clauses that fail only when files are seen beside one another."""
    numbers = SealNumbers()
    for file in files:
        numbers.add(file)
    return {f.clause for f in numbers.findings() if f.level is Level.FAIL}


def _warned(seen: FileExamination) -> set[str]:
    return {c for c, level in seen.levels.items() if level is Level.WARN}


def test_there_are_faults_enough_and_each_clause_of_a_fault_is_one_that_passes_without_it() -> None:
    assert len(eseal.FAULTS) >= 90
    assert len({f.title for f in eseal.FAULTS}) == len(eseal.FAULTS)


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


def test_names_are_of_one_form() -> None:
    assert all(name.replace("-", "").isalnum() and name.islower() for name in eseal.SPOILS)


def test_every_check_of_files_is_named_by_a_fault_and_every_key_is_a_check() -> None:
    """The profiles and the list of keys beside the generator do not drift apart."""
    parts = [part for name in ("eseal", "gbt-36905-2018") for part in load(name).standards()]
    checks = {f"{p.id}/{c.id}/{k.name}": k for p in parts for c in p.clauses for k in c.checks}
    keys = {key for fault in eseal.FAULTS for key in fault.kills} | {
        key for spoil in eseal.SPOILS.values() for key in checks_of(spoil.licence, advice=spoil.advice)
    }
    assert keys - set(checks) == set()
    assert {key for key, check in checks.items() if check.kind == "document"} - keys == set()

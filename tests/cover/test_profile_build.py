"""Data → model: what each check calls, writes and needs, and names that do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit_profile import GOOD, changed, line_of, write

from conformance.errors import ProfileError
from conformance.model.profile import Check, Profile
from conformance.model.verdict import Grade, Provision
from conformance.profile import load
from conformance.profile.names import CODES


def of(tmp_path: Path, text: str = GOOD) -> Profile:
    return load(write(tmp_path, text), cache=False)


def checks(profile: Profile) -> dict[str, Check]:
    return {check.name: check for clause in profile.clauses for check in clause.checks}


def test_the_profile_says_what_the_file_says(tmp_path) -> None:
    profile = of(tmp_path)
    assert (profile.id, profile.edition, profile.standard.number) == ("sample-1", "1.0", "GB/T 99901-2026")
    first, second, third = profile.clauses
    assert (first.id, first.numbered, first.provision, first.grade) == ("5.1", True, Provision.REQUIREMENT, Grade.B)
    assert (second.id, second.numbered, second.grade) == ("SA-02", False, Grade.C)
    assert second.when == {"all": ["query", {"not": "query"}]}
    assert [c.kind for c in (*first.checks, *second.checks, *third.checks)] == ["call", "call", "steps", "manual"]
    assert profile.operations["drop"].writes
    assert profile.parameters[2].choices == ("low", "high")
    assert profile.find("sample-1/5.1/an-unknown-id-is-refused")[2] is first.checks[1]


def test_calls_writes_and_needs_are_computed(tmp_path) -> None:
    named = checks(of(tmp_path))
    each = named["served-ids-are-not-empty"]
    assert (each.calls, each.writes, each.needs) == (("find",), False, ("active_id",))
    refused = named["an-unknown-id-is-refused"]
    assert refused.control == "served-ids-are-not-empty"
    # its own id is generated; the id that its control asks for is the target's
    assert refused.needs == ("active_id",)
    dropped = named["a-dropped-id-is-not-found"]
    assert (dropped.calls, dropped.writes, dropped.exclusive) == (("find", "drop"), True, True)
    # the id of drop is saved by an earlier step: `other_id` is not needed, the account of the second step is
    assert dropped.needs == ("active_id", "identity:disabled")
    assert named["training-records-exist-on-paper"].calls == ()


def test_a_parameter_in_braces_is_needed_and_a_generated_name_is_not(tmp_path) -> None:
    text = changed('with: {id: "{nobody}"}', 'with: {id: "{nobody}", purpose: "{level}"}')
    assert checks(of(tmp_path, text))["an-unknown-id-is-refused"].needs == ("level", "active_id")
    text = changed("generate: {nobody", "generate: {other_id").replace("{nobody}", "{other_id}")
    assert checks(of(tmp_path, text))["an-unknown-id-is-refused"].needs == ("active_id",)


def test_of_several_sources_only_what_all_need_is_needed(tmp_path) -> None:
    text = changed("for_each: find\n", "for_each: [find, drop]\n")
    assert checks(of(tmp_path, text))["served-ids-are-not-empty"].needs == ()


def test_an_expectation_in_one_word_is_spelled_out(tmp_path) -> None:
    named = checks(of(tmp_path))
    assert named["an-unknown-id-is-refused"].spec["expect"] == {"outcome": "refused"}
    steps = named["a-dropped-id-is-not-found"].spec["steps"]
    assert [step["expect"]["outcome"] for step in steps] == ["success", "success", "not-found"]


# what to write instead, the code, words of the line where the error is, words of the hint
CASES = [
    ("ref: SA-02", 'clause: "5.1"', "P321", "title: 废止\n    provision", ""),
    ("check: an-unknown-id-is-refused", "check: served-ids-are-not-empty", "P322", "purpose: 拒绝", ""),
    ("call: find\n        with", "call: fnid\n        with", "P323", "fnid", "find"),
    ("preflight: [{call: find}]", "preflight: [{call: fimd}]", "P323", "fimd", "find"),
    (
        "control: served-ids-are-not-empty",
        "control: served-ids-are-not-empti",
        "P324",
        "empti",
        "served-ids-are-not-empty",
    ),
    ("control: served-ids-are-not-empty", "control: an-unknown-id-is-refused", "P325", "control: an", ""),
    ("control: served-ids-are-not-empty", "control: training-records-exist-on-paper", "P325", "control: tr", ""),
    ("control: served-ids-are-not-empty", "control: a-dropped-id-is-not-found", "P325", "control: a-", ""),
    ("after: [an-unknown-id-is-refused]", "after: [nothing]", "P326", "after: [nothing]", ""),
    ("unique: [id]", "unique: [id]\n        after: [a-dropped-id-is-not-found]", "P327", "after", ""),
    ("when: query", "when: qeury", "P328", "qeury", "query"),
    ("when: {all: [query, {not: query}]}", "when: {any: [query, {not: qury}]}", "P328", "qury}", "query"),
    ("as: disabled", "as: disable", "P329", "as: disable", "disabled"),
    ("unique: [id]", "unique: [id]\n        needs: ['identity:nobody']", "P329", "identity:nobody", ""),
    ("unique: [id]", "unique: [id]\n        needs: [activ_id]", "P330", "[activ_id]", "active_id"),
    ("default: low", "default: middle", "P331", "middle", ""),
    (
        "for_each: find\n        expect: {id: {type: string, minLength: 1}}\n        unique: [id]\n",
        "document: SIG-6\n",
        "P332",
        "SIG-6",
        "SIG-06",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "words", "near"), CASES)
def test_a_name_that_does_not_exist_is_an_error_with_its_place(tmp_path, old, new, code, words, near) -> None:
    text = changed(old, new)
    if code == "P327":
        text = text.replace("control: served-ids-are-not-empty", "after: [served-ids-are-not-empty]")
    with pytest.raises(ProfileError) as caught:
        of(tmp_path, text)
    hits = [e for e in (caught.value, *caught.value.others) if e.code == code]
    assert hits, str(caught.value)
    line = line_of(text, words) - (code in ("P321", "P322"))  # those two on the line before
    assert f":{line}:" in hits[0].where, hits[0].where
    assert near in hits[0].hint


def test_every_name_code_has_a_case() -> None:
    assert {case[2] for case in CASES} == set(CODES)


def test_a_very_long_chain_of_after_is_no_cycle(tmp_path) -> None:
    head = (
        GOOD.partition("clauses:")[0]
        + "clauses:\n  - {clause: '1', title: t, provision: statement, text: t, grade: C, checks: ["
    )
    body = ", ".join(
        f"{{check: c{n}, purpose: p, for_each: find, expect: {{id: true}}{f', after: [c{n - 1}]' if n else ''}}}"
        for n in range(5000)
    )
    assert len(of(tmp_path, head + body + "]}\n").clauses[0].checks) == 5000

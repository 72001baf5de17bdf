"""Uses, include, tailoring, pins: everything a file refers to ends in one resolved profile with one digest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_profile import GOOD, changed, clause, write

from conformance.errors import ProfileError
from conformance.profile import flatten, load, procedure_files, unflatten
from conformance.profile import resolve as resolving
from conformance.profile import tailor as tailoring
from conformance.profile.build import build
from conformance.profile.flat import CODES as FLAT_CODES
from conformance.profile.flat import digest_of

BASE = """\
profile: base
title: {zh: 词汇}
abstract: true
sources: {S0: {what: 词汇来源}}
capabilities: {query: {ask: 是否提供查询？}}
parameters: {active_id: {type: text, required: true}, level: {type: text, choices: [a, b, c]}}
identities: {default: {fields: [token], required: true}}
operations:
  find: {inputs: {id: {default: "{active_id}"}}, request: {method: GET, path: "/{id}"}, response: {items: $, fields: {id: id}}}
envelope: {code: $.code, outcomes: {success: [0]}}
"""


def standard(name: str, number: str, clauses: str, more: str = "uses: [base]\n") -> str:
    head = f'profile: {name}\nedition: "1"\ntitle: {{zh: {name}}}\nstandard: {{number: {number}, title: {{zh: t}}}}\n'
    return f"{head}{more}sources: {{S1: {{what: w}}}}\nclauses:\n{clauses}"


ONE = clause("5.1", "one-is-true", "call: find, expect: success") + clause(
    "5.2", "two-is-true", "call: find, expect: refused, control: one-is-true", grade="C", sources="[S0]"
)
TWO = clause("5.1", "three-is-true", "call: find, expect: success, after: [four-is-true]") + clause(
    "6", "four-is-true", "call: find, with: {id: '{level}'}, expect: success"
)
BUNDLE = "profile: both\ntitle: {zh: 合集}\ninclude: [one, two]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """A folder with a base, two standards and a bundle; nothing else is on the search path."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(tmp_path, BASE, "base.yaml")
    write(tmp_path, standard("one", "GB/T 1-2001", ONE), "one.yaml")
    write(tmp_path, standard("two", "GB/T 2-2002", TWO), "two.yaml")
    write(tmp_path, BUNDLE, "both.yaml")
    return tmp_path


def fails(folder: Path, name: str, text: str) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        load(write(folder, text, name))
    assert str(folder / name) in caught.value.where
    return caught.value


def test_a_vocabulary_is_merged_into_the_profile_that_uses_it(folder) -> None:
    profile = load(folder / "one.yaml")
    assert [s.key for s in profile.sources] == ["S0", "S1"]
    assert list(profile.operations) == ["find"]
    assert profile.envelope == {"code": "$.code", "outcomes": {"success": [0]}}
    assert profile.clauses[0].checks[0].calls == ("find",)


def test_the_envelope_of_a_vocabulary_can_be_added_to_but_not_contradicted(folder) -> None:
    more = "uses: [base]\nenvelope: {message: $.m, outcomes: {not-found: [10]}}\n"
    profile = load(write(folder, standard("three", "X", ONE, more), "three.yaml"))
    assert profile.envelope == {"code": "$.code", "message": "$.m", "outcomes": {"success": [0], "not-found": [10]}}
    error = fails(folder, "four.yaml", standard("four", "X", ONE, "uses: [base]\nenvelope: {code: $.status}\n"))
    assert error.code == "P402"
    assert "base.yaml" in error.message
    assert "four.yaml" in error.message


def test_a_bundle_holds_its_parts_in_order(folder) -> None:
    both = load(folder / "both.yaml")
    assert [p.id for p in both.parts] == ["one", "two"]
    assert [p.id for p in both.standards()] == ["one", "two"]
    assert both.find("two/6/four-is-true")[2].needs == ("level",)
    outer = load(write(folder, "profile: outer\ntitle: {zh: o}\ninclude: [both]\n", "outer.yaml"))
    assert [p.id for p in outer.parts] == ["one", "two"]


def test_tailoring_says_what_it_took_away_and_why(folder) -> None:
    text = """\
profile: lab
title: {zh: 本所}
tailor_of: both
tailor:
  removed:
    - {clause: two/5.1, reason: 设备不具备, by: 张三}
  confirmed:
    - {clause: "5.2", reason: 已核对纸质标准, by: 李四}
  parameters:
    level: {default: b, choices: [a, b], required: true, reason: 本地规定, by: 张三}
"""
    lab = load(write(folder, text, "lab.yaml"))
    one, two = lab.parts
    assert [c.id for c in two.clauses] == ["6"]
    assert one.clauses[1].confirmed
    for part in lab.parts:
        level = next(p for p in part.parameters if p.name == "level")
        assert (level.default, level.choices, level.required, level.origin) == ("b", ("a", "b"), True, "laboratory")
    assert [(r.clause, r.action, r.by) for r in lab.tailoring] == [
        ("two/5.1", "removed", "张三"), ("one/5.2", "confirmed", "李四"), ("level", "parameter", "张三"),
    ]  # fmt: skip
    assert "无 → b" in lab.tailoring[2].reason
    assert lab.digest != load(folder / "both.yaml").digest
    # a bundle or a further overlay over it still tells everything
    text = "profile: lab2\ntitle: {zh: t}\ntailor_of: lab\ntailor: {removed: [{clause: 5.2, reason: r, by: b}]}\n"
    over = load(write(folder, text.replace("5.2", '"5.2"'), "lab2.yaml"))
    assert [r.action for r in over.tailoring] == ["removed", "confirmed", "parameter", "removed"]
    assert all(not part.tailoring for part in over.parts)


def test_an_order_after_a_removed_check_is_dropped(folder) -> None:
    text = "profile: lab\ntitle: {zh: t}\ntailor_of: two\ntailor: {removed: [{clause: '6', reason: r, by: b}]}\n"
    lab = load(write(folder, text, "lab.yaml"))
    assert lab.parts[0].clauses[0].checks[0].after == ()


LAB = "profile: lab\ntitle: {zh: t}\ntailor_of: both\ntailor: {%s}\n"
REMOVE = "removed: [{clause: %s, reason: r, by: b}]"
CASES = [
    ("P402", "three", standard("three", "X", ONE, "uses: [base]\nparameters: {level: {type: integer}}\n"), "level"),
    ("P403", "a", "profile: a\ntitle: {zh: t}\ninclude: [a]\n", "a → a"),
    ("P404", "a", "profile: a\ntitle: {zh: t}\ninclude: [oen]\n", "one"),
    ("P404", "three", standard("three", "X", ONE, "uses: [bsae]\n"), "base"),
    ("P406", "lab", LAB % (REMOVE % '"5.9"'), ""),
    ("P406", "lab", LAB % (REMOVE % '"5.1"'), "one/5.1、two/5.1"),
    ("P406", "lab", LAB % "parameters: {levle: {default: a, reason: r, by: b}}", "level"),
    ("P407", "lab", LAB % "confirmed: [{clause: two/6, reason: r, by: b}]", "C 级"),
    ("P407", "lab", LAB % "parameters: {level: {choices: [a, z], reason: r, by: b}}", "a、b、c"),
    ("P407", "lab", LAB % "parameters: {level: {default: z, reason: r, by: b}}", "a、b、c"),
    ("P408", "a", "profile: a\ntitle: {zh: t}\ninclude: [base]\n", "uses"),
    ("P408", "three", standard("three", "X", ONE, "uses: [both]\n"), "include"),
    ("P409", "lab", LAB % (REMOVE % "one/5.1"), "one-is-true"),
    ("P411", "a", "profile: a\ntitle: {zh: t}\ninclude: [one, both]\n", "one"),
]


@pytest.mark.parametrize(("code", "name", "text", "says"), CASES)
def test_a_wrong_reference_is_an_error_with_its_place(folder, code, name, text, says) -> None:
    error = fails(folder, f"{name}.yaml", text)
    found = [e for e in (error, *error.others) if e.code == code]
    assert found, str(error)
    assert says in str(found[0])
    assert found[0].where.count(":") >= 2


def test_a_reason_and_a_name_are_mandatory(folder) -> None:
    error = fails(folder, "lab.yaml", LAB % 'removed: [{clause: "5.2"}]')
    assert {e.code for e in (error, *error.others)} == {"P202"}
    assert "reason" in str(error)
    assert "by" in str(error)


def test_an_empty_remainder_is_refused(folder) -> None:
    both = "removed: [{clause: two/5.1, reason: r, by: b}, {clause: two/6, reason: r, by: b}]"
    assert fails(folder, "lab.yaml", LAB % both).code == "P407"


def test_a_longer_cycle_is_found(folder) -> None:
    write(folder, "profile: p\ntitle: {zh: t}\ninclude: [q]\n", "p.yaml")
    write(folder, "profile: q\ntitle: {zh: t}\ninclude: [p]\n", "q.yaml")
    with pytest.raises(ProfileError, match=r"P403.*p → q → p"):
        load(folder / "p.yaml")
    write(folder, BASE.replace("profile: base", "profile: b1") + "uses: [b2]\n", "b1.yaml")
    write(folder, BASE.replace("profile: base", "profile: b2") + "uses: [b1]\n", "b2.yaml")
    with pytest.raises(ProfileError, match="P403"):
        load(folder / "b1.yaml")


def test_a_pinned_edition_is_loaded_and_another_content_is_refused_with_both_digests(folder) -> None:
    digest = load(folder / "one.yaml").digest
    text = f"profile: pinned\ntitle: {{zh: t}}\ninclude: [{{profile: one, digest: '{digest}'}}]\n"
    assert load(write(folder, text, "pinned.yaml")).parts[0].digest == digest
    write(folder, standard("one", "GB/T 1-2001", ONE).replace("title: t", "title: u", 1), "one.yaml")
    now = load(folder / "one.yaml").digest
    error = fails(folder, "pinned.yaml", text)
    assert error.code == "P405"
    assert digest in str(error)
    assert now in str(error)
    pinned_base = standard("three", "X", ONE, f"uses: [{{profile: base, digest: '{digest}'}}]\n")
    assert fails(folder, "three.yaml", pinned_base).code == "P405"


def test_every_resolving_code_has_a_case() -> None:
    tested = {case[0] for case in CASES} | {"P405"}
    assert tested == set(resolving.CODES) | set(tailoring.CODES)


def test_the_digest_rests_on_content_alone(folder, tmp_path) -> None:
    first = load(folder / "both.yaml").digest
    for file in folder.glob("*.yaml"):
        write(tmp_path / "elsewhere", "# a comment changes nothing\n" + file.read_text(), file.name)
    assert load(tmp_path / "elsewhere" / "both.yaml").digest == first
    write(tmp_path / "elsewhere", BASE.replace("/{id}", "/v2/{id}"), "base.yaml")
    assert load(tmp_path / "elsewhere" / "both.yaml").digest != first


def test_the_digest_counts_the_procedures_it_uses(folder) -> None:
    body = "procedure: family/mod.py::look, calls: [find]"
    path = write(folder, standard("proc", "X", clause("1", "a-thing-is-looked-at", body)), "proc.yaml")
    without = load(path)
    assert procedure_files(without) == {}
    write(folder / "suites" / "family", "def look(check):\n    check.call('find')\n", "mod.py")
    first = load(path)
    assert procedure_files(first) == {"family/mod.py": folder / "suites" / "family" / "mod.py"}
    assert len(first.clauses[0].checks[0].spec["procedure_sha256"]) == 64
    write(folder / "suites" / "family", "def look(check):\n    check.call('find', id='x')\n", "mod.py")
    assert len({without.digest, first.digest, load(path).digest}) == 3


def test_flat_and_back_is_the_same_profile(folder) -> None:
    text = LAB % "removed: [{clause: two/5.1, reason: r, by: b}]"
    for path in (folder / "both.yaml", write(folder, text, "lab.yaml"), write(folder, GOOD), folder / "base.yaml"):
        profile = load(path)
        flat = flatten(profile)
        assert str(folder) not in repr(flat)
        again = unflatten(flat)
        assert again == replace(profile, origin="", parts=tuple(replace(p, origin="") for p in profile.parts))
        assert flatten(again) == flat
        assert digest_of(again) == profile.digest


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
data = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
checks = st.fixed_dictionaries(
    {"check": names, "purpose": words, "call": st.just("find"), "expect": st.dictionaries(words, data, max_size=2)},
    optional={"with": st.dictionaries(names, data, max_size=2), "when": data, "needs": st.lists(names, max_size=2),
              "writes": st.booleans(), "exclusive": st.booleans(), "after": st.lists(names, max_size=2)},
)  # fmt: skip
clauses = st.fixed_dictionaries(
    {"ref": words, "title": words, "text": words, "provision": st.sampled_from(["requirement", "statement"]),
     "grade": st.sampled_from("ABC"), "checks": st.lists(checks, max_size=2)},
    optional={"sources": st.lists(words, max_size=2), "note": words, "when": data, "level_inferred": st.booleans()},
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(clauses, max_size=3), st.dictionaries(names, data, max_size=2), words)
def test_any_profile_survives_flat_and_back(rows, decision, edition) -> None:
    own = {"profile": "p", "edition": edition, "title": {"zh": "t"}, "clauses": rows, "decision": decision}
    merged = {"sources": {}, "capabilities": {}, "parameters": {"a": {"type": "text"}}, "identities": {}, "envelope": {},
              "operations": {"find": {"inputs": {"id": {"default": "{a}", "required": True}}}}, "auth": {},
              "preflight": [], "fingerprint": [], "documents": []}  # fmt: skip
    profile = build(own, merged)
    assert unflatten(flatten(profile)) == profile
    assert digest_of(unflatten(flatten(profile))) == digest_of(profile)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda flat: flat.pop("id"),
        lambda flat: flat.update(format=99),
        lambda flat: flat.update(clauses=[{"id": "x"}]),
        lambda flat: flat.update(clauses=5),
        lambda flat: flat.update(parts=["x"]),
        lambda flat: flat["clauses"][0].update(grade="Z"),
        lambda flat: flat["clauses"][0]["checks"][0].update(surprise=1),
    ],
)
def test_a_damaged_flat_form_is_an_error_and_no_crash(folder, break_it) -> None:
    import copy

    flat = copy.deepcopy(flatten(load(folder / "one.yaml")))
    break_it(flat)
    with pytest.raises(ProfileError) as caught:
        unflatten(flat)
    assert caught.value.code in FLAT_CODES


def test_a_section_of_its_own_tailoring_is_recorded(folder) -> None:
    text = changed("clauses:\n", "tailor: {removed: [{clause: SA-02, reason: r, by: b}]}\nclauses:\n")
    profile = load(write(folder, text))
    assert [c.id for c in profile.clauses] == ["5.1", "SA-03"]
    assert profile.tailoring[0].clause == "sample-1/SA-02"


def test_a_target_file_where_a_profile_belongs_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("target: mine\nsystem: {name: x}\n", encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load(str(tmp_path / "mine.yaml"))
    assert caught.value.code == "P211"
    assert not caught.value.others

"""The grammar: every kind of mistake has a code, a place, and says what to write; all of them at once."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from kit_profile import GOOD, changed, line_of

from conformance.errors import ProfileError
from conformance.profile.schema import CODES, MOST, SCHEMA, check, grammar
from conformance.profile.yamlread import read_yaml


def errors(text: str) -> list[ProfileError]:
    data = text.encode()
    try:
        check(read_yaml(data, "f.yaml"), data, "f.yaml")
    except ProfileError as error:
        return [error, *error.others]
    return []


def test_the_good_profile_is_good() -> None:
    assert errors(GOOD) == []


def test_the_published_schema_is_a_valid_schema_with_words_for_every_key() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema_rs.meta.validate(schema)
    for key, value in schema["properties"].items():
        definition = schema["$defs"].get(value.get("$ref", "").rpartition("/")[2], {})
        assert value.get("title") or definition.get("title"), key
    for name, definition in schema["$defs"].items():
        assert definition.get("title"), name
        for key, value in definition.get("properties", {}).items():
            inner = schema["$defs"].get(value.get("$ref", "").rpartition("/")[2], {})
            assert value.get("title") or inner.get("title"), f"{name}.{key}"
    assert grammar() == schema


# what to write instead, the code, words of the line where the error is, words of the hint
CASES = [
    ('clause: "5.1"', "clause: 5.10", "P210", "clause: 5.10", "加引号写成 '5.10'"),
    ('edition: "1.0"', "edition: 1.0", "P210", "edition", "加引号写成 '1.0'"),
    ("provision: requirement", "provision: requirment", "P204", "requirment", "是否想写 requirement？"),
    ("expect: refused", "expct: refused", "P201", "expct", "是否想写 expect？"),
    ("        expect: refused\n", "", "P202", "check: an-unknown", ""),
    ("grade: C\n", "grade: C\n    checks_: 3\n", "P201", "checks_", "是否想写 checks？"),
    (
        "call: find\n        with",
        "for_each: find\n        call: find\n        with",
        "P207",
        "check: an-unknown",
        "只留一个",
    ),
    ("for_each: find\n        expect", "for_eahc: find\n        expect", "P207", "check: served", ""),
    ("unique: [id]", "unique: [id]\n        control: x", "P208", "control: x", "删掉 control"),
    ("when: query", "when: {al: [query]}", "P201", "{al:", "是否想写 all？"),
    ("sources: [S1]", "sources: S1", "P203", "sources: S1", ""),
    ("profile: sample-1", "profile: Sample 1", "P205", "profile:", ""),
    ('"5.1"', '"5/1"', "P205", "5/1", ""),
    ("steps: [查看记录]", "steps: []", "P206", "steps: []", ""),
    ("json: {id", "form: {a: 1}, json: {id", "P208", "form:", "只留一个"),
    ("active_id: {type", "Active: {type", "P205", "Active", ""),
    ("method: POST", "method: SEND", "P204", "SEND", ""),
    ("writes: true", "writes: ja", "P203", "writes: ja", ""),
    ("title: {zh: 样例, en: Sample}", "title: 样例", "P203", "title: 样例", ""),
    ("minLength: 1}}", "minLength: 1}, name: 5}", "P203", "name: 5", ""),
    ("issued: 2026-01-01", "issued: 2026-13-01", "P205", "issued", ""),
]


@pytest.mark.parametrize(("old", "new", "code", "words", "hint"), CASES)
def test_a_mistake_has_its_code_line_and_fix(old: str, new: str, code: str, words: str, hint: str) -> None:
    text = changed(old, new)
    line = line_of(text, words)
    found = errors(text)
    hits = [e for e in found if e.code == code]
    assert hits, [str(e) for e in found]
    assert any(e.where.startswith(f"f.yaml:{line}:") for e in hits), [e.where for e in hits]
    assert not hint or any(hint in e.hint for e in hits), [e.hint for e in hits]


def test_every_grammar_code_has_a_case() -> None:
    # P209 is what no other code says; only a future keyword of the schema can bring it. P211 comes before the grammar.
    assert {case[2] for case in CASES} | {"P209", "P211"} == set(CODES)


def test_all_errors_come_at_once_in_the_order_of_the_file_and_not_without_end() -> None:
    text = (
        changed('edition: "1.0"', "edition: 1")
        .replace("grade: B", "grade: D")
        .replace("expect: refused", "expec: refused")
    )
    lines = [int(e.where.split(":")[1]) for e in errors(text)]
    assert len(lines) >= 5
    assert lines == sorted(lines)
    many = GOOD + "".join(f"x{n}: 1\n" for n in range(100))
    assert len(errors(many)) == MOST + 1


def test_a_missing_top_level_says_what_a_profile_can_be() -> None:
    (error,) = errors("profile: a\ntitle: {zh: t}\n")
    assert error.code == "P207"
    assert "clauses" in error.expected
    assert "include" in error.expected


def test_the_message_holds_no_english_of_the_library() -> None:
    for old, new, *_ in CASES:
        for error in errors(changed(old, new)):
            assert "is not" not in error.message
            assert "required" not in error.message

"""Lint: each code by a profile seeded with one fault, and silence over a good one."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit_profile import GOOD, changed, clause, line_of, write

from conformance.errors import UsageError
from conformance.profile import load
from conformance.profile.lint import CODES, Finding, lint

MODULE = """\
def fine(check):
    check.call("find")

def undeclared(check):
    helper(check)

def helper(c):
    c.call("drop", id="x")
    c.parallel([("find", {}), ("drop", {"id": "y"})])

async def waits(check): ...

def takes_two(check, more): ...
"""


def found(tmp_path: Path, text: str) -> list[Finding]:
    write(tmp_path / "suites" / "family", MODULE, "mod.py")
    write(tmp_path / "suites" / "family", "def broken(:\n", "bad.py")
    return lint(write(tmp_path, text))


def test_a_good_profile_has_no_errors_and_no_warnings(tmp_path) -> None:
    remarks = found(tmp_path, GOOD)
    assert [(one.code, one.severity) for one in remarks] == [("L126", "info")]


def proc(function: str) -> str:
    """The good profile with a procedure as its last check."""
    return changed(
        "manual: {steps: [查看记录], evidence: [照片], judge: 有记录}",
        f"procedure: family/{function}, calls: [find]".replace(", ", "\n        "),
    )


# what is written instead (or a whole profile), the code, words of the line where it is said
CASES = [
    ("manual: {steps: [查看记录], evidence: [照片], judge: 有记录}", None, "L102", ""),
    (GOOD + '  - {clause: "9", title: t, provision: requirement, text: 应当, grade: B, sources: [S1]}\n', None, "L101", '"9"'),
    ("返回的标识应非空", "返回的标识宜非空", "L103", "宜非空"),
    ("返回的标识应非空", "返回的标识非空", "L104", "标识非空"),
    ("返回的标识应非空", "返回的标识可非空", "L104", "可非空"),
    (GOOD + clause("4.9", "the-order-is-wrong"), None, "L105", '"4.9"'),
    ('with: {id: "{nobody}"}', 'with: {id: "{nobdy}"}', "L106", "{nobdy}"),
    ('json: {id: "{id}"', 'json: {id: "{idd}"', "L106", "{idd}"),
    ('default: "{other_id}"', 'default: "{otherid}"', "L106", "otherid"),
    ("unique: [id]", "unique: [idd]", "L107", "[idd]"),
    ("expect: {id: {type: string", "expect: {idd: {type: string", "L107", "{idd:"),
    ("save: {known: id}", "save: {known: idd}", "L107", "known: idd"),
    ("values: {ok: {const", "values: {okay: {const", "L107", "okay"),
    ('with: {id: "{nobody}"}', 'with: {idd: "{nobody}"}', "L108", "idd:"),
    ("    sources: [S1]\n    checks:\n      - check: served", "    sources: [S2]\n    checks:\n      - check: served", "L109", "[S2]"),
    ("  S1: {what", "  S9: {what: nobody cites it}\n  S1: {what", "L110", "S9"),
    ("  query: {ask", "  spare: {ask: 多余的？}\n  query: {ask", "L111", "spare"),
    ("  other_id: {type: text}", "  other_id: {type: text}\n  spare: {type: text}", "L111", "spare"),
    ("expect: not-found}", "expect: not-foud}", "L112", "not-foud"),
    ("        control: served-ids-are-not-empty\n", "", "L113", "check: an-unknown"),
    ("{call: find, expect: success, save", "{call: find, save", "L113", "check: a-dropped"),
    ("for_each: find", "for_each: drop", "L114", "for_each: drop"),
    ("{type: string, minLength: 1}", "{format: licence-idd}", "L115", "licence-idd"),
    ("{type: string, minLength: 1}", "{type: strin}", "L116", "strin"),
    ("{type: string, minLength: 1}", '{pattern: "("}', "L116", 'pattern: "("'),
    ("{type: string, minLength: 1}", '{$ref: "https://example.com/s.json"}', "L116", "example.com"),
    ("values: {total: $.total}", 'values: {total: "$.total["}', "L117", "$.total["),
    ("save: {known: id}", 'save: {known: "$..["}', "L117", "$..["),
    ("expect: {outcome: success, values", 'expect: {outcome: success, at: {"$[": {const: 1}}, values', "L117", "$["),
    ("code: $.code", 'code: "$.["', "L117", "$.["),
    ("expect: {outcome: success, values", "expect: {outcome: success, body: {}, values", "L118", "body: {}"),
    ("generate: {nobody: {one-of: [x1, x2]}}", "generate: {nobody: {licenceid: valid}}", "L119", "licenceid"),
    ("generate: {nobody: {one-of: [x1, x2]}}", "generate: {nobody: {uscc: {broken: nothing}}}", "L119", "uscc"),
    ("other_id: {type: text}", "other_id: {type: txt}", "L120", "txt"),
    ("check: training-records-exist-on-paper", "check: Training_Records", "L121", "Training_Records"),
    ("check: training-records-exist-on-paper", "check: training-records-must-exist", "L122", "must"),
    ("check: training-records-exist-on-paper", "check: verify-the-training-records", "L123", "verify"),
    ("check: training-records-exist-on-paper", "check: training", "L123", "check: training"),
    ("可提供培训记录", "可" + "提供培训记录" * 40, "L124", "可提供"),
    ("可提供培训记录", "可提供“" + "培训记录" * 10 + "”", "L125", "可提供"),
    ("grade: B\n    sources: [S1]\n    checks:\n      - check: training", "grade: C\n    checks:\n      - check: training", "L126", "grade: C"),
    ("    sources: [S1]\n    checks:\n      - check: training", "    checks:\n      - check: training", "L127", ""),
    ("provision: permission", "provision: statement", "L128", "statement"),
    ("title: 记录\n", "title: 记录\n    untested: 没有设备\n", "L129", "untested"),
    ("title: 记录\n    provision: permission", "title: 记录\n    level_inferred: true\n    provision: permission", "L130", "level_inf"),
    (GOOD + clause("6", "a-thing-is-true", text="返回的标识应非空（转述）"), None, "L131", '"6"'),
    (GOOD + clause("6", "a-thing-is-true", "for_each: find, unique: [id], expect: {id: {type: string, minLength: 1}}"), None, "L132", '"6"'),
    ('edition: "1.0"\n', "", "L133", "profile:"),
    ("issued: 2026-01-01", "issued: 2026-12-01", "L134", "in_force:"),
    ("status: in-force", "status: superseded", "L134", "status"),
    (proc("absent.py::fine"), None, "L135", "procedure:"),
    (proc("bad.py::broken"), None, "L135", "procedure:"),
    (proc("mod.py::find"), None, "L136", "procedure:"),
    (proc("mod.py::waits"), None, "L137", "procedure:"),
    (proc("mod.py::takes_two"), None, "L137", "procedure:"),
    (proc("mod.py::undeclared"), None, "L138", "procedure:"),
    ("    grade: B\n    sources: [S1]\n    checks:\n      - check: served", "    grade: B\n    draft: {guesses: {grade: 没有说}}\n    sources: [S1]\n    checks:\n      - check: served", "L139", "guesses:"),
]  # fmt: skip


def seeded(old: str, new: str | None, code: str) -> str:
    if code == "L102":
        return GOOD[: GOOD.index("    checks:\n      - check: training")]
    if code == "L130":
        return changed(old, new or "").replace(
            "grade: B\n    sources: [S1]\n    checks:\n      - check: tr",
            "grade: A\n    sources: [S1]\n    checks:\n      - check: tr",
        )
    return old if new is None else changed(old, new)


@pytest.mark.parametrize(("old", "new", "code", "words"), CASES)
def test_one_seeded_fault_is_found_with_its_place(tmp_path, old, new, code, words) -> None:
    text = seeded(old, new, code)
    hits = [one for one in found(tmp_path, text) if one.code == code]
    assert hits, [str(one) for one in found(tmp_path, text)]
    assert all(one.severity == CODES[code][0] for one in hits)
    if words:
        where = f":{line_of(text, words)}:"
        assert any(where in one.where for one in hits), (where, [one.where for one in hits])


def test_every_lint_code_has_a_case_and_a_line_of_documentation() -> None:
    assert {case[2] for case in CASES} == set(CODES)
    for severity, said in CODES.values():
        assert severity in ("error", "warning", "info")
        assert said


def test_a_fine_procedure_is_fine(tmp_path) -> None:
    assert {one.code for one in found(tmp_path, proc("mod.py::fine"))} == {"L126"}


def test_what_keeps_a_profile_from_loading_is_a_finding_too(tmp_path) -> None:
    remarks = found(tmp_path, changed("grade: B", "grade: D").replace("for_each: find\n", "for_each: fnid\n"))
    assert [one.code for one in remarks] == ["P204"]
    assert "应为: A、B、C" in str(remarks[0])
    remarks = found(tmp_path, changed("for_each: find\n", "for_each: fnid\n"))
    assert "P323" in [one.code for one in remarks]
    assert remarks[0].severity == "error"


def test_a_bundle_is_linted_with_all_its_parts(tmp_path) -> None:
    write(tmp_path, changed("返回的标识应非空", "返回的标识宜非空"))
    bundle = write(tmp_path, "profile: b\nedition: '1'\ntitle: {zh: t}\ninclude: [sample-1]\n", "b.yaml")
    remarks = lint(bundle)
    assert remarks[0].code == "L103"
    assert "sample-1.yaml" in remarks[0].where
    assert lint(load(bundle)) == remarks


def test_a_profile_without_a_file_cannot_be_linted(tmp_path) -> None:
    from conformance.profile import flatten, unflatten

    with pytest.raises(UsageError, match="U104"):
        lint(unflatten(flatten(load(write(tmp_path, GOOD)))))
    with pytest.raises(UsageError, match="U101"):
        lint("no-such-profile")


def test_a_placeholder_where_a_schema_wants_a_number_is_no_error(tmp_path) -> None:
    text = changed("values: {ok: {const: true}}", 'values: {ok: {maximum: "{level}"}}')
    assert {one.code for one in found(tmp_path, text)} == {"L126"}


def test_the_shipped_profiles_have_no_lint_errors() -> None:
    from conformance.profile import available
    from conformance.resources import folder

    wrong = [
        one
        for listed in available([("shipped", folder("profiles"))])
        for one in lint(listed.path)
        if one.severity == "error"
    ]
    assert wrong == []

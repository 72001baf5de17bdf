"""A system in parts: what is not handed in is 不适用, and a bundle of one part asks for nothing of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.errors import ConformanceError, ProfileError, TargetError
from conformance.model.verdict import Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.profile.yamlread import read_yaml
from conformance.target import init_text, load_target

PROFILE = """\
profile: parts
edition: "1.0"
title: {zh: 样例}
standard: {number: GB/T 99901-2026, title: {zh: 样例}}
capabilities:
  backend: {ask: 是否交来后台？, given: base_url}
  package: {ask: 是否交来安装包？, given: documents}
parameters:
  base_url: {type: url, when: backend}
  holder: {type: text, required: true, help: 持证主体, when: backend}
  names: {type: list, help: 名称, when: package}
identities:
  default: {fields: [token], required: true, when: backend}
operations:
  find: {when: backend, inputs: {id: {default: "{holder}", required: true}}, request: {method: GET, path: "/{id}"}, response: {values: {x: $.x}}}
clauses:
  - ref: P-1
    title: 后台
    provision: requirement
    text: 后台
    grade: B
    checks:
      - {check: it-answers, purpose: 应答, call: find, expect: success}
  - ref: P-2
    title: 安装包
    provision: requirement
    text: 安装包
    grade: B
    when: package
    checks:
      - {check: it-is-whole, purpose: 完好, document: APP-13}
  - ref: P-3
    title: 两者
    provision: requirement
    text: 两者
    grade: B
    checks:
      - {check: backend-half, purpose: 后台, when: backend, call: find, expect: success, after: [package-half]}
      - {check: package-half, purpose: 安装包, when: package, document: APP-08}
"""
BUNDLE = """\
profile: only-{part}
edition: "1.0"
title: {{zh: 只看一个部分}}
include: [parts]
assume: {assume}
"""
HEAD = {"target": "t", "system": {"name": "系统"}}
BACKEND = {
    "parameters": {"base_url": "http://a.example", "holder": "h"},
    "identities": {"default": {"token": "plain:s"}},
}
PACKAGE = {"documents": {"paths": ["x.apk"]}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/parts.yaml").write_text(PROFILE, "utf-8")
    for part, assume in (
        ("backend", "{backend: true, package: false}"),
        ("package", "{backend: false, package: true}"),
    ):
        (tmp_path / f"profiles/only-{part}.yaml").write_text(BUNDLE.format(part=part, assume=assume), "utf-8")
    return tmp_path


def decided(profile: str, *given: dict[str, Any]) -> dict[str, str]:
    """Check → its verdict before anything is sent, or `run`."""
    loaded = load(profile)
    data: dict[str, Any] = dict(HEAD)
    for one in given:
        data |= one
    return {
        e.check.name: str(e.decided.verdict) if e.decided else "run" for e in plan(loaded, load_target(data, loaded))
    }


def test_a_part_that_was_not_handed_in_is_not_applicable(folder: Path) -> None:
    no = str(Verdict.NOT_APPLICABLE)
    assert decided("parts", BACKEND) == {
        "it-answers": "run", "it-is-whole": no, "backend-half": "run", "package-half": no,
    }  # fmt: skip
    assert decided("parts", PACKAGE) == {
        "it-answers": no, "it-is-whole": "run", "backend-half": no, "package-half": "run",
    }  # fmt: skip
    assert set(decided("parts", BACKEND, PACKAGE).values()) == {"run"}
    assert set(decided("parts").values()) == {no}


def test_the_reason_says_what_was_not_handed_in(folder: Path) -> None:
    profile = load("parts")
    entry = next(e for e in plan(profile, load_target({**HEAD, **PACKAGE}, profile)) if e.check.name == "it-answers")
    assert entry.decided is not None
    assert "backend=否（声明，或看有没有交来）" in entry.decided.reasons[0].message


def test_a_declaration_wins_over_what_is_given(folder: Path) -> None:
    assert decided("parts", BACKEND, PACKAGE, {"declares": {"package": False}})["it-is-whole"] == "NOT_APPLICABLE"


def test_what_is_declared_and_not_given_is_an_error(folder: Path) -> None:
    with pytest.raises(TargetError) as caught:
        decided("parts", PACKAGE, {"declares": {"backend": True}})
    assert (caught.value.code, "parameters.base_url" in caught.value.message) == ("T141", True)
    with pytest.raises(TargetError) as caught:
        decided("parts", BACKEND, {"declares": {"package": True}})
    assert "documents.paths" in caught.value.message


def test_what_a_part_needs_is_required_with_it_alone(folder: Path) -> None:
    with pytest.raises(ConformanceError) as caught:
        decided("parts", {"parameters": {"base_url": "http://a.example"}})
    said = str(caught.value)
    assert "holder" in said
    assert "default" in said


def test_a_bundle_of_one_part_holds_only_what_can_apply(folder: Path) -> None:
    backend, package = load("only-backend"), load("only-package")
    names = [[k.name for p in b.standards() for c in p.clauses for k in c.checks] for b in (backend, package)]
    assert names == [["it-answers", "backend-half"], ["it-is-whole", "package-half"]]
    assert next(iter(backend.standards())).digest != next(iter(load("parts").standards())).digest
    # The order asked for names a check that is not there any more.
    assert (
        next(k for p in backend.standards() for c in p.clauses for k in c.checks if k.name == "backend-half").after
        == ()
    )
    assert decided("only-package", BACKEND, PACKAGE) == {"it-is-whole": "run", "package-half": "run"}


def test_init_asks_for_nothing_of_the_other_parts(folder: Path) -> None:
    text = init_text(load("only-package"))
    assert "names:" in text
    for word in ("base_url", "holder", "token", "find", "backend:"):
        assert word not in text
    whole = init_text(load("parts"))
    assert "# backend: true        # 不写则看有没有给出 parameters.base_url" in whole
    assert read_yaml(whole.encode(), "t", error=TargetError)


def test_an_answer_to_a_question_nobody_asks_is_an_error(folder: Path) -> None:
    path = folder / "profiles/wrong.yaml"
    path.write_text(BUNDLE.format(part="x", assume="{bakend: false}"), "utf-8")
    with pytest.raises(ProfileError) as caught:
        load(str(path))
    assert caught.value.code == "P328"
    assert "backend" in caught.value.hint


def test_a_question_cannot_rest_on_an_unknown_parameter(folder: Path) -> None:
    path = folder / "profiles/wrong.yaml"
    path.write_text(
        PROFILE.replace("profile: parts", "profile: wrong").replace("given: base_url", "given: base"), "utf-8"
    )
    with pytest.raises(ProfileError) as caught:
        load(str(path))
    assert "P330" in str(caught.value)

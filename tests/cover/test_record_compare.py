"""Comparing two records: what changed in words and verdicts, and what only looks changed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from recordkit import ADVICE, ALL_PASS, ONE, START, TWO, check, failed, judged, passed, profile, record

from conformance.model.verdict import Cause, Overall, Verdict
from conformance.record.compare import compare, normalise, text
from conformance.record.reading import open_record


def between(tmp_path, before, after):
    a, b = record(tmp_path / "a", **before), record(tmp_path / "b", **after)
    found = compare(open_record(a), open_record(b))
    json.dumps(found.to_json())
    return found


def test_a_record_is_identical_to_itself_and_to_the_same_run_in_another_order(tmp_path):
    noisy = [
        failed(ONE, f"http://127.0.0.1:{port}/x 超时 {port} ms，{at}")
        for port, at in ((8001, START), (9002, START.replace(year=2027)))
    ]
    found = between(
        tmp_path,
        {
            "results": [noisy[0], *ALL_PASS[1:]],
            "target": {"system": {"name": "样机"}, "base_url": "http://127.0.0.1:8001"},
        },
        {
            "results": [*reversed(ALL_PASS[1:]), noisy[1]],
            "start": START.replace(year=2027),
            "target": {"system": {"name": "样机"}, "base_url": "http://127.0.0.1:9002"},
        },
    )
    assert found.identical
    assert (found.checks, found.clauses, found.profile) == ((), (), ())
    assert [c.key for c in found.target] == ["/base_url"]


def test_a_changed_verdict_is_told_for_check_clause_and_conclusion(tmp_path):
    found = between(tmp_path, {}, {"results": [failed(ONE), *ALL_PASS[1:]]})
    assert not found.identical
    assert [(c.key, c.what, c.before, c.after) for c in found.clauses] == [("p/4.1", "verdict", "PASS", "FAIL")]
    assert [(c.key, c.what) for c in found.checks] == [(ONE, w) for w in ("verdict", "cause", "reasons", "counts")]
    assert (found.before.overall, found.after.overall) == (Overall.CONFORMS, Overall.DOES_NOT_CONFORM)
    assert [c.key for c in found.regressions] == [ONE]


def test_a_comparison_in_words_is_safe_to_print(tmp_path):
    found = between(tmp_path, {}, {"results": [failed(ONE, "\x1b[2J\u202e坏" + "长" * 500), *ALL_PASS[1:]]})
    told = text(found)
    assert told.splitlines()[:4] == [
        "两次检测的判定不同",
        "检测结论: 符合 → 不符合",
        "条款（1 处不同）",
        "  p/4.1  判定: 符合 → 不符合",
    ]
    assert f"  {ONE}  原因归属: （无） → 被测系统" in told
    assert all(c == "\n" or c.isprintable() for c in told)
    assert max(map(len, told.splitlines())) < 500


def test_another_reason_or_cause_for_the_same_verdict_is_a_difference(tmp_path):
    found = between(
        tmp_path, {"results": [failed(ONE, "甲"), *ALL_PASS[1:]]}, {"results": [failed(ONE, "乙"), *ALL_PASS[1:]]}
    )
    assert [c.what for c in found.checks] == ["reasons"]
    assert not found.identical
    before, after = (judged(TWO, Verdict.INCONCLUSIVE, c) for c in (Cause.TOOL, Cause.ENVIRONMENT))
    (tmp_path / "2").mkdir()
    found = between(tmp_path / "2", {"results": [passed(ONE), before]}, {"results": [passed(ONE), after]})
    assert [c.what for c in found.checks] == ["cause"]


def test_other_counts_are_told_and_make_no_difference(tmp_path):
    more = replace(passed(ONE), witnesses=5)
    found = between(tmp_path, {}, {"results": [more, *ALL_PASS[1:]]})
    assert [c.what for c in found.checks] == ["counts"]
    assert found.identical


def test_editions_of_a_profile_can_be_compared(tmp_path):
    clauses = profile().clauses
    changed = replace(clauses[0], text="应唯一且不可变", checks=(check("one"), check("three")))
    newer = profile(clauses=(changed, *clauses[1:3]), edition="2", digest="sha256:2")
    found = between(tmp_path, {}, {"made": newer, "results": [passed(ONE), passed("p/4.1/three"), *ALL_PASS[2:]]})
    assert {(c.key, c.what) for c in found.checks} == {("p/4.1/three", "added"), (TWO, "removed")}
    assert {(c.key, c.what) for c in found.clauses} == {("p/4.1", "wording"), ("p/4.4", "removed")}
    wording = next(c for c in found.clauses if c.what == "wording")
    assert wording.after == {"checks": ["one", "three"], "text": "应唯一且不可变"}
    assert {c.key for c in found.profile} == {"/edition", "/digest", "/parts/p/edition", "/parts/p/digest"}
    assert [c.key for c in found.regressions] == [TWO]


def test_another_system_version_is_told(tmp_path):
    found = between(
        tmp_path,
        {"target": {"system": {"name": "样机", "version": "1"}}},
        {"target": {"system": {"name": "样机", "version": "2", "build": "x"}}},
    )
    assert [(c.key, c.what, c.before, c.after) for c in found.target] == [
        ("/system/version", "value", "1", "2"),
        ("/system/build", "added", None, "x"),
    ]
    assert found.identical


def test_a_partial_record_differs_from_a_whole_one(tmp_path):
    found = between(tmp_path, {}, {"results": ALL_PASS[:3]})
    assert [(c.key, c.after) for c in found.checks if c.what == "verdict"] == [(ADVICE, "NOT_TESTED")]
    assert (found.after.overall, found.identical) == (Overall.PARTIAL, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("于 2026-11-20T01:02:03.456Z 收到", "于 2027-01-02 11:02:03+08:00 收到"),
        ("Date: Fri, 20 Nov 2026 01:02:03 GMT", "Date: Sat, 21 Nov 2026 02:03:04 GMT"),
        ("http://localhost:8080/a", "http://localhost:80/a"),
        ("http://host.example:8080/a", "http://host.example:9/a".replace(":9/", ":91/")),
        ("127.0.0.10:41234 拒绝连接", "127.0.0.10:51234 拒绝连接"),
        ("[::1]:8080", "[::1]:8081"),
        ("id 6a1b1b0e-6d2c-4d1a-9a51-5a2c3d4e5f60", "id 7B2C2C1F-7e3d-4e2b-8b62-6b3d4e5f6071"),
        ("摘要 " + "a1" * 32, "摘要 " + "b2" * 32),
        ("用时 12.5 ms", "用时 3 ms"),
        ("用时 3毫秒", "用时 4毫秒"),
        ("at 0x7f00aa12", "at 0x7f00bb34"),
        ("t=1784000000", "t=1784000060123"),
        ("a  b\n c", "a b c"),
    ],
)
def test_what_varies_from_run_to_run_is_masked(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("状态 200", "状态 401"),
        ("code:1001", "code:1002"),
        ("期望 5 项", "期望 6 项"),
        ("91110000A", "91110000B"),
        ("10 s内", "10 项"),
    ],
)
def test_what_matters_is_not_masked(one, other):
    assert normalise(one) != normalise(other)

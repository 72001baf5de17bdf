"""A system under test is hostile input: each way of misbehaving gets the right verdict, in bounded time and memory."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.model.profile import Profile
from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run
from conformance.run.runner import run_check
from conformance.target import load_target
from tests.e2e.hostile_server import CASES, hostile

PROFILE = """
profile: hostile
edition: "1"
title: {zh: 敌意系统, en: hostile systems}
standard: {number: T 1-2026, title: {zh: 敌意系统, en: hostile systems}}
sources: {O1: {what: 自拟}}
parameters: {base_url: {type: url, required: true}}
envelope: {code: $.code, message: $.message, outcomes: {success: [0], refused-by-us: [7]}}
operations:
  ask:
    inputs: {case: {required: true}}
    request: {method: GET, path: "/{case}"}
    response: {items: "$.data[*]", fields: {id: id, name: name}}
clauses:
"""
CLAUSE = """
  - clause: "{n}"
    title: {case}
    provision: requirement
    text: 系统应返回名称
    grade: A
    sources: [O1]
    checks:
      - check: {case}-returns-a-name
        purpose: 返回名称
        call: ask
        with: {{case: "{case}"}}
        expect: {{outcome: success, json: true, each: {{name: {{type: string, minLength: 1}}}}}}
"""

# case → verdict, cause, and a word that the reason says
EXPECTED: dict[str, tuple[Verdict, Cause | None, str]] = {
    "good": (Verdict.PASS, None, ""),
    "hang": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "超时"),
    "drip-body": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "未收完"),
    "drip-head": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "未收完"),
    "close-mid-body": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "中断"),
    "close-at-once": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "中断"),
    "endless": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "超过上限"),
    "two-gigabytes": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "超过上限"),
    "gzip-bomb": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "超过上限"),
    "broken-coding": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "损坏"),
    "unasked-coding": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "未请求的内容编码"),
    "many-headers": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "HTTP"),
    "garbage": (Verdict.INCONCLUSIVE, Cause.SYSTEM, "HTTP"),
    "not-utf-8": (Verdict.FAIL, Cause.SYSTEM, "不是 UTF-8"),
    "gb18030": (Verdict.FAIL, Cause.SYSTEM, "GB 18030"),
    "nan": (Verdict.FAIL, Cause.SYSTEM, "NaN"),
    "infinite": (Verdict.FAIL, Cause.SYSTEM, "超出范围"),
    "deep": (Verdict.FAIL, Cause.SYSTEM, "嵌套"),
    "deep-members": (Verdict.FAIL, Cause.SYSTEM, "嵌套"),
    "duplicate-keys": (Verdict.FAIL, Cause.SYSTEM, "重复"),
    "surrogate": (Verdict.FAIL, Cause.SYSTEM, "代理项"),
    "huge-number": (Verdict.FAIL, Cause.SYSTEM, "JSON"),
    "html": (Verdict.FAIL, Cause.SYSTEM, "HTML"),
    "empty": (Verdict.FAIL, Cause.SYSTEM, "为空"),
    "redirect-elsewhere": (Verdict.INCONCLUSIVE, Cause.CONFIGURATION, "重定向"),
    "redirect-loop": (Verdict.INCONCLUSIVE, Cause.CONFIGURATION, "重定向"),
    "hostile-text": (Verdict.FAIL, Cause.SYSTEM, "success"),
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    path = Path(tmp_path_factory.mktemp("hostile") / "hostile.yaml")
    clauses = "".join(CLAUSE.format(n=n, case=case) for n, case in enumerate(CASES, 1))
    path.write_text(PROFILE + clauses, encoding="utf-8")
    return load(str(path))


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with hostile() as url:
        yield url


def _run(profile: Profile, base_url: str, case: str) -> CheckResult:
    target = load_target(
        {
            "target": "hostile",
            "system": {"name": "敌意系统"},
            "parameters": {"base_url": base_url},
            "hosts": ["127.0.0.1"],
            "limits": {"timeout": 1, "total_timeout": 2, "body": 4 * 1024 * 1024},
        },
        profile,
    )
    run = live_run(profile, target)
    try:
        (planned,) = [p for p in plan(profile, target) if p.check.spec["with"]["case"] == case]
        return run_check(run, planned)
    finally:
        run.sender.close()  # type: ignore[attr-defined]


def test_every_case_has_an_expectation() -> None:
    assert EXPECTED.keys() == CASES.keys()


@pytest.mark.parametrize("case", CASES)
def test_hostile_answers_get_the_right_verdict_in_bounded_time(profile: Profile, base_url: str, case: str) -> None:
    started = time.monotonic()
    result = _run(profile, base_url, case)
    verdict, cause, said = EXPECTED[case]
    told = " ".join(f"{r.message} {r.expected} {r.actual}" for r in result.reasons)
    assert (result.verdict, result.cause) == (verdict, cause), told
    assert said in told
    assert time.monotonic() - started < 15  # generous: the limit of the target is 2 s


@pytest.mark.parametrize("case", ["endless", "two-gigabytes", "gzip-bomb", "deep"])
def test_memory_stays_within_a_few_times_the_body_limit(profile: Profile, base_url: str, case: str) -> None:
    tracemalloc.start()
    try:
        _run(profile, base_url, case)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * 1024 * 1024

"""WEB-52 over the payments specimen: each way to undo, and what keeps it from being judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.registry import RunningSpecimen, start
from conformance.target import load_target

_KEY = "web-elder-2021/WEB-52/a-transaction-is-undone-within-ten-minutes"


@pytest.fixture(scope="module")
def paying() -> Iterator[RunningSpecimen]:
    with start("govsite-elder-pay") as running:
        yield running


def _judge(running: RunningSpecimen, states: dict[str, str] | None = None, **changes: Any) -> CheckResult:
    profile = load("web-elder-2021")
    data = {**running.target, **{k: v for k, v in changes.items() if k in running.target}}
    data["parameters"] = {**data["parameters"], **{k: v for k, v in changes.items() if k not in running.target}}
    data["parameters"] = {k: v for k, v in data["parameters"].items() if v is not None}
    if states is not None:
        way = {"request": {"path": "/pay/{receipt}"}, "response": {"maps": {"state": states}}}
        data["bindings"] = {**data["bindings"], "transaction": way}
    target = load_target(data, profile)
    run = live_run(profile, target)
    try:
        return run_batch(run, [p for p in plan(profile, target) if p.key == _KEY])[_KEY]
    finally:
        run.sender.close()


def test_what_waits_for_a_confirmation_can_be_confirmed(paying: RunningSpecimen) -> None:
    assert _judge(paying, transaction_undo="确认").verdict is Verdict.FAIL
    waiting = _judge(paying, {"已提交": "to-confirm"}, transaction_undo="确认")
    assert (waiting.verdict, waiting.witnesses) == (Verdict.PASS, 1)


def test_what_has_no_correction_fails_by_it(paying: RunningSpecimen) -> None:
    result = _judge(paying, transaction_undo="更正")
    assert result.verdict is Verdict.FAIL
    assert "不能更正" in result.reasons[0].message


def test_undoing_after_the_time_is_no_finding(paying: RunningSpecimen) -> None:
    result = _judge(paying, undo_minutes=0.0001, undo_after=0.1)
    assert (result.verdict, result.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)


def test_what_cannot_be_begun_says_why(paying: RunningSpecimen) -> None:
    unknown = _judge(paying, {})
    assert (unknown.verdict, unknown.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "maps" in unknown.reasons[0].message
    assert _judge(paying, writes="deny").verdict is Verdict.NOT_TESTED
    assert _judge(paying, base_url=None).verdict is Verdict.NOT_TESTED
    assert _judge(paying, declares={"has_transactions": False}).verdict is Verdict.NOT_APPLICABLE

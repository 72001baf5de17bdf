"""Systems that answer everything in the right envelope and hold nothing: not one check may pass, preflight or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from plugin_kit import Counted
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.model.result import CheckResult
from conformance.model.verdict import Cause, Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.server import Server
from conformance.target import load_target

OK = {"status": 0, "message": "成功"}
MODES: dict[str, tuple[int, dict[str, Any]]] = {
    "not-found": (200, {"head": {"status": 10, "message": "查无"}, "data": []}),
    "unauthenticated": (401, {"head": {"status": 11, "message": "身份验证不通过"}, "data": None}),
    "broken": (500, {"head": {"status": 99, "message": "系统错误"}}),
    "a-total-of-nothing": (200, {"head": OK, "data": {"total": 0, "dataList": [], "certData": [], "surface": []}}),
    "empty-objects": (200, {"head": OK, "data": {"total": 1, "dataList": [{}], "certData": [{}], "surface": [{}]}}),
    "empty-texts": (
        200,
        {
            "head": OK,
            "data": {
                "total": 1,
                "dataList": [{"certIdentifier": ""}],
                "certData": {"cert_identifier": "", "ZZMC": None},
                "content": "",
                "version": "",
                "build": "",
            },
        },
    ),
    "texts-for-objects": (
        200,
        {"head": OK, "data": {"total": 1, "dataList": ["x"], "certData": "x", "surface": ["x"]}},
    ),
}


def _judged(target: Mapping[str, Any], *names: str) -> dict[str, CheckResult]:
    profile = load("elicense")
    loaded = load_target(dict(target), profile)
    planned = [e for e in plan(profile, loaded) if not names or e.check.name in names]
    run = live_run(profile, loaded)
    try:
        return run_batch(run, planned)
    finally:
        run.sender.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", MODES)
def test_a_hollow_system_gets_not_one_pass(system: Counted, mode: str) -> None:
    status, body = MODES[mode]

    async def answer(_request: Request) -> Response:
        return JSONResponse(body, status)

    server = Server(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])]), 0).start()
    quick = {"base_url": server.base_url, "availability_samples": 3, "response_samples": 3}
    try:
        results = _judged({**system.target, "parameters": {**system.target["parameters"], **quick}})
    finally:
        server.stop()
    assert len(results) > 90
    assert [key for key, result in results.items() if result.verdict is Verdict.PASS] == []


def test_a_wrong_parameter_of_a_state_is_told_apart_where_it_can_be(system: Counted) -> None:
    given = system.target["parameters"]
    wrong = {**given, "revoked_id": given["active_id"], "expired_id": given["longterm_id"][:-1] + "*"}
    names = ("a-revoked-licence-is-not-served", "an-expired-licence-is-not-served", "a-frozen-licence-is-not-served")
    results = {k.rsplit("/", 1)[1]: r for k, r in _judged({**system.target, "parameters": wrong}, *names).items()}
    same, absent, right = (results[n] for n in names)
    assert (same.verdict, same.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "revoked_id 与 active_id 的值相同" in same.reasons[0].message
    # That there is no such licence may be either's fault: it stays a failure that names the parameter.
    assert (absent.verdict, absent.cause) == (Verdict.FAIL, Cause.SYSTEM), absent.reasons
    assert "参数 expired_id 写错" in absent.reasons[0].message
    assert right.verdict is Verdict.PASS


def test_the_licence_that_is_followed_is_the_one_that_was_named(system: Counted) -> None:
    given, name = system.target["parameters"], "search-query-download-and-verification-agree-on-one-licence"
    (other,) = _judged({**system.target, "parameters": {**given, "active_id": given["other_holder_id"]}}, name).values()
    assert (other.verdict, other.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert "active_id" in other.reasons[0].message


@pytest.mark.parametrize("parameter", ["number", "holder_name", "issuer_name"])
def test_a_wrong_parameter_of_a_verification_is_no_fault_of_the_system(system: Counted, parameter: str) -> None:
    names = (
        "correct-information-is-confirmed",
        "an-inactive-licence-is-reported-as-inactive",
        "a-suspended-licence-is-reported-as-suspended",
        "a-revoked-licence-is-reported-as-lapsed",
    )
    parameters = {**system.target["parameters"], parameter: "另一个值"}
    results = _judged({**system.target, "parameters": parameters}, *names)
    assert len(results) == len(names)
    assert Verdict.FAIL not in {r.verdict for r in results.values()}
    wrong = next(r for r in results.values() if "/correct-information-is-confirmed" in r.key)
    assert (wrong.verdict, wrong.cause) == (Verdict.INCONCLUSIVE, Cause.CONFIGURATION)
    assert parameter in wrong.reasons[0].message

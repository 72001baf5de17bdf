"""From answers to findings: whose fault it looks like, and whether the run may go on."""

from __future__ import annotations

import json as _json
from collections.abc import Mapping
from typing import Any

import pytest
from kit_target import ENVIRON, data, profile

from conformance.model.exchange import Exchange, Fault, Request, Response
from conformance.model.profile import Profile
from conformance.model.target import Target
from conformance.model.verdict import Cause
from conformance.probe.operation import Answer
from conformance.target import bind, effective_envelope, load_target, stopping, unbound
from conformance.target.doctor import calls, conclude
from conformance.target.findings import Finding
from conformance.target.requirements import requirements
from conformance.target.symptoms import examine

Reply = tuple[int, Any] | tuple[int, Any, dict[str, str]] | Fault

BY_ID = {"head": {"status": 0}, "data": [{"zzbs": "ID-1", "zzmc": "某照", "holder": {"code": "H-1"}}]}
FOUND = {"head": {"status": 0}, "data": [{"zzbs": "ID-1", "czztdm": "H-1"}], "total": 1}
EMPTY = {"head": {"status": 0}, "data": [], "total": 0}
GOOD: dict[str, Reply] = {"query_by_id": (200, BY_ID), "search": (200, FOUND)}

ENVELOPE = {
    "code": "$.head.status",
    "message": "$.head.message",
    "outcomes": {
        "success": [0], "not-found": [10, "http 404"], "unauthenticated": [11, "http 401"], "missing-parameter": [12],
        "forbidden": [100], "rate-limited": ["http 429"], "other-error": [99],
    },
}  # fmt: skip


def answer(reply: Reply, operation: Any, envelope: Any, inputs: Mapping[str, Any]) -> Answer:
    request = Request("GET", "http://acme.example/api")
    if isinstance(reply, Fault):
        return Answer(operation, Exchange(request, fault=reply), envelope)
    status, body, *rest = reply
    headers = tuple((rest[0] if rest else {}).items())
    content = body if isinstance(body, bytes) else _json.dumps(body).encode()
    return Answer(operation, Exchange(request, Response(status, headers, content)), envelope, inputs=inputs)


def found(replies: Mapping[str, Reply], made: Profile | None = None, **target: Any) -> list[Finding]:
    made = made or profile(envelope=ENVELOPE)
    system: Target = load_target(data(**target), made, environ=ENVIRON)
    operations, envelope = bind(made, system), effective_envelope(made, system)
    out = []
    for call in calls(requirements(made), operations, system):
        got = answer(replies[call.operation.name], call.operation, envelope, call.inputs)
        out.append((call, got, examine(call, got, system)))
    return conclude(out, system)


def all_of(reply: Reply) -> dict[str, Reply]:
    return {"query_by_id": reply, "search": reply}


def test_a_good_system_has_no_findings() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("reply", "code", "cause"),
    [
        ((200, {"head": {"status": 11}}), "D150", Cause.CONFIGURATION),
        ((401, b""), "D150", Cause.CONFIGURATION),
        ((200, {"head": {"status": 100}}), "D151", Cause.CONFIGURATION),
        ((403, b"<html>"), "D151", Cause.CONFIGURATION),
        ((302, b"", {"location": "https://sso.example/login"}), "D154", Cause.CONFIGURATION),
        ((301, b"", {"location": "/api/"}), "D154", Cause.CONFIGURATION),
        ((200, {"head": {"status": 10}}), "D158", Cause.CONFIGURATION),
        ((200, EMPTY), "D159", Cause.CONFIGURATION),
        ((404, b"<html>404</html>"), "D160", Cause.CONFIGURATION),
        ((404, {"status": 404, "error": "Not Found"}), "D160", Cause.CONFIGURATION),
        ((405, b"", {"allow": "PUT"}), "D161", Cause.CONFIGURATION),
        ((200, b"<!doctype html><title>portal</title>"), "D162", Cause.CONFIGURATION),
        ((200, b""), "D162", Cause.CONFIGURATION),
        ((200, {"code": 0, "data": []}), "D163", Cause.CONFIGURATION),
        ((200, {"head": {"status": 12}}), "D164", Cause.CONFIGURATION),
        ((400, {"error": "x"}), "D165", Cause.CONFIGURATION),
        ((415, b"<html>"), "D165", Cause.CONFIGURATION),
        ((200, {"head": {"status": 200}, "data": []}), "D166", Cause.CONFIGURATION),
        ((200, {"head": {"status": 0}, "rows": []}), "D167", Cause.CONFIGURATION),
        ((400, b"<center>No required SSL certificate was sent</center>"), "D136", Cause.CONFIGURATION),
        ((400, b"<center>The plain HTTP request was sent to HTTPS port</center>"), "D134", Cause.CONFIGURATION),
        ((407, b""), "D141", Cause.CONFIGURATION),
        ((429, b""), "D170", Cause.ENVIRONMENT),
        ((511, b"<html>"), "D143", Cause.ENVIRONMENT),
        (Fault("timeout", "x"), "D123", Cause.ENVIRONMENT),
        (Fault("host-not-named", "x"), "D101", Cause.CONFIGURATION),
        (Fault("refused", "x"), "D120", Cause.ENVIRONMENT),
        (Fault("budget", "x"), "D174", Cause.CONFIGURATION),
        (Fault("request", "x"), "D168", Cause.CONFIGURATION),
        (Fault("too-large", "x"), "D171", Cause.SYSTEM),
        ((200, {"head": {"status": 99}}), "D172", Cause.SYSTEM),
        ((500, b"<html>"), "D173", Cause.SYSTEM),
        ((503, {"head": {"status": 99}}), "D172", Cause.SYSTEM),
        ((200, b'{"head": NaN}'), "D175", Cause.SYSTEM),
        ((200, b"\xc4\xb3\xce\xc4"), "D175", Cause.SYSTEM),
    ],
)
def test_what_all_calls_show_alike_stops_the_run(reply: Reply, code: str, cause: Cause) -> None:
    findings = found(all_of(reply))
    assert [(f.code, f.cause, f.stops) for f in findings] == [(code, cause, True)]
    assert findings[0].message
    assert findings[0].hint


@pytest.mark.parametrize(
    "reply",
    [(404, b"<html>"), (405, b""), (200, b"<html>"), (500, b""), (200, {"head": {"status": 99}}), (200, {"x": 1}),
     (200, {"head": {"status": 100}}), (200, {"head": {"status": 0}}), (302, b"", {"location": "/x"})],
)  # fmt: skip
@pytest.mark.parametrize("broken", ["query_by_id", "search"])
def test_one_broken_operation_among_working_ones_is_the_systems_business(reply: Reply, broken: str) -> None:
    findings = found({**GOOD, broken: reply})
    assert [(f.cause, f.stops, f.operations) for f in findings] == [(Cause.SYSTEM, False, ())]


@pytest.mark.parametrize("reply", [(404, b"<html>"), (405, b""), (200, {"x": 1}), (200, {"head": {"status": 0}})])
def test_one_that_the_target_itself_binds_is_in_doubt(reply: Reply) -> None:
    override = {"search": {"request": {"path": "/find/{holder_code}"}, "response": {"items": "$.data[*]"}}}
    findings = found({**GOOD, "search": reply}, bindings=override)
    assert [(f.cause, f.stops, f.operations) for f in findings] == [(Cause.CONFIGURATION, False, ("search",))]


def test_data_that_another_answer_shows_exists() -> None:
    for reply in ((200, EMPTY), (200, {"head": {"status": 10}})):
        findings = found({**GOOD, "search": reply})
        assert [(f.cause, f.stops) for f in findings] == [(Cause.SYSTEM, False)]


def test_data_that_no_answer_shows_is_the_targets_mistake() -> None:
    findings = found({**GOOD, "search": (200, EMPTY)}, parameters={**data()["parameters"], "holder_code": "H-9"})
    assert [(f.code, f.cause, f.stops) for f in findings] == [("D159", Cause.CONFIGURATION, True)]


def test_calls_without_credentials_say_nothing_about_them() -> None:
    made = profile(
        envelope=ENVELOPE,
        operations={
            **profile().operations,
            "search": profile().operations["search"].__class__(
                "search", inputs={"holder_code": {"default": "{holder_code}"}},
                request={"method": "GET", "path": "/s/{holder_code}"}, response=profile().operations["search"].response,
            ),
        },
    )  # fmt: skip
    findings = found({**GOOD, "query_by_id": (200, {"head": {"status": 11}})}, made)
    assert [(f.code, f.cause, f.stops) for f in findings] == [("D150", Cause.CONFIGURATION, True)]


def test_when_nothing_works_in_different_ways_the_run_stops() -> None:
    findings = found({"query_by_id": (404, b"<html>"), "search": (200, {"head": {"status": 11}})})
    assert findings[0].code == "D199"
    assert stopping(findings) == findings[0]
    assert findings[0].cause is Cause.CONFIGURATION
    mixed = found({"query_by_id": (404, b"<html>"), "search": (500, b"")})
    assert mixed[0].cause is Cause.SYSTEM


def test_a_hollow_system_is_never_judged() -> None:
    for reply in ((200, EMPTY), (401, b""), (404, b""), (500, b"")):
        assert stopping(found(all_of(reply))) is not None


WRONG_FIELD = {"query_by_id": {"response": {"fields": {"id": "zzbsx"}}}}


def test_a_field_the_target_binds_and_no_item_holds_is_unbound() -> None:
    findings = found(GOOD, bindings=WRONG_FIELD)
    assert [(f.code, f.cause, f.stops) for f in findings] == [("D157", Cause.CONFIGURATION, False)]
    assert unbound(findings) == {("query_by_id", "id")}
    assert "zzbs" in findings[0].actual
    both = {**WRONG_FIELD, "search": {"response": {"fields": {"id": "zzbsx"}}}}
    assert [f.stops for f in found(GOOD, bindings=both)] == [True]


def test_a_field_the_profile_binds_is_the_systems_business() -> None:
    body = {"head": {"status": 0}, "data": [{"other": "ID-1", "holder": {"code": "H-1"}}]}
    assert found({**GOOD, "query_by_id": (200, body)}) == []


def test_a_field_nothing_could_have_found_is_the_systems_business() -> None:
    """Every member is accounted for: the system leaves the field out."""
    override = {"query_by_id": {"response": {"fields": {"id": "zzbs", "name": "zzmc", "holder_code": "$.holder.code"}}}}
    body = {"head": {"status": 0}, "data": [{"zzmc": "某照", "holder": {"code": "H-1"}}]}
    assert found({**GOOD, "query_by_id": (200, body)}, bindings=override) == []


def test_an_optional_field_needs_a_likely_candidate() -> None:
    override = {"query_by_id": {"response": {"fields": {"name": "certName"}}}}
    assert found(GOOD, bindings=override) == []
    body = {"head": {"status": 0}, "data": [{"zzbs": "ID-1", "cert_name": "某照", "holder": {"code": "H-1"}}]}
    assert unbound(found({**GOOD, "query_by_id": (200, body)}, bindings=override)) == {("query_by_id", "name")}


def test_preflight_leaves_out_what_cannot_be_asked() -> None:
    made = profile(
        preflight=(
            {"call": "query_by_id", "with": {"purpose": None}},
            {"call": "query_by_id", "with": {"id": "{sign_key}"}},
            {"call": "query_by_id", "as": "disabled"},
            {"call": "search", "as": "none"},
            {"call": "remove"},
            {"call": "gone"},
        )
    )
    target = load_target(data(), made, environ=ENVIRON)
    planned = calls(requirements(made), bind(made, target), target)
    assert [(c.operation.name, c.identity, c.credentials) for c in planned] == [
        ("query_by_id", "default", True), ("search", "none", False),
    ]  # fmt: skip
    assert planned[0].inputs == {"id": "ID-1", "purpose": None}


def test_findings_tell_themselves() -> None:
    finding = found(all_of((404, b"<html>\x1b[31m")))[0]
    assert finding.to_json()["cause"] == "CONFIGURATION"
    assert "\x1b" not in str(finding)
    assert str(finding).startswith("[D160] ")

"""Judging again agrees with the run also where something went wrong on the way, and with nothing that no evidence shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from plugin_kit import Counted, PytestCommand, verdicts
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.model.verdict import Verdict
from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge
from conformance.specimen.server import Server

PROFILE = """
profile: sessions
edition: "1"
title: {zh: 会话, en: sessions}
standard: {number: T 9-2026, title: {zh: 会话, en: sessions}}
sources: {O1: {what: 自拟}}
parameters: {base_url: {type: url, required: true}}
identities: {default: {fields: [account, password], required: true}}
envelope: {code: $.code, message: $.message, outcomes: {success: [0], not-found: [10], unauthenticated: [11]}}
auth: {login: {request: {method: POST, path: /login, json: {a: "{account}", p: "{password}"}}, token: $.data.token}}
operations:
  get: {request: {method: GET, path: /get, headers: {authorization: "{token}"}}, response: {items: $.data, fields: {id: id}}}
  shut: {request: {method: GET, path: /shut, headers: {authorization: "{token}"}}, response: {items: $.data, fields: {id: id}}}
clauses:
  - clause: "1"
    title: 条款
    provision: requirement
    text: 系统应如此
    grade: A
    sources: [O1]
    checks:
"""
CHECKS = [f"{{check: c-{n}, purpose: p, call: get, expect: {{outcome: success}}}}" for n in range(6)]
SHUT = "{check: shut, purpose: p, call: shut, expect: {outcome: success}}"


class Sessions:
    """A system whose sessions end after three calls. Nothing else is wrong with it but `/shut`, which refuses all."""

    def __init__(self) -> None:
        self.logins = self.calls = self.shut_calls = 0

    async def login(self, request: Request) -> Response:
        self.logins, self.calls = self.logins + 1, 0
        return JSONResponse({"code": 0, "data": {"token": f"session-{self.logins:08d}"}})

    async def get(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"session-{self.logins:08d}" or self.calls >= 3:
            return JSONResponse({"code": 11, "message": "会话已失效"})
        self.calls += 1
        return JSONResponse({"code": 0, "data": {"id": "x"}})

    async def shut(self, request: Request) -> Response:
        self.shut_calls += 1
        return JSONResponse({"code": 11, "message": "拒绝"})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/login", self.login, methods=["POST"]),
                Route("/get", self.get),
                Route("/shut", self.shut),
            ]
        )


@pytest.fixture
def sessions() -> Iterator[tuple[Sessions, str]]:
    system = Sessions()
    server = Server(system.app(), 0).start()
    yield system, server.base_url
    server.stop()


def test_a_session_that_ended_is_renewed_once_and_is_no_fault_of_the_system(
    command: PytestCommand, folder: Path, sessions: tuple[Sessions, str]
) -> None:
    system, base_url = sessions
    (folder / "sessions.yaml").write_text(
        PROFILE + "".join(f"      - {c}\n" for c in (*CHECKS, SHUT)), encoding="utf-8"
    )
    target = {
        "target": "t",
        "system": {"name": "t"},
        "parameters": {"base_url": base_url},
        "identities": {"default": {"account": "a", "password": "plain:canary-password"}},
        "hosts": ["127.0.0.1"],
        "limits": {"concurrency": 1},
    }
    (folder / "t.yaml").write_text(json.dumps(target), encoding="utf-8")
    ran = command("--profile=./sessions.yaml", "--target=t.yaml", "--record=r")
    found = verdicts(folder / "r")
    assert found.pop("shut") == "FAIL", "what is refused in a new session, too, is refused"
    assert set(found.values()) == {"PASS"}, ran.text
    assert system.shut_calls == 2
    with open_record(folder / "r") as record:
        assert [r.key for r in rejudge(record) if not r.agrees] == []
    assert not [p for p in (folder / "r").rglob("*") if p.is_file() and b"session-0000" in p.read_bytes()]


def test_checks_that_the_preflight_put_in_doubt_rejudge_to_the_same(
    command: PytestCommand, folder: Path, system: Counted
) -> None:
    target = {**system.target, "bindings": {"query_by_holder": {"request": {"path": "/wrongPath"}}}}
    (folder / "t.yaml").write_text(json.dumps(target, ensure_ascii=False), encoding="utf-8")
    command("--profile=gbt-36904-2018", "--target=t.yaml", "--record=r")
    with open_record(folder / "r") as record:
        doubted = [r for r in record.results.values() if r.blocked_by == "preflight"]
        assert len(doubted) > 5
        assert {(str(r.verdict), str(r.cause)) for r in doubted} == {("INCONCLUSIVE", "CONFIGURATION")}
        assert [r.key for r in rejudge(record) if not r.agrees] == []


def test_a_procedure_that_changed_since_the_run_is_named(
    command: PytestCommand, folder: Path, sessions: tuple[Sessions, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, base_url = sessions
    check = "{check: own, purpose: p, procedure: 'own.py::asks', calls: [get]}"
    (folder / "sessions.yaml").write_text(PROFILE + f"      - {check}\n      - {CHECKS[0]}\n", encoding="utf-8")
    (folder / "suites").mkdir()
    source = folder / "suites" / "own.py"
    source.write_text(
        "def asks(check):\n    check.expect(bool(check.call('get').items), '没有数据')\n", encoding="utf-8"
    )
    target = {
        "target": "t",
        "system": {"name": "t"},
        "parameters": {"base_url": base_url},
        "identities": {"default": {"account": "a", "password": "plain:canary-password"}},
        "hosts": ["127.0.0.1"],
    }
    (folder / "t.yaml").write_text(json.dumps(target), encoding="utf-8")
    command("--profile=./sessions.yaml", "--target=t.yaml", "--record=r")
    monkeypatch.chdir(folder)
    with open_record(folder / "r") as record:
        assert {r.key: r.other_procedure for r in rejudge(record)} == {
            "sessions/1/own": False,
            "sessions/1/c-0": False,
        }
        source.write_text("# revised\n" + source.read_text(encoding="utf-8"), encoding="utf-8")
        again = {r.key: r for r in rejudge(record)}
    assert again["sessions/1/own"].other_procedure
    assert again["sessions/1/own"].agrees, "a comment changes no verdict"
    assert not again["sessions/1/c-0"].other_procedure


def test_a_pass_is_not_believed_for_naming_the_preflight(command: PytestCommand, folder: Path, system: Counted) -> None:
    """A record forged as a whole has its digests right; its verdicts still need evidence."""
    target = {**system.target, "parameters": {**system.target["parameters"], "active_id": "no-such-licence"}}
    (folder / "t.yaml").write_text(json.dumps(target, ensure_ascii=False), encoding="utf-8")
    command("--profile=gbt-36904-2018", "--target=t.yaml", "--record=r")
    with open_record(folder / "r") as record:
        assert all(r.agrees for r in rejudge(record))
        key, attempts = next(iter(record.attempts.items()))
        honest = attempts[-1].result
        assert honest is not None
        assert honest.blocked_by.startswith("preflight ")
        forged = replace(honest, verdict=Verdict.PASS, cause=None, reasons=(), assertions=1, witnesses=1)
        record.attempts = {**record.attempts, key: (*attempts[:-1], replace(attempts[-1], result=forged))}
        assert [r.key for r in rejudge(record) if not r.agrees] == [key]

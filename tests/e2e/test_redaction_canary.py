"""Redaction at capture: none of a corpus of canaries leaves the process, whatever way out it could take.

The system under test serves them in bodies, headers, codes and error messages; checks fail on them, so that every
reason, counterexample, traceback and report would love to quote them.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.codes import citizen_id
from conformance.record.reading import open_record
from conformance.record.rejudge import rejudge
from conformance.record.verify import verify
from conformance.specimen.server import Server

CITIZENS = [citizen_id.build("110105", f"19{70 + n}0{1 + n % 9}1{n % 10}", f"9{n:02d}") for n in range(6)]
WRONG_CITIZEN = CITIZENS[0][:17] + ("0" if CITIZENS[0][17] != "0" else "1")
PHONES = ["13800138000", "19912345678"]
TOKEN = "canary-token-7f3a9c1e5b"
PASSWORD = 'canary"pass\\word/é+='
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlY2FuYXJ5"
SERVED_TOKEN = "served-token-0123456789"
KEY_BODY = "MIIEvQIBADANBgkqcanarykeymaterial"
PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY_BODY}\n-----END PRIVATE KEY-----"
SESSION_COOKIE = "canarysessioncookie"

CANARIES = {
    *CITIZENS,
    WRONG_CITIZEN,
    *PHONES,
    TOKEN,
    PASSWORD,
    json.dumps(PASSWORD)[1:-1],
    json.dumps(PASSWORD, ensure_ascii=False)[1:-1],
    quote(PASSWORD, safe=""),
    base64.b64encode(TOKEN.encode()).decode().rstrip("="),
    JWT,
    SERVED_TOKEN,
    KEY_BODY,
    SESSION_COOKIE,
}

PROFILE = """
profile: canary
edition: "1"
title: {zh: 脱敏, en: redaction}
standard: {number: T 2-2026, title: {zh: 脱敏, en: redaction}}
sources: {O1: {what: 自拟}}
parameters:
  base_url: {type: url, required: true}
  holder: {type: citizen-id, required: true}
  phone: {type: text, required: true}
identities: {default: {fields: [token, password], required: true}}
envelope: {code: $.code, message: $.message, outcomes: {success: [0], not-found: [10]}}
operations:
  ask:
    inputs: {holder: {default: "{holder}"}, phone: {default: "{phone}"}, extra: {}}
    request:
      method: POST
      path: "/ask/{holder}"
      query: {phone: "{phone}", access_token: "{token}"}
      headers: {Authorization: "Bearer {token}", X-Api-Key: "{token}"}
      json: {holder: "{holder}", phone: "{phone}", password: "{password}", note: "pw={password}", extra: "{extra}"}
    response: {items: "$.data[*]", fields: {id: id, holder: holder, phone: phone, note: note}}
clauses:
  - clause: "1"
    title: 值
    provision: requirement
    text: 系统应返回值
    grade: A
    sources: [O1]
    checks:
      - check: holders-are-citizen-ids
        purpose: 身份号码有效
        for_each: ask
        expect: {holder: {type: string, format: citizen-id}}
      - check: every-field-is-a-constant
        purpose: 必然不符合，理由里会引用实际值
        for_each: ask
        expect: {holder: {const: x}, phone: {const: y}, note: {const: z}, id: {const: w}}
      - check: generated-notes-are-refused
        purpose: 必然不符合，反例里会引用实际值
        call: ask
        generate: {extra: {one-of: ["{holder}", "{phone}"]}}
        examples: 4
        control: holders-are-citizen-ids
        expect: {outcome: not-found}
      - check: a-procedure-breaks-on-personal-data
        purpose: 检测程序出错，消息里有身份号码
        procedure: broken.py::breaks
        calls: [ask]
      - check: a-procedure-generates-from-personal-data-and-keeps-bytes
        purpose: 生成规则和原样留存的字节里有身份号码
        procedure: broken.py::generates
        calls: [ask]
        requests: 10
"""

PROCEDURE = """
def breaks(check):
    answer = check.call("ask")
    raise ValueError(f"cannot handle {answer.text}")


def generates(check):
    values = [check.parameter("holder"), check.parameter("phone")]
    check.for_all({"extra": {"one-of": values}}, lambda sample: check.call("ask", **sample), examples=3)
    check.attach("as received", check.call("ask").content)
    check.attach("not UTF-8", check.call("ask").content + bytes([0xFF]))
"""


async def _ask(request: Request) -> Response:
    sent = json.loads(await request.body())
    if sent["password"] != PASSWORD or request.headers["authorization"] != f"Bearer {TOKEN}":
        return JSONResponse({"code": 11, "message": f"bad credentials {sent['password']}", "data": []})
    people = [
        {"id": str(n), "holder": c, "phone": PHONES[n % 2], "note": f"{c} {TOKEN} {JWT}"}
        for n, c in enumerate(CITIZENS)
    ]
    people.append({"id": "wrong", "holder": WRONG_CITIZEN, "phone": PHONES[0], "note": PEM + PASSWORD})
    body = {
        "code": 0,
        "message": f"ok {request.path_params['holder']} {sent.get('extra')}",
        "access_token": SERVED_TOKEN,
        "data": people,
    }
    return JSONResponse(
        body, headers={"set-cookie": f"session={SESSION_COOKIE}", "x-token": TOKEN, "x-holder": CITIZENS[1]}
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("canary")
    (folder / "suites").mkdir()
    (folder / "suites" / "broken.py").write_text(PROCEDURE)
    (folder / "canary.yaml").write_text(PROFILE, encoding="utf-8")
    server = Server(Starlette(routes=[Route("/ask/{holder}", _ask, methods=["POST"])]), 0).start()
    target = f"""
    target: canary
    system: {{name: 脱敏}}
    parameters: {{base_url: "{server.base_url}", holder: "{CITIZENS[0]}", phone: "{PHONES[0]}"}}
    identities: {{default: {{token: "env:CANARY_TOKEN", password: "env:CANARY_PASSWORD"}}}}
    hosts: [127.0.0.1]
    """
    (folder / "target.yaml").write_text(textwrap.dedent(target), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--profile=./canary.yaml",
        "--target=target.yaml",
        "--record=record",
        "-vv",
    ]
    command += ["--junitxml=junit.xml", "--alluredir=allure", "-p", "no:cacheprovider", "-rA", "--showlocals"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=120,
            env={**os.environ, "CANARY_TOKEN": TOKEN, "CANARY_PASSWORD": PASSWORD, "PYTHONIOENCODING": "utf-8"},
        )
    finally:
        server.stop()
    output = (done.stdout + done.stderr).decode()
    assert done.returncode == 1, output
    return folder, output


def test_the_checks_saw_the_real_values(run: tuple[Path, str]) -> None:
    with open_record(run[0] / "record") as record:
        verdicts = {key.rpartition("/")[2]: str(r.verdict) for key, r in record.results.items()}
    assert verdicts == {
        "holders-are-citizen-ids": "FAIL",  # one of seven is wrong, and only one
        "every-field-is-a-constant": "FAIL",
        "generated-notes-are-refused": "FAIL",
        "a-procedure-breaks-on-personal-data": "ERROR",
        "a-procedure-generates-from-personal-data-and-keeps-bytes": "INCONCLUSIVE",
    }
    with open_record(run[0] / "record") as record:
        assert record.results["canary/1/holders-are-citizen-ids"].failed == 1


def test_no_canary_leaks_into_any_output(run: tuple[Path, str]) -> None:
    folder, output = run
    inputs = {folder / "canary.yaml", folder / "target.yaml", folder / "suites" / "broken.py"}
    texts = {"terminal": output}
    for path in folder.rglob("*"):
        if path.is_file() and path not in inputs:
            texts[str(path.relative_to(folder))] = path.read_bytes().decode("utf-8", "replace")
    assert len(texts) > 20  # record, report, JUnit and Allure are all there
    leaks = [(name, canary) for name, text in texts.items() for canary in CANARIES if canary in text]
    assert leaks == []


def test_the_record_is_sound_and_rejudges_to_the_same_verdicts_without_the_values(
    run: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run[0])  # where the procedures of the profile are
    checked = verify(run[0] / "record")
    assert checked.ok
    assert checked.complete
    with open_record(run[0] / "record") as record:
        differing = [r.to_json() for r in rejudge(record) if not r.agrees]
    assert differing == []

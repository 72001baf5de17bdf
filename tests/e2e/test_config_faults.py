"""Seeded mistakes of configuration and environment, against real servers: not one of them is taken for the system's.

Every fault is a target file (or the network) that is wrong in one way; the system itself conforms. The counter-tests
below it are systems that are wrong, which must not be excused as configuration.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from kit_servers import Pki, Reply, closed_port, full, make_pki, serving, silent

from conformance.errors import TargetError
from conformance.model.profile import Identity, Operation, Parameter, Profile
from conformance.model.verdict import Cause
from conformance.probe.http import HttpPort
from conformance.probe.operation import Answer, compose
from conformance.target import bind, diagnose, effective_envelope, load_target, unbound
from conformance.target.findings import Finding

TOKEN, WEAK = "right-token", "weak-token"
LICENCE = {"zzbs": "ID-1", "zzmc": "某照", "czztdm": "H-1"}
FIELDS = {"id": "zzbs", "name": "zzmc", "holder_code": "czztdm"}
HTML = (200, {"content-type": "text/html"}, "<!doctype html><title>欢迎</title>".encode())

PROFILE = Profile(
    id="shared",
    edition="1.0",
    title={"zh": "共享服务"},
    standard=None,
    parameters=(
        Parameter("base_url", "url", required=True),
        Parameter("active_id", "text", default="ID-1"),
        Parameter("holder_code", "text", default="H-1"),
    ),
    identities=(Identity("default", ("token",), required=True),),
    operations={
        "query_by_id": Operation(
            "query_by_id",
            title="按标识查询",
            inputs={"id": {"default": "{active_id}", "required": True}},
            request={
                "method": "POST",
                "path": "/query",
                "json": {"head": {"token": "{token}"}, "data": {"id": "{id}"}},
            },
            response={"items": "$.data[*]", "fields": FIELDS},
        ),
        "query_by_holder": Operation(
            "query_by_holder",
            title="按持证主体查询",
            inputs={"holder_code": {"default": "{holder_code}", "required": True}},
            request={
                "method": "POST",
                "path": "/holder",
                "json": {"head": {"token": "{token}"}, "data": {"holder": "{holder_code}"}},
            },
            response={"items": "$.data[*]", "fields": FIELDS},
        ),
    },
    envelope={
        "code": "$.head.status",
        "message": "$.head.message",
        "outcomes": {
            "success": [0],
            "not-found": [10],
            "unauthenticated": [11],
            "missing-parameter": [12],
            "forbidden": [100],
            "rate-limited": ["http 429"],
        },
    },
    preflight=({"call": "query_by_id", "expect_fields": ["id"]}, {"call": "query_by_holder", "expect_fields": ["id"]}),
)


def system(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """A conforming system under /api, with a website at its root, as they are found."""

    def say(status: int, data: Any = None) -> Reply:
        answer = {"head": {"status": status, "message": "ok" if status == 0 else "refused"}, "data": data}
        return 200, {}, json.dumps(answer).encode()

    path = urlsplit(path).path
    if path == "/api/limited/query" or path == "/api/limited/holder":
        return 429, {}, b"{}"
    if path.startswith("/old/"):
        return 302, {"location": "http://new.example/api"}, b""
    if path.startswith("/login/"):
        return 302, {"location": "/sso?back=1"}, b""
    if not path.startswith("/api/"):
        return HTML if not path.startswith("/v0/") else (404, {"content-type": "text/html"}, b"<html>404</html>")
    if path not in ("/api/query", "/api/holder"):
        return 404, {"content-type": "text/html"}, b"<html>404</html>"
    if method != "POST":
        return 405, {"allow": "POST"}, b""
    request = json.loads(body or b"{}")
    token = request.get("head", {}).get("token")
    if token != TOKEN:
        return say(100 if token == WEAK else 11)
    data = request.get("data", {})
    asked = data.get("id") if path == "/api/query" else data.get("holder")
    if not asked:
        return say(12)
    known = asked == LICENCE["zzbs"] if path == "/api/query" else asked == LICENCE["czztdm"]
    return say(0, [LICENCE]) if known else say(10)


def doctor(base_url: str, **change: Any) -> list[Finding]:
    """The findings of one target, through the real client."""
    parameters = {"base_url": base_url, **change.pop("parameters", {})}
    data: dict[str, Any] = {
        "target": "seeded",
        "system": {"name": "某系统"},
        "parameters": parameters,
        "identities": {"default": {"token": f"plain:{change.pop('token', TOKEN)}"}},
        "limits": {"timeout": "700ms", "total_timeout": "2s"},
        **change,
    }
    target = load_target(data, PROFILE)
    operations, envelope = bind(PROFILE, target), effective_envelope(PROFILE, target)
    port = HttpPort(target)

    def transport(operation: str, inputs: Mapping[str, Any], identity: str) -> Answer:
        values = {**target.parameters, **inputs, **target.identities.get(identity, {})}
        exchange = port.send(
            compose(operations[operation], values, target.base_url), operation=operation, identity=identity
        )
        return Answer(operations[operation], exchange, envelope, inputs=inputs)

    try:
        return diagnose(target, PROFILE, transport)
    finally:
        port.close()


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def http() -> Iterator[str]:
    with serving(system) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def https(pki: Pki) -> Iterator[str]:
    with serving(system, pki.context()) as port:
        yield f"https://127.0.0.1:{port}"


def proxy_handler(status: int) -> Callable[[str, str, Mapping[str, str], bytes], Reply]:
    def handler(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if status == 200:
            wanted = "Basic " + base64.b64encode(b"user:proxy-pass").decode()
            if headers.get("proxy-authorization") != wanted:
                return 407, {"proxy-authenticate": "Basic"}, b""
            return (200, {}, b"") if method == "CONNECT" else system(method, path, headers, body)
        return status, {"content-type": "text/html"}, b"<html>proxy</html>"

    return handler


# The healthy system, or nothing below would mean anything -----------------------------------------------------


def test_a_right_target_is_healthy(http: str) -> None:
    assert doctor(f"{http}/api") == []


def test_a_right_https_target_is_healthy(https: str, pki: Pki) -> None:
    assert doctor(f"{https}/api", tls={"ca": pki.path("ca.pem")}) == []
    assert doctor(f"{https}/api", tls={"verify": "insecure-no-verification"}) == []


def test_a_right_client_certificate_is_healthy(pki: Pki) -> None:
    tls = {"ca": pki.path("ca.pem"), "cert": pki.path("client.pem"), "key": pki.path("client.key")}
    with serving(system, pki.context(clients=True)) as port:
        assert doctor(f"https://127.0.0.1:{port}/api", tls=tls) == []


def test_a_right_proxy_is_healthy(http: str, https: str, pki: Pki) -> None:
    with serving(proxy_handler(200)) as port:
        way = f"plain:http://user:proxy-pass@127.0.0.1:{port}"
        assert doctor(f"{http}/api", proxy=way) == []
        assert doctor(f"{https}/api", proxy=way, tls={"ca": pki.path("ca.pem")}) == []


# The seeded faults --------------------------------------------------------------------------------------------

SEEDS: dict[str, tuple[set[str], Callable[..., Any]]] = {}


def seed(name: str, *codes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        SEEDS[name] = (set(codes), function)
        return function

    return register


seed("a host that does not resolve", "D110", "D111")(lambda http, https, pki: doctor("http://no-such-host.invalid/api"))
seed("a host that is not listed", "D101")(lambda http, https, pki: doctor(f"{http}/api", hosts=["elicense.example"]))
seed("a port that refuses", "D120")(lambda http, https, pki: doctor(f"http://127.0.0.1:{closed_port()}/api"))
seed("a wrong token", "D150")(lambda http, https, pki: doctor(f"{http}/api", token="old-token"))
seed("an account without the right", "D151")(lambda http, https, pki: doctor(f"{http}/api", token=WEAK))
seed("a base path that does not exist", "D160")(lambda http, https, pki: doctor(f"{http}/v0"))
seed("a base path that is a website", "D162")(lambda http, https, pki: doctor(http))
seed("a base path that moved to a host not named", "D154")(lambda http, https, pki: doctor(f"{http}/old"))
seed("a base path behind a log-in page", "D154")(lambda http, https, pki: doctor(f"{http}/login"))
seed("a rate that is too high", "D170")(lambda http, https, pki: doctor(f"{http}/api/limited"))
seed("test data that does not exist", "D158")(
    lambda http, https, pki: doctor(f"{http}/api", parameters={"active_id": "ID-9", "holder_code": "H-9"})
)
seed("one identifier that does not exist", "D158")(
    lambda http, https, pki: doctor(f"{http}/api", parameters={"active_id": "ID-9"})
)
seed("a code bound to the wrong place", "D163")(
    lambda http, https, pki: doctor(f"{http}/api", envelope={"code": "$.header.code"})
)
seed("a success code that is not the system's", "D166")(
    lambda http, https, pki: doctor(f"{http}/api", envelope={"outcomes": {"success": [200]}})
)
seed("items bound to the wrong place", "D167")(
    lambda http, https, pki: doctor(f"{http}/api", bindings=both({"response": {"items": "$.data.list[*]"}}))
)
seed("a field bound to the wrong member", "D157")(
    lambda http, https, pki: doctor(f"{http}/api", bindings=both({"response": {"fields": {"id": "certificateId"}}}))
)
seed("a wrong method", "D161")(
    lambda http, https, pki: doctor(f"{http}/api", bindings=both({"request": {"method": "PUT"}}))
)
seed("a request body that the system does not understand", "D150")(
    lambda http, https, pki: doctor(f"{http}/api", bindings=both({"request": {"json": {"token": "{token}"}}}))
)
seed("an input in the wrong member", "D164")(
    lambda http, https, pki: doctor(
        f"{http}/api",
        bindings={
            "query_by_id": {"request": {"json": {"head": {"token": "{token}"}, "data": {"identifier": "{id}"}}}},
            "query_by_holder": {"request": {"json": {"head": {"token": "{token}"}, "data": {"code": "{holder_code}"}}}},
        },
    )
)
seed("an authority that is not known", "D132")(lambda http, https, pki: doctor(f"{https}/api"))
seed("the wrong authority", "D132")(lambda http, https, pki: doctor(f"{https}/api", tls={"ca": pki.path("other.pem")}))
seed("http to an https port", "D134")(lambda http, https, pki: doctor(f"{https.replace('https', 'http')}/api"))
seed("https to an http port", "D133", "D135")(lambda http, https, pki: doctor(f"{http.replace('http', 'https')}/api"))
seed("a proxy that is down", "D120")(
    lambda http, https, pki: doctor(f"{http}/api", proxy=f"http://127.0.0.1:{closed_port()}")
)


def both(override: dict[str, Any]) -> dict[str, Any]:
    return {"query_by_id": override, "query_by_holder": override}


@seed("a port that never takes the connection", "D121")
def _full(http: str, https: str, pki: Pki) -> list[Finding]:
    with full() as port:
        return doctor(f"http://127.0.0.1:{port}/api")


@seed("a port that never answers", "D123")
def _silent(http: str, https: str, pki: Pki) -> list[Finding]:
    with silent() as port:
        return doctor(f"http://127.0.0.1:{port}/api")


@seed("https to a port that never answers", "D135")
def _silent_tls(http: str, https: str, pki: Pki) -> list[Finding]:
    with silent() as port:
        return doctor(f"https://127.0.0.1:{port}/api")


@seed("a certificate for another name", "D130")
def _named(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(system, pki.context("named")) as port:
        return doctor(f"https://127.0.0.1:{port}/api", tls={"ca": pki.path("ca.pem")})


@seed("a certificate that expired", "D131")
def _expired(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(system, pki.context("expired")) as port:
        return doctor(f"https://127.0.0.1:{port}/api", tls={"ca": pki.path("ca.pem")})


@seed("no client certificate", "D136")
def _no_client(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(system, pki.context(clients=True)) as port:
        return doctor(f"https://127.0.0.1:{port}/api", tls={"ca": pki.path("ca.pem")})


@seed("a stranger's client certificate", "D136")
def _stranger(http: str, https: str, pki: Pki) -> list[Finding]:
    tls = {"ca": pki.path("ca.pem"), "cert": pki.path("stranger.pem"), "key": pki.path("stranger.key")}
    with serving(system, pki.context(clients=True)) as port:
        return doctor(f"https://127.0.0.1:{port}/api", tls=tls)


@seed("a proxy that wants a password, for http", "D141")
def _proxy_http(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(proxy_handler(200)) as port:
        return doctor(f"{http}/api", proxy=f"http://127.0.0.1:{port}")


@seed("a proxy that wants another password, for https", "D141")
def _proxy_https(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(proxy_handler(200)) as port:
        return doctor(f"{https}/api", proxy=f"plain:http://user:old@127.0.0.1:{port}", tls={"ca": pki.path("ca.pem")})


@seed("a proxy that forbids the tunnel", "D142")
def _proxy_forbids(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(proxy_handler(403)) as port:
        return doctor(f"{https}/api", proxy=f"http://127.0.0.1:{port}", tls={"ca": pki.path("ca.pem")})


@seed("a proxy that cannot reach the system", "D142")
def _proxy_502(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(proxy_handler(502)) as port:
        return doctor(f"{http}/api", proxy=f"http://127.0.0.1:{port}")


@seed("a captive portal", "D143")
def _portal(http: str, https: str, pki: Pki) -> list[Finding]:
    with serving(lambda *_: (511, {"content-type": "text/html"}, b"<html>log in</html>")) as port:
        return doctor(f"http://127.0.0.1:{port}/api")


def test_there_are_at_least_twenty() -> None:
    assert len(SEEDS) >= 20


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_fault_is_never_the_systems(name: str, http: str, https: str, pki: Pki) -> None:
    codes, run = SEEDS[name]
    findings = run(http, https, pki)
    stopping = [f for f in findings if f.stops]
    assert stopping, f"{name}: the run would have gone on: {findings}"
    assert {f.cause for f in findings} <= {Cause.CONFIGURATION, Cause.ENVIRONMENT}, findings
    assert stopping[0].code in codes, str(stopping[0])
    assert stopping[0].hint
    for finding in findings:
        for secret in (TOKEN, WEAK, "old-token", "proxy-pass"):
            assert secret not in str(finding) + json.dumps(finding.to_json())


def test_a_secret_that_is_missing_stops_before_anything_is_sent(http: str) -> None:
    seen: list[str] = []

    def watching(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        seen.append(path)
        return system(method, path, headers, body)

    with serving(watching) as port, pytest.raises(TargetError) as caught:
        doctor(f"http://127.0.0.1:{port}/api", identities={"default": {"token": "env:NO_SUCH_TOKEN"}})
    assert caught.value.code == "T201"
    assert seen == []


# Systems that are wrong: not to be excused ---------------------------------------------------------------------


def broken(path: str, reply: Reply) -> Callable[..., Reply]:
    def handler(method: str, where: str, headers: Mapping[str, str], body: bytes) -> Reply:
        return reply if where.endswith(path) else system(method, where, headers, body)

    return handler


@pytest.mark.parametrize(
    "reply",
    [(404, {}, b""), (405, {}, b""), (500, {}, b""), HTML, (200, {}, b"{}"), (200, {}, b'{"head": {"status": 10}}'),
     (200, {}, b'{"head": {"status": 0}, "data": []}'), (302, {"location": "http://new.example/"}, b"")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/query", "/holder"])
def test_one_broken_operation_is_the_systems_and_the_run_goes_on(path: str, reply: Reply) -> None:
    with serving(broken(path, reply)) as port:
        findings = doctor(f"http://127.0.0.1:{port}/api")
    assert [(f.cause, f.stops) for f in findings] == [(Cause.SYSTEM, False)]


def test_a_system_that_only_answers_500_is_suspected_and_nothing_is_judged() -> None:
    with serving(lambda *_: (500, {}, b"<html>oops</html>")) as port:
        findings = doctor(f"http://127.0.0.1:{port}/api")
    assert [(f.code, f.cause, f.stops) for f in findings] == [("D173", Cause.SYSTEM, True)]


def test_a_system_that_leaves_a_field_out_is_not_excused() -> None:
    """The member is nowhere, and the target did not bind it: the checks will say so."""
    body = json.dumps({"head": {"status": 0}, "data": [{"zzmc": "某照", "czztdm": "H-1"}]}).encode()
    with serving(lambda *_: (200, {}, body)) as port:
        assert doctor(f"http://127.0.0.1:{port}/api") == []


def test_one_wrong_field_of_the_target_blocks_only_what_looks_at_it(http: str) -> None:
    findings = doctor(f"{http}/api", bindings={"query_by_id": {"response": {"fields": {"id": "certificateId"}}}})
    assert [f.stops for f in findings] == [False]
    assert unbound(findings) == {("query_by_id", "id")}

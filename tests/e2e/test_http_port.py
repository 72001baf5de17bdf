"""The seam to HTTP: politeness, budgets, hosts, proxies and TLS, on real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from conformance.model.exchange import Request
from conformance.model.target import Limits, System, Target
from conformance.probe.http import HttpPort
from conformance.specimen.server import Server


class Counter:
    def __init__(self) -> None:
        self.now = self.most = self.served = 0
        self.starts: list[float] = []
        self.headers: list[dict[str, str]] = []

    async def slow(self, request: WebRequest) -> Response:
        self.starts.append(time.monotonic())
        self.headers.append(dict(request.headers))
        self.served += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.02)
        self.now -= 1
        return PlainTextResponse("ok", headers={"set-cookie": "a=1"})


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def base_url(counter: Counter) -> Iterator[str]:
    server = Server(Starlette(routes=[Route("/slow", counter.slow)]), 0).start()
    yield server.base_url
    server.stop()


def _target(base_url: str, **limits: Any) -> Target:
    return Target("t", System("t"), base_url, ("127.0.0.1",), limits=Limits(**limits))


def _send_many(port: HttpPort, url: str, count: int, threads: int) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda _: port.send(Request("GET", url)), range(count)))


def test_never_more_in_flight_than_the_target_allows(base_url: str, counter: Counter) -> None:
    port = HttpPort(_target(base_url, concurrency=3))
    exchanges = _send_many(port, base_url + "/slow", 40, threads=16)
    port.close()
    assert all(e.response and e.response.status == 200 for e in exchanges)
    assert counter.most == port.usage.most_in_flight == 3


def test_one_means_strictly_serial(base_url: str, counter: Counter) -> None:
    port = HttpPort(_target(base_url, concurrency=1))
    _send_many(port, base_url + "/slow", 8, threads=8)
    port.close()
    assert counter.most == 1


def test_the_rate_spaces_the_starts(base_url: str, counter: Counter) -> None:
    port = HttpPort(_target(base_url, concurrency=8, rate=50.0))
    _send_many(port, base_url + "/slow", 20, threads=8)
    port.close()
    assert counter.starts[-1] - counter.starts[0] > 0.8 * 19 / 50


def test_the_budget_is_a_hard_end(base_url: str, counter: Counter) -> None:
    port = HttpPort(_target(base_url, requests=5))
    exchanges = _send_many(port, base_url + "/slow", 9, threads=3)
    port.close()
    kinds = sorted(e.fault.kind if e.fault else "ok" for e in exchanges)
    assert kinds == ["budget"] * 4 + ["ok"] * 5
    assert counter.served == 5


def test_processes_share_the_limits(base_url: str) -> None:
    port = HttpPort(_target(base_url, concurrency=6, requests=10), share=2)
    exchanges = _send_many(port, base_url + "/slow", 8, threads=8)
    port.close()
    assert port.usage.most_in_flight <= 3
    assert sum(e.fault is None for e in exchanges) == 5


@pytest.mark.parametrize(
    "url", ["http://localhost:1/", "http://evil.example/", "http://127.0.0.1.evil.example/", "http://[::1]/"]
)
def test_a_host_that_the_target_does_not_name_is_never_contacted(base_url: str, url: str) -> None:
    port = HttpPort(_target(base_url))
    exchange = port.send(Request("GET", url))
    port.close()
    assert exchange.fault is not None
    assert exchange.fault.kind == "host-not-named"
    assert port.usage.sent == 0


def test_no_cookie_travels_from_one_check_to_the_next(base_url: str, counter: Counter) -> None:
    port = HttpPort(_target(base_url))
    for _ in range(3):
        port.send(Request("GET", base_url + "/slow"))
    port.close()
    assert all("cookie" not in headers for headers in counter.headers)


def test_the_environment_s_proxy_is_not_followed(base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    port = HttpPort(_target(base_url))
    exchange = port.send(Request("GET", base_url + "/slow"))
    port.close()
    assert exchange.response is not None


def test_closing_ends_what_is_under_way(base_url: str) -> None:
    port = HttpPort(_target(base_url, concurrency=2, rate=1.0))
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(port.send, Request("GET", base_url + "/slow")) for _ in range(4)]
        time.sleep(0.2)
        started = time.monotonic()
        port.close()
        kinds = [f.result().fault.kind for f in waiting if f.result().fault]
    assert time.monotonic() - started < 2
    assert kinds
    assert set(kinds) == {"stopped"}


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:9/", "refused"),
        ("https://127.0.0.1:{port}/slow", "tls"),
        ("http://127.0.0.1:{port}\x00/", "request"),
    ],
)
def test_what_keeps_a_request_from_arriving_is_told_apart(base_url: str, url: str, kind: str) -> None:
    port = HttpPort(_target(base_url))
    exchange = port.send(Request("GET", url.replace("{port}", base_url.rpartition(":")[2])))
    port.close()
    assert exchange.fault is not None
    assert exchange.fault.kind == kind, exchange.fault


@pytest.mark.parametrize(
    "value", ["secret-token\n", "secret-token\r\nx: y", "secret-token\0", " secret-token", "secret-令牌"]
)
def test_a_request_that_cannot_be_sent_is_no_fault_of_the_system_and_quotes_nothing(
    base_url: str, counter: Counter, value: str
) -> None:
    port = HttpPort(_target(base_url))
    try:
        fault = port.send(Request("GET", f"{base_url}/slow", {"authorization": value})).fault
    finally:
        port.close()
    assert fault is not None
    assert fault.kind == "request"
    assert "secret-token" not in fault.message
    assert counter.served == 0


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1@elsewhere.test/", "http://[::1]@elsewhere.test/", "http://[::1]/", "http://["]
)
def test_the_host_that_is_asked_about_is_the_one_the_client_would_connect_to(base_url: str, url: str) -> None:
    port = HttpPort(_target(base_url))
    try:
        fault = port.send(Request("GET", url)).fault
    finally:
        port.close()
    assert fault is not None
    assert fault.kind == "host-not-named"


@pytest.mark.parametrize("url", ["http:///x", "http://[::1", "http://[bad]/", "http://127.0.0.1/a\nb"])
def test_an_address_that_is_none_is_answered_and_not_raised(base_url: str, url: str) -> None:
    port = HttpPort(_target(base_url))
    try:
        fault = port.send(Request("GET", url)).fault
    finally:
        port.close()
    assert fault is not None
    assert fault.kind == "request"

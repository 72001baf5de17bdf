"""The browser obeys the target: CA, client certificate, proxy, table of addresses, budget, rate and places."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import chrome
import pytest
from kit_pages import BODY, target, write, written
from kit_servers import Pki, Reply, make_pki, serving

from conformance.harness.preflight import examine
from conformance.model.exchange import Exchange
from conformance.model.target import Limits, System, Target, Tls
from conformance.model.verdict import Cause, Verdict
from conformance.pages import Page
from conformance.pages.facts import read
from conformance.probe.http import HttpPort
from conformance.probe.page import visit
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.target import load_target

pytest.importorskip("playwright")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(chrome.find() is None, reason="no Chromium on this machine")]
PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@pytest.fixture(scope="module", autouse=True)
def _no_browser_stays() -> Iterator[None]:
    yield
    from conformance.probe.page import browser

    browser.close()


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


class Site:
    """A page with six pictures that are asked for at once, and what the server saw of it."""

    def __init__(self, extra: str = "", pause: float = 0.0) -> None:
        self.extra, self.pause = extra, pause
        self.asked: list[str] = []
        self.hosts: list[str] = []
        self.at: list[float] = []
        self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        with self._lock:
            self.asked.append(path)
            self.hosts.append(headers.get("host", ""))
            self.at.append(time.monotonic())
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self.pause)
        with self._lock:
            self._now -= 1
        if path == "/moved":
            return 302, {"location": "/"}, b""
        if path == "/away":
            return 302, {"location": "http://elsewhere.example/"}, b""
        if path.endswith(".gif"):
            return 200, {"content-type": "image/gif"}, PICTURE
        pictures = "".join(f"<img alt=x src=/{n}.gif>" for n in range(6))
        return 200, {"content-type": "text/html; charset=utf-8"}, (BODY % (pictures + self.extra)).encode()


def opened(url: str, *, visits: int = 1, limits: Limits | None = None, hosts: tuple[str, ...] = ("127.0.0.1",), steps: Any = (), **more: Any) -> tuple[Exchange, HttpPort]:  # fmt: skip
    """The last of some visits to a page by a port for this target."""
    given = limits or Limits(timeout=4.0, total_timeout=8.0)
    port = HttpPort(Target("t", System("t"), "", hosts, limits=given, **more))
    try:
        for _ in range(visits):
            exchange = port.send(visit.request(url, steps=steps))
        return exchange, port
    finally:
        port.close()


def seen(exchange: Exchange) -> Page:
    assert exchange.response is not None, exchange.fault
    page = read(json.loads(exchange.response.body))
    assert page.first.title == "某市政务服务"
    return page


def kind(exchange: Exchange) -> str:
    assert exchange.fault is not None, exchange.response
    return exchange.fault.kind


def test_a_private_authority_and_a_client_certificate(pki: Pki) -> None:
    site = Site("<script>fetch('http://127.0.0.3/x')</script>")
    tls = Tls(ca=pki.path("ca.pem"), cert=pki.path("client.pem"), key=pki.path("client.key"))
    with serving(site, pki.context(clients=True)) as port, serving(Site(), pki.context("expired")) as late:
        page = seen(opened(f"https://127.0.0.1:{port}/", tls=tls)[0])
        assert len([r for r in page.requests if r.status == 200]) == 7
        assert [(r.host, r.sent) for r in page.requests if not r.sent] == [("127.0.0.3", False)]
        exchange, _ = opened(f"https://127.0.0.1:{late}/", tls=tls)
        assert kind(exchange) == "tls", "the gateway verifies, and the browser trusts nothing else"
        assert "expired" in exchange.fault.message  # type: ignore[union-attr]
        exchange, _ = opened(f"https://127.0.0.1:{port}/away", tls=tls)
        assert kind(exchange) == "host-not-named"
        assert "elsewhere.example" in exchange.fault.message  # type: ignore[union-attr]


def test_an_unknown_authority_is_not_trusted_unless_the_target_says_the_word(pki: Pki) -> None:
    with serving(Site(), pki.context()) as port:
        assert kind(opened(f"https://127.0.0.1:{port}/")[0]) == "tls"
        seen(opened(f"https://127.0.0.1:{port}/", tls=Tls(verify=False))[0])


def test_pages_go_through_the_proxy_of_the_target(pki: Pki) -> None:
    """The name resolves nowhere: only the proxy knows where it is."""
    site = Site()
    through: list[str] = []

    def proxy(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if headers.get("proxy-authorization") != "Basic " + base64.b64encode(b"user:proxy-pass").decode():
            return 407, {"proxy-authenticate": "Basic"}, b""
        through.append(f"{method} {path}")
        if method == "CONNECT":
            return 200, {}, b""
        return site(method, path.removeprefix("http://inner.example"), headers, body)

    with serving(site, pki.context()) as secure, serving(proxy) as port:
        more = {"proxy": f"http://user:proxy-pass@127.0.0.1:{port}", "tls": Tls(ca=pki.path("ca.pem"))}
        hosts = ("inner.example", "127.0.0.1")
        seen(opened("http://inner.example/", hosts=hosts, **more)[0])
        assert "GET http://inner.example/0.gif" in through
        assert not any(t.startswith("CONNECT") for t in through)
        seen(opened(f"https://127.0.0.1:{secure}/", hosts=hosts, **more)[0])
        assert f"CONNECT 127.0.0.1:{secure}" in through
        assert set(site.hosts) == {"inner.example", f"127.0.0.1:{secure}"}
        wrong = {**more, "proxy": f"http://user:wrong@127.0.0.1:{port}"}
        exchange, _ = opened(f"https://127.0.0.1:{secure}/", hosts=hosts, **wrong)
        assert kind(exchange) == "proxy"


def test_the_table_of_the_laboratory_says_where_a_page_is() -> None:
    """By name and by address; a WebSocket takes the same way; what the table does not have is not reached."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_greet, args=(listener,), daemon=True).start()
    site = Site("<script>new WebSocket('ws://socket.example/').onmessage = e => document.title = e.data</script>")
    with listener, serving(site) as port:
        routes = {
            "www.example:80": f"127.0.0.1:{port}",
            "192.0.2.80:80": f"127.0.0.1:{port}",
            "socket.example:80": f"127.0.0.1:{listener.getsockname()[1]}",
        }
        hosts = ("www.example", "192.0.2.80", "socket.example", "127.0.0.1")
        exchange, _ = opened("http://www.example/", hosts=hosts, routes=routes, steps=[("wait", 0.5)])
        assert exchange.response is not None, exchange.fault
        page = read(json.loads(exchange.response.body))
        assert page.look.title == "来自连接的问候"
        assert site.hosts == ["www.example"] * 7
        opened("http://192.0.2.80/", hosts=hosts, routes=routes)
        assert set(site.hosts) == {"www.example", "192.0.2.80"}
        assert kind(opened(f"http://127.0.0.1:{port}/", hosts=hosts, routes=routes)[0]) == "not-routed"
        plain = HttpPort(Target("t", System("t"), "", hosts, routes=routes))
        try:
            answer = plain.send(_get("http://www.example/moved"))
            assert answer.response is not None, answer.fault
            assert answer.response.status == 302, "the HTTP probe reads the same table"
        finally:
            plain.close()


def _get(url: str) -> Any:
    from conformance.model.exchange import Request

    return Request("GET", url)


def _greet(listener: socket.socket) -> None:
    """One WebSocket (RFC 6455): the handshake, and one message of text."""
    try:
        connection, _ = listener.accept()
    except OSError:
        return
    with connection:
        head = connection.recv(65536).decode()
        key = next(x.partition(":")[2].strip() for x in head.splitlines() if x.lower().startswith("sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        text = "来自连接的问候".encode()
        connection.sendall(bytes([0x81, len(text)]) + text)
        connection.recv(1024)


def test_requests_of_a_page_are_within_the_limits_of_the_target() -> None:
    site = Site(pause=0.05)
    with serving(site) as port:
        url = f"http://127.0.0.1:{port}"
        exchange, used = opened(url + "/moved", limits=Limits(concurrency=2, timeout=4.0, total_timeout=8.0))
        seen(exchange)
        assert used.usage.sent == len(site.asked) == 8, "the redirect, the page and six pictures"
        assert used.usage.in_flight == 0
        assert site.most == used.usage.most_in_flight == 2

        site.asked.clear()
        exchange, used = opened(url + "/", limits=Limits(requests=4, timeout=4.0, total_timeout=8.0))
        assert kind(exchange) == "budget"
        assert "limits.requests" in exchange.fault.message  # type: ignore[union-attr]
        assert used.usage.sent == 4
        assert len(site.asked) <= 4, "the visit ends where a fifth is refused"

        site.at.clear()
        began = time.monotonic()
        exchange, _ = opened(url + "/", limits=Limits(rate=5.0, timeout=1.0, total_timeout=1.0))
        seen(exchange)
        assert len(site.at) == 7, "politeness took longer than the page may"
        assert site.at[-1] - site.at[0] >= 6 * 0.2 - 0.1
        assert time.monotonic() - began < 10


def test_the_doctor_looks_at_the_browser_and_at_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from conformance.harness.doctor import doctor
    from conformance.probe.page import browser

    with serving(Site()) as port:
        profile, data = write(tmp_path), target(f"http://127.0.0.1:{port}")
        away = target(f"http://127.0.0.1:{port}", "/away")
        findings, text = doctor([str(profile)], str(written(tmp_path, away)))
        assert [(f.code, f.cause, f.stops) for f in findings] == [("D183", Cause.CONFIGURATION, False)], text
        assert "elsewhere.example" in text
        findings, text = doctor([str(profile)], str(written(tmp_path, data)))
        assert findings == []
        assert "浏览器可用，页面 home" in text
        browser.close()
        broken = tmp_path / "chromium"
        broken.write_text("#!/bin/sh\necho no display; exit 1\n")
        broken.chmod(0o755)
        for path, code, said in ((tmp_path / "none", "D181", "unset"), (broken, "D182", "启动不了")):
            monkeypatch.setenv("CONFORMANCE_BROWSER", str(path))
            findings, text = doctor([str(profile)], str(written(tmp_path, data)))
            assert [(f.code, f.cause, f.stops) for f in findings] == [(code, Cause.ENVIRONMENT, False)]
            assert said in text
        monkeypatch.setenv("CONFORMANCE_BROWSER", str(tmp_path / "none"))
        loaded = load(str(profile))
        run = live_run(loaded, load_target(data, loaded))
        try:
            run.doubtful = examine(run)[1].doubtful
            judged = run_batch(run)
        finally:
            run.sender.close()  # type: ignore[attr-defined]
        assert {(r.verdict, r.cause) for r in judged.values()} == {(Verdict.INCONCLUSIVE, Cause.ENVIRONMENT)}


def test_the_gateway_serves_nobody_else(pki: Pki, tmp_path: Path) -> None:
    from conformance.probe.page.gateway import Gateway
    from conformance.probe.page.way import Way

    site = Site()
    with serving(site) as port:
        gateway = Gateway(Way(frozenset({"127.0.0.1"}), tls=Tls(ca=pki.path("ca.pem"))))
        try:
            door = int(gateway.server.rpartition(":")[2])
            for line in (f"GET http://127.0.0.1:{port}/ HTTP/1.1", f"CONNECT 127.0.0.1:{port} HTTP/1.1"):
                with socket.create_connection(("127.0.0.1", door), 5) as stranger:
                    stranger.sendall(f"{line}\r\nhost: x\r\n\r\n".encode())
                    assert stranger.recv(1024).startswith(b"HTTP/1.1 407")
            assert site.asked == []
        finally:
            gateway.close()
        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", door), 2):
            pass

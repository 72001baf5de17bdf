"""Sites that were made to hold a crawler up: real sockets, and an end in time with nothing found to conform by accident."""

from __future__ import annotations

import asyncio
import io
import itertools
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from conformance.harness.loading import attest_manual
from conformance.model.result import CheckResult
from conformance.model.verdict import Verdict
from conformance.plan.select import plan
from conformance.profile import load
from conformance.run.batch import live_run, run_batch
from conformance.specimen.server import running
from conformance.target import load_target

_NAME = "某市人民政府门户网站"
_NUMBERS = itertools.count()
Answer = Callable[[Request], Response]


def _home(*links: str, body: str = "") -> str:
    rows = "".join(
        f'<li><a href="{x}">关于某事项的通知{n}</a><span>2026-06-1{n % 9}</span></li>' for n, x in enumerate(links)
    )
    return f"<html><title>{_NAME}</title><body><h1>{_NAME}</h1><ul>{rows}</ul><a href='/xw/'>要闻</a><a href='/x'>甲</a><a href='/y'>乙</a>{body}</body></html>"


def _calendar(request: Request) -> Response:
    month = int(request.query_params.get("m", 0))
    return HTMLResponse(
        f'<p>日历</p><a href="/calendar?m={month + 1}">下月</a><a href="/calendar/{month}/{month}">日</a>'
    )


def _growing(request: Request) -> Response:
    return HTMLResponse(
        f'<a href="{request.url.path.rstrip("/")}/a">深</a><a href="{request.url.path.rstrip("/")}/b/?s={next(_NUMBERS)}">深</a>'
    )


async def _endless() -> Any:
    yield b"<html><body>"
    for _ in range(400):  # 26 MB, where one is read
        await asyncio.sleep(0)
        yield b"<p>" + b"x" * 65536


@lru_cache(1)
def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * (64 << 20))
    return out.getvalue()


_LINKS = ("/calendar", "/grow", "/loop", "/away", "/endless", "/bomb.docx", "/broken", "/local", "/file")
_PATHS: dict[str, Answer] = {
    "/": lambda r: HTMLResponse(_home(*_LINKS)),
    "/xw/": lambda r: HTMLResponse(_home("/xw/1.html", body="<p>要闻</p>")),
    "/xw/1.html": lambda r: HTMLResponse("<h1>关于某事项的通知</h1><p>发布时间：2026-06-17 10:00</p>"),
    "/loop": lambda r: RedirectResponse("/loop"),
    "/away": lambda r: RedirectResponse("http://127.0.0.1:9/secret"),
    "/local": lambda r: RedirectResponse("http://169.254.169.254/latest/meta-data"),
    "/file": lambda r: RedirectResponse("file:///etc/passwd"),
    "/endless": lambda r: StreamingResponse(_endless(), media_type="text/html"),
    "/bomb.docx": lambda r: Response(_bomb(), media_type="application/octet-stream"),
    "/broken": lambda r: HTMLResponse(
        "<div>" * 50_000 + "<a href='http://[::1'>x</a><a href='http://a:99999/'>y</a>" + "\x00" * 100
    ),
}


async def _answer(request: Request) -> Response:
    path = request.url.path
    if path in _PATHS:
        return _PATHS[path](request)
    if path.startswith("/calendar"):
        return _calendar(request)
    if path.startswith("/grow"):
        return _growing(request)
    return PlainTextResponse("没有", 404)


@contextmanager
def _site(**more: Any) -> Iterator[dict[str, Any]]:
    with running(Starlette(routes=[Route("/{path:path}", _answer, methods=["GET", "HEAD"])])) as base:
        yield {
            "target": "hostile",
            "system": {"name": "恶意的网站"},
            "parameters": {
                "site": "http://www.example.gov.cn/", "site_name": _NAME, "organisation": "某市人民政府", "crawl_rate": 0,
                "addresses": ["www.example.gov.cn=192.0.2.80"], "inspection_time": "2026-06-18T10:00:00+08:00",
                "columns": [{"name": "要闻", "kind": "动态要闻", "path": "/xw/"}], "crawl_most_pages": 120, "crawl_megabytes": 30,
                **more,
            },
            "limits": {"concurrency": 8, "timeout": "3s", "total_timeout": "4s", "body": "1MB"},
            "hosts": ["www.example.gov.cn"],
            "routes": {"192.0.2.80:80": base.removeprefix("http://")},
        }  # fmt: skip


def _judge(data: dict[str, Any]) -> dict[str, CheckResult]:
    profile = load("govsite")
    target = load_target(attest_manual(data, profile), profile)
    run = live_run(profile, target)
    try:
        return {k.partition("/")[2]: r for k, r in run_batch(run, plan(profile, target)).items()}
    finally:
        run.sender.close()


@pytest.fixture(scope="module")
def judged() -> tuple[dict[str, CheckResult], float]:
    begun = time.monotonic()
    with _site() as data:
        return _judge(data), time.monotonic() - begun


def test_it_ends_in_time_and_no_check_breaks(judged: tuple[dict[str, CheckResult], float]) -> None:
    results, seconds = judged
    assert seconds < 40
    assert [(k, r.reasons) for k, r in results.items() if r.verdict is Verdict.ERROR] == []


def test_what_does_not_open_is_told_and_nothing_outside_was_asked(judged: tuple[dict[str, CheckResult], float]) -> None:
    results, _ = judged
    links = results["WEB-14/in-site-links-open"]
    assert links.verdict is Verdict.FAIL
    assert "/loop" in links.reasons[0].actual
    files = results["WEB-36/attachments-hold-no-personal-numbers"]
    assert files.verdict is Verdict.INCONCLUSIVE  # what was not read is never clean
    assert "bomb.docx" in files.reasons[-1].message


def test_a_home_page_without_end_is_not_the_site() -> None:
    _PATHS["/"], kept = _PATHS["/endless"], _PATHS["/"]
    try:
        with _site() as data:
            results = _judge(data)
    finally:
        _PATHS["/"] = kept
    automatic = [r for k, r in results.items() if r.blocked_by == "site"]
    assert len(automatic) > 30
    assert {r.verdict for r in automatic} == {Verdict.INCONCLUSIVE}

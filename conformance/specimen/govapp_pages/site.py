"""The application: every page, the few interfaces that the pages call, and pictures made of text."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations
from conformance.specimen.govapp_pages import account, elder, home, service

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="380" height="60"><rect width="380" height="60" fill="#dbe7f6"/></svg>'
_WAV = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00"


def application(d: Deviations) -> Starlette:
    """The pages with the faults of `d`; what is submitted gets a receipt and is forgotten."""
    numbers = itertools.count(1)

    def html(render: Callable[[Deviations], str]) -> Callable[[Request], Response]:
        return lambda _: HTMLResponse(render(d))

    def text(title: str, said: str) -> Callable[[Request], Response]:
        return lambda _: HTMLResponse(service.plain(d, title, said))

    async def apply(_: Request) -> Response:
        return JSONResponse({"receipt": f"SL{next(numbers):06d}"})

    async def feedback(_: Request) -> Response:
        return JSONResponse({"receipt": f"TS{next(numbers):06d}"})

    async def login(request: Request) -> Response:
        given = json.loads(await request.body() or b"{}")
        return JSONResponse({"account": str(given.get("account", ""))[:40]}, status_code=401)

    async def visit(_: Request) -> Response:
        return Response(status_code=204)

    def picture(_: Request) -> Response:
        return Response(_SVG, media_type="image/svg+xml")

    def search(request: Request) -> Response:
        return HTMLResponse(home.search(d, request.query_params.get("q", "").strip()))

    def complain(_: Request) -> Response:
        return Response("404", status_code=404) if "feedback-entry-broken" in d else HTMLResponse(service.feedback(d))

    return Starlette(
        routes=[
            Route("/h5/", html(home.home)),
            Route("/h5/elder", html(elder.elder)),
            Route("/h5/signin", html(account.signin)),
            Route("/h5/mine", html(account.mine)),
            Route("/h5/policy", html(account.policy)),
            Route("/h5/about", html(account.about)),
            Route("/h5/form", html(service.form)),
            Route("/h5/feedback", complain),
            Route("/h5/download", html(service.download)),
            Route("/h5/search", search),
            Route("/h5/query", text("办件查询", "请输入受理编号查询进度。")),
            Route("/h5/book", text("预约", "请选择办事大厅和时间。")),
            Route("/h5/rate", text("评价", "请对本次服务作出评价。")),
            Route("/h5/help", text("电话帮办", "请拨打 12345。")),
            Route("/h5/more", lambda _: HTMLResponse(service.deeper(d, 1))),
            Route("/h5/more{level:int}", lambda r: HTMLResponse(service.deeper(d, r.path_params["level"]))),
            Route("/h5/notice", lambda _: HTMLResponse("<!doctype html><html lang=zh-CN><title>公告</title><body>暂无</body></html>")),
            Route("/h5/banner.svg", picture),
            Route("/h5/captcha.svg", picture),
            Route("/h5/voice.wav", lambda _: Response(_WAV, media_type="audio/wav")),
            Route("/h5/app.apk", lambda _: Response(b"PK", media_type="application/octet-stream", headers={"content-disposition": "attachment; filename=app.apk"})),
            Route("/h5/api/visit", visit, methods=["POST"]),
            Route("/h5/api/login", login, methods=["POST"]),
            Route("/h5/api/apply", apply, methods=["POST"]),
            Route("/h5/api/feedback", feedback, methods=["POST"]),
        ]
    )  # fmt: skip

"""The site: a home page, second- and third-level pages, assets on another host, an interface, a large file.

Every answer is the same over both families but for what a fault says; each page carries a nonce and a clock, as real
pages do, so that an honest comparison has something to see past.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_site import names

SECOND, THIRD = 12, 3  # links on the home page, and on each page that it leads to
SLOW = 0.25
_QUIET = 0.02  # seconds after a failure in which a visit succeeds
LARGE = bytes(range(256)) * 4096  # 1 MiB
HSTS = {
    "strict-transport-security": "max-age=31536000",
    "content-security-policy": "default-src 'self' *.example.gov.cn",
}

_TOPICS = ("政务公开", "办事服务", "互动交流", "通知公告", "政策文件", "新闻动态", "数据开放", "专题专栏")


@dataclass(frozen=True, slots=True)
class Shape:
    """How many links each level has."""

    second: int = SECOND
    third: int = THIRD


class Site:
    """The pages under the faults in force."""

    def __init__(self, faults: Deviations, shape: Shape) -> None:
        self._faults, self._shape = faults, shape
        self._since, self._failed = 0, 0.0

    def app(self) -> Starlette:
        if "every-page-is-empty" in self._faults:
            return Starlette(routes=[Route("/{path:path}", self.nothing)])
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/p/{a:int}", self.second),
                Route("/p/{a:int}/{b:int}", self.third),
                Route("/s/{a:int}", self.second),
                Route("/style.css", self.style),
                Route("/app.js", self.script),
                Route("/logo.svg", self.logo),
                Route("/api/status", self.api),
                Route("/large.bin", self.large),
                Route("/welcome", self.welcome),
            ]
        )

    async def nothing(self, _request: Request) -> Response:
        return HTMLResponse("")

    def _on(self, fault: str, request: Request) -> bool:
        """Whether a fault is in force for a request that came over IPv6."""
        return fault in self._faults and over_ipv6(request)

    async def home(self, request: Request) -> Response:
        refused = await self._troubled(request)
        if refused is not None:
            return refused
        if self._on("ipv6-redirects-to-an-ipv4-literal", request):
            return RedirectResponse("http://192.0.2.80/", 302)
        if self._on("ipv6-redirects-to-an-ipv4-only-host", request):
            return RedirectResponse("http://v4only.example.gov.cn/", 302)
        if self._on("ipv6-serves-a-stub-page", request):
            return self._page(request, "建设中", "<p>本站 IPv6 版本正在建设。</p>", home=False)
        if self._on("ipv6-serves-other-content", request):
            body = "".join(f"<p>{t}：此栏目在 IPv6 网络下暂不提供，请使用其他网络访问。</p>" for t in _TOPICS)
            return self._page(request, "示例政府网站", body, home=True)
        return self._page(request, "示例政府网站", self._body(request), home=True)

    async def _troubled(self, request: Request) -> Response | None:
        """What befalls the home page over IPv6 before it is made."""
        if self._on("every-third-ipv6-visit-fails", request) and self._unlucky():
            return PlainTextResponse("Bad Gateway", 502)
        if self._on("ipv6-home-page-is-forbidden", request):
            return PlainTextResponse("Forbidden", 403)
        if self._on("ipv6-home-page-is-missing", request):
            return PlainTextResponse("Not Found", 404)
        if self._on("ipv6-answers-late", request):
            await asyncio.sleep(SLOW)
        return None

    def _unlucky(self) -> bool:
        """Every third visit, and never one that comes right after another failed."""
        self._since += 1
        now = time.monotonic()
        if self._since < 3 or now - self._failed < _QUIET:
            return False
        self._since, self._failed = 0, now
        return True

    def _body(self, request: Request) -> str:
        parts = [
            f"<p>{topic}：公开信息，依法依规办理，接受社会监督。第 {n} 栏。</p>" for n, topic in enumerate(_TOPICS)
        ]
        scheme = request.url.scheme
        parts.append("<ul>")
        for n in range(self._shape.second):
            address = f"{scheme}://{names.SERVICE.rstrip('.')}/s/{n}" if n % 4 == 3 else f"/p/{n}"
            parts.append(f'<li><a href="{address}">{_TOPICS[n % len(_TOPICS)]} {n}</a></li>')
        parts.append("</ul>")
        if "link-to-an-ipv4-literal" in self._faults:
            parts.append('<a href="http://192.0.2.80/hard">旧版入口</a>')
        parts.append('<a href="https://elsewhere.example/">友情链接</a> <a href="mailto:a@example.gov.cn">邮箱</a>')
        return "".join(parts)

    def _page(self, request: Request, title: str, body: str, *, home: bool) -> Response:
        static = f"{request.url.scheme}://{names.STATIC.rstrip('.')}"
        nonce = secrets.token_hex(8)
        assets = (
            f'<link rel="stylesheet" href="{static}/style.css"><script src="{static}/app.js" nonce="{nonce}"></script>'
            if home
            else ""
        )
        image = f'<img src="{static}/logo.svg" alt="">' if home else ""
        text = (
            f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>{assets}'
            f'<meta name="csrf" content="{nonce}"></head><body><h1>{title}</h1>{image}{body}'
            f"<script>var now='{datetime.now(UTC).isoformat()}';</script></body></html>"
        )
        headers = {} if self._on("ipv6-lacks-security-headers", request) else HSTS
        return HTMLResponse(text, headers=headers)

    async def second(self, request: Request) -> Response:
        if self._on("ipv6-sub-pages-are-forbidden", request):
            return PlainTextResponse("Forbidden", 403)
        a = request.path_params["a"]
        host = names.SERVICE if "third-level-links-lead-to-an-ipv4-only-host" not in self._faults else names.V4ONLY
        parts = [f"<p>{_TOPICS[a % len(_TOPICS)]}的第 {a} 篇。</p>"]
        for b in range(self._shape.third):
            address = f"{request.url.scheme}://{host.rstrip('.')}/p/{a}/{b}" if b == 0 else f"/p/{a}/{b}"
            parts.append(f'<a href="{address}">详情 {b}</a>')
        if "link-to-an-ipv4-literal-on-a-sub-page" in self._faults and a == 1:
            parts.append('<a href="http://192.0.2.80/hard">旧版入口</a>')
        return self._page(request, f"栏目 {a}", "".join(parts), home=False)

    async def third(self, request: Request) -> Response:
        if self._on("ipv6-third-level-pages-fail", request):
            return PlainTextResponse("Internal Server Error", 500)
        a, b = request.path_params["a"], request.path_params["b"]
        return self._page(request, f"详情 {a}-{b}", f"<p>第 {a} 栏第 {b} 篇的正文。</p>", home=False)

    async def style(self, request: Request) -> Response:
        if self._on("ipv6-assets-are-late", request):
            await asyncio.sleep(SLOW)
        return Response("body{font-family:sans-serif}", media_type="text/css")

    async def script(self, request: Request) -> Response:
        if self._on("ipv6-assets-fail", request):
            return PlainTextResponse("Not Found", 404)
        address = "http://192.0.2.83/api/status" if "ipv4-literal-in-a-script" in self._faults else "/api/status"
        return Response(f'fetch("{address}").then(r => r.json());', media_type="text/javascript")

    async def logo(self, _request: Request) -> Response:
        return Response('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', media_type="image/svg+xml")

    async def api(self, request: Request) -> Response:
        if self._on("app-interface-fails-over-ipv6", request):
            return JSONResponse({"error": "unavailable"}, 503)
        return JSONResponse({"status": "ok"})

    async def large(self, request: Request) -> Response:
        if self._on("ipv6-download-is-late", request):
            await asyncio.sleep(SLOW)
        return Response(LARGE, media_type="application/octet-stream")

    async def welcome(self, request: Request) -> Response:
        return self._page(request, "示例政府网站", self._body(request), home=True)


def over_ipv6(request: Request) -> bool:
    """Which of the site's listeners the request came to."""
    server = request.scope.get("server") or ("", 0)
    return ":" in str(server[0])

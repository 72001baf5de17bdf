"""The site: a home page, second- and third-level pages, assets on another host, an interface, a large file.

Every answer is the same over both families but for what a fault says; each page carries a nonce and a clock, as real
pages do, so that an honest comparison has something to see past.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations
from conformance.specimen.ipv6_site import names, text
from conformance.specimen.ipv6_site.flaky import EveryThird
from conformance.specimen.ipv6_site.text import HSTS, LARGE, LOGO, STATUS, STYLE, TITLE, TOPICS, Shape

SLOW = 0.25


class Site:
    """The pages under the faults in force."""

    def __init__(self, faults: Deviations, shape: Shape) -> None:
        self._faults, self._shape = faults, shape
        self._luck = EveryThird()

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
            body = "".join(f"<p>{t}：此栏目在 IPv6 网络下暂不提供，请使用其他网络访问。</p>" for t in TOPICS)
            return self._page(request, TITLE, body, home=True)
        return self._page(request, TITLE, self._body(request), home=True)

    async def _troubled(self, request: Request) -> Response | None:
        """What befalls the home page over IPv6 before it is made."""
        if self._on("every-third-ipv6-visit-fails", request) and self._luck.unlucky():
            return PlainTextResponse("Bad Gateway", 502)
        if self._on("ipv6-home-page-is-forbidden", request):
            return PlainTextResponse("Forbidden", 403)
        if self._on("ipv6-home-page-is-missing", request):
            return PlainTextResponse("Not Found", 404)
        if self._on("ipv6-answers-late", request):
            await asyncio.sleep(SLOW)
        return None

    def _body(self, request: Request) -> str:
        return text.home(request.url.scheme, self._shape, literal="link-to-an-ipv4-literal" in self._faults)

    def _page(self, request: Request, title: str, body: str, *, home: bool) -> Response:
        nonce, clock = secrets.token_hex(8), datetime.now(UTC).isoformat()
        whole = text.page(title, body, scheme=request.url.scheme, nonce=nonce, clock=clock, home=home)
        headers = {} if self._on("ipv6-lacks-security-headers", request) else HSTS
        return HTMLResponse(whole, headers=headers)

    async def second(self, request: Request) -> Response:
        if self._on("ipv6-sub-pages-are-forbidden", request):
            return PlainTextResponse("Forbidden", 403)
        a = request.path_params["a"]
        host = names.SERVICE if "third-level-links-lead-to-an-ipv4-only-host" not in self._faults else names.V4ONLY
        literal = "link-to-an-ipv4-literal-on-a-sub-page" in self._faults and a == 1
        body = text.second(request.url.scheme, a, self._shape, host=host, literal=literal)
        return self._page(request, f"栏目 {a}", body, home=False)

    async def third(self, request: Request) -> Response:
        if self._on("ipv6-third-level-pages-fail", request):
            return PlainTextResponse("Internal Server Error", 500)
        a, b = request.path_params["a"], request.path_params["b"]
        return self._page(request, f"详情 {a}-{b}", text.third(a, b), home=False)

    async def style(self, request: Request) -> Response:
        if self._on("ipv6-assets-are-late", request):
            await asyncio.sleep(SLOW)
        return Response(STYLE, media_type="text/css")

    async def script(self, request: Request) -> Response:
        if self._on("ipv6-assets-fail", request):
            return PlainTextResponse("Not Found", 404)
        address = "http://192.0.2.83/api/status" if "ipv4-literal-in-a-script" in self._faults else "/api/status"
        return Response(text.script(address), media_type="text/javascript")

    async def logo(self, _request: Request) -> Response:
        return Response(LOGO, media_type="image/svg+xml")

    async def api(self, request: Request) -> Response:
        if self._on("app-interface-fails-over-ipv6", request):
            return JSONResponse({"error": "unavailable"}, 503)
        return Response(STATUS, media_type="application/json")

    async def large(self, request: Request) -> Response:
        if self._on("ipv6-download-is-late", request):
            await asyncio.sleep(SLOW)
        return Response(LARGE, media_type="application/octet-stream")

    async def welcome(self, request: Request) -> Response:
        return self._page(request, TITLE, self._body(request), home=True)


def over_ipv6(request: Request) -> bool:
    """Which of the site's listeners the request came to."""
    server = request.scope.get("server") or ("", 0)
    return ":" in str(server[0])

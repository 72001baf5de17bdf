"""The site as a Starlette application: fixed pages, attachments, search, and a mailbox that gives receipts."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from conformance.specimen.fault import Deviations
from conformance.specimen.govsite import browsed, content, elder, files
from conformance.specimen.govsite.content import Content
from conformance.specimen.govsite.pages import OUTSIDE, Pages
from conformance.specimen.ipv6_site.flaky import EveryThird

ROBOTS = "User-agent: *\nDisallow: /private/\n"


class Site:
    """Every request comes to `answer`. Whole-system faults come first, for they replace everything."""

    def __init__(self, now: Callable[[], Content], faults: Deviations, host: str) -> None:
        self._faults, self._host = faults, host
        self._site = now()
        self._pages = Pages(self._site, faults, host)
        self._files = files.files(faults)
        self._made = self._make()
        self._columns = {section.path for section in self._site.sections}
        self._luck = EveryThird()
        self._numbers = itertools.count(1)
        self._letters: dict[str, str] = {}

    def app(self) -> Starlette:
        methods = ["GET", "HEAD", "POST"]
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=methods)])

    def _make(self) -> dict[str, str]:
        pages, out = self._pages, {}
        out["/"] = pages.home()
        for section in self._site.sections:
            out[section.path] = {
                content.GUIDE: pages.guides,
                content.MESSAGES: pages.messages,
            }.get(section.kind, pages.column)(section)
            for article in section.articles:
                out[article.path] = pages.article(section, article)
            if section.kind == content.GUIDE:
                for path, name, said in self._site.guides:
                    out[path] = pages.guide(section, name, said)
            if section.kind == content.MESSAGES:
                for message in self._site.messages:
                    out[f"/hd/ly/{message.number}.html"] = pages.message(section, message)
        out["/hd/xx/"] = pages.write()
        out[browsed.SIGNIN], out[browsed.ACCOUNT] = pages.signin(), pages.account()
        out[browsed.ELDER] = elder.page(Deviations((), (f.name for f in elder.FAULTS)))
        out["/map.html"] = pages.map()
        return out

    async def answer(self, request: Request) -> Response:
        host = (request.headers.get("host") or "").partition(":")[0]
        if host in OUTSIDE:
            gone = request.url.path == "/gone"
            return PlainTextResponse("no", 404) if gone else HTMLResponse("<h1>别的网站</h1>")
        whole = self._whole(request)
        return whole if whole is not None else await self._own(request)

    def _whole(self, request: Request) -> Response | None:
        on = self._faults.__contains__
        if on("another-service-is-on-the-port"):
            return JSONResponse({"detail": "Not Found"}, 404)
        if on("everything-is-behind-a-login"):
            if request.url.path != "/login":
                return RedirectResponse("/login")
            return HTMLResponse(
                f"<title>{self._pages.name} 统一登录</title><h1>{self._pages.name}</h1>"
                '<form method="post"><input name="u"><input type="password" name="p"></form>'
            )
        if on("the-domain-is-parked"):
            return HTMLResponse("<title>本域名可以转让</title><h1>www.example.gov.cn</h1><a href='/a'>报价</a>")
        return None

    async def _own(self, request: Request) -> Response:
        path, on = unquote(request.url.path), self._faults.__contains__
        if over_ipv6(request) and (other := self._over_ipv6(path)) is not None:
            return other
        if path == "/robots.txt":
            return PlainTextResponse(ROBOTS)
        if path in self._made:
            return HTMLResponse(self._made[path])
        if path.startswith("/files/") and (data := self._files.get(path[7:])) is not None:
            return Response(data, media_type=files.TYPES[path.rpartition(".")[2]])
        if path == "/static/site.css":
            return Response(self._sheet(), media_type="text/css")
        if path == "/static/site.js":
            return Response(browsed.script(self._faults), media_type="text/javascript")
        if path == browsed.SLOW:
            if "sec-fetch-dest" in request.headers:  # a browser; nothing else waits for it
                await asyncio.sleep(browsed.SLOW_SECONDS)
            return Response("", media_type="text/javascript")
        if path == browsed.SOUND:
            return Response(browsed.sound(), media_type="audio/wav")
        if path.startswith("/static/") and "gone" not in path:
            return Response(browsed.PIXEL, media_type="image/gif")
        if path == "/search":
            if on("the-search-page-is-gone"):
                return HTMLResponse("<h1>找不到页面</h1>", 404)
            return HTMLResponse(self._pages.found(request.query_params.get("q", "")))
        if path == "/hd/submit" and request.method == "POST":
            return await self._take(request)
        if path == "/hd/query":
            return self._tell(request)
        if path == "/admin/" and on("the-administration-is-open"):
            return HTMLResponse('<h1>后台管理</h1><form method="post"><input type="password" name="p"></form>')
        if path.startswith("/loop/"):
            return RedirectResponse("/loop/2" if path.endswith("1") else "/loop/1", 302)
        if path == "/broken":
            return PlainTextResponse("Internal Server Error", 500)
        return HTMLResponse("<h1>您访问的页面不存在</h1>", 404)

    def _sheet(self) -> str:
        """The style sheet of every page: a folded menu and a narrow screen hide something, as on any site."""
        hidden = (
            ".tail .more{position:absolute;left:-9999px}" if "a-hidden-link-by-a-style-sheet" in self._faults else ""
        )
        return (
            browsed.style(self._faults) + ".menu ul{display:none}.menu:hover ul{display:block}"
            "@media (max-width:600px){main p{display:none}}" + hidden
        )

    def _over_ipv6(self, path: str) -> Response | None:
        """What comes over IPv6 only, by the faults in force."""
        on = self._faults.__contains__
        if path == "/" and on("every-third-ipv6-visit-fails") and self._luck.unlucky():
            return PlainTextResponse("Bad Gateway", 502)
        if path == "/" and on("ipv6-serves-other-content"):
            return HTMLResponse(self._pages.frame(self._pages.name, "<p>此栏目在 IPv6 网络下暂不提供。</p>" * 40, {}))
        if path in self._columns and on("ipv6-column-pages-are-forbidden"):
            return PlainTextResponse("Forbidden", 403)
        if path.startswith("/zt/") and path not in self._columns and on("ipv6-third-level-pages-fail"):
            return PlainTextResponse("Internal Server Error", 500)
        return None

    async def _take(self, request: Request) -> Response:
        """A letter comes in; its sender is given a receipt."""
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        title = form.get("title", "").strip()
        if not title or not form.get("content", "").strip():
            return HTMLResponse(self._pages.frame("提交失败", "<p>标题和内容不能为空。</p>", {}), 400)
        if "a-submission-fails" in self._faults:
            return HTMLResponse("<h1>系统错误</h1>", 500)
        code = f"{self._site.now:%Y%m%d}-{next(self._numbers):04d}"
        if "a-receipt-finds-nothing" not in self._faults:
            self._letters[code] = title
        said = "" if "a-submission-gives-no-receipt" in self._faults else f"<p>查询码：{code}</p>"
        return HTMLResponse(self._pages.frame("提交成功", f"<p>您的来信已收到。</p>{said}", {}))

    def _tell(self, request: Request) -> Response:
        title = self._letters.get(request.query_params.get("code", ""))
        body = f"<p>标题：{title}</p><p>状态：办理中</p>" if title else "<p>没有查到。</p>"
        return HTMLResponse(self._pages.frame("查询", body, {}))


def over_ipv6(request: Request) -> bool:
    """Which of the site's listeners the request came to."""
    return ":" in str((request.scope.get("server") or ("", 0))[0])

"""One visit: a context of its own, everything that the page asks for recorded, nothing let out that is not named.

Bounds: hosts, requests, bytes, seconds. A page that navigates, opens windows, downloads, talks or loops is recorded
as doing so; what cannot be measured in time is a fault of the exchange and never a fact.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conformance.probe.gate import Gate
from conformance.probe.page.photograph import photograph
from conformance.probe.page.toll import Toll
from conformance.probe.page.visit import LONGEST_WAIT, Plan
from conformance.probe.page.way import Way

MOST_REQUESTS = 300  # of one visit; more are not let out
_MOST_NOTED = 400
_QUIET, _SETTLE = 0.12, 3.0  # seconds without a request under way, and the most to wait for that
_MOVED = frozenset({301, 302, 303, 307, 308})
_FIRST = "the request that opens the page"
_HELD = 25  # Tabs in a row that one element takes, a player with all its buttons takes fewer
_PATIENCE = 8.0  # seconds until a control has to be there and be free to press
_HERE = Path(__file__).parent
_PHONE = {
    "viewport": {"width": 412, "height": 839}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
}  # fmt: skip
_DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
Mask = Callable[[str], str]


class PageFault(Exception):  # noqa: N818 - becomes `Exchange.fault`, and is no error of ours
    """Why there are no facts: `kind` is a stable word."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one visit may use. `opening`: seconds until the page has loaded; `total`: seconds of everything else."""

    opening: float
    total: float
    bytes: int


@dataclass
class Session:
    """The visit under way and what was noted of it so far."""

    playwright: Any
    url: str
    plan: Plan
    way: Way
    gate: Gate
    bounds: Bounds
    started: Any = None  # `chromium.Started`, before `carry_out`
    mask: Mask | None = None  # given: a picture is made, of the page with everything masked that this changes
    picture: bytes | None = None
    _page: Any = None
    _context: Any = None
    _step: int = 0
    _staying: bool = False  # no page of another host is to be opened now
    _under_way: int = 0
    _asked: int = 0
    _bytes: int = 0
    _began: float = 0.0
    _quiet_since: float = 0.0
    _requests: list[dict[str, Any]] = field(default_factory=list)
    _going: str = ""  # where the page is being opened, after redirects
    _by_request: dict[Any, dict[str, Any]] = field(default_factory=dict)
    _noted: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"downloads": [], "dialogs": [], "popups": [], "errors": []}
    )
    _steps: list[dict[str, Any]] = field(default_factory=list)
    _looks: list[dict[str, Any]] = field(default_factory=list)
    _focus: list[Any] = field(default_factory=list)
    _colours: list[Any] = field(default_factory=list)
    _values: dict[str, int] = field(default_factory=dict)  # of cookies and storage
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _refused: PageFault | None = None

    def __post_init__(self) -> None:
        self._toll = Toll(self.gate)

    async def carry_out(self) -> dict[str, Any]:
        """The facts. PageFault when the page could not be opened or measured within the bounds."""
        longest = self.bounds.total + self.plan.waits + (20.0 if self.plan.axe else 0.0)
        work = asyncio.ensure_future(self._work())
        over = asyncio.ensure_future(self._over.wait())
        try:
            done = await self._patient({work, over}, longest)
            if work in done and (self._refused is None or work.exception() is None):
                return work.result()
            if self._refused is not None:
                raise self._refused
            if over in done:
                raise PageFault("too-large", f"页面取回的数据超过上限 {self.bounds.bytes} 字节，已停止")
            raise PageFault("timeout", f"{longest:g} 秒内没有打开并测量完：页面的脚本可能一直占用浏览器")
        finally:
            over.cancel()
            work.cancel()
            await asyncio.wait({work, over}, timeout=2)
            try:
                await self._close()
            finally:
                self._toll.give_all()

    async def _patient(self, work: set[asyncio.Future[Any]], longest: float) -> set[asyncio.Future[Any]]:
        """What is done within `longest` seconds, those in which our own politeness kept the page waiting apart."""
        began = time.monotonic()
        done: set[asyncio.Future[Any]] = set()
        while not done and (left := began + longest + self._toll.waited - time.monotonic()) > 0:
            done, _ = await asyncio.wait(work, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        return done

    async def _close(self) -> None:
        if self._context is not None:
            await asyncio.wait_for(self._context.close(), 5)

    async def _work(self) -> dict[str, Any]:
        self._began = time.monotonic()
        try:
            return await self._visit()
        except self.playwright.Error as error:
            raise self._why(str(error)) from None

    def _why(self, text: str) -> PageFault:
        """Why the page did not open: what the gateway or the gate says is nearer to the cause than the browser's word."""
        if self._refused is not None:
            return self._refused
        host = (urlsplit(self._going).hostname or "").lower()
        told = self.started.gateway.fault(host, self._began) if self.started.gateway is not None else None
        if told is not None and "ERR_" in text:
            return PageFault(told.kind, told.message)
        fault = _fault(text)
        if fault.kind == "dns" and host not in self.way.hosts:
            return PageFault("host-not-named", f"转到了主机 {host[:100]}，它未在 target 的 hosts 中列出，未访问")
        return fault

    async def _visit(self) -> dict[str, Any]:
        self._context = await self.started.browser.new_context(
            **(_PHONE if self.plan.device == "phone" else _DESKTOP),
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            service_workers="block",
            accept_downloads=False,
            ignore_https_errors=not self.way.tls.verify,
        )
        self._context.set_default_timeout(5_000)
        await self._context.grant_permissions([])  # whatever the page asks the device for, a person says no
        await self._context.add_init_script(script=_script("watch.js"))
        await self._context.route("**/*", self._route)
        await self._context.route_web_socket("**/*", self._socket)
        self._page = await self._context.new_page()
        self._listen()
        await self._count_bytes()
        opened = await self._open()
        await self._look()
        for number, step in enumerate(self.plan.steps, 1):
            self._step = number
            if not await self._carry_out(step):
                break
        if self.plan.steps and self.plan.steps[-1][0] != "look":
            await self._look()
        axe = await self._axe() if self.plan.axe else None
        if self.mask is not None:
            await self._photograph()
        return {
            "format": 1,
            "asked": self.url,
            "device": self.plan.device,
            **opened,
            "steps": self._steps,
            "looks": self._looks,
            "focus": self._focus,
            "colours": self._colours,
            "axe": axe,
            "requests": self._requests,
            "asked_for": self._asked,
            "bytes": self._bytes,
            **self._noted,
        }

    # Opening ---------------------------------------------------------------------------------------------

    async def _open(self) -> dict[str, Any]:
        self._going = self.url
        await self._pay(_FIRST)  # before the clock of the browser starts
        waited = self._toll.waited
        try:
            answer = await self._page.goto(self.url, wait_until="commit", timeout=self.bounds.opening * 1000)
        except self.playwright.TimeoutError:
            raise PageFault("timeout", f"{self.bounds.opening:g} 秒内没有打开（limits.timeout）") from None
        loaded = await self._loaded()
        held = self._toll.waited - waited
        await self._settle()
        if answer is None:
            raise PageFault("request", "这个地址不是网页")
        chain: list[str] = []
        at = answer.request.redirected_from
        while at is not None and len(chain) < 20:
            chain.insert(0, at.url[:500])
            at = at.redirected_from
        return {
            "status": answer.status,
            "type": str(answer.headers.get("content-type", ""))[:100],
            "redirects": chain,
            "loaded": loaded,
            "load_ms": await self._load_time(),
            "held_ms": round(1000 * held, 1),
        }

    async def _loaded(self) -> bool:
        began, waited = time.monotonic(), self._toll.waited
        while (left := began + self.bounds.opening + self._toll.waited - waited - time.monotonic()) > 0:
            try:
                await self._page.wait_for_load_state("load", timeout=left * 1000)
            except self.playwright.TimeoutError:
                continue
            return True
        return False

    async def _load_time(self) -> float | None:
        value = await self._page.evaluate("() => { const t = performance.getEntriesByType('navigation')[0]; return t ? t.loadEventEnd : 0; }")  # fmt: skip
        return round(float(value), 1) if value else None

    async def _settle(self) -> None:
        """Wait until nothing is under way for a moment: scripts that fill the page after it has loaded."""
        until, waited = time.monotonic() + _SETTLE, self._toll.waited
        while time.monotonic() < until + self._toll.waited - waited:
            if not self._under_way and time.monotonic() - self._quiet_since >= _QUIET:
                return
            await asyncio.sleep(0.02)

    @property
    def _patience(self) -> float:
        """In milliseconds; never so long that the visit ends for it."""
        return 1000 * min(_PATIENCE, self.bounds.total / 2)

    # Steps -----------------------------------------------------------------------------------------------

    async def _carry_out(self, step: tuple[Any, ...]) -> bool:
        word = step[0]
        noted: dict[str, Any] = {"do": list(step[:2]), "ok": True}
        self._steps.append(noted)
        try:
            self._staying = word == "leave"
            if word in ("click", "leave"):
                await self._page.locator(step[1]).first.click(timeout=self._patience)
            elif word == "fill":
                await self._page.locator(step[1]).first.fill(str(step[2]), timeout=self._patience)
            elif word == "press":
                await self._page.keyboard.press(step[1])
            elif word == "tab":
                await self._tab(int(step[1]))
            elif word == "wait":
                await asyncio.sleep(min(float(step[1]), LONGEST_WAIT))
            elif word == "reload":
                await self._page.reload(wait_until="commit", timeout=self.bounds.opening * 1000)
            elif word == "look":
                await self._look()
                return True
            elif word == "colours":
                self._colours.append(await self._measured(_script("colours.js")))
            if word in ("click", "leave", "reload", "press"):
                await self._taken_in()
                await self._loaded()
                await self._settle()
        except self.playwright.Error as error:
            noted |= {"ok": False, "why": _first_line(str(error))}
        return bool(noted["ok"])

    async def _taken_in(self) -> None:
        """Wait until the page has dealt with the event, and a navigation that it caused has begun."""
        self._quiet_since = time.monotonic()
        try:
            await self._page.evaluate("() => new Promise(r => requestAnimationFrame(() => setTimeout(r, 30)))")
        except self.playwright.Error:
            pass  # it has begun
        await asyncio.sleep(0.05)

    async def _measured(self, script: str) -> Any:
        """What a script says of the page; a page that is just moving on is waited for."""
        for last in (False, False, True):
            try:
                return await self._page.evaluate(script)
            except self.playwright.Error as error:
                if last or "Execution context was destroyed" not in str(error):
                    raise
                await self._loaded()
                await self._settle()
        raise AssertionError("unreachable")

    async def _tab(self, most: int) -> None:
        await self._page.evaluate(_STILL)
        for _ in range(min(most, 500)):
            await self._page.keyboard.press("Tab")
            now = await self._page.evaluate(_script("focus.js"))
            at = now["at"]
            if now["marked"] is not None and self._focus and self._focus[-1] is not None:
                self._focus[-1]["marked"] = now["marked"]
            self._focus.append(at)
            if at is None and len(self._focus) > 1:
                return  # round the page once
            if len(self._focus) > _HELD and {str(f and f["sel"]) for f in self._focus[-_HELD:]} == {
                str(at and at["sel"])
            }:
                return  # it holds the key for good

    async def _look(self) -> None:
        if len(self._looks) >= 12:
            return
        self._quiet_since = self._quiet_since or time.monotonic()
        look = await self._measured(_script("look.js"))
        look["step"] = self._step
        look["heard"] = await self._page.evaluate("() => window.__conformanceHeard ? window.__conformanceHeard() : []")
        stored = await self._page.evaluate(_STORAGE)
        look["storage"] = {place: {k: self._unnamed(v) for k, v in held.items()} for place, held in stored.items()}
        look["cookies"] = [
            {
                "name": c["name"][:80],
                "value": self._unnamed(c["value"]),
                "domain": c["domain"],
                "session": c["expires"] == -1,
            }
            for c in (await self._context.cookies())[:60]
        ]
        self._looks.append(look)

    async def _axe(self) -> dict[str, Any]:
        """What axe-core says of the page as it is now. A page that navigates away under it is told as an error."""
        try:
            await self._page.evaluate(_axe_source())
            found: dict[str, Any] = await asyncio.wait_for(self._page.evaluate(_script("axe.js")), 30)
        except self.playwright.Error as error:
            return {"error": _first_line(str(error))}
        except TimeoutError:
            return {"error": "30 秒内没有完成"}
        return found

    async def _photograph(self) -> None:
        assert self.mask is not None
        try:
            self.picture = await photograph(self._page, self.mask, self._looks[-1]["view"])
        except self.playwright.Error:
            self.picture = None  # a picture proves nothing that the facts do not say

    def _unnamed(self, value: str) -> str:
        """A value that the page stored, under a number: whether it changed is asked, what it is is nobody's business."""
        return f"‹{self._values.setdefault(value, len(self._values) + 1)}›"

    # What the page does ----------------------------------------------------------------------------------

    def _listen(self) -> None:
        self._context.on("page", self._popup)
        self._page.on("request", self._request)
        self._page.on("response", self._response)
        self._page.on("requestfinished", lambda _: self._ended())
        self._context.on("request", self._followed)  # of every window
        self._context.on("requestfinished", self._arrived)
        self._context.on("requestfailed", self._toll.give)
        self._page.on("requestfailed", self._failed)
        self._page.on("dialog", self._dialog)
        self._page.on("download", self._download)
        self._page.on("pageerror", lambda error: self._note("errors", text=_first_line(str(error))))

    async def _count_bytes(self) -> None:
        client = await self._context.new_cdp_session(self._page)
        client.on("Network.dataReceived", self._received)
        await client.send("Network.enable")

    def _received(self, event: dict[str, Any]) -> None:
        self._bytes += int(event.get("dataLength", 0))
        if self._bytes > self.bounds.bytes:
            self._over.set()

    def _named(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        return parts.scheme in ("http", "https", "ws", "wss") and (parts.hostname or "").lower() in self.way.hosts

    async def _pay(self, request: Any) -> bool:
        """Whether the limits of the target let this request out; the visit ends where they do not."""
        fault = await self._toll.pay(request)
        if fault is not None and self._refused is None:
            self._refused = PageFault(fault.kind, fault.message)
            self._over.set()
        return fault is None

    def _leaves(self, request: Any) -> bool:
        """Whether this would open a page of another host, in a step that stays."""
        if not self._staying or not request.is_navigation_request():
            return False
        return bool(urlsplit(request.url).hostname != urlsplit(self._looks[-1]["url"]).hostname)

    async def _route(self, route: Any) -> None:
        self._asked += 1
        try:
            if self._leaves(route.request):
                await route.abort("aborted")  # the page stays as it is
            elif not self._named(route.request.url) or self._asked > MOST_REQUESTS:
                await route.abort("blockedbyclient")
            elif self._first_paid(route.request) or await self._pay(route.request):
                await route.continue_()
            else:
                await route.abort("blockedbyclient")
        except self.playwright.Error:
            self._toll.give(route.request)  # the page is gone

    def _first_paid(self, request: Any) -> bool:
        """The request that opens the page was paid for before it was made."""
        return self._toll.rename(_FIRST, request)

    async def _socket(self, socket: Any) -> None:
        self._asked += 1
        if self._named(socket.url) and not await self._pay(socket):
            await socket.close()
            return
        self._toll.give(socket)  # it stays open as long as the page does, so that it counts and holds no place
        if len(self._requests) < _MOST_NOTED:
            sent = self._named(socket.url)
            self._requests.append({"step": self._step, "method": "GET", "url": socket.url[:500], "type": "websocket", "sent": sent})  # fmt: skip
        if self._named(socket.url) and self._asked <= MOST_REQUESTS:
            socket.connect_to_server()
        else:
            await socket.close()

    def _request(self, request: Any) -> None:
        self._under_way += 1
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._going = request.url
        if len(self._requests) >= _MOST_NOTED or request.url.startswith(("data:", "blob:")):
            return
        try:
            body = request.post_data or ""
        except Exception:  # noqa: BLE001 - bytes that are no text make the library itself stumble
            body = "‹二进制›"
        noted = {
            "step": self._step,
            "method": request.method,
            "url": request.url[:1000],
            "type": request.resource_type,
            "sent": self._named(request.url) and len(self._requests) < MOST_REQUESTS and not self._leaves(request),
            **({"body": body[:2000]} if body else {}),
        }
        self._requests.append(noted)
        self._by_request[request] = noted

    def _response(self, response: Any) -> None:
        noted = self._by_request.get(response.request)
        if noted is not None:
            noted["status"] = response.status

    def _failed(self, request: Any) -> None:
        noted = self._by_request.get(request)
        if noted is not None and "status" not in noted:
            noted["failed"] = str(request.failure or "")[:80]
        self._ended()

    def _followed(self, request: Any) -> None:
        before = request.redirected_from
        if before is None or not self._named(request.url):
            return
        fault = self._toll.moved(before, request)
        if fault is not None and self._refused is None:
            self._refused = PageFault(fault.kind, fault.message)
            self._over.set()

    def _arrived(self, request: Any) -> None:
        if self._by_request.get(request, {}).get("status") not in _MOVED:
            self._toll.give(request)

    def _ended(self) -> None:
        self._under_way = max(0, self._under_way - 1)
        self._quiet_since = time.monotonic()

    def _note(self, where: str, **what: Any) -> None:
        if len(self._noted[where]) < 20:
            after = round(time.monotonic() - self._began, 2)
            self._noted[where].append({"step": self._step, "after": after, **what})

    async def _dialog(self, dialog: Any) -> None:
        self._note("dialogs", kind=dialog.type, text=dialog.message[:300])
        try:
            await dialog.dismiss()
        except self.playwright.Error:
            pass

    async def _download(self, download: Any) -> None:
        self._note("downloads", url=download.url[:500], name=str(download.suggested_filename)[:120])
        try:
            await download.cancel()
        except self.playwright.Error:
            pass

    async def _popup(self, page: Any) -> None:
        if page is self._page or self._page is None:
            return
        self._note("popups", url=page.url[:500])
        try:
            await page.close()
        except self.playwright.Error:
            pass


# A style that is still on its way to another would be read as it was.
_STILL = """() => { const s = new CSSStyleSheet(); s.replaceSync("*,*::before,*::after{transition:none!important}");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, s]; }"""
_STORAGE = """() => { const of = s => { const out = {}; try { for (let i = 0; i < Math.min(s.length, 40); i++) {
  const k = s.key(i); out[k.slice(0, 80)] = String(s.getItem(k)).slice(0, 300); } } catch (e) {} return out; };
  let l = {}, s = {}; try { l = of(localStorage); s = of(sessionStorage); } catch (e) {} return {local: l, session: s}; }"""


@cache
def _script(name: str) -> str:
    text = (_HERE / name).read_text(encoding="utf-8")
    return text.replace("/*path*/", (_HERE / "path.js").read_text(encoding="utf-8"))


@cache
def _axe_source() -> str:
    return (_HERE / "axe" / "axe.min.js").read_text(encoding="utf-8") + "\n;0"


_FAULTS = {
    "ERR_CONNECTION_REFUSED": ("refused", "连接被拒绝"),
    "ERR_NAME_NOT_RESOLVED": ("dns", "主机名无法解析，或者转到了 target 没有列出的主机"),
    "ERR_TOO_MANY_REDIRECTS": ("redirects", "重定向没有尽头"),
    "ERR_BLOCKED_BY_CLIENT": ("host-not-named", "主机未在 target 的 hosts 中列出，未访问"),
    "ERR_CERT": ("tls", "证书不被浏览器信任（内部的 CA 写在 target 的 tls.ca）"),
    "ERR_SSL": ("tls", "TLS 握手失败"),
    "ERR_CONNECTION_TIMED_OUT": ("connect-timeout", "建立连接超时"),
    "ERR_ADDRESS_UNREACHABLE": ("unreachable", "地址不可达"),
    "ERR_INTERNET_DISCONNECTED": ("unreachable", "网络不通"),
    "ERR_UNSAFE_PORT": ("request", "浏览器不访问这个端口"),
    "ERR_EMPTY_RESPONSE": ("closed", "连接中断，没有响应"),
    "ERR_ABORTED": ("download", "打开的不是网页（下载，或没有内容）"),
    "Download is starting": ("download", "打开的是下载，不是网页"),
    "Execution context was destroyed": ("navigated", "页面在测量时自己转走了"),
    "crashed": ("crash", "页面使浏览器的标签页崩溃"),
}


def _fault(text: str) -> PageFault:
    for mark, (kind, message) in _FAULTS.items():
        if mark in text:
            return PageFault(kind, message)
    return PageFault("closed", f"页面没有打开: {_first_line(text)}")


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0][:200]

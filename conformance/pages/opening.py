"""Opening a page for a check: it is the page that is meant, or the check stops before it judges anything.

A wrong service on a port, a login wall, a parked domain and an error page all have a title and text; a rule about
pictures finds nothing wrong with them. So the status, the kind of content and the words that the target says are on
the page come first (`wrong`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from conformance.model.verdict import Cause
from conformance.pages.facts import Page, read
from conformance.probe.page import visit
from conformance.run.context import Procedure

OPERATION = "visit"
_ENVIRONMENT = frozenset({"refused", "dns", "unreachable", "connect-timeout", "tls", "proxy"})
_CONFIGURATION = frozenset({"host-not-named", "budget", "request", "not-routed"})
_CHALLENGES = (
    "just a moment",
    "checking your browser",
    "安全验证",
    "访问验证",
    "人机验证",
    "请开启javascript",
    "域名出售",
    "domain is for sale",
)


def named(
    check: Procedure,
    name: str,
    *,
    steps: Sequence[Sequence[Any]] = (),
    axe: bool = False,
    device: str = "",
    fresh: bool = False,
) -> Page:
    """A page that the target lists under `pages`, known to be the right one. `fresh`: see `open_page`."""
    entry = check.page(name)
    return open_page(
        check,
        str(entry["url"]),
        entry["marker"],
        title=f"页面 {name}",
        device=device or entry.get("device", "phone"),
        steps=steps,
        axe=axe,
        fresh=fresh,
    )


def open_page(
    check: Procedure,
    url: str,
    markers: Sequence[str] = (),
    *,
    title: str = "页面",
    device: str = "phone",
    steps: Sequence[Sequence[Any]] = (),
    axe: bool = False,
    judge: bool = True,
    fresh: bool = False,
) -> Page:
    """One visit (`conformance.probe.page.visit` says what steps there are). Stops the check as 无法判定 when the page
    does not open, or is not the right one; `judge` False: a page that opens is returned whatever it is.

    The check needs `calls: [visit]`, and one of its `requests` for every different visit. The same visit by several
    checks of a run is made once, unless it is asked for `fresh`. Every visit begins with nothing in its cache.
    """
    exchange = check.send(OPERATION, [visit.request(url, device=device, steps=steps, axe=axe)], fresh=fresh)[0]
    where = f"交互 {check.count} {title} {url}"
    if exchange.response is None:
        fault = exchange.fault
        kind, message = (fault.kind, fault.message) if fault else ("closed", "没有应答")
        cause = (
            Cause.ENVIRONMENT
            if kind in _ENVIRONMENT
            else Cause.CONFIGURATION
            if kind in _CONFIGURATION
            else Cause.SYSTEM
        )
        check.stop(
            cause, f"{title}没有打开：{message}", expected="能打开的网页", actual=f"{kind} {url}", blocked_by="page"
        )
    page = read(json.loads(exchange.response.body), where)
    kept_back = f"，没有取 {'、'.join(page.kept_back)} 的内容（不在 target 的 hosts 中）" if page.kept_back else ""
    if page.kept_back:
        check.attach("未放行的主机", {"page": url, "hosts": list(page.kept_back), "why": "不在 target 的 hosts 中"})
    if judge and (why := wrong(page, markers)):
        cause = Cause.SYSTEM if page.status >= 400 else Cause.CONFIGURATION
        check.stop(
            cause,
            f"打开的不是{title}：{why}",
            expected="HTTP 200 的网页，读得到 " + "、".join(markers) if markers else "HTTP 200 的网页",
            actual=_what(page) + kept_back,
            blocked_by="page",
        )
    return page


def wrong(page: Page, markers: Sequence[str] = ()) -> str:
    """Why this is not the page that was meant; "" when it is."""
    if page.status != 200:
        return f"HTTP {page.status}"
    kind = page.type.partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml"):
        return f"内容类型是 {kind or '（无）'}，不是网页"
    first = page.first
    plain = _plain(first.text + first.title)
    missing = [m for m in markers if _plain(m) not in plain]
    if missing:
        wall = (
            "；页面上有口令输入框，可能是登录页"
            if any(c.type == "password" and c.shown for c in first.controls)
            else ""
        )
        return f"读不到标志 {'、'.join(missing)}{wall}"
    if not markers and any(c in (first.title + first.text[:300]).lower() for c in _CHALLENGES):
        return "像是安全验证或停放的域名"
    if not plain:
        return "页面没有任何文字"
    return ""


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _what(page: Page) -> str:
    seen = " ".join(page.first.text.split())[:80]
    moved = f"，转到 {page.url}" if page.redirects or page.url != page.asked else ""
    return f"HTTP {page.status}，标题“{page.first.title[:60]}”，内容“{seen}”{moved}"

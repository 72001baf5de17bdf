"""Where the browser is, how it is started, and what is said when there is none.

Debian's Chromium through Playwright; Playwright's own browser downloads are never used. `CONFORMANCE_BROWSER` names
another executable.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.errors import MissingExtra
from conformance.probe.page.way import Way

if TYPE_CHECKING:
    from conformance.probe.page.gateway import Gateway

VARIABLE = "CONFORMANCE_BROWSER"
# The shell without a window of its own comes first: a visit costs it less than half (ADR 0016).
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def executable() -> str:
    """The path of the browser. MissingExtra with the command that installs one."""
    named = os.environ.get(VARIABLE)
    if named and not os.access(named, os.X_OK):
        raise MissingExtra(f"浏览器：{VARIABLE} 指向的 {named} 不能执行", "page", f"unset {VARIABLE}")
    for name in (named,) if named else _NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise MissingExtra("Chromium 浏览器", "page", "apt-get install chromium fonts-noto-cjk")


def playwright() -> Any:
    """Playwright's asynchronous API. MissingExtra when the extra `page` is not installed."""
    try:
        import playwright.async_api
    except ImportError:
        raise MissingExtra("playwright", "page") from None
    return playwright.async_api


def installed(way: Way) -> None:
    """MissingExtra for the first thing that a visit needs and this machine does not have; nothing is started."""
    playwright()
    executable()
    if way.guided:
        for module in ("cryptography", "h11"):
            if importlib.util.find_spec(module) is None:
                raise MissingExtra(module, "page")


def arguments(way: Way, gateway: Gateway | None) -> list[str]:
    """Switches that keep the browser at home: no name but those of `way` resolves, a redirect, a prefetch and a socket
    included. With a gateway no name at all resolves, nothing goes round it, and its key is trusted for this run.

    Interception sees the first request of a chain of redirects only, so that the resolver, or the gateway, is the wall.
    """
    quiet = ["--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--no-pings"]
    if gateway is not None:
        rules = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--proxy-bypass-list=<-loopback>"]
        return [*rules, f"--ignore-certificate-errors-spki-list={gateway.pin}", *quiet]
    spared = ", ".join(f"EXCLUDE {'[' + h + ']' if ':' in h else h}" for h in sorted(way.hosts))
    return [f"--host-resolver-rules=MAP * ~NOTFOUND{', ' + spared if spared else ''}", *quiet]


@dataclass(slots=True)
class Started:
    """A browser that runs, and what runs for it."""

    driver: Any
    browser: Any
    gateway: Gateway | None = None

    async def end(self, wait: float = 5.0) -> None:
        for close in (self.browser and self.browser.close, self.driver.stop):
            if close:
                with suppress(Exception):  # what is being thrown away may be in any state
                    await asyncio.wait_for(close(), wait)
        if self.gateway is not None:
            self.gateway.close()


async def start(library_: Any, way: Way) -> Started:
    """Sandboxed where the machine allows it; root never does."""
    path = executable()
    gateway = _gateway(way) if way.guided else None
    started = Started(await library_.async_playwright().start(), None, gateway)
    proxy = gateway and {"server": gateway.server, "username": gateway.user, "password": gateway.password}
    last: Exception | None = None
    for sandbox in (False,) if os.geteuid() == 0 else (True, False):
        try:
            started.browser = await started.driver.chromium.launch(
                executable_path=path,
                args=arguments(way, gateway),
                chromium_sandbox=sandbox,
                timeout=30_000,
                proxy=proxy,
            )
            return started
        except library_.Error as error:
            last = error
    await started.end()
    why = next((line.strip() for line in str(last).splitlines() if line.strip()), "")[:200]
    raise MissingExtra(
        f"可用的 Chromium 浏览器：{path} 启动不了（{why}）", "page", "apt-get install --reinstall chromium"
    )


def _gateway(way: Way) -> Gateway:
    from conformance.probe.page.gateway import Gateway  # its certificate wants `cryptography`

    return Gateway(way)

"""Where the browser is, how it is started, and what is said when there is none.

Debian's Chromium through Playwright; Playwright's own browser downloads are never used. `CONFORMANCE_BROWSER` names
another executable.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from typing import Any

from conformance.errors import MissingExtra

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


def arguments(hosts: Iterable[str]) -> list[str]:
    """Switches that keep the browser at home: no name but these resolves, a redirect, a prefetch and a socket included.

    Interception sees the first request of a chain of redirects only, so that the resolver has to be the wall.
    """
    spared = ", ".join(f"EXCLUDE {'[' + h + ']' if ':' in h else h}" for h in sorted(hosts))
    return [
        f"--host-resolver-rules=MAP * ~NOTFOUND{', ' + spared if spared else ''}",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--no-pings",
    ]


async def start(library_: Any, hosts: Iterable[str]) -> tuple[Any, Any]:
    """(driver, browser). Sandboxed where the machine allows it; root never does."""
    path = executable()
    driver = await library_.async_playwright().start()
    last: Exception | None = None
    for sandbox in (False,) if os.geteuid() == 0 else (True, False):
        try:
            browser = await driver.chromium.launch(
                executable_path=path, args=arguments(hosts), chromium_sandbox=sandbox, timeout=30_000
            )
            return driver, browser
        except library_.Error as error:
            last = error
    await driver.stop()
    why = str(last).strip().splitlines()[0][:200] if last else ""
    raise MissingExtra(
        f"可用的 Chromium 浏览器：{path} 启动不了（{why}）", "page", "apt-get install --reinstall chromium"
    )

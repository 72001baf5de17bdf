"""The pages of a system that are handed in for testing: each with its address and what must be read on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from conformance.errors import TargetError
from conformance.model.profile import Data
from conformance.target.problems import Where, found


def resolve(data: Data, base_url: str, where: Where) -> dict[str, dict[str, Any]]:
    """Name → {url, marker, device}: addresses absolute, `marker` always a list. TargetError T166."""
    out: dict[str, dict[str, Any]] = {}
    for name, page in data.items():
        given: Mapping[str, Any] = page
        url = str(given["url"])
        if url.startswith("/") and base_url:
            url = urljoin(base_url.rstrip("/") + "/", url.lstrip("/"))
        try:
            parts = urlsplit(url)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound:
            raise TargetError(
                "T166",
                f"pages.{name} 的地址不能访问: {found(given['url'])}",
                expected="http:// 或 https:// 开头的地址；有 base_url 时可以写 / 开头的路径",
                where=where(("pages", name, "url")),
            )
        marker = given["marker"]
        out[name] = {**given, "url": url, "marker": [marker] if isinstance(marker, str) else list(marker)}
    return out

"""Visits of earlier systems of this process that would come out the same: for qualification, whose specimens differ in one place.

A visit depends on its plan and on what the server answers. So the requests that the page made are made again over plain
HTTP, which takes milliseconds, and where every answer is the same octet for octet, port aside, the facts are those of
before. Where anything differs, the page is visited. A wrong match can only hide a fault, and a fault that is not
detected is a hole that qualification reports.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conformance.model.exchange import Request, Response

_MOST = 2_000
_WAIT = 5.0
_PLACE = b"http://specimen.invalid"


@dataclass(frozen=True, slots=True)
class _Known:
    """What a page asked for (method, path, body), the digest of all answers, and what came of the visit."""

    asked: tuple[tuple[str, str, str], ...]
    digest: str
    response: Response


class Memory:
    """Thread-safe; for systems on loopback without TLS only, which specimens are."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], list[_Known]] = {}
        self._lock = threading.Lock()

    def find(self, request: Request) -> Response | None:
        """The response of an earlier visit, with this system's address in it; None when the page has to be visited."""
        base = _base(request.url)
        with self._lock:
            known = list(self._known.get(_key(request), ())) if base else []
        for one in reversed(known):
            if _answers(base, one.asked) == one.digest:
                body = one.response.body.replace(_PLACE, base.encode())
                return Response(one.response.status, one.response.headers, body, one.response.http_version)
        return None

    def add(self, request: Request, response: Response) -> None:
        base = _base(request.url)
        if not base:
            return
        facts: Mapping[str, Any] = json.loads(response.body)
        if not facts["loaded"] or not all(s["ok"] for s in facts["steps"]) or "error" in (facts["axe"] or {}):
            return  # a busy machine can do that to a page
        asked = tuple(
            (str(r["method"]), str(r["url"]).removeprefix(base), str(r.get("body", "")))
            for r in facts["requests"]
            if str(r["url"]).startswith(base + "/")
        )
        body = response.body.replace(base.encode(), _PLACE)
        kept = _Known(
            asked, _answers(base, asked), Response(response.status, response.headers, body, response.http_version)
        )
        with self._lock:
            if len(self._known) < _MOST:
                self._known.setdefault(_key(request), []).append(kept)


def _base(url: str) -> str:
    parts = urlsplit(url)
    return f"http://{parts.netloc}" if parts.scheme == "http" and parts.hostname == "127.0.0.1" else ""


def _key(request: Request) -> tuple[str, bytes]:
    base = _base(request.url)
    return request.url.removeprefix(base), request.body.replace(base.encode(), _PLACE) if base else request.body


def _answers(base: str, asked: tuple[tuple[str, str, str], ...]) -> str:
    """One digest over the answers to these requests, in their order; a system that does not answer matches nothing."""
    sum_ = hashlib.sha256()
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=_WAIT)
    try:
        for method, path, body in asked:
            connection.request(method, path, body.encode() or None)
            answer = connection.getresponse()
            content = answer.read()
            for part in (method, path, str(answer.status), answer.headers.get("content-type", "")):
                sum_.update(part.encode() + b"\0")
            sum_.update(content.replace(base.encode(), _PLACE) + b"\0")
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()
    return sum_.hexdigest()

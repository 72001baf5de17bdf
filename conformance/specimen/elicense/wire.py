"""What both shapes need of HTTP: a JSON body read safely, the caller's address, an answer written as UTF-8 JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.specimen.elicense.outcome import Refusal
from conformance.specimen.fault import Deviations

ANY_HOST = "0.0.0.0"  # noqa: S104 - handed out by a fault, nothing is bound to it
_LARGEST = 4 * 1024 * 1024


async def read_object(request: Request) -> dict[str, Any]:
    """The request body as a JSON object; refuses what is none."""
    body = await request.body()
    if len(body) > _LARGEST:
        raise Refusal("bad-parameter", "请求过大")
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal("bad-parameter", "请求不是 JSON") from None
    if not isinstance(value, dict):
        raise Refusal("bad-parameter", "请求应为 JSON 对象")
    return value


def member(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A member that has to be an object; absent or of another kind counts as empty."""
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def text_or_none(value: Any) -> str | None:
    """Credentials come from outside: anything but a text that can be encoded is no credential."""
    if not isinstance(value, str):
        return None
    return value.encode(errors="replace").decode() or None


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def answer(value: Any) -> Response:
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return Response(content, media_type="application/json; charset=utf-8")


def origin(request: Request, faults: Deviations) -> str:
    """Scheme, host and port for an address that is handed out.

    The faulty host is every address of this machine at once: a caller reaches the service there, yet it is no loopback.
    """
    host = request.url.netloc
    if "plain-http-download-address" in faults:
        host = f"{ANY_HOST}:{request.url.port}"
    return f"{request.url.scheme}://{host}"


def plain(text: str, status: int) -> Response:
    return Response(text.encode(errors="replace"), status, media_type="text/plain; charset=utf-8")


def file(content: bytes) -> Response:
    return Response(content, media_type="application/ofd")


FETCH_STATUS = {"not-found": 404, "expired": 410, "revoked": 410, "restricted": 410}
"""Outcome → HTTP status where the answer is a file and has no envelope to put a code in."""

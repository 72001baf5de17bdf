"""A small loopback target for the benchmarks: items at once, or after a delay, and how many were in flight.

    python bench/server.py PORT

GET /api/item/N · POST /api/item · GET /slow/MS/N · GET /stats · GET /reset
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

STATS = {"served": 0, "in_flight": 0, "most": 0}
HEADERS = [(b"content-type", b"application/json")]


def item(number: int, name: str | None = None) -> dict[str, Any]:
    return {
        "id": number,
        "name": name or f"item-{number}",
        "status": "active",
        "version": "1.2.0",
        "price": 10.5,
        "tags": ["a", "b"],
        "owner": {"id": 7, "email": "x@example.org"},
    }


async def _reply(send: Any, status: int, value: Any) -> None:
    body = json.dumps(value).encode()
    headers = [*HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _read(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path == "/stats":
        return await _reply(send, 200, STATS)
    if path == "/reset":
        before = dict(STATS)
        STATS.update(served=0, in_flight=0, most=0)
        return await _reply(send, 200, before)
    STATS["served"] += 1
    STATS["in_flight"] += 1
    STATS["most"] = max(STATS["most"], STATS["in_flight"])
    try:
        parts = path.split("/")
        if path == "/api/item" and scope["method"] == "POST":
            return await _reply(send, 201, item(1, json.loads(await _read(receive))["name"]))
        if parts[1] == "slow":
            await asyncio.sleep(int(parts[2]) / 1000)
            return await _reply(send, 200, item(int(parts[3])))
        if path.startswith("/api/item/"):
            return await _reply(send, 200, item(int(parts[3])))
        return await _reply(send, 404, {"error": path})
    finally:
        STATS["in_flight"] -= 1


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off")

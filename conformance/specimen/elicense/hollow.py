"""Systems that look alive and are not: one answer for every request, in the shape's own envelope where it has one."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conformance.specimen.elicense import wire

MODES = {"hollow-200-empty": 200, "all-401": 401, "all-404": 404, "all-500": 500}
_METHODS = ["GET", "POST", "PUT", "DELETE"]
_EMPTY = {
    "elicense": {"head": {"status": 0, "message": "接口调用成功"}, "data": []},
    "elicense-gd": {"ack_code": "SUCCESS", "errors": [], "data": []},
}


def create(name: str, mode: str) -> Starlette:
    status = MODES[mode]
    empty: Any = _EMPTY[name]

    async def everything(_request: Request) -> Response:
        if status == 200:
            return wire.answer(empty)
        return wire.plain({401: "Unauthorized", 404: "Not Found", 500: "Internal Server Error"}[status], status)

    return Starlette(routes=[Route("/{path:path}", everything, methods=_METHODS)])

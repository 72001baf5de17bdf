"""The one shape of the housing ministry's exchange, served beside both shapes: AcceptData in, ReturnCode and ReturnData out.

The members are those of a public client (C2); paths were not seen and are this specimen's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conformance.specimen.elicense import wire
from conformance.specimen.elicense.outcome import Broken, Refusal
from conformance.specimen.elicense.service import Call, Service

Credentials = Callable[[Request], tuple[str | None, str | None]]
"""Account (None where the access token alone says it) and token of a request."""

_PATHS = {"/exchange/fm": "exchange_assign", "/exchange/transferIn": "exchange_incoming"}
_STATUS = {"unauthenticated": 401, "forbidden": 403, "rate-limited": 429}


def routes(service: Service, context: str, credentials: Credentials) -> list[Route]:
    return [
        Route(context + path, _endpoint(service, context + path, operation, credentials), methods=["POST"])
        for path, operation in _PATHS.items()
    ]


def _endpoint(service: Service, path: str, operation: str, credentials: Credentials) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await wire.read_object(request)
            account, token = credentials(request)
            inputs = {"items": body.get("AcceptData")}
            data = await service.perform(Call(operation, path, inputs, account, token, wire.address(request)))
        except Refusal as refusal:
            if refusal.outcome in _STATUS:
                return wire.plain(refusal.message, _STATUS[refusal.outcome])
            return wire.answer({"ReturnCode": "0", "ReturnMsg": refusal.message, "ReturnData": {}})
        except Broken as broken:
            return wire.plain(broken.text, broken.status)
        failed = bool(data["ErrorData"]) and "exchange-success-despite-errors" not in service.faults
        return wire.answer(
            {"ReturnCode": "0" if failed else "1", "ReturnMsg": "有错误" if failed else "成功", "ReturnData": data}
        )

    return endpoint

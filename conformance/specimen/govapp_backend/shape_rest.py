"""The first shape: resources and HTTP statuses, as the default binding of the profiles has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.specimen.govapp_backend.outcome import Refusal
from conformance.specimen.govapp_backend.service import Service

LARGEST = 64 * 1024
STATUS = {
    "rejected": 400, "unauthenticated": 401, "real-name-required": 403, "consent-required": 403, "factor-required": 403,
    "not-found": 404, "conflict": 409,
}  # fmt: skip

# method, path, operation, {input: member of the body}; path and query parameters are inputs of the same name
_ROUTES: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("POST", "/v1/sessions", "sign_in", {"account": "account", "password": "password"}),
    ("POST", "/v1/accounts", "register", {"account": "account", "password": "password", "name": "name",
                                          "id_number": "idNumber", "phone": "phone", "code": "code"}),
    ("GET", "/v1/me", "me", {}),
    ("PATCH", "/v1/me", "change_me", {"address": "address"}),
    ("PUT", "/v1/me/phone", "change_phone", {"phone": "phone", "password": "password", "code": "code"}),
    ("POST", "/v1/me/cancellation", "cancel", {"password": "password"}),
    ("PUT", "/v1/me/consents", "consent", {"function": "function", "version": "version", "agreed": "agreed"}),
    ("PUT", "/v1/me/recommendation", "set_recommendation", {"enabled": "enabled"}),
    ("POST", "/v1/me/collected", "collect", {"kind": "kind", "value": "value"}),
    ("GET", "/v1/me/collected", "collected", {}),
    ("DELETE", "/v1/me/{field}", "erase_me", {}),
    ("GET", "/v1/functions/{function}", "use_function", {}),
    ("GET", "/v1/services", "services", {}),
    ("GET", "/v1/services/{service}/form", "form", {}),
    ("POST", "/v1/applications", "apply", {"service": "service", "form": "form"}),
    ("GET", "/v1/applications", "applications", {}),
    ("GET", "/v1/applications/{id}", "application", {}),
    ("POST", "/v1/applications/{id}/rating", "rate", {"rating": "rating"}),
    ("POST", "/v1/bookings", "book", {"service": "service", "day": "day"}),
    ("GET", "/v1/bookings", "bookings", {}),
    ("POST", "/v1/complaints", "complain", {"text": "text"}),
    ("GET", "/v1/complaints/{receipt}", "complaint", {}),
    ("POST", "/v1/messages", "ask", {"text": "text"}),
    ("GET", "/v1/messages/{receipt}", "question", {}),
    ("GET", "/v1/news", "news", {}),
    ("GET", "/v1/release", "release", {}),
    ("GET", "/v1/recommended", "recommended", {}),
)  # fmt: skip
_PERSON = {"id_number": "idNumber"}
_RENDER: Mapping[str, Callable[[Any], Any]] = {
    "sign_in": lambda d: {"token": d["token"], "policy": {"agreed": d["agreed"], "version": d["version"]}},
    "me": lambda d: {"profile": renamed(d, _PERSON)},
    "change_me": lambda d: {"profile": d},
    "cancel": lambda d: renamed(d, {"deadline": "deadlineDays"}),
    "form": lambda d: {"fields": d},
    "application": lambda d: {"application": {
        "id": d["id"], "state": d["state"], "rating": d["rating"],
        "applicant": {"name": d["name"], "idNumber": d["id_number"], "phone": d["phone"]},
    }},
    "complaint": lambda d: {"complaint": d},
    "question": lambda d: {"message": d},
    **{name: lambda d: {"items": d} for name in ("collected", "services", "applications", "bookings", "news", "recommended")},
}  # fmt: skip


def create(service: Service) -> Starlette:
    routes = [Route(path, _endpoint(service, name, names), methods=[method]) for method, path, name, names in _ROUTES]
    return Starlette(routes=[*routes, *beside(service)])


def beside(service: Service) -> list[Route]:
    """What is no operation of an interface: the download, and the paths of forced functions."""

    async def download(_request: Request) -> Response:
        status, content = service.download()
        return Response(content, status, media_type="application/octet-stream")

    async def other(request: Request) -> Response:
        found = service.forced(request.url.path)
        return JSONResponse({"message": "not found"}, 404) if found is None else JSONResponse(found)

    return [Route("/download/fuwu.apk", download, methods=["GET"]), Route("/{path:path}", other, methods=["GET"])]


def _endpoint(service: Service, operation: str, names: Mapping[str, str]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await read(request) if names else {}
            inputs = {name: body.get(member) for name, member in names.items()}
            inputs |= {**request.query_params, **request.path_params, "root": root(request)}
            data = service.perform(operation, inputs, bearer(request))
        except Refusal as refusal:
            return JSONResponse({"code": refusal.outcome, "message": refusal.message}, STATUS[refusal.outcome])
        return JSONResponse(_RENDER.get(operation, dict)(data))

    return endpoint


async def read(request: Request) -> dict[str, Any]:
    """The body as a JSON object; Refusal for anything else."""
    body = await request.body()
    try:
        value = json.loads(body or b"{}") if len(body) <= LARGEST else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal("rejected", "请求应为 JSON 对象")
    return value


def bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def root(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def renamed(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in data.items()}

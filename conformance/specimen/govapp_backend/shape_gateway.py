"""The second shape: one gateway address, the name of the method and the session in the body, HTTP 200 for everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.specimen.govapp_backend import shape_rest
from conformance.specimen.govapp_backend.outcome import Refusal
from conformance.specimen.govapp_backend.service import OPERATIONS, Service

PATH = "/gateway"
CODES = {
    "rejected": "4000", "unauthenticated": "4010", "real-name-required": "4031", "consent-required": "4032",
    "factor-required": "4033", "not-found": "4040", "conflict": "4090",
}  # fmt: skip
# operation → its inputs; here they go by the names that the service itself uses
INPUTS: Mapping[str, tuple[str, ...]] = {
    "sign_in": ("account", "password"),
    "register": ("account", "password", "name", "id_number", "phone", "code"),
    "me": (), "change_me": ("address",), "erase_me": ("field",), "change_phone": ("phone", "password", "code"),
    "cancel": ("password",), "consent": ("function", "version", "agreed"), "collect": ("kind", "value"), "collected": (),
    "use_function": ("function",), "services": ("keyword",), "form": ("service",), "apply": ("service", "form"),
    "application": ("id",), "applications": (), "rate": ("id", "rating"), "book": ("service", "day"), "bookings": (),
    "complain": ("text",), "complaint": ("receipt",), "ask": ("text",), "question": ("receipt",), "news": (), "release": (),
    "recommended": (), "set_recommendation": ("enabled",),
}  # fmt: skip
LISTS = ("collected", "services", "form", "applications", "bookings", "news", "recommended")


def create(service: Service) -> Starlette:
    async def gateway(request: Request) -> Response:
        try:
            body = await shape_rest.read(request)
            operation, given = body.get("method"), body.get("params")
            if not isinstance(operation, str) or operation not in OPERATIONS:
                raise Refusal("not-found", "没有这个方法")
            inputs = {**(given if isinstance(given, dict) else {}), "root": shape_rest.root(request)}
            session = body.get("session")
            data: Any = service.perform(operation, inputs, session if isinstance(session, str) else None)
        except Refusal as refusal:
            return JSONResponse({"ret": CODES[refusal.outcome], "msg": refusal.message, "result": None})
        return JSONResponse({"ret": "0", "msg": "成功", "result": {"list": data} if operation in LISTS else data})

    return Starlette(routes=[Route(PATH, gateway, methods=["POST"]), *shape_rest.beside(service)])


def bindings() -> dict[str, Any]:
    """How a target file says all this; fields and values go by the service's own names."""
    out: dict[str, Any] = {}
    for name, inputs in INPUTS.items():
        json: dict[str, Any] = {"method": name, "params": {i: f"{{{i}}}" for i in inputs}}
        if name not in ("sign_in", "register", "services", "news", "release"):
            json["session"] = "{token}"
        request = {"method": "POST", "path": PATH, "json": json, "query": {}, "headers": {}}
        out[name] = {"request": request, "response": _RESPONSES[name]}
    return out


def _values(**names: str) -> dict[str, Any]:
    return {"values": {name: f"$.result.{member}" for name, member in names.items()}}


def _items(place: str, *names: str) -> dict[str, Any]:
    return {"items": place, "fields": {name: name for name in names}}


_ONE, _MANY = "$.result", "$.result.list[*]"
_RESPONSES: Mapping[str, Mapping[str, Any]] = {
    "sign_in": _values(token="token", agreed="agreed", version="version"),  # noqa: S106 - a name
    "register": _values(account="account"),
    "me": _items(_ONE, "name", "id_number", "phone", "address"),
    "change_me": _items(_ONE, "address"),
    "erase_me": {},
    "change_phone": _values(changed="changed"),
    "cancel": _values(state="state", deadline="deadline", demanded="demanded"),
    "consent": _values(agreed="agreed"),
    "collect": _values(kept="kept"),
    "collected": _items(_MANY, "kind", "value"),
    "use_function": _values(result="result"),
    "services": _items(_MANY, "id", "name"),
    "form": _items(_MANY, "name", "required"),
    "apply": _values(id="id", state="state"),
    "application": _items(_ONE, "id", "state", "rating", "name", "id_number", "phone"),
    "applications": _items(_MANY, "id", "state"),
    "rate": _values(rating="rating"),
    "book": _values(id="id"),
    "bookings": _items(_MANY, "id", "day"),
    "complain": _values(receipt="receipt"),
    "complaint": _items(_ONE, "receipt", "text", "state"),
    "ask": _values(receipt="receipt"),
    "question": _items(_ONE, "receipt", "text", "state"),
    "news": _items(_MANY, "title", "published"),
    "release": _values(url="url", version="version"),
    "recommended": _items(_MANY, "id"),
    "set_recommendation": _values(enabled="enabled"),
}
ENVELOPE: Mapping[str, Any] = {
    "code": "$.ret",
    "message": "$.msg",
    "outcomes": {"success": ["0", "http 200"], **{name: [code] for name, code in CODES.items()}},
}
AUTH: Mapping[str, Any] = {
    "login": {
        "request": {
            "method": "POST",
            "path": PATH,
            "json": {"method": "sign_in", "params": {"account": "{account}", "password": "{password}"}},
        },
        "token": "$.result.token",
    }
}

"""The second shape, of the DB44/T 2167.3 kind: log in, then GET and POST with a bearer token, ack_code and errors.

The envelope, the login and the members of the licence object follow what public clients of such a platform use. The
access token goes in a header and not, as those clients do, in the address: tokens in addresses end up in logs.
Paths and error codes were not seen in a standard's text; they are this specimen's own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conformance.specimen.elicense import exchange_wire, wire
from conformance.specimen.elicense.house import now
from conformance.specimen.elicense.keeping import CATALOGUE_FIELDS
from conformance.specimen.elicense.outcome import Broken, Refusal
from conformance.specimen.elicense.records import SHORT_NAMES
from conformance.specimen.elicense.service import Call, Service

CONTEXT = "/v1"

CODES: Mapping[str, str] = {
    "source-timeout": "SOURCE_TIMEOUT",
    "not-offered": "NOT_OFFERED",
    "not-found": "NOT_FOUND",
    "unauthenticated": "UNAUTHENTICATED",
    "missing-parameter": "PARAMETER_MISSING",
    "type-unknown": "LICENSE_ITEM_UNKNOWN",
    "holder-type-unknown": "IDENTITY_TYPE_UNKNOWN",
    "rate-limited": "LIMIT_REACHED",
    "revoked": "LICENSE_ABOLISHED",
    "expired": "LICENSE_EXPIRED",
    "restricted": "LICENSE_RESTRICTED",
    "unparsable": "DATA_UNPARSABLE",
    "other-error": "OTHER_ERROR",
    "forbidden": "FORBIDDEN",
    "bad-parameter": "PARAMETER_INVALID",
    "undocumented": "E777",
}

_ID = {"id": "license_code", "purpose": "use_for"}
HOLDER = {"holder_code": "identity_number", "holder_type": "identity_type", "type_code": "license_item_code",
           "number": "id_code", "purpose": "use_for"}  # fmt: skip
RECORD = {name: name for name in CATALOGUE_FIELDS} | {
    "batch": "batch_no",
    "operation": "oper_type",
    "time": "oper_time",
}

ROUTES: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("GET", "/license/items", "list_types", {}),
    ("POST", "/license/search", "search", HOLDER),
    ("GET", "/license/detail", "query_by_id", _ID),
    ("POST", "/license/holder", "query_by_holder", HOLDER),
    ("GET", "/license/qrcode", "query_by_qrcode", {"qrcode": "code", "purpose": "use_for"}),
    ("POST", "/license/query", "query_by_code", {"id": "license_code", "number": "id_code", "purpose": "use_for"}),
    ("POST", "/license/source", "source_query", {"source": "source_code", **_ID}),
    ("GET", "/license/fields", "face_fields", {"type_name": "name", "type_code": "license_item_code"}),
    ("POST", "/license/file", "download_by_id", {**_ID, "file_type": "file_type", "copy_expires": "expiry_time"}),
    ("POST", "/license/auth", "download_url", _ID),
    ("POST", "/license/metadata", "read_metadata", {**_ID, "range": "metadata_range"}),
    ("POST", "/license/original", "fetch_file", _ID),
    (
        "POST",
        "/license/verify",
        "verify_info",
        {"type_code": "license_item_code", "claims": "data_fields", "purpose": "use_for"},
    ),
    (
        "POST",
        "/license/verify-file",
        "verify_file",
        {"type_code": "license_item_code", "content_type": "encoding", "content": "file_data", "purpose": "use_for"},
    ),
    ("POST", "/license/issue", "issue", {"id": "license_code"}),
    ("POST", "/license/abolish", "revoke", {"id": "license_code"}),
    ("POST", "/catalog/records", "submit", RECORD),
    ("GET", "/catalog/records", "list_records", {"batch": "batch_no"}),
    ("GET", "/audit/logs", "query_log", {"since": "since"}),
    ("GET", "/system", "system_info", {}),
)

TYPE = {
    "type_name": "license_item_name", "type_code": "license_item_code", "definer": "define_org_name",
    "definer_code": "define_org_code", "definer_level": "define_org_level", "issuer_level": "issue_org_level",
    "holder_category": "holder_category", "validity": "validity_range", "item_name": "service_item_name",
    "item_code": "service_item_code",
}  # fmt: skip
LICENCE = {
    "id": "license_code", "name": "name", "type_name": "license_type", "type_code": "license_item_code",
    "number": "id_code", "version": "license_version", "issuer": "issue_org_name", "issuer_code": "issue_org_code",
    "issued": "issue_date", "holder": "holder_name", "holder_code": "holder_identity_num",
    "holder_type_name": "holder_identity_type_name", "holder_type": "holder_identity_type", "valid_from": "begin_date",
    "valid_to": "expiry_date", "area_code": "division_code", "status": "license_status", "extensions": "extend_props",
}  # fmt: skip
_WRONG = "6"


def _renamed(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names[name]: value for name, value in record.items() if value is not None and name in names}


def licence(record: Mapping[str, Any]) -> dict[str, Any]:
    """The licence object, with the short names of the metadata once more in data_fields."""
    short = {SHORT_NAMES[name]: value for name, value in record.items() if name in SHORT_NAMES}
    return _renamed({**record, "status": "ISSUED"}, LICENCE) | {"data_fields": short | dict(record["extensions"])}


def _file(data: Mapping[str, Any]) -> dict[str, Any]:
    told = {"license_code": data["id"], "encoding": data["content_type"], "file_name": f"{data['id']}.ofd"}
    copies = {name: value for name, value in data.items() if name.startswith("copy_")}
    return {**told, "file_data": data["content"], **copies}


_RENDER: Mapping[str, Callable[[Any], Any]] = {
    "list_types": lambda d: [_renamed(r, TYPE) for r in d["items"]],
    "search": lambda d: {"total_count": d["total"], "licenses": [_renamed(r, LICENCE) for r in d["items"]]},
    "query_by_id": licence,
    "query_by_holder": lambda d: [licence(r) for r in d],
    "query_by_qrcode": licence,
    "query_by_code": licence,
    "source_query": licence,
    "issue": licence,
    "face_fields": lambda d: {
        "field_map": d["fields"],
        "fields": [{"name": name, "label": label} for name, label in d["fields"].items()],
    },
    "download_by_id": _file,
    "fetch_file": _file,
    "read_metadata": lambda d: {"metadata": d},
    "verify_info": lambda d: {"verify_result": _WRONG if d["result"] == "wrong" else d["result"]},
    "verify_file": lambda d: {"verify_result": d["result"]},
    "list_records": lambda d: [_renamed(r, RECORD) for r in d],
    "query_log": lambda d: [
        {"account": e["account"], "client_ip": e["ip"], "interface": e["api"], "call_time": e["time"],
         "use_for": e["purpose"], "result": e["result"]} for e in d
    ],
}  # fmt: skip


def create(service: Service) -> Starlette:
    routes = [
        Route(CONTEXT + path, _endpoint(service, CONTEXT + path, operation, names), methods=[method])
        for method, path, operation, names in ROUTES
        if not (operation == "verify_info" and "info-verification-missing" in service.faults)
    ]
    routes.append(Route(CONTEXT + "/login", _login(service), methods=["POST"]))
    routes.append(Route(CONTEXT + "/license/archive", _archive(service), methods=["GET"]))
    routes += exchange_wire.routes(service, CONTEXT, lambda request: (None, _bearer(request)))
    return Starlette(routes=routes)


def _endpoint(service: Service, path: str, operation: str, names: Mapping[str, str]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            if request.method == "GET":
                sent: Mapping[str, Any] = request.query_params
            else:
                sent = wire.member(await wire.read_object(request), "data")
            inputs = {name: sent.get(own) for name, own in names.items()}
            call = Call(operation, path, inputs, None, _bearer(request), wire.address(request))
            data = await service.perform(call)
        except Refusal as refusal:
            return _failure(service, request, refusal)
        except Broken as broken:
            return wire.plain(broken.text, broken.status)
        data = (
            _granted(wire.origin(request, service.faults), data)
            if operation == "download_url"
            else _RENDER.get(operation, lambda d: d)(data)
        )
        return wire.answer(_envelope(service, request, "SUCCESS") | {"data": data})

    return endpoint


def _bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" and token else None


def _login(service: Service) -> Callable[[Request], Any]:
    async def login(request: Request) -> Response:
        try:
            body = await wire.read_object(request)
            name, password = wire.text_or_none(body.get("account")), wire.text_or_none(body.get("password"))
            token, seconds = service.house.accounts.login(name, password)
        except Refusal as refusal:
            return _failure(service, request, refusal)
        data = {"access_token": token, "expires_in": seconds}
        return wire.answer(_envelope(service, request, "SUCCESS") | {"data": data})

    return login


def _envelope(service: Service, request: Request, ack: str) -> dict[str, Any]:
    asked = request.headers.get("x-request-id")
    correlation = "0" * 32 if "constant-correlation-id" in service.faults else asked or secrets.token_hex(16)
    response = "1" * 32 if "constant-response-id" in service.faults else secrets.token_hex(16)
    return {
        "ack_code": ack,
        "errors": [],
        "timestamp": now().strftime("%Y-%m-%d %H:%M:%S"),
        "correlation_id": correlation,
        "response_id": response,
    }


def _failure(service: Service, request: Request, refusal: Refusal) -> Response:
    error = {"code": CODES[refusal.outcome], "message": refusal.message}
    if "message-missing" in service.faults and request.url.path == CONTEXT + "/license/detail":
        del error["message"]
    # Without its errors a FAILURE has no code at all, so only one outcome is shown that way.
    silent = "failure-without-errors" in service.faults and refusal.outcome == "not-found"
    return wire.answer(_envelope(service, request, "FAILURE") | {"errors": [] if silent else [error], "data": None})


def _granted(origin: str, data: Mapping[str, str]) -> dict[str, str]:
    url = f"{origin}{CONTEXT}/license/archive?auth_code={data['ticket']}"
    if data["leak"]:
        url += f"&access_token={data['leak']}"
    return {"license_code": data["id"], "auth_code": data["ticket"], "archive_url": url}


def _archive(service: Service) -> Callable[[Request], Any]:
    async def archive(request: Request) -> Response:
        try:
            return wire.file(service.fetch(request.query_params.get("auth_code", "")))
        except Refusal as refusal:
            return wire.plain(refusal.message, wire.FETCH_STATUS.get(refusal.outcome, 400))

    return archive

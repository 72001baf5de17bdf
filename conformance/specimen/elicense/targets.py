"""The target files of the two shapes: what a laboratory would write to have this system tested."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from conformance.specimen.elicense import data, exchange, shape_gd, shape_sd, wire
from conformance.specimen.elicense.keeping import BUILD, CATALOGUE_FIELDS, VERSION
from conformance.specimen.elicense.service import LIMIT_WINDOW, URL_LIFETIME, Service
from conformance.specimen.eseal import Clock, trust
from conformance.specimen.eseal.writing import write_material
from conformance.specimen.fault import Deviations

_IDENTITIES = ("default", "disabled", "expired", "unprivileged", "limited")
_PARAMETERS = (
    "active_id", "longterm_id", "revoked_id", "revoked_number", "expired_id", "expired_number", "restricted_id",
    "restricted_number", "inactive_id", "inactive_number", "suspended_id", "suspended_number", "forbidden_type_id",
    "issue_id", "revoke_id", "other_holder_id", "number", "ambiguous_number", "qrcode", "type_code", "type_name",
    "legal_type_code", "unpublished_type_code", "person_type_code", "holder_code", "holder_name", "issuer_name",
    "person_holder_code",
)  # fmt: skip
_OFFERED = (
    "list_types", "search", "query_by_holder", "query_by_qrcode", "query_by_code", "source_query", "download",
    "png_download", "copy_files", "download_url", "verify_info", "verify_file", "face_fields", "catalogue_upload",
    "reissue", "revocation", "query_log", "call_limit", "type_permission", "system_info",
    "metadata_range", "file_by_use", "mohurd_exchange",
)  # fmt: skip
_NOT_OFFERED = (
    "https", "encrypted_payload", "ip_allow_list", "replay_protection", "original_download",
)  # fmt: skip


def target(name: str, base_url: str, service: Service, faults: Deviations) -> dict[str, Any]:
    """A complete target mapping for the specimen `name` that answers on `base_url` (scheme, host and port)."""
    spec = "+".join((name, *faults))
    named = service.named
    gd = name == "elicense-gd"
    made: dict[str, Any] = {
        "target": f"specimen:{spec}",
        "system": {
            "name": f"电子证照共享服务样机（仅供测试，{'第二接口形态' if gd else '山东地市接口形态'}）",
            "version": VERSION,
            "build": BUILD,
            "vendor": "conformance 样机",
        },
        "parameters": {
            "base_url": base_url + (shape_gd.CONTEXT if gd else shape_sd.CONTEXT),
            "holder_type": "001",
            "purpose": "测试核验",
            "source_main": "source-main",
            "source_not_offered": "source-none",
            "source_timeout": "source-slow",
            "daily_limit": data.DAILY_LIMIT,
            "limit_window": LIMIT_WINDOW,
            "url_lifetime": URL_LIFETIME,
            "max_response_ms": 1500,
            "availability_samples": 20,
            "availability_interval": 0.02,
            **{key: named[key] for key in _PARAMETERS},
            "exchange_item": list(exchange.SAMPLE),
            "exchange_province": exchange.PROVINCE,
            **_material(service.house.clock),
        },
        "identities": {
            role: {"account": account.name, "password" if gd else "token": f"plain:{account.token}"}
            for role, account in zip(_IDENTITIES, data.accounts(), strict=True)
        },
        "declares": dict.fromkeys(_OFFERED, True)
        | {"head_envelope": not gd, "ack_envelope": gd}
        | dict.fromkeys(_NOT_OFFERED, False),
        "limits": {"concurrency": 8, "timeout": "10s"},
        "hosts": ["127.0.0.1", *([wire.ANY_HOST] if "plain-http-download-address" in faults else [])],
        "writes": "allow",
    }
    if gd:
        made |= {"bindings": _gd_bindings(), "envelope": _GD_ENVELOPE, "auth": _GD_AUTH}
    return made


@cache
def _material(clock: Clock) -> Mapping[str, Any]:
    """What the files of downloads are to be judged by, in a folder that goes with this process."""
    folder = tempfile.mkdtemp(prefix="conformance-elicense-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = write_material(Path(folder), trust(when=clock.signed))
    return {name: made[name] for name in ("trust_anchors", "crls", "seal_status")}


_GD_ENVELOPE: Mapping[str, Any] = {
    # One place for both: SUCCESS of ack_code when it is that, else the code of the first error.
    "code": "$..['code', ?@ == 'SUCCESS']",
    "message": "$.errors[0].message",
    "outcomes": {
        "success": ["SUCCESS"],
        **{outcome: [code] for outcome, code in shape_gd.CODES.items() if outcome != "undocumented"},
    },
}
_GD_AUTH: Mapping[str, Any] = {
    "login": {
        "request": {"method": "POST", "path": "/login", "json": {"account": "{account}", "password": "{password}"}},
        "token": "$.data.access_token",
    }
}
_BEARER = {"authorization": "Bearer {token}"}
_RECORD = shape_gd.RECORD
_CLAIMS = {"CZZTDM": "{holder_code}", "CZZT": "{holder}", "ZZBH": "{number}", "ZZBFJG": "{issuer}"}


def _get(path: str, **query: str) -> dict[str, Any]:
    return {"method": "GET", "path": path, "query": query, "headers": _BEARER, "json": None}


def _post(path: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"method": "POST", "path": path, "headers": _BEARER, "json": {"data": data}}


def _same(names: tuple[str, ...], mapping: Mapping[str, str]) -> dict[str, str]:
    return {mapping[name]: "{" + name + "}" for name in names}


def _gd_bindings() -> dict[str, Any]:
    holder = _same(("holder_code", "holder_type", "type_code", "number", "purpose"), shape_gd.HOLDER)
    one_licence = {"items": "$.data", "fields": dict(shape_gd.LICENCE)}
    copies = {name: name for name in ("copy_made_at", "copy_maker", "copy_reason", "copy_expires")}
    file = {"content_type": "encoding", "id": "license_code", "content": "file_data", **copies}
    verify_fields = {"license_item_code": "{type_code}", "use_for": "{purpose}"}
    bearer = {"request": {"query": {"access_token": None}, "headers": _BEARER}}
    return {
        "exchange_assign": bearer,
        "exchange_incoming": bearer,
        "list_types": {
            "request": _get("/license/items"),
            "response": {"items": "$.data[*]", "fields": dict(shape_gd.TYPE)},
        },
        "search": {
            "request": _post("/license/search", holder),
            "response": {
                "items": "$.data.licenses[*]",
                "fields": {n: shape_gd.LICENCE[n] for n in ("id", "name", "type_code", "number", "holder_code")},
                "values": {"total": "$.data.total_count"},
            },
        },
        "query_by_id": {
            "request": _get("/license/detail", license_code="{id}", use_for="{purpose}"),
            "response": one_licence,
        },
        "query_by_holder": {
            "request": _post("/license/holder", holder),
            "response": {**one_licence, "items": "$.data[*]"},
        },
        "query_by_qrcode": {
            "request": _get("/license/qrcode", code="{qrcode}", use_for="{purpose}"),
            "response": one_licence,
        },
        "query_by_code": {
            "request": _with_request_id(
                _post("/license/query", {"license_code": "{id}", "id_code": "{number}", "use_for": "{purpose}"})
            ),
            "response": one_licence,
        },
        "source_query": {
            "request": _post(
                "/license/source", {"source_code": "{source}", "license_code": "{id}", "use_for": "{purpose}"}
            ),
            "response": one_licence,
        },
        "face_fields": {
            "request": _get("/license/fields", name="{type_name}", license_item_code="{type_code}"),
            "response": {
                "items": "$.data.fields[*]",
                "fields": {"name": "name", "label": "label"},
                "values": {"fields": "$.data.field_map"},
            },
        },
        "download_by_id": {
            "request": _post(
                "/license/file",
                {
                    "license_code": "{id}",
                    "file_type": "{file_type}",
                    "use_for": "{purpose}",
                    "expiry_time": "{copy_expires}",
                },
            ),
            "response": {"items": "$.data", "fields": file},
        },
        "read_metadata": {
            "request": _post(
                "/license/metadata", {"license_code": "{id}", "metadata_range": "{range}", "use_for": "{purpose}"}
            ),
            "response": {"values": {"metadata": "$.data.metadata"}},
        },
        "fetch_file": {
            "request": _post("/license/original", {"license_code": "{id}", "use_for": "{purpose}"}),
            "response": {"items": "$.data", "fields": file},
        },
        "download_url": {
            "request": _post("/license/auth", {"license_code": "{id}", "use_for": "{purpose}"}),
            "response": {
                "items": "$.data",
                "fields": {"id": "license_code", "url": "archive_url"},
                "values": {"url": "$.data.archive_url"},
            },
        },
        "verify_info": {
            "request": _post("/license/verify", {**verify_fields, "data_fields": _CLAIMS}),
            "response": {"values": {"result": "$.data.verify_result"}},
        },
        "verify_info_raw": {
            "request": _post("/license/verify", {**verify_fields, "data_fields": "{cert_data}"}),
            "response": {"values": {"result": "$.data.verify_result"}},
        },
        "verify_file": {
            "request": _post(
                "/license/verify-file", {**verify_fields, "encoding": "{content_type}", "file_data": "{content}"}
            ),
            "response": {"values": {"result": "$.data.verify_result"}},
        },
        "issue": {"request": _post("/license/issue", {"license_code": "{id}"}), "response": one_licence},
        "revoke": {
            "request": _post("/license/abolish", {"license_code": "{id}"}),
            "response": {"values": {"ok": "$.data.ok"}},
        },
        "submit": {
            "request": _post("/catalog/records", _same(tuple(CATALOGUE_FIELDS), _RECORD)),
            "response": {"values": {"accepted": "$.data.accepted"}},
        },
        "list_records": {
            "request": _get("/catalog/records", batch_no="{batch}"),
            "response": {"items": "$.data[*]", "fields": dict(_RECORD)},
        },
        "query_log": {
            "request": _get("/audit/logs", since="{since}"),
            "response": {
                "items": "$.data[*]",
                "fields": {
                    "account": "account",
                    "ip": "client_ip",
                    "api": "interface",
                    "time": "call_time",
                    "purpose": "use_for",
                    "result": "result",
                },
            },
        },
        "system_info": {
            "request": _get("/system"),
            "response": {"values": {"version": "$.data.version", "build": "$.data.build"}},
        },
    }


def _with_request_id(request: dict[str, Any]) -> dict[str, Any]:
    return {**request, "headers": {**_BEARER, "x-request-id": "{request_id}"}}

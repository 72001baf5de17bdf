"""A small profile and a small target for the tests of `conformance.target`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.errors import TargetError
from conformance.model.profile import Capability, Check, Clause, Identity, Operation, Parameter, Profile, Standard
from conformance.model.verdict import Grade, Provision

USCC = "91350100M000100Y43"

PARAMETERS = (
    Parameter("base_url", "url", required=True, help="服务根地址"),
    Parameter("active_id", "text", required=True, help="有效的标识"),
    Parameter("holder_code", "text", required=True),
    Parameter("purpose", "text", default="检测", origin="laboratory"),
    Parameter("sign_key", "secret"),
    Parameter("issued", "date"),
    Parameter("file_type", "text", choices=("ofd", "png")),
    Parameter("samples", "integer", default=5, origin="laboratory"),
    Parameter("wait", "duration"),
    Parameter("issuer", "uscc"),
)
OPERATIONS = {
    "query_by_id": Operation(
        "query_by_id",
        title="按标识查询",
        inputs={"id": {"default": "{active_id}", "required": True}, "purpose": {"default": "{purpose}"}},
        request={
            "method": "POST",
            "path": "/query",
            "headers": {"X-Account": "{account}", "Authorization": "Bearer {token}"},
            "query": {"v": "1", "debug": "0"},
            "json": {"data": {"id": "{id}", "useCause": "{purpose}"}},
        },
        response={"items": "$.data[*]", "fields": {"id": "zzbs", "name": "zzmc", "holder_code": "$.holder.code"}},
    ),
    "search": Operation(
        "search",
        title="检索",
        inputs={"holder_code": {"default": "{holder_code}", "required": True}},
        request={"method": "GET", "path": "/search/{holder_code}", "headers": {"authorization": "{token}"}},
        response={
            "items": "$.data[*]",
            "fields": {"id": "zzbs", "holder_code": "czztdm"},
            "values": {"total": "$.total"},
        },
    ),
    "remove": Operation("remove", writes=True, inputs={"id": None}, request={"method": "DELETE", "path": "/x/{id}"}),
}


def profile(**changes: Any) -> Profile:
    made: dict[str, Any] = {
        "id": "p",
        "edition": "1.0",
        "title": {"zh": "测试规范", "en": "profile"},
        "standard": Standard("GB/T 1-2020", {"zh": "标准"}),
        "clauses": (
            Clause(
                "5.2",
                "题",
                Provision.REQUIREMENT,
                "文",
                Grade.B,
                (),
                (Check("c-holds", "目的", "call", {}),),
            ),
        ),
        "parameters": PARAMETERS,
        "capabilities": (Capability("download", "是否下载？", True), Capability("revocation", "是否注销？")),
        "identities": (
            Identity("default", ("account", "token"), required=True, help="有权的账号"),
            Identity("disabled", ("account", "token")),
        ),
        "operations": OPERATIONS,
        "envelope": {
            "code": "$.head.status",
            "message": "$.head.message",
            "outcomes": {"success": [0], "not-found": [10]},
        },
        "preflight": ({"call": "query_by_id", "expect_fields": ["id"]}, {"call": "search", "expect_fields": ["id"]}),
        "origin": "p.yaml",
    }
    return Profile(**{**made, **changes})


def data(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "target": "acme",
        "system": {"name": "某系统", "version": "1.0"},
        "parameters": {"base_url": "http://acme.example/api", "active_id": "ID-1", "holder_code": "H-1"},
        "identities": {"default": {"account": "lab", "token": "env:ACME_TOKEN"}},
    }
    return {**made, **changes}


ENVIRON: Mapping[str, str] = {"ACME_TOKEN": "t0p-secret-canary", "EMPTY_TOKEN": ""}


def error_text(error: TargetError) -> str:
    """Everything the error would show anywhere."""
    return f"{error} {error!r} {error.to_json()} {error.__cause__!r} {error.__context__!r}"

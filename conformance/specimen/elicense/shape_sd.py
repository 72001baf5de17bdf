"""The 山东地市 shape: POST with head and data, numeric status, metadata as a flat map of short names.

Paths and members down to /getCertRemarkInfo were seen in a public implementation; those marked `ours` offer, in the
same manner, services that this line of systems has but whose shape was not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conformance.specimen.elicense import exchange_wire, wire
from conformance.specimen.elicense.keeping import CATALOGUE_FIELDS
from conformance.specimen.elicense.outcome import Broken, Refusal
from conformance.specimen.elicense.records import SHORT_NAMES
from conformance.specimen.elicense.service import Call, Service

CONTEXT = "/CertShare"

STATUS: Mapping[str, int] = {
    "success": 0,
    "source-timeout": 1,
    "not-offered": 2,
    "not-found": 10,
    "unauthenticated": 11,
    "missing-parameter": 12,
    "type-unknown": 113,
    "holder-type-unknown": 103,
    "rate-limited": 16,
    "revoked": 21,
    "expired": 22,
    "restricted": 23,
    "unparsable": 24,
    "other-error": 99,
    "forbidden": 100,
    "bad-parameter": 102,
    "undocumented": 777,
}

_ID = {"id": "certIdentifier", "purpose": "useCause"}
_HOLDER = {"holder_code": "holderCode", "holder_type": "holderTypeCode", "type_code": "certTypeCode", "number": "certNo",
           "purpose": "useCause"}  # fmt: skip
_CATALOGUE = {
    "source_id": "certificateSourceId", "name": "certificateName", "type_name": "certificateType",
    "type_code": "certificateTypeCode", "issuer": "issueDept", "issuer_code": "issueDeptCode",
    "area_code": "certificateAreaCode", "holder": "certificateHolder", "holder_code": "certificateHolderCode",
    "holder_type": "certificateHolderType", "number": "certificateNumber", "issued": "issueDate",
    "operation": "cdOperation", "time": "cdTime", "batch": "cdBatch", "data_source": "dataSource",
}  # fmt: skip
_CLAIMS = {"holderCode": "CZZTDM", "holder": "CZZT", "certNo": "ZZBH"}

ROUTES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("/queryCert", "search", _HOLDER),
    ("/queryCertInfo", "query_by_id", _ID),
    ("/queryCertInfoByHolderCode", "query_by_holder", _HOLDER),
    ("/queryCertInfoByQRcode", "query_by_qrcode", {"qrcode": "qrcode", "purpose": "useCause"}),
    ("/downloadUrl", "download_url", _ID),
    (
        "/downloadFile",
        "download_by_id",
        {
            "id": "certificateIdentifier",
            "file_type": "fileType",
            "purpose": "certificateCopyCause",
            "copy_expires": "certificateCopyExpiringTime",
        },
    ),
    ("/verifyCertInfo", "verify_info", {"type_code": "certTypeCode", "claims": "certData", "purpose": "useCause"}),
    (
        "/verifyFile",
        "verify_file",
        {"type_code": "certTypeCode", "content_type": "contentType", "content": "content", "purpose": "useCause"},
    ),
    ("/getCertRemarkInfo", "face_fields", {"type_name": "certName", "type_code": "certTypeCode"}),
    # ours:
    ("/queryCertMetadata", "read_metadata", {"range": "metadataRange", **_ID}),
    ("/fetchCertFile", "fetch_file", _ID),
    ("/queryCertTypes", "list_types", {}),
    ("/queryCertInfoByCode", "query_by_code", {"id": "certIdentifier", "number": "certNo", "purpose": "useCause"}),
    ("/querySourceCertInfo", "source_query", {"source": "sourceCode", **_ID}),
    ("/catalog/submit", "submit", _CATALOGUE),
    ("/catalog/list", "list_records", {"batch": "cdBatch"}),
    ("/reissueCert", "issue", {"id": "certIdentifier"}),
    ("/revokeCert", "revoke", {"id": "certIdentifier"}),
    ("/queryCallLog", "query_log", {"since": "since"}),
    ("/systemInfo", "system_info", {}),
)

_TYPE = {
    "type_name": "certificateType", "type_code": "certificateTypeCode", "definer": "certificateDefineAuthorityName",
    "definer_code": "certificateDefineAuthorityCode", "definer_level": "certificateDefineAuthorityLevel",
    "issuer_level": "certificateIssuingAuthorityLevel", "holder_category": "certificateHolderCategory",
    "validity": "validityRange", "item_name": "relatedItemName", "item_code": "relatedItemCode",
}  # fmt: skip
_LICENCE = {
    **SHORT_NAMES, "id": "cert_identifier", "type_name": "certificate_type_name", "version": "certificate_version",
    "area_code": "certificate_area_code", "status": "ZZZT", "extensions": "extend_info",
}  # fmt: skip
_FOUND = {"id": "certIdentifier", "name": "certName", "type_code": "certTypeCode", "number": "certNo",
          "holder_code": "holderCode"}  # fmt: skip
_WRONG = "7"
_VERIFIED = {
    "0": "信息正确且有效", "1": "信息正确且未激活", "2": "信息正确且证照暂时失效", "3": "信息正确且证照已失效",
    "4": "信息不全无法验证", "5": "查无此信息", _WRONG: "部分信息有误或不完整",
}  # fmt: skip
_FILE_VERIFIED = {"0": "通过", "1": "签章校验失败", "2": "文件校验失败"}


def _renamed(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names[name]: value for name, value in record.items() if value is not None and name in names}


def licence(record: Mapping[str, Any]) -> dict[str, Any]:
    """One licence as certData: short name → value, extensions beside the base items."""
    out = _renamed({**record, "status": "有效"}, _LICENCE)
    return out | dict(record["extensions"])


def _cert_data(data: Any) -> dict[str, Any]:
    """An object for one licence and a list for several, as that line of systems does."""
    records = data if isinstance(data, list) else [data]
    shown = [licence(record) for record in records]
    return {"certData": shown[0] if len(shown) == 1 else shown}


def _verified(data: Mapping[str, str]) -> dict[str, str]:
    result = _WRONG if data["result"] == "wrong" else data["result"]
    return {"result": result, "message": _VERIFIED[result]}


def _file(data: Mapping[str, Any]) -> dict[str, Any]:
    told = {"contentType": data["content_type"], "certIdentifier": data["id"], "content": data["content"]}
    return told | _renamed({k: v for k, v in data.items() if k.startswith("copy_")}, SHORT_NAMES)


_RENDER: Mapping[str, Callable[[Any], Any]] = {
    "search": lambda d: {"total": d["total"], "dataList": [_renamed(r, _FOUND) for r in d["items"]]},
    "query_by_id": _cert_data,
    "query_by_holder": _cert_data,
    "query_by_qrcode": _cert_data,
    "query_by_code": _cert_data,
    "source_query": _cert_data,
    "issue": _cert_data,
    "download_by_id": _file,
    "read_metadata": lambda d: {"metadata": d},
    "fetch_file": _file,
    "verify_info": _verified,
    "verify_file": lambda d: {"result": d["result"], "message": _FILE_VERIFIED[d["result"]]},
    "face_fields": lambda d: {
        "certTypeCode": d["type_code"],
        "certData": d["fields"],
        "surface": [{"columnName": name, "name": label} for name, label in d["fields"].items()],
    },
    "list_types": lambda d: {"total": d["total"], "dataList": [_renamed(r, _TYPE) for r in d["items"]]},
    "list_records": lambda d: {"total": len(d), "dataList": [_renamed(r, _CATALOGUE) for r in d]},
    "query_log": lambda d: [
        {"accessId": e["account"], "remoteIp": e["ip"], "api": e["api"], "time": e["time"], "useCause": e["purpose"],
         "result": e["result"]} for e in d
    ],
}  # fmt: skip

assert set(_CATALOGUE) == set(CATALOGUE_FIELDS)


def create(service: Service) -> Starlette:
    """The application: every route of the table, and the one address that gives a file."""
    routes = [
        Route(CONTEXT + path, _endpoint(service, CONTEXT + path, operation, names), methods=["POST"])
        for path, operation, names in ROUTES
        if not (operation == "verify_info" and "info-verification-missing" in service.faults)
    ]
    routes.append(Route(CONTEXT + "/zzgxpt/download", _download(service), methods=["GET"]))
    routes += exchange_wire.routes(service, CONTEXT, _token_in_query(service))
    return Starlette(routes=routes)


def _token_in_query(service: Service) -> exchange_wire.Credentials:
    """Where the exchange of the housing ministry has it; the lasting token alone says who calls."""

    def credentials(request: Request) -> tuple[str | None, str | None]:
        token = request.query_params.get("access_token")
        return service.house.accounts.owner(token), token

    return credentials


def _endpoint(service: Service, path: str, operation: str, names: Mapping[str, str]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            body = await wire.read_object(request)
            head, sent = wire.member(body, "head"), wire.member(body, "data")
            inputs = {name: sent.get(own) for name, own in names.items()}
            claims = inputs.get("claims")
            if isinstance(claims, dict):
                inputs["claims"] = {_CLAIMS.get(name, name): value for name, value in claims.items()}
            data = await service.perform(
                Call(
                    operation,
                    path,
                    inputs,
                    wire.text_or_none(head.get("accessId")) or "",
                    wire.text_or_none(head.get("accessToken")),
                    wire.address(request),
                )
            )
        except Refusal as refusal:
            return wire.answer({"head": _head(service, operation, refusal.outcome, refusal.message), "data": None})
        except Broken as broken:
            return wire.plain(broken.text, broken.status)
        data = (
            _address(wire.origin(request, service.faults), data)
            if operation == "download_url"
            else _RENDER.get(operation, lambda d: d)(data)
        )
        return wire.answer({"head": _head(service, operation, "success", "接口调用成功"), "data": data})

    return endpoint


def _head(service: Service, operation: str, outcome: str, message: str) -> dict[str, Any]:
    status: Any = STATUS[outcome]
    head = {"status": str(status) if "status-as-text" in service.faults else status, "message": message}
    if "message-missing" in service.faults and operation == "query_by_id":
        del head["message"]
    return head


def _address(origin: str, data: Mapping[str, str]) -> dict[str, str]:
    url = f"{origin}{CONTEXT}/zzgxpt/download?id={data['ticket']}"
    if data["leak"]:
        url += f"&accessToken={data['leak']}"
    return {"contentType": data["content_type"], "certIdentifier": data["id"], "content": url}


def _download(service: Service) -> Callable[[Request], Any]:
    async def download(request: Request) -> Response:
        try:
            return wire.file(service.fetch(request.query_params.get("id", "")))
        except Refusal as refusal:
            return wire.plain(refusal.message, wire.FETCH_STATUS.get(refusal.outcome, 400))

    return download

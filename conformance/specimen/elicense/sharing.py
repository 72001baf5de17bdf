"""检索, 信息获取, 下载: what a caller may read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from conformance.codes import dates
from conformance.specimen.elicense import faults_of_files, files, records
from conformance.specimen.elicense.house import CHINA, House, now
from conformance.specimen.elicense.outcome import Refusal
from conformance.specimen.elicense.records import FACE_LABELS, SHORT_NAMES, Account, Licence

Inputs = Mapping[str, Any]
_MOMENT = "%Y-%m-%d %H:%M:%S"
_COPY_DAYS = 30  # how long a copy is good when the caller does not say


def list_types(house: House, _account: Account, _inputs: Inputs) -> dict[str, Any]:
    listed = [t.served() for t in house.listed if t.published]
    if "type-missing-from-list" in house.faults:
        listed = listed[1:]
    return {"total": len(listed), "items": listed}


def search(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    found = _of_holder(house, account, inputs, type_required=False)
    items = [{name: r[name] for name in ("id", "name", "type_code", "number", "holder_code")} for r in found]
    if "search-leaves-out-a-licence" in house.faults:
        items = items[1:] or items
    if "stale-metadata-in-search" in house.faults:
        for item in items:
            item["name"] += "（原名称）"
    return {"total": len(items) + ("total-differs" in house.faults), "items": items}


def query_by_holder(house: House, account: Account, inputs: Inputs) -> list[dict[str, Any]]:
    return _of_holder(house, account, inputs, type_required=True)


def _of_holder(house: House, account: Account, inputs: Inputs, *, type_required: bool) -> list[dict[str, Any]]:
    """The licences in force of one holder that this account may see, as served."""
    house.require(inputs, "holder_code", "holder_type")
    if type_required:
        house.require(inputs, "type_code")
    house.purpose(inputs)
    code, type_code = house.text(inputs, "holder_code"), house.text(inputs, "type_code")
    kind = house.known_type(type_code) if type_code else None
    house.known_holder_type(house.text(inputs, "holder_type"), kind)
    if kind is not None:
        house.permit(account, kind.code)
    number = house.text(inputs, "number")
    found = [
        licence
        for licence in house.store.by_holder(code, type_code or None)
        if (not number or licence.number == number) and (kind is not None or licence.type_code in account.types)
    ]
    if not found and "empty-success-instead-of-not-found" not in house.faults:
        raise Refusal("not-found", "未找到匹配的证照信息")
    if "holder-query-returns-others" in house.faults:
        found.append(house.store.any_active(other_than=code))
    served = [licence.served() for licence in found]
    if "constant-id-in-lists" in house.faults:
        for record in served:
            record["id"] = served[-1]["id"]
    return served


def _readable(
    house: House, account: Account, licence: Licence, *, skipped_by: str = "permission-not-checked"
) -> Licence:
    house.permit(account, licence.type_code, skipped_by=skipped_by)
    house.in_force(licence)
    if "long-term-treated-as-expired" in house.faults and licence.valid_to == records.LONG_TERM:
        raise Refusal("expired", "证照已过期")
    return licence


def query_by_id(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    house.require(inputs, "id")
    house.purpose(inputs)
    licence = _readable(house, account, house.find(house.text(inputs, "id")))
    served = licence.served()
    if "wrong-id-in-answer" in house.faults and licence.id == house.named["victim_id"]:
        served["id"] = house.named["other_holder_id"]
    return served


def query_by_qrcode(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    house.require(inputs, "qrcode")
    house.purpose(inputs)
    licence = house.store.by_qrcode(house.text(inputs, "qrcode"))
    if licence is None:
        raise Refusal(
            "other-error" if "unknown-qrcode-gives-99" in house.faults else "not-found", "未找到匹配的证照信息"
        )
    return _readable(house, account, licence).served()


def query_by_code(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    """By identifier or by number, as the DB44 line does: one of them is needed, and a number must be unambiguous."""
    house.purpose(inputs)
    identifier, number = house.text(inputs, "id"), house.text(inputs, "number")
    if not identifier and not number:
        if "both-codes-empty-accepted" in house.faults:
            return house.find(house.named["active_id"]).served()
        raise Refusal("missing-parameter", "证照标识与证照编号不能同时为空")
    found = [house.find(identifier)] if identifier else house.store.by_number(number)
    if not found:
        raise Refusal("not-found", "未找到匹配的证照信息")
    if len(found) > 1 and "ambiguous-number-picks-first" not in house.faults:
        raise Refusal("bad-parameter", "证照编号对应多个证照，无法确定")
    return _readable(house, account, found[0]).served()


def source_query(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    """A query handed on to a named source: one answers, one does not offer the service, one is too slow."""
    house.require(inputs, "source", "id")
    house.purpose(inputs)
    outcome = {"source-none": "not-offered", "source-slow": "source-timeout"}.get(house.text(inputs, "source"))
    if outcome is not None:
        message = "证照源未提供此服务接口" if outcome == "not-offered" else "第三方接口连接超时"
        raise Refusal("other-error" if "source-fault-gives-99" in house.faults else outcome, message)
    if house.text(inputs, "source") != "source-main":
        raise Refusal("bad-parameter", "未知的证照源")
    return query_by_id(house, account, inputs)


def face_fields(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    house.require(inputs, "type_name", "type_code")
    kind = house.known_type(house.text(inputs, "type_code"))
    house.permit(account, kind.code)
    if house.text(inputs, "type_name") != kind.name:
        raise Refusal("not-found", "目录信息未找到")
    fields = {**FACE_LABELS, **kind.face}
    if "face-field-names-differ" in house.faults:
        fields = {f"ITEM{n}": label for n, label in enumerate(fields.values(), 1)}
    return {"type_code": kind.code, "fields": fields}


# -- downloads --------------------------------------------------------------------------------------------------


def download_by_id(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    house.require(inputs, "id")
    purpose = house.purpose(inputs)
    form = house.text(inputs, "file_type") or "ofd"
    if form not in ("ofd", "png"):
        raise Refusal(
            "other-error" if "unknown-file-type-gives-99" in house.faults else "bad-parameter", "文件类型不支持"
        )
    licence = _readable(house, account, house.find(house.text(inputs, "id")), skipped_by="download-skips-permission")
    if "download-of-another-licence" in house.faults and licence.id == house.named["active_id"]:
        licence = house.find(house.named["other_holder_id"])
    marks = _copy_marks(house, account, purpose, house.text(inputs, "copy_expires"))
    content: str | list[str]
    if form == "png":
        content = [base64.b64encode(files.png(licence.id)).decode()]
        if "content-not-base64" in house.faults:
            content = ["data:image/png;base64," + content[0]]
    else:
        content = base64.b64encode(make_copy(house, licence, marks, purpose)).decode()
    return {"content_type": "base64", "id": licence.id, "content": content, **marks}


def _copy_marks(house: House, account: Account, purpose: str, expires: str) -> dict[str, str]:
    """加注件 metadata. A purpose was given, so a copy is made and never the original."""
    moment = now()
    until = moment + timedelta(days=_COPY_DAYS)
    if expires:
        said = dates.parse_datetime(expires)
        if said is None:
            raise Refusal("bad-parameter", "加注件有效期截止时间格式不正确")
        until = said if said.tzinfo else said.replace(tzinfo=CHINA)
        if until < moment and "past-copy-expiry-accepted" not in house.faults:
            raise Refusal("bad-parameter", "加注件有效期截止时间早于当前时间")
    marks = {
        "copy_made_at": moment.strftime(_MOMENT),
        "copy_maker": account.name,
        "copy_reason": purpose,
        "copy_expires": until.astimezone(CHINA).strftime(_MOMENT),
    }
    if "copy-without-cause" in house.faults:
        del marks["copy_reason"]
    return marks


def make_copy(house: House, licence: Licence, marks: Mapping[str, str], purpose: str) -> bytes:
    """The file that is handed out, remembered by its digest so that it can be verified later."""
    # One licence is spoilt, so that what a fault takes away can still be seen in the others.
    spoilt = licence.id == house.named["active_id"]
    content = files.ofd(
        licence.by_short_name(),
        {**FACE_LABELS, **house.types[licence.type_code].face, "ZZBS": "证照标识"},
        when=house.clock,
        made=now(),
        marks={SHORT_NAMES[name]: value for name, value in marks.items()},
        reason=f"仅用于：{purpose}" if purpose else "",
        spoils=[spoil for name, spoil in faults_of_files.SPOILS.items() if spoilt and name in house.faults],
    )
    if "content-not-ofd" in house.faults and spoilt:
        content = b"%PDF-1.7\n% " + licence.serial.encode() + b"\n%%EOF\n"
    house.archive.add(hashlib.sha256(content).hexdigest())
    return content


def download_url(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    """`ticket` is what the shape makes an address of."""
    house.require(inputs, "id")
    house.purpose(inputs)
    licence = _readable(house, account, house.find(house.text(inputs, "id")), skipped_by="download-skips-permission")
    leak = account.token if "token-in-download-address" in house.faults else ""
    return {"content_type": "http", "id": licence.id, "ticket": house.issue_ticket(licence.id), "leak": leak}


def fetch(house: House, ticket: str) -> bytes:
    """The file of a temporary address. The address itself is the right to it, so no account is asked for."""
    licence = house.redeem(ticket)
    made = datetime.now(CHINA).strftime(_MOMENT)
    purpose = "临时地址下载"
    marks = {"copy_made_at": made, "copy_maker": "specimen", "copy_reason": purpose}
    return make_copy(house, licence, marks, purpose)

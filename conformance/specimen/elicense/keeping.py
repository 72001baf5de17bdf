"""What changes the register, and what is kept of every call: 归集, 重新制证, 注销, 调用日志."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.codes import dates, licence_id
from conformance.specimen.elicense import data, records
from conformance.specimen.elicense.house import House, now
from conformance.specimen.elicense.outcome import Refusal
from conformance.specimen.elicense.records import Account

Inputs = Mapping[str, Any]

CATALOGUE_FIELDS: Mapping[str, int] = {
    "source_id": 128,
    "name": 512,
    "type_name": 256,
    "type_code": 64,
    "issuer": 256,
    "issuer_code": 32,
    "area_code": 32,
    "holder": 256,
    "holder_code": 256,
    "holder_type": 2000,
    "number": 128,
    "issued": 32,
    "operation": 2,
    "time": 32,
    "batch": 32,
    "data_source": 3,
}
"""The record of one licence in the sharing catalogue and the longest text of each field, as one upload table has it."""

_OPTIONAL = ("holder_type",)
VERSION, BUILD = "1.0.0", "20261101"


def submit(house: House, _account: Account, inputs: Inputs) -> dict[str, int]:
    record: dict[str, str] = {}
    for name, longest in CATALOGUE_FIELDS.items():
        if name not in _OPTIONAL and "missing-required-field-accepted" not in house.faults:
            house.require(inputs, name)
        value = house.text(inputs, name)
        if len(value) > longest:
            if "over-long-field-truncated" not in house.faults:
                raise Refusal("bad-parameter", f"字段 {name} 超过 {longest} 个字符")
            value = value[:longest]
        record[name] = value
    if record["type_code"]:
        house.known_type(record["type_code"])
    house.store.put_record(record, replace="batch-resubmission-duplicates" not in house.faults)
    return {"accepted": 1}


def list_records(house: House, _account: Account, inputs: Inputs) -> list[dict[str, Any]]:
    house.require(inputs, "batch")
    found = house.store.batch_records(house.text(inputs, "batch"))
    if not found:
        raise Refusal("not-found", "未找到该批次")
    return found


def issue(house: House, account: Account, inputs: Inputs) -> dict[str, Any]:
    """A new file version of one licence: same number, same serial number, the next version.

    The version before stays readable by its own identifier; lists show the newest only.
    """
    house.require(inputs, "id")
    named = house.find(house.text(inputs, "id"))
    house.permit(account, named.type_code)
    last = house.store.by_serial(named.serial)[-1]
    if "version-not-increased" in house.faults:
        return last.served()
    version = f"{int(last.version) + 1:03d}"
    if len(version) > 3:
        raise Refusal("bad-parameter", "版本号已用尽")
    new = replace(
        last,
        id=licence_id.build(last.type_code, last.issuer_code, last.serial, version),
        version=version,
        issued=now().strftime("%Y-%m-%d"),
        qrcode=data.qrcode(last.type_code, last.serial, version),
        state=records.ACTIVE,
    )
    house.store.add(new)
    return new.served()


def revoke(house: House, account: Account, inputs: Inputs) -> dict[str, bool]:
    house.require(inputs, "id")
    licence = house.find(house.text(inputs, "id"))
    house.permit(account, licence.type_code)
    house.store.set_state(licence.id, records.REVOKED)
    return {"ok": True}


def query_log(house: House, account: Account, inputs: Inputs) -> list[dict[str, Any]]:
    """The account's own calls since a moment, newest first."""
    house.require(inputs, "since")
    since = dates.parse_datetime(house.text(inputs, "since"))
    if since is None:
        raise Refusal("bad-parameter", "起始时间格式不正确")
    moment = (since if since.tzinfo else since.replace(tzinfo=now().tzinfo)).astimezone(now().tzinfo)
    entries = house.store.log_entries(account.name, moment.isoformat(timespec="milliseconds"))
    for entry in entries:
        if "log-without-purpose" in house.faults:
            entry["purpose"] = ""
        if "log-without-address" in house.faults:
            entry["ip"] = ""
    return entries


def system_info(_house: House, _account: Account, _inputs: Inputs) -> dict[str, str]:
    return {"version": VERSION, "build": BUILD}

"""证照信息验证 and 证照文件验证: is what the caller holds true?"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from conformance.specimen.elicense import files, records
from conformance.specimen.elicense.house import House
from conformance.specimen.elicense.outcome import Broken, Refusal
from conformance.specimen.elicense.records import Account, Licence

Inputs = Mapping[str, Any]

CORRECT, INACTIVE, SUSPENDED, LAPSED, INCOMPLETE, ABSENT, WRONG = "0", "1", "2", "3", "4", "5", "wrong"
"""Results of 信息验证; what WRONG is written as differs between the implementations that were seen (6 or 7)."""

_KEYS = ("CZZTDM", "CZZT", "ZZBH")
_STATES = {
    records.ACTIVE: CORRECT,
    records.SUPERSEDED: CORRECT,
    records.INACTIVE: INACTIVE,
    records.SUSPENDED: SUSPENDED,
    records.FROZEN: SUSPENDED,
    records.REVOKED: LAPSED,
    records.EXPIRED: LAPSED,
}


def verify_info(house: House, account: Account, inputs: Inputs) -> dict[str, str]:
    """`claims` is what the caller believes about one licence, by short name."""
    house.require(inputs, "type_code", "claims")
    house.purpose(inputs)
    kind = house.known_type(house.text(inputs, "type_code"))
    house.permit(account, kind.code)
    claims = _claims(house, inputs["claims"])
    return {"result": _judge(house, kind.code, claims)}


def _claims(house: House, value: Any) -> dict[str, Any]:
    """An object, or the JSON text of one."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, Mapping):
        if "unparsable-data-gives-500" in house.faults:
            raise Broken(500, "Internal Server Error")
        raise Refusal("unparsable", "申请查验的证照数据无法解析")
    return {str(name): said for name, said in value.items()}


def _judge(house: House, type_code: str, claims: Mapping[str, Any]) -> str:
    if any(not isinstance(claims.get(name), str) or not claims[name] for name in _KEYS):
        return CORRECT if "incomplete-reported-correct" in house.faults else INCOMPLETE
    ignored = {
        short
        for short, fault in (
            ("CZZT", "verification-ignores-holder"),
            ("CZZTDM", "verification-ignores-holder-code"),
            ("ZZBFJG", "verification-ignores-issuer"),
        )
        if fault in house.faults
    }
    number = house.text(claims, "ZZBH")
    candidates = house.store.by_number(number, type_code)
    if not candidates and "verification-ignores-number" in house.faults:
        candidates = house.store.by_holder(house.text(claims, "CZZTDM"), type_code)
        ignored.add("ZZBH")
    if not candidates:
        return ABSENT
    licence = candidates[-1]
    known = licence.by_short_name()
    if any(name not in ignored and known.get(name) != said for name, said in claims.items()):
        return WRONG
    return _state_result(house, licence)


def _state_result(house: House, licence: Licence) -> str:
    result = _STATES[licence.state]
    if "verification-rejects-correct" in house.faults and result == CORRECT:
        return WRONG
    if "inactive-reported-correct" in house.faults and result == INACTIVE:
        return CORRECT
    if "suspended-reported-correct" in house.faults and result == SUSPENDED:
        return CORRECT
    if "revoked-reported-inactive" in house.faults and licence.state == records.REVOKED:
        return INACTIVE
    return result


def verify_file(house: House, account: Account, inputs: Inputs) -> dict[str, str]:
    """Compares the file with those that were handed out: 0 the same, 1 its content was changed, 2 no licence file."""
    house.require(inputs, "type_code", "content_type", "content")
    house.purpose(inputs)
    kind = house.known_type(house.text(inputs, "type_code"))
    house.permit(account, kind.code)
    if house.text(inputs, "content_type") != "base64" and "content-type-ignored" not in house.faults:
        raise Refusal("bad-parameter", "contentType 应为 base64")
    try:
        content = base64.b64decode(house.text(inputs, "content"), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("bad-parameter", "文件内容不是 base64") from None
    if "file-verification-stub" in house.faults:
        raise Refusal("not-offered", "证照源未提供此服务接口")
    if "original-file-fails" in house.faults:
        return {"result": "1"}
    if hashlib.sha256(content).hexdigest() in house.archive or "tampered-file-passes" in house.faults:
        return {"result": "0"}
    return {"result": "1" if files.is_ofd(content) else "2"}

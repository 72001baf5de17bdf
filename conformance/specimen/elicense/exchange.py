"""全国工程质量安全监管信息平台 电子证照数据交换: 赋码 of a batch, each item judged alone, and 转入查询 page by page.

Members and rules are those that a public client uses (C2): 状态描述 with state 99, 关联证照标识 for 延续, 变更, 转入, photos
of at most 50 KB, at most 100 records a page, pages counted from 0. Operation types are those of 安管人员.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from conformance.codes import licence_id
from conformance.specimen.elicense import data
from conformance.specimen.elicense.house import House
from conformance.specimen.elicense.outcome import Refusal
from conformance.specimen.elicense.records import Account

Inputs = Mapping[str, Any]

PROVINCE = data.AREA[:2] + "0000"
TRANSFERS = 104
LARGEST_PAGE = 100
LARGEST_PHOTO = 50 * 1024
_LARGEST_BATCH = 500
_MOST_KEPT = 10_000
_STATES = ("01", "02", "03", "04", "05", "06", "07", "99")
_OTHER_STATE = "99"
_OPERATIONS = tuple(f"{n:02d}" for n in range(1, 11))
_ASSOCIATED = ("02", "08", "09")  # 延续、转入、变更
_REQUIRED = ("provinceNum", "certNum", "categoryCode", "name", "identityCard", "certState", "operateType")

SAMPLE = (
    f"provinceNum={PROVINCE}",
    "certNum=测试安A字{n}",
    "categoryCode=TEST-A",
    "issuAuth=测试市行政审批服务局",
    f"issuAuthCode={data.ISSUER}",
    "name=测试甲",
    f"identityCard={data.PERSON}",
    "identityCardType=111",
    "companyName=测试餐饮有限公司",
    f"creditCode={data.LEGAL}",
)
"""What a target of this specimen gives as an item that is right; the check adds what it is about."""


def assign(house: House, _account: Account, inputs: Inputs) -> dict[str, list[dict[str, str]]]:
    """赋码: every item in SuccessData or ErrorData, by its own eCertID."""
    items = inputs.get("items")
    if not isinstance(items, list) or not items or len(items) > _LARGEST_BATCH:
        raise Refusal("bad-parameter", f"AcceptData 应为 1 至 {_LARGEST_BATCH} 项的列表")
    done: list[dict[str, str]] = []
    wrong: list[dict[str, str]] = []
    if "exchange-loses-an-item" in house.faults and len(items) >= 20:
        items = items[:-1]
    for item in items:
        given = item if isinstance(item, dict) else {}
        name = _text(given, "eCertID")
        problem = _problem(house, given)
        if problem:
            wrong.append({"ErrorGuid": name, "ErrorMsg": problem})
            continue
        if len(house.exchanged) < _MOST_KEPT:
            house.exchanged[name] = _identifier(name)
        key = hashlib.sha256(f"specimen-exchange:{name}".encode()).hexdigest()
        done.append({"eCertID": name, "encryCertid": key[:32], "encryKey": key[32:]})
    return {"SuccessData": done, "ErrorData": wrong, "WarnData": []}


def _identifier(name: str) -> str:
    return licence_id.build(data.WORK, data.ISSUER, "TEST" + name[:12].upper())


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.encode(errors="replace").decode().strip() if isinstance(value, str) else ""


def _problem(house: House, item: Mapping[str, Any]) -> str:
    """Why an item is refused, "" when it is not."""
    if not re.fullmatch("[0-9A-Za-z]{32}", _text(item, "eCertID")):
        return "eCertID 应为 32 位"
    for name in _REQUIRED:
        if not _text(item, name):
            return f"{name} 不能为空"
    state, operation = _text(item, "certState"), _text(item, "operateType")
    if state not in _STATES:
        return "certState 不在代码表中"
    if operation not in _OPERATIONS:
        return "operateType 不在代码表中"
    unexplained = state == _OTHER_STATE and not _text(item, "certStatusDescription")
    if unexplained and "exchange-state-without-description-accepted" not in house.faults:
        return "certState 为 99 时 certStatusDescription 不能为空"
    associated = licence_id.examine(_text(item, "associatedZzeCertID"))
    if operation in _ASSOCIATED and not associated.valid and "exchange-association-unchecked" not in house.faults:
        return f"associatedZzeCertID 缺少或不合法：{associated.reason}"
    return _photo_problem(house, _text(item, "photo"))


def _photo_problem(house: House, text: str) -> str:
    if not text:
        return ""
    try:
        photo = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return "photo 不是 base64"
    a_gif = photo.startswith(b"GIF8") and "exchange-gif-photo-accepted" in house.faults
    if not photo.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) and not a_gif:
        return "photo 应为 jpg 或 png"
    if len(photo) > LARGEST_PHOTO and "exchange-large-photo-accepted" not in house.faults:
        return "photo 超过 50 KB"
    return ""


@cache
def _transfers() -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "zzeCertID": licence_id.build(data.WORK, data.ISSUER, f"TESTIN{n:05d}"),
            "provinceNum": PROVINCE,
            "certNum": f"测试安A字转入{n:05d}",
            "name": "测试甲",
            "certState": "06",
        }
        for n in range(1, TRANSFERS + 1)
    )


def incoming(house: House, _account: Account, inputs: Inputs) -> dict[str, Any]:
    """转入查询: one page of the records on their way to a province."""
    items = inputs.get("items")
    asked = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}
    page, size = asked.get("pageindex"), asked.get("pagesize")
    if not isinstance(page, int) or not isinstance(size, int) or page < 0 or not 1 <= size <= LARGEST_PAGE:
        return _refused(asked, f"pageindex 应从 0 起，pagesize 应为 1 至 {LARGEST_PAGE}")
    found = [r for r in _transfers() if r["provinceNum"] == _text(asked, "provinceNum")]
    if number := _text(asked, "certNum"):
        found = [r for r in found if r["certNum"] == number]
    if not found:
        return _refused(asked, "未查询到记录")
    if "exchange-pages-counted-from-one" in house.faults:
        page = max(0, page - 1)
    return {
        "SuccessData": found[page * size : (page + 1) * size],
        "ErrorData": [],
        "WarnData": [],
        "TotalCount": len(found),
    }


def _refused(asked: Mapping[str, Any], message: str) -> dict[str, Any]:
    error = {"certNum": _text(asked, "certNum"), "provinceNum": _text(asked, "provinceNum"), "ErrorMsg": message}
    return {"SuccessData": [], "ErrorData": [error], "WarnData": [], "TotalCount": 0}

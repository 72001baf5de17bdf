"""证照目录信息 (GB/T 36902) 与目录归集：成对、对应、齐全、不重复。"""

from __future__ import annotations

import re
from typing import Any

from conformance.suite import Answer, Procedure

# 证照目录归集表 (C8) 各项的最大长度。
_LONGEST = {
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
    "batch": 32,
    "data_source": 3,
}
_NOT_ABOUT_THE_RECORD = ("unauthenticated", "forbidden", "rate-limited", "source-timeout", "not-offered")


def definer_codes_equal_the_head_of_type_codes(check: Procedure) -> None:
    """EL-CT-02：定义机构代码等于类型代码前 18 位（公开目录中 23 个类型代码全部如此）。"""
    answer = check.control("list_types")
    for item in answer.items:
        type_code, definer = str(item.get("type_code") or ""), str(item.get("definer_code") or "")
        if not type_code or not definer:
            continue  # EL-CT-01 judges a missing item
        check.witness(f"{type_code} {definer}")
        check.expect(
            type_code[:18] == definer,
            f"类型 {type_code} 的定义机构代码与类型代码前 18 位不同",
            expected=type_code[:18],
            actual=definer,
            where=item.place("definer_code"),
            answer=answer,
        )


def related_items_are_paired(check: Procedure) -> None:
    """EL-CT-07：关联事项名称和代码成对出现（C7、C12 的表单两项并列）。"""
    answer = check.control("list_types")
    for item in answer.items:
        name, code = item.get("item_name") or "", item.get("item_code") or ""
        if not name and not code:
            continue
        check.witness(f"{item.get('type_code')}: {name} {code}")
        check.expect(
            bool(name) and bool(code),
            f"类型 {item.get('type_code')} 只给出了关联事项的{'名称' if name else '代码'}",
            expected="名称和代码",
            actual=str(name or code),
            where=item.place("item_name" if code else "item_code"),
            answer=answer,
        )


def incomplete_or_over_long_records_are_refused(check: Procedure) -> None:
    """EL-CT-08：归集表 (C8) 的必填项缺一不可，超长项被拒而不是截断，拒绝时给出说明。"""
    required = [name for name, rule in check.operation("submit").inputs.items() if rule and rule.get("required")]
    batch = _batch(check, "R")
    check.control("submit", batch=batch)
    for name in required:
        _refused_with_a_reason(check, f"缺少必填项 {name}", {"batch": batch} | {name: None})
    for name, longest in _LONGEST.items():
        if name in check.operation("submit").inputs:
            _refused_with_a_reason(
                check, f"{name} 超过 {longest} 个字符", {"batch": batch} | {name: "9" * (longest + 1)}
            )


def _refused_with_a_reason(check: Procedure, what: str, inputs: dict[str, Any]) -> None:
    answer = check.call("submit", **inputs)
    check.require(answer.outcome not in _NOT_ABOUT_THE_RECORD, f"归集没有得到处理：{answer.outcome}", answer=answer)
    check.witness(f"{what} → {answer.outcome}")
    check.expect(answer.outcome != "success", f"{what}的记录被接受", expected="拒绝", actual="接受", answer=answer)
    if answer.outcome != "success":
        check.expect(
            bool(answer.message), f"{what}的记录被拒绝而没有说明", expected="异常说明", actual="空", answer=answer
        )


def a_batch_submitted_twice_is_recorded_once(check: Procedure) -> None:
    """EL-CT-09：同一批次同一记录提交两次，回读只有一条（推断）。"""
    batch = _batch(check, "D")
    first = check.control("submit", batch=batch)
    again = check.call("submit", batch=batch)
    check.witness(f"批次 {batch}：{first.outcome}、{again.outcome}")
    read: Answer = check.control("list_records", batch=batch)
    mine = [item for item in read.items if item.get("source_id") == first.inputs.get("source_id")]
    check.require(bool(mine), "回读的批次里没有所提交的记录，无法判断是否重复", answer=read)
    check.expect(
        len(mine) == 1,
        f"批次 {batch} 的同一记录提交两次后有 {len(mine)} 条",
        expected="1 条",
        actual=f"{len(mine)} 条",
        answer=read,
    )


def _batch(check: Procedure, mark: str) -> str:
    """A batch of this attempt only, so that what an earlier run left behind is not counted. At most 32 characters."""
    moment = check.now().isoformat(timespec="milliseconds")  # what a record keeps of the moment
    return f"CT{mark}{re.sub('[^0-9]', '', moment.partition('+')[0])}"

"""元数据范围 (C3)：只取所列的项，未知的项名被拒绝。"""

from __future__ import annotations

from typing import Any

from conformance.suite import Answer, Cause, Procedure

_ABSENT = "CSXM"  # 测试项目: a short name in the manner of the metadata, which no list of them has


def a_metadata_range_is_respected(check: Procedure) -> None:
    """EL-IF-24：指定元数据范围时恰好返回所列的项（C3）。不比较值：C3 在指定范围时另有日期写法。"""
    names = _all_names(check)
    check.require(len(names) > 1, "不指定范围时只有一项元数据，看不出范围是否起作用", Cause.SYSTEM)
    for wanted in (names[:1], names[-2:], names[: len(names) // 2 + 1]):
        if len(wanted) == len(names):
            continue  # all of them: nothing to leave out
        answer = check.call("read_metadata", range=",".join(wanted))
        if not check.expect_outcome(answer, "success", f"指定范围 {'、'.join(wanted)} 没有得到元数据"):
            continue
        got = _names(answer)
        check.witness(f"{'、'.join(wanted)} → {'、'.join(got)}")
        extra, lost = [n for n in got if n not in wanted], [n for n in wanted if n not in got]
        check.expect(
            not extra and not lost,
            "返回的元数据不是所指定的范围："
            + "；".join(f"{what} {'、'.join(which[:8])}" for what, which in (("多", extra), ("少", lost)) if which),
            expected="、".join(wanted),
            actual="、".join(got[:20]) or "没有元数据",
            answer=answer,
        )


def an_unknown_metadata_item_is_refused(check: Procedure) -> None:
    """EL-IF-24：范围里有不存在的项名 → 参数错误，无论是否同时有存在的项名（C3）。"""
    names = _all_names(check)
    absent = next(n for n in (_ABSENT, *(f"{_ABSENT}{i}" for i in range(len(names) + 1))) if n not in names)
    for wanted in ([absent], [*names[:2], absent]):
        answer = check.call("read_metadata", range=",".join(wanted))
        check.expect_outcome(answer, "bad-parameter", f"范围 {'、'.join(wanted)} 含不存在的项名，没有按参数错误拒绝")


def _all_names(check: Procedure) -> list[str]:
    """肯定对照：without a range there is metadata."""
    answer = check.call("read_metadata")
    names = _names(answer)
    check.require(
        answer.succeeded and bool(names),
        f"肯定对照未通过：不指定范围时应返回元数据，实际 {answer.outcome}，{len(names)} 项",
        Cause.SYSTEM,
        answer=answer,
    )
    check.controlled = True
    return names


def _names(answer: Answer) -> list[str]:
    """The item names of the metadata, an object of short name and value."""
    found: Any = answer.values.get("metadata")
    return list(found) if isinstance(found, dict) else []

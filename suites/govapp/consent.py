"""同意：隐私政策的版本、征得同意之前、分项同意、定向推送（APP-21、APP-24、APP-28、APP-34、APP-35）。"""

from __future__ import annotations

from conformance.suite import Procedure


def a_new_policy_asks_for_consent_again(check: Procedure) -> None:
    """APP-21：只同意过旧版的账号，登录的答复说没有同意现行版本；同意之前收集接口拒绝。"""
    current = check.control("sign_in")
    check.require(
        current.values.get("agreed") is True,
        "登录的答复没有说 default 已同意现行版本：核对 sign_in 的绑定 agreed（true、false）",
        answer=current,
    )
    earlier = check.call("sign_in", as_="consented_before")
    check.require(earlier.succeeded, "身份 consented_before 不能登录", answer=earlier)
    check.witness(f"旧版同意者登录 → agreed={earlier.values.get('agreed')}")
    check.expect(
        earlier.values.get("agreed") is False,
        "隐私政策改版之后，旧的同意继续有效，没有重新提示",
        expected=f"提示重新同意版本 {check.parameter('policy_version')}",
        actual=f"agreed={earlier.values.get('agreed')}",
        answer=earlier,
    )


def collecting_before_consent_is_refused(check: Procedure) -> None:
    """APP-24：没有同意隐私政策的账号调用收集接口被拒绝；已同意的成功。"""
    check.control("collect", value=f"检测 {check.mark()}")
    answer = check.call("collect", as_="unconsented", value=f"检测 {check.mark()} 未同意")
    check.witness(f"未同意者收集 → {answer.outcome}")
    check.expect_outcome(answer, "refused", "征得同意之前接受了收集")


def nothing_is_kept_without_consent(check: Procedure) -> None:
    """APP-35：没有同意记录时所交的内容，之后查询不到；有同意记录的查得到。"""
    kept = f"检测 {check.mark()} 保存"
    check.control("collect", value=kept)
    mine = check.control("collected")
    check.require(
        any(item.get("value") == kept for item in mine.items),
        "有同意记录的账号也查不到所交的内容，无从判断",
        answer=mine,
    )
    lost = f"检测 {check.mark()} 不应保存"
    sent = check.call("collect", as_="unconsented", value=lost)
    answer = check.call("collected", as_="unconsented")
    check.require(answer.succeeded or sent.refused, "收集没有被拒绝，又不能查询，无从判断是否保存", answer=answer)
    found = [item for item in answer.items if item.get("value") == lost]
    check.witness(f"没有同意记录：收集 → {sent.outcome}，查到 {len(found)} 条")
    check.expect(not found, "没有同意记录而保存了所交的内容", expected="0 条", actual=f"{len(found)} 条", answer=answer)


def refusing_one_function_leaves_the_others(check: Procedure) -> None:
    """APP-34：没有同意的那一项不提供，其余照常；同意了的人两项都能用。"""
    refused, other = check.parameter("function"), check.parameter("other_function")
    check.control("use_function", function=refused)
    check.control("use_function", function=other)
    answer = check.call("use_function", as_="partly", function=refused)
    check.witness(f"没有同意的功能 → {answer.outcome}")
    check.expect_outcome(answer, "refused", f"没有同意业务功能 {refused}，仍在使用个人信息提供它")
    answer = check.call("use_function", as_="partly", function=other)
    check.expect_outcome(answer, "success", f"因为没有同意业务功能 {refused}，不提供另一项 {other}")


def pushed_lists_are_alike_after_opting_out(check: Procedure) -> None:
    """APP-28：打开时两人的列表不同，关闭后相同；结束时两人都为关闭。"""
    lists = {}
    for enabled in (True, False):
        for who in ("default", "other"):
            set_to = check.call("set_recommendation", as_=who, enabled=enabled)
            check.require(set_to.succeeded or not enabled, "没有能打开定向推送，无从比较", answer=set_to)
            if not enabled:
                check.expect_outcome(set_to, "success", "没有能关闭定向推送")
            answer = check.control("recommended", as_=who)
            lists[enabled, who] = [item.get("id") for item in answer.items]
    check.require(
        lists[True, "default"] != lists[True, "other"],
        "打开定向推送时两个账号的列表也相同，看不出定向；换两个兴趣不同的账号",
    )
    check.witness(f"关闭后：{lists[False, 'default']} {lists[False, 'other']}")
    check.expect(
        lists[False, "default"] == lists[False, "other"],
        "关闭定向推送之后，两个用户的列表仍不同",
        expected="同样的列表",
        actual=f"{lists[False, 'default']} 与 {lists[False, 'other']}",
    )

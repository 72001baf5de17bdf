"""业务功能：查询、预约、办理、评价、投诉建议、咨询、内容更新、强制性功能（APP-02、APP-03、APP-13 至 APP-15）。"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from conformance.suite import Answer, Procedure

_CHINA = timezone(timedelta(hours=8))
_MOST_PATHS = 30


def routes_of_forced_functions_are_absent(check: Procedure) -> None:
    """APP-02：探测到返回数据的路径，须有人工复核的结论（forced_paths_reviewed）。"""
    check.control("me")
    root = str(check.parameter("base_url")).rstrip("/")
    nowhere = check.attempt("probe", url=f"{root}/conformance-no-such-path-{check.mark()}")
    check.require(
        not (nowhere.succeeded and nowhere.content),
        "系统对不存在的路径也返回内容，分辨不出有没有这些接口；改在 forced_paths 里写开发单位的接口清单",
        answer=nowhere,
    )
    reviewed = check.pairs("forced_paths_reviewed") if check.optional("forced_paths_reviewed") else {}
    paths = [str(p) for p in check.parameter("forced_paths")]
    check.require(len(paths) <= _MOST_PATHS, f"forced_paths 至多 {_MOST_PATHS} 项")
    for path in paths:
        answer = check.attempt("probe", url=f"{root}/{path.lstrip('/')}")
        check.witness(f"{path} → HTTP {answer.status or answer.outcome}")
        check.expect(
            not (answer.succeeded and answer.content) or path in reviewed,
            f"接口 {path} 存在并返回数据，请由人复核它是不是强制性功能",
            expected="没有这个接口，或 forced_paths_reviewed 里有复核的结论",
            actual=f"HTTP {answer.status}，{len(answer.content)} 字节",
            answer=answer,
        )


def complaints_are_found_by_their_receipt(check: Procedure) -> None:
    """APP-03：提交得到回执，凭回执查到同一条内容。"""
    _kept(check, "complain", "complaint", "投诉建议")


def questions_are_acknowledged_and_have_a_state(check: Procedure) -> None:
    """APP-14：提交得到回执，凭回执查到内容和受理、答复的状态。"""
    answer = _kept(check, "ask", "question", "咨询留言")
    state = answer.items[0].get("state") if answer is not None and answer.items else None
    if answer is not None and answer.items:
        check.expect(bool(state), "咨询留言没有受理或答复的状态", expected="状态", actual="空", answer=answer)


def _kept(check: Procedure, submit: str, read: str, what: str) -> Answer | None:
    text = f"符合性检测 {check.mark()} {what}"
    sent = check.call(submit, text=text)
    if not check.expect_outcome(sent, "success", f"提交{what}没有成功"):
        return None
    receipt = sent.values.get("receipt")
    check.witness(f"{what}回执 {receipt}")
    if not check.expect(bool(receipt), f"提交{what}没有得到回执", expected="回执编号", actual="空", answer=sent):
        return None
    answer = check.call(read, receipt=receipt)
    got = str(answer.items[0].get("text") or "") if answer.items else ""
    check.expect(
        answer.succeeded and got == text,
        f"凭回执查不到所提交的{what}",
        expected=text,
        actual=got or answer.outcome,
        answer=answer,
    )
    return answer


def something_was_published_lately(check: Procedure) -> None:
    """APP-13：监测时间点之前的期限之内有内容发布；晚于监测时间点的不计。按日期比较，期限的第一天也算在内。"""
    at = (
        datetime.fromisoformat(str(check.optional("monitor_time") or check.now().isoformat())).astimezone(_CHINA).date()
    )
    days = int(check.parameter("update_days"))
    answer = check.control("news")
    read = [_day(item.get("published")) for item in answer.items]
    check.require(any(read), "内容列表里没有认得出的发布日期：核对绑定 published", answer=answer)
    newest = max((day for day in read if day is not None and day <= at), default=None)
    first = at - timedelta(days=days)
    check.witness(f"{len(read)} 条内容，监测时间点 {at.isoformat()}，最新一条 {newest.isoformat() if newest else '无'}")
    check.expect(
        newest is not None and newest >= first,
        f"监测时间点之前 {days} 天内没有内容更新",
        expected=f"{first.isoformat()} 至 {at.isoformat()} 之间",
        actual=newest.isoformat() if newest else "没有",
        answer=answer,
    )


def _day(text: object) -> date | None:
    """The day in China of a published date or moment; a moment without a zone is China's."""
    try:
        if len(str(text)) <= 10:
            return date.fromisoformat(str(text))
        when = datetime.fromisoformat(str(text))
        return (when if when.tzinfo else when.replace(tzinfo=_CHINA)).astimezone(_CHINA).date()
    except (ValueError, OverflowError):  # also the year 1, which is no moment of the world's clock
        return None


def services_are_found_by_name(check: Procedure) -> None:
    """APP-15 查询：以一项的名称查到它；以不存在的名称查不到。"""
    listed = check.control("services")
    name = str(listed.items[0].get("name") or "")
    check.require(bool(name), "服务事项没有名称：核对绑定", answer=listed)
    found = check.call("services", keyword=name)
    check.witness(f"查询“{name}”：{len(found.items)} 项")
    check.expect(
        any(item.get("id") == listed.items[0].get("id") for item in found.items),
        "以服务事项的名称查不到它",
        expected=name,
        actual=f"{found.outcome}，{len(found.items)} 项",
        answer=found,
    )
    none = check.call("services", keyword=f"没有这项 {check.mark()}")
    check.expect(
        not none.items,
        "以不存在的名称查询，仍返回服务事项",
        expected="0 项",
        actual=f"{len(none.items)} 项",
        answer=none,
    )


def bookings_are_kept(check: Procedure) -> None:
    """APP-15 预约：预约之后在本人的预约里。"""
    day = (check.now().astimezone(_CHINA) + timedelta(days=7)).date().isoformat()
    booked = check.call("book", day=day)
    if check.expect_outcome(booked, "success", "预约没有成功"):
        number = booked.values.get("id")
        check.witness(f"预约 {number} {day}")
        mine = check.call("bookings")
        check.expect(
            number is not None and any(item.get("id") == number for item in mine.items),
            "本人的预约里没有刚才的预约",
            expected=str(number),
            actual=f"{len(mine.items)} 项",
            answer=mine,
        )


def applications_have_progress(check: Procedure) -> None:
    """APP-15 办理：提交之后按编号查到进度，在本人的办件里也查到。"""
    applied = check.call("apply", form=check.pairs("form_values"))
    if not check.expect_outcome(applied, "success", "提交办理没有成功"):
        return
    number = applied.values.get("id")
    check.witness(f"办件 {number}")
    one = check.call("application", id=number)
    state = one.items[0].get("state") if one.items else None
    check.expect(bool(state), "按编号查不到办件的进度", expected="状态", actual=one.outcome, answer=one)
    mine = check.call("applications")
    check.expect(
        any(item.get("id") == number for item in mine.items),
        "本人的办件里没有刚才提交的",
        expected=str(number),
        actual=f"{len(mine.items)} 项",
        answer=mine,
    )


def ratings_are_kept(check: Procedure) -> None:
    """APP-15 评价（好差评）：评价之后，办件上能看到所作的评价。"""
    applied: Any = check.control("apply", form=check.pairs("form_values"))
    number = applied.values.get("id")
    rated = check.call("rate", id=number, rating=5)
    check.expect_outcome(rated, "success", "评价没有成功")
    one = check.call("application", id=number)
    got = one.items[0].get("rating") if one.items else None
    check.witness(f"办件 {number} 的评价 {got}")
    check.expect(str(got) == "5", "作了评价，办件上看不到", expected="5", actual=str(got), answer=one)

"""证照元数据 (GB/T 36903)：字段之间、服务之间、与目录之间的关系。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from conformance.codes import dates, holder_type
from conformance.suite import Answer, Cause, Item, Procedure

_BEIJING = timedelta(hours=8)
_DATE_FIELDS = {"issued": "证照颁发日期", "valid_from": "证照有效期起始日期", "valid_to": "证照有效期截止日期"}


def type_codes_are_published(check: Procedure) -> None:
    """EL-MD-02：类型代码非空并见于证照类型清单（公开实现 C1、C3 对未发布类型均拒绝服务）。"""
    published = {str(item.get("type_code") or "") for item in check.control("list_types").items} - {""}
    for item, answer in _licences(check):
        code = str(item.get("type_code") or "")
        check.witness(f"{item.get('id')}: {code}")
        check.expect(
            code in published,
            f"证照 {item.get('id')} 的类型代码不在已发布的目录中",
            expected=f"清单中的 {len(published)} 个类型代码之一",
            actual=code or "空",
            where=item.place("type_code"),
            answer=answer,
        )


def issue_dates_exist_and_are_past(check: Procedure) -> None:
    """EL-MD-06：颁发日期是存在的日期且不晚于检测当日（北京时间）。"""
    today = (check.now() + _BEIJING).date()
    for item, answer in _licences(check):
        text = str(item.get("issued") or "")
        day = _day(text)
        check.witness(f"{item.get('id')}: {text}")
        check.expect(
            day is not None and day <= today,
            "颁发日期晚于检测当日" if day is not None else f"颁发日期不是存在的日期：{dates.examine(text).reason}",
            expected=f"不晚于 {today} 的日期",
            actual=text or "空",
            where=item.place("issued"),
            answer=answer,
        )


def holder_type_names_agree_with_codes(check: Procedure) -> None:
    """EL-MD-10：代码类型名称等于附录 A 中该代码的名称；代码不在表内的由 EL-MD-09 判定。"""
    for item, answer in _licences(check):
        code, name = str(item.get("holder_type") or ""), item.get("holder_type_name")
        right = holder_type.name(code)
        if not right or name in (None, ""):
            continue
        check.witness(f"{code} {name}")
        check.expect(
            str(name).strip() == right,
            f"持证主体代码类型 {code} 的名称与代码表不一致",
            expected=right,
            actual=str(name),
            where=item.place("holder_type_name"),
            answer=answer,
        )


def validity_periods_are_in_order(check: Procedure) -> None:
    """EL-MD-13：有效期起始日期不晚于截止日期；长期有效或没有日期的不比较。"""
    for item, answer in _licences(check):
        begin, end = _day(str(item.get("valid_from") or "")), _day(str(item.get("valid_to") or ""))
        if begin is None or end is None:
            continue
        check.witness(f"{begin} – {end}")
        check.expect(
            begin <= end,
            f"证照 {item.get('id')} 的有效期起始日期晚于截止日期",
            expected=f"不晚于 {end}",
            actual=str(begin),
            where=item.place("valid_from"),
            answer=answer,
        )


def dates_are_written_in_one_form(check: Procedure) -> None:
    """EL-MD-19：全部日期采用同一种写法；只看写法，不看日期是否存在。"""
    usual = ""
    for item, answer in _licences(check):
        for field, title in _DATE_FIELDS.items():
            text = str(item.get(field) or "")
            form = _form(text)
            if not form:
                continue
            check.witness(f"{title} {text}")
            usual = usual or form
            check.expect(
                form == usual,
                f"证照 {item.get('id')} 的{title}与其他日期写法不同",
                expected=usual,
                actual=f"{form}（{text}）",
                where=item.place(field),
                answer=answer,
            )


def metadata_agrees_across_services(check: Procedure) -> None:
    """EL-MD-15：同一证照的元数据在检索和两种信息获取的结果中取值相同（推断，C3 的下载包也带元数据）。"""
    by_id = check.control("query_by_id").items[0]
    number = by_id.get("number")
    check.require(
        bool(number), "按标识获取的证照没有证照编号，无法在其他结果中找到同一证照（见 EL-MD-03）", cause=Cause.SYSTEM
    )
    others = (check.call("search"), check.call("query_by_holder"))
    for answer in others:
        # By number and not by id: a wrong id in a list is judged by EL-ID-13 and EL-IF-20.
        for item in (item for item in answer.items if item.get("number") == number):
            for field in sorted(set(item) & set(by_id) - {"id"}):
                ours, theirs = by_id.get(field), item.get(field)
                if ours in (None, "", {}) or theirs in (None, "", {}):
                    continue
                check.witness(f"{answer.operation.name} {field}")
                check.expect(
                    ours == theirs,
                    f"{field} 在{answer.operation.title or answer.operation.name}与按标识获取的结果中不同",
                    expected=str(ours),
                    actual=str(theirs),
                    where=item.place(field),
                    answer=answer,
                )


def _licences(check: Procedure) -> Iterator[tuple[Item, Answer]]:
    """Every licence of the usual holder and type, with its full metadata."""
    answer = check.control("query_by_holder")
    for item in answer.items:
        yield item, answer


def _day(text: str) -> date | None:
    """The day of a date or of a date-time."""
    moment = dates.parse_datetime(text)
    return moment.date() if moment is not None else dates.parse_date(text)


def _form(text: str) -> str:
    if re.fullmatch(r"[0-9]{8}([0-9]{6})?", text):
        return "YYYYMMDD"
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(\D.*)?", text):
        return "yyyy-MM-dd"
    return "其他写法" if re.search("[0-9]", text) else ""

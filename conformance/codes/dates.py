"""Dates and date-times as Chinese licence systems write them: `YYYYMMDD` or `yyyy-MM-dd`, real calendar days only."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from conformance.codes.rule import Examination, Finding, Rule, not_text
from conformance.codes.text import shown

SHAPE = Rule("D1", "shape", "日期写作 YYYYMMDD 或 yyyy-MM-dd，只用半角数字", "B", "GB/T 7408；公开实现")
CALENDAR = Rule("D2", "calendar", "日期应是日历上存在的日子", "A", "GB/T 7408")
RULES = (SHAPE, CALENDAR)

# [0-9] and not \d: full-width digits are digits to Python, and not to the systems that exchange these values.
_DATE = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")
_TIME = re.compile(
    r"(?:(?P<basic>[0-9]{14})"
    r"|(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[ T](?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]{1,9}))?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)"
)

LONG_TERM = ("长期", "长期有效")
"""How 长期有效 is written where an expiry date is due (grade C: no text of GB/T 36903 was seen that fixes it)."""


def parse_date(value: str) -> date | None:
    """The day, or None when the text has neither form or the day does not exist."""
    match = _DATE.fullmatch(value)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def parse_datetime(value: str) -> datetime | None:
    """`YYYYMMDDhhmmss`, `yyyy-MM-dd hh:mm:ss` or the ISO 8601 form with `T`, fraction and zone; None when it is none.

    The result is aware only when the text carries a zone.
    """
    match = _TIME.fullmatch(value)
    if match is None:
        return None
    try:
        if match["basic"]:
            return datetime.strptime(value, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the text has no zone
        moment = datetime.strptime(f"{match['day']} {match['clock']}", "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - set below
        if match["fraction"]:
            moment = moment.replace(microsecond=int(match["fraction"][:6].ljust(6, "0")))
        zone = match["zone"]
        if zone:
            moment = moment.replace(tzinfo=_zone(zone))
        return moment
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    if text == "Z":
        return timezone.utc  # noqa: UP017 - a value here, not an import to modernise
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def examine(value: object) -> Examination:
    """Rules D1 and D2 on one value. Parts: year, month, day."""
    if not isinstance(value, str):
        return not_text("gb-date", value, RULES, "日期")
    match = _DATE.fullmatch(value)
    if match is None:
        hint = _shape_hint(value)
        finding = Finding(
            SHAPE, f"“{shown(value)}”不是 YYYYMMDD 或 yyyy-MM-dd{hint}", "YYYYMMDD 或 yyyy-MM-dd", shown(value)
        )
        return Examination("gb-date", value, (finding,), unchecked=(CALENDAR,))
    parts = {"year": match[1], "month": match[3], "day": match[4]}
    if parse_date(value) is None:
        finding = Finding(CALENDAR, f"{value} 不是日历上存在的日子", "存在的日期", value)
        return Examination("gb-date", value, (finding,), parts=parts)
    return Examination("gb-date", value, parts=parts)


def _shape_hint(value: str) -> str:
    if re.fullmatch(r"[0-9]{4}[./年][0-9]{1,2}[./月][0-9]{1,2}日?", value):
        return "（分隔方式不同）"
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", value):
        return "（月、日不足两位应补零）"
    if parse_datetime(value) is not None:
        return "（带有时间）"
    if parse_date(value.strip()) is not None:
        return "（首尾有空白）"
    return ""


MOMENT = Rule("D3", "moment", "时间写作 YYYYMMDDhhmmss 或 yyyy-MM-dd hh:mm:ss，且存在", "B", "GB/T 7408；公开实现")


def examine_datetime(value: object) -> Examination:
    """Rule D3 on one value. Parts: date (as YYYYMMDD), time (as hhmmss)."""
    if not isinstance(value, str):
        return not_text("gb-datetime", value, (MOMENT,), "时间")
    moment = parse_datetime(value)
    if moment is None:
        hint = "（只有日期）" if parse_date(value) is not None else ""
        message = f"“{shown(value)}”不是存在的时间 YYYYMMDDhhmmss 或 yyyy-MM-dd hh:mm:ss{hint}"
        return Examination("gb-datetime", value, (Finding(MOMENT, message, MOMENT.text, shown(value)),))
    return Examination("gb-datetime", value, parts={"date": f"{moment:%Y%m%d}", "time": f"{moment:%H%M%S}"})


def examine_or_long_term(value: object) -> Examination:
    """D1 and D2, or one of the words of `LONG_TERM`."""
    if isinstance(value, str) and value in LONG_TERM:
        return Examination("gb-date-or-long-term", value, parts={"long-term": value})
    return examine(value)

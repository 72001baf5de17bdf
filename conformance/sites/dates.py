"""Dates as Chinese government pages write them. Pure; nothing is guessed that the text does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

# 2026-11-24, 2026/11/24, 2026.11.24, 2026年11月24日, 2026—11—24; full-width digits are folded before.
_DATE = re.compile(r"(?<![\d.])(20\d{2})\s?(?:[-/.—–]|年)\s?(\d{1,2})\s?(?:[-/.—–]|月)\s?(\d{1,2})(?!\d)\s?日?")
_CLOCK = re.compile(r"\s*[T　]?\s*([01]?\d|2[0-3])[:：]([0-5]\d)(?::[0-5]\d)?(?!\d)")
# 国办发〔2017〕47号 附件: YYYY—MM—DD HH:MM. The dash is printed long; pages use the short one.
EXACT = re.compile(r"20\d{2}[-—–](?:0[1-9]|1[0-2])[-—–](?:0[1-9]|[12]\d|3[01])\s+(?:[01]\d|2[0-3])[:：][0-5]\d")
_WIDE = str.maketrans("０１２３４５６７８９：－", "0123456789:-")


def fold(text: str) -> str:
    """Full-width digits as plain ones."""
    return text.translate(_WIDE)


def dates(text: str, most: int = 50) -> Iterator[date]:
    """Every real date in a text, in its order."""
    for n, match in enumerate(_DATE.finditer(fold(text[:20_000]))):
        if n >= most:
            return
        try:
            yield date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue


def first(text: str) -> date | None:
    return next(dates(text), None)


def moment(text: str) -> tuple[date, tuple[int, int] | None] | None:
    """The first date of a text and the clock that stands right behind it, if one does."""
    plain = fold(text[:500])
    match = _DATE.search(plain)
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    clock = _CLOCK.match(plain, match.end())
    return day, (int(clock[1]), int(clock[2])) if clock else None


def months_before(day: date, months: int) -> date:
    """The same day so many calendar months earlier, or the last day of that month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, 28)


def instant(text: str) -> datetime:
    """An ISO 8601 moment of a target file."""
    return datetime.fromisoformat(text)

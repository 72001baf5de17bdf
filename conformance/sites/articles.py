"""A content page: its title, the time of publication that it shows, and the one in its tags. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from conformance.sites import dates
from conformance.sites.facts import Facts

_LABEL = re.compile(r"(?:发布|发表|发文|公开|更新|发稿|录入)?\s*(?:时间|日期)\s*[:：]\s*(.{0,60})")
_VAGUE = re.compile(r"(?:\d+|[一二三四五六七八九十半几]+)\s*(?:秒|分钟|小时|天|周|个月|年)前|昨天|前天|刚刚|今天\s*\d")
_MOST_LINES = 40  # below the title; what stands further down is content


@dataclass(frozen=True, slots=True)
class Shown:
    """The time of publication as a reader sees it. `exact`: in the form YYYY—MM—DD HH:MM."""

    text: str
    day: date | None
    clock: tuple[int, int] | None
    exact: bool


def shown_time(page: Facts) -> Shown | None:
    """The publication time shown on a page, or None where none is shown."""
    lines = page.lines
    begin = next((n for n, line in enumerate(lines) if page.h1 and page.h1[0] and page.h1[0] in line), 0)
    near = lines[begin : begin + _MOST_LINES]
    for line in near:
        if (match := _LABEL.search(line)) and (dates.first(match[1]) or _VAGUE.search(match[1])):
            return _shown(match[1])
    for line in near:
        if len(line) < 120 and (dates.first(line) or _VAGUE.search(line)):
            return _shown(line)
    return None


def _shown(text: str) -> Shown:
    found = dates.moment(text)
    day, clock = found if found else (None, None)
    return Shown(text.strip()[:60], day, clock, dates.EXACT.search(dates.fold(text)) is not None)


def tagged_time(page: Facts) -> tuple[date, tuple[int, int] | None] | None:
    """PubDate of the tags of a content page."""
    return dates.moment(page.metas.get("PubDate", ""))


def day_of(page: Facts) -> date | None:
    """The day of a content page: of its tag, else as shown."""
    tag = tagged_time(page)
    if tag is not None:
        return tag[0]
    shown = shown_time(page)
    return shown.day if shown else None

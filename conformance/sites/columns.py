"""栏目 as its target names it → what it holds: entries, their dates, its newest date, whether it is in time. Pure.

Which column is of which kind, and how often it has to be updated, is the target's word and never guessed. An entry is
a link of the column's own page that is no navigation; its date is the one beside it, else the one on its own page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin

from conformance.sites import articles, attachments, dates
from conformance.sites.facts import Link
from conformance.sites.survey import Survey

_LONGEST = 300  # entries of one column page that are looked at
_UNITS = {"天": 1, "日": 1, "周": 7}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: where it leads, what it is called, its date and where that date stands."""

    url: str
    title: str
    day: date | None
    own: bool = False  # the date was taken from the entry's own page, not from the list


@dataclass(frozen=True, slots=True)
class Column:
    """`opened`: why its page did not open, or "". `newest`: the latest date that is not after the inspection."""

    name: str
    kind: str
    url: str
    update: str
    opened: str
    entries: tuple[Entry, ...]
    newest: date | None
    future: tuple[Entry, ...] = ()

    @property
    def blank(self) -> bool:
        return not self.entries

    def since(self, day: date) -> bool:
        """Whether it was updated on that day or later. No date at all is no update."""
        return self.newest is not None and self.newest >= day

    def row(self, limit: date | None) -> list[str]:
        """The column as a row of a table in the report."""
        newest = self.newest.isoformat() if self.newest else "没有日期"
        state = self.opened or ("空白" if self.blank else "")
        if not state and limit is not None:
            state = "在期限内" if self.since(limit) else "未更新"
        return [self.name, self.kind, str(len(self.entries)), newest, limit.isoformat() if limit else "—", state]


HEADS = ["栏目", "类别", "条目", "最近更新", "应不早于", "结果"]


def columns(survey: Survey, given: tuple[Mapping[str, Any], ...], today: date) -> tuple[Column, ...]:
    """Every declared column, in the order of the target."""
    every = [(c, urljoin(survey.start, str(c["path"]))) for c in given]
    homes = {url for _, url in every} | {survey.final(url) for _, url in every}
    return tuple(_column(survey, c, url, homes, today) for c, url in every)


def _column(survey: Survey, given: Mapping[str, Any], url: str, homes: set[str], today: date) -> Column:
    name, kind, update = str(given["name"]), str(given["kind"]), str(given.get("update", ""))
    came = survey.came(url)
    page = survey.page(url)
    if page is None:
        why = came.said if came.why else "不是网页"
        return Column(name, kind, url, update, f"打不开：{why}", (), None)
    entries = tuple(_entries(survey, page.links, homes, came.final))
    days = [e.day for e in entries if e.day is not None and e.day <= today]
    future = tuple(e for e in entries if e.day is not None and e.day > today)
    return Column(name, kind, url, update, "", entries, max(days, default=None), future)


def _entries(survey: Survey, links: tuple[Link, ...], homes: set[str], here: str) -> list[Entry]:
    out: dict[str, Entry] = {}
    for link in links:
        if link.url in homes or link.url == here or link.url == survey.start or link.hidden:
            continue
        if link.url in survey.template or attachments.is_picture(link.url) or _turns(link):
            continue
        if link.url in out or len(out) >= _LONGEST:
            continue
        day, own = link.day, False
        if day is None and survey.inside(link.url):
            page = survey.page(link.url)
            day, own = (articles.day_of(page) if page is not None else None), True
        out[link.url] = Entry(link.url, link.text, day, own and day is not None)
    return list(out.values())


_TURNING = re.compile(r"[\d\s.…<>«»]*|首页|尾页|末页|上一页|下一页|上页|下页|更多|more|打印|关闭", re.IGNORECASE)


def _turns(link: Link) -> bool:
    """Whether a link only turns the pages of a list."""
    return _TURNING.fullmatch(link.text.strip()) is not None


def due(update: str, today: date) -> date | None:
    """The day since which a column with this duty has to have been updated; None without a duty."""
    if not update:
        return None
    number, _, unit = update.partition(" ")
    if unit in _UNITS:
        return today - timedelta(days=int(number) * _UNITS[unit])
    return dates.months_before(today, int(number) * (12 if unit == "年" else 1))

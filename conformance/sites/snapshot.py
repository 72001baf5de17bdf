"""What a site showed at an earlier moment: when each page was first seen, marks of its text, and what each column listed.

    {"snapshot": 1, "site": "http://www.example.gov.cn/", "at": "2026-06-01T08:00:00Z",
     "pages": {"http://…/t1.html": {"first": "2026-05-02T08:00:00Z", "lines": ["1f0c…-…", …]}},
     "columns": {"http://…/xw/": {"oldest": "2026-04-01", "entries": ["http://…/t1.html", …]}}}

Made from the crawl of a record, where personal numbers are replaced: so they are neutral in addresses and marks here, and
a page gives the same marks live and from a record.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from conformance.run.redact import neutral
from conformance.sites import articles
from conformance.sites.columns import Column
from conformance.sites.facts import Facts
from conformance.sites.survey import Survey

VERSION = 1
_MOST_PAGES, _MOST_LINES = 20_000, 2000
_MOST_OCTETS = 64 << 20
_ABOUT = 3  # letters that stand beside a link on a line of its own, dates and numbers not counted
_COUNTER = re.compile(r"(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s*[:：]?\s*\d")
_SOURCE = re.compile(r"(?:信息|稿件|文章)?(?:来源|责任编辑|编辑|作者)\s*[:：]")


class BadSnapshotError(ValueError):
    """The file is no snapshot; the message says why."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page: the moment it was first seen, and the marks of its text when it was last seen."""

    first: datetime
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A column: the addresses that its page listed, and the oldest date among them."""

    oldest: date | None
    entries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`at`: the moment of the newest crawl in it."""

    site: str
    at: datetime
    pages: Mapping[str, Seen] = field(default_factory=dict)
    columns: Mapping[str, Listed] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "snapshot": VERSION,
            "site": self.site,
            "at": _written(self.at),
            "pages": {u: {"first": _written(p.first), "lines": list(p.lines)} for u, p in self.pages.items()},
            "columns": {
                u: {"oldest": c.oldest.isoformat() if c.oldest else "", "entries": sorted(c.entries)}
                for u, c in self.columns.items()
            },
        }


def text(page: Facts, home: Facts) -> tuple[str, ...]:
    """The text of a content page by lines: below its heading, without the frame that the home page has as well, lists of
    links, the line of publication, and counters of visits."""
    lines, frame = page.lines, frozenset(home.lines)
    begin = next((n + 1 for n, line in enumerate(lines) if page.h1 and page.h1[0] and page.h1[0] in line), 0)
    shown = articles.shown_time(page)
    links = sorted({link.text for link in page.links if link.text}, key=len, reverse=True)
    out = []
    for line in lines[begin:]:
        published = shown is not None and bool(shown.text) and shown.text in line
        counted = len(line) < 120 and (_COUNTER.search(line) or _SOURCE.match(line))
        if line in frame or published or counted or _is_link(line, links):
            continue
        out.append(line)
    return tuple(out[:_MOST_LINES])


def _is_link(line: str, links: Iterable[str]) -> bool:
    beside = (line.replace(t, "", 1) for t in links if t in line and len(line) < len(t) + 40)
    return any(len(re.sub(r"[\W\d_]+", "", rest)) <= _ABOUT for rest in beside)


def mark(line: str) -> str:
    """Sixteen digits of SHA-256 in two groups: no run of it looks like a personal number to a redactor."""
    whole = hashlib.sha256(neutral(line).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{whole[:8]}-{whole[8:16]}"


def take(found: Survey, columns: Collection[Column]) -> Snapshot:
    """The snapshot of one crawl. Times are those of the exchanges."""
    pages: dict[str, Seen] = {}
    moments = []
    for url, page in found.pages.items():
        if not found.inside(url) or len(pages) >= _MOST_PAGES:
            continue
        moment = _moment(found.exchanges[url].started)
        moments.append(moment)
        pages[neutral(url)] = Seen(moment, tuple(mark(line) for line in text(page, found.home)))
    listed = {
        neutral(c.url): Listed(
            min((e.day for e in c.entries if e.day), default=None), frozenset(neutral(e.url) for e in c.entries)
        )
        for c in columns
        if not c.opened
    }
    return Snapshot(found.start, max(moments, default=datetime.fromtimestamp(0, UTC)), pages, listed)


def together(snapshots: Collection[Snapshot]) -> Snapshot:
    """Several of one site: each page with the earliest moment of any and the text of the newest; columns of the newest."""
    ordered = sorted(snapshots, key=lambda s: s.at)
    pages: dict[str, Seen] = {}
    for one in ordered:
        for url, seen in one.pages.items():
            known = pages.get(url)
            pages[url] = Seen(min(seen.first, known.first) if known else seen.first, seen.lines)
    return Snapshot(ordered[-1].site, ordered[-1].at, pages, ordered[-1].columns)


def read(data: bytes) -> Snapshot:
    """BadSnapshotError for what is none."""
    if len(data) > _MOST_OCTETS:
        raise BadSnapshotError(f"超过 {_MOST_OCTETS >> 20} MB")
    try:
        held = json.loads(data)
        if held["snapshot"] != VERSION:
            raise BadSnapshotError(f"版本 {held['snapshot']!r} 不是 {VERSION}")
        return Snapshot(
            str(held["site"]),
            _moment(held["at"]),
            {
                str(u): Seen(_moment(p["first"]), tuple(str(m) for m in p["lines"]))
                for u, p in list(held["pages"].items())[:_MOST_PAGES]
            },
            {
                str(u): Listed(
                    date.fromisoformat(c["oldest"]) if c["oldest"] else None, frozenset(map(str, c["entries"]))
                )
                for u, c in held["columns"].items()
            },
        )
    except BadSnapshotError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadSnapshotError("不是 conformance snapshot 写的文件") from None


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment

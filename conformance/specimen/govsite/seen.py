"""What an earlier detection saw of the site, as `conformance snapshot` would have written it: everything up to some days ago."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conformance.specimen.govsite.content import Article, Content

DAYS = 3


def write(path: Path, site: str, content: Content) -> Path:
    """The site as `content` has it, without what came out later."""
    at = content.now - timedelta(days=DAYS)
    base = site.rstrip("/")
    old = {s.path: [a for a in s.articles if a.at <= at] for s in content.sections}
    pages = {
        base + a.path: {"first": _at(max(a.at, at)), "lines": [_mark(line) for line in a.body]}
        for articles in old.values()
        for a in articles
        if not a.files
    }
    columns = {
        base + p: {"oldest": _oldest(every), "entries": [base + a.path for a in every]} for p, every in old.items()
    }
    held = {"snapshot": 1, "site": site, "at": _at(at), "pages": pages, "columns": columns}
    path.write_text(json.dumps(held, ensure_ascii=False), "utf-8")
    return path


def _oldest(articles: list[Article]) -> str:
    return min((a.at.date().isoformat() for a in articles), default="")


def _mark(line: str) -> str:
    whole = hashlib.sha256(" ".join(line.split()).encode()).hexdigest()
    return f"{whole[:8]}-{whole[8:16]}"


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

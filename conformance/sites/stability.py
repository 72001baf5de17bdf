"""长时观测的结果文件: one JSON line a visit, each naming the digest of the line before it, so that it can be taken up
again after an interruption and nothing can be left out of its middle unseen.

    {"watch": 1, "site": "http://www.example.gov.cn/", "interval": 300, "at": "2026-11-24T08:00:00Z"}
    {"at": "…", "status": 200, "why": "", "peer": "[2001:db8::80]:80", "elapsed": 0.12, "prev": "1f0c…-…"}

`why` is empty for a page, else the fault; `vantage` when the tester itself had no IPv6 then: such a line is no visit,
and leaves a gap. The last line may be torn (the machine went down while it was written).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

VERSION = 1
NO_VANTAGE = "vantage"
_MOST = 1_000_000  # lines


class BadRecordError(ValueError):
    """The file is no whole record of one site; the message says what is wrong, and in which line."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the file shows. `hours` from the first visit to the last; `longest_gap` between two visits in seconds.

    head   digest of the last whole line, for whoever goes on writing
    whole  octets up to its end
    """

    site: str
    interval: float
    total: int = 0
    good: int = 0
    without_ipv6: int = 0
    hours: float = 0.0
    longest_gap: float = 0.0
    started: str = ""
    head: str = ""
    whole: int = 0


def line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digest(text: bytes) -> str:
    """SHA-256 of a line, in groups of eight digits: no run of it looks like a telephone number to a redactor."""
    full = hashlib.sha256(text).hexdigest()
    return "-".join(full[n : n + 8] for n in range(0, 32, 8))


def opening(site: str, interval: float, at: datetime) -> bytes:
    return line({"watch": VERSION, "site": site, "interval": interval, "at": moment(at)})


def moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of the file: when, and what came of it; `why` is empty for an answer."""

    at: datetime
    status: int
    why: str
    elapsed: float


def visits(data: bytes) -> tuple[dict[str, Any], list[Visit], list[bytes]]:
    """(the opening, the visits, the whole lines). BadRecordError for what is no such file, for a line that was changed,
    or one that is missing."""
    lines = data.split(b"\n")[:-1]  # what follows the last line break was torn
    if not lines or len(lines) > _MOST:
        raise BadRecordError("没有内容，或超过一百万行")
    head = _entry(lines[0], 1)
    if head.get("watch") != VERSION or not isinstance(head.get("site"), str):
        raise BadRecordError("第 1 行不是长时观测的开头")
    out: list[Visit] = []
    for number, text in enumerate(lines[1:], 2):
        entry = _entry(text, number)
        if entry.get("prev") != digest(lines[number - 2]):
            raise BadRecordError(f"第 {number} 行与上一行接不上：有一行被改动或删去")
        at = _time(entry.get("at"), number)
        if out and at < out[-1].at:
            raise BadRecordError(f"第 {number} 行的时间早于上一行")
        try:
            out.append(Visit(at, int(entry["status"]), str(entry["why"]), float(entry.get("elapsed", 0))))
        except (KeyError, TypeError, ValueError):
            raise BadRecordError(f"第 {number} 行没有 status、why 或 elapsed") from None
    return head, out, lines


def read(data: bytes) -> Seen:
    """Count what is there. BadRecordError as `visits`."""
    head, every, lines = visits(data)
    counted = [v for v in every if v.why != NO_VANTAGE]
    times = [v.at for v in counted]
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(times)]
    return Seen(
        site=str(head["site"]),
        interval=float(head.get("interval", 0) or 0),
        total=len(counted),
        good=sum(v.why == "" and v.status == 200 for v in counted),
        without_ipv6=len(every) - len(counted),
        hours=(times[-1] - times[0]).total_seconds() / 3600 if times else 0.0,
        longest_gap=max(gaps, default=0.0),
        started=str(head.get("at", "")),
        head=digest(lines[-1]),
        whole=sum(len(text) + 1 for text in lines),
    )


def _entry(text: bytes, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRecordError(f"第 {number} 行不是 JSON") from None
    if not isinstance(entry, dict):
        raise BadRecordError(f"第 {number} 行不是一个对象")
    return entry


def _time(value: object, number: int) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadRecordError(f"第 {number} 行没有时间") from None
    if at.tzinfo is None:
        raise BadRecordError(f"第 {number} 行的时间没有时区")
    return at

"""One system over time: every record of it in a folder, in the order they were made, and what changed from each to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.errors import RecordError, UsageError
from conformance.judge.words import word
from conformance.model.verdict import Overall, Provision, Verdict
from conformance.record.reading import Record, open_record
from conformance.record.side import Column, Step, column, looked_at, step
from conformance.record.source import LEDGER

MOST_RECORDS = 2000
_DEEP = 4  # folders below the one that is named


@dataclass(frozen=True, slots=True)
class Point:
    """One record. `step` from the one before; `edition_changed`: the profile is not the one before."""

    about: Column
    step: Step
    edition_changed: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            **self.about.to_json(),
            "better": list(self.step.better),
            "worse": list(self.step.worse),
            "edition_changed": self.edition_changed,
        }


@dataclass(frozen=True, slots=True)
class Series:
    """The records of one system under one profile, oldest first."""

    system: str
    profile: str
    points: tuple[Point, ...]

    @property
    def unstable(self) -> tuple[str, ...]:
        """Clauses that got better and worse again: they want a look, whatever they say now."""
        better = {k for p in self.points for k in p.step.better}
        worse = {k for p in self.points for k in p.step.worse}
        return tuple(sorted(better & worse))

    def to_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "profile": self.profile,
            "unstable": list(self.unstable),
            "records": [p.to_json() for p in self.points],
        }


@dataclass(frozen=True, slots=True)
class Trend:
    series: tuple[Series, ...]
    unread: tuple[str, ...]  # what looked like a record and could not be read, and why

    def to_json(self) -> dict[str, Any]:
        return {"series": [s.to_json() for s in self.series], "unread": list(self.unread)}


def records_in(places: Iterable[Path]) -> Iterator[Path]:
    """Record folders and zips under the places named, in order of their names; links are not followed."""
    for place in places:
        if not place.exists():
            raise UsageError("U629", "没有这个目录或文件", where=str(place), expected="放着检测记录的目录")
        yield from _under(place, 0)


def _under(place: Path, depth: int) -> Iterator[Path]:
    if place.is_file():
        if place.suffix == ".zip":
            yield place
        return
    if (place / LEDGER).is_file():
        yield place
        return
    if depth < _DEEP:
        for child in sorted(place.iterdir()):
            if not child.is_symlink() and (child.is_dir() or child.suffix == ".zip"):
                yield from _under(child, depth + 1)


def trend(places: Iterable[Path], system: str = "") -> Trend:
    """Every series in the places. UsageError U630 when there is no record (of that system); U631 when there are too many."""
    found: dict[tuple[str, str], list[tuple[Column, dict[str, Verdict]]]] = {}
    unread = []
    for n, path in enumerate(records_in(places)):
        if n >= MOST_RECORDS:
            raise UsageError("U631", f"超过 {MOST_RECORDS} 份记录", hint="分几次，或者只给一个系统的目录")
        try:
            with open_record(path) as record:
                about, verdicts = column(record, ""), _verdicts(record)
        except RecordError as error:
            unread.append(f"{path}: [{error.code}] {error.message}")
            continue
        if not system or about.system == system:
            found.setdefault((about.system, about.profile), []).append((about, verdicts))
    if not found:
        known = "、".join(unread[:3])
        raise UsageError(
            "U630", f"没有{f'“{system}”的' if system else ''}检测记录", expected="pytest --record 写出的目录或 zip",
            hint=f"读不出来的: {known}" if known else "",
        )  # fmt: skip
    series = (_series(*key, entries) for key, entries in sorted(found.items()))
    return Trend(tuple(series), tuple(unread))


def _verdicts(record: Record) -> dict[str, Verdict]:
    """Of the requirement clauses only: they are what the conclusion is made of."""
    return {c.key: c.outcome.verdict for c in record.clauses() if c.outcome.provision is Provision.REQUIREMENT}


def _series(system: str, profile: str, entries: list[tuple[Column, dict[str, Verdict]]]) -> Series:
    entries.sort(key=lambda e: (e[0].opened, e[0].path))
    points = []
    before: tuple[Column, Mapping[str, Verdict]] | None = None
    for about, verdicts in entries:
        seen = looked_at(about.overall, verdicts)
        change = step(before[1], seen) if before is not None else Step((), ())
        points.append(Point(about, change, before is not None and before[0].digest != about.digest))
        # A partial run says nothing of the rest: the next is compared with what was last seen of each clause.
        kept = before[1] if before is not None and about.overall == str(Overall.PARTIAL) else {}
        before = about, {**kept, **seen}
    return Series(system, profile, tuple(points))


def text(made: Trend) -> str:
    lines = []
    for s in made.series:
        lines.append(f"{s.system}　{s.profile}　{len(s.points)} 次检测")
        for p in s.points:
            counts = "，".join(f"{word(k)} {v}" for k, v in p.about.counts.items())
            when = p.about.opened[:16].replace("T", " ")
            change = f"  ↑{len(p.step.better)} ↓{len(p.step.worse)}" if p.step.better or p.step.worse else ""
            edition = "  （测试规范换了版）" if p.edition_changed else ""
            lines.append(f"  {when}  {p.about.version or '—'}  {p.about.conclusion}  {counts}{change}{edition}")
            lines += [f"      ↓ {k}" for k in p.step.worse]
        if s.unstable:
            lines.append(f"  反复变化的条款: {'、'.join(s.unstable)}")
    lines += [f"读不出来: {u}" for u in made.unread]
    return "\n".join(lines)

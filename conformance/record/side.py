"""Many records side by side: 整改前后, one vendor against another. A row a clause, a column a record, noise masked.

What differs between two runs of the same thing without meaning anything (times, ports, ids, digests; `compare.normalise`)
makes no difference here either, and does not show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from conformance.codes.text import visible
from conformance.judge.words import clause_word, overall_word, word
from conformance.model.result import CheckResult
from conformance.model.verdict import Overall, Provision, Verdict
from conformance.record.compare import normalise
from conformance.record.reading import ClauseView, Record

OPEN = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.NOT_TESTED)
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Column:
    """One record: what tells it from the others. `label` is short and different for each."""

    label: str
    path: str
    system: str
    version: str
    vendor: str
    laboratory: str
    opened: str
    profile: str
    edition: str
    digest: str
    overall: str
    conclusion: str
    counts: Mapping[str, int]  # word key of a requirement clause → how many

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"counts": dict(self.counts)}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one record says of one clause: `code` is its word key, `said` the reasons of what did not pass, noise masked."""

    verdict: str
    code: str
    word: str
    waived: bool = False
    said: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "word": self.word, "waived": self.waived, "reasons": list(self.said)}


@dataclass(frozen=True, slots=True)
class Row:
    """One clause in all records; None where a record's profile has it not.

    what   same | verdict (not the same everywhere) | reasons (the same, for other reasons) | absent (not everywhere)
    """

    key: str
    standard: str
    number: str
    title: str
    provision: Provision
    what: str
    cells: tuple[Cell | None, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "clause": self.key,
            "title": self.title,
            "provision": str(self.provision),
            "what": self.what,
            "cells": [c.to_json() if c else None for c in self.cells],
        }


@dataclass(frozen=True, slots=True)
class Step:
    """From one record to the next: clauses that got better (不符合 → 符合 …) and worse. Keys of clauses."""

    better: tuple[str, ...]
    worse: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    steps: tuple[Step, ...]  # between neighbours, in the order given
    notes: tuple[str, ...]

    @property
    def differing(self) -> tuple[Row, ...]:
        return tuple(r for r in self.rows if r.what != "same")

    @property
    def identical(self) -> bool:
        return not self.differing and len({c.overall for c in self.columns}) == 1

    def to_json(self) -> dict[str, Any]:
        return {
            "identical": self.identical,
            "notes": list(self.notes),
            "records": [c.to_json() for c in self.columns],
            "steps": [{"better": list(s.better), "worse": list(s.worse)} for s in self.steps],
            "clauses": [r.to_json() for r in self.rows],
        }


def side_by_side(records: Sequence[Record]) -> Side:
    """Two or more records, in the order given, clauses in the order of the profiles."""
    views = [{c.key: c for c in r.clauses()} for r in records]
    keys = list(dict.fromkeys(k for v in views for k in v))
    order = {k: n for n, k in enumerate(_merged(views, keys))}
    rows = tuple(_row(k, [v.get(k) for v in views]) for k in sorted(keys, key=order.__getitem__))
    columns = _columns(records)
    seen = [
        looked_at(c.overall, {k: v.outcome.verdict for k, v in view.items()})
        for c, view in zip(columns, views, strict=True)
    ]
    steps = tuple(step(a, b) for a, b in pairwise(seen))
    return Side(columns, rows, steps, tuple(_notes(columns, records)))


def _merged(views: Sequence[Mapping[str, ClauseView]], keys: Sequence[str]) -> list[str]:
    """Each new clause after the one it follows in its own profile, so that editions interleave as they are printed."""
    if all(list(view) == list(keys) for view in views):
        return list(keys)
    out: list[str] = []
    for view in views:
        at = 0
        for key in view:
            if key in out:
                at = out.index(key) + 1
            else:
                out.insert(at, key)
                at += 1
    return out if len(out) == len(keys) else list(keys)


def _row(key: str, views: Sequence[ClauseView | None]) -> Row:
    first = next(v for v in views if v is not None)
    cells = tuple(_cell(v) if v is not None else None for v in views)
    there = [c for c in cells if c is not None]
    if len({(c.verdict, c.waived) for c in there}) > 1:
        what = "verdict"
    elif len(there) < len(cells):
        what = "absent"
    else:
        what = "same" if len({c.said for c in there}) == 1 else "reasons"
    standard = first.profile.standard
    return Row(key, standard.number if standard else first.profile.id, first.clause.id, first.clause.title,
               first.clause.provision, what, cells)  # fmt: skip


def _cell(view: ClauseView) -> Cell:
    outcome = view.outcome
    code = clause_word(outcome.provision, outcome.verdict)
    said = sorted({s for c in view.checks for s in reasons(c.result)})
    return Cell(str(outcome.verdict), code, word(code), outcome.waived, tuple(said))


def reasons(result: CheckResult) -> list[str]:
    """Why a check did not pass, one line each, without what changes from run to run and safe to print."""
    if result.verdict not in OPEN:
        return []
    out = []
    for r in result.reasons:
        text = normalise(r.message)
        if r.expected or r.actual:
            text += f"（应为 {normalise(r.expected) or '—'}，实为 {normalise(r.actual) or '—'}）"
        text = visible(text).replace("\n", " ")
        out.append(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
    return out


def column(record: Record, label: str) -> Column:
    system = record.system
    lab = record.case.get("laboratory")
    conclusion = record.conclusion()
    counts = Counter(
        clause_word(c.outcome.provision, c.outcome.verdict)
        for c in record.clauses()
        if c.outcome.provision is Provision.REQUIREMENT
    )
    return Column(
        label=visible(label),
        path=str(record.path),
        system=visible(str(system.get("name") or record.target.get("id") or "")),
        version=visible(" ".join(str(system[k]) for k in ("version", "build") if system.get(k))),
        vendor=visible(str(system.get("vendor") or "")),
        laboratory=visible(str(lab.get("name") or "")) if isinstance(lab, Mapping) else "",
        opened=record.sessions[0].opened,
        profile=record.profile.id,
        edition=record.profile.edition,
        digest=record.profile.digest,
        overall=str(conclusion.overall),
        conclusion=word(overall_word(conclusion.overall)),
        counts=dict(counts),
    )


def _columns(records: Sequence[Record]) -> tuple[Column, ...]:
    """Labelled by what tells them apart: the system, else its version, else the date, else the file."""
    made = [column(r, "") for r in records]
    for name in ("system", "version", "laboratory", "opened"):
        labels = [str(getattr(c, name))[: 16 if name == "opened" else 60].replace("T", " ") for c in made]
        if len(set(labels)) == len(labels) and all(labels):
            return tuple(_labelled(c, label) for c, label in zip(made, labels, strict=True))
    return tuple(_labelled(c, record.path.name) for c, record in zip(made, records, strict=True))


def _labelled(one: Column, label: str) -> Column:
    return replace(one, label=visible(label)[:60])


def looked_at(overall: str, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Without what a partial run was told to leave out: a clause that nobody looked at again has not got worse."""
    partial = overall == str(Overall.PARTIAL)
    return {k: v for k, v in verdicts.items() if not (partial and v is Verdict.NOT_TESTED)}


def step(before: Mapping[str, Verdict], after: Mapping[str, Verdict]) -> Step:
    """What both have and is better or worse. What became inapplicable is neither: nothing was shown of it."""
    shared = [k for k in after if k in before]
    better = (k for k in shared if before[k] in OPEN and after[k] is Verdict.PASS)
    worse = (k for k in shared if before[k] is Verdict.PASS and after[k] in OPEN)
    return Step(tuple(better), tuple(worse))


def _notes(columns: Sequence[Column], records: Sequence[Record]) -> Iterable[str]:
    """What a reader has to know before comparing: other methods, other systems, runs that are not whole."""
    if len({c.digest for c in columns}) > 1:
        listed = "、".join(dict.fromkeys(f"{c.profile} {c.edition}（{c.digest[7:15]}）" for c in columns))
        yield f"所用的测试规范不是同一版: {listed}"
    for c, r in zip(columns, records, strict=True):
        if not r.closed:
            yield f"{c.label}: 检测记录未完结"
        if c.overall == "PARTIAL":
            yield f"{c.label}: 部分检测，不作总体结论"


_WHAT = {"verdict": "判定不同", "reasons": "理由不同", "absent": "有的规范没有这一条", "same": "相同"}


def text(made: Side) -> str:
    """For a terminal: records, what changed from each to the next, then the clauses that differ."""
    lines = [f"{len(made.columns)} 份记录，{len(made.rows)} 个条款，{len(made.differing)} 个不同"]
    for n, c in enumerate(made.columns, 1):
        counts = "，".join(f"{word(k)} {v}" for k, v in c.counts.items())
        lines.append(f"  [{n}] {c.label}　{c.system} {c.version}　{c.conclusion}（{counts}）")
    lines += [f"注意 {note}" for note in made.notes]
    for n, step in enumerate(made.steps, 1):
        lines.append(f"[{n}] → [{n + 1}]  变好 {len(step.better)}，变差 {len(step.worse)}")
        lines += [f"  ↑ {k}" for k in step.better] + [f"  ↓ {k}" for k in step.worse]
    for row in made.differing:
        lines.append(f"{row.key} {visible(row.title)}  【{_WHAT[row.what]}】")
        for n, cell in enumerate(row.cells, 1):
            if cell is None:
                lines.append(f"  [{n}] —")
            else:
                said = f"  {cell.said[0]}" if cell.said else ""
                lines.append(f"  [{n}] {cell.word}{'（豁免）' if cell.waived else ''}{said}")
    return "\n".join(lines)

"""Levels of 达标: declared gates over clauses and indicators, the arithmetic of each, and the shortest way to the next.

A level is reached when its own gates and those of every level below it hold. A clause counts for a gate only when it
was judged PASS; a waiver lets the conclusion look past a clause and does not fulfil it. What does not apply is left out
of "all of" and of a share, and fulfils nothing. So a clause that is mended can never lower a level.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from conformance.model.verdict import Verdict

SEARCHED = 200_000  # sets of clauses looked at before the shortest way is only a short one


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition. `kind` is clauses (n of them, a share, or all), score (points of clauses) or indicator.

    at_least   for clauses how many, None for all of those that apply; for score how many points
    share      for clauses, a part of those that apply instead (0 < share ≤ 1)
    """

    kind: str
    title: str
    clauses: tuple[str, ...] = ()
    at_least: int | None = None
    share: float | None = None
    points: Mapping[str, int] | None = None
    indicator: str = ""
    reach: str = ""  # standard | leading


@dataclass(frozen=True, slots=True)
class Level:
    name: str
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """`got` of `need`, out of `applicable`; `open` are the clauses that could still fulfil it."""

    gate: Gate
    holds: bool
    got: int
    need: int
    applicable: int
    open: tuple[str, ...] = ()

    @property
    def arithmetic(self) -> str:
        """The sum as it is printed: `7/9，需 8`."""
        if self.gate.kind == "score":
            return f"{self.got} 分，需 {self.need} 分"
        return f"{self.got}/{self.applicable}，需 {self.need}"


@dataclass(frozen=True, slots=True)
class Standing:
    """`reached` is the index of the highest level reached, -1 for none; `gates` has the results of every level."""

    levels: tuple[Level, ...]
    gates: tuple[tuple[GateResult, ...], ...]
    reached: int

    @property
    def next(self) -> int | None:
        return self.reached + 1 if self.reached + 1 < len(self.levels) else None


@dataclass(frozen=True, slots=True)
class Way:
    """What is missing to a level: clauses to fulfil, indicators to reach, gates no clause can open any more.

    `shortest` is False where there were too many sets to look at and the way was found step by step.
    """

    level: str
    clauses: tuple[str, ...]
    indicators: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    shortest: bool = True


def standing(
    levels: Sequence[Level], verdicts: Mapping[str, Verdict], reached: Mapping[tuple[str, str], bool]
) -> Standing:
    """Where a system stands. `reached`: (indicator, standard | leading) → whether it is, as far as is known."""
    results = tuple(tuple(_gate(g, verdicts, reached) for g in level.gates) for level in levels)
    highest = -1
    for n, gates in enumerate(results):
        if not all(g.holds for g in gates):
            break
        highest = n
    return Standing(tuple(levels), results, highest)


def _gate(gate: Gate, verdicts: Mapping[str, Verdict], reached: Mapping[tuple[str, str], bool]) -> GateResult:
    if gate.kind == "indicator":
        holds = reached.get((gate.indicator, gate.reach)) is True
        return GateResult(gate, holds, int(holds), 1, 1)
    named = tuple(gate.points or ()) if gate.kind == "score" else gate.clauses
    applicable = [c for c in named if verdicts.get(c) is not Verdict.NOT_APPLICABLE]
    worth = gate.points if gate.kind == "score" and gate.points is not None else dict.fromkeys(named, 1)
    got = sum(worth[c] for c in applicable if verdicts.get(c) is Verdict.PASS)
    if gate.share is not None:
        need = math.ceil(round(gate.share * len(applicable), 9))
    else:
        need = len(applicable) if gate.at_least is None else gate.at_least
    still = tuple(c for c in applicable if verdicts.get(c) is not Verdict.PASS)
    # "All of" nothing is no achievement: a gate whose every clause does not apply cannot be passed by default.
    return GateResult(gate, got >= need and bool(applicable), got, need, len(applicable), still)


def way_up(
    levels: Sequence[Level], verdicts: Mapping[str, Verdict], reached: Mapping[tuple[str, str], bool]
) -> Way | None:
    """The smallest set of clauses that, once PASS, reaches the next level; None at the top.

    The set is checked by judging again with it fulfilled, so what is told here is never a guess.
    """
    now = standing(levels, verdicts, reached)
    if now.next is None:
        return None
    level = levels[now.next]
    unmet = [g for g in now.gates[now.next] if not g.holds]
    indicators = tuple(g.gate.indicator for g in unmet if g.gate.kind == "indicator")
    unmet = [g for g in unmet if g.gate.kind != "indicator"]
    closed = tuple(g.gate.title for g in unmet if not _can_hold(g, verdicts))
    unmet = [g for g in unmet if g.gate.title not in closed]
    forced = {c for g in unmet if _worth(g, g.open) == g.need - g.got for c in g.open}
    chosen, shortest = _search(unmet, forced, verdicts)
    order = {c: n for n, c in enumerate(verdicts)}
    return Way(level.name, tuple(sorted(chosen, key=lambda c: order.get(c, len(order)))), indicators, closed, shortest)


def _worth(result: GateResult, clauses: Iterable[str]) -> int:
    points = result.gate.points
    return sum(points[c] if points else 1 for c in clauses)


def _can_hold(result: GateResult, verdicts: Mapping[str, Verdict]) -> bool:
    return _holds(result.gate, verdicts, frozenset(result.open))


def _holds(gate: Gate, verdicts: Mapping[str, Verdict], fulfilled: Iterable[str]) -> bool:
    return _gate(gate, {**verdicts, **dict.fromkeys(fulfilled, Verdict.PASS)}, {}).holds


def _search(unmet: Sequence[GateResult], forced: set[str], verdicts: Mapping[str, Verdict]) -> tuple[set[str], bool]:
    """The smallest set that opens every gate: sets of growing size, within a bound; else step by step."""
    free = sorted({c for g in unmet for c in g.open} - forced)
    for tried, extra in enumerate(_sets(free)):
        if tried >= SEARCHED:
            return _greedy(unmet, forced, verdicts), False
        chosen = forced | set(extra)
        if all(_fulfils(g, chosen) for g in unmet):
            return chosen, True
    return forced | set(free), True


def _fulfils(result: GateResult, chosen: set[str]) -> bool:
    return result.got + _worth(result, chosen & set(result.open)) >= result.need


def _sets(free: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(free) + 1):
        yield from combinations(free, size)


def _greedy(unmet: Sequence[GateResult], forced: set[str], verdicts: Mapping[str, Verdict]) -> set[str]:
    chosen = set(forced)
    while rest := [g for g in unmet if not _fulfils(g, chosen)]:
        open_ = sorted({c for g in rest for c in g.open} - chosen)
        chosen.add(max(open_, key=lambda c: sum(_worth(g, [c]) for g in rest if c in g.open)))
    for clause in sorted(chosen - forced, key=lambda c: list(verdicts).index(c) if c in verdicts else 0):
        if all(_fulfils(g, chosen - {clause}) for g in unmet):
            chosen.discard(clause)
    return chosen

"""扣分: vetoes and deductions of an inspection → a score with its arithmetic, as an interval where points are unknown.

The rules are data of a profile (`decision.scoring`); every number in them is the name of a parameter, so that it stands
in the report with its source and follows a later edition. What is not known is not guessed: a deduction whose points
nobody read may take anything, a clause that was not decided may take its points or not. A verdict is given only where
every score of the interval gives the same. Arithmetic is decimal: 59.5 is 59.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from conformance.model.verdict import Verdict

QUALIFIED, UNQUALIFIED, OPEN = "qualified", "unqualified", "open"
_SETTLED = (Verdict.PASS, Verdict.NOT_APPLICABLE)
_ZERO = Decimal(0)


class ScoringError(ValueError):
    """Points that are no points; the message says which and what they look like."""


@dataclass(frozen=True, slots=True)
class Points:
    """What a failed item costs; `each`: for every place that fails, up to `cap` when one is known."""

    value: Decimal
    each: bool = False
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """`items`: clause → its name among the deductions, in their order. `scale`: (full points without an area that does
    not apply, factor), or None."""

    full: Decimal
    fail_below: Decimal
    bonus_above: Decimal
    bonus_most: Decimal
    vetoes: tuple[str, ...]
    items: Mapping[str, str]
    points: Mapping[str, Points]
    bonus: Decimal | None = None
    scale: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the run found of one clause: its verdict, and how many places failed."""

    verdict: Verdict
    places: int = 0


@dataclass(frozen=True, slots=True)
class Deduction:
    """One row. `most` is None where the points are unknown; `why`: known | each | no-cap | unknown | open | none."""

    clause: str
    item: str
    verdict: Verdict
    least: Decimal
    most: Decimal | None
    why: str
    places: int = 0
    points: Points | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """`least` and `most` bound the score before the bonus; `bonus` is what is added, or None where it does not count."""

    vetoed: tuple[str, ...]
    undecided: tuple[str, ...]
    rows: tuple[Deduction, ...]
    least: Decimal
    most: Decimal
    bonus: Decimal | None
    outcome: str

    @property
    def exact(self) -> bool:
        return self.least == self.most


def rules(scoring: Mapping[str, Any], parameters: Mapping[str, Any], declares: Mapping[str, Any]) -> Rules:
    """The rules with the numbers that the target and its profile give. ScoringError for points that cannot be read."""

    def number(name: str) -> Decimal:
        return _decimal(parameters[scoring[name]], str(scoring[name]))

    reduced: Mapping[str, Any] = scoring.get("reduced") or {}
    applies = bool(reduced) and declares.get(str(reduced["without"])) is False
    return Rules(
        full=number("full"),
        fail_below=number("fail_below"),
        bonus_above=number("bonus_above"),
        bonus_most=number("bonus_most"),
        vetoes=tuple(scoring["vetoes"]),
        items=dict(scoring["items"]),
        points=_points(parameters.get(scoring["points"]) or (), parameters.get(scoring["caps"]) or ()),
        bonus=_decimal(parameters[scoring["bonus"]], str(scoring["bonus"]))
        if parameters.get(scoring["bonus"]) is not None
        else None,
        scale=(
            _decimal(parameters[reduced["full"]], "full"),
            number("full") / _decimal(parameters[reduced["full"]], ""),
        )
        if applies
        else None,
    )


def _points(given: Any, caps: Any) -> dict[str, Points]:
    """`WEB-15=5` and `WEB-14=0.1/处`, with the caps `WEB-14=5`."""
    most = {}
    for text in caps:
        clause, _, value = str(text).partition("=")
        most[clause.strip()] = _decimal(value, str(text))
    out = {}
    for text in given:
        clause, _, value = str(text).partition("=")
        each = value.strip().endswith("/处")
        clause = clause.strip()
        out[clause] = Points(_decimal(value.strip().removesuffix("/处"), str(text)), each, most.get(clause))
    return out


def _decimal(value: Any, where: str) -> Decimal:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ScoringError(f"{where} 不是分值，应如 WEB-15=5、WEB-14=0.1/处") from None
    if not number.is_finite() or number < 0:
        raise ScoringError(f"{where} 不是分值，应为不小于 0 的数")
    return number


def score(given: Rules, found: Mapping[str, Found]) -> Score:
    """The score of what was found. A clause that the run does not hold at all counts as not decided."""
    nothing = Found(Verdict.NOT_TESTED)
    vetoed = tuple(c for c in given.vetoes if found.get(c, nothing).verdict is Verdict.FAIL)
    undecided = tuple(c for c in given.vetoes if found.get(c, nothing).verdict not in (*_SETTLED, Verdict.FAIL))
    rows = tuple(_row(given, clause, item, found.get(clause, nothing)) for clause, item in given.items.items())
    full, factor = given.scale or (given.full, Decimal(1))
    taken = sum((r.least for r in rows), _ZERO)
    most = max(_ZERO, full - taken) * factor
    least = _ZERO
    if all(r.most is not None for r in rows):
        least = max(_ZERO, full - sum((r.most or _ZERO for r in rows), _ZERO)) * factor
    bonus = min(given.bonus, given.bonus_most) if given.bonus is not None and least > given.bonus_above else None
    return Score(vetoed, undecided, rows, least, most, bonus, _outcome(given, vetoed, undecided, least, most))


def _row(given: Rules, clause: str, item: str, found: Found) -> Deduction:
    points = given.points.get(clause)

    def row(least: Decimal, most: Decimal | None, why: str) -> Deduction:
        return Deduction(clause, item, found.verdict, least, most, why, found.places, points)

    if found.verdict in _SETTLED:
        return row(_ZERO, _ZERO, "none")
    if points is None:
        return row(_ZERO, None, "unknown" if found.verdict is Verdict.FAIL else "open")
    if found.verdict is not Verdict.FAIL:
        whole = points.cap if points.each else points.value
        return row(_ZERO, whole, "open")
    if not points.each:
        value = points.value if points.cap is None else min(points.value, points.cap)
        return row(value, value, "known")
    total = points.value * max(1, found.places)
    if points.cap is not None:
        value = min(total, points.cap)
        return row(value, value, "each")
    return row(min(points.value, total), total, "no-cap")


def _outcome(given: Rules, vetoed: tuple[str, ...], undecided: tuple[str, ...], least: Decimal, most: Decimal) -> str:
    if vetoed or most < given.fail_below:
        return UNQUALIFIED
    return QUALIFIED if not undecided and least >= given.fail_below else OPEN

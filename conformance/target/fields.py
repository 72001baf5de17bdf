"""Fields that a target file binds and no answer holds: a wrong binding, or a system that leaves them out?

The answers themselves tell. When an item has members that no field is bound to, one of them may be the one that was
meant; when every member is accounted for, there is nothing a better binding could have found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from conformance.codes.text import shown
from conformance.model.target import Target
from conformance.target.answers import AnswerLike, Entry
from conformance.target.locate import Location, locate_nodes
from conformance.target.symptoms import Call

_MOST = 2000
_ITEMS = 20
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Missing:
    """A bound field that no item of any answer of its operation holds."""

    operation: str
    field: str
    bound_to: str
    by_target: bool
    expected: bool  # the profile's preflight names it
    candidates: tuple[str, ...]  # members that nothing is bound to, the likeliest first
    likely: bool  # the first candidate looks like the one that was meant


def missing(answers: Sequence[tuple[Call, AnswerLike]], target: Target) -> list[Missing]:
    """Every field that the target binds, or that the preflight expects, and that was found in no item."""
    by_operation: dict[str, list[tuple[Call, AnswerLike]]] = {}
    for call, answer in answers:
        if answer.items:
            by_operation.setdefault(call.operation.name, []).append((call, answer))
    out: list[Missing] = []
    for name, group in by_operation.items():
        bindings = group[0][0].operation.response.get("fields") or {}
        own = ((target.operations.get(name) or {}).get("response") or {}).get("fields") or {}
        wanted = {f for call, _ in group for f in call.fields}
        items = [item for _, answer in group for item in answer.items[:_ITEMS]]
        free = _free(items, bindings)
        for field, path in bindings.items():
            if (field in own or field in wanted) and not any(field in item for item in items):
                ordered, likely = _order(free, field, str(path), target)
                out.append(Missing(name, field, str(path), field in own, field in wanted, ordered, likely))
    return out


def _free(items: Sequence[Entry], bindings: Mapping[str, Any]) -> dict[str, Any]:
    """Members of the items that no field is bound to: place relative to the item → a value."""
    out: dict[str, Any] = {}
    for item in items:
        taken = [location for path in bindings.values() for location, _ in locate_nodes(item.raw, str(path))]
        for location, value in _leaves(item.raw, (), [_MOST]):
            if not any(location[: len(t)] == t for t in taken):
                out.setdefault(".".join(str(s) for s in location), value)
    return out


def _leaves(value: Any, at: Location, left: list[int]) -> Iterator[tuple[Location, Any]]:
    """Every scalar below `value`, at most `left` of them; list positions count as one place."""
    if left[0] <= 0:
        return
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, (*at, str(name)), left)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _leaves(member, (*at, index), left)
    else:
        left[0] -= 1
        yield at, value


def _order(free: Mapping[str, Any], field: str, path: str, target: Target) -> tuple[tuple[str, ...], bool]:
    """Candidates by likelihood: the value of a known parameter of that meaning first, then a name alike."""
    meant = path.removeprefix("$.").rsplit(".", 1)[-1]
    given = {
        str(v) for k, v in target.parameters.items() if (k == field or k.endswith(f"_{field}")) and isinstance(v, str)
    }

    def score(entry: tuple[str, Any]) -> float:
        name, value = entry
        last = name.rsplit(".", 1)[-1].lower()
        if given and isinstance(value, str) and value in given:
            return 2.0
        return max(SequenceMatcher(None, last, word.lower()).ratio() for word in (meant, field))

    ranked = sorted(free.items(), key=score, reverse=True)
    return tuple(shown(n, 60) for n, _ in ranked[:8]), bool(ranked) and score(ranked[0]) >= _ALIKE

"""One named way for a specimen to be wrong, and the set of those that are switched on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DEVIATION = "deviation"
WHOLE_SYSTEM = "whole-system"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Fault:
    """缺陷. `kills` are the keys of the checks that must fail because of it, all of them and no others.

    A check may be undecided under it as well: a fault can take away what a check needs before it can begin.

    kind    `deviation` touches one behaviour and stands in the kill matrix; `whole-system` replaces the system;
            `review` is what a clause leaves to a person: 需人工复核 and no failure, so it stands in no matrix
    shapes  the specimens it exists in; empty means all of them
    source  where the fault was seen, in the keys of the notes ("F1", "C8"), or "假想" when nobody reported one
    """

    name: str
    title: str
    source: str
    kills: tuple[str, ...] = ()
    kind: str = DEVIATION
    shapes: tuple[str, ...] = ()


class Deviations:
    """The faults in force. Asking for a name that no fault has is a bug of ours and raises KeyError."""

    __slots__ = ("_active", "_known")

    def __init__(self, active: Iterable[str], known: Iterable[str]) -> None:
        self._active = frozenset(active)
        self._known = frozenset(known)
        unknown = self._active - self._known
        if unknown:
            raise KeyError(sorted(unknown)[0])

    def without(self, names: Iterable[str]) -> Deviations:
        """The same with some of them switched off."""
        return Deviations(self._active - frozenset(names), self._known)

    def __contains__(self, name: str) -> bool:
        if name not in self._known:
            raise KeyError(name)
        return name in self._active

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._active))

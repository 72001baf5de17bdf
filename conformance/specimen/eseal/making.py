"""The files: the conforming set made once, and beside it the one file that a fault changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType

from conformance.specimen.eseal.clock import SIGNED, Clock
from conformance.specimen.eseal.conforming import Recipe, recipes
from conformance.specimen.eseal.faults import SPOILS


def files(active: tuple[str, ...] = (), *, when: datetime = SIGNED) -> dict[str, bytes]:
    """File name → bytes, the same for the same input. KeyError for a fault that there is not.

    active      names of faults; several may change one file, as long as each still finds what it changes
    when        the moment of signing; everything else is dated from there
    """
    clock = Clock(when)
    changed: dict[str, Recipe] = {}
    renamed: dict[str, str] = {}
    for name in active:
        spoil = SPOILS[name]
        changed[spoil.file] = spoil.change(changed.get(spoil.file, recipes(clock)[spoil.file]))
        renamed[spoil.file] = spoil.rename or renamed.get(spoil.file, spoil.file)
    made = {**conforming(clock), **{name: recipe.make() for name, recipe in changed.items()}}
    return {renamed.get(name, name): data for name, data in made.items()}


@cache
def conforming(clock: Clock) -> Mapping[str, bytes]:
    """Every file as it ought to be."""
    return MappingProxyType({name: recipe.make() for name, recipe in recipes(clock).items()})

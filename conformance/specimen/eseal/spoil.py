"""One way to spoil one file of the set, and the short words the tables of faults are written in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.specimen.eseal.conforming import BareSeal, Recipe
from conformance.specimen.eseal.recipes import Change, Package, Repack, first
from conformance.specimen.eseal.seals import Seal, Ses


@dataclass(frozen=True, slots=True)
class Spoil:
    """`clauses` fail because of it, all of them and no others (see `why` when they are several).

    file        the file of the set that it changes; rename: the name it gets
    licence     clauses about licences (GB/T 36905) that fail too when the file is judged as one
    together    it shows only beside the other files of the set
    advice      nothing fails: the clauses are told as a warning
    source      真实文件 when it was seen in real files, else 假想
    why         why the defect cannot but break more than one clause
    """

    name: str
    title: str
    file: str
    clauses: tuple[str, ...]
    change: Callable[[Any], Recipe]
    source: str = "假想"
    advice: bool = False
    together: bool = False
    why: str = ""
    licence: tuple[str, ...] = ()
    rename: str = ""


Step = Callable[[Package], Package]


def body(*changes: Change) -> Step:
    """Before anything is signed: the signatures are right over what is wrong."""
    return lambda package: replace(package, before=(*package.before, *changes))


def late(*changes: Change) -> Step:
    """After everything was signed."""
    return lambda package: replace(package, after=(*package.after, *changes))


def packed(*changes: Repack) -> Step:
    """When the files are put into the container."""
    return lambda package: replace(package, repack=(*package.repack, *changes))


def content(**changes: Any) -> Step:
    return lambda package: replace(package, content=replace(package.content, **changes))


def signing(index: int = 0, **changes: Any) -> Step:
    """How a signature is described."""

    def step(package: Package) -> Package:
        signings = list(package.signings)
        signings[index] = replace(signings[index], **changes)
        return replace(package, signings=tuple(signings))

    return step


def value(index: int = 0, **changes: Any) -> Step:
    """What the value of a signature is made of."""
    return lambda package: signing(index, value=replace(package.signings[index].value, **changes))(package)


def ses(change: Callable[[Ses], Ses]) -> Step:
    """The seal signature, by a function of what it was."""

    def step(package: Package) -> Package:
        held = package.signings[0].value
        assert isinstance(held, Ses)
        return first(package, value=change(held))

    return step


def seal(**changes: Any) -> Step:
    """The seal in the seal signature; what stands around it is made anew."""
    return ses(lambda it: replace(it, seal=replace(it.seal, **changes)))


def seal_by(change: Callable[[Seal], Seal]) -> Step:
    return ses(lambda it: replace(it, seal=change(it.seal)))


def bare(**changes: Any) -> Callable[[BareSeal], BareSeal]:
    """A seal file."""
    return lambda it: BareSeal(replace(it.seal, **changes))


def bare_by(change: Callable[[Seal], Seal]) -> Callable[[BareSeal], BareSeal]:
    return lambda it: BareSeal(change(it.seal))

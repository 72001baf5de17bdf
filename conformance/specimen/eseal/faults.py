"""Every fault of the files: what is wrong, in which file, and what must be said of it."""

from __future__ import annotations

from conformance.specimen.eseal import (
    faults_of_packages,
    faults_of_seals,
    faults_of_signatures,
    faults_of_values,
)
from conformance.specimen.eseal.checks import keys
from conformance.specimen.eseal.spoil import Spoil
from conformance.specimen.fault import Fault

_ALL = (
    *faults_of_packages.SPOILS,
    *faults_of_signatures.SPOILS,
    *faults_of_seals.SPOILS,
    *faults_of_values.SPOILS,
)
SPOILS: dict[str, Spoil] = {spoil.name: spoil for spoil in _ALL}
assert len(SPOILS) == len(_ALL), "two faults of one name"

# What is only told as advice fails nothing, and so kills nothing.
FAULTS = tuple(
    Fault(spoil.name, f"{spoil.title}（{spoil.file}）", spoil.source, keys(spoil.clauses))
    for spoil in _ALL
    if not spoil.advice
)

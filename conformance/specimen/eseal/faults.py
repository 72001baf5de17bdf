"""Every fault of the files: what is wrong, in which file, and what must be said of it."""

from __future__ import annotations

from conformance.specimen.eseal import (
    faults_of_generations,
    faults_of_licences,
    faults_of_packages,
    faults_of_protection,
    faults_of_seals,
    faults_of_signatures,
    faults_of_values,
    faults_of_vouchers,
)
from conformance.specimen.eseal.checks import keys
from conformance.specimen.eseal.spoil import Spoil
from conformance.specimen.fault import Fault

_ALL: tuple[Spoil, ...] = (
    *faults_of_packages.SPOILS,
    *faults_of_signatures.SPOILS,
    *faults_of_seals.SPOILS,
    *faults_of_values.SPOILS,
    *faults_of_generations.SPOILS,
    *faults_of_protection.SPOILS,
    *faults_of_vouchers.SPOILS,
    *faults_of_licences.SPOILS,
)
SPOILS: dict[str, Spoil] = {spoil.name: spoil for spoil in _ALL}
assert len(SPOILS) == len(_ALL), "two faults of one name"


def _generation(file: str) -> str:
    return next((g for g in ("v1", "v5") if f"-{g}." in file), "v4")


def _fault(spoil: Spoil) -> Fault:
    kills = keys((*spoil.clauses, *spoil.licence), _generation(spoil.file), advice=spoil.advice)
    return Fault(spoil.name, f"{spoil.title}（{spoil.file}）", spoil.source, kills)


# Left out is what fails no check of files in general: advice, and what only a licence must be (the service has those).
FAULTS = tuple(fault for fault in map(_fault, _ALL) if any(not key.startswith("gbt-36905") for key in fault.kills))

"""What a validator has to be told to judge the files: anchors, revocation lists, states of the seals, the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.specimen.eseal import rsa
from conformance.specimen.eseal.clock import SIGNED, Clock
from conformance.specimen.eseal.conforming import SEAL_IDS, WITHDRAWN
from conformance.specimen.eseal.pki import People, certificate, crl
from conformance.specimen.eseal.protection import PASSWORD


@dataclass(frozen=True, slots=True)
class SealState:
    """One line of a seal-status list: from `since` on the seal is in `state` (normal, revoked)."""

    es_id: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Trust:
    """at              the validation time
    anchors, crls   DER
    password        opens the encrypted file
    licences        globs of the names of the licence files
    """

    at: datetime
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    seal_states: tuple[SealState, ...]
    password: str = PASSWORD
    licences: tuple[str, ...] = ("1.2.156.3005.2.*.ofd",)


def trust(*, when: datetime = SIGNED) -> Trust:
    """For the files that were signed at `when`."""
    clock = Clock(when)
    states = [SealState(es_id, "normal", clock.made) for es_id in SEAL_IDS.values()]
    states += [
        SealState(WITHDRAWN, "normal", clock.made),
        SealState(WITHDRAWN, "revoked", clock.signed - timedelta(days=3)),
    ]
    return Trust(
        clock.now, (certificate(People(clock).root), rsa.root(clock)), (crl(clock), rsa.crl(clock)), tuple(states)
    )

"""What a verification is given from outside the file. What is not given makes a clause 无法判定, never 通过."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conformance.documents.sm2 import DEFAULT_ID


class Generation(StrEnum):
    """The three generations of the seal standard; they differ in structure and in what the seal's maker signs."""

    V1 = "v1"
    V4 = "v4"
    V5 = "v5"

    @property
    def standard(self) -> str:
        return _STANDARDS[self]


_STANDARDS = {
    Generation.V1: "GM/T 0031-2014",
    Generation.V4: "GB/T 38540-2020",
    Generation.V5: "GM/T 0031-2025",
}
NORMAL = "normal"


def _zoned(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a time given to a verification states its zone")


@dataclass(frozen=True, slots=True)
class SealState:
    """One line of a seal-status list (印章状态): from `since` on, the seal with this esID is in `state`.

    state     "normal", or any word for what is not (revoked, suspended, lost, …)
    """

    es_id: str
    state: str
    since: datetime

    def __post_init__(self) -> None:
        _zoned(self.since)


@dataclass(frozen=True, slots=True)
class Policy:
    """Inputs of a verification. Certificates and CRLs are DER.

    at                    validation time, an aware datetime; None: nothing that depends on it is decided
    anchors               certificates that are trusted as they are
    intermediates         further CA certificates from which chains may be built
    crls                  certificate revocation lists
    seal_states           seal-status list, None when there is none
    seal_list_complete    a seal that the list does not name is in normal state (else nothing is known about it)
    generations           generations of the seal standard that are accepted
    hashes                hash algorithms that are accepted
    user_id               identity of the signer in SM2's Z value
    """

    at: datetime | None = None
    anchors: tuple[bytes, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    seal_states: tuple[SealState, ...] | None = None
    seal_list_complete: bool = False
    generations: frozenset[Generation] = frozenset(Generation)
    hashes: frozenset[str] = frozenset({"sm3"})
    user_id: bytes = DEFAULT_ID

    def __post_init__(self) -> None:
        if self.at is not None:
            _zoned(self.at)

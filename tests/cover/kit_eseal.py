"""The specimen files of `conformance.specimen.eseal`, judged with everything that can be told about them."""

from __future__ import annotations

from functools import cache

from conformance.documents.file import FileExamination, Options, examine_file, options_from
from conformance.specimen import eseal


@cache
def options() -> Options:
    """What `trust()` says, as the parameters of a target."""
    trust = eseal.trust()
    states = [{"es_id": s.es_id, "state": s.state, "since": s.since.isoformat()} for s in trust.seal_states]
    return options_from(
        {
            "validation_time": trust.at.isoformat(), "trust_anchors": trust.anchors, "crls": trust.crls, "seal_status": states,
            "accept_v1_seals": True,
        }
    )  # fmt: skip


def examined(name: str, data: bytes) -> FileExamination:
    return examine_file(name, data, options())


@cache
def conforming(name: str) -> FileExamination:
    return examined(name, eseal.files()[name])

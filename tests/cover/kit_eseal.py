"""The specimen files of `conformance.specimen.eseal`, judged with everything that can be told about them."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import cache

from conformance.documents.file import FileExamination, Options, examine_file, options_from
from conformance.specimen import eseal
from conformance.specimen.eseal import licences


@cache
def options(licence: str = "") -> Options:
    """What `trust()` says, as the parameters of a target."""
    trust = eseal.trust()
    states = [{"es_id": s.es_id, "state": s.state, "since": s.since.isoformat()} for s in trust.seal_states]
    return options_from(
        {
            "validation_time": trust.at.isoformat(), "trust_anchors": trust.anchors, "crls": trust.crls, "seal_status": states,
            "accept_v1_seals": True, "password": trust.password, "licence": _facts(licence) if licence else None,
        }
    )  # fmt: skip


def _facts(name: str) -> dict[str, object]:
    """What an interface would say of a licence."""
    copy = name.startswith(licences.COPY)
    said = licences.metadata(2 if copy else 1)
    return {
        "identifier": said[licences.IDENTIFIER], "metadata": said, "shown": said, "numbers": [said["证照编号"]], "copy": copy, "purpose": "办理测试事项" if copy else "",
    }  # fmt: skip


def is_licence(name: str) -> bool:
    return any(fnmatch(name, glob) for glob in eseal.trust().licences)


def examined(name: str, data: bytes) -> FileExamination:
    return examine_file(name, data, options(name if is_licence(name) else ""))


@cache
def conforming(name: str) -> FileExamination:
    return examined(name, eseal.files()[name])

"""Is the profile that a record holds the one whose digest the record states? Whoever edits one can copy the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.errors import ConformanceError
from conformance.model.profile import Profile
from conformance.profile.flat import digest_of
from conformance.record.collect import mapping
from conformance.record.reading import Record, open_record


def misstated(record: Record) -> list[str]:
    """Profiles of the record, as it decides, whose content has another digest than is stated of them."""
    out = [f"{p.id} {p.edition}" for p in _tree(record.profile) if _digest(p) != p.digest]
    if mapping(record.header.get("profile")).get("digest") != record.profile.digest:
        out.append(f"{record.profile.id} {record.profile.edition}（台账写的是另一个摘要）")
    return list(dict.fromkeys(out))


def misstated_in(path: str | Path) -> list[str]:
    """The same of a record at a path; nothing of one in which nothing was begun, or that cannot be read."""
    try:
        with open_record(path) as record:
            return misstated(record)
    except ConformanceError:
        return []


def _tree(profile: Profile) -> Iterator[Profile]:
    yield profile
    for part in profile.parts:
        yield from _tree(part)


def _digest(profile: Profile) -> str:
    """Several profiles named in one command are told by their digests, one after the other."""
    joined = "+".join(p.digest for p in profile.parts)
    return joined if profile.parts and profile.digest == joined else digest_of(profile)

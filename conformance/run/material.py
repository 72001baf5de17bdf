"""The trust material of a run: parameters of the target → options of the examination, in a form that a record can hold."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.documents.apk.policy import NAMES as APP
from conformance.model.target import Secret, Target
from conformance.target.files import licence_rows, only, read_material, read_named

if TYPE_CHECKING:
    from conformance.documents.options import Options

_FILES = ("trust_anchors", "intermediates", "crls", "seal_status", "licence_facts")
_ONE = ("seal_status", "licence_facts")
_NAMED = "schemas"  # files that speak of one another by name
_PLAIN = (
    "validation_time", "seal_status_complete", "generations", "hashes", "accept_v1_seals", "cover_root",
    "cover_exclude", "archived", "voucher", "must_be_signed", "user_id", *APP,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """`given`: names of what was given; `blobs`: every file of it; `plain`: the rest, files by SHA-256."""

    options: Options
    given: frozenset[str]
    blobs: tuple[bytes, ...]
    plain: Mapping[str, Any]
    facts: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # pattern of a name → what is known of that licence

    def to_json(self) -> dict[str, Any]:
        return {"given": sorted(self.given), "parameters": dict(self.plain)}


def gather(target: Target, now: datetime) -> Material:
    """Everything the target gives. DocumentError F2xx when some of it cannot be used; `now` is the time when none is given."""
    values: dict[str, Any] = {n: target.parameters[n] for n in _PLAIN if target.parameters.get(n) is not None}
    given = {n for n in (*_PLAIN, *_FILES) if target.parameters.get(n)} | {"validation_time"}
    values.setdefault("validation_time", now.isoformat())
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    blobs: list[bytes] = []
    for name in _FILES:
        paths = target.parameters.get(name)
        if paths:
            read = [data for path in paths for data in read_material(Path(path), name)]
            values[name] = only(read, name) if name in _ONE else read
            plain[name] = [hashlib.sha256(data).hexdigest() for data in read]
            blobs += read
    if paths := target.parameters.get(_NAMED):
        named = dict(one for path in paths for one in read_named(Path(path), _NAMED))
        values[_NAMED] = named
        plain[_NAMED] = {file: hashlib.sha256(data).hexdigest() for file, data in named.items()}
        blobs += named.values()
        given.add(_NAMED)
    for name in ("password", "keys"):
        value = target.parameters.get(name)
        if isinstance(value, Secret):
            values[name] = "".join(value)
            given.add(name)
    return _made(values, frozenset(given), tuple(blobs), plain)


def restore(data: Mapping[str, Any], read: Callable[[str], bytes]) -> Material:
    """The material of a record; `read` gives a blob by its SHA-256."""
    plain = dict(data["parameters"])
    values = {k: [read(sha) for sha in v] if k in _FILES else v for k, v in plain.items()}
    values |= {name: only(values[name], name) for name in _ONE if name in values}
    if _NAMED in plain:
        values[_NAMED] = {file: read(sha) for file, sha in plain[_NAMED].items()}
    return _made(values, frozenset(data["given"]), (), plain)


def _made(
    values: dict[str, Any], given: frozenset[str], blobs: tuple[bytes, ...], plain: Mapping[str, Any]
) -> Material:
    from conformance.documents.parameters import options_from

    table = values.pop("licence_facts", None)
    facts = licence_rows(table) if table is not None else ()
    # Whether something is known of a licence is said of each file.
    return Material(options_from(values), given - {"licence_facts"}, blobs, plain, facts)


def facts_of(held: Material, name: str) -> Mapping[str, Any]:
    """What the table of the target says of one file; empty when it says nothing."""
    bare = name.rpartition("!")[2]
    names = (bare, bare.rpartition("/")[2])
    return next((f for pattern, f in held.facts if any(fnmatch.fnmatchcase(n, pattern) for n in names)), {})


def for_file(options: Options, parameters: Mapping[str, Any], name: str, facts: Mapping[str, Any]) -> Options:
    """The options for one file: whether it is judged as a licence, and what is known of that licence."""
    patterns = parameters.get("licence_files") or ()
    bare = name.rpartition("!")[2]
    if not any(fnmatch.fnmatchcase(n, str(p)) for p in patterns for n in (bare, bare.rpartition("/")[2])):
        return options
    from conformance.documents.options import LicenceFacts

    formats = frozenset(str(f).lower() for f in parameters.get("licence_formats") or ("ofd",))
    return replace(options, licence=LicenceFacts(formats=formats, **facts))

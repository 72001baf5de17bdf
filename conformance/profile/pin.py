"""`load`: a name → its resolved profile, kept by content so that a large one need not be resolved again.

A kept form is used only when every file it rests on has the digest it had, and every name in it still leads to the
same file. It lies in the user's own cache folder, is checked against its own digest, and is plain data (marshal):
a kept form that is damaged, foreign or unreadable counts as absent.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import tempfile
from contextlib import suppress
from functools import cache as once
from pathlib import Path
from typing import Any

from conformance.errors import ConformanceError
from conformance.model import profile as model
from conformance.model.profile import Profile
from conformance.profile import find
from conformance.profile.flat import flatten, unflatten
from conformance.profile.procedures import digest_of_file, procedure_file
from conformance.profile.resolve import Resolver
from conformance.resources import cache_folder

WORTHWHILE = 64 * 1024  # below this many bytes of YAML, reading it again is as quick
_MAGIC = b"conformance-pin-1\n"


def load(name: str | os.PathLike[str], *, cache: bool = True) -> Profile:
    """The resolved profile of a path, an identifier, a bundle, or a standard number in any writing.

    Raises UsageError (there is no such profile) and ProfileError (with file:line:column); with `cache` false nothing
    kept is used or written.
    """
    path = find.locate(os.fspath(name))
    if cache:
        kept = _restore(path)
        if kept is not None:
            return kept
    resolver = Resolver()
    profile = resolver.profile(path)
    if cache and sum(len(f.text) for f in resolver.files.values()) >= WORTHWHILE:
        with suppress(OSError, ValueError):
            _keep(path, profile, resolver)
    return profile


@once
def _stamp() -> str:
    """Changes with this package's code and with Python: a kept form never outlives the code that made it."""
    files = [*sorted(Path(__file__).parent.glob("*.*")), Path(model.__file__ or __file__)]
    parts = [sys.version]
    for file in files:
        with suppress(OSError):
            status = file.stat()
            parts.append(f"{file.name} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(parts)


def _entry(path: Path) -> Path | None:
    folder = cache_folder("profiles")
    if folder is None:
        return None
    about = [str(path), str(path.resolve()), os.getcwd(), os.environ.get("CONFORMANCE_PATH", ""), _stamp()]
    return folder / (hashlib.sha256("\0".join(about).encode("utf-8", "surrogateescape")).hexdigest() + ".pin")


def _keep(path: Path, profile: Profile, resolver: Resolver) -> None:
    entry = _entry(path)
    if entry is None:
        return
    data = {
        "files": {str(f.path): f.sha256 for f in resolver.files.values()},
        "asked": [(a.name, a.by, a.path) for a in resolver.asked],
        "procedures": [
            (name, by, to, digest_of_file(Path(to)) if to else "") for (name, by), to in resolver.procedures.items()
        ],
        "origins": {p.id: p.origin for p in (profile, *profile.parts)},
        "flat": flatten(profile),
    }
    payload = marshal.dumps(data)
    handle, temporary = tempfile.mkstemp(dir=entry.parent, suffix=".tmp")
    try:
        with open(handle, "wb") as file:
            file.write(_MAGIC + hashlib.sha256(payload).digest() + payload)
        os.replace(temporary, entry)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)


def _restore(path: Path) -> Profile | None:
    try:
        entry = _entry(path)
        data = None if entry is None else _read(entry)
        if data is None or not _still_true(data):
            return None
        return unflatten(data["flat"], origins=data["origins"])
    except (OSError, ConformanceError, EOFError, ValueError, TypeError, KeyError):
        return None


def _read(entry: Path) -> dict[str, Any] | None:
    try:
        if hasattr(os, "getuid") and entry.stat().st_uid != os.getuid():
            return None
        content = entry.read_bytes()
    except OSError:
        return None
    start = len(_MAGIC) + 32
    payload = memoryview(content)[start:]
    if content[: len(_MAGIC)] != _MAGIC or hashlib.sha256(payload).digest() != content[len(_MAGIC) : start]:
        return None
    data = marshal.loads(payload)  # noqa: S302 - our own file, owned by this user, digest checked above
    return data if isinstance(data, dict) else None


def _still_true(data: dict[str, Any]) -> bool:
    for name, digest in data["files"].items():
        if digest_of_file(Path(name)) != digest:
            return False
    for name, by, path in data["asked"]:
        if find.locate(name, near_file=Path(by)) != Path(path):
            return False
    for name, by, path, digest in data["procedures"]:
        found = procedure_file(name, by)
        if str(found or "") != path or (found is not None and digest_of_file(found) != digest):
            return False
    return True

"""Evidence by digest: an object is written once under its SHA-256, whole or not at all, from any number of processes."""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.record.digest import canonical, line, sha256, sm3
from conformance.record.source import EVIDENCE, Folder, evidence_bytes
from conformance.record.trouble import storage_error

TEMPORARY = ".tmp-"


class EvidenceStore:
    """`evidence/ab/<sha256>.json|bin` under a record directory.

    `known` holds path → (size, sha256, sm3) of what this process stored, so that closing need not read it again.
    """

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)
        self.known: dict[str, tuple[int, str, str]] = {}
        self._folders: set[str] = set()
        self._count = itertools.count()
        self._lock = threading.Lock()

    def put_json(self, value: object) -> str:
        """Store a value as canonical JSON → its SHA-256. The value must be redacted already."""
        return self._put(canonical(value), "json")

    def put_ordered(self, value: Mapping[str, Any]) -> str:
        """The same, members in the order given: for what is read back and carried out, where order is behaviour."""
        return self._put(line(value), "json")

    def put_bytes(self, data: bytes) -> str:
        """Store bytes → their SHA-256."""
        return self._put(data, "bin")

    def get(self, sha: str) -> bytes:
        """The object, checked against its digest; RecordError when it is missing or altered."""
        return evidence_bytes(Folder(self.directory), sha)

    def get_json(self, sha: str) -> Any:
        return json.loads(self.get(sha))

    def _put(self, data: bytes, suffix: str) -> str:
        sha = sha256(data)
        name = f"{EVIDENCE}/{sha[:2]}/{sha}.{suffix}"
        if name in self.known:
            return sha
        final = os.path.join(self.directory, name)
        if not os.path.exists(final):
            self._write(final, data)
        with self._lock:
            self.known[name] = (len(data), sha, sm3(data))
        return sha

    def _write(self, final: str, data: bytes) -> None:
        folder = os.path.dirname(final)
        # The name is unique among processes and threads, so writers of one object never meet before the rename.
        temporary = os.path.join(folder, f"{TEMPORARY}{os.getpid()}-{threading.get_ident()}-{next(self._count)}")
        try:
            if folder not in self._folders:
                os.makedirs(folder, exist_ok=True)
                self._folders.add(folder)
            fd = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666)
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(fd, view) :]
            finally:
                os.close(fd)
            os.rename(temporary, final)
        except OSError as e:
            try:
                os.unlink(temporary)
            except OSError:
                pass
            raise storage_error(e, str(self.directory)) from None


def sweep(directory: str | Path) -> None:
    """Remove what writers that were killed left half-written. Only the holder of the ledger's lock may call it."""
    folder = Folder(Path(directory))
    for name in [n for n in folder.names() if n.rpartition("/")[2].startswith(TEMPORARY)]:
        Path(directory, name).unlink(missing_ok=True)

"""The manifest: what a finished record consists of, each file with its size and both digests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.documents.sm3 import new_sm3
from conformance.record.digest import canonical
from conformance.record.source import EVIDENCE, LEDGER, MANIFEST, Folder, Source, guarded

Known = Mapping[str, tuple[int, str, str]]  # path → (size, sha256, sm3)
FORMAT = "conformance-record/1"


def measure(source: Source, name: str) -> tuple[int, int, str, str]:
    """(size, lines, sha256, sm3) of a file, read in pieces."""
    size = count = 0
    sha, sm = hashlib.sha256(), new_sm3()
    with guarded(source, name), source.open(name) as file:
        while piece := file.read(1 << 20):
            size += len(piece)
            count += piece.count(b"\n")
            sha.update(piece)
            sm.update(piece)
    return size, count, sha.hexdigest(), sm.hexdigest()


def build(source: Source, known: Known | None = None) -> dict[str, Any]:
    """The manifest of what lies there now. `known` spares reading evidence that was stored by this very process."""
    _, count, sha, sm = measure(source, LEDGER)
    evidence = []
    for name in sorted(n for n in source.names() if n.startswith(EVIDENCE + "/")):
        if known and name in known:
            size, digest, sm_digest = known[name]
        else:
            size, _, digest, sm_digest = measure(source, name)
        evidence.append({"path": name, "size": size, "sha256": digest, "sm3": sm_digest})
    return {"format": FORMAT, "ledger": {"lines": count, "sm3": sm, "sha256": sha}, "evidence": evidence}


def encode(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of a manifest; there is only one right form, so a signature over it can be checked for good."""
    return canonical(manifest) + b"\n"


def write(directory: str | Path, known: Known | None = None) -> dict[str, Any]:
    """Write `manifest.json`, whole or not at all. OSError when the disk does not take it."""
    manifest = build(Folder(Path(directory)), known)
    final = Path(directory, MANIFEST)
    temporary = final.with_name(f".{MANIFEST}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(encode(manifest))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, final)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return manifest

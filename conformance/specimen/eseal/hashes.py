"""SM3 and the weak digests, by the OpenSSL of this Python, else SM3 by `cryptography`."""

from __future__ import annotations

import hashlib
import importlib
from typing import Any

from conformance.errors import MissingExtra


def sm3(data: bytes) -> bytes:
    """GB/T 32905, 32 octets."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:  # an OpenSSL that was built without it
        return _elsewhere(data)


def digest(name: str, data: bytes) -> bytes:
    """sm3, md5, sha1, sha256: the weak ones for specimens that must be caught."""
    return sm3(data) if name == "sm3" else hashlib.new(name, data, usedforsecurity=False).digest()


def _elsewhere(data: bytes) -> bytes:
    try:
        hashes: Any = importlib.import_module("cryptography.hazmat.primitives.hashes")
    except ImportError:
        raise MissingExtra("cryptography", "gm") from None
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return bytes(state.finalize())

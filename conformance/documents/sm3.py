"""SM3 (GB/T 32905), from the OpenSSL that Python was built with, else from `cryptography`."""

from __future__ import annotations

import hashlib
import importlib
from functools import cache

from conformance.errors import MissingExtra


@cache
def _openssl_has_sm3() -> bool:
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


def sm3(data: bytes) -> bytes:
    """SM3 of bytes, 32 octets; MissingExtra when nothing on this machine can do it."""
    if _openssl_has_sm3():
        return hashlib.new("sm3", data).digest()
    return _stand_in(data)


def _stand_in(data: bytes) -> bytes:
    try:
        hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
    except ImportError:
        raise MissingExtra("cryptography", "documents") from None
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return bytes(state.finalize())

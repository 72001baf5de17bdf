"""SM3 (GB/T 32905), from the OpenSSL that Python was built with, else from `cryptography`."""

from __future__ import annotations

import hashlib
import importlib
from functools import cache
from typing import Protocol

from conformance.errors import MissingExtra


class Hash(Protocol):
    """What hashlib and our SM3 stand-in have in common."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class _CryptographySm3:
    """SM3 of the `cryptography` package, for a Python whose OpenSSL was built without it."""

    def __init__(self) -> None:
        try:
            hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
        except ImportError:
            raise MissingExtra("cryptography", "gm") from None
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def hexdigest(self) -> str:
        return str(self._hash.copy().finalize().hex())


@cache
def _openssl_has_sm3() -> bool:
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


def new_sm3() -> Hash:
    """An empty SM3 (GB/T 32905) to be fed piece by piece; MissingExtra when nothing on this machine can do it."""
    return _openssl_sm3().copy() if _openssl_has_sm3() else _CryptographySm3()


@cache
def _openssl_sm3() -> hashlib._Hash:
    """To be copied: OpenSSL 3 looks an algorithm up by its name anew each time, which takes longer than a short text."""
    return hashlib.new("sm3")


def sm3(data: bytes) -> bytes:
    """SM3 of bytes, 32 octets; MissingExtra when nothing on this machine can do it."""
    digest = new_sm3()
    digest.update(data)
    return bytes.fromhex(digest.hexdigest())

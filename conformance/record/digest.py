"""Digests (SHA-256 and SM3) and the one JSON form that they are taken over."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from conformance.documents.sm3 import new_sm3

ZERO = "0" * 64


def sm3(data: bytes) -> str:
    """SM3 of bytes, 64 hexadecimal digits."""
    digest = new_sm3()
    digest.update(data)
    return digest.hexdigest()


def sha256(data: bytes) -> str:
    """SHA-256 of bytes, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digests(data: bytes) -> dict[str, str]:
    """Both, in the order a ledger line carries them."""
    return {"sm3": sm3(data), "sha256": sha256(data)}


def _default(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in a record")


def _finite(value: Any) -> Any:
    """NaN and infinities, which JSON cannot hold, as text: a system may send them, and nothing may be lost."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, Mapping):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return value


_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default)
_SORTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default, sort_keys=True)


def _encode(encoder: json.JSONEncoder, value: object) -> bytes:
    try:
        text = encoder.encode(value)
    except ValueError:
        text = encoder.encode(_finite(value))
    # A lone surrogate has no UTF-8 form; its backslash form inside a JSON string is the JSON escape for it.
    return text.encode("utf-8", "backslashreplace")


def line(value: Mapping[str, Any]) -> bytes:
    """One JSON object without line breaks, members in the given order, UTF-8."""
    return _encode(_LINE, value)


def canonical(value: object) -> bytes:
    """Canonical JSON: members sorted by name, no spaces, UTF-8. Equal values have equal bytes, so equal digests."""
    return _encode(_SORTED, value)

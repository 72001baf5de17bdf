"""The long-window record that belongs to the specimen: a day of visits, as `conformance watch` would have written it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.specimen.fault import Deviations

_START = datetime(2026, 1, 1, tzinfo=UTC)
_INTERVAL, _VISITS = 240, 361  # 24 hours
_PERIOD = 15  # visits: an outage an hour


def write(path: Path, site: str, faults: Deviations) -> Path:
    """The file under the faults in force: with an outage every hour, or whole."""
    out = "an-outage-every-hour" in faults
    lines = [_line({"watch": 1, "site": site, "interval": _INTERVAL, "at": _at(0)})]
    for n in range(_VISITS):
        down = out and n % _PERIOD in (0, 1)
        visit = {"at": _at(n), "status": 0 if down else 200, "why": "connect-timeout" if down else ""}
        lines.append(_line({**visit, "peer": "[2001:db8:80::1]:80", "elapsed": 0.05, "prev": _digest(lines[-1])}))
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def _at(n: int) -> str:
    return (_START + timedelta(seconds=n * _INTERVAL)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode()


def _digest(line: bytes) -> str:
    whole = hashlib.sha256(line).hexdigest()
    return "-".join(whole[n : n + 8] for n in (0, 8, 16, 24))

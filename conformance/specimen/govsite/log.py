"""A week of visits to the site, as `conformance watch` would have written it: 24 a day until the clock given."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.specimen.fault import Deviations

_VISITS = 24 * 8


def write(path: Path, site: str, now: datetime, faults: Deviations) -> Path:
    """The file under the faults in force."""
    start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=_VISITS)
    lines = [_line({"watch": 1, "site": site, "interval": 3600, "at": _at(start)})]
    for n in range(_VISITS):
        visit: dict[str, Any] = {"at": _at(start + timedelta(hours=n)), "status": 200, "why": "", "elapsed": 0.3}
        if "every-tenth-visit-fails" in faults and n % 10 == 0:
            visit |= {"status": 0, "why": "connect-timeout", "elapsed": 20.0}
        if "every-tenth-visit-takes-twenty-seconds" in faults and n % 10 == 0:
            visit["elapsed"] = 20.0
        lines.append(_line({**visit, "peer": "192.0.2.80:80", "prev": _digest(lines[-1])}))
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode()


def _digest(line: bytes) -> str:
    whole = hashlib.sha256(line).hexdigest()
    return "-".join(whole[n : n + 8] for n in (0, 8, 16, 24))

"""The clock of a run: UTC, in the resolution that a record has."""

from __future__ import annotations

from datetime import UTC, datetime


def moment() -> datetime:
    """Now, in the resolution of the record (milliseconds): what a replay reads is what was there."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)

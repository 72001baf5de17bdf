"""A clock that jumps: the order and the soundness of a record do not rest on the time of day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from conformance.record.ledger import Ledger, read
from conformance.record.verify import verify


def test_a_clock_that_goes_back_leaves_a_sound_record_in_its_order(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    times = iter(now + timedelta(hours=h) for h in (0, 5, -30, 1, 2))
    ledger = Ledger.create(tmp_path / "r", clock=lambda: next(times))
    ledger.append("open")
    for number in range(3):
        ledger.append("note", number=number)
    ledger.close()
    assert [e.n for e in read(tmp_path / "r")] == [0, 1, 2, 3, 4]
    assert [e.data["number"] for e in read(tmp_path / "r") if e.event == "note"] == [0, 1, 2]
    assert verify(tmp_path / "r").ok

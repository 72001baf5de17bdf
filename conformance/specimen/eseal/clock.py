"""The fixed calendar of the specimens: everything hangs on the moment of signing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SIGNED = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """signed    when documents are signed; the rest follows from it"""

    signed: datetime = SIGNED

    @property
    def start(self) -> datetime:
        """From here on certificates are valid."""
        return self.signed - timedelta(days=300)

    @property
    def end(self) -> datetime:
        """Until here certificates and seals are valid."""
        return self.signed + timedelta(days=1500)

    @property
    def made(self) -> datetime:
        """When seals are made and begin to be valid."""
        return self.signed - timedelta(days=200)

    @property
    def stamped(self) -> datetime:
        """When a time-stamp is put on a signature."""
        return self.signed + timedelta(minutes=2)

    @property
    def noted(self) -> datetime:
        """When a second signature is added."""
        return self.signed + timedelta(days=10)

    @property
    def now(self) -> datetime:
        """The time at which files are to be validated."""
        return self.signed + timedelta(days=30)

"""Bad luck as a fault has it: every third visit fails."""

from __future__ import annotations

import time

_QUIET = 0.02  # seconds after a failure in which a visit succeeds


class EveryThird:
    """`unlucky()`: every third visit, and never one that comes right after another failed."""

    def __init__(self) -> None:
        self._since, self._failed = 0, 0.0

    def unlucky(self) -> bool:
        self._since += 1
        now = time.monotonic()
        if self._since < 3 or now - self._failed < _QUIET:
            return False
        self._since, self._failed = 0, now
        return True

"""Whose turn it is to compute. A hint that saves work, never a lock that anything depends on.

Python runs one thread at a time, and every small system call (a file written, pytest's capture) is a place where it may
change. With fifty threads that have an answer to judge, each such place became a change: a third of a run's time
(measured, `docs/explanation/performance.md`). So a thread that computes holds the turn and gives it away only around
what really waits: the network, a pause, another thread.

Taking waits for `_PATIENCE` at most and then goes on without: whoever forgets to give, or waits for somebody who waits
for the turn, costs a moment and never a hang.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

_PATIENCE = 0.02  # seconds


class Turn:
    """One turn among the threads of a run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = threading.local()

    def take(self) -> None:
        """Wait for the turn, a little."""
        if not getattr(self._thread, "mine", False):
            self._thread.mine = self._lock.acquire(timeout=_PATIENCE)

    def give(self) -> bool:
        """Let others compute. → whether the turn was this thread's: only then is it taken back."""
        mine = getattr(self._thread, "mine", False)
        if mine:
            self._thread.mine = False
            self._lock.release()
        return mine

    @contextmanager
    def aside(self) -> Generator[None]:
        """Around a wait: the turn is given, and taken back by a thread that had it."""
        mine = self.give()
        try:
            yield
        finally:
            if mine:
                self.take()

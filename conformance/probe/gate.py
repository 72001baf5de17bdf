"""The limits of one target as a gate: whatever a run sends takes a place, one of the budget, and its turn in time.

Requests of the HTTP client pass from worker threads (`enter`); those that a page makes pass from the thread of the
browser, which must not stand still (`enter_soon`). Both draw on the same places and the same budget.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from conformance.model.exchange import Fault
from conformance.model.target import Limits
from conformance.probe.turn import Turn

_SHARE = 1.0  # seconds that a helper thread waits for a place before it looks whether anybody still wants it


@dataclass
class Usage:
    """What was sent so far; `most_in_flight` is the proof of politeness."""

    sent: int = 0
    in_flight: int = 0
    most_in_flight: int = 0


class Gate:
    """Thread-safe. Who came in (no fault) has to `leave`."""

    def __init__(self, limits: Limits, turn: Turn) -> None:
        self.limits = limits
        self.usage = Usage()
        self.closed = threading.Event()
        self._turn = turn
        self._slots = threading.BoundedSemaphore(limits.concurrency)
        self._lock = threading.Lock()
        self._next_start = 0.0

    def enter(self) -> Fault | None:
        """Wait for a place and for the rate. The fault says why nothing may be sent."""
        if not self._slots.acquire(blocking=False):
            with self._turn.aside():
                self._slots.acquire()
        counted = self._count()
        if isinstance(counted, Fault):
            self._slots.release()
            return counted
        if counted:
            with self._turn.aside():
                stopped = self.closed.wait(counted)
            if stopped:
                self._take_back()
                return _STOPPED
        return None

    async def enter_soon(self) -> Fault | None:
        """`enter` for a coroutine; cancelled, it leaves nothing behind."""
        import asyncio  # a run without pages starts without it

        while not self._slots.acquire(blocking=False):
            if self.closed.is_set():
                return _STOPPED
            wait = asyncio.get_running_loop().run_in_executor(None, self._slots.acquire, True, _SHARE)
            try:
                if await asyncio.shield(wait):
                    break
            except asyncio.CancelledError:
                wait.add_done_callback(lambda done: self._slots.release() if done.result() else None)
                raise
        counted = self._count()
        if isinstance(counted, Fault):
            self._slots.release()
            return counted
        try:
            await asyncio.sleep(counted)
        except asyncio.CancelledError:
            self._take_back()
            raise
        if self.closed.is_set():
            self._take_back()
            return _STOPPED
        return None

    def follow(self) -> Fault | None:
        """One more of the budget without a place of its own: a redirect that the browser follows by itself."""
        with self._lock:
            if self.usage.sent >= self.limits.requests:
                return self._spent()
            self.usage.sent += 1
        return None

    def leave(self) -> None:
        with self._lock:
            self.usage.in_flight -= 1
        self._slots.release()

    def _count(self) -> Fault | float:
        """Take one of the budget → seconds until it may start."""
        if self.closed.is_set():
            return _STOPPED
        with self._lock:
            if self.usage.sent >= self.limits.requests:
                return self._spent()
            self.usage.sent += 1
            self.usage.in_flight += 1
            self.usage.most_in_flight = max(self.usage.most_in_flight, self.usage.in_flight)
            if not self.limits.rate:
                return 0.0
            now = time.monotonic()
            start = max(now, self._next_start)
            self._next_start = start + 1 / self.limits.rate
            return start - now

    def _spent(self) -> Fault:
        return Fault("budget", f"请求总数已达上限 {self.limits.requests}（limits.requests），未发送")

    def _take_back(self) -> None:
        with self._lock:
            self.usage.in_flight -= 1
            self.usage.sent -= 1
        self._slots.release()


_STOPPED = Fault("stopped", "运行已停止，未发送")

"""What one visit sends, within the limits of the target: every request of the page takes a place and one of the budget.

A request that the gate keeps waiting is our own politeness and no slowness of the page, so the time of waiting is
counted (`waited`) and added to the time that the visit has. A redirect cannot be held (the browser follows it by
itself); it counts, and keeps the place of the request before it. A request that takes longer than `limits.timeout`
gives its place back: a page may listen to a stream of events for as long as it is open.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from conformance.model.exchange import Fault
from conformance.probe.gate import Gate

MOST_WAITED = 300.0  # seconds of politeness that one visit is given


class Toll:
    """Of one visit; used in the thread of the browser only."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._held: dict[Any, asyncio.TimerHandle] = {}
        self._waiting = 0
        self._since = self._before = 0.0

    @property
    def waited(self) -> float:
        """Seconds in which some request waited for the gate."""
        now = time.monotonic() - self._since if self._waiting else 0.0
        return min(MOST_WAITED, self._before + now)

    async def pay(self, request: Any) -> Fault | None:
        """Wait until this request may be sent. The fault says why it may not."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting += 1
        try:
            refused = await self._gate.enter_soon()
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._before += time.monotonic() - self._since
        if refused is None:
            self._hold(request)
        return refused

    def rename(self, request: Any, to: Any) -> bool:
        """The same request under the name that the browser gives it. → whether it holds a place."""
        late = self._held.pop(request, None)
        if late is not None:
            late.cancel()
            self._hold(to)
        return late is not None

    def moved(self, request: Any, to: Any) -> Fault | None:
        """A redirect was followed: the place goes on to it."""
        self.rename(request, to)
        return self._gate.follow()

    def give(self, request: Any) -> None:
        """The request has ended, or is given no more time."""
        late = self._held.pop(request, None)
        if late is not None:
            late.cancel()
            self._gate.leave()

    def _hold(self, request: Any) -> None:
        self._held[request] = asyncio.get_running_loop().call_later(self._gate.limits.timeout, self.give, request)

    def give_all(self) -> None:
        for request in list(self._held):
            self.give(request)

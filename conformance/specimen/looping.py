"""An event loop in a thread of its own, for a specimen that is more than one application on one socket."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any

_START = 10.0  # seconds until a specimen that does not come up is our own bug


class Looping:
    """`start()` returns when what it serves says that it is ready; `end()` asks it to end and waits for that.

    serve   given what says "ready" and the event to wait for, runs until it has closed all that it opened
    """

    def __init__(
        self, name: str, serve: Callable[[Callable[[], None], asyncio.Event], Coroutine[Any, Any, None]]
    ) -> None:
        self._serve = serve
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(_START)

    def end(self, patience: float) -> bool:
        """Whether it has ended within so many seconds; one that was never started has."""
        if self._loop is not None and self._ended is not None:
            with contextlib.suppress(RuntimeError):  # a loop that has ended by itself
                self._loop.call_soon_threadsafe(self._ended.set)
        if self._thread.is_alive():
            self._thread.join(patience)
        return not self._thread.is_alive()

    def join(self) -> None:
        """Block until it ends by itself."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        await self._serve(self._ready.set, self._ended)

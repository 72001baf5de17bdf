"""One browser for the process, in a thread of its own, started when the first page is asked for and kept warm.

Targets that are reached differently (`way`) never share a browser: which names resolve is fixed when it starts. A browser that does not
answer any more is dropped, and the next visit starts another.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Coroutine
from contextlib import suppress
from multiprocessing import util
from typing import Any, TypeVar

from conformance.model.exchange import Fault, Request, Response
from conformance.probe.gate import Gate
from conformance.probe.page import chromium
from conformance.probe.page.session import Bounds, Mask, PageFault, Session
from conformance.probe.page.visit import METHOD, plan_of
from conformance.probe.page.way import Way

T = TypeVar("T")
_MOST_BROWSERS = 2
_AT_ONCE = 2  # visits; more only make each other slow
_LEAST_BYTES = 16 << 20  # a page brings pictures and fonts, where an answer of an interface brings data
_MOST_PICTURES = 64


class Gallery:
    """The pictures of one run by their SHA-256; the oldest are forgotten. They hold nothing that was not masked."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, picture: bytes) -> str:
        name = hashlib.sha256(picture).hexdigest()
        with self._lock:
            self._held[name] = picture
            while len(self._held) > _MOST_PICTURES:
                self._held.popitem(last=False)
        return name

    def get(self, name: str) -> bytes | None:
        with self._lock:
            return self._held.get(name)


class _Shared:
    """The thread, its loop, and the browsers that run there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._browsers: OrderedDict[Way, chromium.Started] = OrderedDict()
        self._starting: asyncio.Lock | None = None
        self._slots: asyncio.Semaphore | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        with self._lock:
            if self._loop is None:
                loop = asyncio.new_event_loop()
                threading.Thread(target=self._turn, args=(loop,), name="conformance-pages", daemon=True).start()
                util.Finalize(None, self.close, exitpriority=5)  # in a worker of multiprocessing, too
                self._loop = loop
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @staticmethod
    def _turn(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        loop.close()

    async def visit(self, session: Session) -> dict[str, Any]:
        if self._slots is None or self._starting is None:
            self._slots, self._starting = asyncio.Semaphore(_AT_ONCE), asyncio.Lock()
        async with self._slots:
            async with self._starting:
                session.started = await self._browser(session.way)
            try:
                return await session.carry_out()
            except TimeoutError:  # not even closing the page came to an end
                await self._drop(session.way)
                raise PageFault("timeout", "浏览器不再应答，已重新启动") from None

    async def ready(self, way: Way) -> None:
        if self._slots is None or self._starting is None:
            self._slots, self._starting = asyncio.Semaphore(_AT_ONCE), asyncio.Lock()
        async with self._starting:
            await self._browser(way)

    async def _browser(self, way: Way) -> chromium.Started:
        held = self._browsers.get(way)
        if held is not None and held.browser.is_connected():
            self._browsers.move_to_end(way)
            return held
        await self._drop(way)
        while len(self._browsers) >= _MOST_BROWSERS:
            await self._drop(next(iter(self._browsers)))
        self._browsers[way] = await chromium.start(chromium.playwright(), way)
        return self._browsers[way]

    async def _drop(self, way: Way) -> None:
        held = self._browsers.pop(way, None)
        if held is not None:
            await held.end()

    def close(self) -> None:
        """End every browser and the thread; a visit after that starts anew."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is None:
            return
        with suppress(Exception):  # at the end of the process there is nobody to tell
            asyncio.run_coroutine_threadsafe(self._end(), loop).result(15)
        self._slots = self._starting = None
        loop.call_soon_threadsafe(loop.stop)

    async def _end(self) -> None:
        for way in list(self._browsers):
            await self._drop(way)


_shared = _Shared()


def close() -> None:
    """End the browser of this process, if one runs."""
    _shared.close()


def ready(way: Way) -> None:
    """Start the browser for this way, or find it running. MissingExtra says what is missing and how to install it."""
    _shared.run(_shared.ready(way))


def visit(
    request: Request, way: Way, gate: Gate, mask: Mask | None, gallery: Gallery
) -> tuple[Response | None, Fault | None]:
    """One visit as its request says. MissingExtra when this machine has no browser; never raises for what a page does."""
    limits = gate.limits
    session = Session(
        playwright=chromium.playwright(),
        url=request.url,
        plan=plan_of(request),
        way=way,
        gate=gate,
        bounds=Bounds(limits.timeout, limits.total_timeout, max(limits.body, _LEAST_BYTES)),
        mask=mask,
    )
    try:
        facts = _shared.run(_shared.visit(session))
    except PageFault as fault:
        return None, Fault(fault.kind, str(fault))
    if session.picture is not None:
        facts["picture"] = gallery.add(session.picture)
    body = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    return Response(int(facts["status"]), (("content-type", str(facts["type"])),), body, METHOD), None

"""A Starlette application on a real loopback socket, in a thread of this process, stopped without a trace."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

HOST = "127.0.0.1"
_START = 10.0  # seconds until a loopback server that does not answer is our own bug
_STOP = 5.0


def quiet(app: Any, pair: tuple[Path, Path] | None = None) -> uvicorn.Server:
    """A server that logs nothing and names nothing. `pair`: certificate and key, to speak TLS."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            server_header=False,
            proxy_headers=False,  # who a client is, is the business of the specimen
            timeout_keep_alive=120,  # a pooled client connection must not be closed between two checks
            ssl_certfile=str(pair[0]) if pair else None,
            ssl_keyfile=str(pair[1]) if pair else None,
        )
    )


class Server:
    """`start()` returns when the socket accepts; `stop()` when the thread is gone. Port 0 lets the kernel choose.

    `beside`: listening sockets that the same application answers on as well; they are closed with the server.
    `tls`: certificate and key; then the attribute of the same name is the context, to be changed before the start.
    """

    def __init__(
        self,
        app: Starlette,
        port: int = 0,
        *,
        beside: Sequence[socket.socket] = (),
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        self._server = quiet(app, tls)
        self._server.config.load()
        self._scheme = "https" if tls else "http"
        # asyncio turns Nagle's algorithm off only where the protocol is named; without that every answer costs 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, port))
        self._socket.listen(512)
        self._beside = tuple(beside)
        self._thread = threading.Thread(target=self._run, name="specimen", daemon=True)
        self._ready = threading.Event()

    @property
    def base_url(self) -> str:
        return f"{self._scheme}://{HOST}:{self._socket.getsockname()[1]}"

    @property
    def tls(self) -> ssl.SSLContext:
        assert self._server.config.ssl is not None
        return self._server.config.ssl

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        asyncio.get_running_loop().call_soon(self._ready.set)
        await self._server.serve([self._socket, *self._beside])

    def start(self) -> Server:
        self._thread.start()
        self._ready.wait(_START)
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(_STOP)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(_STOP)
        for held in (self._socket, *self._beside):
            held.close()

    def join(self) -> None:
        """Block until the server ends (for people who started it from a shell)."""
        while self._thread.is_alive():
            self._thread.join(0.5)


@contextlib.contextmanager
def running(app: Starlette, port: int = 0) -> Iterator[str]:
    """`with running(app) as base_url`: the application answers on `base_url` inside the block."""
    server = Server(app, port).start()
    try:
        yield server.base_url
    finally:
        server.stop()

"""The serving process: a single one, so that whoever watches it sees it die and starts it again."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Final, NoReturn

from granian.constants import Interfaces
from granian.server.embed import Server

from galleria.observability import logs

DRAIN_SECONDS: Final = 2.0
"""How long what is under way has to end; then it is cut off."""
_STOP_SECONDS: Final = 0.8
_BACKLOG: Final = 1024
_BACKPRESSURE: Final = 512

Scope = MutableMapping[str, object]
Receive = Callable[[], Awaitable[MutableMapping[str, object]]]
Send = Callable[[MutableMapping[str, object]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI 3 application (asgi.readthedocs.io, specification)."""

log = logs.get(__name__)


class Counted:
    """An application that knows how many of its requests are under way, so that a stop can wait for them."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._under_way += 1
        self._idle.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def drain(self, seconds: float) -> None:
        """Wait until every request under way is answered, at most ``seconds``."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            log.warning("requests cut off", count=self._under_way)


def serve(
    app: Application,
    socket: Path,
    *,
    mode: int = 0o660,
    lifespan: bool = False,
    leaving: Callable[[], None] | None = None,
    left: Callable[[], None] | None = None,
) -> NoReturn:
    """Serve on a Unix socket until SIGTERM or SIGINT, answer what is under way, and end the process with 0.

    ``mode`` is the socket's. ``lifespan``: the application wants to hear of start and end. ``leaving`` is called when
    it is time to go, and ends what would never end by itself; ``left`` when nothing is served any more. The socket's
    path may have 107 bytes; a longer one is given relative to the working directory.

    Raises:
        RuntimeError: the server ended by itself.
    """
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    gc.collect()
    gc.freeze()  # what lives as long as the process is never looked at again
    gc.enable()  # a program may have begun without, to start the sooner
    try:
        # Not asyncio.run, which would cancel what is cut off, and have it answered with an error of nobody's.
        asyncio.new_event_loop().run_until_complete(_serve(Counted(app), socket, mode, lifespan, leaving))
    finally:
        socket.unlink(missing_ok=True)
        if left is not None:
            left()
    log.info("stopped")
    # All is answered and written. A thread may still hold a request that was cut off: it must not keep a stopped
    # process alive, and taking the interpreter down under it can abort (seen once in some hundred stops).
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def _serve(app: Counted, socket: Path, mode: int, lifespan: bool, leaving: Callable[[], None] | None) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(
        app,
        uds=socket,
        interface=Interfaces.ASGI if lifespan else Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        backlog=_BACKLOG,
        backpressure=_BACKPRESSURE,
    )
    server.uds_permissions = mode
    serving = asyncio.ensure_future(server.serve())
    log.info("serving", socket=socket.name)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        raise RuntimeError("the server ended by itself")
    if leaving is not None:
        leaving()
    await app.drain(DRAIN_SECONDS)
    server.stop()  # type: ignore[no-untyped-call]  # granian leaves it unannotated
    await asyncio.wait({serving}, timeout=_STOP_SECONDS)

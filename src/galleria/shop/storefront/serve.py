"""The storefront's serving process: one process, one Unix socket, gone within three seconds of being asked to go."""

from __future__ import annotations

import asyncio
import gc
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from granian.constants import Interfaces
from granian.server.embed import Server

from galleria.observability import logs
from galleria.shop.storefront.app import application, services

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

    from galleria.shop.storefront.settings import Settings

DRAIN_SECONDS: Final = 2.0
_SOCKET_MODE: Final = 0o660

log = logs.get(__name__)


def serve(settings: Settings, socket: Path) -> None:
    """Serve the shop on a Unix socket until SIGTERM or SIGINT; then answer what is under way and return."""
    made = services(settings)
    app = Counted(application(made))
    made.templates.warm()
    gc.collect()
    gc.freeze()  # what lives as long as the process is never looked at again
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    asyncio.run(_serve(app, socket))
    socket.unlink(missing_ok=True)
    log.info("stopped")


class Counted:
    """Knows how many requests are under way, so that a stop can wait for them."""

    def __init__(self, app: Starlette) -> None:
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


async def _serve(app: Counted, socket: Path) -> None:
    server = Server(
        app,
        uds=socket,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
        backlog=1024,
        backpressure=512,
    )
    server.uds_permissions = _SOCKET_MODE
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = asyncio.ensure_future(server.serve())
    log.info("serving", socket=socket.name)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        raise RuntimeError("the server ended by itself")
    await app.drain(DRAIN_SECONDS)
    server.stop()  # type: ignore[no-untyped-call]  # granian leaves it unannotated
    await asyncio.wait({serving}, timeout=0.8)

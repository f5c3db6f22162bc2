"""The plane's serving process: one process on one Unix socket, gone within three seconds of being asked to go."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Final

from granian.constants import Interfaces
from granian.server.embed import Server

from galleria.control.plane import wiring
from galleria.control.plane.api.app import create_app
from galleria.control.plane.context import Services
from galleria.control.plane.settings import PlaneSettings
from galleria.observability import logs

DRAIN_SECONDS: Final = 2.0
_SOCKET_MODE: Final = 0o660

_log = logs.get(__name__)


def serve(settings: PlaneSettings, socket: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    services = wiring.open_services(settings)
    os.chdir(socket.parent)  # a relative address: 107 bytes are all that a Unix socket's may have
    Path(socket.name).unlink(missing_ok=True)
    try:
        asyncio.run(_serve(services, Path(socket.name)))
    finally:
        Path(socket.name).unlink(missing_ok=True)
        services.database.close()
    # An agent may take five minutes to answer; its thread must not keep a stopped plane alive. What it was doing is
    # marked as abandoned at the next start.
    sys.stdout.flush()
    os._exit(0)


async def _serve(services: Services, socket: Path) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = create_app(services)
    server = Server(app, uds=socket, interface=Interfaces.ASGI, websockets=False, log_enabled=False)
    server.uds_permissions = _SOCKET_MODE
    serving = asyncio.ensure_future(server.serve())
    _log.info("serving", socket=socket.name, registry=services.database.kind)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        raise RuntimeError("the server ended by itself")
    services.events.close()  # ends the streams and the waiting claims, which would hold the server up
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=DRAIN_SECONDS)
    _log.info("stopped")

"""The plane's serving process: its services opened, then served."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from galleria.control.plane import wiring
from galleria.control.plane.api.app import create_app
from galleria.control.plane.settings import PlaneSettings
from galleria.observability import logs
from galleria.serving import server

_log = logs.get(__name__)


def serve(settings: PlaneSettings, socket: Path) -> NoReturn:
    """Serve until SIGTERM or SIGINT; ends the process.

    An agent may take five minutes to answer, and what waits for it is cut off: it is marked as abandoned at the next
    start.
    """
    services = wiring.open_services(settings)
    os.chdir(socket.parent)  # a relative address: 107 bytes are all that a Unix socket's may have
    _log.info("opened", registry=services.database.kind)
    server.serve(
        create_app(services),
        Path(socket.name),
        lifespan=True,
        leaving=services.events.close,  # ends the streams and the waiting claims
        left=services.database.close,
    )

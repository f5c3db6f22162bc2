"""The agent's serving process: one process, one Unix socket, gone within three seconds of being asked to go."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Final, NoReturn

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Slot
from galleria.observability import logs
from galleria.shop.agent import app, profile
from galleria.shop.agent.neighbours import Neighbour
from galleria.shop.agent.operations import Store
from galleria.shop.agent.settings import Settings
from galleria.shop.agent.smoke import SmokeRunner
from galleria.shop.agent.tokens import Doorkeeper, UsedTokens

DRAIN_SECONDS: Final = 2.0
_SOCKET_MODE: Final = 0o666  # the plane runs as another user; the folder says who gets here, the token who gets in

log = logs.get(__name__)


def make(settings: Settings, engine_profile: profile.EngineProfile | None = None) -> app.Agent:
    """Put the agent of one store together."""
    engine = Neighbour(settings.engine, settings.store_host, ErrorCode.ENGINE_UNREACHABLE)
    storefronts = {
        slot: Neighbour(settings.storefront_in(slot), settings.store_host, ErrorCode.STOREFRONT_UNREACHABLE)
        for slot in Slot
    }
    storefront = Neighbour(settings.storefront, settings.store_host, ErrorCode.STOREFRONT_UNREACHABLE)
    driven = engine_profile or profile.embedded(settings.store_dir, settings.config, settings.engine_python)
    store = Store(settings.store_id, engine, storefront, driven, SmokeRunner(engine, storefront), storefronts)
    doorkeeper = Doorkeeper(settings.store_id, settings.public_key, UsedTokens(settings.used_tokens))
    return app.Agent(store, doorkeeper)


def serve(agent: app.Agent, socket: Path) -> NoReturn:
    """Serve on a Unix socket until SIGTERM or SIGINT; ends the process."""
    os.chdir(socket.parent)  # a relative address: 107 bytes are all that a Unix socket's may have
    Path(socket.name).unlink(missing_ok=True)
    try:
        asyncio.run(_serve(agent, socket))
    finally:
        Path(socket.name).unlink(missing_ok=True)
    # All is answered and written. The server's threads may still hold a request that was cut off, and taking the
    # interpreter down under them can abort the process (seen once in some hundred stops while an operation ran).
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def _serve(agent: app.Agent, socket: Path) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = Server(
        app.build(agent), uds=Path(socket.name), interface=Interfaces.ASGINL, websockets=False, log_enabled=False
    )
    server.uds_permissions = _SOCKET_MODE
    serving = asyncio.ensure_future(server.serve())
    log.info("serving", socket=socket.name)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        raise RuntimeError("the server ended by itself")
    agent.stop()
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=DRAIN_SECONDS)
    log.info("stopped")

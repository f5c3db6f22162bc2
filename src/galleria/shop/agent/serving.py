"""The agent's serving process: one store's agent put together, then served."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NoReturn

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Slot
from galleria.serving import server
from galleria.shop.agent import app, profile
from galleria.shop.agent.neighbours import Neighbour
from galleria.shop.agent.operations import Store
from galleria.shop.agent.settings import Settings
from galleria.shop.agent.smoke import SmokeRunner
from galleria.shop.agent.tokens import Doorkeeper, UsedTokens

_SOCKET_MODE: Final = 0o666  # the plane runs as another user; the folder says who gets here, the token who gets in


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
    """Serve on a Unix socket until it is asked to go; ends the process."""
    os.chdir(socket.parent)  # a relative address: 107 bytes are all that a Unix socket's may have
    server.serve(app.build(agent), Path(socket.name), mode=_SOCKET_MODE, leaving=agent.stop)

"""The storefront's serving process: the pages warmed, then served."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from galleria.serving import server
from galleria.shop.storefront.app import application, services

if TYPE_CHECKING:
    from pathlib import Path

    from galleria.shop.storefront.settings import Settings


def serve(settings: Settings, socket: Path) -> NoReturn:
    """Serve the shop on a Unix socket until it is asked to go; ends the process."""
    made = services(settings)
    app = application(made)
    made.templates.warm()
    server.serve(app, socket, lifespan=True)

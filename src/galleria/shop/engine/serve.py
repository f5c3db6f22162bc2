"""The engine's serving process: one process, one Unix socket, gone within three seconds of being asked to go."""

from __future__ import annotations

import asyncio
import gc
import signal
from functools import cache
from typing import TYPE_CHECKING, Final

from galleria.observability import logs
from galleria.shop.engine import project as projects

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from galleria.shop.engine.project import Project
    from galleria.shop.engine.web import Web

DRAIN_SECONDS: Final = 2.0
_SOCKET_MODE: Final = 0o660

log = logs.get(__name__)


def run(project: Project, socket: Path) -> None:
    """Serve the store of ``project`` on a Unix socket until SIGTERM or SIGINT."""
    projects.setup(project)
    serve(make_web(project), socket)


def make_web(project: Project) -> Web:
    """Return the engine's ASGI application. Django must be set up: the schema is built here, once."""
    from django.db import close_old_connections
    from graphql.language import parse as _warm

    from galleria.shop.engine.graphql import delivery, freshness
    from galleria.shop.engine.graphql.app import GraphQLApp
    from galleria.shop.engine.graphql.cache import AnswerCache, Generation
    from galleria.shop.engine.graphql.schema import executable_schema
    from galleria.shop.engine.graphql.store import check_caller
    from galleria.shop.engine.web import Web

    _warm("{__typename}")
    answers = AnswerCache(Generation(project.cache))
    freshness.serve_from(answers)
    app = GraphQLApp(executable_schema(), answers, check_caller=check_caller)
    return Web(app, project.media, _django_application, delivery.decide, close_old_connections)


@cache
def _django_application() -> Callable[[dict[str, object], object, object], Awaitable[None]]:
    """Return Django's own application, made when the first merchant comes: shoppers never need it."""
    from django.core.asgi import get_asgi_application

    return get_asgi_application()  # type: ignore[return-value]


def serve(web: Web, socket: Path) -> None:
    """Serve ``web`` on a Unix socket until SIGTERM or SIGINT; then answer what is under way and return."""
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    gc.collect()
    gc.freeze()  # what lives as long as the process is never looked at again
    try:
        asyncio.run(_serve(web, socket))
    finally:
        socket.unlink(missing_ok=True)
    log.info("stopped")


async def _serve(web: Web, socket: Path) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(
        web,
        uds=socket,
        interface=Interfaces.ASGINL,
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
    await web.drain(DRAIN_SECONDS)
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=0.8)

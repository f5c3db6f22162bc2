"""The engine's serving process: the store opened, the schema built, then served."""

from __future__ import annotations

import gc
from functools import cache
from typing import TYPE_CHECKING, NoReturn

from galleria.shop.engine import project as projects

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from galleria.shop.engine.project import Project
    from galleria.shop.engine.web import Scope, Web


def run(project: Project, socket: Path) -> NoReturn:
    """Serve the store of ``project`` on a Unix socket until SIGTERM or SIGINT; ends the process."""
    gc.disable()  # all that is made here stays; to look for garbage among it takes a tenth of the start
    projects.setup(project)
    web = make_web(project)
    gc.enable()
    from galleria.shop.engine.index import keeping

    keeping.catch_up()
    serve(web, socket)


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
def _django_application() -> Callable[[Scope, object, object], Awaitable[None]]:
    """Return Django's own application, made when the first merchant comes: shoppers never need it."""
    from django.core.asgi import get_asgi_application

    return get_asgi_application()  # type: ignore[return-value]


def serve(web: Web, socket: Path) -> NoReturn:
    """Serve ``web`` on a Unix socket until it is asked to go; ends the process."""
    from galleria.serving import server

    server.serve(web, socket)

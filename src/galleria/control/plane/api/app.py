"""Wires the plane's app: the API's routes, the edge around them, and the pages beside them."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi._compat import ModelField
from fastapi.routing import iter_route_contexts
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette.concurrency import run_in_threadpool

from galleria import __version__
from galleria.contracts.wire import Failure
from galleria.contracts.words import StoreState
from galleria.control.plane.api import errors, people, records, rollouts, runner, stores
from galleria.control.plane.api.edge import Edge
from galleria.control.plane.context import Services
from galleria.control.plane.services import driving, observing
from galleria.observability import logs

LOOK_SECONDS: Final = 5.0
"""How often the plane looks whether a state changed by nothing happening, and whether a rollout can go on."""

_log = logs.get(__name__)

_FAILURES: Final[dict[int | str, dict[str, object]]] = {
    "4XX": {"model": Failure, "description": "Refused."},
    "5XX": {"model": Failure, "description": "Failed."},
}


def create_app(services: Services) -> FastAPI:
    """Return the whole app over ``services``."""
    app = create_api()
    app.state.services = services
    from galleria.control.plane import ui  # the pages need templates that the API alone does not

    ui.mount(app, services)
    return app


def create_api() -> FastAPI:
    """Return the API alone, as its contract describes it."""
    app = FastAPI(
        title="Galleria control plane",
        version=__version__,
        description="The fleet's API: stores by id, revision and health. Nothing of their trade.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    routes = APIRouter(responses=_FAILURES)
    for part in (people.router, stores.router, records.router, rollouts.router, runner.router):
        routes.include_router(part)
    app.include_router(routes)
    _build_bodies(app)
    errors.install(app)
    app.add_middleware(Edge)
    return app


def _build_bodies(app: FastAPI) -> None:
    """Build the validators of request bodies now.

    Wire types are built at their first use. FastAPI silences a warning of pydantic's about its own way of naming bodies
    at this point only; later the warning would reach the log, from a request.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        for route in iter_route_contexts(app.routes):
            body = getattr(route, "body_field", None)
            if isinstance(body, ModelField):
                body.validate({}, {}, loc=("body",))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    watching = asyncio.create_task(_watch(services))
    yield
    services.events.close()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def _watch(services: Services) -> None:
    before: dict[str, StoreState] = {}
    while True:
        try:
            before = await run_in_threadpool(observing.changes, services, before)
            await run_in_threadpool(driving.drive_all, services)
        except Exception:
            _log.exception("looking for changes failed")
        await asyncio.sleep(LOOK_SECONDS)

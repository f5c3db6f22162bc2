"""A storefront whose engine is a recorded Magento, in this process: hundreds of pages in seconds."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from galleria.contracts.secret import SecretValue
from galleria.shop.storefront.app import application, services
from galleria.shop.storefront.data.engine import Engine, EngineAddress
from galleria.shop.storefront.settings import Settings
from tests.support.recorded_magento import RecordedMagento

HOST: Final = "https://shop-001.example"
JACKETS: Final = "/women/tops-women/jackets-women.html"
TOTE: Final = "/compete-track-tote.html"
PANTS: Final = "/caesar-warm-up-pant.html"
BUNDLE: Final = "/sprite-yoga-companion-kit.html"
GROUP: Final = "/set-of-sprite-yoga-straps.html"


def settings(folder: Path, graphql: str, theme: str = "quiet") -> Settings:
    """Return how a storefront is set up whose engine answers at ``graphql``."""
    return Settings(
        store_id="shop-001",
        store_name="Luma",
        public_url=HOST,
        theme=theme,
        session_secret=SecretValue("s" * 43),
        engine=EngineAddress.parse(graphql, "shop-001.example"),
        cache_folder=folder,
    )


async def send(shopper: httpx.AsyncClient, path: str, values: dict[str, str]) -> httpx.Response:
    """Send a form as it stands on a page, and follow where it leads."""
    token = re.search(r'name="form_token" value="([^"]+)"', (await shopper.get("/contact")).text)
    assert token is not None
    return await shopper.post(path, data={"form_token": token[1], **values}, follow_redirects=True)


@dataclass(frozen=True)
class QuickShop:
    """A browser in the shop, and what is kept of the engine's answers there."""

    shopper: httpx.AsyncClient
    kept: Any


@asynccontextmanager
async def quick_shop(magento: RecordedMagento, folder: Path, theme: str = "quiet") -> AsyncIterator[QuickShop]:
    """Run the shop without a wire between it and ``magento``."""

    async def answer(request: Request) -> JSONResponse:
        given: Any = dict(request.query_params) if request.method == "GET" else await request.json()
        variables = given.get("variables")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or None
        read = json.loads(variables) if isinstance(variables, str) else variables
        return JSONResponse(magento.ask(given["query"], read, token))

    behind = Starlette(routes=[Route("/graphql", answer, methods=["GET", "POST"])])
    known = settings(folder, "http://luma.example/graphql", theme)
    made = services(known, Engine(known.engine, transport=httpx.ASGITransport(behind)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(made)), base_url=HOST) as client:
        yield QuickShop(client, made.catalogue._cache)
    await made.engine.close()

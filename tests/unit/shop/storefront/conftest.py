"""A storefront whose engine is a stand-in: for what a real engine would have to be broken to do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from galleria.contracts.freshness import GENERATION_HEADER
from galleria.contracts.secret import SecretValue
from galleria.shop.storefront.app import application, services
from galleria.shop.storefront.data.engine import Engine, EngineAddress
from galleria.shop.storefront.routes.visit import Services
from galleria.shop.storefront.settings import Settings

HOST = "http://shop-001.localhost:8080"


class StandIn:
    """Answers each operation with what the test put under its name; an operation nobody thought of is a failed test."""

    def __init__(self) -> None:
        self.answers: dict[str, Response | dict[str, object] | Exception] = {}
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.headers: dict[str, httpx.Headers] = {}
        self.generation: str | None = None

    async def answer(self, request: Request) -> Response:
        if request.query_params.get("query") == "{__typename}":
            told = {GENERATION_HEADER: self.generation} if self.generation else None
            return JSONResponse({"data": {"__typename": "Query"}}, headers=told)
        name, variables = await _operation(request)
        self.asked.append((name, variables))
        self.headers[name] = httpx.Headers(list(request.headers.items()))
        given = self.answers[name]
        if isinstance(given, Exception):
            raise given
        return given if isinstance(given, Response) else JSONResponse({"data": given})

    def times(self, name: str) -> int:
        """How often an operation was asked."""
        return [asked for asked, _ in self.asked].count(name)


async def _operation(request: Request) -> tuple[str, dict[str, object]]:
    if request.method == "GET":
        given = request.query_params
        return given["operationName"], json.loads(given.get("variables", "{}"))
    body = await request.json()
    return body["operationName"], body["variables"]


SHOP: dict[str, object] = {
    "cmsBlocks": None,
    "storeConfig": {
        "store_name": "Default Store View",
        "locale": "en_US",
        "base_url": HOST,
        "base_media_url": "/media/",
        "base_currency_code": "USD",
        "default_display_currency_code": "USD",
        "product_url_suffix": ".html",
        "category_url_suffix": ".html",
        "root_category_uid": "Mg==",
        "default_title": None,
        "default_description": None,
        "welcome": None,
        "copyright": None,
        "cms_home_page": "home",
        "grid_per_page": 12,
        "contact_enabled": True,
        "newsletter_enabled": True,
        "default_country": "US",
        "minimum_password_length": "8",
        "product_reviews_enabled": "1",
        "allow_guests_to_write_product_reviews": "1",
        "magento_wishlist_general_is_enabled": "1",
        "is_guest_checkout_enabled": True,
    },
}
CATEGORIES: dict[str, object] = {"categoryList": [{"uid": "Mg==", "children": []}]}
NO_PAGES: dict[str, object] = dict.fromkeys(("about", "shipping", "returns", "care", "service", "terms", "privacy"))


@pytest.fixture
def stand_in() -> StandIn:
    """The engine."""
    made = StandIn()
    made.answers |= {"Shop": SHOP, "Categories": CATEGORIES, "Page": {"cmsPage": None}, "FooterPages": NO_PAGES}
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """How the storefront is set up."""
    return Settings(
        store_id="shop-001",
        store_name="Shop 001",
        public_url=HOST,
        theme="quiet",
        session_secret=SecretValue("s" * 43),
        engine=EngineAddress("http://engine/graphql"),
        cache_folder=tmp_path,
    )


@pytest.fixture
async def made(stand_in: StandIn, settings: Settings) -> AsyncIterator[Services]:
    """What the storefront is made of, in front of the engine."""
    behind = Starlette(routes=[Route("/graphql", stand_in.answer, methods=["GET", "POST"])])
    engine = Engine(settings.engine, transport=httpx.ASGITransport(behind))
    yield services(settings, engine)
    await engine.close()


@pytest.fixture
async def shopper(made: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in the shop."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(made)), base_url=HOST) as client:
        yield client

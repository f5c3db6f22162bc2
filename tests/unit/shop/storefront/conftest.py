"""A storefront whose engine is a stand-in: for what a real engine would have to be broken to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from galleria.contracts.secret import SecretValue
from galleria.shop.storefront.app import application, services
from galleria.shop.storefront.data.engine import Engine, EngineAddress
from galleria.shop.storefront.settings import Settings

HOST = "http://shop-001.localhost:8080"


class StandIn:
    """Answers each operation with what the test put under its name; an operation nobody thought of is a failed test."""

    def __init__(self) -> None:
        self.answers: dict[str, Response | dict[str, object] | Exception] = {}
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.headers: list[httpx.Headers] = []

    async def answer(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append((body["operationName"], body["variables"]))
        self.headers.append(httpx.Headers(list(request.headers.items())))
        given = self.answers[body["operationName"]]
        if isinstance(given, Exception):
            raise given
        return given if isinstance(given, Response) else JSONResponse({"data": given})


SHOP: dict[str, object] = {
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
    }
}
CATEGORIES: dict[str, object] = {"categoryList": [{"uid": "Mg==", "children": []}]}


@pytest.fixture
def stand_in() -> StandIn:
    """The engine."""
    made = StandIn()
    made.answers |= {"Shop": SHOP, "Categories": CATEGORIES, "Page": {"cmsPage": None}}
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
async def shopper(stand_in: StandIn, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in the shop."""
    behind = Starlette(routes=[Route("/graphql", stand_in.answer, methods=["POST"])])
    engine = Engine(settings.engine, transport=httpx.ASGITransport(behind))
    app = application(services(settings, engine))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST) as client:
        yield client
    await engine.close()

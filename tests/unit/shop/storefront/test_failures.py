"""What shoppers see when the engine is away, slow, broken, or says no."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from galleria.shop.storefront.app import application, services
from galleria.shop.storefront.data.engine import Engine, EngineAddress
from galleria.shop.storefront.settings import Settings
from tests.unit.shop.storefront.conftest import HOST, StandIn


def refusal(message: str, category: str) -> JSONResponse:
    return JSONResponse({"errors": [{"message": message, "extensions": {"category": category}}], "data": None})


def form_token(page: httpx.Response) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def test_an_engine_that_is_away_gives_the_themes_own_page_and_says_when_to_come_again(settings: Settings) -> None:
    engine = Engine(EngineAddress("http://engine/graphql", "/nowhere/engine.sock"))
    app = application(services(settings, engine))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST) as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Back in a moment" in answer.text
    assert "Shop 001" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("gone")])
async def test_a_slow_or_dying_engine_is_unavailable_not_broken(
    shopper: httpx.AsyncClient, stand_in: StandIn, failure: Exception
) -> None:
    stand_in.answers["Resolve"] = failure
    assert (await shopper.get("/thing.html")).status_code == 503


@pytest.mark.parametrize("status", [502, 503, 504, 429])
async def test_a_busy_engine_is_unavailable(shopper: httpx.AsyncClient, stand_in: StandIn, status: int) -> None:
    stand_in.answers["Resolve"] = PlainTextResponse("no", status)
    assert (await shopper.get("/thing.html")).status_code == 503


async def test_an_answer_that_breaks_the_contract_is_our_mistake_and_tells_nothing(
    shopper: httpx.AsyncClient, stand_in: StandIn
) -> None:
    stand_in.answers["Resolve"] = {"route": {"__typename": "SimpleProduct", "redirect_code": "none"}}
    answer = await shopper.get("/thing.html")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "redirect_code" not in answer.text


async def test_the_frame_of_the_page_outlives_the_engine(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    stand_in.answers["Resolve"] = {"route": None}
    assert (await shopper.get("/thing.html")).status_code == 404
    stand_in.answers = {name: httpx.ConnectError("away") for name in ("Shop", "Categories", "Resolve")}
    answer = await shopper.get("/other.html")
    assert answer.status_code == 503
    assert "Newsletter" in answer.text  # only an old answer of the engine says that there is one


async def test_a_cart_that_is_gone_is_an_empty_cart(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    page = await shopper.get("/contact")
    stand_in.answers["CreateGuestCart"] = {"createGuestCart": {"cart": {"id": "c" * 32}}}
    stand_in.answers["AddToCart"] = refusal("The cart isn't active.", "graphql-no-such-entity")
    answer = await shopper.post("/cart/add", data={"form_token": form_token(page), "sku": "A", "quantity": "1"})
    assert answer.status_code == 404
    assert [name for name, _ in stand_in.asked].count("CreateGuestCart") == 2  # once for the first, once anew


async def test_the_engines_own_words_reach_the_shopper(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    page = await shopper.get("/sign-in")
    stand_in.answers["SignIn"] = refusal("The account sign-in was incorrect.", "graphql-authentication")
    answer = await shopper.post(
        "/sign-in", data={"form_token": form_token(page), "email": "a@example.com", "password": "wrong"}
    )
    assert answer.status_code == 422
    assert "The account sign-in was incorrect." in answer.text
    assert 'value="a@example.com"' in answer.text
    assert "wrong" not in answer.text.replace("field-wrong", "")


async def test_health_says_nothing_of_the_engine(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    answer = await shopper.get("/_health")
    assert answer.json() == {"status": "ok"}
    assert stand_in.asked == []


async def test_the_pages_script_gets_a_whole_page_where_a_piece_was_meant(
    shopper: httpx.AsyncClient, stand_in: StandIn
) -> None:
    page = await shopper.get("/contact")
    script = {"HX-Request": "true", "HX-Request-Type": "partial"}
    data = {"form_token": form_token(page), "sku": "A", "quantity": "none", "back": "/a.html"}
    moved = await shopper.post("/cart/add", data=data, headers=script)
    assert (moved.status_code, moved.headers["HX-Redirect"]) == (200, "/a.html")
    forged = await shopper.post("/cart/add", data={}, headers=script)
    assert (forged.status_code, forged.headers["HX-Retarget"]) == (403, "main")
    assert "AddToCart" not in {name for name, _ in stand_in.asked}

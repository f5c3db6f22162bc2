"""One look at the engine a page, shared by whoever comes at the same time, never older than the page that needs it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from galleria.shop.storefront.data.asking import Asker, asking, client_address
from galleria.shop.storefront.data.errors import EngineUnavailable
from galleria.shop.storefront.data.freshness import SILENT_SECONDS, Generations
from tests.unit.shop.storefront.conftest import CATEGORIES, SHOP, StandIn


class Engine:
    """Tells its generation when the test lets it."""

    def __init__(self) -> None:
        self.looks = 0
        self.generation: str | None = "one"
        self.away = False
        self.let_go = asyncio.Event()
        self.let_go.set()

    async def look(self) -> str | None:
        self.looks += 1
        found = self.generation
        await self.let_go.wait()
        if self.away:
            raise EngineUnavailable
        return found


async def test_a_page_looks_once() -> None:
    engine = Engine()
    generations = Generations(engine.look)
    with asking(Asker()):
        assert [await generations.current() for _ in range(5)] == ["one"] * 5
    assert engine.looks == 1
    with asking(Asker()):
        await generations.current()
    assert engine.looks == 2


async def test_a_crowd_shares_a_look() -> None:
    engine = Engine()
    generations = Generations(engine.look)

    async def page() -> str | None:
        with asking(Asker()):
            return await generations.current()

    assert await asyncio.gather(*(page() for _ in range(50))) == ["one"] * 50
    assert engine.looks == 1


async def test_who_comes_after_a_change_does_not_take_a_look_from_before() -> None:
    engine = Engine()
    engine.let_go.clear()
    generations = Generations(engine.look)
    before = asyncio.ensure_future(generations.current())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert engine.looks == 1
    engine.generation = "two"
    after = [asyncio.ensure_future(generations.current()) for _ in range(3)]
    await asyncio.sleep(0)
    engine.let_go.set()
    assert await before == "one"
    assert await asyncio.gather(*after) == ["two"] * 3
    assert engine.looks == 2


async def test_an_engine_that_tells_nothing_is_left_in_peace_for_a_while() -> None:
    engine, now = Engine(), 0.0
    engine.generation = None
    generations = Generations(engine.look, lambda: now)
    for _ in range(3):
        assert await generations.current() is None
    assert engine.looks == 1
    engine.generation, now = "one", SILENT_SECONDS
    assert await generations.current() == "one"


async def test_an_engine_that_is_away_is_asked_again() -> None:
    engine = Engine()
    engine.away = True
    generations = Generations(engine.look)
    with pytest.raises(EngineUnavailable):
        await generations.current()
    engine.away = False
    assert await generations.current() == "one"


async def test_what_is_saved_is_on_the_next_page(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    stand_in.generation = "one"
    for _ in range(3):
        await shopper.get("/contact")
    assert stand_in.times("Shop") == stand_in.times("Categories") == stand_in.times("FooterPages") == 1
    child = {
        **{"uid": "NQ==", "name": "Hats", "url_path": "hats", "url_suffix": ".html", "include_in_menu": 1},
        **{"product_count": 1, "position": 1, "image": None, "children": []},
    }
    stand_in.answers["Categories"] = {"categoryList": [{"uid": "Mg==", "children": [child]}]}
    stand_in.generation = "two"
    assert "Hats" in (await shopper.get("/contact")).text
    assert stand_in.times("Categories") == 2


async def test_what_is_public_is_asked_without_the_shopper(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    await shopper.get("/contact", headers={"X-Forwarded-For": "192.0.2.7"})
    assert "content-length" not in stand_in.headers["Shop"]
    assert "x-forwarded-for" not in stand_in.headers["Shop"]


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.0.0.1, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, <script>", ""),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_the_clients_address_is_what_the_door_wrote(forwarded: str, address: str) -> None:
    assert client_address(forwarded) == address


async def test_the_engine_hears_who_signs_in(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    from tests.unit.shop.storefront.test_failures import form_token, refusal

    page = await shopper.get("/sign-in")
    stand_in.answers["SignIn"] = refusal("The account sign-in was incorrect.", "graphql-authentication")
    form = {"form_token": form_token(page), "email": "a@example.com", "password": "wrong"}
    await shopper.post("/sign-in", data=form, headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.7"})
    assert stand_in.headers["SignIn"]["X-Forwarded-For"] == "192.0.2.7"


@pytest.mark.parametrize(
    ("content", "theme"),
    [("lively", "lively"), ("<p>lively</p>", "lively"), ("nosuch", "quiet"), ("", "quiet"), (None, "quiet")],
)
async def test_the_merchants_theme_is_taken_when_there_is_such_a_theme(
    shopper: httpx.AsyncClient, stand_in: StandIn, content: str | None, theme: str
) -> None:
    stand_in.answers["Shop"] = {**SHOP, "cmsBlocks": {"items": [{"identifier": "galleria-theme", "content": content}]}}
    assert f'data-theme="{theme}"' in (await shopper.get("/contact")).text


async def test_a_shop_without_the_block_is_a_shop(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    """A Magento answers an absent block with an error at its place, and everything else all the same."""
    from starlette.responses import JSONResponse

    error = {
        "message": 'The CMS block with the "galleria-theme" ID doesn\'t exist.',
        "path": ["cmsBlocks", "items", 0],
        "extensions": {"category": "graphql-no-such-entity"},
    }
    stand_in.answers["Shop"] = JSONResponse({"errors": [error], "data": {**SHOP, "cmsBlocks": {"items": [None]}}})
    stand_in.answers["Categories"] = CATEGORIES
    answer = await shopper.get("/contact")
    assert answer.status_code == 200
    assert 'data-theme="quiet"' in answer.text
    assert "Newsletter" in answer.text

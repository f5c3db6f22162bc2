"""The smoke run: shop as a shopper does, over the storefront's pages and the engine's GraphQL, and leave nothing.

The same checks on the same article each time: the first, by name, that can be bought now. No order is placed. A shop
that is sold out is no broken one: then the first by name must be shown, and must be refused by the cart.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import quote

from galleria.contracts.wire import AgentSmoke, SmokeResult
from galleria.contracts.words import AGENT_SMOKE_CHECKS, Outcome, SmokeCheck
from galleria.shop.agent.neighbours import Neighbour, NoReply

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_PAGE_SIZE: Final = 20
_MAX_PAGES: Final = 10

_ARTICLES: Final = """query Smoke($page: Int!, $size: Int!) {
  products(filter: {}, pageSize: $size, currentPage: $page, sort: {name: ASC}) {
    page_info { total_pages }
    items { __typename sku name url_key url_suffix stock_status
      ... on ConfigurableProduct { variants { product { sku stock_status } } } } } }"""
_OLD_CART: Final = "query Smoke($cart: String!) { cart(cart_id: $cart) { items { uid } } }"
_NEW_CART: Final = "mutation Smoke { createEmptyCart }"
_PUT: Final = """mutation Smoke($cart: String!, $items: [CartItemInput!]!) {
  addProductsToCart(cartId: $cart, cartItems: $items) {
    user_errors { message } cart { total_quantity items { uid quantity } } } }"""
_TAKE: Final = """mutation Smoke($cart: String!, $uid: ID!) {
  removeItemFromCart(input: {cart_id: $cart, cart_item_uid: $uid}) { cart { total_quantity items { uid } } } }"""


class CheckFailed(Exception):
    """One check did not pass; the text is its detail, fit to leave the store."""


@dataclass(frozen=True)
class Article:
    """Something that a cart can be asked to take."""

    name: str
    path: str
    cart_item: dict[str, Json]
    sold_out: bool


class SmokeRunner:
    """Smoke runs over one store, one after the other; they share one cart, so that empty ones don't pile up."""

    def __init__(self, engine: Neighbour, storefront: Neighbour, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._storefront = self._shop = storefront
        self._clock = clock
        self._article: Article | None = None
        self._cart_id: str | None = None

    async def run(self, storefront: Neighbour | None = None) -> AgentSmoke:
        """Make every check of `AGENT_SMOKE_CHECKS`, in their order, in the live storefront or in ``storefront``."""
        began = self._clock()
        self._shop = storefront or self._storefront
        self._article = None
        acts: dict[SmokeCheck, Callable[[], Awaitable[str]]] = {
            SmokeCheck.STOREFRONT_PAGE: self._storefront_page,
            SmokeCheck.CATALOGUE_QUERY: self._catalogue_query,
            SmokeCheck.PRODUCT_PAGE: self._product_page,
            SmokeCheck.CART: self._cart,
        }
        results = [await self._make(check, acts[check]) for check in AGENT_SMOKE_CHECKS]
        passed = all(result.outcome is Outcome.PASSED for result in results)
        return AgentSmoke(passed=passed, results=results, seconds=round(self._clock() - began, 3))

    async def _make(self, check: SmokeCheck, act: Callable[[], Awaitable[str]]) -> SmokeResult:
        began = self._clock()
        try:
            outcome, detail = Outcome.PASSED, await act()
        except CheckFailed as failed:
            outcome, detail = Outcome.FAILED, str(failed)
        return SmokeResult(check=check, outcome=outcome, seconds=round(self._clock() - began, 3), detail=detail)

    async def _storefront_page(self) -> str:
        await self._page("/", "home page")
        return "The home page came."

    async def _catalogue_query(self) -> str:
        page, pages = 1, 1
        first: Article | None = None
        while page <= min(pages, _MAX_PAGES):
            data = await self._query(_ARTICLES, {"page": page, "size": _PAGE_SIZE}, "catalogue")
            products = _object(data.get("products"))
            pages = _count(_object(products.get("page_info")).get("total_pages"))
            for article in _articles(products):
                first = first or article
                if not article.sold_out:
                    self._article = article
                    return "The catalogue has something to buy."
            page += 1
        if first is None:
            raise CheckFailed("The catalogue has nothing that can be bought now.")
        self._article = first
        return "The shop is sold out: the catalogue has articles, and nothing that can be bought now."

    async def _product_page(self) -> str:
        article = self._found()
        text = await self._page(article.path, "product page")
        if _words(article.name) not in _words(html.unescape(re.sub(r"<[^>]*>", " ", text))):
            raise CheckFailed("The product page does not show its product.")
        return "The product page shows its product."

    async def _cart(self) -> str:
        article = self._found()
        cart = await self._empty_cart()
        put = _object(
            (await self._query(_PUT, {"cart": cart, "items": [article.cart_item]}, "put into cart")).get(
                "addProductsToCart"
            )
        )
        if article.sold_out:
            return await self._see_it_refused(cart, bool(_list(put.get("user_errors"))))
        lines = _list(_object(put.get("cart")).get("items"))
        try:
            if put.get("user_errors") or [_object(line).get("quantity") for line in lines] != [1]:
                raise CheckFailed("The article did not get into the cart.")
        finally:
            left = [await self._take_out(cart, _object(line).get("uid")) for line in lines]
        if left != [0]:
            raise CheckFailed("The cart is not empty after taking the article out.")
        return "An article went into the cart and out again; no order was placed."

    async def _see_it_refused(self, cart: str, refused: bool) -> str:
        if await self._clear(cart, "cart after a refusal") or not refused:
            raise CheckFailed("The cart does not refuse an article that is sold out.")
        return "The shop is sold out: the cart refused an article and stayed empty."

    async def _empty_cart(self) -> str:
        if self._cart_id is not None:
            try:
                # A run that was stopped half-way left something in it.
                await self._clear(self._cart_id, "cart of the run before")
                return self._cart_id
            except CheckFailed:
                self._cart_id = None  # it has expired
        cart = (await self._query(_NEW_CART, {}, "new cart")).get("createEmptyCart")
        if not isinstance(cart, str):
            raise CheckFailed("The engine gave no cart.")
        self._cart_id = cart
        return cart

    async def _clear(self, cart: str, what: str) -> int:
        """Take out whatever is in a cart; return how many lines there were."""
        lines = _list(_object((await self._query(_OLD_CART, {"cart": cart}, what)).get("cart")).get("items"))
        for line in lines:
            await self._take_out(cart, _object(line).get("uid"))
        return len(lines)

    async def _take_out(self, cart: str, uid: Json) -> int:
        data = await self._query(_TAKE, {"cart": cart, "uid": uid}, "take out of cart")
        rest = _object(_object(data.get("removeItemFromCart")).get("cart"))
        return len(_list(rest.get("items"))) + _count(rest.get("total_quantity"))

    def _found(self) -> Article:
        if self._article is None:
            raise CheckFailed("There is no article to check with: the catalogue query failed.")
        return self._article

    async def _page(self, path: str, what: str) -> str:
        try:
            reply = await self._shop.ask("GET", path)
        except NoReply:
            raise CheckFailed(f"The storefront did not answer for the {what}.") from None
        if reply.status != 200 or reply.media_type != "text/html" or "</html>" not in reply.text.lower():
            raise CheckFailed(f"The storefront answered {reply.status} for the {what}, and no whole page.")
        return reply.text

    async def _query(self, query: str, variables: dict[str, Json], what: str) -> dict[str, Json]:
        try:
            reply = await self._engine.ask("POST", "/graphql", {"query": query, "variables": variables})
            answer: Json = json.loads(reply.text)
        except NoReply:
            raise CheckFailed(f"The engine did not answer ({what}).") from None
        except ValueError:
            raise CheckFailed(f"The engine answered {reply.status} and no JSON ({what}).") from None
        if reply.status != 200 or not isinstance(answer, dict) or answer.get("errors"):
            raise CheckFailed(f"The engine answered {reply.status} with errors ({what}).")
        return _object(answer.get("data"))


def _articles(products: dict[str, Json]) -> Iterator[Article]:
    """Name what a cart could be asked to take, in the catalogue's order; of one with variants, one that can be bought,
    else the first."""
    for item in map(_object, _list(products.get("items"))):
        known = [each for each in _candidates(item) if isinstance(each.get("sku"), str)]
        name, key, suffix = item.get("name"), item.get("url_key"), item.get("url_suffix")
        if not known or not isinstance(name, str) or not isinstance(key, str):
            continue
        chosen = next(filter(_is_salable, known), known[0])
        cart_item: dict[str, Json] = {"sku": chosen["sku"], "quantity": 1}
        if item.get("sku") != chosen["sku"]:
            cart_item["parent_sku"] = item.get("sku")
        path = f"/{quote(key)}{suffix if isinstance(suffix, str) else ''}"
        yield Article(name, path, cart_item, sold_out=not _is_salable(chosen))


def _candidates(item: dict[str, Json]) -> list[dict[str, Json]]:
    if item.get("__typename") in ("SimpleProduct", "VirtualProduct"):
        return [item]
    return [_object(_object(variant).get("product")) for variant in _list(item.get("variants"))]


def _is_salable(candidate: dict[str, Json]) -> bool:
    return candidate.get("stock_status") == "IN_STOCK"


def _words(text: str) -> str:
    return f" {' '.join(text.split())} "


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _count(value: Json) -> int:
    return int(value) if isinstance(value, int | float) else 0

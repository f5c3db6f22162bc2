"""A shopper's visit: the checks of a smoke run that need no agent, through whatever door, in their order.

The shop agent makes the same checks inside the store; it lives in another zone, and here nothing is known but HTTP.
"""

from __future__ import annotations

import html
import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import quote

from galleria.contracts.wire import SmokeResult
from galleria.contracts.words import AGENT_SMOKE_CHECKS, Outcome, SmokeCheck
from galleria.control.delivery.asking import Answer, Question

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Carts: TypeAlias = "dict[str, str]"
"""The cart that is used for each host."""

GRAPHQL: Final = "/graphql"

_MAX_PAGES: Final = 10
_SOLD_OUT: Final = "the shop is sold out"
_ARTICLES: Final = """query ($page: Int!) { products(filter: {}, pageSize: 20, currentPage: $page, sort: {name: ASC}) {
  page_info { total_pages } items { __typename sku name url_key url_suffix stock_status
  ... on ConfigurableProduct { variants { product { sku stock_status } } } } } }"""
_OLD_CART: Final = "query ($cart: String!) { cart(cart_id: $cart) { items { uid } } }"
_NEW_CART: Final = "mutation { createEmptyCart }"
_PUT: Final = """mutation ($cart: String!, $items: [CartItemInput!]!) {
  addProductsToCart(cartId: $cart, cartItems: $items) { user_errors { message } cart { items { uid quantity } } } }"""
_TAKE: Final = """mutation ($cart: String!, $uid: ID!) {
  removeItemFromCart(input: {cart_id: $cart, cart_item_uid: $uid}) { cart { items { uid } } } }"""


class _Failed(Exception):
    """One check did not pass; the text says why, and nothing of the store's trade."""


@dataclass(frozen=True)
class Visit:
    """Whose shop, and the way in. ``ask`` raises OSError or http.client.HTTPException when there is no answer."""

    host: str
    ask: Callable[[Question], Answer]


class Trade(Enum):
    """What a visit found out about whether the shop sells."""

    SELLS = "sells"
    """Something was to be bought, and went into the cart."""
    SOLD_OUT = "sold out"
    """It has articles, and says of each that it can't be bought."""
    UNTOLD = "untold"
    """It gave no answer that tells."""


@dataclass(frozen=True)
class Visited:
    """How a visit went: every check, in its order."""

    results: list[SmokeResult]
    trade: Trade = Trade.UNTOLD

    def disbelieved(self, why: str) -> Visited:
        """Return it with what the catalogue said taken as a failure."""
        update = {"outcome": Outcome.FAILED, "detail": why}
        return replace(
            self,
            results=[
                each.model_copy(update=update) if each.check is SmokeCheck.CATALOGUE_QUERY else each
                for each in self.results
            ],
        )


@dataclass(frozen=True)
class _Article:
    name: str
    path: str
    cart_item: dict[str, Json]
    sold_out: bool


class Shopping:
    """One visit. Places no order, and leaves an empty cart that the next visit uses again."""

    def __init__(self, visit: Visit, carts: Carts) -> None:
        self._visit = visit
        self._carts = carts
        self._article: _Article | None = None

    def go(self) -> Visited:
        """Make every check, in order. One that fails does not keep the others from being made."""
        acts: dict[SmokeCheck, Callable[[], str]] = {
            SmokeCheck.STOREFRONT_PAGE: self._front_page,
            SmokeCheck.CATALOGUE_QUERY: self._catalogue_query,
            SmokeCheck.PRODUCT_PAGE: self._product_page,
            SmokeCheck.CART: self._cart,
        }
        results = [_made(check, acts[check]) for check in AGENT_SMOKE_CHECKS]
        return Visited(results, self._trade(results))

    def _trade(self, results: list[SmokeResult]) -> Trade:
        if self._article is None:
            return Trade.UNTOLD
        if self._article.sold_out:
            return Trade.SOLD_OUT
        passed = [result.check for result in results if result.outcome is Outcome.PASSED]
        return Trade.SELLS if SmokeCheck.CART in passed else Trade.UNTOLD

    def _front_page(self) -> str:
        self._page("/")
        return ""

    def _catalogue_query(self) -> str:
        first: _Article | None = None
        for page in range(1, _MAX_PAGES + 1):
            products = _object(self._query(_ARTICLES, {"page": page}).get("products"))
            articles = list(_articles(products))
            first = first or next(iter(articles), None)
            self._article = next((each for each in articles if not each.sold_out), None)
            pages = _object(products.get("page_info")).get("total_pages")
            if self._article is not None or not isinstance(pages, int) or page >= pages:
                break
        self._article = self._article or first
        if self._article is None:
            raise _Failed("nothing can be bought")
        return _SOLD_OUT if self._article.sold_out else ""

    def _product_page(self) -> str:
        article = self._found()
        text = re.sub(r"<[^>]*>", " ", self._page(article.path))
        if " ".join(article.name.split()) not in " ".join(html.unescape(text).split()):
            raise _Failed("the page does not show its product")
        return ""

    def _cart(self) -> str:
        article, cart = self._found(), self._empty_cart()
        put = _object(self._query(_PUT, {"cart": cart, "items": [article.cart_item]}).get("addProductsToCart"))
        lines = self._lines(cart) if article.sold_out else _lines(put)
        left = [self._take_out(cart, line.get("uid")) for line in lines]
        if article.sold_out:
            if lines or not _list(put.get("user_errors")):
                raise _Failed("the cart does not refuse what is sold out")
            return _SOLD_OUT
        if put.get("user_errors") or [line.get("quantity") for line in lines] != [1]:
            raise _Failed("the article did not get into the cart")
        if left != [0]:
            raise _Failed("the article did not get out of the cart")
        return ""

    def _empty_cart(self) -> str:
        known = self._carts.pop(self._visit.host, None)
        if known is not None:
            try:
                for line in self._lines(known):  # a visit that was cut short left them
                    self._take_out(known, line.get("uid"))
                self._carts[self._visit.host] = known
                return known
            except _Failed:
                pass  # it has expired
        cart = self._query(_NEW_CART).get("createEmptyCart")
        if not isinstance(cart, str):
            raise _Failed("there is no cart")
        self._carts[self._visit.host] = cart
        return cart

    def _lines(self, cart: str) -> list[dict[str, Json]]:
        return _lines(self._query(_OLD_CART, {"cart": cart}))

    def _take_out(self, cart: str, uid: Json) -> int:
        removed = _object(self._query(_TAKE, {"cart": cart, "uid": uid}).get("removeItemFromCart"))
        return len(_list(_object(removed.get("cart")).get("items")))

    def _found(self) -> _Article:
        if self._article is None:
            raise _Failed("there is no article to look at")
        return self._article

    def _page(self, path: str) -> str:
        answer = self._visit.ask(Question("GET", path, self._visit.host))
        if answer.status != HTTPStatus.OK:
            raise _Failed(f"status {answer.status}")
        if answer.content_type != "text/html":
            raise _Failed(f"{answer.content_type} instead of a page")
        text = answer.body.decode("utf-8", "replace")
        if "</html>" not in text.lower():
            raise _Failed("the page is not whole")
        return text

    def _query(self, query: str, variables: dict[str, Json] | None = None) -> dict[str, Json]:
        body = json.dumps({"query": query, "variables": variables or {}})
        answer = self._visit.ask(Question("POST", GRAPHQL, self._visit.host, body))
        if answer.status != HTTPStatus.OK:
            raise _Failed(f"status {answer.status}")
        try:
            document: Json = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise _Failed("the answer is no JSON") from None
        if not isinstance(document, dict) or document.get("errors"):
            raise _Failed("errors")
        return _object(document.get("data"))


def _made(check: SmokeCheck, act: Callable[[], str]) -> SmokeResult:
    began = time.monotonic()
    try:
        outcome, detail = Outcome.PASSED, act()
    except _Failed as failed:
        outcome, detail = Outcome.FAILED, str(failed)
    except (OSError, http.client.HTTPException) as error:
        outcome, detail = Outcome.FAILED, f"no answer ({type(error).__name__})"
    return SmokeResult(check=check, outcome=outcome, seconds=round(time.monotonic() - began, 3), detail=detail)


def _articles(products: dict[str, Json]) -> Iterator[_Article]:
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
        yield _Article(name, path, cart_item, sold_out=not _is_salable(chosen))


def _candidates(item: dict[str, Json]) -> list[dict[str, Json]]:
    if item.get("__typename") in ("SimpleProduct", "VirtualProduct"):
        return [item]
    return [_object(_object(variant).get("product")) for variant in _list(item.get("variants"))]


def _is_salable(candidate: dict[str, Json]) -> bool:
    return candidate.get("stock_status") == "IN_STOCK"


def _lines(holder: dict[str, Json]) -> list[dict[str, Json]]:
    return [_object(line) for line in _list(_object(holder.get("cart")).get("items"))]


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []

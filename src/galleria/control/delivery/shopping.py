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
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Article:
    name: str
    path: str
    cart_item: dict[str, Json]


class Shopping:
    """One visit. Places no order, and leaves an empty cart that the next visit uses again."""

    def __init__(self, visit: Visit, carts: Carts) -> None:
        self._visit = visit
        self._carts = carts
        self._article: _Article | None = None

    def go(self) -> list[SmokeResult]:
        """Make every check, in order. One that fails does not keep the others from being made."""
        acts: dict[SmokeCheck, Callable[[], None]] = {
            SmokeCheck.STOREFRONT_PAGE: self._front_page,
            SmokeCheck.CATALOGUE_QUERY: self._catalogue_query,
            SmokeCheck.PRODUCT_PAGE: self._product_page,
            SmokeCheck.CART: self._cart,
        }
        return [_made(check, acts[check]) for check in AGENT_SMOKE_CHECKS]

    def _front_page(self) -> None:
        self._page("/")

    def _catalogue_query(self) -> None:
        for page in range(1, _MAX_PAGES + 1):
            products = _object(self._query(_ARTICLES, {"page": page}).get("products"))
            self._article = next(_buyable(products), None)
            pages = _object(products.get("page_info")).get("total_pages")
            if self._article is not None or not isinstance(pages, int) or page >= pages:
                break
        if self._article is None:
            raise _Failed("nothing can be bought")

    def _product_page(self) -> None:
        article = self._found()
        text = re.sub(r"<[^>]*>", " ", self._page(article.path))
        if " ".join(article.name.split()) not in " ".join(html.unescape(text).split()):
            raise _Failed("the page does not show its product")

    def _cart(self) -> None:
        article, cart = self._found(), self._empty_cart()
        put = _object(self._query(_PUT, {"cart": cart, "items": [article.cart_item]}).get("addProductsToCart"))
        lines = [_object(line) for line in _list(_object(put.get("cart")).get("items"))]
        left = [self._take_out(cart, line.get("uid")) for line in lines]
        if put.get("user_errors") or [line.get("quantity") for line in lines] != [1]:
            raise _Failed("the article did not get into the cart")
        if left != [0]:
            raise _Failed("the article did not get out of the cart")

    def _empty_cart(self) -> str:
        known = self._carts.pop(self._visit.host, None)
        if known is not None:
            try:
                lines = _list(_object(self._query(_OLD_CART, {"cart": known}).get("cart")).get("items"))
                for line in lines:  # a visit that was cut short left them
                    self._take_out(known, _object(line).get("uid"))
                self._carts[self._visit.host] = known
                return known
            except _Failed:
                pass  # it has expired
        cart = self._query(_NEW_CART).get("createEmptyCart")
        if not isinstance(cart, str):
            raise _Failed("there is no cart")
        self._carts[self._visit.host] = cart
        return cart

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


def _made(check: SmokeCheck, act: Callable[[], None]) -> SmokeResult:
    began, detail = time.monotonic(), ""
    try:
        act()
    except _Failed as failed:
        detail = str(failed)
    except (OSError, http.client.HTTPException) as error:
        detail = f"no answer ({type(error).__name__})"
    outcome = Outcome.FAILED if detail else Outcome.PASSED
    return SmokeResult(check=check, outcome=outcome, seconds=round(time.monotonic() - began, 3), detail=detail)


def _buyable(products: dict[str, Json]) -> Iterator[_Article]:
    for item in map(_object, _list(products.get("items"))):
        sku = _salable_sku(item)
        name, key, suffix = item.get("name"), item.get("url_key"), item.get("url_suffix")
        if sku is None or not isinstance(name, str) or not isinstance(key, str):
            continue
        cart_item: dict[str, Json] = {"sku": sku, "quantity": 1}
        if item.get("sku") != sku:
            cart_item["parent_sku"] = item.get("sku")
        yield _Article(name, f"/{quote(key)}{suffix if isinstance(suffix, str) else ''}", cart_item)


def _salable_sku(item: dict[str, Json]) -> str | None:
    candidates = {"SimpleProduct": [item], "VirtualProduct": [item]}.get(str(item.get("__typename")))
    if candidates is None:
        candidates = [_object(_object(variant).get("product")) for variant in _list(item.get("variants"))]
    skus = (found.get("sku") for found in candidates if found.get("stock_status") == "IN_STOCK")
    return next((sku for sku in skus if isinstance(sku, str)), None)


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []

"""Many shoppers at once want the last pieces: ``python -m tests.support.stock_race`` prints how many got one.

A program of its own, because a process serves one store on one database.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tests.support.engine_store import engine_store

if TYPE_CHECKING:
    from galleria.shop.engine.web import Message, Web

PIECES = 50
SHOPPERS = 200

_ADDRESS = {
    "firstname": "Ada",
    "lastname": "Muster",
    "street": ["1 Test Street"],
    "city": "Austin",
    "region": "TX",
    "postcode": "78701",
    "country_code": "US",
    "telephone": "5125550100",
}


def main() -> None:
    """Fill carts one after the other, place all orders at once, print what happened."""
    store = engine_store()
    from oscar.core.loading import get_model

    from galleria.shop.engine.serve import make_web
    from tests.unit.shop.engine.graphql import test_checkout as steps
    from tests.unit.shop.engine.graphql.conftest import Shop, stock_shelf
    from tests.unit.shop.engine.graphql.test_carts import add, new_cart

    web = make_web(store)
    shop = Shop(web.app)
    stock_shelf(PIECES)

    def filled_cart() -> str:
        cart = new_cart(shop)
        add(shop, cart, "TOTE", 1)
        shop.ask(steps.EMAIL, c=cart)
        shop.ask(steps.SHIP_TO, c=cart, a=_ADDRESS)
        shop.ask(steps.SHIP_BY, c=cart, m="flatrate")
        shop.ask(steps.BILL, c=cart)
        shop.ask(steps.PAY, c=cart, p="checkmo")
        return cart

    carts = [filled_cart() for _ in range(SHOPPERS)]
    outcomes = asyncio.run(place_all(web, steps.PLACE, carts))
    stock = get_model("partner", "StockRecord").objects.get(partner_sku="TOTE")
    numbers = list(get_model("order", "Order").objects.values_list("number", flat=True))
    report = {
        "outcomes": dict(outcomes),
        "orders": len(numbers),
        "numbers": len(set(numbers)),
        "allocated": stock.num_allocated,
        "in_stock": stock.num_in_stock,
    }
    sys.stdout.write(json.dumps(report))


async def place_all(web: Web, document: str, carts: list[str]) -> Counter[str]:
    """Send every order at the same moment, to the application that the server runs, and count what came of them."""
    return Counter(await asyncio.gather(*(placed(web, document, cart) for cart in carts)))


async def placed(web: Web, document: str, cart: str) -> str:
    """Place one order over HTTP, without a socket."""
    body = json.dumps({"query": document, "variables": {"c": cart}}).encode()
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        parts.append(bytes(message.get("body", b"")))  # type: ignore[call-overload]

    headers = [(b"content-type", b"application/json")]
    await web({"type": "http", "method": "POST", "path": "/graphql", "headers": headers}, receive, send)
    answer = json.loads(b"".join(parts))
    found = answer["data"]["placeOrder"]
    return "sold" if found["order"] else str(found["errors"][0]["code"])


if __name__ == "__main__":
    main()

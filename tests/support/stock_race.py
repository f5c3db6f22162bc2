"""Many shoppers at once want the last pieces: ``python -m tests.support.stock_race`` prints how many got one.

A program of its own, because a process serves one store on one database.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.support.engine_store import engine_store

PIECES = 50
SHOPPERS = 200
AT_ONCE = 40

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
    from django.db import connections
    from oscar.core.loading import get_model

    from galleria.shop.engine.serve import make_web
    from tests.unit.shop.engine.graphql import test_checkout as steps
    from tests.unit.shop.engine.graphql.conftest import Shop, stock_shelf
    from tests.unit.shop.engine.graphql.test_carts import add, new_cart

    shop = Shop(make_web(store).app)
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

    def placed(cart: str) -> str:
        try:
            found = shop.ask(steps.PLACE, c=cart)["placeOrder"]
            assert isinstance(found, dict)
            return "sold" if found["order"] else str(found["errors"][0]["code"])
        finally:
            connections.close_all()

    carts = [filled_cart() for _ in range(SHOPPERS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = Counter(pool.map(placed, carts))
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


if __name__ == "__main__":
    main()

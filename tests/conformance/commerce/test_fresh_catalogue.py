"""What the merchant saves and what shoppers buy is fresh on the next request, in lists and in cached answers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared

QUERY = (
    '{products(filter:{sku:{eq:"24-MB03"}}){items{name stock_status price_range{minimum_price{final_price{value}}}}}}'
)


def shown(replay: Replay) -> dict[str, object]:
    from galleria.shop.engine.graphql.app import GraphQLRequest

    asked = GraphQLRequest(QUERY)
    answer = replay.app.cached(asked) or replay.app.execute(asked)
    assert replay.app.cached(asked) is not None
    found: dict[str, object] = json.loads(answer.body)["data"]["products"]["items"][0]
    return found


def test_a_saved_name_and_a_saved_price_are_fresh(replay: Replay) -> None:
    from oscar.core.loading import get_model

    product = get_model("catalogue", "Product").objects.get(upc="24-MB03")
    before = shown(replay)
    product.title = "Another name"
    product.save()
    assert shown(replay)["name"] == "Another name"
    product.record.special_price = Decimal(30)
    product.record.save()
    price = {"minimum_price": {"final_price": {"value": 30}}}
    assert shown(replay) == before | {"name": "Another name", "price_range": price}


def test_the_last_piece_sold_is_out_of_stock_at_once(replay: Replay) -> None:
    from django.db import transaction
    from oscar.core.loading import get_model

    from galleria.shop.engine.graphql import goods, ordering

    stock = get_model("partner", "StockRecord").objects.get(product__upc="24-MB03")
    stock.num_in_stock, stock.num_allocated = 1, 0
    stock.save()
    assert shown(replay)["stock_status"] == "IN_STOCK"
    sold = goods.by_sku("24-MB03")
    assert sold is not None
    with transaction.atomic():
        ordering.take(sold, 1)
    assert shown(replay)["stock_status"] == "OUT_OF_STOCK"
    with pytest.raises(ordering.OrderRefused), transaction.atomic():
        ordering.take(sold, 1)

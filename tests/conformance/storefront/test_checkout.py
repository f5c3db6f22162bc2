"""A checkout that can't go on says so where it stops, and goes on once it can."""

from __future__ import annotations

import re

from tests.conformance.storefront.conftest import Shopper, in_store
from tests.conformance.storefront.test_security import ADDRESS, SKU
from tests.support.running_shop import RunningShop

METHOD = "M = get_model('shipping', 'OrderAndItemCharges'); C = get_model('address', 'Country')\n"
ELSEWHERE = (
    METHOD
    + """
far, _ = C.objects.get_or_create(pk='AQ', defaults={'printable_name': 'Antarctica'})
M.objects.create(code='post_far', name='Post - Far').countries.add(far)
"""
)
EVERYWHERE = METHOD + "M.objects.filter(code='post_far').delete()"


def test_where_nothing_is_sent_to_no_order_comes_from(shop: RunningShop, shopper: Shopper) -> None:
    shopper.fill_cart(SKU)
    in_store(shop, ELSEWHERE)
    try:
        answer = shopper.send("/checkout", ADDRESS, act="address", email="ada@example.com")
        assert "We can&#39;t send to this address" in answer.text or "We can't send to this address" in answer.text
        assert "Place order" not in answer.text
        refused = shopper.send("/checkout", ADDRESS, act="place", email="ada@example.com", expected="0")
        assert refused.status_code != 303
    finally:
        in_store(shop, EVERYWHERE)
    again = shopper.send("/checkout", ADDRESS, act="address", email="ada@example.com")
    assert re.search(r'name="shipping" value="[^"]+"', again.text)
    assert "Place order" in again.text

"""What a merchant does with an order, and what its customer then sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.shop.engine.core.test_merchant_forms import merchant, saved
from tests.unit.shop.engine.graphql.conftest import Shop
from tests.unit.shop.engine.graphql.test_carts import add, new_cart
from tests.unit.shop.engine.graphql.test_checkout import ADDRESS, BILL, EMAIL, PAY, PLACE, SHIP_BY, SHIP_TO

if TYPE_CHECKING:
    from django.test import Client

    from galleria.shop.engine.project import Project

__all__ = ["merchant"]

SEEN = (
    "query($i:OrderInformationInput!){guestOrder(input:$i){status items{quantity_shipped status} "
    "shipments{items{quantity_shipped}} comments{message}}}"
)


@pytest.fixture
def shop(family: Project) -> Shop:
    """A shopper of the store."""
    from galleria.shop.engine.serve import make_web

    return Shop(make_web(family).app)


@pytest.fixture
def number(shop: Shop) -> str:
    """The number of an order of two balls by a guest."""
    cart = new_cart(shop)
    add(shop, cart, "BALL", 2)
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        (EMAIL, {}), (SHIP_TO, {"a": ADDRESS}), (SHIP_BY, {"m": "flatrate"}), (BILL, {}), (PAY, {"p": "checkmo"}),
    )  # fmt: skip
    for step, more in steps:
        shop.ask(step, c=cart, **more)
    placed = shop.ask(PLACE, c=cart)["placeOrder"]
    assert isinstance(placed, dict)
    return str(placed["order"]["order_number"])


def seen(shop: Shop, number: str) -> object:
    """Return what the guest sees of the order."""
    return shop.ask(SEEN, i={"number": number, "email": "a@example.com", "postcode": "78701"})["guestOrder"]


def test_what_is_sent_and_said_reaches_the_customer(merchant: Client, shop: Shop, number: str) -> None:
    from oscar.core.loading import get_model

    get_model("order", "ShippingEventType").objects.get_or_create(code="shipped", defaults={"name": "Shipped"})
    order = get_model("order", "Order").objects.get(number=number)
    line = order.lines.get()
    page = f"/admin/orders/{number}/"
    assert b"Shipped" in merchant.get(page).content
    assert saved(merchant.post(page, {"order_action": "change_order_status", "new_status": "Processing"}))
    sent = {"line_action": "create_shipping_event", "shipping_event_type": "shipped", "reference": "PARCEL-1"}
    sent |= {"selected_line": line.pk, f"selected_line_qty_{line.pk}": "2"}
    assert saved(merchant.post(page, sent))
    note = {"order_action": "save_note", "note_type": "Info", "message": "On its way."}
    assert saved(merchant.post(page, note))
    assert saved(merchant.post(page, {"order_action": "save_note", "note_type": "", "message": "Slow payer."}))
    assert saved(merchant.post(page, {"order_action": "change_order_status", "new_status": "Complete"}))
    assert seen(shop, number) == {
        "status": "Complete",
        "items": [{"quantity_shipped": 2, "status": "Shipped"}],
        "shipments": [{"items": [{"quantity_shipped": 2}]}],
        "comments": [{"message": "On its way."}],
    }
    assert merchant.get(page).status_code == 200


def test_an_order_that_is_complete_can_not_be_cancelled(merchant: Client, shop: Shop, number: str) -> None:
    page = f"/admin/orders/{number}/"
    for status in ("Complete", "Canceled"):
        merchant.post(page, {"order_action": "change_order_status", "new_status": status})
    found = seen(shop, number)
    assert isinstance(found, dict)
    assert found["status"] == "Complete"

"""From a cart to an order: what is missing, in which order, and what is written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.shop.engine.graphql.test_carts import add, new_cart, signed_in

if TYPE_CHECKING:
    from tests.unit.shop.engine.graphql.conftest import Shop

ADDRESS = {
    "firstname": "Ada",
    "lastname": "Muster",
    "street": ["1 Test Street"],
    "city": "Austin",
    "region": "TX",
    "postcode": "78701",
    "country_code": "US",
    "telephone": "5125550100",
}
EMAIL = 'mutation($c:String!){setGuestEmailOnCart(input:{cart_id:$c,email:"a@example.com"}){cart{email}}}'
SHIP_TO = (
    "mutation($c:String!,$a:CartAddressInput!){setShippingAddressesOnCart"
    "(input:{cart_id:$c,shipping_addresses:[{address:$a}]}){cart{shipping_addresses{region{code region_id}}}}}"
)
SHIP_BY = (
    "mutation($c:String!,$m:String!){setShippingMethodsOnCart(input:{cart_id:$c,shipping_methods:"
    "[{carrier_code:$m,method_code:$m}]}){cart{prices{grand_total{value}}}}}"
)
BILL = (
    "mutation($c:String!){setBillingAddressOnCart(input:{cart_id:$c,billing_address:{same_as_shipping:true}})"
    "{cart{billing_address{city}}}}"
)
PAY = (
    "mutation($c:String!,$p:String!){setPaymentMethodOnCart(input:{cart_id:$c,payment_method:{code:$p}})"
    "{cart{selected_payment_method{code}}}}"
)
PLACE = "mutation($c:String!){placeOrder(input:{cart_id:$c}){order{order_number} errors{code message}}}"
GUEST_ORDER = (
    "query($i:OrderInformationInput!){guestOrder(input:$i){number status carrier shipping_method "
    "total{subtotal{value} total_shipping{value} grand_total{value}} items{product_sku quantity_ordered status}}}"
)


def problem(shop: Shop, cart: str) -> tuple[str, str]:
    found = shop.ask(PLACE, c=cart)["placeOrder"]
    assert isinstance(found, dict)
    assert found["order"] is None
    return found["errors"][0]["code"], found["errors"][0]["message"]


def checked_out(shop: Shop, cart: str) -> str:
    for step in (
        (EMAIL, {}),
        (SHIP_TO, {"a": ADDRESS}),
        (SHIP_BY, {"m": "flatrate"}),
        (BILL, {}),
        (PAY, {"p": "checkmo"}),
    ):
        shop.ask(step[0], c=cart, **step[1])
    found = shop.ask(PLACE, c=cart)["placeOrder"]
    assert isinstance(found, dict)
    assert found["errors"] == []
    return str(found["order"]["order_number"])


def test_what_is_missing_is_told_one_thing_after_the_other(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 1)
    assert problem(shop, cart) == ("GUEST_EMAIL_MISSING", "Guest email for cart is missing.")
    shop.ask(EMAIL, c=cart)
    assert problem(shop, cart)[1].startswith("Some addresses can't be used")
    shop.ask(SHIP_TO, c=cart, a=ADDRESS)
    assert problem(shop, cart)[1].startswith("The shipping method is missing.")
    shop.ask(SHIP_BY, c=cart, m="flatrate")
    assert problem(shop, cart)[1].startswith("Please check the billing address information.")
    shop.ask(BILL, c=cart)
    assert problem(shop, cart) == ("UNABLE_TO_PLACE_ORDER", "Enter a valid payment method and try again.")


def test_an_order_is_what_the_cart_was_and_the_cart_is_closed(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 2)
    number = checked_out(shop, cart)
    proof = {"number": number, "email": "a@example.com", "postcode": "78701"}
    assert shop.ask(GUEST_ORDER, i=proof)["guestOrder"] == {
        "number": number,
        "status": "Pending",
        "carrier": "Flat Rate",
        "shipping_method": "Flat Rate - Fixed",
        "total": {"subtotal": {"value": 64}, "total_shipping": {"value": 10}, "grand_total": {"value": 74}},
        "items": [{"product_sku": "TOTE", "quantity_ordered": 2, "status": "Ordered"}],
    }
    assert problem(shop, cart) == ("CART_NOT_ACTIVE", "The cart isn't active.")


@pytest.mark.parametrize("wrong", [{"email": "else@example.com"}, {"postcode": "1"}, {"number": "999"}])
def test_a_guests_order_is_shown_only_to_who_knows_all_of_it(shop: Shop, wrong: dict[str, str]) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 1)
    proof = {"number": checked_out(shop, cart), "email": "a@example.com", "postcode": "78701"} | wrong
    assert shop.refusal(GUEST_ORDER, i=proof)[1] == "graphql-no-such-entity"


def test_number_and_email_alone_are_no_proof(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 1)
    proof = {"number": checked_out(shop, cart), "email": "a@example.com"}
    assert shop.refusal(GUEST_ORDER, i=proof)[1] == "graphql-no-such-entity"


def test_an_unknown_shipping_method_takes_the_chosen_one_off(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 1)
    shop.ask(SHIP_TO, c=cart, a=ADDRESS)
    shop.ask(SHIP_BY, c=cart, m="flatrate")
    assert shop.refusal(SHIP_BY, c=cart, m="nope") == (
        "Carrier with such method not found: nope, nope",
        "graphql-no-such-entity",
    )
    found = shop.ask(
        "query($c:String!){cart(cart_id:$c){shipping_addresses{selected_shipping_method{method_code}}}}", c=cart
    )
    assert found["cart"] == {"shipping_addresses": [{"selected_shipping_method": None}]}


def test_every_missing_field_of_an_address_is_an_error_of_its_own(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 1)
    answer = shop.answer(SHIP_TO, c=cart, a=ADDRESS | {"city": "", "telephone": None})
    assert answer["errors"] == [
        {"message": f'"{name}" is required. Enter and try again.', "extensions": {"category": "graphql-input"}}
        for name in ("city", "telephone")
    ]


def test_a_virtual_cart_needs_no_shipping(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "COURSE", 1)
    shop.ask(EMAIL, c=cart)
    bill = (
        "mutation($c:String!,$a:CartAddressInput!){setBillingAddressOnCart(input:{cart_id:$c,billing_address:"
        "{address:$a}}){cart{billing_address{city}}}}"
    )
    shop.ask(bill, c=cart, a=ADDRESS)
    shop.ask(PAY, c=cart, p="checkmo")
    found = shop.ask(PLACE, c=cart)["placeOrder"]
    assert isinstance(found, dict)
    assert found["errors"] == []


def test_pieces_of_an_order_are_no_longer_for_sale(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 60)
    checked_out(shop, cart)
    again = add(shop, new_cart(shop), "TOTE", 60)
    assert again["user_errors"][0]["code"] == "INSUFFICIENT_STOCK"  # type: ignore[index]


def test_what_was_ordered_can_be_ordered_again(shop: Shop) -> None:
    ada = signed_in(shop, "ada@example.com")
    cart = str(ada.ask("{customerCart{id}}")["customerCart"]["id"])  # type: ignore[index]
    add(ada, cart, "TOTE", 2)
    for step in ((SHIP_TO, {"a": ADDRESS}), (SHIP_BY, {"m": "flatrate"}), (BILL, {}), (PAY, {"p": "checkmo"})):
        ada.ask(step[0], c=cart, **step[1])
    number = ada.ask(PLACE, c=cart)["placeOrder"]["order"]["order_number"]  # type: ignore[index]
    again = (
        "mutation($n:String!){reorderItems(orderNumber:$n){cart{items{quantity product{sku}}} userInputErrors{code}}}"
    )
    assert ada.ask(again, n=number)["reorderItems"] == {
        "cart": {"items": [{"quantity": 2, "product": {"sku": "TOTE"}}]},
        "userInputErrors": [],
    }
    orders = ada.ask("{customer{orders{total_count items{number}}}}")["customer"]["orders"]  # type: ignore[index]
    assert orders == {"total_count": 1, "items": [{"number": number}]}


def test_card_data_has_no_field_to_go_into() -> None:
    from galleria.shop.engine.graphql.schema import contract_text

    text = contract_text().casefold()
    assert not any(word in text for word in ("cc_number", "card_number", "cvv", "cc_exp", "cc_last"))


def make_coupon(code: str, usage: str) -> None:
    """Half off everything with a code."""
    from django.utils import timezone
    from oscar.core.loading import get_model

    def model(name: str) -> type:
        return get_model("offer", name)  # type: ignore[no-any-return]

    everything = model("Range").objects.create(name=code, includes_all_products=True)  # type: ignore[attr-defined]
    offer = model("ConditionalOffer").objects.create(  # type: ignore[attr-defined]
        name=code,
        offer_type="Voucher",
        condition=model("Condition").objects.create(range=everything, type="Count", value=1),  # type: ignore[attr-defined]
        benefit=model("Benefit").objects.create(range=everything, type="Percentage", value=50),  # type: ignore[attr-defined]
    )
    day = timedelta(days=1)
    now = timezone.now()
    get_model("voucher", "Voucher").objects.create(
        name=code, code=code, usage=usage, start_datetime=now - day, end_datetime=now + day
    ).offers.add(offer)


COUPON = (
    "mutation($c:String!,$k:String!){applyCouponToCart(input:{cart_id:$c,coupon_code:$k}){cart{applied_coupons{code}}}}"
)


def with_coupon(shop: Shop, code: str) -> str:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 1)
    shop.ask(COUPON, c=cart, k=code)
    return cart


def test_a_guest_orders_with_a_coupon(shop: Shop) -> None:
    make_coupon("HALF", "Multi-use")
    assert checked_out(shop, with_coupon(shop, "HALF"))
    assert checked_out(shop, with_coupon(shop, "half"))


def test_a_coupon_of_one_use_is_used_once(shop: Shop) -> None:
    make_coupon("ONCE", "Single use")
    first, second = with_coupon(shop, "ONCE"), with_coupon(shop, "ONCE")
    for step in (
        (EMAIL, {}),
        (SHIP_TO, {"a": ADDRESS}),
        (SHIP_BY, {"m": "flatrate"}),
        (BILL, {}),
        (PAY, {"p": "checkmo"}),
    ):
        shop.ask(step[0], c=second, **step[1])
    assert checked_out(shop, first)
    third = new_cart(shop)
    add(shop, third, "TOTE", 1)
    message = "The coupon code isn't valid. Verify the code and try again."
    assert shop.refusal(COUPON, c=third, k="ONCE") == (message, "graphql-no-such-entity")
    assert problem(shop, second) == ("UNABLE_TO_PLACE_ORDER", message)

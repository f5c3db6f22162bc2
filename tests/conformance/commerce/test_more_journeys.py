# ruff: noqa: E501 - documents read best in one line
"""Ways through the shop that other journeys leave out: nothing to send, a cart joined at sign-in, the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.commerce.asking import ADDRESS, PASSWORD, ask, refusal, sign_up

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared

ADD = "mutation($c:String!,$i:[CartItemInput!]!){addProductsToCart(cartId:$c,cartItems:$i){user_errors{code message} cart{items{uid quantity product{sku}}}}}"
CHANGE = "mutation($c:String!,$i:[CartItemUpdateInput!]!){updateCartItems(input:{cart_id:$c,cart_items:$i}){cart{total_quantity items{quantity product{sku}}}}}"
BILL = "mutation($c:String!,$a:CartAddressInput!){setBillingAddressOnCart(input:{cart_id:$c,billing_address:{address:$a}}){cart{billing_address{city}}}}"
PAY = 'mutation($c:String!){setPaymentMethodOnCart(input:{cart_id:$c,payment_method:{code:"checkmo"}}){cart{is_virtual selected_payment_method{code} shipping_addresses{city}}}}'
PLACE = "mutation($c:String!){placeOrder(input:{cart_id:$c}){errors{code message} orderV2{number shipping_address{city} shipping_method}}}"


def added(replay: Replay, token: str | None, cart: str, *wishes: dict[str, object]) -> list[dict[str, Any]]:
    found = ask(replay, ADD, token, c=cart, i=list(wishes))
    assert found["user_errors"] == []
    lines: list[dict[str, Any]] = found["cart"]["items"]
    return lines


def test_a_download_is_bought_without_anything_to_send(replay: Replay) -> None:
    token = sign_up(replay, "downloads")
    cart = ask(replay, "{customerCart{id}}", token)["id"]
    added(replay, token, cart, {"sku": "240-LV05", "quantity": 1})
    assert ask(replay, BILL, token, c=cart, a=ADDRESS)["cart"] == {"billing_address": {"city": "Detroit"}}
    paid = ask(replay, PAY, token, c=cart)["cart"]
    assert paid == {"is_virtual": True, "selected_payment_method": {"code": "checkmo"}, "shipping_addresses": []}
    placed = ask(replay, PLACE, token, c=cart)
    assert placed["errors"] == []
    order = placed["orderV2"]
    assert (order["shipping_address"], order["shipping_method"]) == (None, None)
    given = {"number": order["number"], "email": "downloads@example.com", "postcode": "48201"}
    guest = "query($i:OrderInformationInput!){guestOrder(input:$i){number}}"
    assert refusal(replay, guest, i=given) == ("Please login to view the order.", "graphql-authorization")
    again = "mutation($n:String!){reorderItems(orderNumber:$n){cart{items{product{sku}}} userInputErrors{code message path}}}"
    found = ask(replay, again, token, n=order["number"])
    assert found == {"cart": {"items": [{"product": {"sku": "240-LV05"}}]}, "userInputErrors": []}


def test_what_cannot_be_had_again_is_told_of_the_order(replay: Replay) -> None:
    from oscar.core.loading import get_model

    token = sign_up(replay, "again")
    cart = ask(replay, "{customerCart{id}}", token)["id"]
    added(replay, token, cart, {"sku": "240-LV06", "quantity": 1})
    ask(replay, BILL, token, c=cart, a=ADDRESS)
    ask(replay, PAY, token, c=cart)
    number = ask(replay, PLACE, token, c=cart)["orderV2"]["number"]
    product = get_model("catalogue", "Product").objects.get(upc="240-LV06")
    product.is_public = False
    product.save()
    again = "mutation($n:String!){reorderItems(orderNumber:$n){cart{items{quantity}} userInputErrors{code path}}}"
    found = ask(replay, again, token, n=number)
    assert found["cart"] == {"items": []}
    assert [problem["path"] for problem in found["userInputErrors"]] == [["orderNumber"]]
    product.is_public = True
    product.save()


def test_a_guests_cart_is_joined_at_sign_in_and_changed_in_one_go(replay: Replay) -> None:
    token = sign_up(replay, "joined")
    own = ask(replay, "{customerCart{id}}", token)["id"]
    added(replay, token, own, {"sku": "24-MB04", "quantity": 1})
    guest = ask(replay, "mutation{createEmptyCart}")
    added(replay, None, guest, {"sku": "24-MB04", "quantity": 2}, {"sku": "24-UG06", "quantity": 1})
    sign_in = 'mutation($p:String!){generateCustomerToken(email:"joined@example.com",password:$p){token}}'
    token = ask(replay, sign_in, p=PASSWORD)["token"]
    merge = "mutation($s:String!){mergeCarts(source_cart_id:$s){id items{uid quantity product{sku}}}}"
    joined = ask(replay, merge, token, s=guest)
    assert joined["id"] == own
    assert [(line["product"]["sku"], line["quantity"]) for line in joined["items"]] == [("24-MB04", 3), ("24-UG06", 1)]
    first, second = (line["uid"] for line in joined["items"])
    changed = ask(
        replay,
        CHANGE,
        token,
        c=own,
        i=[{"cart_item_uid": first, "quantity": 0}, {"cart_item_uid": second, "quantity": 4}],
    )
    assert changed["cart"] == {"total_quantity": 4, "items": [{"quantity": 4, "product": {"sku": "24-UG06"}}]}
    coupon = 'mutation($c:String!){applyCouponToCart(input:{cart_id:$c,coupon_code:"H20"}){cart{applied_coupons{code} prices{discounts{label}}}}}'
    found = ask(replay, coupon, token, c=own)["cart"]
    assert found == {
        "applied_coupons": [{"code": "H20"}],
        "prices": {"discounts": [{"label": "Use promo code H20 at checkout"}]},
    }
    gone = "mutation($c:String!){removeCouponFromCart(input:{cart_id:$c}){cart{applied_coupons{code} gift_message{message}}}}"
    assert ask(replay, gone, token, c=own)["cart"] == {"applied_coupons": None, "gift_message": None}
    assert refusal(replay, merge, token, s=guest) == ("The cart isn't active.", "graphql-no-such-entity")


ORDERED = "query($n:String!){customer{orders(filter:{number:{eq:$n}}){items{total{discounts{label amount{value}} shipping_handling{discounts{amount{value}}}} items{product_sku discounts{label amount{value}}}}}}}"


def test_an_order_tells_one_discount_and_the_sku_of_a_set_with_its_parts(replay: Replay) -> None:
    token = sign_up(replay, "reduced")
    cart = ask(replay, "{customerCart{id}}", token)["id"]
    found = ask(replay, '{products(filter:{sku:{eq:"24-WG080"}}){items{... on BundleProduct{items{options{uid}}}}}}')
    chosen = [item["options"][0]["uid"] for item in found["items"][0]["items"]]
    added(
        replay,
        token,
        cart,
        {"sku": "24-UG06", "quantity": 1},
        {"sku": "24-WG080", "quantity": 1, "selected_options": chosen},
    )
    ask(
        replay, 'mutation($c:String!){applyCouponToCart(input:{cart_id:$c,coupon_code:"H20"}){cart{id}}}', token, c=cart
    )
    ship = "mutation($c:String!,$a:CartAddressInput!){setShippingAddressesOnCart(input:{cart_id:$c,shipping_addresses:[{address:$a}]}){cart{id}}}"
    ask(replay, ship, token, c=cart, a=ADDRESS)
    by = 'mutation($c:String!){setShippingMethodsOnCart(input:{cart_id:$c,shipping_methods:[{carrier_code:"flatrate",method_code:"flatrate"}]}){cart{id}}}'
    ask(replay, by, token, c=cart)
    ask(replay, BILL, token, c=cart, a=ADDRESS)
    ask(replay, PAY, token, c=cart)
    placed = ask(replay, PLACE, token, c=cart)
    assert placed["errors"] == []
    order = ask(replay, ORDERED, token, n=placed["orderV2"]["number"])["orders"]["items"][0]
    label = "Use promo code H20 at checkout"
    assert order["total"]["discounts"] == [{"label": label, "amount": {"value": 4.9}}]
    assert order["total"]["shipping_handling"] == {"discounts": [{"amount": {"value": 0}}]}
    assert order["items"] == [
        {"product_sku": "24-UG06", "discounts": [{"label": label, "amount": {"value": 4.9}}]},
        {
            "product_sku": "24-WG080-24-WG081-blue-24-WG084-24-WG085-24-WG088",
            "discounts": [{"label": label, "amount": {"value": 0}}],
        },
    ]


def test_what_is_sold_out_is_not_available(replay: Replay) -> None:
    from oscar.core.loading import get_model

    stock = get_model("partner", "StockRecord").objects.get(product__upc="24-UG05")
    stock.num_in_stock, stock.num_allocated = 0, 0
    stock.save()
    cart = ask(replay, "mutation{createEmptyCart}")
    found = ask(replay, ADD, c=cart, i=[{"sku": "24-UG05", "quantity": 1}])
    assert found["user_errors"] == [
        {"code": "NOT_SALABLE", "message": "Product that you are trying to add is not available."}
    ]

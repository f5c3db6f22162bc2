"""Carts: what goes in, what is refused with which words, whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.shop.engine.graphql.conftest import Shop

ADD = (
    "mutation($c:String!,$i:[CartItemInput!]!){addProductsToCart(cartId:$c,cartItems:$i){user_errors{code message} "
    "cart{total_quantity items{uid quantity product{sku}} prices{grand_total{value}}}}}"
)
ADD_LIGHTLY = (
    'mutation($c:String!){addProductsToCart(cartId:$c,cartItems:[{sku:"TOTE",quantity:1}])'
    "{cart{total_quantity prices{grand_total{value}}}}}"
)
UPDATE = (
    "mutation($c:String!,$i:[CartItemUpdateInput!]!){updateCartItems(input:{cart_id:$c,cart_items:$i})"
    "{cart{total_quantity}}}"
)
REMOVE = "mutation($c:String!,$u:ID!){removeItemFromCart(input:{cart_id:$c,cart_item_uid:$u}){cart{total_quantity}}}"


def new_cart(shop: Shop) -> str:
    return str(shop.ask("mutation{createEmptyCart}")["createEmptyCart"])


def add(shop: Shop, cart: str, sku: str, quantity: float) -> dict[str, object]:
    found = shop.ask(ADD, c=cart, i=[{"sku": sku, "quantity": quantity}])["addProductsToCart"]
    assert isinstance(found, dict)
    return found


def test_a_masked_id_is_32_letters_and_digits_and_never_the_same(shop: Shop) -> None:
    ids = {new_cart(shop) for _ in range(5)}
    assert len(ids) == 5
    assert all(len(i) == 32 and i.isalnum() for i in ids)


def test_good_lines_go_in_and_bad_ones_are_told(shop: Shop) -> None:
    cart = new_cart(shop)
    items = [
        {"sku": "TOTE", "quantity": 2},
        {"sku": "nope", "quantity": 1},
        {"sku": "tote", "quantity": 1},
        {"sku": "TOTE", "quantity": 0},
        {"sku": "TOTE", "quantity": 1.5},
        {"sku": "TOTE", "quantity": 5000},
        {"sku": "TOTE", "quantity": 99999},
    ]
    found = shop.ask(ADD, c=cart, i=items)["addProductsToCart"]
    assert isinstance(found, dict)
    assert [(e["code"], e["message"]) for e in found["user_errors"]] == [
        ("PRODUCT_NOT_FOUND", 'Could not find a product with SKU "nope"'),
        ("PRODUCT_NOT_FOUND", 'Could not find a product with SKU "tote"'),
        ("UNDEFINED", "The product quantity should be greater than 0"),
        ("UNDEFINED", "You cannot use decimal quantity for this product."),
        ("INSUFFICIENT_STOCK", "The requested qty is not available"),
        ("UNDEFINED", "The requested qty exceeds the maximum qty allowed in shopping cart"),
    ]
    assert found["cart"]["total_quantity"] == 2
    assert found["cart"]["prices"]["grand_total"]["value"] == 64


def test_the_same_goods_again_are_one_line(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "TOTE", 1)
    assert add(shop, cart, "TOTE", 2)["cart"]["items"][0]["quantity"] == 3  # type: ignore[index]


@pytest.mark.parametrize("others", [0, 2])
def test_putting_more_in_asks_the_database_little_however_much_there_is(shop: Shop, others: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cart = new_cart(shop)
    for sku in ("BOTTLE", "COURSE")[:others]:
        add(shop, cart, sku, 1)
    add(shop, cart, "TOTE", 1)
    with CaptureQueriesContext(connection) as asked:
        found = shop.ask(ADD_LIGHTLY, c=cart)["addProductsToCart"]
    assert found == {"cart": {"total_quantity": others + 2, "prices": {"grand_total": {"value": [64, 77][others > 0]}}}}
    statements = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
    # Cart, cart held, product, its stock, lines, the change, vouchers, offers; and of other goods two more.
    assert len(statements) == (10 if others else 8), statements


def test_updates_are_all_or_none(shop: Shop) -> None:
    cart = new_cart(shop)
    uid = add(shop, cart, "TOTE", 1)["cart"]["items"][0]["uid"]  # type: ignore[index]
    changes = [{"cart_item_uid": uid, "quantity": 4}, {"cart_item_uid": "OTk5OTk5", "quantity": 1}]
    assert shop.refusal(UPDATE, c=cart, i=changes) == (
        "Could not find cart item with id: 999999.",
        "graphql-no-such-entity",
    )
    found = shop.ask("query($c:String!){cart(cart_id:$c){total_quantity}}", c=cart)
    assert found["cart"] == {"total_quantity": 1}


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_quantity_of_nothing_takes_the_line_out(shop: Shop, quantity: int) -> None:
    cart = new_cart(shop)
    uid = add(shop, cart, "TOTE", 1)["cart"]["items"][0]["uid"]  # type: ignore[index]
    found = shop.ask(UPDATE, c=cart, i=[{"cart_item_uid": uid, "quantity": quantity}])
    assert found["updateCartItems"] == {"cart": {"total_quantity": 0}}


def test_more_than_there_is_can_not_be_set(shop: Shop) -> None:
    cart = new_cart(shop)
    uid = add(shop, cart, "TOTE", 1)["cart"]["items"][0]["uid"]  # type: ignore[index]
    message, category = shop.refusal(UPDATE, c=cart, i=[{"cart_item_uid": uid, "quantity": 101}])
    assert message == "Could not update the product with SKU TOTE: The requested qty is not available"
    assert category == "graphql-input"


@pytest.mark.parametrize(
    ("uid", "message", "category"),
    [
        ("OTk5OTk5", "The cart doesn't contain the item", "graphql-no-such-entity"),
        ("!!", 'Value of uid "!!" is incorrect.', "graphql-input"),
    ],
)
def test_removing_what_is_not_there_is_refused(shop: Shop, uid: str, message: str, category: str) -> None:
    assert shop.refusal(REMOVE, c=new_cart(shop), u=uid) == (message, category)


def test_a_cart_of_virtual_goods_is_virtual(shop: Shop) -> None:
    cart = new_cart(shop)
    add(shop, cart, "COURSE", 1)
    found = shop.ask("query($c:String!){cart(cart_id:$c){is_virtual shipping_addresses{city}}}", c=cart)
    assert found["cart"] == {"is_virtual": True, "shipping_addresses": []}


def signed_in(shop: Shop, email: str) -> Shop:
    create = "mutation($i:CustomerCreateInput!){createCustomerV2(input:$i){customer{email}}}"
    person = {"firstname": "Grace", "lastname": "Probe", "email": email, "password": "Golden-Pass-12345"}
    shop.ask(create, i=person)
    sign_in = "mutation($e:String!,$p:String!){generateCustomerToken(email:$e,password:$p){token}}"
    found = shop.ask(sign_in, e=email, p="Golden-Pass-12345")["generateCustomerToken"]
    assert isinstance(found, dict)
    return type(shop)(shop.app, found["token"])


def test_nobody_reads_or_fills_another_persons_cart(shop: Shop) -> None:
    ada, eve = signed_in(shop, "ada@example.com"), signed_in(shop, "eve@example.com")
    adas = ada.ask("{customerCart{id}}")["customerCart"]["id"]  # type: ignore[index]
    guests = new_cart(shop)
    refused = (f'The current user cannot perform operations on cart "{adas}"', "graphql-authorization")
    read = "query($c:String!){cart(cart_id:$c){id}}"
    for other in (shop, eve):
        assert other.refusal(read, c=adas) == refused
        assert other.refusal(ADD, c=adas, i=[{"sku": "TOTE", "quantity": 1}]) == refused
    assert eve.refusal(read, c=guests)[1] == "graphql-authorization"


def test_merging_moves_everything_and_closes_the_guests_cart(shop: Shop) -> None:
    ada = signed_in(shop, "ada@example.com")
    guests = new_cart(shop)
    add(shop, guests, "TOTE", 2)
    own = str(ada.ask("{customerCart{id}}")["customerCart"]["id"])  # type: ignore[index]
    add(ada, own, "TOTE", 1)
    add(ada, own, "BOTTLE", 1)
    merge = (
        "mutation($a:String!,$b:String){mergeCarts(source_cart_id:$a,destination_cart_id:$b)"
        "{id items{quantity product{sku}}}}"
    )
    found = ada.ask(merge, a=guests, b=own)["mergeCarts"]
    assert found == {
        "id": own,
        "items": [
            {"quantity": 3, "product": {"sku": "TOTE"}},
            {"quantity": 1, "product": {"sku": "BOTTLE"}},
        ],
    }
    assert shop.refusal("query($c:String!){cart(cart_id:$c){id}}", c=guests) == (
        "The cart isn't active.",
        "graphql-no-such-entity",
    )

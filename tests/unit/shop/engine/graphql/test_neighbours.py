"""What stands beside the recorded answers: the same rules with other numbers, names and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.shop.engine.graphql.test_carts import ADD, new_cart, signed_in
from tests.unit.shop.engine.graphql.test_customers import ADDRESS, CREATE_ADDRESS

if TYPE_CHECKING:
    from tests.unit.shop.engine.graphql.conftest import Shop

LIST = "query($s:Int,$p:Int){products(filter:{},pageSize:$s,currentPage:$p){total_count items{sku}}}"


@pytest.fixture
def indexed(shop: Shop) -> Shop:
    """A shop whose three products can be found."""
    from galleria.shop.engine.index import keeping

    keeping.rebuild()
    return shop


@pytest.mark.parametrize("size", [3, 301, 10_000])
def test_a_page_may_be_larger_than_the_shop(indexed: Shop, size: int) -> None:
    found = indexed.ask(LIST, s=size, p=1)["products"]
    assert isinstance(found, dict)
    assert sorted(item["sku"] for item in found["items"]) == ["BOTTLE", "COURSE", "TOTE"]


@pytest.mark.parametrize("size", [10_001, 2**31 - 1])
def test_a_page_without_an_end_is_refused_before_memory_is_taken(indexed: Shop, size: int) -> None:
    assert indexed.refusal(LIST, s=size, p=1) == ("Maximum pageSize is 10000", "graphql-input")


@pytest.mark.parametrize("page", [2, 2**31 - 1])
def test_a_page_far_past_the_end_is_told(indexed: Shop, page: int) -> None:
    assert indexed.refusal(LIST, s=20, p=page) == (
        f"currentPage value {page} specified is greater than the 1 page(s) available.",
        "graphql-input",
    )


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_an_infinite_quantity_is_no_number(shop: Shop, number: str) -> None:
    asked = 'mutation{addProductsToCart(cartId:"%s",cartItems:[{sku:"TOTE",quantity:%s}]){user_errors{code}}}'
    message, _category = shop.refusal(asked % (new_cart(shop), number))
    assert message.endswith(f"Float cannot represent non numeric value: {number}")


@pytest.mark.parametrize("number", ["inf", "nan", "1e400"])
def test_an_infinite_quantity_in_a_variable_is_no_number(shop: Shop, number: str) -> None:
    message, _category = shop.refusal(ADD, c=new_cart(shop), i=[{"sku": "TOTE", "quantity": number}])
    assert "Float cannot represent non numeric value" in message


@pytest.mark.parametrize("quantity", [1e18, 1e308])
def test_a_huge_quantity_is_above_the_most_that_may_be(shop: Shop, quantity: float) -> None:
    found = shop.ask(ADD, c=new_cart(shop), i=[{"sku": "TOTE", "quantity": quantity}])["addProductsToCart"]
    assert isinstance(found, dict)
    assert [e["message"] for e in found["user_errors"]] == [
        "The requested qty exceeds the maximum qty allowed in shopping cart"
    ]


def test_a_nul_letter_is_passed_over(shop: Shop) -> None:
    found = shop.ask(ADD, c=new_cart(shop), i=[{"sku": "TO\0TE", "quantity": 1}])["addProductsToCart"]
    assert isinstance(found, dict)
    assert found["user_errors"] == []
    ada = signed_in(shop, "nul@example.com")
    kept = ada.ask(CREATE_ADDRESS, i=ADDRESS | {"city": "Aus\0tin"})["createCustomerAddress"]
    assert isinstance(kept, dict)
    assert kept["city"] == "Austin"


def test_a_customer_may_keep_the_same_address_twice(shop: Shop) -> None:
    ada = signed_in(shop, "twice@example.com")
    first = ada.ask(CREATE_ADDRESS, i=ADDRESS | {"default_billing": True})["createCustomerAddress"]["id"]  # type: ignore[index]
    second = ada.ask(CREATE_ADDRESS, i=ADDRESS)["createCustomerAddress"]["id"]  # type: ignore[index]
    assert first != second
    assert ada.ask("mutation($id:Int!){deleteCustomerAddress(id:$id)}", id=second)["deleteCustomerAddress"] is True


def test_an_address_may_become_what_another_is(shop: Shop) -> None:
    ada = signed_in(shop, "becomes@example.com")
    ada.ask(CREATE_ADDRESS, i=ADDRESS)
    other = ada.ask(CREATE_ADDRESS, i=ADDRESS | {"city": "Dallas"})["createCustomerAddress"]["id"]  # type: ignore[index]
    change = 'mutation($id:Int!){updateCustomerAddress(id:$id,input:{city:"Austin"}){city}}'
    assert ada.ask(change, id=other)["updateCustomerAddress"] == {"city": "Austin"}


def test_there_is_one_default_address_of_a_kind(shop: Shop) -> None:
    ada = signed_in(shop, "default@example.com")
    for city in ("Austin", "Dallas"):
        ada.ask(CREATE_ADDRESS, i=ADDRESS | {"city": city, "default_shipping": True, "default_billing": True})
    found = ada.ask("{customer{addresses{city default_shipping default_billing}}}")["customer"]
    assert isinstance(found, dict)
    assert [(a["city"], a["default_shipping"], a["default_billing"]) for a in found["addresses"]] == [
        ("Austin", False, False),
        ("Dallas", True, True),
    ]

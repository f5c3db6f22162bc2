# ruff: noqa: E501 - documents read best in one line
"""Wish lists beside the recorded requests: what is wished for in detail, and the way into the cart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.commerce.asking import ask, refusal, sign_up

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared

ADD = "mutation($w:ID!,$i:[WishlistItemInput!]!){addProductsToWishlist(wishlistId:$w,wishlistItems:$i){user_errors{code message} wishlist{items_v2{items{__typename id quantity product{sku} ... on BundleWishlistItem{bundle_options{label values{label quantity}}} ... on DownloadableWishlistItem{links_v2{title price} samples{title}} ... on ConfigurableWishlistItem{child_sku configurable_options{option_label value_label}}}}}}}"
TO_CART = "mutation($w:ID!,$i:[ID!]){addWishlistItemsToCart(wishlistId:$w,wishlistItemIds:$i){status add_wishlist_items_to_cart_user_errors{code message} wishlist{items_count}}}"


@pytest.fixture(scope="module")
def token(replay: Replay) -> str:
    return sign_up(replay, "wishes")


@pytest.fixture(scope="module")
def wishlist(replay: Replay, token: str) -> str:
    return str(ask(replay, "{customer{wishlists{id}}}", token)["wishlists"][0]["id"])


def options(replay: Replay, sku: str) -> list[str]:
    found = ask(
        replay,
        "query($s:String!){products(filter:{sku:{eq:$s}}){items{... on ConfigurableProduct{configurable_options{values{uid}}} ... on BundleProduct{items{options{uid}}}}}}",
        s=sku,
    )["items"][0]
    groups: list[Any] = [o["values"] for o in found.get("configurable_options", ())] or [
        i["options"] for i in found["items"]
    ]
    return [group[0]["uid"] for group in groups]


def test_a_wish_is_of_one_at_least(replay: Replay, token: str, wishlist: str) -> None:
    found = ask(
        replay, ADD, token, w=wishlist, i=[{"sku": "24-MB01", "quantity": 0}, {"sku": "24-MB02", "quantity": -1}]
    )
    assert found["user_errors"] == [{"code": "UNDEFINED", "message": "The quantity of a wish list item cannot be 0"}]
    kept = found["wishlist"]["items_v2"]["items"]
    assert [(item["product"]["sku"], item["quantity"]) for item in kept] == [("24-MB02", 1)]
    ask(replay, TO_CART, token, w=wishlist)


def test_wishes_show_what_was_chosen_and_go_into_the_cart(replay: Replay, token: str, wishlist: str) -> None:
    wishes = [
        {"sku": "WH01-S-Green", "parent_sku": "WH01", "quantity": 1, "selected_options": options(replay, "WH01")},
        {"sku": "24-WG080", "quantity": 1, "selected_options": options(replay, "24-WG080")},
        {"sku": "240-LV04", "quantity": 1},
        {"sku": "WH02", "quantity": 1},
    ]
    found = ask(replay, ADD, token, w=wishlist, i=wishes)
    assert found["user_errors"] == []
    hoodie, bundle, download, open_choice = found["wishlist"]["items_v2"]["items"]
    assert hoodie["product"]["sku"] == "WH01"
    assert {o["option_label"] for o in hoodie["configurable_options"]} == {"Color", "Size"}
    assert hoodie["child_sku"].startswith("WH01-")
    assert [len(o["values"]) for o in bundle["bundle_options"]] == [1, 1, 1, 1]
    assert [link["title"] for link in download["links_v2"]] == ["Beginner's Yoga"]
    assert len(download["samples"]) == 3
    gone = ask(replay, TO_CART, token, w=wishlist)
    assert gone["status"] is False
    assert gone["add_wishlist_items_to_cart_user_errors"] == [
        {"code": "UNDEFINED", "message": "You need to choose options for your item."}
    ]
    assert gone["wishlist"] == {"items_count": 1}
    lines = ask(replay, "{customerCart{items{product{sku}}}}", token)["items"]
    assert [line["product"]["sku"] for line in lines] == ["24-MB02", "WH01", "24-WG080", "240-LV04"]
    assert open_choice["product"]["sku"] == "WH02"


def test_a_wish_that_is_not_there_goes_nowhere(replay: Replay, token: str, wishlist: str) -> None:
    message = 'The wishlist item ids "99998,99999" were not found.'
    assert refusal(replay, TO_CART, token, w=wishlist, i=["99998", "99999"]) == (message, "graphql-input")
    assert refusal(replay, TO_CART, token, w="") == ('"wishlistId" value should be specified', "graphql-input")

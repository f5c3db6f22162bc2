"""The addresses of lists."""

from __future__ import annotations

import pytest

from galleria.shop.storefront.data import narrowing
from galleria.shop.storefront.data.narrowing import Wish
from galleria.shop.storefront.pages.addresses import (
    ListAddress,
    read_narrowing,
    read_search,
    read_sort,
    split_page,
)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (ListAddress("/women/tops.html", ".html"), "/women/tops.html"),
        (ListAddress("/women/tops.html", ".html", page=2), "/women/tops/page/2"),
        (ListAddress("/women/tops", "", page=3), "/women/tops/page/3"),
        (ListAddress("/search", search="red bag", page=2), "/search/page/2?q=red+bag"),
        (ListAddress("/a", narrowed=(("size", "M"),), sort="-price"), "/a?size=M&sort=-price"),
        (ListAddress("/search", search=""), "/search?q="),
    ],
)
def test_an_address_as_it_stands_in_a_link(address: ListAddress, text: str) -> None:
    assert address.text() == text


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/women/tops/page/2", ("/women/tops", 2)),
        ("/women/tops/page/0", ("/women/tops/page/0", 1)),
        ("/women/tops/page/x", ("/women/tops/page/x", 1)),
        ("/women/tops/page/1000000", ("/women/tops/page/1000000", 1)),
        ("/women", ("/women", 1)),
    ],
)
def test_a_path_says_which_page(path: str, parts: tuple[str, int]) -> None:
    assert split_page(path) == parts


def test_a_filter_is_taken_and_taken_back_and_begins_at_the_first_page() -> None:
    start = ListAddress("/a", page=4)
    narrowed = start.toggled("size", "M")
    assert narrowed.text() == "/a?size=M"
    assert narrowed.toggled("color", "red").text() == "/a?size=M&color=red"
    assert narrowed.toggled("size", "M").text() == "/a"


def test_there_is_one_price_range_at_a_time() -> None:
    assert ListAddress("/a").toggled("price", "10_20").toggled("price", "20_30").text() == "/a?price=20_30"


def test_only_what_the_contract_knows_narrows_a_list() -> None:
    given = [
        ("size", "M"),
        ("size", "M"),
        ("nosuch", "1"),
        ("price", "cheap"),
        ("price", "10_"),
        ("sku", "A"),
        ("q", "x"),
    ]
    assert read_narrowing(given) == (("size", "M"), ("price", "10_"))


def test_unknown_orders_are_the_lists_own() -> None:
    assert read_sort("-price") == "-price"
    assert read_sort("price; drop") is None
    assert read_sort(None) is None


def test_a_search_has_no_useless_spaces_and_an_end() -> None:
    assert read_search("  red \n bag ") == "red bag"
    assert len(read_search("x" * 1000)) == 120


def test_a_wish_becomes_the_contracts_filter() -> None:
    wish = Wish(category_uid="Mg==", narrowed=(("size", "1"), ("size", "2"), ("color", "3"), ("price", "10_20")))
    assert narrowing.filter_input(wish).model_dump(by_alias=True, exclude_unset=True) == {
        "size": {"in": ["1", "2"]},
        "color": {"eq": "3"},
        "price": {"from": "10", "to": "20"},
        "category_uid": {"eq": "Mg=="},
    }


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ("10_20", ("10", "20")),
        ("10_*", ("10", None)),
        ("*_20", (None, "20")),
        ("_20", (None, "20")),
        ("x", (None, None)),
    ],
)
def test_price_buckets(value: str, bounds: tuple[str | None, str | None]) -> None:
    assert narrowing.price_bounds(value) == bounds

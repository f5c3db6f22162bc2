"""A list narrowed to a colour shows its products in that colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from galleria.shop.storefront.data.catalogue import Catalogue
from galleria.shop.storefront.data.values import (
    Card,
    Facet,
    FacetOption,
    Image,
    Listing,
    Look,
    Money,
    Price,
    Swatch,
)
from galleria.shop.storefront.pages.lists import dressed

PRICE = Price(Money(10, "USD"), Money(10, "USD"))
DOTS = (Swatch("Red", "#ff0000", "color"), Swatch("Blue", "#0000ff", "color"))
COLOURS = Facet("color", "Colour", (FacetOption("58", "Red", 2), FacetOption("50", "Blue", 1)))
SIZES = Facet("size", "Size", (FacetOption("1", "S", 2),))


def card(sku: str, swatches: tuple[Swatch, ...] = DOTS) -> Card:
    return Card(sku, sku, f"/{sku}.html", Image(f"{sku}.jpg", sku), PRICE, True, 0, 0, False, swatches)


def look(colour: str, size: str) -> Look:
    return Look((("size", size), ("color", colour)), Image(f"{colour}-{size}.jpg", ""))


class Wardrobe:
    """Stands for the catalogue: how the variants look, and how often that was asked."""

    def __init__(self, looks: Mapping[str, tuple[Look, ...]]) -> None:
        self.known = looks
        self.asked: list[tuple[str, ...]] = []

    async def looks(self, skus: tuple[str, ...]) -> Mapping[str, tuple[Look, ...]]:
        self.asked.append(skus)
        return self.known


async def shown(wardrobe: Wardrobe, cards: tuple[Card, ...], *narrowed: tuple[str, str]) -> list[tuple[str, str]]:
    listing = Listing(cards, len(cards), 1, 1, (COLOURS, SIZES), (), ())
    found = await dressed(cast("Catalogue", wardrobe), listing, narrowed)
    return [(one.path, one.image.path if one.image else "") for one in found]


async def test_the_chosen_colour_is_on_the_picture_and_in_the_link() -> None:
    wardrobe = Wardrobe({"A": (look("Blue", "S"), look("Red", "S"), look("Red", "L"))})
    assert await shown(wardrobe, (card("A"),), ("color", "58")) == [("/A.html?color=red", "Red-S.jpg")]
    assert await shown(wardrobe, (card("A"),), ("color", "50")) == [("/A.html?color=blue", "Blue-S.jpg")]


async def test_what_has_no_such_picture_stays_as_it_is_and_is_not_asked_for() -> None:
    wardrobe = Wardrobe({"A": (look("Green", "S"),)})
    plain = card("B", ())
    assert await shown(wardrobe, (card("A"), plain), ("color", "58")) == [("/A.html", "A.jpg"), ("/B.html", "B.jpg")]
    assert wardrobe.asked == [("A",)]


async def test_nothing_is_asked_where_no_colour_is_chosen() -> None:
    """A size looks like any other; its first variant's colour would be nobody's choice."""
    wardrobe = Wardrobe({})
    assert await shown(wardrobe, (card("A"),), ("size", "1")) == [("/A.html", "A.jpg")]
    assert await shown(wardrobe, (card("A"),)) == [("/A.html", "A.jpg")]
    assert wardrobe.asked == []

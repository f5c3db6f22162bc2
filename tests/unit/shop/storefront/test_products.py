"""Which variant is chosen, and what that makes of the page."""

from __future__ import annotations

from dataclasses import replace

from galleria.shop.storefront.data.values import Image, Money, Option, Price, Product, Value, Variant
from galleria.shop.storefront.pages.products import choose


def price(value: float) -> Price:
    return Price(Money(value, "USD"), Money(value, "USD"))


RED, BLUE = Value("r", "Red", "red", "#ff0000"), Value("b", "Blue", "blue", "#0000ff")
SMALL, LARGE = Value("s", "S", "s", None), Value("l", "L", "l", None)


def variant(colour: Value, size: Value, *, stock: bool = True, cost: float = 10) -> Variant:
    return Variant(
        f"A-{size.label}-{colour.label}",
        {"color": colour.uid, "size": size.uid},
        stock,
        None,
        price(cost),
        (Image(f"{colour.slug}.jpg", colour.label),),
    )


HOODIE = Product(
    sku="A",
    name="Hoodie",
    path="/hoodie.html",
    kind="configurable",
    title="Hoodie",
    meta="",
    description="",
    summary="",
    price=price(10),
    images=(Image("all.jpg", "Hoodie"),),
    in_stock=True,
    left=None,
    rating=0,
    review_count=0,
    reviews=(),
    trail=(),
    facts=(),
    options=(Option("color", "Colour", (RED, BLUE)), Option("size", "Size", (SMALL, LARGE))),
    variants=(variant(RED, SMALL), variant(RED, LARGE, stock=False), variant(BLUE, SMALL, cost=12)),
)


def test_nothing_chosen_shows_the_product_itself() -> None:
    page = choose(HOODIE, {})
    assert page.variant is None
    assert page.missing == ("Colour", "Size")
    assert page.images == HOODIE.images
    assert page.in_stock


def test_a_colour_brings_its_pictures_and_stands_in_the_address() -> None:
    page = choose(HOODIE, {"color": "blue"})
    assert [image.path for image in page.images] == ["blue.jpg"]
    assert page.here == "/hoodie.html?color=blue"
    assert page.missing == ("Size",)


def test_all_chosen_is_one_variant_with_its_own_price() -> None:
    page = choose(HOODIE, {"color": "blue", "size": "s"})
    assert page.variant is not None
    assert page.variant.sku == "A-S-Blue"
    assert page.price.final.value == 12
    assert page.chosen_uids == ("b", "s")


def test_what_is_sold_out_or_not_made_can_be_seen_before_it_is_chosen() -> None:
    sizes = choose(HOODIE, {"color": "red"}).options[1].values
    assert [(value.label, value.available) for value in sizes] == [("S", True), ("L", False)]
    sizes = choose(HOODIE, {"color": "blue"}).options[1].values
    assert [(value.label, value.available) for value in sizes] == [("S", True), ("L", False)]


def test_a_sold_out_variant_is_sold_out() -> None:
    page = choose(HOODIE, {"color": "red", "size": "l"})
    assert page.variant is not None
    assert not page.in_stock


def test_a_combination_that_is_not_made_is_out_of_stock() -> None:
    page = choose(HOODIE, {"color": "blue", "size": "l"})
    assert page.variant is None
    assert not page.in_stock


def test_rubbish_in_the_address_chooses_nothing() -> None:
    assert choose(HOODIE, {"color": "pink", "size": "<script>"}).here == "/hoodie.html"


def test_the_only_value_of_an_option_is_chosen() -> None:
    single = replace(
        HOODIE,
        options=(Option("color", "Colour", (RED,)), HOODIE.options[1]),
        variants=HOODIE.variants[:2],
    )
    assert choose(single, {"size": "s"}).variant is not None


def test_a_simple_product_is_as_it_is() -> None:
    simple = replace(HOODIE, kind="simple", options=(), variants=())
    assert choose(simple, {}).in_stock
    assert not choose(replace(simple, in_stock=False), {}).in_stock

"""From the engine's answers to our values."""

from __future__ import annotations

import pytest

from galleria.shop.storefront.client.fragments import Picture
from galleria.shop.storefront.data import reading
from galleria.shop.storefront.data.product_reading import slug
from galleria.shop.storefront.data.values import Image, Money, Price
from galleria.shop.storefront.web import texts


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/media/catalog/product/a.jpg", "catalog/product/a.jpg"),
        ("http://shop/media/catalog/product/a%20b.jpg", "catalog/product/a b.jpg"),
        ("https://m/media/catalog/product/cache/0123456789abcdef0123456789abcdef/m/a.jpg", "catalog/product/m/a.jpg"),
        ("https://elsewhere/pictures/a.jpg", None),
        ("/media/../../etc/passwd", None),
        (None, None),
    ],
)
def test_a_picture_lies_under_the_media_folder_or_is_none(url: str | None, path: str | None) -> None:
    found = reading.image(Picture(url=url, label=None), "Bag")
    assert found == (Image(path, "Bag") if path else None)


def test_names_are_plain_text() -> None:
    assert reading.text("LumaTech&trade; &frac14; zip ") == "LumaTech™ ¼ zip"


@pytest.mark.parametrize(
    ("label", "expected"), [("Extra Large", "extra-large"), ("½ zip", "zip"), ("", "x"), ("日本", "x")]
)
def test_labels_in_addresses(label: str, expected: str) -> None:
    assert slug(label) == expected


def test_money_is_written_as_where_the_shop_sells() -> None:
    assert texts.money(Money(1234.5, "EUR"), "en_US") == "€1,234.50"
    assert texts.money(Money(1234.5, "EUR"), "de_DE") == "1.234,50\xa0€"
    assert texts.money(Money(5, "USD"), "xx_XX") == "$5.00"


def test_a_reduced_price_knows_by_how_much() -> None:
    price = Price(Money(28, "USD"), Money(35, "USD"))
    assert price.reduced
    assert price.percent_off == 20


def test_a_summary_ends_at_a_word() -> None:
    assert texts.plain("<p>One two</p><p>three &amp; four</p>", 12) == "One two…"
    assert texts.plain("<p>short</p>") == "short"


@pytest.mark.parametrize(
    ("code", "locale", "name"),
    [("US", "en_US", "United States"), ("DE", "de_DE", "Deutschland"), ("XZ", "en_US", "XZ"), ("US", "??", "US")],
)
def test_countries_are_called_as_where_the_shop_sells(code: str, locale: str, name: str) -> None:
    assert texts.country(code, locale) == name

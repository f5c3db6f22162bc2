"""What search engines and other programs read of a page: one address, its language, what it shares, what it is."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any, Final

import pytest

from tests.conformance.storefront.conftest import Shopper
from tests.support.running_shop import RunningShop

PRODUCT: Final = "/moon-vase.html"
CHOSEN: Final = f"{PRODUCT}?color=ochre"
LIST: Final = "/tableware.html"


def attribute(page: str, pattern: str) -> list[str]:
    return [unescape(found) for found in re.findall(pattern, page)]


def described(page: str) -> dict[str, dict[str, Any]]:
    """Return what a page says of itself as JSON-LD, by type."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    parts = [json.loads(part) for part in found]
    assert all(part["@context"] == "https://schema.org" for part in parts)
    return {part["@type"]: part for part in parts}


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/", "/"),
        (LIST, LIST),
        (f"{LIST}?sort=-price", LIST),
        (PRODUCT, PRODUCT),
        (CHOSEN, PRODUCT),
        ("/about-us", "/about-us"),
    ],
)
def test_a_page_has_one_address_one_language_and_a_preview(
    shop: RunningShop, shopper: Shopper, path: str, own: str
) -> None:
    page = shopper.see(path).text
    address = shop.url + own
    assert attribute(page, r'<link rel="canonical" href="([^"]+)"') == [address]
    alternates = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page)
    assert alternates == [("en-us", address), ("x-default", address)]
    assert attribute(page, r'<html lang="([^"]+)"') == ["en"]
    assert attribute(page, r'property="og:url" content="([^"]+)"') == [address]
    assert len(attribute(page, r'property="og:title" content="([^"]+)"')) == 1
    assert len(attribute(page, r'<meta name="description" content="([^"]+)"')) == 1
    assert len(attribute(page, r"<title>([^<]+)</title>")) == 1
    assert ("noindex" in page) == ("sort=" in path)


def test_a_product_says_what_it_is_costs_and_looks_like(shop: RunningShop, shopper: Shopper) -> None:
    page = shopper.see(CHOSEN).text
    product = described(page)["Product"]
    assert product["name"] == "Moon Vase"
    assert product["url"] == shop.url + PRODUCT
    assert len(product["description"]) > 20
    offer = product["offers"]
    assert re.fullmatch(r"\d+\.\d\d", offer["price"])
    assert offer["priceCurrency"] == "EUR"
    assert offer["availability"] in {"https://schema.org/InStock", "https://schema.org/OutOfStock"}
    assert offer["url"] == shop.url + CHOSEN
    for picture in product["image"]:
        assert picture.startswith(f"{shop.url}/_picture/")
        assert shopper.see(picture.removeprefix(shop.url)).headers["content-type"].startswith("image/")
    assert attribute(page, r'property="og:image" content="([^"]+)"') == product["image"][:1]


def test_what_was_reviewed_says_how(shopper: Shopper) -> None:
    rating = described(shopper.see("/bamboo-teapot.html").text)["Product"]["aggregateRating"]
    assert 1 <= float(rating["ratingValue"]) <= 5
    assert rating["reviewCount"] > 0


@pytest.mark.parametrize("path", [LIST, PRODUCT])
def test_the_way_to_a_page_is_said_step_by_step(shop: RunningShop, shopper: Shopper, path: str) -> None:
    steps = described(shopper.see(path).text)["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    assert all(shopper.see(step["item"].removeprefix(shop.url)).status_code == 200 for step in steps[:-1])
    assert "item" not in steps[-1]


def test_the_sitemap_has_every_page_that_is_for_everybody_once_and_no_variant(
    shop: RunningShop, shopper: Shopper
) -> None:
    text = shopper.see("/sitemap.xml").text
    found = [place.removeprefix(shop.url) for place in attribute(text, "<url><loc>([^<]+)</loc></url>")]
    assert len(found) == len(set(found))
    document = "{products(filter:{},pageSize:300){total_count items{url_key url_suffix}}}"
    products = shopper.http.get("/graphql", params={"query": document}).json()["data"]["products"]
    listed = {f"/{one['url_key']}{one['url_suffix']}" for one in products["items"]}
    assert len(listed) == products["total_count"]
    others = set(found) - listed
    assert listed <= set(found)
    assert {"/", LIST} <= others
    assert all(shopper.see(path).status_code == 200 for path in others)
    assert all("noindex" not in shopper.see(path).text for path in others)


def test_robots_are_told_where_the_sitemap_is_and_what_is_nobodys(shop: RunningShop, shopper: Shopper) -> None:
    lines = shopper.see("/robots.txt").text.splitlines()
    assert f"Sitemap: {shop.url}/sitemap.xml" in lines
    assert {"Disallow: /cart", "Disallow: /checkout", "Disallow: /account"} <= set(lines)

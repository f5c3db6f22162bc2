"""A downloadable product's page: its files, what each adds, and what can be looked into before buying."""

from __future__ import annotations

import httpx
import pytest

from galleria.shop.storefront.data.reading import web_address
from tests.unit.shop.storefront.conftest import StandIn

NINE = {"value": 9, "currency": "USD"}
SONGS: dict[str, object] = {
    "__typename": "DownloadableProduct",
    "uid": "MQ==",
    "sku": "SONGS",
    "name": "Songs",
    "url_key": "songs",
    "url_suffix": ".html",
    "meta_title": None,
    "meta_description": None,
    "stock_status": "IN_STOCK",
    "only_x_left_in_stock": None,
    "rating_summary": 0,
    "review_count": 0,
    "description": None,
    "short_description": None,
    "image": None,
    "media_gallery": [],
    "price_range": {"minimum_price": {"final_price": NINE, "regular_price": NINE}, "maximum_price": None},
    "price_tiers": [],
    "categories": None,
    "custom_attributesV2": None,
    "reviews": {"items": [], "page_info": {"total_pages": 0}},
    "links_title": "Songs to choose from",
    "links_purchased_separately": 1,
    "downloadable_product_links": [
        {"uid": "bA==", "title": "Second", "price": 0, "sort_order": 2, "sample_url": None},
        {"uid": "YQ==", "title": "First", "price": 1.5, "sort_order": 1, "sample_url": "https://x.example/first.mp3"},
        None,
    ],
    "downloadable_product_samples": [
        {"title": "All in a minute", "sample_url": "/downloadable/download/sample/sample_id/1", "sort_order": 1},
        {"title": "Never shown", "sample_url": "javascript:alert(1)", "sort_order": 2},
    ],
}


async def page_of(shopper: httpx.AsyncClient, stand_in: StandIn, **changes: object) -> str:
    route = {"__typename": "DownloadableProduct", "relative_url": "songs.html", "redirect_code": 0, "type": "PRODUCT"}
    stand_in.answers |= {
        "Resolve": {"route": route},
        "Product": {"products": {"items": [{**SONGS, **changes}]}},
        "Related": {"products": {"items": []}},
        "AttributeLabels": {"customAttributeMetadataV2": {"items": []}},
    }
    answer = await shopper.get("/songs.html")
    assert answer.status_code == 200
    return answer.text


async def test_files_are_chosen_where_they_are_sold_one_by_one(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    text = await page_of(shopper, stand_in)
    assert "Songs to choose from" in text
    assert text.index('value="YQ=="') < text.index('value="bA=="')
    assert "+$1.50" in text
    assert 'href="https://x.example/first.mp3" target="_blank" rel="noopener nofollow"' in text


async def test_files_are_only_named_where_all_are_sold_together(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    text = await page_of(shopper, stand_in, links_purchased_separately=0)
    assert "<span>First</span>" in text
    assert 'name="choice"' not in text


async def test_samples_are_links_to_the_web_and_nowhere_else(shopper: httpx.AsyncClient, stand_in: StandIn) -> None:
    text = await page_of(shopper, stand_in)
    assert 'href="/downloadable/download/sample/sample_id/1"' in text
    assert "All in a minute" in text
    assert "Never shown" not in text
    assert "javascript:" not in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x/y", "x.html", "", None])
def test_what_is_no_address_of_the_web_is_none(url: str | None) -> None:
    assert web_address(url) is None

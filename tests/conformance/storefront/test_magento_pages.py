"""The storefront in front of a recorded Magento: its pages, from what a Magento said and as it says it."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PIL import Image

from galleria.shop.storefront.app import application, services
from tests.support.magento_door import Door, open_door
from tests.support.magento_shop import BUNDLE, GROUP, HOST, JACKETS, PANTS, TOTE, quick_shop, send, settings
from tests.support.recorded_magento import RecordedMagento

pytestmark = pytest.mark.shared

PUBLIC: Final = ("/", JACKETS, TOTE, PANTS, BUNDLE, GROUP, "/search?q=jacket", "/cart", "/about-us", "/sitemap.xml")
ADDRESS: Final = {
    "firstname": "Ada",
    "lastname": "Muster",
    "street": "1 Test Street",
    "city": "Austin",
    "region": "Texas",
    "postcode": "78701",
    "country": "US",
    "telephone": "5125550100",
}


@pytest.fixture
def door() -> Iterator[Door]:
    """A Magento of its own for each test; it must have had an answer for everything."""
    with open_door(RecordedMagento()) as opened:
        yield opened
        assert opened.unlike == []


@pytest.fixture
async def shopper(door: Door, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in a shop whose engine is that Magento."""
    made = services(settings(tmp_path, door.url))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(made)), base_url=HOST) as client:
        yield client
    await made.engine.close()


def words(page: httpx.Response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", page.text, flags=re.DOTALL)))


async def test_home_has_the_departments_and_their_pictures(shopper: httpx.AsyncClient) -> None:
    page = await shopper.get("/")
    assert page.status_code == 200
    for name in ("What's New", "Women", "Men", "Gear", "Training", "Sale"):
        assert name in words(page)
    assert 'href="/women.html"' in page.text
    assert re.search(r"/_picture/\d+\.avif/catalog/product/\w/\w/[\w-]+\.jpg", page.text)
    assert "/cache/" not in page.text
    assert "Default welcome msg!" not in page.text


async def test_a_category_lists_narrows_and_pages(shopper: httpx.AsyncClient) -> None:
    page = await shopper.get(JACKETS)
    assert page.status_code == 200
    assert "Adrienne Trek Jacket" in words(page)
    assert "$57.00" in words(page)
    assert re.search(r'href="/women/tops-women/jackets-women\.html\?\w+=[^"]+" rel="nofollow"', page.text)
    assert re.search(r"\$30 . \$40", words(page))
    assert (await shopper.get(f"{JACKETS}?color=49")).status_code == 200
    assert (await shopper.get("/women/tops-women/jackets-women/page/99")).status_code == 404
    assert (await shopper.get("/no-such-thing.html")).status_code == 404


async def test_products_of_every_kind_have_a_page(shopper: httpx.AsyncClient) -> None:
    tote = await shopper.get(TOTE)
    assert "Motivated by this Bag!" in tote.text
    assert "<li>Two-way zippers.</li>" in tote.text
    assert '"price": "32.00"' in tote.text
    pants = words(await shopper.get(PANTS))
    assert "Choose size and color" in pants or "Choose color and size" in pants
    assert 'type="radio"' in (await shopper.get(BUNDLE)).text
    assert (await shopper.get(GROUP)).text.count('class="members"') == 1


async def test_entities_in_names_are_letters(shopper: httpx.AsyncClient) -> None:
    page = await shopper.get("/search?q=harmony")
    assert "Harmony Lumaflex™ Strength Band Kit" in words(page)
    assert "&amp;trade;" not in page.text


async def test_search_finds_and_finds_nothing(shopper: httpx.AsyncClient) -> None:
    assert "Josie Yoga Jacket" in words(await shopper.get("/search?q=jacket"))
    assert "Nothing here answers to" in words(await shopper.get("/search?q=zzzzqqq"))


async def test_a_cart_is_filled_and_says_what_did_not_go_in(shopper: httpx.AsyncClient) -> None:
    cart = await send(shopper, "/cart/add", {"sku": "24-WG080", "quantity": "1", "name": "Kit"})
    assert cart.url.path == "/cart"
    text = words(cart)
    for shown in ("Kit is in your cart.", "Compete Track Tote", "Color : Green", "Sprite Yoga Companion Kit"):
        assert shown.replace(" :", ":") in text
    refused = await send(shopper, "/cart/add", {"sku": "no-such-sku", "quantity": "1", "back": TOTE})
    assert 'Could not find a product with SKU "no-such-sku"' in words(refused)
    assert "Compete Track Tote" in words(await shopper.get("/cart"))


async def test_a_guest_orders(shopper: httpx.AsyncClient) -> None:
    await send(shopper, "/cart/add", {"sku": "24-WB02", "quantity": "1"})
    told = {**ADDRESS, "email": "ada@example.com"}
    checkout = await send(shopper, "/checkout", {**told, "act": "address"})
    assert "Flat Rate, Fixed" in words(checkout)
    assert "Check / Money order" in words(checkout)
    expected = re.search(r'name="expected" value="([^"]+)"', checkout.text)
    assert expected is not None
    done = await send(shopper, "/checkout", {**told, "act": "place", "expected": expected[1]})
    assert done.url.path == "/checkout/done"
    assert "000000046" in words(done)
    assert "Affirm Water Bottle" in words(done)


async def test_a_customer_has_an_account(shopper: httpx.AsyncClient) -> None:
    answer = await send(shopper, "/sign-in", {"email": "grace@example.com", "password": "Analytical-1843"})
    assert answer.status_code == 200
    assert "Hello, Grace" in words(await shopper.get("/account"))
    assert "1 Home" in words(await shopper.get("/account/addresses"))
    assert "000000046" in words(await shopper.get("/account/orders"))
    assert "Joust Duffle Bag" in words(await shopper.get("/account/wishlist"))
    for path in ("/account/profile", "/account/downloads", "/account/addresses/new"):
        assert (await shopper.get(path)).status_code == 200


async def test_pictures_come_from_the_host_that_the_configuration_names(shopper: httpx.AsyncClient, door: Door) -> None:
    body = io.BytesIO()
    Image.new("RGB", (800, 1000), "teal").save(body, "PNG")
    door.pictures["catalog/product/w/b/wb02-green-0.jpg"] = body.getvalue()
    found = await shopper.get("/_picture/240.webp/catalog/product/w/b/wb02-green-0.jpg")
    assert (found.status_code, found.headers["Content-Type"]) == (200, "image/webp")
    assert (await shopper.get("/_picture/240.webp/catalog/product/n/o/none.jpg")).status_code == 404


async def test_it_is_asked_as_magentos_are_and_by_the_clock(shopper: httpx.AsyncClient, door: Door) -> None:
    """No generation is told there: pages are kept for seconds, and it is not asked for a generation at each page."""
    for _ in range(3):
        await shopper.get(JACKETS)
    asked = [operation for _, operation, _ in door.asked]
    assert asked.count("Listing") == 1
    assert asked.count("") == 1  # {__typename}, which told nothing
    for method, operation, headers in door.asked:
        assert method == "GET" or operation not in {"Listing", "Category", "Resolve", "Shop"}
        assert not [name for name in headers if name.lower().startswith("x-galleria")]


async def test_everything_may_have_holes(shopper: httpx.AsyncClient, door: Door) -> None:
    """A Magento puts a null into a list where a product, a price or a picture could not be read."""
    await send(shopper, "/cart/add", {"sku": "24-WB02", "quantity": "1"})
    door.magento.holes = True
    for path in PUBLIC:
        assert (await shopper.get(path)).status_code == 200, path


async def test_a_product_of_a_kind_that_nobody_knows_is_shown(shopper: httpx.AsyncClient, door: Door) -> None:
    """An extension's: the recorded schema does not know it either, so it is put into the answer as it is sent."""
    asked = door.magento.ask

    def strange(query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> dict[str, Any]:
        return {key: renamed(value) for key, value in asked(query, variables, token).items()}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: "GiftCardProduct" if v == "SimpleProduct" else renamed(v) for k, v in value.items()}
        return [renamed(one) for one in value] if isinstance(value, list) else value

    door.magento.ask = strange  # type: ignore[method-assign]
    page = await shopper.get(TOTE)
    assert page.status_code == 200
    assert "Add to cart" in words(page)
    assert "Compete Track Tote" in words(await shopper.get("/search?q=tote"))


async def test_one_broken_product_breaks_no_list(shopper: httpx.AsyncClient, door: Door) -> None:
    asked = door.magento.ask

    def broken(query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> dict[str, Any]:
        answer = asked(query, variables, token)
        if items := (answer.get("data") or {}).get("products", {}).get("items"):
            items[0] = None
            path = ["products", "items", 0, "price_range"]
            answer["errors"] = [{"message": "Internal server error", "path": path}]
        return answer

    door.magento.ask = broken  # type: ignore[method-assign]
    page = await shopper.get(JACKETS)
    assert page.status_code == 200
    assert len(re.findall(r'class="card"', page.text)) > 3


VITAL: Final = {"Query.storeConfig", "Query.cart", "Query.customer"}
"""Without these there is no shop, no cart, nobody who is signed in."""
PAGES: Final = (PANTS, TOTE, BUNDLE, GROUP, JACKETS, "/", "/search?q=jacket", "/cart", "/checkout", "/account/orders")


async def test_a_page_stands_whatever_is_null(tmp_path: Path) -> None:
    """Magento's schema lets nearly every field be null, and each of them is somewhere.

    A field is tried on the first of the pages that asks for it; a product's fields are the same for every kind.
    """
    magento = RecordedMagento()
    tried: set[str] = set()
    broken = []
    async with quick_shop(magento, tmp_path) as shop:
        shopper, kept = shop.shopper, shop.kept
        await send(shopper, "/cart/add", {"sku": "24-WG080", "quantity": "1"})
        await send(shopper, "/sign-in", {"email": "grace@example.com", "password": "Analytical-1843"})
        for path in PAGES:
            magento.nothing = set()
            magento.asked.clear()
            kept.clear()
            assert (await shopper.get(path)).status_code == 200, path
            for place in sorted(magento.asked - VITAL):
                if (alike := re.sub(r"^(Simple|Configurable|Bundle|Grouped)(?=Product)", "", place)) in tried:
                    continue
                tried.add(alike)
                magento.nothing = {place}
                kept.clear()
                if (await shopper.get(path, follow_redirects=True)).status_code >= 500:
                    broken.append(f"{path}: {place}")
    assert len(tried) > 150
    assert broken == []

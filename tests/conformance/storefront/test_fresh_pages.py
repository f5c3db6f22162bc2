"""What the merchant saves is on the very next page that anybody looks at, however warm the page was."""

from __future__ import annotations

import re

from tests.conformance.storefront.conftest import Shopper, in_store, merchant, save
from tests.support.running_shop import RunningShop

PRODUCT = "/iron-skillet.html"
LIST = "/search?q=skillet"


def primary_key(client_page: str) -> str:
    found = re.search(r"/admin/catalogue/products/(\d+)/", client_page)
    assert found is not None
    return found[1]


def test_a_saved_price_is_on_the_very_next_page(shop: RunningShop, shopper: Shopper) -> None:
    """The merchant saves in the serving process, through the admin's form."""
    client = merchant(shop)
    number = primary_key(client.get("/admin/catalogue/?upc=&title=Iron+Skillet").text)
    page = f"/admin/products/{number}/in-the-shop/"
    visible = {"visibility": "4", "min_cart_qty": "1", "max_cart_qty": "99", "is_in_stock": "on"}
    for price in ("3.21", "2.34", "1.23"):
        for path in (PRODUCT, LIST):
            for _ in range(3):
                assert price not in shopper.see(path).text
        save(client, page, special_price=price, **visible)
        assert price in shopper.see(PRODUCT).text
        assert price in shopper.see(LIST).text


def test_what_another_process_saves_is_on_the_very_next_page(shop: RunningShop, shopper: Shopper) -> None:
    """An import, a cron job, the agent: all are processes of their own."""
    for name in ("Iron Skillet Anew", "Iron Skillet"):
        assert f"{name}</h1>" not in shopper.see(PRODUCT).text
        in_store(shop, f"p = Product.objects.get(upc='FH-SKILLET'); p.title = {name!r}; p.save()")
        assert f"{name}</h1>" in shopper.see(PRODUCT).text


def test_a_page_of_the_merchants_appears_and_goes_at_once(shop: RunningShop, shopper: Shopper) -> None:
    model = "from django.contrib.flatpages.models import FlatPage\n"
    assert shopper.see("/size-guide").status_code == 404
    in_store(shop, f"{model}FlatPage.objects.create(url='/size-guide/', title='Sizes', content='<p>Small</p>')")
    assert "Small" in shopper.see("/size-guide").text
    in_store(shop, f"{model}FlatPage.objects.get(url='/size-guide/').delete()")
    assert shopper.see("/size-guide").status_code == 404


def test_the_merchants_theme_is_on_the_very_next_page(shop: RunningShop, shopper: Shopper) -> None:
    client = merchant(shop)
    for theme in ("lively", "quiet"):
        save(client, "/admin/theme/", theme=theme)
        page = shopper.see("/").text
        assert f'data-theme="{theme}"' in page
        style = re.search(r'rel="stylesheet" href="([^"]+)"', page)
        assert style is not None
        assert shopper.see(style[1]).status_code == 200

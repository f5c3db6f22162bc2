"""A merchant opens every page of the admin that a link leads to, with the demo's and with an imported catalogue."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest
from django.test import Client

from tests.unit.shop.engine.core.test_import import LUMA
from tests.unit.shop.engine.graphql.conftest import Shop
from tests.unit.shop.engine.graphql.test_carts import signed_in
from tests.unit.shop.engine.graphql.test_checkout import ADDRESS, BILL, PAY, PLACE, SHIP_BY, SHIP_TO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galleria.shop.engine.project import Project

MUST_OPEN = frozenset(
    {
        "index", "catalogue-product-list", "catalogue-product", "catalogue-class-list", "catalogue-class-update",
        "catalogue-category-list", "catalogue-category-update", "catalogue-attribute-option-group-list",
        "range-list", "range-update", "stock-alert-list", "order-list", "order-detail", "order-line-detail",
        "order-stats", "partner-list", "partner-manage", "users-index", "user-detail", "offer-list", "offer-detail",
        "voucher-list", "voucher-stats", "page-list", "page-update", "comms-list", "comms-update", "reviews-list",
        "reviews-update", "reports-index",
        "imports", "details", "grouped", "bundle", "configurable", "downloadable", "page-details", "category-details",
        "messages", "subscribers", "attributes",
        "attribute", "theme", "settings", "blocks", "blocks-edit", "taxes", "taxes-edit", "shipping-methods",
        "shipping-methods-edit",
    }
)  # fmt: skip
"""Names of the pages that a merchant must come to by following links."""

DEMO_GOODS = ("FH-MUG", "FH-TABLE", "FH-FIRESIDE", "FH-KNOTS", "FH-CARD-25", "FH-MUG-RUST")
LUMA_GOODS = ("MH01", "MH01-XS-Black", "24-WG080", "24-WG085_Group", "240-LV04", "24-MB01")


def stock_demo(store: Project) -> None:
    from galleria.shop.engine.demo import stocking

    stocking.put_basics(store)
    stocking.put_demo(store)


def stock_luma(store: Project) -> None:
    from galleria.shop.engine.demo import stocking
    from galleria.shop.engine.importer import run

    stocking.put_basics(store)
    run.take(LUMA / "products.csv", LUMA / "media", store.media)


def trade(store: Project, skus: Sequence[str]) -> None:
    """Let a shop have lived: an offer, a voucher, a review, a customer with an order, blocks, taxes, methods."""
    from datetime import timedelta

    from django.utils import timezone
    from oscar.core.loading import get_model

    from galleria.shop.engine.graphql.records.models import CmsBlock, TaxRate
    from galleria.shop.engine.index import keeping
    from galleria.shop.engine.serve import make_web
    from galleria.shop.engine.shelf.models import ImportRun

    keeping.rebuild()
    product = get_model("catalogue", "Product").objects.get(upc=skus[-1])
    everything = get_model("offer", "Range").objects.create(name="Everything", includes_all_products=True)
    condition = get_model("offer", "Condition").objects.create(range=everything, type="Count", value=1)
    benefit = get_model("offer", "Benefit").objects.create(range=everything, type="Percentage", value=10)
    offers = get_model("offer", "ConditionalOffer").objects
    offers.create(name="Ten off", condition=condition, benefit=benefit)
    voucher = get_model("voucher", "Voucher").objects.create(
        name="Spring", code="SPRING", start_datetime=timezone.now(), end_datetime=timezone.now() + timedelta(days=9)
    )
    voucher.offers.add(offers.create(name="Spring", offer_type="Voucher", condition=condition, benefit=benefit))
    get_model("reviews", "ProductReview").objects.create(product=product, score=4, title="Good", body="Is.", name="A")
    get_model("partner", "StockAlert").objects.create(stockrecord=product.stockrecords.get(), threshold=5)
    get_model("communication", "CommunicationEventType").objects.create(code="ORDER_PLACED", name="Order placed")
    ImportRun.objects.create(file_name="a.csv", state="done", report={"created": 2, "changed": 0, "skipped": 1})
    ImportRun.objects.create(file_name="b.csv", state="failed", report={"error": "It is no CSV."})
    CmsBlock.objects.create(identifier="promise", title="Promise", content="<p>Mended.</p>")
    TaxRate.objects.create(code="CA", country="US", region_code="CA", percent=8)
    methods = get_model("shipping", "OrderAndItemCharges").objects
    methods.create(code="flatrate_flatrate", name="Flat Rate - Fixed", price_per_item=5)
    ada = signed_in(Shop(make_web(store).app), "ada@example.com")
    cart = str(ada.ask("{customerCart{id}}")["customerCart"]["id"])  # type: ignore[index]
    add = (
        "mutation($c:String!,$s:String!){addProductsToCart(cartId:$c,cartItems:[{sku:$s,quantity:1}])"
        "{user_errors{message}}}"
    )
    assert ada.ask(add, c=cart, s=skus[-1])["addProductsToCart"] == {"user_errors": []}
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        (SHIP_TO, {"a": ADDRESS}), (SHIP_BY, {"m": "flatrate"}), (BILL, {}), (PAY, {"p": "checkmo"}),
    )  # fmt: skip
    for step, more in steps:
        ada.ask(step, c=cart, **more)
    assert ada.ask(PLACE, c=cart)["placeOrder"]["errors"] == []  # type: ignore[index]


class Walk:
    """Follows the links of the admin: two pages at most of each kind, so that a catalogue's size does not matter."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.seen: set[str] = set()
        self.opened: set[str] = set()
        self.of_kind: dict[str, int] = {}
        self.broken: list[str] = []

    def through(self, start: str) -> None:
        """Open a page and all that it leads to."""
        waiting = [start]
        self.seen.add(start)
        while waiting:
            path = waiting.pop(0)
            waiting += [link for link in self.open(path) if self._wanted(link)]

    def open(self, path: str) -> list[str]:
        """Open one page and return its links."""
        answer = self.client.get(path, follow=True)
        self.opened.add(_kind(path))
        if answer.status_code != 200 or any("/login/" in place for place, _ in answer.redirect_chain):
            self.broken.append(f"{path}: {answer.status_code} {answer.redirect_chain}")
        if not answer["Content-Type"].startswith("text/html"):
            return []
        page = answer.content.decode()
        strangers = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", page)
        if strangers:
            self.broken.append(f"{path}: {strangers} is not the store's own")
        return [urldefrag(urljoin(path, unescape(link))).url for link in re.findall(r'href="([^"]*)"', page)]

    def _wanted(self, link: str) -> bool:
        if not link.startswith("/admin/") or link.startswith("/admin/shop/") or link in self.seen:
            return False
        self.seen.add(link)
        kind = _kind(link)
        self.of_kind[kind] = self.of_kind.get(kind, 0) + 1
        return self.of_kind[kind] <= 2


def _kind(link: str) -> str:
    from django.urls import resolve

    return resolve(link.partition("?")[0]).url_name or link


@pytest.fixture
def merchant(store: Project, database: None) -> Client:
    from django.contrib.auth.models import User

    client = Client(headers={"host": store.host})
    user = User.objects.create_superuser("m", "merchant@example.com", "Long-enough-7")
    client.force_login(user, "oscar.apps.customer.auth_backends.EmailBackend")
    return client


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore:Pagination may yield inconsistent results")  # Oscar's offers
@pytest.mark.parametrize("catalogue", ["demo", "luma"])
def test_every_page_that_a_link_leads_to_opens(merchant: Client, store: Project, catalogue: str) -> None:
    from oscar.core.loading import get_model

    skus = DEMO_GOODS if catalogue == "demo" else LUMA_GOODS
    (stock_demo if catalogue == "demo" else stock_luma)(store)
    trade(store, skus)
    walk = Walk(merchant)
    walk.through("/admin/")
    for product in get_model("catalogue", "Product").objects.filter(upc__in=skus):
        walk.through(f"/admin/catalogue/products/{product.pk}/")
    assert walk.broken == []
    assert walk.opened >= MUST_OPEN, MUST_OPEN - walk.opened

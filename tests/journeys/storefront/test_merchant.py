"""What a merchant does in a browser, and what a shopper then sees."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.storefront import shopping
from tests.journeys.storefront.conftest import DESK, PHONE
from tests.journeys.storefront.test_accessibility import problems
from tests.support.running_shop import RunningShop

pytestmark = pytest.mark.chromium

OWN = (
    "theme/",
    "settings/",
    "blocks/",
    "blocks/new/",
    "taxes/",
    "taxes/new/",
    "shipping-methods/new/",
    "attributes/",
    "messages/",
    "newsletter/",
    "imports/",
)
PARTS = {
    "Table for One More": "Members of the group",
    "Fireside Box": "Choices of the bundle",
    "Field Notes": "Files",
    "Harbour Mug": "What variants differ by",
}
LISTS = (
    "",
    "catalogue/",
    "catalogue/categories/",
    "catalogue/product-types/",
    "catalogue/attribute-option-group/",
    "catalogue/option/",
    "catalogue/stock-alerts/",
    "ranges/",
    "orders/",
    "orders/statistics/",
    "partners/",
    "users/",
    "offers/",
    "offers/new/metadata/",
    "vouchers/",
    "vouchers/create/",
    "vouchers/sets/",
    "pages/",
    "reviews/",
    "reports/",
    "shipping-methods/",
    "catalogue/product-type/1/update/",
    "attributes/1/",
)
"""Oscar's own pages, which the engine mends."""

BOOKLET = "FH-KNOTS"
ADDRESS = {
    "firstname": "Ada",
    "lastname": "Byron",
    "street": ["12 St James's Square"],
    "city": "Austin",
    "region": "TX",
    "postcode": "78701",
    "country_code": "US",
    "telephone": "555 0100",
}


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def size(request: pytest.FixtureRequest) -> ViewportSize:
    """A window's size."""
    found: ViewportSize = request.param
    return found


def signed_in(browser: Browser, shop: RunningShop, size: ViewportSize) -> Page:
    """Return the merchant's window."""
    context = browser.new_context(viewport=size, base_url=shop.url, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = context.new_page()
    login = dict(line.split(": ", 1) for line in (shop.folder / "merchant-login").read_text().splitlines())
    page.goto("/admin/")
    page.locator("#id_username").fill(login["email"])
    page.locator("#id_password").fill(login["password"])
    page.locator("input[type=submit]").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    return page


@pytest.fixture
def merchant(browser: Browser, shop: RunningShop) -> Iterator[Page]:
    """The merchant's window at a desk."""
    page = signed_in(browser, shop, DESK)
    yield page
    page.context.close()


def test_axe_finds_nothing_in_the_merchants_own_forms(browser: Browser, shop: RunningShop, size: ViewportSize) -> None:
    page = signed_in(browser, shop, size)
    found = {}
    for path in OWN:
        page.goto(f"/admin/{path}")
        found[path] = problems(page)
    page.goto("/admin/attributes/")
    page.get_by_role("link", name="Colour").click()
    found["swatches"] = problems(page)
    page.locator("[id^=id_swatch-]").first.fill("blue")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A colour is written as #1857f7.")).to_be_visible()
    found["swatches with an error"] = problems(page)
    for name, tab in PARTS.items():
        page.goto(f"/admin/catalogue/?upc=&title={name}")
        page.locator("table").get_by_role("link", name=re.compile(name)).first.click()
        page.get_by_role("link", name=tab).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        found[tab] = problems(page)
    page.context.close()
    assert {where: lines for where, lines in found.items() if lines} == {}


def test_axe_finds_nothing_in_the_merchants_lists(browser: Browser, shop: RunningShop) -> None:
    _, number = buy_booklet(shop)
    page = signed_in(browser, shop, PHONE)
    found = {}
    for path in (*LISTS, f"orders/{number}/"):
        page.goto(f"/admin/{path}")
        found[path] = problems(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[path] += [f"{wide} pixels wider than the window"] if wide > 0 else []
    page.set_viewport_size(DESK)
    page.goto("/admin/")
    found["at a desk"] = problems(page)
    page.context.close()
    assert {where: lines for where, lines in found.items() if lines} == {}


def test_the_shop_looks_as_the_merchant_chose_on_the_next_page(merchant: Page, shop: RunningShop) -> None:
    def looks() -> str:
        return str(re.findall(r'data-theme="(\w+)"', shop.fetch("/").text)[0])

    assert looks() == "quiet"
    for title, name in (("Lively", "lively"), ("Quiet", "quiet")):
        merchant.goto("/admin/theme/")
        merchant.get_by_role("radio", name=title).check()
        merchant.get_by_role("button", name="Use this theme").click()
        expect(merchant.get_by_text(f"The shop looks {title} now.")).to_be_visible()
        assert looks() == name


def test_a_bought_file_is_the_buyers_once_the_merchant_has_the_money(
    merchant: Page, browser: Browser, shop: RunningShop
) -> None:
    email, number = buy_booklet(shop)
    context = browser.new_context(viewport=DESK, base_url=shop.url, reduced_motion="reduce")
    shopper = context.new_page()
    shopper.goto("/sign-in")
    shopping.fill(shopper, {"email": email, "password": shopping.PASSWORD})
    shopper.get_by_role("button", name="Sign in").click()
    expect(shopper.get_by_role("heading", name="Hello, Ada")).to_be_visible()
    shopper.goto("/account/downloads")
    expect(shopper.get_by_text("pending")).to_be_visible()
    expect(shopper.get_by_role("link", name="Download", exact=True)).to_have_count(0)

    merchant.goto(f"/admin/orders/{number}/")
    merchant.locator("#order_status_form select").select_option("Processing", force=True)
    merchant.locator("#order_status_form button").click()
    expect(merchant.get_by_text("status changed from 'Pending' to 'Processing'").first).to_be_visible()

    shopper.reload()
    link = shopper.get_by_role("link", name="Download", exact=True)
    with shopper.expect_download() as fetched:
        link.click()
    assert fetched.value.suggested_filename == "twelve-knots.pdf"
    assert fetched.value.path().read_bytes().startswith(b"%PDF-1.4")
    address = str(link.get_attribute("href"))
    context.close()
    path = urlsplit(address).path
    assert shop.fetch(path).status_code == 403
    assert shop.fetch("/media/links/f/h/twelve-knots.pdf").status_code == 404


def buy_booklet(shop: RunningShop) -> tuple[str, str]:
    """Make a customer who orders the booklet, and return e-mail address and order number."""
    email = f"ada-{uuid.uuid4().hex[:12]}@example.com"
    person = {"firstname": "Ada", "lastname": "Byron", "email": email, "password": shopping.PASSWORD}
    headers = {"Host": urlsplit(shop.url).netloc}
    with httpx.Client(base_url=f"http://127.0.0.1:{shop.port}", headers=headers) as client:

        def ask(query: str, **variables: object) -> dict[str, Any]:
            answer = client.post("/graphql", json={"query": query, "variables": variables}).json()
            assert "errors" not in answer, answer
            found: dict[str, Any] = answer["data"]
            return found

        ask("mutation($i:CustomerCreateInput!){createCustomerV2(input:$i){customer{email}}}", i=person)
        sign_in = "mutation($e:String!,$p:String!){generateCustomerToken(email:$e,password:$p){token}}"
        token = ask(sign_in, e=email, p=shopping.PASSWORD)["generateCustomerToken"]["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        cart = ask("{customerCart{id}}")["customerCart"]["id"]
        add = (
            "mutation($c:String!,$s:String!){addProductsToCart(cartId:$c,cartItems:[{sku:$s,quantity:1}])"
            "{user_errors{message}}}"
        )
        assert ask(add, c=cart, s=BOOKLET) == {"addProductsToCart": {"user_errors": []}}
        bill = (
            "mutation($c:String!,$a:CartAddressInput!){setBillingAddressOnCart(input:{cart_id:$c,billing_address:"
            "{address:$a}}){cart{id}}}"
        )
        ask(bill, c=cart, a=ADDRESS)
        pay = (
            'mutation($c:String!){setPaymentMethodOnCart(input:{cart_id:$c,payment_method:{code:"checkmo"}}){cart{id}}}'
        )
        ask(pay, c=cart)
        place = "mutation($c:String!){placeOrder(input:{cart_id:$c}){order{order_number} errors{message}}}"
        return email, str(ask(place, c=cart)["placeOrder"]["order"]["order_number"])

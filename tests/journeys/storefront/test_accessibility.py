"""axe finds nothing on any page, in both themes, in light and dark, on a phone and at a desk."""

from __future__ import annotations

import contextlib
import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.conformance.storefront.conftest import in_store
from tests.journeys.storefront import shopping
from tests.journeys.storefront.conftest import DESK, PHONE
from tests.support.running_shop import RunningShop, running_shop

pytestmark = pytest.mark.chromium

PUBLIC = (
    "/",
    shopping.SIMPLE_LIST,
    f"{shopping.SIMPLE_LIST}?sort=-price&material=nothing-of-it",
    "/clothing.html",
    shopping.PRODUCT,
    shopping.CHOSEN,
    "/bamboo-teapot.html",  # simple, reduced, reviewed
    "/fireside-box.html",  # a bundle
    "/table-for-one-more.html",  # a group
    "/field-notes-twelve-knots.html",  # a download
    "/gift-card-50.html",  # virtual
    "/search?q=vase",
    "/search?q=zzzzqqq",
    "/search",
    "/cart",
    "/sign-in",
    "/register",
    "/forgot-password",
    "/reset-password?token=x",
    "/contact",
    "/about-us",
    "/shipping",
    "/nothing-here",
)
PRIVATE = (
    "/account",
    "/account/orders",
    "/account/addresses",
    "/account/addresses/new",
    "/account/profile",
    "/account/wishlist",
    "/account/downloads",
)
METHOD = "M = get_model('shipping', 'OrderAndItemCharges'); C = get_model('address', 'Country')\n"
US = "US, _ = C.objects.get_or_create(pk='US', defaults={'printable_name': 'United States'})\n"
ONLY_HERE = METHOD + US + "M.objects.create(code='post_near', name='Post - Near').countries.add(US)"
EVERYWHERE = METHOD + "M.objects.filter(code='post_near').delete()"
FORMS = ("/sign-in", "/register", "/forgot-password", "/reset-password?token=x", "/contact")


@pytest.fixture(scope="module")
def lively(shop: RunningShop) -> Iterator[RunningShop]:
    """The same shop in its other theme."""
    template = shop.folder / "template"
    with running_shop("lively", template) as running:
        yield running


@pytest.fixture(scope="module")
def parochial(shop: RunningShop, lively: RunningShop) -> Iterator[None]:
    """Both shops send to the United States only."""
    for one in (shop, lively):
        in_store(one, ONLY_HERE)
    yield
    in_store(shop, EVERYWHERE)


def problems(page: Page, options: dict[str, object] | None = None) -> list[str]:
    """Return what axe finds, one line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})}).response["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]


@dataclass
class Inspection:
    """One window through which axe looks at page after page; in the dark only at what the dark changes: contrast."""

    page: Page
    found: dict[str, list[str]] = field(default_factory=dict)

    def look(self, where: str) -> None:
        """Look at the page as it stands."""
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self._note(where, {})
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        self._note(f"{where} in the dark", {"runOnly": ["color-contrast"]})

    def visit(self, path: str) -> None:
        """Open a page and look at it."""
        self.page.goto(path)
        self.look(path)

    def _note(self, where: str, options: dict[str, object]) -> None:
        lines = problems(self.page, options)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        lines += [f"{wide} pixels wider than the window"] if wide > 0 else []
        if lines:
            self.found[where] = lines


@pytest.mark.usefixtures("parochial")
@pytest.mark.parametrize("theme", ["quiet", "lively"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(
    request: pytest.FixtureRequest, browser: Browser, shop: RunningShop, size: ViewportSize, theme: str
) -> None:
    visited: RunningShop = shop if theme == "quiet" else request.getfixturevalue("lively")
    context = browser.new_context(viewport=size, base_url=visited.url, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    seen = Inspection(context.new_page())
    try:
        for path in PUBLIC:
            seen.visit(path)
        for path in FORMS:
            _leave_empty(seen, path)
        _open_what_opens(seen, phone=size is PHONE)
        _buy_as_a_guest(seen)
        _be_a_customer(seen)
    finally:
        context.close()
    assert seen.found == {}


def test_axe_finds_nothing_while_the_engine_is_away_or_talks_nonsense(browser: Browser, lively: RunningShop) -> None:
    """The last of this shop: nobody starts its engine again."""
    windows = [
        browser.new_context(viewport=size, base_url=lively.url, reduced_motion="reduce") for size in (PHONE, DESK)
    ]
    seen = [Inspection(window.new_page()) for window in windows]
    lively.processes["engine"].kill()
    lively.processes["engine"].wait(60)
    _see_all(seen, "away", "Back in a moment")
    with talking_nonsense() as address:
        for theme in ("lively", "quiet"):
            _restart_in(lively, theme, "")
            _see_all(seen, f"away since the start, {theme}", "Back in a moment")
            _restart_in(lively, theme, address)
            _see_all(seen, f"nonsense, {theme}", "Our mistake")
    for window in windows:
        window.close()
    assert [inspection.found for inspection in seen] == [{}, {}]


def _see_all(windows: list[Inspection], what: str, heading: str) -> None:
    for seen in windows:
        seen.page.goto("/search?q=nobody-asked-this-before")
        expect(seen.page.get_by_role("heading", name=heading)).to_be_visible()
        seen.look(f"engine {what}")


def _restart_in(shop: RunningShop, theme: str, engine: str) -> None:
    file = shop.folder / ".env"
    file.write_text(re.sub("(?m)^GALLERIA_THEME=.*$", f"GALLERIA_THEME={theme}", file.read_text("utf-8")), "utf-8")
    shop.stop("storefront")
    shop.start_storefront(engine)


@contextlib.contextmanager
def talking_nonsense() -> Iterator[str]:
    """Run an engine that answers everything with 200 and nothing of the contract; return its address."""

    class Nonsense(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"data": {"storeConfig": 7}}')

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nonsense) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/graphql"
        server.shutdown()


def _leave_empty(seen: Inspection, path: str) -> None:
    """Send a form as it is: what it then says must be sayable to everybody."""
    seen.page.goto(path)
    seen.page.locator("main form button:not([type=button])").first.click()
    expect(seen.page.get_by_role("alert")).to_be_visible()
    seen.look(f"{path}, sent empty")


def _open_what_opens(seen: Inspection, *, phone: bool) -> None:
    page = seen.page
    page.goto(shopping.PRODUCT)
    page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
    seen.look("product, all unfolded")
    page.goto(shopping.SIMPLE_LIST)
    if phone:
        page.get_by_role("button", name="Filter").click()
        seen.look("filters")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Menu").click()
        seen.look("menu")
    else:
        page.locator(".has-more").first.hover()
        seen.look("departments")


def _buy_as_a_guest(seen: Inspection) -> None:
    page = seen.page
    shopping.put_into_cart(page)
    seen.look("mini-cart")
    page.goto("/cart")
    page.locator(".voucher summary").click()
    seen.look("full cart")
    page.locator("#code").fill("NO-SUCH-CODE")
    page.locator("#code").press("Enter")
    expect(page.locator(".notice-bad")).to_be_visible()
    seen.look("cart, wrong voucher")
    page.goto("/checkout")
    seen.look("checkout")
    page.locator("button[value=address]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen.look("checkout with errors")
    shopping.fill(page, {"email": "ada@example.com", **shopping.ADDRESS})
    page.locator("#country").select_option("DE")
    page.locator("button[value=address]").click()
    expect(page.get_by_text("We can't send to this address.")).to_be_in_viewport()
    seen.look("checkout, nothing is sent there")
    shopping.fill_checkout(page, "ada@example.com")
    seen.look("checkout, all but placed")
    page.locator("button[value=place]").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    seen.look("confirmation")


def _be_a_customer(seen: Inspection) -> None:
    page = seen.page
    shopping.register(page)
    for path in PRIVATE:
        seen.visit(path)
    page.goto("/account/addresses/new")
    page.locator("#country").select_option("US")
    shopping.fill(page, shopping.ADDRESS)
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.locator(".address-list")).to_be_visible()
    seen.look("addresses")
    page.goto(shopping.CHOSEN)
    page.get_by_role("button", name="Put on the wish list").click()
    expect(page.get_by_role("status").first).to_be_visible()
    seen.visit("/account/wishlist")
    shopping.put_into_cart(page)
    page.goto("/checkout")
    shopping.fill_checkout(page, None)
    page.locator("button[value=place]").click()
    page.get_by_role("link", name="See the order").click()
    seen.look("order")
    seen.visit("/account/orders")

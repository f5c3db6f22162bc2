"""axe finds nothing on any page, in both themes, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.journeys.storefront import shopping
from tests.journeys.storefront.conftest import DESK, PHONE
from tests.support.running_shop import RunningShop, running_shop

pytestmark = pytest.mark.chromium

PUBLIC = (
    "/",
    shopping.SIMPLE_LIST,
    shopping.PRODUCT,
    shopping.CHOSEN,
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


@pytest.fixture(scope="module")
def lively(shop: RunningShop) -> Iterator[RunningShop]:
    """The same shop in its other theme."""
    template = shop.folder / "template"
    with running_shop("lively", template) as running:
        yield running


def problems(page: Page) -> list[str]:
    """Return what axe finds, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", ["quiet", "lively"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(
    request: pytest.FixtureRequest, browser: Browser, shop: RunningShop, size: ViewportSize, theme: str, scheme: str
) -> None:
    visited: RunningShop = shop if theme == "quiet" else request.getfixturevalue("lively")
    context = browser.new_context(
        viewport=size,
        base_url=visited.url,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {path: visit(page, path) for path in PUBLIC}
    shopping.put_into_cart(page)
    found["mini-cart"] = problems(page)
    if size is PHONE:
        page.goto(shopping.SIMPLE_LIST)
        page.get_by_role("button", name="Filter").click()
        found["filters"] = problems(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Menu").click()
        found["menu"] = problems(page)
    found["full cart"] = visit(page, "/cart")
    page.goto("/checkout")
    page.locator("button[value=address]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["checkout with errors"] = problems(page)
    shopping.fill_checkout(page, "ada@example.com")
    found["checkout"] = problems(page)
    shopping.register(page)
    found |= {path: visit(page, path) for path in PRIVATE}
    context.close()
    assert {where: lines for where, lines in found.items() if lines} == {}


def visit(page: Page, path: str) -> list[str]:
    """Open a page and return what axe finds on it."""
    page.goto(path)
    return problems(page)

"""What shoppers do, in their words."""

from __future__ import annotations

import uuid

from playwright.sync_api import Page, expect

PRODUCT = "/moon-vase.html"
CHOSEN = "/moon-vase.html?color=ochre"
SIMPLE_LIST = "/tableware.html"
ADDRESS = {
    "firstname": "Ada",
    "lastname": "Byron",
    "street": "12 St James's Square",
    "postcode": "10001",
    "city": "New York",
    "region": "New York",
    "telephone": "555 0100",
}
PASSWORD = "Analytical-1843"


def fill(page: Page, values: dict[str, str]) -> None:
    """Fill in fields by their id."""
    for name, value in values.items():
        page.locator(f"#{name}").fill(value)


def put_into_cart(page: Page) -> None:
    """Put the chosen vase into the cart."""
    page.goto(CHOSEN)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("link", name="Cart, 1 piece")).to_be_attached()


def fill_checkout(page: Page, email: str | None) -> None:
    """Fill in the checkout as far as the address."""
    if email:
        fill(page, {"email": email})
    page.locator("#country").select_option("US")
    fill(page, ADDRESS)
    page.locator("button[value=address]").click()
    expect(page.get_by_role("heading", name="How it is sent")).to_be_visible()


def register(page: Page) -> str:
    """Make an account and return its e-mail address."""
    email = f"ada-{uuid.uuid4().hex[:12]}@example.com"
    page.goto("/register")
    fill(page, {"firstname": "Ada", "lastname": "Byron", "email": email, "password": PASSWORD})
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", name="Hello, Ada")).to_be_visible()
    return email

"""From a search to a confirmed order of one size and colour."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.storefront import shopping

pytestmark = pytest.mark.chromium


def choose_a_tee(page: Page) -> None:
    """Search for the tee and choose how it should be."""
    page.goto("/search?q=summit+tee")
    found = page.locator(".card-name a", has_text="Summit Tee").get_attribute("href")
    page.goto(found or "")  # a browser may have drawn the page ahead of a click, which Playwright loses sight of
    page.get_by_role("link", name="Slate").click()
    expect(page).to_have_url(re.compile("color=slate"))
    page.get_by_role("link", name="M", exact=True).click()
    expect(page).to_have_url(re.compile("color=slate.*size=m|size=m.*color=slate"))
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("link", name="Cart, 1 piece")).to_be_attached()


def order_it(page: Page) -> None:
    """Order what is in the cart, as a guest, and read the confirmation."""
    page.goto("/checkout")
    shopping.fill_checkout(page, "ada@example.com")
    button = page.get_by_role("button", name=re.compile("Place order"))
    total = re.search(r"\d[\d.,]*", button.inner_text())
    assert total is not None
    button.click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    lines = page.locator(".order-lines")
    for word in ("Summit Tee", "Slate", "M"):
        expect(lines).to_contain_text(word)
    expect(page.locator(".totals .grand")).to_contain_text(total[0])
    expect(page.locator("main")).to_contain_text("12 St James's Square")


def test_a_size_and_a_colour_are_chosen_ordered_and_confirmed(page: Page) -> None:
    choose_a_tee(page)
    page.goto("/cart")
    expect(page.locator(".line")).to_contain_text("Slate")
    order_it(page)


def test_the_same_without_a_script(plain_page: Page) -> None:
    choose_a_tee(plain_page)
    order_it(plain_page)

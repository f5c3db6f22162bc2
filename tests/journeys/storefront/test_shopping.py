"""A shopper's ways through the shop, with and without JavaScript."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.storefront import shopping
from tests.support.running_shop import RunningShop

pytestmark = pytest.mark.chromium


def test_browse_filter_and_sort(page: Page) -> None:
    page.goto("/")
    page.locator(".tile").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    total = int(page.locator(".list-count").inner_text().split()[0])
    if (button := page.get_by_role("button", name="Filter")).is_visible():
        button.click()
    choice = page.locator("#filters a[rel=nofollow]").first
    left = int(choice.locator(".facet-count").inner_text().split()[0])
    choice.click()
    expect(page.locator(".list-count")).to_have_text(re.compile(rf"^{left} product"))
    assert left <= total
    expect(page.locator(".chips li")).to_have_count(2)
    assert "?" in page.url
    page.reload()
    expect(page.locator(".chips li")).to_have_count(2)
    page.locator(".chips a").first.click()
    expect(page.locator(".list-count")).to_have_text(re.compile(rf"^{total} product"))
    page.locator("#sort").select_option("price")
    expect(page).to_have_url(re.compile("sort=price"))
    prices = [float(text.strip("€")) for text in page.locator(".card .now").all_inner_texts()]
    assert prices == sorted(prices)


def test_back_undoes_a_filter(page: Page) -> None:
    page.goto(shopping.SIMPLE_LIST)
    if (button := page.get_by_role("button", name="Filter")).is_visible():
        button.click()
    page.locator("#filters a[rel=nofollow]").first.click()
    expect(page.locator(".chips li")).to_have_count(2)
    page.go_back()
    expect(page.locator(".chips li")).to_have_count(0)


def test_search_finds_and_consoles(page: Page) -> None:
    page.goto("/search?q=vase")
    expect(page.get_by_role("link", name="Moon Vase").first).to_be_attached()
    page.goto("/search?q=zzzzqqq")
    expect(page.get_by_text("Nothing here answers to")).to_be_visible()
    assert page.locator("main .pills a").count() > 2


def test_a_choice_stands_in_the_address_and_changes_picture_and_button(page: Page) -> None:
    page.goto(shopping.PRODUCT)
    expect(page.get_by_role("button", name="Choose colour")).to_be_visible()
    page.get_by_role("link", name="Ochre").click()
    expect(page).to_have_url(re.compile(r"\?color=ochre$"))
    expect(page.get_by_role("button", name="Add to cart")).to_be_visible()
    page.get_by_role("link", name="Chalk").click()
    expect(page).to_have_url(re.compile(r"\?color=chalk$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?color=ochre$"))


def test_what_is_missing_is_said_with_a_script_too(page: Page) -> None:
    page.goto(shopping.PRODUCT)
    page.get_by_role("button", name="Choose colour").click()
    expect(page.locator(".notice-bad")).to_contain_text("choose options")
    expect(page.locator("#minicart")).to_be_hidden()


def test_cart_is_filled_changed_emptied_and_refilled(page: Page) -> None:
    shopping.put_into_cart(page)
    expect(page.locator("#minicart")).to_be_visible()
    page.get_by_role("link", name="See your cart").click()
    page.locator(".line .quantity").fill("3")
    page.locator(".line .quantity").press("Tab")
    expect(page.get_by_role("link", name="Cart, 3 pieces")).to_be_attached()
    page.get_by_role("button", name="Remove Moon Vase").click()
    expect(page.get_by_text("There is nothing in it yet")).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator(".line .quantity")).to_have_value("3")


def test_a_guest_orders(page: Page) -> None:
    shopping.put_into_cart(page)
    page.goto("/cart")
    page.get_by_role("link", name="Checkout").click()
    page.locator("button[value=address]").click()
    trouble = page.get_by_role("alert")
    expect(trouble).to_contain_text("Enter your e-mail address.")
    trouble.get_by_role("link", name="Enter a city.").click()
    expect(page.locator("#city")).to_be_focused()
    shopping.fill_checkout(page, "ada@example.com")
    button = page.get_by_role("button", name=re.compile("Place order, €"))
    expect(button).to_be_visible()
    button.dblclick()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    expect(page.get_by_text("ada@example.com")).to_be_visible()
    expect(page.get_by_role("link", name="Cart, 0 pieces")).to_be_attached()


def test_a_customer_registers_orders_and_orders_again(page: Page) -> None:
    shopping.put_into_cart(page)
    email = shopping.register(page)
    expect(page.get_by_role("link", name="Cart, 1 piece")).to_be_attached()  # the guest's cart came along
    page.goto("/checkout")
    shopping.fill_checkout(page, None)
    page.get_by_role("button", name=re.compile("Place order")).click()
    page.get_by_role("link", name="See the order").click()
    expect(page.locator(".order-lines")).to_contain_text("Moon Vase")
    page.get_by_role("button", name="Order it again").click()
    expect(page.locator(".line h2")).to_have_text("Moon Vase")
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto("/account/orders")
    shopping.fill(page, {"email": email, "password": shopping.PASSWORD})
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/account/orders$"))
    expect(page.locator(".order-list li")).to_have_count(1)


def test_a_customer_keeps_addresses_wishes_and_a_profile(page: Page) -> None:
    shopping.register(page)
    page.goto("/account/addresses/new")
    page.locator("#country").select_option("US")
    shopping.fill(page, shopping.ADDRESS)
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.locator(".address-list")).to_contain_text("12 St James's Square")
    page.goto(shopping.CHOSEN)
    page.get_by_role("button", name="Put on the wish list").click()
    page.goto("/account/wishlist")
    expect(page.locator(".card-name")).to_have_text("Moon Vase")
    page.get_by_role("button", name="Remove Moon Vase").click()
    expect(page.get_by_text("Nothing on it yet")).to_be_visible()
    page.goto("/account/profile")
    shopping.fill(page, {"firstname": "Augusta"})
    page.locator("main").get_by_role("button", name="Save").click()
    page.goto("/account")
    expect(page.get_by_role("heading", name="Hello, Augusta")).to_be_visible()


def test_the_whole_way_without_a_script(plain_page: Page) -> None:
    page = plain_page
    page.goto("/")
    page.locator(".tile").first.click()
    page.goto(shopping.PRODUCT)
    page.get_by_role("link", name="Ochre").click()
    page.get_by_role("button", name="Add to cart").click()
    expect(page).to_have_url(re.compile("/cart$"))
    page.locator(".line .quantity").fill("2")
    page.get_by_role("button", name="Update").click()
    expect(page.get_by_role("link", name="Cart, 2 pieces")).to_be_attached()
    page.get_by_role("link", name="Checkout").click()
    shopping.fill_checkout(page, "ada@example.com")
    page.get_by_role("button", name=re.compile("Place order")).click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()


def test_what_is_missing_is_said_where_it_is_chosen(plain_page: Page) -> None:
    plain_page.goto(shopping.PRODUCT)
    plain_page.get_by_role("button", name="Choose colour").click()
    expect(plain_page).to_have_url(re.compile("/moon-vase.html$"))
    expect(plain_page.locator(".notice-bad")).to_contain_text("choose options")


def test_every_page_of_a_list_has_one_address(shop: RunningShop) -> None:
    answer = shop.fetch(f"{shopping.SIMPLE_LIST}?page=2&sort=price")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/tableware/page/2?sort=price"
    assert shop.fetch("/tableware/page/99").status_code == 404
    assert shop.fetch("/nothing-here.html").status_code == 404
    assert f"<loc>{shop.url}/moon-vase.html</loc>" in shop.fetch("/sitemap.xml").text
    assert f"Sitemap: {shop.url}/sitemap.xml" in shop.fetch("/robots.txt").text


def test_a_dead_engine_is_a_page_of_the_theme_and_comes_back(page: Page, shop: RunningShop) -> None:
    page.goto(shopping.SIMPLE_LIST)
    engine = shop.processes["engine"]
    engine.kill()
    engine.wait(60)
    try:
        page.goto(f"/search?q={uuid.uuid4().hex}")  # nobody asked for it before: no kept answer
        expect(page.get_by_role("heading", name="Back in a moment")).to_be_visible()
        expect(page.get_by_role("link", name="Tableware").first).to_be_attached()
    finally:
        shop.start_engine()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_text("Nothing here answers to")).to_be_visible()

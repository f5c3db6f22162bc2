"""An operator moves stores: deploys, takes back, rolls out, in the real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.ui.conftest import Opener, Site

pytestmark = pytest.mark.chromium


def test_deploys_a_release_watches_it_and_rolls_back(site: Site, open_page: Opener) -> None:
    page = open_page(site, "operator")
    page.goto(f"{site.address}/stores/shop-001")
    page.get_by_role("link", name="Deploy", exact=True).click()
    expect(page.get_by_text("goes on with what it runs")).to_be_visible()
    page.locator("label").filter(has_text="rel-000000000002").click()
    page.get_by_role("button", name="Deploy to shop-001").click()
    expect(page.get_by_role("heading", name="Rollback class A")).to_be_visible()
    expect(page.locator(".state .sentence")).to_contain_text("Succeeded")
    expect(page.get_by_role("heading", name="After: revision 2")).to_be_visible()
    page.get_by_role("link", name="Go to shop-001").click()
    expect(page.locator("#revision-2")).to_contain_text("current")
    page.get_by_role("link", name="Roll back to revision 1").click()
    page.get_by_label("Why").fill("prices were wrong")
    page.get_by_role("button", name="Roll back shop-001").click()
    expect(page.locator(".state .sentence")).to_contain_text("Succeeded")
    expect(page.get_by_text("prices were wrong")).to_be_visible()
    page.get_by_role("link", name="Go to shop-001").click()
    expect(page.locator("#revision-1")).to_contain_text("current")


def test_a_quarantined_release_is_shown_with_its_reason_and_not_offered(site: Site, open_page: Opener) -> None:
    page = open_page(site, "operator")
    page.goto(f"{site.address}/stores/shop-002")
    expect(page.locator(".state .sentence")).to_contain_text("Selling. Revision 2")
    expect(page.locator(".state .sentence")).to_contain_text("No shopper met it.")
    held = page.locator("section").filter(has=page.get_by_role("heading", name="Quarantined here"))
    expect(held).to_contain_text("rel-000000000009")
    page.goto(f"{site.address}/stores/shop-002/deploy")
    expect(page.get_by_label("rel-000000000002")).to_have_count(1)
    expect(page.get_by_label("rel-000000000009")).to_have_count(0)


def test_a_rollout_runs_live_and_is_taken_back(site: Site, open_page: Opener) -> None:
    page = open_page(site, "operator")
    page.get_by_role("link", name="Rollouts").click()
    page.get_by_role("link", name="New rollout").click()
    page.locator("label").filter(has_text="rel-000000000001").click()
    page.get_by_role("textbox", name="Stores").fill("nowhere")
    page.get_by_role("button", name="Start rollout").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no store nowhere")
    page.get_by_role("textbox", name="Stores").fill("bookshop,north-light,glasshouse")
    page.get_by_role("button", name="Start rollout").click()
    expect(page).to_have_url(re.compile("/rollouts/rol-"))
    page.evaluate("window.stayed = true")
    expect(page.get_by_role("heading", name="Wave 1: 1 store")).to_be_visible()
    expect(page.locator(".state .sentence")).to_contain_text("Succeeded. 3 of 3 stores run it")
    assert page.evaluate("window.stayed")
    page.get_by_role("link", name="Take back").click()
    page.get_by_role("button", name="Take back rel-000000000001").click()
    expect(page.locator(".state .sentence")).to_contain_text("Taken back.")


def test_a_bad_release_stops_at_the_canary(site: Site, open_page: Opener) -> None:
    page = open_page(site, "viewer")
    page.goto(f"{site.address}/rollouts")
    page.get_by_role("row").filter(has_text="Halted").get_by_role("link").first.click()
    expect(page.locator(".state .sentence")).to_contain_text("1 of 3 stores failed. shop-003")
    expect(page.locator("#square-north-light")).to_contain_text("Waits")
    expect(page.get_by_role("button", name="Go on")).to_have_count(0)


def test_without_javascript_a_store_moves_too(site: Site, open_page: Opener) -> None:
    page = open_page(site, "operator", javascript=False)
    page.goto(f"{site.address}/stores/shop-002/deploy")
    page.get_by_label("rel-000000000002").check()
    page.get_by_role("button", name="Deploy to shop-002").click()
    expect(page.locator(".state .sentence")).to_contain_text("Succeeded")

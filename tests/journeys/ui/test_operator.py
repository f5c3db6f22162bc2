"""An operator at work, in the real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.ui.conftest import Opener, Site

pytestmark = pytest.mark.chromium


def test_signs_in_and_out_and_a_wrong_token_is_told(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    expect(page.get_by_text("ana · admin")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.address}/sign-in")
    page.goto(f"{site.address}/stores/shop-002")
    page.get_by_label("Token").fill(site.secrets["viewer"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.address}/stores/shop-002")


def test_sees_what_needs_a_person_first(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    first = page.locator("table.fleet tbody").first
    expect(first).to_contain_text("tea-house")
    expect(first).to_contain_text("The disk is full")
    page.get_by_role("link", name=re.compile("^Degraded")).click()
    expect(page).to_have_url(f"{site.address}/?state=degraded")
    expect(page.locator("table.fleet tbody")).to_have_count(1)
    page.go_back()
    expect(page.locator("table.fleet tbody").nth(3)).to_be_visible()


def test_searches_with_the_keyboard_as_they_type(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("luma")
    expect(page.locator("table.fleet tbody")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=luma"))
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "div#live"):
        page.evaluate("htmx.trigger(document.getElementById('live'), 'galleria:changed')")
    page.wait_for_timeout(200)
    expect(page.locator("table.fleet tbody")).to_have_count(1)
    page.keyboard.type("xyz")
    expect(page.get_by_text("No store matches “lumaxyz”.")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_stops_a_store_with_a_confirmation_and_watches_it_happen(site: Site, open_page: Opener) -> None:
    page, watching = open_page(site), open_page(site, "viewer")
    watching.goto(f"{site.address}/stores/glasshouse")
    expect(watching.locator("#live-light")).to_have_text("Live")
    watching.evaluate("window.stayed = true")
    page.goto(f"{site.address}/stores/glasshouse")
    page.get_by_role("link", name="Stop", exact=True).click()
    expect(page.get_by_role("heading", name="What will change")).to_be_visible()
    expect(page.get_by_text("its data stays as it is")).to_be_visible()
    page.get_by_role("button", name="Stop glasshouse").click()
    expect(page).to_have_url(re.compile("/deployments/"))
    expect(page.locator(".state .sentence")).to_contain_text("Succeeded")
    expect(watching.locator(".state .sentence")).to_contain_text("Stopped by ana")
    assert watching.evaluate("window.stayed")


def test_open_evidence_and_scroll_stay_through_live_updates(site: Site, open_page: Opener) -> None:
    page = open_page(site, width=390)
    page.goto(f"{site.address}/stores/north-light")
    expect(page.locator("#live-light")).to_have_text("Live")
    page.locator("details.quiet summary").first.click()
    before = page.evaluate("window.scrollY")
    assert before > 0
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        page.evaluate("htmx.trigger(document.getElementById('live'), 'galleria:changed')")
    page.wait_for_timeout(200)
    assert page.locator("details.quiet").first.get_attribute("open") is not None
    assert page.evaluate("window.scrollY") == before


def test_makes_a_store_and_sees_it_provisioned(site: Site, open_page: Opener) -> None:
    page = open_page(site, "operator")
    page.get_by_role("link", name="New store").click()
    page.get_by_label("Store id").fill("Not An Id")
    page.get_by_label("Name", exact=True).fill("Tinker")
    page.get_by_role("button", name="Create store").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Store id")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Tinker")
    page.get_by_label("Store id").fill("tinker")
    page.get_by_role("button", name="Create store").click()
    expect(page.get_by_role("heading", name="Provision tinker")).to_be_visible()
    expect(page.locator(".state .sentence")).to_contain_text("Succeeded")
    page.get_by_role("link", name="Go to tinker").click()
    expect(page.locator(".state .sentence")).to_contain_text("Selling")


def test_runs_an_operation_and_reads_what_it_really_did(site: Site, open_page: Opener) -> None:
    page = open_page(site, "operator")
    page.goto(f"{site.address}/stores/shop-002")
    page.get_by_role("link", name="Run Rebuild index").click()
    page.get_by_role("button", name="Rebuild index now").click()
    expect(page.locator("#just-ran")).to_contain_text("Rebuilt 1,994 documents in 3.1 s.")


def test_works_without_javascript(site: Site, open_page: Opener) -> None:
    page = open_page(site, "operator", javascript=False)
    page.get_by_role("searchbox").fill("luma")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("table.fleet tbody")).to_have_count(1)
    page.get_by_role("link", name="shop-002", exact=True).click()
    page.get_by_role("link", name="Restart").click()
    page.get_by_role("button", name="Restart shop-002").click()
    expect(page).to_have_url(re.compile("/deployments/"))
    expect(page.locator(".state .sentence")).to_contain_text("Succeeded")


def test_two_operators_one_wins_and_the_other_reads_who(site: Site, open_page: Opener) -> None:
    ana, ben = open_page(site, "admin"), open_page(site, "operator")
    for page in (ana, ben):
        page.goto(f"{site.address}/stores/bookshop/restart")
    ana.get_by_role("button", name="Restart bookshop").click()
    expect(ana).to_have_url(re.compile("/deployments/"))
    ben.get_by_role("button", name="Restart bookshop").click()
    expect(ben.locator("h1")).to_have_text(re.compile("Somebody is at it already|The store has changed in between"))
    expect(ben.locator(".note p")).to_contain_text("ana")


def test_an_empty_fleet_says_how_to_make_the_first_store(empty_site: Site, open_page: Opener) -> None:
    page = open_page(empty_site)
    expect(page.get_by_text("There is no store yet")).to_be_visible()
    expect(page.get_by_role("link", name="New store")).to_have_count(1)


def test_a_session_that_ended_leads_to_signing_in_and_not_to_a_broken_page(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    page.context.clear_cookies()
    page.evaluate("htmx.trigger(document.getElementById('live'), 'galleria:changed')")
    expect(page).to_have_url(f"{site.address}/sign-in")


def test_live_updates_move_nothing(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    moved = page.evaluate(
        "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "one => sum += one.value)).observe({type: 'layout-shift', buffered: true});"
        " htmx.trigger(document.getElementById('live'), 'galleria:changed'); setTimeout(() => done(sum), 800); })"
    )
    assert moved < 0.01

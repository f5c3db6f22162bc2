"""Every page, for everybody: axe finds nothing in light and dark, and a phone never scrolls sideways."""

from __future__ import annotations

from importlib.resources import files

import pytest
from playwright.sync_api import Page

from tests.journeys.ui.conftest import Opener, Site

pytestmark = pytest.mark.chromium

PATHS = (
    "/",
    "/?q=nothing-like-this",
    "/stores/new",
    "/stores/shop-001",
    "/stores/tea-house",
    "/stores/bike-works",
    "/stores/shop-001/stop",
    "/stores/shop-001/decommission",
    "/stores/shop-001/operations/verify.smoke",
    "/stores/shop-002",
    "/stores/shop-002/deploy",
    "/stores/shop-002/rollback",
    "/stores/tea-house/deploy",
    "/stores/umbrellas",
    "/rollouts",
    "/rollouts/new",
    "/deployments",
    "/audit",
    "/tokens",
    "/platform",
    "/stores/not-there",
)


AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, path: str) -> list[tuple[str, str, str]]:
    """What axe says against the page as it stands."""
    page.evaluate(AXE)
    said = page.evaluate("axe.run().then(found => found.violations.map(one => [one.id, one.nodes[0].html]))")
    return [(path, rule, html) for rule, html in said]


def paths(page: Page, site: Site) -> list[str]:
    """The fixed addresses, and a deployment and a rollout of each way to end."""
    found = list(PATHS)
    for status in ("succeeded", "failed", "needs_attention"):
        page.goto(f"{site.address}/deployments?status={status}")
        found.append(page.locator("td a[href^='/deployments/']").first.get_attribute("href") or "")
    page.goto(f"{site.address}/rollouts")
    for state in ("Halted", "Succeeded", "Taken back", "Needs attention"):
        row = page.get_by_role("row").filter(has_text=state)
        address = row.locator("a[href^='/rollouts/']").first.get_attribute("href") or ""
        found += [address, f"{address}/rollback"]
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    site: Site, open_page: Opener, width: int, scheme: str
) -> None:
    page = open_page(site, width=width, scheme=scheme)
    wrong: list[tuple[str, str, str]] = []
    for path in paths(page, site):
        page.goto(f"{site.address}{path}")
        wrong += violations(page, path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append((path, "scrolls sideways", ""))
        if page.locator(".button.primary:visible").count() > 1:
            wrong.append((path, "more than one primary button", ""))
    page.goto(f"{site.address}/stores/new")
    page.get_by_role("button", name="Create store").click()
    wrong += violations(page, "form with errors")
    page.get_by_role("button", name="Sign out").click()
    wrong += violations(page, "/sign-in")
    assert wrong == []


def test_the_keyboard_reaches_the_content_first(site: Site, open_page: Opener) -> None:
    page = open_page(site)
    page.goto(f"{site.address}/stores/shop-001")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

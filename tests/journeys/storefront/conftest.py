"""A real shop and a real browser, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.running_shop import RunningShop, running_shop

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=860)


@pytest.fixture(scope="session")
def shop() -> Iterator[RunningShop]:
    """The shop that every journey visits."""
    with running_shop() as running:
        yield running


@pytest.fixture(params=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser, shop: RunningShop) -> Iterator[Page]:
    """A shopper's window. Whatever the browser complains of fails the journey."""
    size = PHONE if request.param == "phone" else DESK
    context = browser.new_context(viewport=size, base_url=shop.url, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    window = context.new_page()
    complaints: list[str] = []
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield window
    context.close()
    assert complaints == []


@pytest.fixture
def plain_page(browser: Browser, shop: RunningShop) -> Iterator[Page]:
    """A window without JavaScript."""
    context = browser.new_context(viewport=PHONE, base_url=shop.url, java_script_enabled=False)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()

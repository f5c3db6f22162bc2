"""Takes a picture of every page, on a phone and at a desk, in light and dark, to be looked at by people.

``python -m tests.journeys.storefront.pictures OUT [--theme NAME] [--data FOLDER] [--shop URL] [--only WORD]``: with the
demo's catalogue, with the product file of ``FOLDER`` (``products.csv`` and ``media``), or of a shop that runs already.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.journeys.storefront import shopping
from tests.journeys.storefront.conftest import DESK, PHONE
from tests.support.running_shop import running_shop

DEMO = {
    "home": "/",
    "list": shopping.SIMPLE_LIST,
    "list-landing": "/clothing.html",
    "product": shopping.CHOSEN,
    "product-plain": "/bamboo-teapot.html",
    "product-bundle": "/fireside-box.html",
    "product-group": "/table-for-one-more.html",
    "product-files": "/field-notes-twelve-knots.html",
    "search": "/search?q=vase",
    "text": "/about-us",
}
LUMA = {
    "home": "/",
    "list": "/women/tops/jackets.html",
    "list-colour": "/women/tops/jackets.html?color={blue}",
    "list-landing": "/women.html",
    "product": "/olivia-1-4-zip-light-jacket.html?color=blue&size=m",
    "product-choose": "/juno-jacket.html",
    "product-plain": "/compete-track-tote.html",
    "product-bundle": "/sprite-yoga-companion-kit.html",
    "product-group": "/set-of-sprite-yoga-straps.html",
    "product-files": "/yoga-adventure.html",
    "search": "/search?q=jacket",
}
EVERYWHERE = {
    "search-nothing": "/search?q=zzzzqqq",
    "search-empty": "/search",
    "cart-empty": "/cart",
    "sign-in": "/sign-in",
    "register": "/register",
    "forgot": "/forgot-password",
    "contact": "/contact",
    "not-found": "/nothing-here",
}
ACCOUNT = ("", "/orders", "/addresses", "/addresses/new", "/profile", "/wishlist", "/downloads")


@dataclass
class Album:
    """A window of one size, and where its pictures go."""

    page: Page
    folder: Path
    name: str
    only: str

    def take(self, what: str) -> None:
        """Take the page as it stands, in light and dark."""
        if self.only not in what:
            return
        self.page.wait_for_load_state("networkidle")
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            whole = not self.page.locator(":popover-open").count()
            self.page.screenshot(path=self.folder / f"{what}-{self.name}-{scheme}.png", full_page=whole)

    def visit(self, what: str, path: str) -> None:
        """Take the page at ``path``."""
        if self.only in what:
            self.page.goto(path)
            _scroll_through(self.page)
            self.take(what)


def _scroll_through(page: Page) -> None:
    """Bring every lazy picture into sight once."""
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 500) {"
        " scrollTo(0, y); await new Promise(done => setTimeout(done, 40)); } scrollTo(0, 0); }"
    )


def take_everything(album: Album, pages: dict[str, str]) -> None:
    """Go through the shop as a guest, then as a customer."""
    for what, path in (pages | EVERYWHERE).items():
        album.visit(what, path)
    page = album.page
    page.goto(pages["list"])
    if (button := page.get_by_role("button", name="Filter")).is_visible():
        button.click()
        album.take("filters")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Menu").click()
        album.take("menu")
    else:
        page.locator(".has-more").first.hover()
        album.take("departments")
    _buy(album, pages["product"])
    _own(album)


def _buy(album: Album, product: str) -> None:
    page = album.page
    page.goto(product)
    page.get_by_role("button", name="Add to cart").click()
    page.locator("#minicart .mini").wait_for()
    album.take("mini-cart")
    album.visit("cart", "/cart")
    album.visit("checkout", "/checkout")
    page.goto("/checkout")
    page.locator("button[value=address]").click()
    page.get_by_role("alert").wait_for()
    album.take("checkout-errors")
    shopping.fill_checkout(page, "ada@example.com")
    album.take("checkout-ready")
    page.locator("button[value=place]").click()
    page.get_by_role("heading", name="Thank you.").wait_for()
    album.take("confirmation")
    page.goto(product)
    page.get_by_role("button", name="Add to cart").click()
    page.locator("#minicart .mini").wait_for()


def _own(album: Album) -> None:
    page = album.page
    shopping.register(page)
    page.goto("/checkout")
    shopping.fill_checkout(page, None)
    page.locator("button[value=place]").click()
    page.get_by_role("link", name="See the order").click()
    album.take("order")
    for path in ACCOUNT:
        album.visit("account" + path.replace("/", "-"), "/account" + path)


@contextlib.contextmanager
def windows(url: str, out: Path, only: str) -> Iterator[list[Callable[[], Album]]]:
    """Open a browser; return what opens a window of each size."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])

        def opened(name: str, size: ViewportSize) -> Album:
            context = browser.new_context(viewport=size, base_url=url, reduced_motion="reduce")
            context.set_default_timeout(60_000)
            return Album(context.new_page(), out, name, only)

        yield [lambda: opened("phone", PHONE), lambda: opened("desk", DESK)]
        browser.close()


def _blue(url: str) -> str:
    """Return the value that stands for blue in this shop's lists."""
    port = url.rpartition(":")[2]
    query = '{products(search:"jacket"){aggregations{attribute_code options{label value}}}}'
    headers = {"Host": url.removeprefix("http://")}
    found = httpx.get(f"http://127.0.0.1:{port}/graphql", params={"query": query}, headers=headers).json()
    options = {one["attribute_code"]: one["options"] for one in found["data"]["products"]["aggregations"]}
    return str(next(one["value"] for one in options["color"] if one["label"] == "Blue"))


def look_at(url: str, out: Path, only: str, *, luma: bool) -> None:
    """Take the pictures of one running shop."""
    out.mkdir(parents=True, exist_ok=True)
    pages = {what: path.replace("{blue}", _blue(url)) for what, path in LUMA.items()} if luma else DEMO
    with windows(url, out, only) as sizes:
        for size in sizes:
            take_everything(size(), pages)


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--theme", default="quiet")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--shop")
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if given.shop:
        look_at(given.shop, given.out, given.only, luma=given.data is not None)
        return
    with running_shop(given.theme, catalogue="empty" if given.data else "demo") as shop:
        if given.data:
            command = [sys.executable, "-m", "galleria.shop.engine", "import", "--store-dir", str(shop.folder)]
            files = [str(given.data / "products.csv"), "--media", str(given.data / "media")]
            subprocess.run([*command, *files], check=True, stdout=subprocess.DEVNULL)
        look_at(shop.url, given.out, given.only, luma=given.data is not None)


if __name__ == "__main__":
    main()

"""A catalogue of a real size, Magento's Luma: its 2,046 products make 187 pages, each of them there and no other."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from typing import Final

import pytest

from tests.conformance.storefront.conftest import Shopper
from tests.support.recorded_world import SHARED, recorded
from tests.support.running_shop import running_shop

pytestmark = pytest.mark.shared

DATA: Final = SHARED.parent / "data" / "luma"
COLOURS: Final = "black|blue|brown|gray|green|lavender|orange|purple|red|white|yellow"
VARIANT: Final = re.compile(rf"-(xs|s|m|l|xl|\d\d)-({COLOURS})\.")
JACKETS: Final = "/women/tops/jackets.html"


@pytest.fixture(scope="module")
def luma() -> Iterator[Shopper]:
    """Somebody in a shop that sells all of it."""
    with running_shop(catalogue="empty") as shop:
        command = [sys.executable, "-m", "galleria.shop.engine", "import", "--store-dir", str(shop.folder)]
        subprocess.run([*command, str(DATA / "products.csv"), "--media", str(DATA / "media")], check=True)
        yield Shopper(shop)


def in_sitemap(luma: Shopper) -> list[str]:
    found = re.findall("<loc>([^<]+)</loc>", luma.see("/sitemap.xml").text)
    return [unescape(place).removeprefix(luma.shop.url) for place in found]


def test_the_sitemap_has_what_is_visible_and_each_of_it_is_there(luma: Shopper) -> None:
    paths = in_sitemap(luma)
    assert len(paths) == len(set(paths))
    pages = {path: luma.see(path) for path in paths}
    assert {path: answer.status_code for path, answer in pages.items() if answer.status_code != 200} == {}
    products = [path for path, answer in pages.items() if '"@type": "Product"' in answer.text]
    assert len(products) == recorded()["list-page-1"]["data"]["products"]["total_count"]
    assert not [path for path in products if VARIANT.search(path)]


def test_a_list_narrowed_to_a_colour_is_in_that_colour(luma: Shopper) -> None:
    blue = re.search(r'href="([^"]+\?color=[^"]+)"[^>]*>(?:(?!</a>).)*<span>Blue</span>', luma.see(JACKETS).text)
    assert blue is not None
    page = luma.see(unescape(blue[1])).text
    cards = re.findall(r'<article class="card">.*?</article>', page, re.DOTALL)
    assert len(cards) > 5
    assert all("-blue_main" in card and "?color=blue" in card for card in cards)
    leads_to = re.findall(r'<h2 class="card-name"><a href="([^"]+)"', page)
    assert 'aria-current="true"' in luma.see(unescape(leads_to[0])).text


def test_samples_and_the_prices_of_a_bundles_parts_are_shown(luma: Shopper) -> None:
    course = luma.see("/yoga-adventure.html").text
    assert re.search(r'href="[^"]+/downloadable/download/sample/sample_id/\d+"[^>]*>.*?Trailer #1', course, re.DOTALL)
    kit = luma.see("/sprite-yoga-companion-kit.html").text
    assert re.findall(r"Sprite Stasis Ball \d+ cm</span><span class=\"small\">.(\d+)\.00", kit) == ["23", "27", "32"]

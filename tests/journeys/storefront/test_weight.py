"""What every page weighs over the wire: at most 25 KB of scripts, 30 KB of style sheets; pictures in small formats."""

from __future__ import annotations

import re
from typing import Final

import httpx
import pytest

from tests.journeys.storefront import shopping
from tests.support.running_shop import STORE_ID, RunningShop

SCRIPTS: Final = 25_000
STYLES: Final = 30_000
PAGES: Final = (
    "/",
    shopping.SIMPLE_LIST,
    shopping.PRODUCT,
    "/search?q=vase",
    "/search?q=zzzzqqq",
    "/cart",
    "/sign-in",
    "/register",
    "/forgot-password",
    "/contact",
    "/about-us",
    "/nothing-here",
)
_SCRIPT: Final = re.compile(r'<script[^>]* src="([^"]+)"')
_INLINE: Final = re.compile(r"<script>|<style|\sstyle=|\son\w+=")
_STYLE: Final = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_PICTURE: Final = re.compile(r"<picture>(.*?)</picture>", re.DOTALL)
_IMAGE: Final = re.compile(r"<img [^>]*>")


def on_the_wire(shop: RunningShop, path: str) -> int:
    """Return how many bytes a browser receives for ``path``, compressed as they are sent."""
    headers = {"Host": f"{STORE_ID}.localhost:{shop.port}", "Accept-Encoding": "gzip, deflate, br, zstd"}
    with httpx.stream("GET", f"http://127.0.0.1:{shop.port}{path}", headers=headers) as answer:
        answer.raise_for_status()
        return sum(len(piece) for piece in answer.iter_raw())


@pytest.mark.parametrize("path", PAGES)
def test_scripts_and_styles_of_a_page_are_light(shop: RunningShop, path: str) -> None:
    text = shop.fetch(path).text
    scripts, styles = _SCRIPT.findall(text), _STYLE.findall(text)
    assert scripts
    assert styles
    assert sum(on_the_wire(shop, address) for address in scripts) <= SCRIPTS
    assert sum(on_the_wire(shop, address) for address in styles) <= STYLES
    assert _INLINE.search(text) is None


@pytest.mark.parametrize("path", ["/", shopping.SIMPLE_LIST, shopping.PRODUCT])
def test_pictures_come_in_small_formats_with_their_room_kept(shop: RunningShop, path: str) -> None:
    text = shop.fetch(path).text
    pictures = _PICTURE.findall(text)
    assert pictures
    assert len(_IMAGE.findall(text)) == len(pictures)
    for picture in pictures:
        kinds = re.findall(r'<source type="image/(\w+)" srcset="', picture)
        assert kinds == ["avif", "webp"]
        assert re.search(r'<img [^>]*\bwidth="\d+" height="\d+"', picture)
        assert 'loading="lazy"' in picture or 'fetchpriority="high"' in picture


def test_each_format_is_sent_as_what_it_says_and_the_first_is_the_smallest(shop: RunningShop) -> None:
    text = shop.fetch(shopping.PRODUCT).text
    sizes = {}
    for kind in ("avif", "webp"):
        match = re.search(rf'<source type="image/{kind}" srcset="[^"]*?(\S+) 720w', text)
        assert match is not None
        answer = shop.fetch(match[1])
        assert answer.headers["content-type"] == f"image/{kind}"
        sizes[kind] = len(answer.content)
    plain = re.search(r'<img src="(/_picture/720\.jpg[^"]+)"', text)
    assert plain is not None
    answer = shop.fetch(plain[1])
    assert answer.headers["content-type"] == "image/jpeg"
    assert sizes["avif"] < sizes["webp"] < len(answer.content)

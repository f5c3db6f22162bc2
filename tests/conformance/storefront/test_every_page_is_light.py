"""What every kind of page weighs over the wire, in both themes: at most 25 KB of scripts, 30 KB of style sheets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.support.magento_shop import BUNDLE, GROUP, JACKETS, PANTS, TOTE, quick_shop, send
from tests.support.recorded_magento import RecordedMagento

pytestmark = pytest.mark.shared

SCRIPTS: Final = 25_000
STYLES: Final = 30_000
PAGE: Final = 30_000
"""A page itself, which nothing limits but good sense."""
GUEST: Final = (
    *(
        "/",
        JACKETS,
        f"{JACKETS}?color=49",
        TOTE,
        PANTS,
        BUNDLE,
        GROUP,
        "/search?q=jacket",
        "/search?q=zzzzqqq",
        "/search",
    ),
    *("/about-us", "/contact", "/sign-in", "/register", "/forgot-password", "/reset-password?token=x", "/nothing-here"),
)
OWNER: Final = (
    *("/cart", "/checkout", "/account", "/account/orders", "/account/orders/000000046", "/account/profile"),
    *("/account/addresses", "/account/addresses/new", "/account/wishlist", "/account/downloads"),
)
_SCRIPT: Final = re.compile(r'<script[^>]* src="([^"]+)"')
_STYLE: Final = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_INLINE: Final = re.compile(r"<script>|<style|\sstyle=|\son\w+=")


async def bytes_sent(shopper: httpx.AsyncClient, path: str) -> int:
    """Return what a browser receives for ``path``, compressed as it is sent."""
    async with shopper.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum([len(piece) async for piece in answer.aiter_raw()])


@pytest.mark.parametrize("theme", ["quiet", "lively"])
async def test_every_kind_of_page_is_light(theme: str, tmp_path: Path) -> None:
    async with quick_shop(RecordedMagento(), tmp_path, theme) as shop:
        shopper = shop.shopper
        for path in GUEST:
            await check(shopper, path, theme)
        await send(shopper, "/cart/add", {"sku": "24-WB02", "quantity": "1"})
        await send(shopper, "/sign-in", {"email": "grace@example.com", "password": "Analytical-1843"})
        for path in OWNER:
            await check(shopper, path, theme)


async def check(shopper: httpx.AsyncClient, path: str, theme: str) -> None:
    answer = await shopper.get(path)
    assert answer.status_code == (404 if path == "/nothing-here" else 200), path
    assert f'data-theme="{theme}"' in answer.text
    scripts, styles = _SCRIPT.findall(answer.text), _STYLE.findall(answer.text)
    assert (len(scripts), len(styles)) == (2, 1), path
    assert 0 < sum([await bytes_sent(shopper, one) for one in scripts]) <= SCRIPTS
    assert 0 < sum([await bytes_sent(shopper, one) for one in styles]) <= STYLES
    assert await bytes_sent(shopper, path) <= PAGE, path
    assert _INLINE.search(answer.text) is None, path

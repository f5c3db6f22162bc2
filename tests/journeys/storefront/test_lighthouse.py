"""Lighthouse gives at least 95 of 100 in all four groups, for what shoppers see first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.storefront import shopping
from tests.support import lighthouse
from tests.support.lighthouse import Verdict
from tests.support.running_shop import RunningShop

pytestmark = pytest.mark.chromium

LEAST = 95
PAGES = {"home": "/", "category": shopping.SIMPLE_LIST, "product": shopping.CHOSEN}


@pytest.fixture(scope="module")
def verdicts(shop: RunningShop, pytestconfig: pytest.Config) -> dict[str, Verdict]:
    """What Lighthouse says of each kind of page."""
    cache: Path = pytestconfig.cache.mkdir("lighthouse")
    for path in PAGES.values():
        shop.fetch(path)
    found = lighthouse.look_patiently(lighthouse.install(cache), [shop.url + path for path in PAGES.values()], LEAST)
    return dict(zip(PAGES, found, strict=True))


@pytest.mark.parametrize("kind", PAGES)
def test_all_four_groups_are_high(verdicts: dict[str, Verdict], kind: str) -> None:
    found = verdicts[kind]
    assert found.incomplete is None
    assert {group: score for group, score in found.scores.items() if (score or 0) < LEAST} == {}, found.lost


@pytest.mark.parametrize("kind", PAGES)
def test_what_makes_a_page_quick_holds_on_any_machine(verdicts: dict[str, Verdict], kind: str) -> None:
    """Nothing jumps, the largest picture is found at once, and a page's whole weight is small."""
    audits = verdicts[kind].audits
    assert (audits["cumulative-layout-shift"].value or 0.0) < 0.05
    assert audits["lcp-lazy-loaded"].score != 0
    assert audits["prioritize-lcp-image"].score != 0
    assert (audits["total-byte-weight"].value or 0.0) < 500_000

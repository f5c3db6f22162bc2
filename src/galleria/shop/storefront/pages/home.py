"""The first page: the merchant's own words, the categories with a picture each, and what to begin with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data.narrowing import Wish

if TYPE_CHECKING:
    from galleria.shop.storefront.data.catalogue import Catalogue
    from galleria.shop.storefront.data.values import Card, Place, ShopFacts

TILES: Final = 6
CARDS: Final = 8
_LOOKED_AT: Final = 4


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything that the first page shows."""

    shop: ShopFacts
    lead: Card | None
    tiles: tuple[Place, ...]
    cards: tuple[Card, ...]


async def home_page(catalogue: Catalogue) -> HomePage:
    """Return the first page."""
    shop, menu, listing = await asyncio.gather(
        catalogue.shop(), catalogue.menu(), catalogue.listing(Wish(page_size=CARDS))
    )
    tiles = await asyncio.gather(*(_pictured(catalogue, place) for place in menu[:TILES]))
    shown = [tile for tile in tiles if tile.products or tile.image]
    lead = next((card for card in listing.cards if card.image), None)
    return HomePage(shop, lead, tuple(shown), listing.cards)


async def _pictured(catalogue: Catalogue, place: Place) -> Place:
    listing = await catalogue.listing(Wish(category_uid=place.uid, page_size=_LOOKED_AT))
    return replace(
        place, products=listing.total, image=next((card.image for card in listing.cards if card.image), None)
    )

"""The first page: the merchant's own words, the categories with a picture each, and what to begin with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from galleria.shop.storefront.data.narrowing import Wish
from galleria.shop.storefront.pages import words

if TYPE_CHECKING:
    from galleria.shop.storefront.data.catalogue import Catalogue
    from galleria.shop.storefront.data.contents import Contents
    from galleria.shop.storefront.data.values import Card, Image, Place

TILES: Final = 6
CARDS: Final = 8
_LOOKED_AT: Final = 4
_OTHERWISE: Final = "Good things, well made."
"""What the page says until its merchant writes something."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything that the first page shows."""

    heading: str
    words: str
    summary: str
    picture: Image | None
    picture_path: str | None
    sections: tuple[str, ...]
    tiles: tuple[Place, ...]
    cards: tuple[Card, ...]


async def home_page(catalogue: Catalogue, contents: Contents) -> HomePage:
    """Return the first page."""
    shop, menu = await asyncio.gather(catalogue.shop(), catalogue.menu())
    page = await contents.page(shop.home_page)
    opening = words.read(page.content if page else "")
    wishes = [Wish(category_uid=place.uid, page_size=_LOOKED_AT) for place in menu[:TILES]]
    shelves = await asyncio.gather(*(catalogue.listing(wish) for wish in wishes or [Wish(page_size=CARDS)]))
    tiles = _tiles(menu[:TILES], [shelf.cards for shelf in shelves])
    cards = _mixed([shelf.cards for shelf in shelves])
    lead = next((card for card in cards if card.image), None)
    return HomePage(
        heading=(page.heading if page else "") or shop.welcome or _OTHERWISE,
        words=opening.words or (page.summary if page else "") or shop.summary,
        summary=(page.summary if page else "") or shop.summary,
        picture=opening.image or (lead.image if lead else None),
        picture_path=None if opening.image or lead is None else lead.path,
        sections=opening.sections,
        tiles=tiles,
        cards=cards[:CARDS],
    )


def _tiles(places: tuple[Place, ...], shelves: list[tuple[Card, ...]]) -> tuple[Place, ...]:
    """Give each department a picture that no other has, where there is one; empty ones are left out."""
    used: set[str] = set()
    tiles = []
    for place, cards in zip(places, shelves, strict=False):
        pictured = [card.image for card in cards if card.image]
        image = next((one for one in pictured if one.path not in used), next(iter(pictured), None))
        if image is not None:
            used.add(image.path)
        if cards:
            tiles.append(replace(place, image=image))
    return tuple(tiles)


def _mixed(shelves: list[tuple[Card, ...]]) -> tuple[Card, ...]:
    """Take from each shelf in turn, from its end: its first has the department's picture already. Nothing twice."""
    found: dict[str, Card] = {}
    for place in range(_LOOKED_AT):
        for cards in shelves:
            if place < len(cards):
                card = cards[len(cards) - 1 - place]
                found.setdefault(card.sku, card)
    return tuple(found.values())

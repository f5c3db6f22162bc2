"""What surrounds every page: name, menu, cart count. It must be there even when the engine is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from galleria.shop.storefront.data.errors import EngineBroken, EngineUnavailable
from galleria.shop.storefront.data.values import ShopFacts

if TYPE_CHECKING:
    from galleria.shop.storefront.data.catalogue import Catalogue
    from galleria.shop.storefront.data.contents import Contents
    from galleria.shop.storefront.data.values import Place


@dataclass(frozen=True, slots=True)
class Frame:
    """The shop's own facts and its menu."""

    shop: ShopFacts
    menu: tuple[Place, ...]
    pages: tuple[tuple[str, str], ...] = ()


async def frame(catalogue: Catalogue, contents: Contents, store_name: str) -> Frame:
    """Return what surrounds every page; the bare minimum when the engine cannot be asked."""
    try:
        return Frame(await catalogue.shop(), await catalogue.menu(), await contents.footer())
    except (EngineUnavailable, EngineBroken):
        return Frame(_bare(store_name), ())


def _bare(store_name: str) -> ShopFacts:
    return ShopFacts(
        name=store_name,
        locale="en_US",
        currency="USD",
        root_uid=None,
        product_suffix="",
        category_suffix="",
        title=store_name,
        summary="",
        welcome="",
        copyright="",
        home_page="home",
        country="US",
        contact=False,
        newsletter=False,
        guests_may_review=False,
        password_length=8,
        media="",
        theme="",
    )

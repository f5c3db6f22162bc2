"""Questions about the catalogue. Every answer is public and kept for a few seconds."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from galleria.contracts.themes import THEME_BLOCK
from galleria.shop.storefront.data import narrowing, product_reading, reading
from galleria.shop.storefront.data.values import (
    Card,
    Category,
    Facet,
    FacetOption,
    Listing,
    Look,
    Place,
    Product,
    ShopFacts,
    SortField,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from galleria.shop.storefront.client.categories import Categories
    from galleria.shop.storefront.client.listing import ListingProducts
    from galleria.shop.storefront.client.resolve import Resolve
    from galleria.shop.storefront.data.cache import AnswerCache
    from galleria.shop.storefront.data.engine import Engine
    from galleria.shop.storefront.data.narrowing import Wish

FRESH_SECONDS: Final = 2.0
"""How old a price on a page may be."""
SHOP_SECONDS: Final = 15.0
"""How old the menu and the shop's own facts may be."""
LABEL_SECONDS: Final = 300.0
_MAGENTOS_WELCOME: Final = "Default welcome msg!"
"""What a Magento says until its merchant writes something: no shopper should read it."""


class Kind(StrEnum):
    """What an address leads to."""

    PRODUCT = "product"
    CATEGORY = "category"
    PAGE = "page"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Target:
    """What an address leads to, and the name to ask for it by. MOVED has the new address."""

    kind: Kind
    name: str


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


class Catalogue:
    """The catalogue as shoppers see it."""

    def __init__(self, engine: Engine, cache: AnswerCache, today: Callable[[], str] = _today) -> None:
        self._engine = engine
        self._cache = cache
        self._today = today

    async def shop(self) -> ShopFacts:
        """Return the shop's own facts; old ones when the engine is away."""
        return await self._cache.get("shop", SHOP_SECONDS, self._load_shop, rather_old=True)

    async def menu(self) -> tuple[Place, ...]:
        """Return the top categories with two levels below them; an old answer when the engine is away."""
        shop = await self.shop()
        return await self._cache.get("menu", SHOP_SECONDS, lambda: self._load_menu(shop), rather_old=True)

    async def resolve(self, path: str) -> Target | None:
        """Return what ``path`` (without the slash before it) leads to, or None."""
        shop = await self.shop()
        return await self._cache.get(("route", path), SHOP_SECONDS, lambda: self._load_target(path, shop))

    async def category(self, uid: str) -> Category | None:
        """Return a category, or None when there is none."""
        shop = await self.shop()
        return await self._cache.get(("category", uid), FRESH_SECONDS, lambda: self._load_category(uid, shop))

    async def listing(self, wish: Wish) -> Listing:
        """Return one page of products. A page past the end is `Refused`."""
        return await self._cache.get(("listing", wish), FRESH_SECONDS, lambda: self._load_listing(wish))

    async def looks(self, skus: tuple[str, ...]) -> Mapping[str, tuple[Look, ...]]:
        """Return how the variants of products look, by the product's sku; what can be bought comes first."""
        return await self._cache.get(("looks", skus), FRESH_SECONDS, lambda: self._load_looks(skus))

    async def product(self, key: str) -> Product | None:
        """Return a product by its url key, or None when there is none."""
        shop = await self.shop()
        return await self._cache.get(("product", key), FRESH_SECONDS, lambda: self._load_product(key, shop))

    async def related(self, key: str) -> tuple[Card, ...]:
        """Return what goes with a product."""
        return await self._cache.get(("related", key), SHOP_SECONDS, lambda: self._load_related(key))

    async def addresses(self, page: int, page_size: int) -> tuple[tuple[str, ...], int]:
        """Return one page of product addresses for the sitemap, and how many pages there are."""
        answer = (await self._engine.read(lambda client: client.sitemap(page_size, page))).products
        if answer is None:
            return (), 0
        paths = tuple(reading.product_path(item.url_key, item.url_suffix) for item in reading.there(answer.items))
        return paths, (answer.page_info.total_pages or 1) if answer.page_info else 1

    async def picture(self, path: str) -> bytes | None:
        """Return the picture kept under ``path``, or None when there is none. Raises `EngineUnavailable`."""
        media = (await self.shop()).media if self._engine.address.foreign else ""
        return await self._engine.picture(path, media)

    async def _load_shop(self) -> ShopFacts:
        from galleria.shop.storefront.client.shop import Shop

        answer = await self._engine.read_some(lambda client: client.shop([THEME_BLOCK]), Shop.model_validate)
        config, blocks = answer.store_config, reading.there(answer.cms_blocks.items if answer.cms_blocks else None)
        if config is None:
            raise ValueError("the engine has no store configuration")
        return ShopFacts(
            name=reading.text(config.store_name),
            locale=config.locale or "en_US",
            currency=config.default_display_currency_code or config.base_currency_code or "USD",
            root_uid=config.root_category_uid,
            product_suffix=config.product_url_suffix or "",
            category_suffix=config.category_url_suffix or "",
            title=reading.text(config.default_title),
            summary=reading.text(config.default_description),
            welcome="" if config.welcome == _MAGENTOS_WELCOME else reading.text(config.welcome),
            copyright=reading.text(config.copyright),
            home_page=config.cms_home_page or "home",
            country=config.default_country or "US",
            contact=config.contact_enabled,
            newsletter=config.newsletter_enabled,
            guests_may_review=config.allow_guests_to_write_product_reviews == "1",
            password_length=int(config.minimum_password_length or 8),
            media=config.base_media_url or "",
            theme=next((reading.words(block.content) for block in blocks), ""),
        )

    async def _load_menu(self, shop: ShopFacts) -> tuple[Place, ...]:
        answer = await self._engine.read(lambda client: client.categories(root=shop.root_uid))
        return _menu(answer, shop.category_suffix)

    async def _load_target(self, path: str, shop: ShopFacts) -> Target | None:
        return _target(await self._engine.read(lambda client: client.resolve(path)), path, shop)

    async def _load_category(self, uid: str, shop: ShopFacts) -> Category | None:
        found = reading.there((await self._engine.read(lambda client: client.category(uid))).category_list)
        if not found:
            return None
        item, suffix = found[0], shop.category_suffix
        name = reading.text(item.name)
        return Category(
            uid=item.uid,
            name=name,
            path=reading.category_path(item.url_path, suffix),
            title=reading.text(item.meta_title) or name,
            summary=reading.text(item.meta_description),
            description=item.description or (item.cms_block.content or "" if item.cms_block else ""),
            image=None,
            trail=reading.trail(item.breadcrumbs, suffix),
            children=tuple(product_reading.place(child, suffix) for child in reading.there(item.children)),
        )

    async def _load_listing(self, wish: Wish) -> Listing:
        answer = await self._engine.read(
            lambda client: client.listing(
                page_size=wish.page_size,
                page=wish.page,
                search=wish.search,
                filter_=narrowing.filter_input(wish),
                sort=narrowing.sort_input(wish.sort),
            )
        )
        if answer.products is None:
            return Listing((), 0, 1, 0, (), (), ())
        return _listing(answer.products, self._today())

    async def _load_looks(self, skus: tuple[str, ...]) -> Mapping[str, tuple[Look, ...]]:
        answer = await self._engine.read(lambda client: client.variant_pictures(list(skus), len(skus)))
        items = [item for item in (answer.products.items if answer.products else None) or () if item]
        return {item.sku or "": product_reading.looks(item) for item in items}

    async def _load_product(self, key: str, shop: ShopFacts) -> Product | None:
        answer = (await self._engine.read(lambda client: client.product(key))).products
        items = [item for item in (answer.items if answer else None) or () if item]
        if not items:
            return None
        labels = await self._cache.get("labels", LABEL_SECONDS, self._load_labels, rather_old=True)
        return product_reading.product(items[0], labels, shop.category_suffix, self._today())

    async def _load_labels(self) -> Mapping[str, str]:
        from galleria.shop.storefront.client.input_types import AttributeInput

        codes = [
            AttributeInput(attribute_code=code, entity_type="catalog_product")
            for code in sorted(narrowing.filterable())
        ]
        answer = (
            await self._engine.read(lambda client: client.attribute_labels(list(codes)))
        ).custom_attribute_metadata_v_2
        return {item.code: reading.text(item.label) or item.code for item in reading.there(answer.items)}

    async def _load_related(self, key: str) -> tuple[Card, ...]:
        answer = (await self._engine.read(lambda client: client.related(key))).products
        items = [item for item in (answer.items if answer else None) or () if item]
        if not items:
            return ()
        near = [*(items[0].related_products or ()), *(items[0].upsell_products or ())]
        return tuple(reading.card(item, self._today()) for item in near if item)[:8]


def _menu(answer: Categories, suffix: str) -> tuple[Place, ...]:
    roots = reading.there(answer.category_list)
    shown = [child for child in reading.there(roots[0].children if roots else None) if child.include_in_menu]
    return tuple(product_reading.place(child, suffix) for child in shown)


def _target(answer: Resolve, path: str, shop: ShopFacts) -> Target | None:
    route = answer.route
    if route is None:
        return None
    relative = (route.relative_url or path).partition("?")[0].lstrip("/")
    if route.redirect_code in (301, 302) or (relative != path and route.typename__ != "CmsPage"):
        return Target(Kind.MOVED, "/" + relative)
    if route.typename__ == "CategoryTree":
        return Target(Kind.CATEGORY, route.uid)
    if route.typename__ == "CmsPage":
        return Target(Kind.PAGE, route.identifier or path)
    return Target(Kind.PRODUCT, relative.rsplit("/", 1)[-1].removesuffix(shop.product_suffix))


def _listing(products: ListingProducts, today: str) -> Listing:
    info = products.page_info
    return Listing(
        cards=tuple(reading.card(item, today) for item in products.items or () if item),
        total=products.total_count or 0,
        page=(info.current_page or 1) if info else 1,
        pages=(info.total_pages or 0) if info else 0,
        facets=_facets(products),
        sorts=tuple(
            SortField(option.value or "", reading.text(option.label))
            for option in reading.there(products.sort_fields.options if products.sort_fields else None)
        ),
        suggestions=tuple(suggestion.search for suggestion in reading.there(products.suggestions)),
    )


def _facets(products: ListingProducts) -> tuple[Facet, ...]:
    known = narrowing.filterable()
    return tuple(
        Facet(
            aggregation.attribute_code,
            reading.text(aggregation.label),
            tuple(
                FacetOption(option.value, reading.text(option.label), option.count or 0)
                for option in reading.there(aggregation.options)
            ),
        )
        for aggregation in reading.there(products.aggregations)
        if aggregation.attribute_code in known
    )

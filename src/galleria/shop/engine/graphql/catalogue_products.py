"""Products as the contract shows them. A field that costs a query is a method: it runs when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings

from galleria.shop.engine.graphql import configuration, money, uids
from galleria.shop.engine.graphql.catalogue_shelf import URL_SUFFIX
from galleria.shop.engine.graphql.catalogue_structures import Structures
from galleria.shop.engine.shelf.models import Kind, Visibility

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.catalogue_shelf import Shelf
    from galleria.shop.engine.shelf.pricing import Price
    from galleria.shop.engine.shelf.reading import Batch, Row, Texts

TYPENAMES: Final = {
    Kind.SIMPLE: "SimpleProduct",
    Kind.VIRTUAL: "VirtualProduct",
    Kind.CONFIGURABLE: "ConfigurableProduct",
    Kind.DOWNLOADABLE: "DownloadableProduct",
    Kind.BUNDLE: "BundleProduct",
    Kind.GROUPED: "GroupedProduct",
}
EVERYBODY: Final = "32000"
"""Magento's number for the customers of all groups."""

PLACEHOLDER: Final = "catalog/placeholder.jpg"
_INTEGERS: Final = frozenset({"select", "boolean"})


class ProductValue(Structures):
    """One product. ``redirect_code`` and ``relative_url`` are those of the address it was asked by."""

    def __init__(self, shelf: Shelf, batch: Batch, row: Row) -> None:
        self.shelf = shelf
        self.batch = batch
        self.row = row
        self.typename = TYPENAMES[row.kind]
        self.id = row.id
        self.uid = uids.encode(row.id)
        self.sku = row.sku
        self.name = row.name
        self.url_key = row.url_key
        self.url_suffix = URL_SUFFIX
        self.type_id = row.kind.value
        self.type = "PRODUCT"
        self.redirect_code = 0
        self.relative_url = f"{row.url_key}{URL_SUFFIX}"

    def __getattr__(self, name: str) -> object:
        """Answer an attribute of the store by its code: an option's number, or several as Magento writes them."""
        if name.startswith("_"):
            raise AttributeError(name)
        values = self.batch.values.get(self.row.id)
        if values is None:
            return None
        if name in values.options:
            attribute = self.shelf.attributes.get(name)
            chosen = values.options[name]
            integer = attribute is not None and attribute.input in _INTEGERS
            return chosen[0] if integer else ",".join(str(option) for option in chosen)
        other = values.others.get(name)
        return int(other) if isinstance(other, bool) else other

    def stock_status(self, _info: GraphQLResolveInfo) -> str:
        """Whether it can be bought now."""
        return "IN_STOCK" if self.batch.salable(self.row) else "OUT_OF_STOCK"

    def price_range(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The least and the most it costs."""
        least, most = self.batch.price_range(self.row)
        return {"minimum_price": price_value(least), "maximum_price": price_value(most)}

    def price(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The same in the contract's older words."""
        least, most = self.batch.price_range(self.row)
        return {
            "regularPrice": _old_price(least.regular),
            "minimalPrice": _old_price(least.final),
            "maximalPrice": _old_price(most.final),
        }

    def special_price(self, _info: GraphQLResolveInfo) -> float | None:
        """The special price that the merchant set, whether it holds now or not."""
        price = self.row.special.price
        return None if price is None else float(price)

    def special_from_date(self, _info: GraphQLResolveInfo) -> str | None:
        """From when the special price holds."""
        return _stamp(self.row.special.start)

    def special_to_date(self, _info: GraphQLResolveInfo) -> str | None:
        """Until when the special price holds."""
        return _stamp(self.row.special.end)

    def price_tiers(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """Prices from a quantity on."""
        usual = self.batch.price_range(self.row)[0].final
        return [
            {
                "quantity": float(tier.quantity),
                "final_price": _money(tier.price),
                "discount": _discount(usual - tier.price, (usual - tier.price) * 100 / usual if usual else usual),
            }
            for tier in self.batch.tiers.get(self.row.id, ())
        ]

    def tier_price(self, _info: GraphQLResolveInfo) -> float | None:
        """The lowest price from a quantity on, in the contract's older words."""
        tiers = self.batch.tiers.get(self.row.id, ())
        return float(min(tier.price for tier in tiers)) if tiers else None

    def tier_prices(self, _info: GraphQLResolveInfo) -> list[dict[str, object]] | None:
        """Prices from a quantity on, for everybody, in the contract's older words; null without any."""
        return [
            {
                "customer_group_id": EVERYBODY,
                "qty": float(tier.quantity),
                "value": float(tier.price),
                "percentage_value": None,
                "website_id": 0.0,
            }
            for tier in self.batch.tiers.get(self.row.id, ())
        ] or None

    def websites(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """Where it is sold: an instance is one store."""
        return [
            {
                "id": configuration.DEFAULTS["website_id"],
                "code": configuration.DEFAULTS["website_code"],
                "name": configuration.DEFAULTS["website_name"],
                "default_group_id": "1",
                "is_default": True,
                "sort_order": 0,
            }
        ]

    def only_x_left_in_stock(self, _info: GraphQLResolveInfo) -> None:
        """Null: the stock configuration has no threshold."""

    def image(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The picture of its own page."""
        return self._picture(self.row.image)

    def small_image(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The picture of lists."""
        return self._picture(self.row.small_image)

    def thumbnail(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The picture of carts."""
        return self._picture(self.row.thumbnail)

    def swatch_image(self, _info: GraphQLResolveInfo) -> str | None:
        """The picture that stands for a choice."""
        return self.row.swatch_image or None

    def media_gallery(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """All pictures in their order."""
        return gallery_value(self.shelf, self.batch, self.row)

    def media_gallery_entries(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """All pictures in the contract's older words."""
        roles = {"image": self.row.image[0], "small_image": self.row.small_image[0], "thumbnail": self.row.thumbnail[0]}
        return [
            {
                "id": image.id,
                "uid": uids.encode(image.id),
                "file": "/" + image.name.removeprefix("catalog/product/"),
                "label": image.label or None,
                "position": place,
                "disabled": False,
                "media_type": "image",
                "types": [role for role, name in roles.items() if name == image.name],
                "content": None,  # a picture is its address, never sent inline
                "video_content": None,
            }
            for place, image in enumerate(self.batch.images.get(self.row.id, ()), 1)
        ]

    def description(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The long text."""
        return {"html": self._texts.description}

    def short_description(self, _info: GraphQLResolveInfo) -> dict[str, object]:
        """The short text."""
        return {"html": self._texts.short_description}

    def meta_title(self, _info: GraphQLResolveInfo) -> str | None:
        """The page's title for search engines."""
        return self._texts.meta_title or None

    def meta_keyword(self, _info: GraphQLResolveInfo) -> str | None:
        """Words for search engines."""
        return self._texts.meta_keywords or None

    def meta_description(self, _info: GraphQLResolveInfo) -> str | None:
        """The page's summary for search engines."""
        return self._texts.meta_description or None

    def options_container(self, _info: GraphQLResolveInfo) -> str:
        """Where a page shows the options."""
        return self._texts.options_container

    def new_from_date(self, _info: GraphQLResolveInfo) -> str | None:
        """From when it is new."""
        return _stamp(self._texts.new_from)

    def new_to_date(self, _info: GraphQLResolveInfo) -> str | None:
        """Until when it is new."""
        return _stamp(self._texts.new_to)

    def weight(self, _info: GraphQLResolveInfo) -> float | None:
        """The weight in the store's unit."""
        weight = self._texts.weight
        return None if weight is None else float(weight)

    def country_of_manufacture(self, _info: GraphQLResolveInfo) -> str | None:
        """Where it is made."""
        return self._texts.country_of_manufacture or None

    def gift_message_available(self, _info: GraphQLResolveInfo) -> bool:
        """Whether a gift message can go with it."""
        return self._texts.gift_message_available

    def created_at(self, _info: GraphQLResolveInfo) -> str | None:
        """When it was made."""
        return _stamp(self.row.created_at)

    def updated_at(self, _info: GraphQLResolveInfo) -> str | None:
        """When it was last changed."""
        return _stamp(self.row.updated_at)

    def categories(self, _info: GraphQLResolveInfo) -> list[object]:
        """The categories it is in, but the root."""
        from galleria.shop.engine.graphql.catalogue_categories import CategoryValue

        owner = self.row.id
        nodes = [self.shelf.tree.nodes.get(pk) for pk in sorted(self.batch.categories.get(owner, ()))]
        return [CategoryValue(self.shelf, node) for node in nodes if node is not None and node.level > 1]

    def url_rewrites(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """Every address that leads to it."""
        nodes = [self.shelf.tree.nodes.get(pk) for pk in self.batch.categories.get(self.row.id, ())]
        paths = ["", *(f"{node.url_path}/" for node in nodes if node is not None and node.url_path)]
        identity = {"name": "id", "value": str(self.row.id)}
        return [{"url": f"{path}{self.relative_url}", "parameters": [identity]} for path in paths]

    def review_count(self, _info: GraphQLResolveInfo) -> int:
        """How many reviews are published."""
        return self.batch.ratings.get(self.row.id, (0, 0.0))[0]

    def rating_summary(self, _info: GraphQLResolveInfo) -> float:
        """The mean rating in percent."""
        return round(self.batch.ratings.get(self.row.id, (0, 0.0))[1] * 20)

    def reviews(self, info: GraphQLResolveInfo, pageSize: int = 20, currentPage: int = 1) -> dict[str, object]:
        """One page of the published reviews."""
        from galleria.shop.engine.graphql.reviews import product_reviews

        return product_reviews(self.row.id, pageSize, currentPage)

    def related_products(self, _info: GraphQLResolveInfo) -> list[ProductValue]:
        """Products that go with it."""
        return self._named("related")

    def upsell_products(self, _info: GraphQLResolveInfo) -> list[ProductValue]:
        """Better products."""
        return self._named("upsell")

    def crosssell_products(self, _info: GraphQLResolveInfo) -> list[ProductValue]:
        """Products for the cart."""
        return self._named("crosssell")

    def product_links(self, _info: GraphQLResolveInfo) -> list[dict[str, object]]:
        """The same three lists as plain links."""
        return [
            {
                "__typename": "ProductLinks",
                "sku": self.sku,
                "link_type": relation,
                "linked_product_sku": other.sku,
                "linked_product_type": other.type_id,
                "position": place,
            }
            for relation in ("related", "upsell", "crosssell")
            for place, other in enumerate(self._named(relation), 1)
        ]

    def custom_attributesV2(  # noqa: N802 - the contract's name
        self, _info: GraphQLResolveInfo, filters: dict[str, bool] | None = None
    ) -> dict[str, object]:
        """The attributes that it has, with labels."""
        from galleria.shop.engine.graphql.catalogue_attributes import custom_values

        return custom_values(self.shelf, self.batch.values.get(self.row.id), filters)

    @property
    def _texts(self) -> Texts:
        return self.batch.texts[self.row.id]

    def _picture(self, role: tuple[str, str]) -> dict[str, object]:
        name, label = role
        if not name:
            first = next(iter(self.batch.images.get(self.row.id, ())), None)
            name, label = (first.name, first.label) if first else (PLACEHOLDER, "")
        return {
            "__typename": "ProductImage",
            "url": self.shelf.media(name),
            "label": label or self.row.name,
            "position": None,
            "disabled": None,
        }

    def _named(self, relation: str) -> list[ProductValue]:
        neighbours = self.batch.neighbours
        rows = [neighbours.rows.get(pk) for pk in self.batch.linked[relation].get(self.row.id, ())]
        shown = [row for row in rows if row is not None and row.is_public and row.visibility != Visibility.NOWHERE]
        return [ProductValue(self.shelf, neighbours, row) for row in shown]


def values_of(shelf: Shelf, batch: Batch, ids: Sequence[int]) -> list[ProductValue]:
    """Return the products of a batch in the order of ``ids``."""
    return [ProductValue(shelf, batch, batch.rows[pk]) for pk in ids if pk in batch.rows]


def gallery_value(shelf: Shelf, batch: Batch, row: Row) -> list[dict[str, object]]:
    """Return a product's pictures as the contract's gallery."""
    return [
        {
            "__typename": "ProductImage",
            "url": shelf.media(image.name),
            "label": image.label,
            "position": place,
            "disabled": False,
        }
        for place, image in enumerate(batch.images.get(row.id, ()), 1)
    ]


def price_value(price: Price) -> dict[str, object]:
    """Return the contract's ``ProductPrice``."""
    return {
        "regular_price": _money(price.regular),
        "final_price": _money(price.final),
        "discount": _discount(price.amount_off, price.percent_off),
        "fixed_product_taxes": [],
    }


def _money(amount: object) -> dict[str, object]:
    return money.money(amount, settings.OSCAR_DEFAULT_CURRENCY)  # type: ignore[arg-type]


def _discount(amount: object, percent: object) -> dict[str, object]:
    return {"amount_off": money.number(amount), "percent_off": money.number(percent)}  # type: ignore[arg-type]


def _old_price(amount: object) -> dict[str, object]:
    return {"amount": _money(amount), "adjustments": []}


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"

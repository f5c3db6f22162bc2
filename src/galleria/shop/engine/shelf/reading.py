"""Reads products from the shelf, always for many at once: a list of twenty costs as many statements as one.

A `Batch` is a set of products that are looked at together. What only some readers need (pictures, values, variants) is
read for the whole batch the first time anybody asks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from django.db.models import Avg, Count, Model, Q
from django.utils import timezone
from oscar.core.loading import get_model

from galleria.shop.engine.shelf import pricing
from galleria.shop.engine.shelf.models import (
    BundleOption,
    BundleSelection,
    ConfigurableOption,
    DownloadLink,
    DownloadSample,
    GroupedItem,
    Kind,
    ProductLink,
    TierPrice,
)
from galleria.shop.engine.shelf.pricing import Price, Special

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.db.models import Manager, QuerySet

Product = get_model("catalogue", "Product")
ProductCategory = get_model("catalogue", "ProductCategory")
ProductImage = get_model("catalogue", "ProductImage")
ProductAttributeValue = get_model("catalogue", "ProductAttributeValue")
ProductRecommendation = get_model("catalogue", "ProductRecommendation")
ProductReview = get_model("reviews", "ProductReview")

M = TypeVar("M", bound=Model)

_PART: Final = 900
_SEVERAL: Final = frozenset({"multi", "checkbox"})

_COLUMNS: Final = (
    "id", "upc", "title", "slug", "is_public", "structure", "parent_id", "date_created", "date_updated",
    "record__kind", "record__visibility", "record__attribute_set", "record__special_price", "record__special_from",
    "record__special_to", "record__manage_stock", "record__is_in_stock", "record__backorders",
    "record__image", "record__image_label", "record__small_image", "record__small_image_label", "record__thumbnail",
    "record__thumbnail_label", "record__swatch_image", "record__links_purchased_separately",
    "stockrecords__price", "stockrecords__num_in_stock", "stockrecords__num_allocated",
)  # fmt: skip
_TEXT_COLUMNS: Final = (
    "id", "description", "meta_title", "meta_description", "record__short_description", "record__meta_keywords",
    "record__options_container", "record__weight", "record__new_from", "record__new_to", "record__tax_class",
    "record__country_of_manufacture", "record__gift_message_available", "record__dynamic_price",
    "record__dynamic_sku", "record__dynamic_weight", "record__price_view", "record__ship_together",
    "record__links_title", "record__samples_title", "record__min_cart_qty", "record__max_cart_qty",
)  # fmt: skip


class Row(NamedTuple):
    """One product, as far as lists show it. Fields as in Oscar's product, its side table and its stock record."""

    id: int
    sku: str
    name: str
    url_key: str
    is_public: bool
    structure: str
    parent_id: int | None
    created_at: datetime
    updated_at: datetime
    kind: Kind
    visibility: int
    attribute_set: str
    special: Special
    manage_stock: bool
    is_in_stock: bool
    backorders: bool
    image: tuple[str, str]
    small_image: tuple[str, str]
    thumbnail: tuple[str, str]
    swatch_image: str
    links_apart: bool
    price: Decimal
    quantity: int | None

    @property
    def counted(self) -> bool:
        """Whether the stock of this product itself decides."""
        return self.manage_stock and self.kind in (Kind.SIMPLE, Kind.VIRTUAL)


class Texts(NamedTuple):
    """What a product's own page shows beside what lists show."""

    description: str
    meta_title: str | None
    meta_description: str | None
    short_description: str
    meta_keywords: str
    options_container: str
    weight: Decimal | None
    new_from: datetime | None
    new_to: datetime | None
    tax_class: str
    country_of_manufacture: str
    gift_message_available: bool
    dynamic_price: bool
    dynamic_sku: bool
    dynamic_weight: bool
    price_view: str
    ship_together: bool
    links_title: str
    samples_title: str
    min_cart_qty: Decimal
    max_cart_qty: Decimal


class Axis(NamedTuple):
    """An attribute that a configurable's variants differ by."""

    id: int
    attribute_id: int
    code: str
    label: str
    position: int


class Image(NamedTuple):
    """A picture of a product's gallery: name below the media folder."""

    id: int
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Values:
    """A product's attribute values: option ids, or what else is kept, by code."""

    options: Mapping[str, tuple[int, ...]]
    others: Mapping[str, bool | str]

    def first(self, code: str) -> int | None:
        """Return the option of ``code``, None when there is none."""
        return next(iter(self.options.get(code, ())), None)


_NOTHING: Final = Values({}, {})


class Batch:
    """Products looked at together. ``now`` decides about special prices."""

    def __init__(self, rows: Iterable[Row], now: datetime | None = None) -> None:
        self.rows: dict[int, Row] = {row.id: row for row in rows}
        self.now = now or timezone.now()
        self._ranges: dict[int, tuple[Price, Price]] = {}
        self._salable: dict[int, bool] = {}

    @classmethod
    def of_ids(cls, ids: Sequence[int], now: datetime | None = None) -> Batch:
        """Return the batch of these products that there are, in this order."""
        found = {row.id: row for part in _parts(ids) for row in read_rows(id__in=part)}
        return cls((found[pk] for pk in ids if pk in found), now)

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows)

    @cached_property
    def texts(self) -> dict[int, Texts]:
        """The long texts, by product."""
        rows = self._each(Product.objects, "id").values_list(*_TEXT_COLUMNS)
        return {row[0]: _texts(row) for row in rows}

    @cached_property
    def images(self) -> dict[int, list[Image]]:
        """The galleries, by product, in their order."""
        found: dict[int, list[Image]] = defaultdict(list)
        rows = self._each(ProductImage.objects, "product_id").order_by("display_order", "id")
        for owner, pk, name, caption in rows.values_list("product_id", "id", "original", "caption"):
            found[owner].append(Image(pk, name, caption))
        return found

    @cached_property
    def categories(self) -> dict[int, list[int]]:
        """The categories that a product is in itself, by product; a variant has its configurable's."""
        found: dict[int, list[int]] = defaultdict(list)
        for owner, pk in (
            self._each(ProductCategory.objects, "product_id").order_by("id").values_list("product_id", "category_id")
        ):
            found[owner].append(pk)
        return found

    @cached_property
    def values(self) -> dict[int, Values]:
        """The attribute values, by product."""
        return read_values(list(self.rows))

    @cached_property
    def children(self) -> Batch:
        """The variants of every configurable of this batch, a batch of their own."""
        parents = [row.id for row in self.rows.values() if row.kind is Kind.CONFIGURABLE]
        rows = [row for part in _parts(parents) for row in read_rows(parent_id__in=part, is_public=True)]
        return Batch(rows, self.now)

    @cached_property
    def variants(self) -> dict[int, list[Row]]:
        """The variants, by configurable, in the order they were made."""
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.children.rows.values():
            if row.parent_id is not None:
                found[row.parent_id].append(row)
        return found

    @cached_property
    def axes(self) -> dict[int, list[Axis]]:
        """What the variants differ by, by configurable."""
        found: dict[int, list[Axis]] = defaultdict(list)
        rows = self._each(ConfigurableOption.objects, "product_id").order_by("position", "id")
        for owner, *axis in rows.values_list(
            "product_id", "id", "attribute_id", "attribute__code", "label", "position"
        ):
            found[owner].append(Axis(*axis))
        return found

    @cached_property
    def bundle_options(self) -> dict[int, list[BundleOption]]:
        """The choices of bundles, by product."""
        return _grouped(self._each(BundleOption.objects, "product_id").order_by("position", "id"), "product_id")

    @cached_property
    def selections(self) -> dict[int, list[BundleSelection]]:
        """What answers a bundle's choice, by choice."""
        options = [option.pk for found in self.bundle_options.values() for option in found]
        rows = BundleSelection.objects.filter(option_id__in=options).order_by("position", "id")
        return _grouped(rows, "option_id")

    @cached_property
    def grouped_items(self) -> dict[int, list[GroupedItem]]:
        """What a group shows, by product."""
        return _grouped(self._each(GroupedItem.objects, "product_id").order_by("position", "id"), "product_id")

    @cached_property
    def parts(self) -> Batch:
        """The products that bundles and groups of this batch are made of."""
        ids = [s.product_id for found in self.selections.values() for s in found]
        ids += [g.item_id for found in self.grouped_items.values() for g in found]
        return Batch.of_ids(list(dict.fromkeys(ids)), self.now)

    @cached_property
    def links(self) -> dict[int, list[DownloadLink]]:
        """The files that are sold, by product."""
        return _grouped(self._each(DownloadLink.objects, "product_id").order_by("position", "id"), "product_id")

    @cached_property
    def samples(self) -> dict[int, list[DownloadSample]]:
        """The files that are shown, by product."""
        return _grouped(self._each(DownloadSample.objects, "product_id").order_by("position", "id"), "product_id")

    @cached_property
    def tiers(self) -> dict[int, list[TierPrice]]:
        """Prices from a quantity on, by product."""
        return _grouped(self._each(TierPrice.objects, "product_id").order_by("quantity"), "product_id")

    @cached_property
    def ratings(self) -> dict[int, tuple[int, float]]:
        """How many published reviews there are and their mean score of 1 to 5, by product that has any."""
        rows = self._each(ProductReview.objects, "product_id").filter(status=ProductReview.APPROVED)
        means = (
            rows.order_by().values("product_id").annotate(count=Count("id"), mean=Avg("score", filter=Q(score__gt=0)))
        )
        return {row["product_id"]: (row["count"], float(row["mean"] or 0)) for row in means}

    @cached_property
    def linked(self) -> dict[str, dict[int, list[int]]]:
        """Products named beside others: relation (related, upsell, crosssell), then product."""
        found: dict[str, dict[int, list[int]]] = {
            name: defaultdict(list) for name in ("related", "upsell", "crosssell")
        }
        for owner, pk, relation in (
            self._each(ProductLink.objects, "product_id")
            .order_by("position", "id")
            .values_list("product_id", "linked_id", "relation")
        ):
            found[relation][owner].append(pk)
        for owner, pk in (
            self._each(ProductRecommendation.objects, "primary_id")
            .order_by("-ranking", "id")
            .values_list("primary_id", "recommendation_id")
        ):
            found["related"][owner].append(pk)
        return found

    @cached_property
    def neighbours(self) -> Batch:
        """Every product that is named beside one of this batch."""
        ids = [pk for owners in self.linked.values() for found in owners.values() for pk in found]
        return Batch.of_ids(list(dict.fromkeys(ids)), self.now)

    def salable(self, row: Row) -> bool:
        """Say whether the product can be put into a cart now."""
        if row.id not in self._salable:
            self._salable[row.id] = self._is_salable(row)
        return self._salable[row.id]

    def price_range(self, row: Row) -> tuple[Price, Price]:
        """Return the least and the most that the product costs now."""
        if row.id not in self._ranges:
            self._ranges[row.id] = self._range(row)
        return self._ranges[row.id]

    def index_price(self, row: Row) -> Decimal:
        """Return the price that lists are sorted and filtered by: the least, with the cheapest link sold apart."""
        least = self.price_range(row)[0].final
        if row.kind is Kind.DOWNLOADABLE and row.links_apart and self.links.get(row.id):
            least += min(link.price for link in self.links[row.id])
        return least

    def _is_salable(self, row: Row) -> bool:
        if not row.is_public or not row.is_in_stock:
            return False
        if row.kind is Kind.CONFIGURABLE:
            return any(self.children.salable(child) for child in self.variants.get(row.id, ()))
        if row.kind is Kind.GROUPED:
            return any(self._part_salable(item.item_id) for item in self.grouped_items.get(row.id, ()))
        if row.kind is Kind.BUNDLE:
            return all(
                any(self._part_salable(s.product_id) for s in self.selections.get(option.pk, ()))
                for option in self.bundle_options.get(row.id, ())
                if option.is_required
            )
        return not row.counted or row.backorders or (row.quantity or 0) > 0

    def _part_salable(self, pk: int) -> bool:
        part = self.parts.rows.get(pk)
        return part is not None and self.parts.salable(part)

    def _range(self, row: Row) -> tuple[Price, Price]:
        if row.kind is Kind.CONFIGURABLE:
            variants = self.variants.get(row.id, [])
            offered = [child for child in variants if self.children.salable(child)] or variants
            prices = [self.children.price_range(child)[0] for child in offered]
            return pricing.cheapest(prices), pricing.dearest(prices)
        if row.kind is Kind.GROUPED:
            items = [self.parts.rows.get(item.item_id) for item in self.grouped_items.get(row.id, ())]
            least = pricing.cheapest(self.parts.price_range(item)[0] for item in items if item is not None)
            return least, least
        if row.kind is Kind.BUNDLE:
            return pricing.bundle_range([self._choice(option) for option in self.bundle_options.get(row.id, ())])
        price = pricing.own_price(row.price, row.special, self.now)
        return price, price

    def _choice(self, option: BundleOption) -> pricing.Choice:
        parts = []
        for selection in self.selections.get(option.pk, ()):
            part = self.parts.rows.get(selection.product_id)
            if part is not None:
                each = self.parts.price_range(part)[0]
                quantity = selection.quantity
                price = Price(each.regular * quantity, each.final * quantity)
                parts.append(pricing.Part(price, self.parts.salable(part)))
        return pricing.Choice(parts, option.is_required, option.input in _SEVERAL)

    def _each(self, manager: Manager[M], field: str) -> QuerySet[M]:
        return manager.filter(**{f"{field}__in": list(self.rows)})


def read_rows(**conditions: object) -> list[Row]:
    """Return the products that fit, in the order they were made."""
    found: dict[int, Row] = {}
    for row in Product.objects.filter(**conditions).order_by("id").values_list(*_COLUMNS):
        found.setdefault(row[0], _row(row))
    return list(found.values())


def read_values(ids: Sequence[int]) -> dict[int, Values]:
    """Return the attribute values of products."""
    options: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    others: dict[int, dict[str, bool | str]] = defaultdict(dict)
    columns = ("product_id", "attribute__code", "value_option_id", "value_multi_option", "value_boolean", "value_text")
    for part in _parts(ids):
        rows = ProductAttributeValue.objects.filter(product_id__in=part).order_by("id", "value_multi_option")
        for owner, code, option, multiple, boolean, text in rows.values_list(*columns):
            chosen = option or multiple
            if chosen is not None:
                options[owner][code].append(chosen)
            elif boolean is not None or text is not None:
                others[owner][code] = boolean if boolean is not None else text
    return {
        pk: Values({code: tuple(found) for code, found in options[pk].items()}, others[pk])
        if pk in options or pk in others
        else _NOTHING
        for pk in ids
    }


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + _PART] for start in range(0, len(ids), _PART)]


def _grouped(rows: Iterable[M], field: str) -> dict[int, list[M]]:
    found: dict[int, list[M]] = defaultdict(list)
    for row in rows:
        found[getattr(row, field)].append(row)
    return found


def _row(row: tuple[Any, ...]) -> Row:
    (pk, sku, title, slug, public, structure, parent, created, updated, kind, visibility, attribute_set, special_price,
     special_from, special_to, manage, in_stock, backorders, image, image_label, small, small_label, thumbnail,
     thumbnail_label, swatch, apart, price, stock, allocated) = row  # fmt: skip
    return Row(
        pk, sku or "", title, slug, public, structure, parent, created, updated,
        Kind(kind) if kind else (Kind.CONFIGURABLE if structure == "parent" else Kind.SIMPLE),
        visibility or (1 if structure == "child" else 4), attribute_set or "Default",
        Special(special_price, special_from, special_to), manage is not False, in_stock is not False, bool(backorders),
        (image or "", image_label or ""), (small or "", small_label or ""), (thumbnail or "", thumbnail_label or ""),
        swatch or "", bool(apart), Decimal(0) if price is None else price,
        None if stock is None else stock - (allocated or 0),
    )  # fmt: skip


def _texts(row: tuple[Any, ...]) -> Texts:
    (_pk, description, meta_title, meta_description, short, keywords, container, weight, new_from, new_to, tax, country,
     gift, dynamic_price, dynamic_sku, dynamic_weight, view, together, links_title, samples_title, least,
     most) = row  # fmt: skip
    return Texts(
        description or "", meta_title, meta_description, short or "", keywords or "", container or "container2", weight,
        new_from, new_to, tax or "", country or "", bool(gift), dynamic_price is not False, dynamic_sku is not False,
        dynamic_weight is not False, view or "PRICE_RANGE", together is not False, links_title or "",
        samples_title or "", Decimal(1) if least is None else least, Decimal(10000) if most is None else most,
    )  # fmt: skip

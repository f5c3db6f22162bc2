"""What a cart needs to know of products: what they cost, whether they are there, what was chosen of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_model

from galleria.shop.engine.graphql import freshness, uids
from galleria.shop.engine.graphql.errors import InvalidInput
from galleria.shop.engine.shelf.models import (
    Attribute,
    BundleOption,
    BundleSelection,
    ConfigurableOption,
    DownloadLink,
    DownloadSample,
    Kind,
    ProductRecord,
)
from galleria.shop.engine.shelf.pricing import Special, own_price

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.db.models import QuerySet
    from oscar.apps.catalogue.abstract_models import AbstractProduct

Product = get_model("catalogue", "Product")
ProductAttributeValue = get_model("catalogue", "ProductAttributeValue")

_NOT_TAXED = ("", "None", "none", "0")


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as a cart sees it.

    ``price`` is what one piece costs now; ``available`` is None where stock is not counted; ``adds_parts`` says
    whether the price is that of its parts (a bundle) or links (bought separately) on top of ``price``.
    """

    id: int
    sku: str
    name: str
    kind: str
    price: Decimal
    salable: bool
    available: int | None
    stock_id: int | None
    ships: bool
    taxable: bool
    weight: Decimal
    url_key: str
    adds_parts: bool = False
    parent_id: int | None = None
    max_quantity: int = 10_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen option of a configurable."""

    attribute_id: int
    label: str
    value_id: int
    value_label: str
    option_uid: str
    value_uid: str


def fingerprint(selected: Sequence[str]) -> str:
    """Return a short name of what was chosen, in the order chosen: another order is another line."""
    return hashlib.blake2b("\0".join(selected).encode(), digest_size=8).hexdigest()


def _products() -> QuerySet[AbstractProduct]:
    found: QuerySet[AbstractProduct] = Product.objects.select_related("record", "parent__record").order_by()
    return found.prefetch_related("stockrecords")


def by_sku(sku: str) -> Goods | None:
    """Return the product of exactly this sku, None when there is none."""
    if not sku:
        return None
    found = _products().filter(upc=sku, is_public=True).first()
    return None if found is None or found.upc != sku else _goods(found)


def by_ids(ids: Collection[int]) -> dict[int, Goods]:
    """Return products by their number, in a fixed number of queries."""
    if not ids:
        return {}
    return {product.pk: _goods(product) for product in _products().filter(pk__in=ids)}


def _goods(product: AbstractProduct) -> Goods:
    record: ProductRecord = getattr(product, "record", None) or ProductRecord(product=product)
    stock = next(iter(product.stockrecords.all()), None)
    price = stock.price if stock is not None and stock.price is not None else Decimal(0)
    available = _available(record, stock)
    kind = str(record.kind)
    is_set = kind in (Kind.CONFIGURABLE, Kind.GROUPED, Kind.BUNDLE)
    special = Special(record.special_price, record.special_from, record.special_to)
    dynamic = kind == Kind.BUNDLE and record.dynamic_price
    return Goods(
        id=product.pk,
        sku=product.upc or "",
        name=product.get_title(),
        kind=kind,
        price=Decimal(0) if dynamic else own_price(price, special, timezone.now()).final,
        salable=product.is_public and record.is_in_stock and (is_set or available is None or available > 0),
        available=None if is_set else available,
        stock_id=stock.pk if stock is not None else None,
        ships=kind not in (Kind.VIRTUAL, Kind.DOWNLOADABLE),
        taxable=record.tax_class not in _NOT_TAXED,
        weight=record.weight or Decimal(0),
        url_key=product.slug,
        adds_parts=kind == Kind.BUNDLE or (kind == Kind.DOWNLOADABLE and record.links_purchased_separately),
        parent_id=product.parent_id,
        max_quantity=int(record.max_cart_qty),
    )


def _available(record: ProductRecord, stock: object) -> int | None:
    count: int | None = getattr(stock, "num_in_stock", None)
    if not record.manage_stock or record.backorders or count is None:
        return None
    return max(0, count - (getattr(stock, "num_allocated", None) or 0))


# Configurables


def variant(named: Goods, selected: Sequence[str], sku: str | None) -> Goods | None:
    """Return the variant with this sku, or with all these options; None when they do not name exactly one."""
    children = _products().filter(parent_id=named.id, is_public=True)
    if sku is not None:
        found = children.filter(upc=sku).first()
        return None if found is None else _goods(found)
    wanted = dict(_numbers(selected))
    attributes = dict(
        ConfigurableOption.objects.filter(product_id=named.id).values_list("attribute_id", "attribute__code")
    )
    if not attributes or set(wanted) != set(attributes):
        return None
    for number, code in attributes.items():
        children = children.filter(
            pk__in=ProductAttributeValue.objects.filter(
                attribute__code=code, value_option_id=wanted[number], product__parent_id=named.id
            ).values("product_id")
        )
    found = children.first()
    return None if found is None else _goods(found)


def _numbers(selected: Sequence[str]) -> list[tuple[int, int]]:
    """Return attribute and option numbers of configurable option uids, in the order given; others are passed over."""
    found = []
    for uid in selected:
        parts = _parts_of(uid, "configurable")
        if parts is not None and len(parts) == 2:
            found.append((parts[0], parts[1]))
    return found


def _parts_of(uid: str, kind: str) -> list[int] | None:
    try:
        first, *rest = uids.decode(uid).split("/")
    except InvalidInput:
        return None
    numbers = [part for part in rest if part.isdigit() and len(part) < 10]
    return [int(part) for part in numbers] if first == kind and len(numbers) == len(rest) else None


def options_of_variant(named: Goods, sold: Goods) -> list[str]:
    """Return the option uids of a variant that was named by its sku, by attribute."""
    values = dict(
        ProductAttributeValue.objects.filter(product_id=sold.id, value_option__isnull=False).values_list(
            "attribute__code", "value_option_id"
        )
    )
    options = ConfigurableOption.objects.filter(product_id=named.id).select_related("attribute")
    options = options.order_by("attribute_id")
    return [
        uids.encode(f"configurable/{option.attribute_id}/{values[option.attribute.code]}")
        for option in options
        if option.attribute.code in values
    ]


def chosen(product_id: int, selected: Sequence[str]) -> list[Choice]:
    """Return what option uids mean for a configurable, in the order given."""
    numbers = _numbers(selected)
    if not numbers:
        return []
    labels = dict(ConfigurableOption.objects.filter(product_id=product_id).values_list("attribute_id", "label"))
    names = dict(Attribute.objects.filter(pk__in=[a for a, _ in numbers]).values_list("pk", "label"))
    option_model = get_model("catalogue", "AttributeOption")
    values = dict(option_model.objects.filter(pk__in=[v for _, v in numbers]).values_list("pk", "option"))
    return [
        Choice(
            attribute_id=attribute,
            label=labels.get(attribute) or names.get(attribute, ""),
            value_id=value,
            value_label=values.get(value, ""),
            option_uid=uids.encode(f"configurable/{product_id}/{attribute}"),
            value_uid=uids.encode(f"configurable/{attribute}/{value}"),
        )
        for attribute, value in numbers
        if value in values
    ]


# Bundles and downloads


def bundle_parts(named: Goods, selected: Sequence[str]) -> list[dict[str, object]] | None:
    """Return the chosen parts of a set, None when a required one is missing or there is none at all."""
    wanted = {parts[1]: parts for parts in (_parts_of(uid, "bundle") for uid in selected) if parts and len(parts) > 1}
    options = list(BundleOption.objects.filter(product_id=named.id).order_by("position", "pk"))
    selections = list(
        BundleSelection.objects.filter(option__in=options, pk__in=wanted).order_by(
            "option__position", "option_id", "pk"
        )
    )
    answered = {selection.option_id for selection in selections}
    if not selections or any(option.is_required and option.pk not in answered for option in options):
        return None
    known = by_ids({selection.product_id for selection in selections})
    by_option = {option.pk: option for option in options}
    return [
        _part(selection, by_option[selection.option_id], known[selection.product_id], wanted[selection.pk])
        for selection in selections
        if selection.product_id in known
    ]


def _part(selection: BundleSelection, option: BundleOption, product: Goods, wanted: Sequence[int]) -> dict[str, object]:
    quantity = int(selection.quantity)
    if selection.can_change_quantity and len(wanted) > 2 and wanted[2] > 0:
        quantity = wanted[2]
    return {
        "option_id": option.pk,
        "option_label": option.title,
        "option_type": option.input,
        "selection_id": selection.pk,
        "product_id": product.id,
        "sku": product.sku,
        "label": product.name,
        "quantity": quantity,
        "price": float(selection.price or product.price),
    }


def links(named: Goods, selected: Sequence[str]) -> list[dict[str, object]] | None:
    """Return the chosen links of a downloadable (all where they are not chosen), None when one must be chosen."""
    wanted = {parts[0] for parts in (_parts_of(uid, "downloadable") for uid in selected) if parts}
    found = DownloadLink.objects.filter(product_id=named.id).order_by("position", "pk")
    if named.adds_parts:
        found = found.filter(pk__in=wanted)
    chosen_links = [
        {
            "id": link.pk,
            "uid": uids.encode(f"downloadable/{link.pk}"),
            "title": link.title,
            "shown_price": float(link.price),
            "price": float(link.price) if named.adds_parts else 0.0,
            "quantity": 1,
            "sort_order": link.position,
            "url": link.url,
        }
        for link in found
    ]
    return None if named.adds_parts and not chosen_links else chosen_links


def samples(named: Goods) -> list[dict[str, object]]:
    """Return the samples of a downloadable."""
    return [
        {"id": sample.pk, "title": sample.title, "sort_order": sample.position, "sample_url": sample.url or None}
        for sample in DownloadSample.objects.filter(product_id=named.id)
    ]


def sold_out(sold: Goods) -> None:
    """Say that the last piece is gone: the index and cached answers must show it, once the order is really there."""
    owners = [pk for pk in (sold.id, sold.parent_id) if pk is not None]
    transaction.on_commit(lambda: _index_anew(owners), robust=True)
    freshness.changed(freshness.CATALOGUE)


def _index_anew(ids: Sequence[int]) -> None:
    from galleria.shop.engine.index import keeping

    if keeping.index().exists:
        keeping.refresh(ids)

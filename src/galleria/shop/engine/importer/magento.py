"""Magento's product file: one row in, one product's spec out. Source: the columns of Magento 2.4's product export."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.text import slugify

from galleria.shop.engine.importer import cells
from galleria.shop.engine.importer.problems import RowRefused
from galleria.shop.engine.shelf.models import Kind, Visibility
from galleria.shop.engine.stocking.categories import ROOT_NAME
from galleria.shop.engine.stocking.specs import (
    BundleSpec,
    LinkSpec,
    Picture,
    ProductSpec,
    Roles,
    SampleSpec,
    SelectionSpec,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, str]

REQUIRED_COLUMNS: Final = ("sku", "product_type")
STORE_VIEW: Final = "default"
MEDIA_PREFIX: Final = "catalog/product"

_VISIBILITY: Final = {str(kind.label): int(kind.value) for kind in Visibility}
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_OPTION_PLACES: Final = {"Block after Info Column": "container2", "Product Info Column": "container1"}
_VIEWS: Final = {"Price range": "PRICE_RANGE", "As low as": "AS_LOW_AS"}
_OWN_FIELDS: Final = frozenset({"links_purchased_separately", "links_title", "samples_title", "links_exist"})
_MAX_SKU: Final = 64


@dataclass(slots=True)
class Family:
    """What a row must know of other rows: which configurable a variant belongs to."""

    parent_of: dict[str, str] = field(default_factory=dict)
    set_of: dict[str, str] = field(default_factory=dict)


def is_override(row: Row) -> bool:
    """Say whether the row is a store view's, beside the product's own row."""
    return bool(row.get("store_view_code"))


def spec_of(row: Row, family: Family) -> ProductSpec:
    """Return what the row asks for.

    Raises RowRefused for a row that can't be taken, with the column and what to correct.
    """
    sku, kind = identity(row)
    override = is_override(row)
    parent = family.parent_of.get(sku)
    return ProductSpec(
        sku=sku,
        kind=kind,
        attribute_set=family.set_of.get(parent or sku) or row.get("attribute_set_code") or "Default",
        parent_sku=parent,
        fields=_fields(row, override=override),
        record=_record(row, kind),
        price=_price(row, kind, override=override),
        quantity=_quantity(row),
        categories=category_paths(row),
        values=None if override else values(row),
        gallery=_gallery(row),
        roles=_roles(row),
        axes=_axes(row) if kind is Kind.CONFIGURABLE else None,
        variants=_variants(row) if kind is Kind.CONFIGURABLE else None,
        related=_listed(row, "related_skus", override),
        upsell=_listed(row, "upsell_skus", override),
        crosssell=_listed(row, "crosssell_skus", override),
        bundle=_bundle(row) if kind is Kind.BUNDLE and not override else None,
        grouped=_grouped(row) if kind is Kind.GROUPED and not override else None,
        links=_links(row) if kind is Kind.DOWNLOADABLE and not override else None,
        samples=_samples(row) if kind is Kind.DOWNLOADABLE and not override else None,
    )


def identity(row: Row) -> tuple[str, Kind]:
    """Return the sku and type. Raises RowRefused."""
    sku = row.get("sku") or ""
    if not sku.strip():
        raise RowRefused("sku is empty; every row needs one.")
    if len(sku) > _MAX_SKU:
        raise RowRefused(f"sku is longer than {_MAX_SKU} characters.")
    written = row.get("product_type") or ""
    try:
        return sku, Kind(written)
    except ValueError:
        known = ", ".join(Kind.values)
        raise RowRefused(f'product_type is "{written[:40]}"; it must be one of {known}.') from None


def values(row: Row) -> dict[str, tuple[str, ...]]:
    """Return the labels of the row's additional attributes by code."""
    found = {}
    for code, value in cells.pairs(row.get("additional_attributes") or ""):
        if code not in _OWN_FIELDS:
            found[code.lower()] = tuple(part.strip() for part in value.split("|") if part.strip())
    return found


def category_paths(row: Row) -> tuple[str, ...] | None:
    """Return the categories below the root; the root itself is the empty path."""
    named = cells.names(row, "categories")
    if named is None:
        return None
    paths = []
    for path in named:
        parts = [part.strip() for part in path.split("/") if part.strip()]
        paths.append("/".join(parts[1:] if parts and parts[0] == ROOT_NAME else parts))
    return tuple(paths)


def variations(row: Row) -> list[dict[str, str]]:
    """Return the configurable's variants: ``sku`` and the label of each axis."""
    return [entry for entry in cells.groups(row.get("configurable_variations") or "") if entry.get("sku")]


def axis_labels(row: Row) -> dict[str, str]:
    """Return the axes in order, code to label."""
    written = dict(cells.pairs(row.get("configurable_variation_labels") or ""))
    first = next(iter(variations(row)), {})
    return {**{c: c.replace("_", " ").title() for c in first if c != "sku" and c not in written}, **written}


def picture_names(row: Row) -> list[str]:
    """Return every picture that the row names, as in the file."""
    columns = ("base_image", "small_image", "thumbnail_image", "swatch_image")
    single = [row.get(column) or "" for column in columns]
    return list(dict.fromkeys(n for n in (*single, *(cells.names(row, "additional_images") or ())) if n))


def media_name(written: str) -> str:
    """Return where a picture of the file is kept below the media folder. Raises RowRefused for a way out of it."""
    parts = [part for part in written.strip().split("/") if part]
    if not parts or any(part.startswith(".") for part in parts) or "\\" in written or "\0" in written:
        raise RowRefused(f'The picture name "{written[:60]}" is not a path inside the media folder.')
    return f"{MEDIA_PREFIX}/{'/'.join(parts)}"


def _fields(row: Row, *, override: bool) -> dict[str, object]:
    name = cells.text(row, "name")
    if name is None and not override:
        raise RowRefused("name is empty; a product needs one.")
    key = cells.text(row, "url_key")
    if key is not None and not _KEY.fullmatch(key):
        key = slugify(key)
    if key is None and name is not None and not override:
        key = slugify(name)
    return {
        "title": name[:255] if name else None,
        "slug": key or None,
        "description": cells.text(row, "description"),
        "is_public": cells.flag(row, "product_online"),
        "meta_title": cells.text(row, "meta_title"),
        "meta_description": cells.text(row, "meta_description"),
    }


def _record(row: Row, kind: Kind) -> dict[str, object]:
    record: dict[str, object] = {
        "visibility": _visibility(row),
        "short_description": cells.text(row, "short_description"),
        "meta_keywords": cells.text(row, "meta_keywords"),
        "tax_class": cells.text(row, "tax_class_name"),
        "weight": cells.amount(row, "weight"),
        "special_price": cells.amount(row, "special_price"),
        "special_from": cells.moment(row, "special_price_from_date"),
        "special_to": cells.moment(row, "special_price_to_date"),
        "new_from": cells.moment(row, "new_from_date"),
        "new_to": cells.moment(row, "new_to_date"),
        "manage_stock": cells.flag(row, "manage_stock"),
        "is_in_stock": cells.flag(row, "is_in_stock"),
        "backorders": cells.flag(row, "allow_backorders"),
        "min_cart_qty": cells.amount(row, "min_cart_qty"),
        "max_cart_qty": cells.amount(row, "max_cart_qty"),
        "gift_message_available": cells.flag(row, "gift_message_available"),
        "options_container": _OPTION_PLACES.get(row.get("display_product_options_in") or ""),
    }
    return {**record, **_kind_record(row, kind)}


def _kind_record(row: Row, kind: Kind) -> dict[str, object]:
    if kind is Kind.BUNDLE:
        return {
            "dynamic_price": _is_dynamic(row, "bundle_price_type"),
            "dynamic_sku": _is_dynamic(row, "bundle_sku_type"),
            "dynamic_weight": _is_dynamic(row, "bundle_weight_type"),
            "price_view": _VIEWS.get(row.get("bundle_price_view") or ""),
            "ship_together": None if not row.get("bundle_shipment_type") else row["bundle_shipment_type"] == "together",
        }
    if kind is Kind.DOWNLOADABLE:
        extra = dict(cells.pairs(row.get("additional_attributes") or ""))
        apart = extra.get("links_purchased_separately")
        return {
            "links_title": extra.get("links_title"),
            "samples_title": extra.get("samples_title"),
            "links_purchased_separately": None if apart is None else apart in ("1", "Yes"),
        }
    return {}


def _is_dynamic(row: Row, column: str) -> bool | None:
    return None if not row.get(column) else row[column] == "dynamic"


def _visibility(row: Row) -> int | None:
    written = row.get("visibility") or ""
    if not written:
        return None
    if written not in _VISIBILITY:
        raise RowRefused(f'visibility is "{written[:40]}"; it must be one of: {"; ".join(_VISIBILITY)}.')
    return _VISIBILITY[written]


def _price(row: Row, kind: Kind, *, override: bool) -> Decimal | None:
    price = cells.amount(row, "price")
    if price is None and not override and kind in (Kind.SIMPLE, Kind.VIRTUAL, Kind.DOWNLOADABLE):
        raise RowRefused("price is empty; this type of product needs one.")
    return price


def _quantity(row: Row) -> int | None:
    quantity = cells.amount(row, "qty")
    return None if quantity is None else int(quantity)


def _gallery(row: Row) -> tuple[Picture, ...] | None:
    written = picture_names(row)
    if not written:
        return None
    labels = dict(zip(cells.names(row, "additional_images") or (), _labels(row), strict=False))
    hidden = set(cells.names(row, "hide_from_product_page") or ())
    order = [*(cells.names(row, "additional_images") or ()), *written]
    shown = [name for name in dict.fromkeys(order) if name in written and name not in hidden]
    return tuple(Picture(media_name(name), labels.get(name, "")) for name in shown)


def _labels(row: Row) -> list[str]:
    return [label.strip() for label in (row.get("additional_image_labels") or "").split(",")]


def _roles(row: Row) -> Roles | None:
    if not any(row.get(f"{role}_image") for role in ("base", "small", "thumbnail", "swatch")):
        return None

    def of(role: str) -> tuple[str, str]:
        written = row.get(f"{role}_image") or ""
        return (media_name(written) if written else "", row.get(f"{role}_image_label") or "")

    return Roles(of("base"), of("small"), of("thumbnail"), of("swatch")[0])


def _axes(row: Row) -> tuple[tuple[str, str], ...] | None:
    labels = axis_labels(row)
    return tuple(labels.items()) or None


def _variants(row: Row) -> tuple[str, ...] | None:
    return tuple(entry["sku"] for entry in variations(row)) or None


def _listed(row: Row, column: str, override: bool) -> tuple[str, ...] | None:
    named = cells.names(row, column)
    return () if named is None and not override else named


def _bundle(row: Row) -> tuple[BundleSpec, ...]:
    options: dict[str, list[dict[str, str]]] = {}
    for entry in cells.groups(row.get("bundle_values") or ""):
        if entry.get("name") and entry.get("sku"):
            options.setdefault(entry["name"], []).append(entry)
    return tuple(
        BundleSpec(
            title=title,
            input=entries[0].get("type", "select"),
            is_required=entries[0].get("required", "1") == "1",
            selections=tuple(_selection(entry) for entry in entries),
        )
        for title, entries in options.items()
    )


def _selection(entry: Mapping[str, str]) -> SelectionSpec:
    numbers = {"quantity": entry.get("default_qty") or "1", "price": entry.get("price") or "0"}
    return SelectionSpec(
        sku=entry["sku"],
        quantity=_number(numbers, "quantity"),
        price=_number(numbers, "price"),
        is_percent=entry.get("price_type") == "percent",
        is_default=entry.get("default") == "1",
        can_change_quantity=entry.get("can_change_qty", "1") == "1",
    )


def _grouped(row: Row) -> tuple[tuple[str, Decimal], ...]:
    found = []
    for part in (row.get("associated_skus") or "").split(","):
        sku, _, quantity = part.strip().partition("=")
        if sku:
            found.append((sku, _number({"associated_skus": quantity or "0"}, "associated_skus")))
    return tuple(found)


def _links(row: Row) -> tuple[LinkSpec, ...]:
    return tuple(
        LinkSpec(
            title=entry.get("title", ""),
            price=_number({"price": entry.get("price") or "0"}, "price"),
            position=int(_number({"sort_order": entry.get("sort_order") or "0"}, "sort_order")),
            file=_download(entry.get("link_file"), "links"),
            url=entry.get("link_url") or "",
            downloads=int(
                _number({"downloads": (entry.get("downloads") or "0").replace("unlimited", "0")}, "downloads")
            ),
            is_shareable=entry.get("is_shareable") == "1",
            sample_file=_download(entry.get("sample_file"), "link_samples"),
            sample_url=entry.get("sample_url") or "",
        )
        for entry in cells.groups(row.get("downloadable_links") or "")
    )


def _samples(row: Row) -> tuple[SampleSpec, ...]:
    return tuple(
        SampleSpec(
            title=entry.get("title", ""),
            position=int(_number({"sort_order": entry.get("sort_order") or "0"}, "sort_order")),
            file=_download(entry.get("sample_file"), "samples"),
            url=entry.get("sample_url") or "",
        )
        for entry in cells.groups(row.get("downloadable_samples") or "")
    )


def _download(written: str | None, folder: str) -> str:
    return "" if not written else media_name(written).replace(MEDIA_PREFIX, folder, 1)


def _number(entry: Mapping[str, str], name: str) -> Decimal:
    value = cells.amount(entry, name)
    return Decimal(0) if value is None else value

"""What stands on a wish list, as clients see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql import goods
from galleria.shop.engine.graphql.cart_lines import bundle_options, configurable_options
from galleria.shop.engine.graphql.catalogue import product_values
from galleria.shop.engine.graphql.customers import timestamp
from galleria.shop.engine.graphql.records.models import WishlistLineRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import GraphQLResolveInfo
    from oscar.apps.wishlists.abstract_models import AbstractLine

_ITEM_TYPES: Final = {
    "bundle": "BundleWishlistItem",
    "configurable": "ConfigurableWishlistItem",
    "downloadable": "DownloadableWishlistItem",
    "grouped": "GroupedProductWishlistItem",
    "virtual": "VirtualWishlistItem",
}


def old_items(lines: Sequence[AbstractLine], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Return the contract's older ``WishlistItem`` list."""
    return [{**item, "id": int(str(item["id"])), "qty": item["quantity"]} for item in item_values(lines, info)]


def item_values(lines: Sequence[AbstractLine], info: GraphQLResolveInfo) -> list[dict[str, object]]:
    """Return the contract's ``WishlistItemInterface`` list."""
    products = product_values(info.context, {line.product_id for line in lines if line.product_id})
    known = goods.by_ids({line.product_id for line in lines if line.product_id})
    return [_item(line, known[line.product_id], products, info) for line in lines if line.product_id in known]


def _item(
    line: AbstractLine, named: goods.Goods, products: Mapping[int, object], info: GraphQLResolveInfo
) -> dict[str, object]:
    record = getattr(line, "record", None) or WishlistLineRecord(line=line, added_at=line.wishlist.date_created)
    value: dict[str, object] = {
        "__typename": _ITEM_TYPES.get(named.kind, "SimpleWishlistItem"),
        "id": str(line.pk),
        "quantity": line.quantity,
        "description": record.description or None,
        "added_at": timestamp(record.added_at),
        "product": products.get(named.id),
        "customizable_options": [],
        "bundle_options": [],
        "links_v2": [],
        "samples": [],
    }
    if named.kind == "configurable":
        sold = goods.variant(named, record.selected, None) if record.selected else None
        value["child_sku"] = sold.sku if sold is not None else named.sku
        value["configurable_options"] = configurable_options(named.id, record.selected)
        value["configured_variant"] = product_values(info.context, {sold.id}).get(sold.id) if sold else None
    elif named.kind == "bundle" and record.selected:
        value["bundle_options"] = bundle_options(goods.bundle_parts(named, record.selected) or [])
    elif named.kind == "downloadable":
        chosen = goods.links(named, record.selected) or []
        value["links_v2"] = [{**part, "price": part["shown_price"]} for part in chosen]
        value["samples"] = goods.samples(named)
    return value

"""The lines of a cart as clients see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql import configuration, goods, uids
from galleria.shop.engine.graphql.catalogue import product_values
from galleria.shop.engine.graphql.money import money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from graphql import GraphQLResolveInfo

    from galleria.shop.engine.graphql.carts import Cart, CartLine
    from galleria.shop.engine.graphql.totals import AppliedDiscount, LineTotals

_ITEM_TYPES: Final = {
    "bundle": "BundleCartItem",
    "configurable": "ConfigurableCartItem",
    "downloadable": "DownloadableCartItem",
    "virtual": "VirtualCartItem",
}


def in_money(amount: Decimal) -> dict[str, object]:
    """Return an amount in the store's currency."""
    return money(amount, configuration.currencies().base)


def discount_values(discounts: Sequence[AppliedDiscount]) -> list[dict[str, object]]:
    """Return the contract's ``Discount`` list."""
    return [
        {
            "label": d.label,
            "amount": in_money(d.amount),
            "applied_to": "ITEM",
            "coupon": {"code": d.coupon} if d.coupon else None,
        }
        for d in discounts
    ]


def item_values(
    cart: Cart, info: GraphQLResolveInfo, lines: Sequence[CartLine] | None = None
) -> list[dict[str, object]]:
    """Return the contract's ``CartItemInterface`` list; products are loaded in one go."""
    shown = cart.lines if lines is None else lines
    wanted = {line.named.id for line in shown} | {line.sold.id for line in shown}
    products = product_values(info.context, wanted)
    return [_item(line, cart, products) for line in shown if line.named.id in products]


def _item(line: CartLine, cart: Cart, products: Mapping[int, object]) -> dict[str, object]:
    available = line.sold.available
    short = available is not None and line.quantity > available
    problem = {"code": "ITEM_QTY", "message": "The requested qty is not available"}
    value: dict[str, object] = {
        "__typename": _ITEM_TYPES.get(line.named.kind, "SimpleCartItem"),
        "id": str(line.id),
        "uid": uids.encode(line.id),
        "quantity": line.quantity,
        "is_available": line.sold.salable and not short,
        "errors": [problem] if short else None,
        "product": products[line.named.id],
        "prices": lambda _info: _line_prices(line, cart),
        "customizable_options": [],
        "gift_message": None,
    }
    if line.named.kind == "configurable":
        value["configured_variant"] = products.get(line.sold.id)
        value["configurable_options"] = configurable_options(line.named.id, line.record.selected)
    elif line.named.kind == "bundle":
        value["bundle_options"] = bundle_options(line.record.parts)
    elif line.named.kind == "downloadable":
        value["links"] = [{**part, "price": part["shown_price"]} for part in line.record.parts]
        value["samples"] = goods.samples(line.named)
    return value


def configurable_options(product_id: int, selected: Sequence[str]) -> list[dict[str, object]]:
    """Return the contract's ``SelectedConfigurableOption`` list, in the order chosen."""
    return [
        {
            "id": option.attribute_id,
            "option_label": option.label,
            "value_id": option.value_id,
            "value_label": option.value_label,
            "configurable_product_option_uid": option.option_uid,
            "configurable_product_option_value_uid": option.value_uid,
        }
        for option in goods.chosen(product_id, selected)
    ]


def bundle_options(parts: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return the contract's ``SelectedBundleOption`` list."""
    found: dict[object, dict[str, object]] = {}
    for part in parts:
        option = found.setdefault(
            part["option_id"],
            {
                "id": part["option_id"],
                "uid": uids.encode(f"bundle/{part['option_id']}"),
                "label": part["option_label"],
                "type": part["option_type"],
                "values": [],
            },
        )
        option["values"].append(  # type: ignore[attr-defined]
            {
                "id": part["selection_id"],
                "uid": uids.encode(f"bundle/{part['option_id']}/{part['selection_id']}/{part['quantity']}"),
                "label": part["label"],
                "price": part["price"],
                "quantity": part["quantity"],
            }
        )
    return list(found.values())


def _line_prices(line: CartLine, cart: Cart) -> dict[str, object]:
    totals: LineTotals = next(t for t in cart.totals.lines if t.line.id == line.id)
    priced = totals.line
    return {
        "price": in_money(priced.price),
        "price_including_tax": in_money(totals.price_including_tax),
        "row_total": in_money(priced.row_total),
        "row_total_including_tax": in_money(totals.row_total_including_tax),
        "original_item_price": in_money(priced.price),
        "original_row_total": in_money(priced.row_total),
        "total_item_discount": in_money(priced.discount),
        "discounts": discount_values(priced.discounts) or None,
        "fixed_product_taxes": [],
    }

"""What was taken off an order, as Magento's orders tell it: one amount under the names of all the rules together."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql.cart_lines import in_money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMELESS: Final = "Discount"
"""What a rule without a name for shoppers is called."""


def of_order(kept: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """Return the one discount of an order; ``kept`` has an entry for each rule."""
    return [_discount(kept, kept)] if kept else []


def of_item(of_all: Sequence[Mapping[str, str]], kept: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """Return the discount of one line of an order: of a reduced order every line has one, of nothing too."""
    return [_discount(of_all, kept)] if of_all else []


def of_shipping(of_all: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """Return the discount of sending: always of nothing, and there when a rule has a name."""
    return [{"amount": in_money(Decimal(0))}] if _names(of_all) else []


def _names(kept: Sequence[Mapping[str, str]]) -> str:
    return ", ".join(dict.fromkeys(d["label"] for d in kept if d["label"] != NAMELESS))


def _discount(of_all: Sequence[Mapping[str, str]], kept: Sequence[Mapping[str, str]]) -> dict[str, object]:
    coupon = next((d["coupon"] for d in kept if d.get("coupon")), None)
    return {
        "label": _names(of_all) or NAMELESS,
        "amount": in_money(sum((Decimal(d["amount"]) for d in kept), Decimal(0))),
        "applied_to": "ITEM",
        "coupon": {"code": coupon} if coupon else None,
    }

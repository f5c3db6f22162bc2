"""What a change of an order's status means for the stock: cancelled pieces come back, those handed over are gone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from django.db import transaction
from oscar.apps.order.signals import order_status_changed
from oscar.core.loading import get_model

from galleria.shop.engine.shelf.models import Kind

if TYPE_CHECKING:
    from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder

CANCELED: Final = "Canceled"
COMPLETE: Final = "Complete"
LINE_CANCELLED: Final = "Cancelled"


def watch() -> None:
    """Listen to the merchant's changes of orders."""
    order_status_changed.connect(_on_change, dispatch_uid="galleria.settling")


def _on_change(order: AbstractOrder, new_status: str, **_ignored: object) -> None:
    if new_status in (CANCELED, COMPLETE):
        with transaction.atomic():
            settle(order, handed_over=new_status == COMPLETE)


def settle(order: AbstractOrder, *, handed_over: bool) -> None:
    """Take an order's pieces off what is promised; those handed over leave the shelf too, other lines are cancelled."""
    if not handed_over:
        order.lines.update(status=LINE_CANCELLED)
    pieces: Counter[int] = Counter()
    for line in order.lines.select_related("record"):
        pieces.update(_pieces(line))
    rows = get_model("partner", "StockRecord").objects.select_for_update().order_by("pk")
    for row in rows.filter(product_id__in=list(pieces), num_allocated__gt=0):
        promised = min(pieces[row.product_id], row.num_allocated)
        row.num_allocated -= promised
        if handed_over and row.num_in_stock is not None:
            row.num_in_stock = max(0, row.num_in_stock - promised)
        row.save()


def _pieces(line: AbstractLine) -> Counter[int]:
    """Return how many pieces of which products a line took: itself, or the parts of a set."""
    record = getattr(line, "record", None)
    if record is not None and record.kind == Kind.BUNDLE:
        return Counter({int(part["product_id"]): int(part["quantity"]) * line.quantity for part in record.parts})
    return Counter({line.product_id: line.quantity} if line.product_id is not None else {})

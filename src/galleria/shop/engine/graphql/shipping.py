"""How an order can be sent and what that costs: the merchant's methods in Oscar, Magento's flat rate without any."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from oscar.core.loading import get_model

from galleria.shop.engine.graphql.errors import NoSuchEntity
from galleria.shop.engine.graphql.totals import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from galleria.shop.engine.graphql.addresses import Place
    from galleria.shop.engine.graphql.totals import PricedLine


@dataclass(frozen=True, slots=True)
class Charges:
    """What a method costs: per order and per piece; nothing from ``free_from`` on (the lines' total)."""

    per_order: Decimal = NOTHING
    per_item: Decimal = NOTHING
    free_from: Decimal | None = None

    def amount(self, lines: Sequence[PricedLine]) -> Decimal:
        """Return the price of sending ``lines``."""
        goods = sum((line.row_total for line in lines), NOTHING)
        if self.free_from is not None and goods >= self.free_from:
            return NOTHING
        pieces = sum(line.quantity for line in lines if line.ships)
        return self.per_order + self.per_item * pieces


@dataclass(frozen=True, slots=True)
class Method:
    """One way of sending. An empty ``countries`` means everywhere."""

    carrier_code: str
    method_code: str
    carrier_title: str
    method_title: str
    charges: Charges
    countries: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """How an order names it."""
        return f"{self.carrier_title} - {self.method_title}"


FLAT_RATE: Final = Method("flatrate", "flatrate", "Flat Rate", "Fixed", Charges(per_item=Decimal(5)))
"""Magento's stock method: five a piece. Used while the merchant has set up none."""


def methods_for(place: Place | None) -> list[Method]:
    """Return the methods that send to a place, in the order they were set up."""
    found = _configured() or [FLAT_RATE]
    if place is None or not place.country:
        return [m for m in found if not m.countries]
    return [m for m in found if not m.countries or place.country in m.countries]


def method(place: Place | None, carrier_code: str, method_code: str) -> Method:
    """Return the named method. Raises NoSuchEntity when nothing of that name sends there."""
    for candidate in methods_for(place):
        if (candidate.carrier_code, candidate.method_code) == (carrier_code, method_code):
            return candidate
    raise NoSuchEntity(f"Carrier with such method not found: {carrier_code}, {method_code}")


def _configured() -> list[Method]:
    rows = get_model("shipping", "OrderAndItemCharges").objects.prefetch_related("countries").order_by("pk")
    return [_method(row) for row in rows]


def _method(row: object) -> Method:
    """Return Oscar's method as ours: code ``carrier_method`` and name ``Carrier - Method`` are split at their sign."""
    code, name = str(row.code), str(row.name)  # type: ignore[attr-defined]
    carrier, _, method_code = code.partition("_")
    carrier_title, _, title = name.partition(" - ")
    return Method(
        carrier,
        method_code or carrier,
        carrier_title,
        title or carrier_title,
        Charges(row.price_per_order, row.price_per_item, row.free_shipping_threshold),  # type: ignore[attr-defined]
        frozenset(c.iso_3166_1_a2 for c in row.countries.all()),  # type: ignore[attr-defined]
    )

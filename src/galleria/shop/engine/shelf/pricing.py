"""What things cost and whether they can be had: pure functions of what is on the shelf and the time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Price:
    """What a thing costs: usually, and now. Amounts in the store's currency."""

    regular: Decimal
    final: Decimal

    @property
    def amount_off(self) -> Decimal:
        """How much less it is now."""
        return self.regular - self.final

    @property
    def percent_off(self) -> Decimal:
        """How much less it is now, in percent of the usual, two places."""
        if not self.regular:
            return ZERO
        return (self.amount_off * 100 / self.regular).quantize(_CENT, ROUND_HALF_UP)


FREE: Final = Price(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Special:
    """A lower price for a while. ``start`` and ``end`` may be open; the end is the last day, included."""

    price: Decimal | None = None
    start: datetime | None = None
    end: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether the special price is the price now."""
        if self.price is None or (self.start is not None and now < self.start):
            return False
        return self.end is None or now.date() <= self.end.date()


def own_price(regular: Decimal, special: Special, now: datetime) -> Price:
    """Return what a product with a price of its own costs. A special price above the usual one does not count."""
    if special.price is not None and special.holds(now):
        return Price(regular, min(regular, special.price))
    return Price(regular, regular)


def cheapest(prices: Iterable[Price]) -> Price:
    """Return the lower ends of several prices, `FREE` when there are none."""
    found = list(prices)
    return Price(min(p.regular for p in found), min(p.final for p in found)) if found else FREE


def dearest(prices: Iterable[Price]) -> Price:
    """Return the upper ends of several prices, `FREE` when there are none."""
    found = list(prices)
    return Price(max(p.regular for p in found), max(p.final for p in found)) if found else FREE


def total(prices: Iterable[Price]) -> Price:
    """Return what several things cost together."""
    found = list(prices)
    return Price(sum((p.regular for p in found), ZERO), sum((p.final for p in found), ZERO))


@dataclass(frozen=True, slots=True)
class Part:
    """A selection of a bundle's choice: what it costs in the default quantity."""

    price: Price
    salable: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a bundle. ``several``: more than one selection may be taken."""

    parts: Sequence[Part]
    required: bool
    several: bool


def bundle_range(choices: Sequence[Choice]) -> tuple[Price, Price]:
    """Return the least and the most that a bundle of parts may cost.

    The least takes the cheapest of every required choice; without a required one, the cheapest part of all.
    """
    offered = [[p.price for p in c.parts if p.salable] or [p.price for p in c.parts] for c in choices]
    required = [cheapest(prices) for prices, c in zip(offered, choices, strict=True) if c.required and prices]
    least = total(required) if required else cheapest(price for prices in offered for price in prices)
    most = total(
        total(prices) if c.several else dearest(prices) for prices, c in zip(offered, choices, strict=True) if prices
    )
    return least, most

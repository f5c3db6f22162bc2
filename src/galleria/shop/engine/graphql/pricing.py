"""What Oscar's offers see of our prices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from oscar.apps.partner.availability import Available
from oscar.apps.partner.prices import FixedPrice
from oscar.apps.partner.strategy import Base, PurchaseInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oscar.apps.basket.abstract_models import AbstractLine


class CartStrategy(Base):  # type: ignore[misc]  # Oscar has no types
    """Gives each line the price that the cart worked out; availability was checked before a line was made."""

    def __init__(self, prices: Mapping[int, Decimal], currency: str) -> None:
        super().__init__()
        self._prices = prices
        self._currency = currency

    def fetch_for_line(self, line: AbstractLine, stockrecord: object = None) -> PurchaseInfo:
        """Return a line's price, without tax: taxes are worked out afterwards."""
        price = FixedPrice(self._currency, self._prices[line.pk], tax=Decimal(0))
        return PurchaseInfo(price=price, availability=Available(), stockrecord=line.stockrecord)

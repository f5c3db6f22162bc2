"""Amounts on the wire: numbers, not strings, as Magento sends them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """Return an amount in whole cents, half a cent up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def number(amount: Decimal) -> float | int:
    """Return what JSON shows for an amount: ``49`` for 49.00, ``19.2`` for 19.20."""
    value = rounded(amount)
    whole = int(value)
    return whole if value == whole else float(value)


def money(amount: Decimal, currency: str) -> dict[str, object]:
    """Return the contract's ``Money``."""
    return {"value": number(amount), "currency": currency}

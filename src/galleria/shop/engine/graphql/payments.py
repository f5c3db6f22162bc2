"""How an order can be paid. Offline only: no field of this store ever takes card data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from galleria.shop.engine.graphql.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Method:
    """One way of paying."""

    code: str
    title: str


CHECK: Final = Method("checkmo", "Check / Money order")
FREE: Final = Method("free", "No Payment Information Required")


def methods_for(grand_total: Decimal) -> list[Method]:
    """Return what may be chosen: the free one only when there is nothing to pay."""
    return [CHECK] if grand_total else [CHECK, FREE]


def method(code: str, grand_total: Decimal) -> Method:
    """Return the named method. Raises InvalidInput when it may not be chosen."""
    for candidate in methods_for(grand_total):
        if candidate.code == code:
            return candidate
    raise InvalidInput("The requested Payment Method is not available.")

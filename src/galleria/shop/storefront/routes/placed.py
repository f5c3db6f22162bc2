"""Which carts of late became which orders: what a double click asks for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from galleria.shop.storefront.data.purchases import PlacedOrder

LIMIT: Final = 1000


class PlacedOrders:
    """Lets one order a cart be placed at a time, and remembers it for who asks again."""

    def __init__(self) -> None:
        self._orders: OrderedDict[str, PlacedOrder] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    def lock(self, cart_id: str) -> asyncio.Lock:
        """Return the lock to hold while placing the order of a cart."""
        self._locks = {key: lock for key, lock in self._locks.items() if lock.locked() or key == cart_id}
        return self._locks.setdefault(cart_id, asyncio.Lock())

    def order(self, cart_id: str) -> PlacedOrder | None:
        """Return the order that a cart became, if it did of late."""
        return self._orders.get(cart_id)

    def remember(self, cart_id: str, order: PlacedOrder) -> None:
        """Note what a cart became."""
        self._orders[cart_id] = order
        while len(self._orders) > LIMIT:
            self._orders.popitem(last=False)

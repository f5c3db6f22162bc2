"""Which carts of late became which orders: what a double click asks for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

LIMIT: Final = 1000


class PlacedOrders:
    """Lets one order a cart be placed at a time, and remembers its number for who asks again."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[str, str] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    def lock(self, cart_id: str) -> asyncio.Lock:
        """Return the lock to hold while placing the order of a cart."""
        self._locks = {key: lock for key, lock in self._locks.items() if lock.locked() or key == cart_id}
        return self._locks.setdefault(cart_id, asyncio.Lock())

    def number(self, cart_id: str) -> str | None:
        """Return the order that a cart became, if it did of late."""
        return self._numbers.get(cart_id)

    def remember(self, cart_id: str, number: str) -> None:
        """Note what a cart became."""
        self._numbers[cart_id] = number
        while len(self._numbers) > LIMIT:
            self._numbers.popitem(last=False)

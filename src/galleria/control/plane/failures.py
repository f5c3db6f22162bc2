"""Counts failed authentications by address, so that guessing is slowed down and cannot flood the audit."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

ALLOWED: Final = 10
"""Failures that one address may have within `WINDOW`."""

WINDOW: Final = timedelta(minutes=1)
_ADDRESSES: Final = 4096


class Failures:
    """The last failures of each address. A good token is never counted against, so nobody can lock others out."""

    def __init__(self) -> None:
        self._by_address: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, address: str, now: datetime) -> int:
        """Count one more failure; return how many there are within the window, this one included."""
        with self._lock:
            recent = self._by_address.setdefault(address, deque(maxlen=ALLOWED + 1))
            self._by_address.move_to_end(address)
            while recent and now - recent[0] > WINDOW:
                recent.popleft()
            recent.append(now)
            if len(self._by_address) > _ADDRESSES:
                self._by_address.popitem(last=False)
            return len(recent)

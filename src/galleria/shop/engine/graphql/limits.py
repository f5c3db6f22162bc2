"""How often one client may try a password. In memory of the one engine process of a store."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from galleria.shop.engine.graphql.errors import Category, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable

CREDENTIAL_MUTATIONS: Final = frozenset(
    {
        "changeCustomerPassword",
        "createCustomer",
        "createCustomerV2",
        "generateCustomerToken",
        "requestPasswordResetEmail",
        "resetPassword",
        "updateCustomerEmail",
    }
)
"""Mutations that take or make a password or a token."""

_MAX_KEYS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``times`` in ``seconds``."""

    times: int
    seconds: float


PER_CLIENT: Final = Rate(120, 60.0)
"""Attempts of one client address; a shopper behind a shared address stays below."""

PER_UNKNOWN_CLIENT: Final = Rate(1200, 60.0)
"""Attempts of everybody whose address nobody told: shoppers behind a storefront that does not pass it on."""

PER_ACCOUNT_FAILURES: Final = Rate(10, 600.0)
"""Failed sign-ins for one account from one client address (Magento locks an account after ten)."""


class RateLimiter:
    """Sliding windows, one a key, the longest unused forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def attempt(self, kind: str, key: str, rate: Rate) -> None:
        """Count one attempt.

        Raises RequestRefused (429) when there were too many.
        """
        with self._lock:
            self._require_room(kind, key, rate)
            self._window(kind, key).append(self._clock())

    def require_room(self, kind: str, key: str, rate: Rate) -> None:
        """Refuse when ``rate`` is used up, without counting. Raises RequestRefused (429)."""
        with self._lock:
            self._require_room(kind, key, rate)

    def _require_room(self, kind: str, key: str, rate: Rate) -> None:
        window = self._window(kind, key)
        now = self._clock()
        while window and window[0] <= now - rate.seconds:
            window.popleft()
        if len(window) >= rate.times:
            wait = int(window[0] + rate.seconds - now) + 1
            raise RequestRefused(
                f"Too many attempts. Try again in {wait} seconds.",
                status=429,
                category=Category.AUTHENTICATION,
                retry_after=wait,
            )

    def _window(self, kind: str, key: str) -> deque[float]:
        window = self._windows.setdefault((kind, key), deque())
        self._windows.move_to_end((kind, key))
        while len(self._windows) > _MAX_KEYS:
            self._windows.popitem(last=False)
        return window

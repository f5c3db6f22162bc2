"""Whether what is kept may be shown: one small question to the engine a page, shared by all who ask at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from galleria.shop.storefront.data import asking

SILENT_SECONDS: Final = 60.0
"""How long an engine that does not tell its generation (a Magento) is not asked for it again."""


class Generations:
    """Knows the engine's generation: a word that is another one after any change of what the public may see."""

    def __init__(self, look: Callable[[], Awaitable[str | None]], clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._silent_until = 0.0
        self._running: asyncio.Task[str | None] | None = None
        self._next: asyncio.Task[str | None] | None = None

    async def current(self) -> str | None:
        """Return a generation that was true at some time during this shopper's request; None when none is told.

        Raises `EngineUnavailable`.
        """
        asker = asking.current()
        if asker is None:
            return await self._ask()
        if asker.checked is None:
            asker.checked = asyncio.ensure_future(self._ask())
            asker.checked.add_done_callback(_seen)
        return await asyncio.shield(asker.checked)

    async def _ask(self) -> str | None:
        """Join the next look. Not the one under way: it may have been answered before the change we came to see."""
        if self._clock() < self._silent_until:
            return None
        if self._next is None:
            self._next = asyncio.ensure_future(self._after(self._running))
            self._next.add_done_callback(_seen)
        return await asyncio.shield(self._next)

    async def _after(self, previous: asyncio.Task[str | None] | None) -> str | None:
        if previous is not None and not previous.done():
            await asyncio.wait([previous])
        self._running, self._next = self._next, None
        found = await self._look()
        if found is None:
            self._silent_until = self._clock() + SILENT_SECONDS
        return found


def _seen(done: asyncio.Future[str | None]) -> None:
    """Take note of a failure: every asker may have gone away, and a failure nobody waits for is none."""
    if not done.cancelled():
        done.exception()

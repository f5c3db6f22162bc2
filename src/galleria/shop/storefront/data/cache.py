"""Public answers kept for a few seconds, so that a busy page is asked of the engine once and not a hundred times."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Final, TypeVar, cast

from galleria.shop.storefront.data.errors import EngineUnavailable

T = TypeVar("T")

LIMIT: Final = 400
"""Answers kept at most; the one not asked for longest goes first."""


@dataclass(slots=True)
class _Entry:
    value: object
    made_at: float


class AnswerCache:
    """Holds what is the same for every shopper. Nothing of a cart or a customer ever comes here."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, limit: int = LIMIT) -> None:
        self._clock = clock
        self._limit = limit
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._loading: dict[Hashable, asyncio.Task[object]] = {}

    async def get(
        self, key: Hashable, seconds: float, load: Callable[[], Awaitable[T]], *, rather_old: bool = False
    ) -> T:
        """Return the answer under ``key``, loaded when none is younger than ``seconds``.

        Many askers at once wait for one load. With ``rather_old`` an old answer is better than `EngineUnavailable`.
        """
        entry = self._entries.get(key)
        if entry is not None and self._clock() - entry.made_at < seconds:
            self._entries.move_to_end(key)
            return cast("T", entry.value)
        try:
            return cast("T", await asyncio.shield(self._load(key, load)))
        except EngineUnavailable:
            if entry is not None and rather_old:
                return cast("T", entry.value)
            raise

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def _load(self, key: Hashable, load: Callable[[], Awaitable[object]]) -> asyncio.Task[object]:
        task = self._loading.get(key)
        if task is None:
            task = asyncio.ensure_future(self._fill(key, load))
            self._loading[key] = task
            task.add_done_callback(lambda done: self._loaded(key, done))
        return task

    def _loaded(self, key: Hashable, task: asyncio.Task[object]) -> None:
        del self._loading[key]
        if not task.cancelled():
            task.exception()  # every asker may have gone away; a failure nobody waits for is none

    async def _fill(self, key: Hashable, load: Callable[[], Awaitable[object]]) -> object:
        value = await load()
        self._entries[key] = _Entry(value, self._clock())
        self._entries.move_to_end(key)
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)
        return value

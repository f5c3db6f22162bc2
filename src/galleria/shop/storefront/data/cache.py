"""Public answers kept as long as nothing public changes, so that a busy page is asked of the engine once."""

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

OLDEST_SECONDS: Final = 60.0
"""How old an answer gets though nothing changes: what is new, and what is no longer, goes by the calendar."""


@dataclass(slots=True)
class _Entry:
    value: object
    made_at: float
    generation: str | None


class AnswerCache:
    """Holds what is the same for every shopper. Nothing of a cart or a customer ever comes here.

    ``generation`` says where the engine is now: an answer of the same generation is as good as a new one. Where no
    generation is told, an answer is good for the seconds that the asker names.
    """

    def __init__(
        self,
        generation: Callable[[], Awaitable[str | None]],
        clock: Callable[[], float] = time.monotonic,
        limit: int = LIMIT,
    ) -> None:
        self._generation = generation
        self._clock = clock
        self._limit = limit
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._loading: dict[tuple[Hashable, str | None], asyncio.Task[object]] = {}

    async def get(
        self, key: Hashable, seconds: float, load: Callable[[], Awaitable[T]], *, rather_old: bool = False
    ) -> T:
        """Return the answer under ``key``, loaded when there is none that is still true.

        ``seconds`` is how old it may be where the engine does not tell its generation. Many askers at once wait for
        one load. With ``rather_old`` an old answer is better than `EngineUnavailable`.
        """
        entry = self._entries.get(key)
        try:
            generation = await self._generation()
            entry = self._entries.get(key)
            if entry is not None and self._holds(entry, generation, seconds):
                self._entries.move_to_end(key)
                return cast("T", entry.value)
            return cast("T", await asyncio.shield(self._load(key, generation, load)))
        except EngineUnavailable:
            if entry is not None and rather_old:
                return cast("T", entry.value)
            raise

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def _holds(self, entry: _Entry, generation: str | None, seconds: float) -> bool:
        age = self._clock() - entry.made_at
        if generation is None:
            return age < seconds
        return entry.generation == generation and age < max(seconds, OLDEST_SECONDS)

    def _load(
        self, key: Hashable, generation: str | None, load: Callable[[], Awaitable[object]]
    ) -> asyncio.Task[object]:
        place = (key, generation)
        task = self._loading.get(place)
        if task is None:
            task = asyncio.ensure_future(self._fill(key, generation, load))
            self._loading[place] = task
            task.add_done_callback(lambda done: self._loaded(place, done))
        return task

    def _loaded(self, place: tuple[Hashable, str | None], task: asyncio.Task[object]) -> None:
        del self._loading[place]
        if not task.cancelled():
            task.exception()  # every asker may have gone away; a failure nobody waits for is none

    async def _fill(self, key: Hashable, generation: str | None, load: Callable[[], Awaitable[object]]) -> object:
        value = await load()
        self._entries[key] = _Entry(value, self._clock(), generation)
        self._entries.move_to_end(key)
        while len(self._entries) > self._limit:
            self._entries.popitem(last=False)
        return value

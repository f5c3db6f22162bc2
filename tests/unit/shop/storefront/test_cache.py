"""Answers kept for a few seconds."""

from __future__ import annotations

import asyncio

import pytest

from galleria.shop.storefront.data.cache import AnswerCache
from galleria.shop.storefront.data.errors import EngineUnavailable


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Engine:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False

    async def answer(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise EngineUnavailable
        return self.asked


async def test_an_answer_is_kept_as_long_as_it_may_be() -> None:
    clock, engine = Clock(), Engine()
    cache = AnswerCache(clock)
    assert await cache.get("a", 2, engine.answer) == 1
    clock.now = 1.9
    assert await cache.get("a", 2, engine.answer) == 1
    clock.now = 2.0
    assert await cache.get("a", 2, engine.answer) == 2


async def test_a_crowd_asks_once() -> None:
    cache, engine = AnswerCache(Clock()), Engine()
    answers = await asyncio.gather(*(cache.get("a", 2, engine.answer) for _ in range(50)))
    assert set(answers) == {1}


async def test_one_who_leaves_takes_nobody_along() -> None:
    cache, engine = AnswerCache(Clock()), Engine()
    leaving = asyncio.ensure_future(cache.get("a", 2, engine.answer))
    staying = asyncio.ensure_future(cache.get("a", 2, engine.answer))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 1


async def test_a_failure_is_not_kept() -> None:
    cache, engine = AnswerCache(Clock()), Engine()
    engine.away = True
    with pytest.raises(EngineUnavailable):
        await cache.get("a", 2, engine.answer)
    engine.away = False
    assert await cache.get("a", 2, engine.answer) == 2


async def test_rather_old_than_nothing_only_where_that_is_said() -> None:
    clock, engine = Clock(), Engine()
    cache = AnswerCache(clock)
    await cache.get("a", 2, engine.answer)
    clock.now, engine.away = 100.0, True
    assert await cache.get("a", 2, engine.answer, rather_old=True) == 1
    with pytest.raises(EngineUnavailable):
        await cache.get("a", 2, engine.answer)


async def test_the_one_not_asked_for_longest_goes_first() -> None:
    cache, engine = AnswerCache(Clock(), limit=2), Engine()
    for key in ("a", "b", "a", "c"):
        await cache.get(key, 2, engine.answer)
    asked = engine.asked
    await cache.get("a", 2, engine.answer)
    assert engine.asked == asked
    await cache.get("b", 2, engine.answer)
    assert engine.asked == asked + 1

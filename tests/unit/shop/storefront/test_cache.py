"""Answers kept until something changes, or for a few seconds where nobody says that something did."""

from __future__ import annotations

import asyncio

import pytest

from galleria.shop.storefront.data.cache import OLDEST_SECONDS, AnswerCache
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

    generation: str | None = None

    async def tell(self) -> str | None:
        if self.away:
            raise EngineUnavailable
        return self.generation

    async def answer(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise EngineUnavailable
        return self.asked


async def test_an_answer_is_kept_as_long_as_it_may_be() -> None:
    clock, engine = Clock(), Engine()
    cache = AnswerCache(engine.tell, clock)
    assert await cache.get("a", 2, engine.answer) == 1
    clock.now = 1.9
    assert await cache.get("a", 2, engine.answer) == 1
    clock.now = 2.0
    assert await cache.get("a", 2, engine.answer) == 2


async def test_a_crowd_asks_once() -> None:
    engine = Engine()
    cache = AnswerCache(engine.tell, Clock())
    answers = await asyncio.gather(*(cache.get("a", 2, engine.answer) for _ in range(50)))
    assert set(answers) == {1}


async def test_one_who_leaves_takes_nobody_along() -> None:
    engine = Engine()
    cache = AnswerCache(engine.tell, Clock())
    leaving = asyncio.ensure_future(cache.get("a", 2, engine.answer))
    staying = asyncio.ensure_future(cache.get("a", 2, engine.answer))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 1


async def test_a_failure_is_not_kept() -> None:
    engine = Engine()
    cache = AnswerCache(engine.tell, Clock())
    engine.away = True
    with pytest.raises(EngineUnavailable):
        await cache.get("a", 2, engine.answer)
    engine.away = False
    asked = engine.asked
    assert await cache.get("a", 2, engine.answer) == asked + 1


async def test_rather_old_than_nothing_only_where_that_is_said() -> None:
    clock, engine = Clock(), Engine()
    cache = AnswerCache(engine.tell, clock)
    await cache.get("a", 2, engine.answer)
    clock.now, engine.away = 100.0, True
    assert await cache.get("a", 2, engine.answer, rather_old=True) == 1
    with pytest.raises(EngineUnavailable):
        await cache.get("a", 2, engine.answer)


async def test_the_one_not_asked_for_longest_goes_first() -> None:
    engine = Engine()
    cache = AnswerCache(engine.tell, Clock(), limit=2)
    for key in ("a", "b", "a", "c"):
        await cache.get(key, 2, engine.answer)
    asked = engine.asked
    await cache.get("a", 2, engine.answer)
    assert engine.asked == asked
    await cache.get("b", 2, engine.answer)
    assert engine.asked == asked + 1


async def test_while_nothing_changes_an_answer_is_kept_past_its_seconds() -> None:
    clock, engine = Clock(), Engine()
    engine.generation = "one"
    cache = AnswerCache(engine.tell, clock)
    assert await cache.get("a", 2, engine.answer) == 1
    clock.now = OLDEST_SECONDS - 1
    assert await cache.get("a", 2, engine.answer) == 1
    clock.now = OLDEST_SECONDS
    assert await cache.get("a", 2, engine.answer) == 2


async def test_after_a_change_no_answer_is_kept() -> None:
    clock, engine = Clock(), Engine()
    cache = AnswerCache(engine.tell, clock)
    for count, generation in enumerate(("one", "two", None, "one"), start=1):
        engine.generation = generation
        clock.now += 2
        assert await cache.get("a", 2, engine.answer) == count


async def test_who_comes_after_a_change_does_not_join_a_load_from_before() -> None:
    engine = Engine()
    cache = AnswerCache(engine.tell, Clock())
    let_go, asked = asyncio.Event(), 0

    async def slow() -> int:
        nonlocal asked
        asked += 1
        mine = asked
        await let_go.wait()
        return mine

    engine.generation = "one"
    before = asyncio.ensure_future(cache.get("a", 2, slow))
    await asyncio.sleep(0)
    engine.generation = "two"
    after = asyncio.ensure_future(cache.get("a", 2, slow))
    await asyncio.sleep(0)
    let_go.set()
    assert [await before, await after] == [1, 2]

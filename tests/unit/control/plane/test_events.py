"""Events reach every listener from any thread; states that change by nothing happening are noticed."""

from __future__ import annotations

import asyncio

import pytest

from galleria.contracts.words import StoreState
from galleria.control.plane.events import QUEUE_LENGTH, Broker, Change, Event
from galleria.control.plane.services import observing
from tests.support.planes import Plane

ONE = Event(type=Change.STORE, store_id="shop-001")


async def test_every_listener_hears_from_any_thread() -> None:
    broker = Broker()
    with broker.subscribed() as first, broker.subscribed() as second:
        await asyncio.to_thread(broker.publish, ONE)
        assert await first.next(1) == await second.next(1) == ONE


async def test_nothing_is_heard_after_leaving() -> None:
    broker = Broker()
    with broker.subscribed() as subscription:
        pass
    broker.publish(ONE)
    with pytest.raises(TimeoutError):
        await subscription.next(0.01)


async def test_closing_ends_listeners_of_now_and_of_later() -> None:
    broker = Broker()
    with broker.subscribed() as early:
        broker.close()
        assert await early.next(1) is None
    with broker.subscribed() as late:
        assert await late.next(1) is None


async def test_a_slow_listener_takes_bounded_room_and_still_hears_the_last() -> None:
    broker = Broker()
    with broker.subscribed() as slow:
        broker.publish(*[ONE] * (QUEUE_LENGTH * 3))
        last = Event(type=Change.AUDIT)
        broker.publish(last)
        heard: list[Event | None] = []
        while last not in heard:
            heard.append(await slow.next(1))
        assert len(heard) <= QUEUE_LENGTH


async def test_a_store_that_goes_stale_is_news(plane: Plane) -> None:
    plane.sell()
    before = observing.changes(plane.services, {})
    with plane.services.events.subscribed() as news:
        assert observing.changes(plane.services, before) == before
        plane.clock.pass_by(16)
        after = observing.changes(plane.services, before)
        assert after == {"shop-001": StoreState.UNOBSERVED}
        assert await news.next(1) == ONE

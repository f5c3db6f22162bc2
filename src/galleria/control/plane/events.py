"""Tells whoever listens that something changed, and nothing of what: a listener asks for that itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

QUEUE_LENGTH: Final = 256
"""How many events a slow listener may fall behind; then it is told to look at everything again."""


class Change(StrEnum):
    """What kind of thing changed."""

    STORE = "store"
    DEPLOYMENT = "deployment"
    OPERATION = "operation"
    AUDIT = "audit"
    ROLLOUT = "rollout"


class Event(BaseModel):
    """One change."""

    model_config = ConfigDict(frozen=True)

    type: Change
    store_id: str | None = None
    deployment_id: str | None = None
    rollout_id: str | None = None


class Subscription:
    """One listener's queue. Lives in the loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE_LENGTH)

    def put(self, event: Event | None) -> None:
        """Add an event; None ends the subscription. A full queue is emptied: its listener has lost track anyway."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
        self._queue.put_nowait(event)

    async def next(self, timeout_seconds: float) -> Event | None:
        """Wait for the next event.

        Raises:
            TimeoutError: none came in time.
        """
        async with asyncio.timeout(timeout_seconds):
            return await self._queue.get()


class Broker:
    """Passes events from any thread to every subscription. In this process only."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._lock = threading.Lock()
        self._closed = False

    def publish(self, *events: Event) -> None:
        """Pass ``events`` on. Never waits, never fails."""
        with self._lock:
            listeners = list(self._subscriptions)
        for listener in listeners:
            for event in events:
                _hand_over(listener, event)

    @contextmanager
    def subscribed(self) -> Iterator[Subscription]:
        """Listen for as long as the block runs. Call it in the event loop."""
        subscription = Subscription(asyncio.get_running_loop())
        with self._lock:
            self._subscriptions.add(subscription)
            closed = self._closed
        if closed:
            subscription.put(None)
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.discard(subscription)

    def close(self) -> None:
        """End every subscription, now and from now on."""
        with self._lock:
            self._closed = True
            listeners = list(self._subscriptions)
        for listener in listeners:
            _hand_over(listener, None)


def _hand_over(listener: Subscription, event: Event | None) -> None:
    if not listener.loop.is_closed():
        listener.loop.call_soon_threadsafe(listener.put, event)

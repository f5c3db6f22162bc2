"""Which processes answer: every one is knocked at again and again, and no store waits for another's answer.

A process that runs may still serve nobody: it has just started, is stopped by a signal, or hangs.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from galleria.contracts.wire import ObservedProcess
from galleria.contracts.words import Component, ProcessState, Slot
from galleria.control.delivery.knocking import KnockingPort, socket_of
from galleria.control.delivery.parts import Parts

KNOCK_EVERY_SECONDS: Final = 3.0
"""How often a process that has answered is asked again. One that has not yet is asked at every look."""

SILENCES: Final = 3
"""So many knocks in a row without an answer are a process that hangs; fewer are a busy one."""

PATIENCE_SECONDS: Final = 0.25
"""How long a look waits for answers that are on their way. What comes later is seen at the next look."""

_STORES_AT_ONCE: Final = 8

_Life = tuple[str, Component, Slot, datetime, int]
"""One run of one process: store, component, slot, since when, after how many restarts."""


@dataclass(frozen=True)
class _Heard:
    """What is known of one life. ``asked_at`` is monotonic seconds."""

    asked_at: float = float("-inf")
    answered: bool = False
    silences: int = 0
    silent_since: datetime | None = None

    def asked(self, answered: bool, at: float, now: datetime) -> _Heard:
        if answered:
            return _Heard(asked_at=at, answered=True)
        return _Heard(at, self.answered, self.silences + 1, self.silent_since or now)


@dataclass(frozen=True)
class _Door:
    life: _Life
    component: Component
    socket: Path


@dataclass(frozen=True)
class _Round:
    """One round of knocks at one store, that may not be over yet. ``begun`` is monotonic seconds."""

    begun: float
    begun_at: datetime
    answers: Future[dict[_Life, bool]]


class Answers:
    """Keeps which processes answer. Used by one thread."""

    def __init__(self, parts: Parts, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._parts = parts
        self._patience = patience_seconds
        self._heard: dict[_Life, _Heard] = {}
        self._rounds: dict[str, _Round] = {}
        self._closed = threading.Event()
        self._knockers = ThreadPoolExecutor(_STORES_AT_ONCE, thread_name_prefix="knocking")

    def ask(self, stores: Mapping[str, Sequence[ObservedProcess]]) -> None:
        """Knock wherever it is time to, and take in what has been answered. Waits for at most the patience.

        At one store there is one knock at a time, so that a slow one takes one of the threads and no more.

        :raises RuntimeUnavailable: the runtime does not say where a store's doors are.
        """
        running = {
            store_id: [process for process in processes if process.state is ProcessState.RUNNING]
            for store_id, processes in stores.items()
        }
        lives = {_life(store_id, process) for store_id, processes in running.items() for process in processes}
        self._heard = {life: self._heard.get(life, _Heard()) for life in lives}
        self._take_in()
        begun = [self._begin(store_id, doors) for store_id, doors in self._due(running).items()]
        wait(begun, timeout=self._patience)
        self._take_in()

    def shown(self, store_id: str, process: ObservedProcess) -> ObservedProcess:
        """Return the process as it is for a shopper: starting until it has answered once, silent when it has ceased
        to, or has not begun within the time that any start may take."""
        if process.state is not ProcessState.RUNNING:
            return process
        heard = self._heard.get(_life(store_id, process), _Heard())
        late = self._parts.clock.now() - process.since > timedelta(seconds=self._parts.healthy_seconds)
        if heard.silences >= SILENCES and (heard.answered or late):
            return process.model_copy(update={"state": ProcessState.SILENT, "since": heard.silent_since})
        return process if heard.answered else process.model_copy(update={"state": ProcessState.STARTING})

    def close(self) -> None:
        """Knock no more. A knock that is under way ends by itself."""
        self._closed.set()
        self._knockers.shutdown(wait=False, cancel_futures=True)

    def _due(self, running: Mapping[str, Sequence[ObservedProcess]]) -> dict[str, list[_Door]]:
        due = {}
        for store_id, processes in running.items():
            doors = [self._door(store_id, process) for process in processes if self._is_due(store_id, process)]
            if doors and store_id not in self._rounds:
                due[store_id] = doors
        return due

    def _is_due(self, store_id: str, process: ObservedProcess) -> bool:
        heard = self._heard[_life(store_id, process)]
        return not heard.answered or self._parts.clock.monotonic() - heard.asked_at >= KNOCK_EVERY_SECONDS

    def _door(self, store_id: str, process: ObservedProcess) -> _Door:
        doors = self._parts.runtime.doors(store_id, {process.component: process.slot})
        return _Door(_life(store_id, process), process.component, socket_of(doors, process.component))

    def _begin(self, store_id: str, doors: Sequence[_Door]) -> Future[dict[_Life, bool]]:
        answers = self._knockers.submit(_knock, self._parts.knocking, doors, self._closed)
        clock = self._parts.clock
        self._rounds[store_id] = _Round(clock.monotonic(), clock.now(), answers)
        return answers

    def _take_in(self) -> None:
        over = {store_id: each for store_id, each in self._rounds.items() if each.answers.done()}
        for store_id, each in over.items():
            del self._rounds[store_id]
            for life, answered in each.answers.result().items():
                if life in self._heard:  # else it ended while it was asked
                    self._heard[life] = self._heard[life].asked(answered, each.begun, each.begun_at)


def _knock(knocking: KnockingPort, doors: Sequence[_Door], closed: threading.Event) -> dict[_Life, bool]:
    return {door.life: knocking.healthy(door.component, door.socket) for door in doors if not closed.is_set()}


def _life(store_id: str, process: ObservedProcess) -> _Life:
    return (store_id, process.component, process.slot, process.since, process.restarts)

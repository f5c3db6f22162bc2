"""The book of places: for each store one small file that says which slots are live and what is beside them.

It also says which digest the installed environment had when it was written: what starts from that follows the
installation. As long as a store is in the book, it is here, and its removal can be asked for again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Component, is_store_id
from galleria.control.runtimes import slots as moves
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import Artifact, RuntimeBroken, RuntimeRefused, RuntimeUnavailable
from galleria.control.runtimes.process import artifact
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.slots import Place, Slots

_INSTALLED = "installed"


class Book:
    """The places of every store of one platform."""

    def __init__(self, layout: Layout) -> None:
        self._folder = layout.placements

    def store_ids(self) -> list[str]:
        """Name the stores that are here, in order."""
        return sorted(file.stem for file in self._folder.glob("*.json") if is_store_id(file.stem))

    def known(self, store_id: str) -> str:
        """Return the id of a store that is here.

        :raises RuntimeRefused: there is no such store.
        """
        if not is_store_id(store_id) or not (self._folder / f"{store_id}.json").exists():
            raise _unknown(store_id)
        return store_id

    def read(self, store_id: str) -> Slots:
        """Read a store's places; what starts from the installed environment starts from the one of now.

        :raises RuntimeRefused: there is no such store.
        """
        try:
            text = (self._folder / f"{self.known(store_id)}.json").read_bytes()
            installed = str(json.loads(text)[_INSTALLED])
            slots = moves.from_json(text)
        except FileNotFoundError as error:  # it was removed a moment ago
            raise _unknown(store_id) from error
        except (ValueError, KeyError, TypeError) as error:
            raise RuntimeBroken(f"The placement file of {store_id} is not readable.") from error
        now = artifact.artifact()
        return Slots(*(_following(side, installed, now) for side in (slots.live, slots.beside)))

    def write(self, store_id: str, slots: Slots) -> None:
        """Write a store's places, in one step."""
        text = json.dumps({**json.loads(moves.to_json(slots)), _INSTALLED: artifact.artifact().digest}, indent=1)
        write_atomically(self._folder / f"{store_id}.json", text, mode=0o600)

    @contextmanager
    def alone(self, store_id: str, *, wait: bool = True) -> Iterator[None]:
        """Be the only one, in whatever process, who changes where this store's components are, or the files that follow
        from it. Read the book inside, never before.

        :raises RuntimeUnavailable: somebody else is, and ``wait`` is false.
        """
        file = self._folder / f"{store_id}.lock"
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _take(lock, store_id, wait=wait)
            try:
                yield
            finally:
                if not (self._folder / f"{store_id}.json").exists():  # the store is gone: nothing of it stays
                    file.unlink(missing_ok=True)
        finally:
            os.close(lock)

    def strike(self, store_id: str) -> None:
        """Take a store out of the book. Gone already is fine."""
        (self._folder / f"{store_id}.json").unlink(missing_ok=True)


def _take(lock: int, store_id: str, *, wait: bool) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError as error:
        raise RuntimeUnavailable(f"Somebody is at work on {store_id}.") from error


def _following(side: Mapping[Component, Place], installed: str, now: Artifact) -> dict[Component, Place]:
    return {
        component: replace(place, placement=replace(place.placement, artifact=now))
        if place.placement.artifact.digest == installed
        else place
        for component, place in side.items()
    }


def _unknown(store_id: str) -> RuntimeRefused:
    return RuntimeRefused(f"There is no store {store_id} here.", code=ErrorCode.STORE_NOT_FOUND)

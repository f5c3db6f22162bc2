"""For whom the engine is asked: what belongs to one request of one shopper and not to the process."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Asker:
    """One shopper's request. ``address`` is the client's, as the door tells it; empty when nobody told."""

    address: str = ""
    checked: asyncio.Future[str | None] | None = None
    """The engine's generation as this request found it: one look serves the whole page."""


_asker: ContextVar[Asker | None] = ContextVar("asker", default=None)


def current() -> Asker | None:
    """Return for whom is asked; None outside of a shopper's request."""
    return _asker.get()


@contextlib.contextmanager
def asking(asker: Asker) -> Iterator[None]:
    """Ask for this shopper as long as the block runs."""
    before = _asker.set(asker)
    try:
        yield
    finally:
        _asker.reset(before)


def client_address(forwarded: str) -> str:
    """Return the client's address in an ``X-Forwarded-For``: the last, which our own door wrote. Empty when it is none.

    What stands before it came from outside, where anybody writes what they like.
    """
    last = forwarded.rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(last))
    except ValueError:
        return ""

"""What every service of the plane works with, made once in the wiring."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from galleria import __version__
from galleria.control.audit import chain
from galleria.control.plane.agents import AgentPort
from galleria.control.plane.events import Broker
from galleria.control.plane.failures import Failures
from galleria.control.plane.settings import PlaneSettings
from galleria.control.registry.database import Database

Clock: TypeAlias = Callable[[], datetime]

MAX_PAGE_SIZE: Final = 200

ALIVE: Final = timedelta(seconds=30)
"""A runner that was not heard of for longer is shown as gone. An idle one asks for work every 20 s."""

WORKERS: Final = 32
"""How many agents can be asked at the same time. They have threads of their own: one may take five minutes."""


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@dataclass
class Known:
    """The furthest entry of the audit that this process has verified. What was there once must stay."""

    tail: chain.Tail = field(default_factory=chain.Tail)


@dataclass(frozen=True)
class Services:
    """The parts that services share. Every service is a function that takes this first."""

    settings: PlaneSettings
    database: Database
    agents: AgentPort
    session_secret: bytes
    now: Clock = utc_now
    events: Broker = field(default_factory=Broker)
    known: Known = field(default_factory=Known)
    failures: Failures = field(default_factory=Failures)
    workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORKERS, "agents"))
    version: str = __version__
    started_at: datetime = field(default_factory=utc_now)


@dataclass(frozen=True)
class PageRequest:
    """Which page of a listing; pages count from 1."""

    page: int = 1
    page_size: int = 50

    @property
    def offset(self) -> int:
        """How many items come before it."""
        return (self.page - 1) * self.page_size


def new_id(prefix: str) -> str:
    """Return a new id, such as dep-3f9c2a1b8d7e4f60."""
    return f"{prefix}-{uuid.uuid4().hex[:16]}"

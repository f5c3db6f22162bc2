"""What one GraphQL request carries from resolver to resolver."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from galleria.shop.engine.graphql.limits import RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as the transport knows. ``address`` is the client's, for rate limits only."""

    token: str | None = None
    store_code: str | None = None
    currency: str | None = None
    address: str = ""


@dataclass(slots=True)
class RequestContext:
    """One request. ``tags`` names what the answer was made from (``product:12``, ``category:3``, ``page:home``)."""

    caller: Caller = field(default_factory=Caller)
    tags: set[str] = field(default_factory=set)
    limiter: RateLimiter = field(default_factory=RateLimiter)
    deadline: float = float("inf")
    _memory: dict[str, object] = field(default_factory=dict)

    def tag(self, *names: str) -> None:
        """Note what this answer is made from, so that a change of it drops the cached answer."""
        self.tags.update(names)

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` made for ``key`` in this request, making it the first time."""
        if key not in self._memory:
            self._memory[key] = make()
        value: T = self._memory[key]  # type: ignore[assignment]  # the key decides the type
        return value

    def forget(self, key: str) -> None:
        """Drop what ``once`` keeps for ``key``: it has changed."""
        self._memory.pop(key, None)

"""Where a workflow writes down what it has finished, so that a killed runner goes on from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Checkpoints(Protocol):
    """Remembers the results of acts. Text in, text out: what is remembered is JSON that a person can read."""

    def once(self, name: str, act: Callable[[], str]) -> str:
        """Run ``act`` and remember its result; when it was remembered already, return that and run nothing."""
        ...


class NullCheckpoints:
    """Remembers within one process only."""

    def __init__(self) -> None:
        self.remembered: dict[str, str] = {}

    def once(self, name: str, act: Callable[[], str]) -> str:
        if name not in self.remembered:
            self.remembered[name] = act()
        return self.remembered[name]

"""What the platform knows of itself: the strip under every page, and the platform page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from galleria.contracts.wire import PlaneStatus, RunnerInfo
from galleria.control.plane.ui.views import audit, marks, times

REGISTRY_WORDS: Final[Mapping[str, str]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

_NO_RUNNER: Final = marks.Mark(marks.Tone.BAD, marks.Shape.OCTAGON, "No runner alive")
_QUIET_RUNNER: Final = marks.Mark(marks.Tone.WARN, marks.Shape.TRIANGLE, "Silent")
_ALIVE: Final = marks.Mark(marks.Tone.OK, marks.Shape.CHECK, "Alive")


@dataclass(frozen=True)
class RunnerLine:
    """One runner."""

    runner_id: str
    runtime: str
    mark: marks.Mark
    seen: times.Moment


@dataclass(frozen=True)
class Platform:
    """The strip and the page."""

    version: str
    registry: str
    started: times.Moment
    runners_mark: marks.Mark
    runners: tuple[RunnerLine, ...]
    chain: audit.Chain
    warning: str | None


def platform(status: PlaneStatus, now: datetime) -> Platform:
    """Show the platform. Without a living runner nothing that is asked for will happen: that is said on every page."""
    alive = sum(1 for runner in status.runners if runner.alive)
    return Platform(
        version=status.version,
        registry=REGISTRY_WORDS.get(status.registry, status.registry),
        started=times.moment(status.started_at, now),
        runners_mark=_NO_RUNNER if not alive else marks.Mark(marks.Tone.OK, marks.Shape.CHECK, _count(alive)),
        runners=tuple(_runner(runner, now) for runner in status.runners),
        chain=audit.chain(status.audit, now),
        warning=None
        if alive
        else "No runner is alive: stores keep selling, but nothing that is asked for here happens until one is back. "
        "Look at it with “make status” on its machine.",
    )


def _count(alive: int) -> str:
    return "1 runner alive" if alive == 1 else f"{alive} runners alive"


def _runner(runner: RunnerInfo, now: datetime) -> RunnerLine:
    return RunnerLine(
        runner_id=runner.runner_id,
        runtime=runner.runtime.value,
        mark=_ALIVE if runner.alive else _QUIET_RUNNER,
        seen=times.moment(runner.last_seen_at, now),
    )

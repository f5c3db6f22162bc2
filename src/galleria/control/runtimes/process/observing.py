"""What a store's processes are doing: supervisor states, restarts, memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from galleria.contracts.wire import ObservedProcess
from galleria.contracts.words import Component, ProcessState, Slot
from galleria.control.runtimes.process.launcher import count_starts, read_record
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.sandbox import Launch, Means
from galleria.control.runtimes.process.supervision import Watched

MEASURE_SECONDS: Final = 2.0
"""A program's memory is measured at most this often."""


@dataclass(frozen=True)
class Seen:
    """One process to look at."""

    program: str
    component: Component
    slot: Slot
    live: bool


class Memory:
    """How much memory programs have, measured now and then: the kernel walks all their pages for an answer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, int, int]] = {}

    def of(self, state: Path, program: str) -> int | None:
        """Memory of a running program and all below it, in bytes; what is shared is split among those who share it."""
        record = read_record(Launch(program, (), (), Means.NONE, state=str(state)))
        if record is None:
            self._known.pop(program, None)
            return None
        at, outer, found = self._known.get(program, (float("-inf"), 0, 0))
        if outer != record.outer or self._clock() - at >= MEASURE_SECONDS:
            found = sum(_proportional_bytes(pid) for pid in _family(record.outer))
            self._known[program] = (self._clock(), record.outer, found)
        return found or None


def observed(layout: Layout, seen: Seen, watched: Watched | None, memory: Memory) -> ObservedProcess:
    """Say what one process does; one that the supervisor does not know is stopped."""
    if watched is None:
        return ObservedProcess(
            component=seen.component,
            slot=seen.slot,
            live=seen.live,
            state=ProcessState.STOPPED,
            since=_written(layout, seen.program),
        )
    state = layout.supervisor / "run"
    running = watched.state in (ProcessState.RUNNING, ProcessState.STARTING)
    return ObservedProcess(
        component=seen.component,
        slot=seen.slot,
        live=seen.live,
        state=watched.state,
        since=watched.since,
        restarts=max(0, count_starts(state, seen.program) - 1),
        memory_bytes=memory.of(state, seen.program) if running else None,
    )


def _written(layout: Layout, program: str) -> datetime:
    """When it was written how a program is started; now, if that is being done right now."""
    with suppress(FileNotFoundError):
        return datetime.fromtimestamp(layout.launch_file(program).stat().st_mtime, UTC)
    return datetime.now(UTC)


def _family(pid: int) -> list[int]:
    family = [pid]
    for member in family:
        with suppress(OSError):
            family += map(int, Path(f"/proc/{member}/task/{member}/children").read_text("ascii").split())
    return family


def _proportional_bytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0

"""What a store's processes are doing: supervisor states, restarts, memory."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from galleria.contracts.wire import ObservedProcess
from galleria.contracts.words import Component, ProcessState, Slot
from galleria.control.runtimes.process.launcher import count_starts, read_record
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.sandbox import Launch, Means
from galleria.control.runtimes.process.supervision import Watched


@dataclass(frozen=True)
class Seen:
    """One process to look at."""

    program: str
    component: Component
    slot: Slot
    live: bool


def observed(layout: Layout, seen: Seen, watched: Watched | None) -> ObservedProcess:
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
        memory_bytes=memory_of(state, seen.program) if running else None,
    )


def _written(layout: Layout, program: str) -> datetime:
    """When it was written how a program is started; now, if that is being done right now."""
    with suppress(FileNotFoundError):
        return datetime.fromtimestamp(layout.launch_file(program).stat().st_mtime, UTC)
    return datetime.now(UTC)


def memory_of(state: Path, program: str) -> int | None:
    """Memory of a running program and all below it, in bytes; what is shared is split among those who share it."""
    record = read_record(Launch(program, (), (), Means.NONE, state=str(state)))
    if record is None:
        return None
    total = sum(_proportional_bytes(pid) for pid in _family(record.outer))
    return total or None


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

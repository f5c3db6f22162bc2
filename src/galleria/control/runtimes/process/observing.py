"""What a store's processes are doing: supervisor states, restarts, memory."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from galleria.contracts.wire import ObservedProcess
from galleria.contracts.words import Component, ProcessState, Slot
from galleria.control.runtimes.process.launcher import count_starts, read_record
from galleria.control.runtimes.process.profiles import SHORT_NAMES
from galleria.control.runtimes.process.sandbox import Launch
from galleria.control.runtimes.process.supervision import Watched

COMPONENTS: Final = {short: component for component, short in SHORT_NAMES.items()}
"""Components by what their processes are called."""


def part_of(name: str) -> tuple[Component, Slot]:
    """Tell component and slot from a process name such as ``engine-blue``."""
    short, _, slot = name.rpartition("-")
    return COMPONENTS[short], Slot(slot)


def observed(launch: Launch, launch_file: Path, watched: Watched | None) -> ObservedProcess:
    """Say what one process does; one that the supervisor does not know is stopped."""
    component, slot = part_of(launch.program.partition(":")[2])
    if watched is None:
        written = datetime.fromtimestamp(launch_file.stat().st_mtime, UTC)
        return ObservedProcess(component=component, slot=slot, state=ProcessState.STOPPED, since=written)
    running = watched.state in (ProcessState.RUNNING, ProcessState.STARTING)
    return ObservedProcess(
        component=component,
        slot=slot,
        state=watched.state,
        since=watched.since,
        restarts=max(0, count_starts(Path(launch.state or ""), launch.program) - 1),
        memory_bytes=memory_of(launch) if running else None,
    )


def memory_of(launch: Launch) -> int | None:
    """Memory of a running program and all below it, in bytes; what is shared is split among those who share it."""
    record = read_record(launch)
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

"""Programs that outlived their supervisor: found by the lock that each holds while anything of it runs."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from galleria.control.runtimes.port import RuntimeBroken
from galleria.control.runtimes.process.launcher import read_record
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.sandbox import Launch, Means

_GRACE_SECONDS: Final = 5.0


def running(layout: Layout, prefix: str = "") -> list[str]:
    """Name the programs (with dots for colons) whose lock is held, so that something of them runs."""
    locks = sorted((layout.supervisor / "run").glob(f"{prefix}*.lock"))
    return [lock.name.removesuffix(".lock") for lock in locks if _held(lock)]


def pid_of(layout: Layout, program: str) -> int | None:
    """Return the process whose death is the program's end, whoever stands in for it before the supervisor.

    None if nothing of the program runs, or nobody knows what.
    """
    if program.replace(":", ".") not in running(layout, program.replace(":", ".")):
        return None
    record = read_record(_launch(layout, program))
    if record is None:
        return None
    for pid in (record.inner, record.outer):
        with suppress(ProcessLookupError):
            if pid is not None and os.getpgid(pid) == record.outer:
                return pid
    return None


def end(layout: Layout, prefix: str = "") -> list[str]:
    """End what still runs: TERM first, then KILL. Returns what had to be ended.

    :raises RuntimeBroken: something would not die.
    """
    found = running(layout, prefix)
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _GRACE_SECONDS
        left = running(layout, prefix)
        for program in left:
            _signal(layout, program, number)
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = running(layout, prefix)
        if not left:
            return found
    raise RuntimeBroken(f"Still running, though killed: {', '.join(running(layout, prefix))}.")


def forget(layout: Layout, prefix: str) -> None:
    """Remove the records of ended programs, their count of starts among them."""
    for suffix in ("pid", "info", "starts"):
        for file in (layout.supervisor / "run").glob(f"{prefix}*.{suffix}"):
            file.unlink(missing_ok=True)


def _held(lock: Path) -> bool:
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _signal(layout: Layout, program: str, number: signal.Signals) -> None:
    record = read_record(_launch(layout, program))
    if record is None:
        return
    # The lock is held, so the group exists: its number can't have passed to strangers.
    with suppress(ProcessLookupError):
        os.killpg(record.outer, number)


def _launch(layout: Layout, program: str) -> Launch:
    return Launch(program, (), (), Means.NONE, state=str(layout.supervisor / "run"))

"""The runner as a process: one for each state folder, ended by a signal."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from galleria.control.delivery.runner import Runner
from galleria.control.delivery.settings import RunnerSettings
from galleria.observability import logs

_log = logs.get(__name__)

ALREADY_RUNNING = 3
"""The exit code when another runner works on this state folder."""


def serve(settings: RunnerSettings, make: Callable[[RunnerSettings], Runner]) -> int:
    """Run the runner that ``make`` returns until SIGTERM or SIGINT, and return the exit code.

    End the process with `end`: workflow threads may be in the middle of steps.
    """
    os.umask(0o077)
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with settings.lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _log.error("another runner works on this state folder; stop it first", home=str(settings.home))
            return ALREADY_RUNNING
        stopped = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda _number, _frame: stopped.set())
        _log.info("runner started", slots=settings.slots)
        make(settings).run(stopped)
        _log.info("runner stopped")
        return 0


def end(code: int) -> NoReturn:
    """End the process at once. A step that is cut off runs again after the next start, as after a kill; waiting for
    it would only make a stop slow."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

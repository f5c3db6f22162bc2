"""Stores of a platform that was brought up by a version that knew no slots: one supervisor's group a store.

They are written down as what they are, live in the slot that they run in and started from the installed environment;
their programs keep their names, so that a new supervisor finds them running and adopts them.
"""

from __future__ import annotations

import os
import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.contracts.words import STORE_ID_PATTERN, Slot
from galleria.control.runtimes.port import RuntimeUnavailable
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.supervision import Supervisor

_NAME: Final = re.compile(rf"store-({STORE_ID_PATTERN.strip('^$')})")
_END_SECONDS: Final = 5.0


@dataclass(frozen=True)
class OlderStore:
    """One such store."""

    store_id: str
    conf: Path
    slot: Slot
    wanted: bool
    """Whether it starts with the platform."""


def find(layout: Layout) -> list[OlderStore]:
    """Find the stores that are still supervised as a group."""
    found = []
    for conf in sorted(layout.conf_d.glob("store-*.conf")):
        name = _NAME.fullmatch(conf.stem)
        if name is None or not layout.store(name[1]).root.is_dir():
            continue
        lines = conf.read_text("utf-8").splitlines()
        slot = Slot.GREEN if f"process_name=engine-{Slot.GREEN}" in lines else Slot.BLUE
        found.append(OlderStore(name[1], conf, slot, "autostart=true" in lines))
    return found


def end_supervisor(supervisor: Supervisor) -> None:
    """End the supervisor without a word, so that it stops nothing: what runs goes on, and the next one adopts it.

    :raises RuntimeUnavailable: it answers still.
    """
    if not supervisor.alive():
        return
    os.kill(supervisor.pid(), signal.SIGKILL)
    deadline = time.monotonic() + _END_SECONDS
    while supervisor.alive():
        if time.monotonic() > deadline:
            raise RuntimeUnavailable("The supervisor of the version before does not end.")
        time.sleep(0.02)

"""Files that whoever wrote them did not live to put in their place: removed once nobody can be at it any more.

Files are written under another name first and then renamed. A runner that is killed between the two leaves the first,
which may hold a store's secrets.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from galleria.control.runtimes.process import store_files
from galleria.control.runtimes.process.layout import Layout

OLD_SECONDS: Final = 60.0
"""Writing takes milliseconds, syncing to a busy disk some seconds."""


def sweep(layout: Layout) -> list[str]:
    """Remove them, and return their names."""
    removed = []
    for folder in _folders(layout):
        with suppress(OSError), store_files.opened(*folder) as opened:
            old = [name for name in _names(opened) if _is_half(name) and _age(opened, name) > OLD_SECONDS]
            for name in old:
                store_files.remove(opened, name)
            removed += old
    return removed


def _folders(layout: Layout) -> Iterator[tuple[Path, *tuple[str, ...]]]:
    ours = (layout.supervisor, layout.conf_d, layout.launch_d, layout.placements, layout.reports)
    for folder in (*ours, layout.runner / "stores"):
        yield (folder,)
    for root in layout.instances.glob("*"):
        for below in ((), ("config",), ("run",)):
            yield (root, *below)
    for agent in layout.agents.glob("*"):
        yield (agent,)


def _names(folder: int) -> list[str]:
    return os.listdir(folder)


def _is_half(name: str) -> bool:
    return name.startswith(".") and name.endswith(".new")


def _age(folder: int, name: str) -> float:
    try:
        return time.time() - os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return 0.0

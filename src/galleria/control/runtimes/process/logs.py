"""Store logs that have grown too long while their process runs, and the provisioning's own log.

A store owns the folder above its logs and could plant links in it, so that none is followed.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

LONG_BYTES: Final = 20_000_000
"""A running program's log is cut when it is longer than this."""


def append(folder: Path, name: str, text: str) -> None:
    """Add ``text`` to a log."""
    with _open(folder, name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as log:
        log.write(text.encode("utf-8", "replace"))


def shorten(folder: Path) -> bool:
    """Copy each log that is too long aside and empty it. Its process goes on: it appends. True if there was one."""
    cut = False
    for path in folder.glob("*.log"):
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size < LONG_BYTES:
            continue
        with _open(folder, path.name, os.O_RDWR) as log:
            # On a full disk the copy is cut short, and the log must be emptied all the more.
            with suppress(OSError), _open(folder, f"{path.name}.1", os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as old:
                shutil.copyfileobj(log, old)
            log.truncate(0)
        cut = True
    return cut


def _open(folder: Path, name: str, flags: int) -> BinaryIO:
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        descriptor = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640, dir_fd=place)
    finally:
        os.close(place)
    return os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "wb")

"""The state folder as a place: whose it is, what in it is ours, and who may change it now."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from galleria.control.runtimes.process import folders
from galleria.control.runtimes.process.layout import HOME_LENGTH_LIMIT, Layout
from galleria.control.runtimes.process.progress import REFUSED, Trouble

_MARKS: Final = ("platform.json", "platform.lock", "ids.json", "ids.lock")
"""One of these is there from the first moment of the first `up`."""

_OWN: Final = {
    *_MARKS,
    *("operator-token", ".operator-token-shown", "registry-url"),
    *("supervisor", "plane", "agents", "instances", "runner", "gateway", "doors"),
    *("templates", "artifacts", "bundles", "cache", "trust"),
}
_UNFINISHED: Final = re.compile(r"\.(platform\.json|ids\.json|operator-token|registry-url)\.[0-9a-f]+\.new")
"""What a killed program leaves beside a file that it was writing."""


def check(layout: Layout) -> None:
    """Refuse a folder that can't be the platform's, changing nothing.

    :raises Trouble: refused: the path is too long or no folder, or it belongs to another user or to strangers' files.
    """
    if layout.too_long():
        raise Trouble(
            f"The state folder's path is too long for Unix sockets: {len(os.fsencode(layout.home))} bytes, "
            f"at most {HOME_LENGTH_LIMIT}: {layout.home}.",
            "Choose a shorter one: GALLERIA_HOME=$HOME/galleria",
            REFUSED,
        )
    check_user(layout)
    if layout.home.exists() and not layout.home.is_dir():
        raise Trouble(f"{layout.home} is not a folder.", "Set GALLERIA_HOME to another place.", REFUSED)
    if layout.home.is_dir() and any(layout.home.iterdir()) and not is_ours(layout):
        raise Trouble(
            f"{layout.home} holds other files and no platform; it is left alone.",
            "Set GALLERIA_HOME to an empty folder.",
            REFUSED,
        )


def check_user(layout: Layout) -> None:
    """Refuse another user's platform.

    :raises Trouble: refused.
    """
    foreign = Trouble(f"{layout.home} belongs to another user.", "Run it as that user.", REFUSED)
    for file in (layout.platform_file, layout.lock_file):
        try:
            owner = file.lstat().st_uid
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError as error:
            raise foreign from error
        if owner != os.geteuid():
            raise foreign
    if layout.home.is_dir() and not os.access(layout.home, os.R_OK | os.W_OK | os.X_OK):
        raise foreign


def is_ours(layout: Layout) -> bool:
    """Say whether the folder holds a platform, or what a first `up` made before it was killed."""
    if _says_platform(layout.platform_file):
        return True
    names = {entry.name for entry in layout.home.iterdir()} if layout.home.is_dir() else set()
    return all(_own(name) for name in names) and not names.isdisjoint(_MARKS)


def remove(layout: Layout) -> list[str]:
    """Remove what is ours, then the folder if nothing else is in it. The caller holds the lock, which goes last.

    :returns: the names of what was left alone.
    """
    found = sorted(layout.home.iterdir())
    for entry in found:
        if _own(entry.name) and entry != layout.lock_file:
            folders.take_away(entry)
    layout.lock_file.unlink(missing_ok=True)
    left = [entry.name for entry in found if not _own(entry.name)]
    if not left:
        with suppress(OSError):  # whoever waited for the lock may have begun anew
            layout.home.resolve().rmdir()
    return left


@contextmanager
def locked(layout: Layout) -> Iterator[None]:
    """One `up`, `down` or `reset` at a time; the second waits and then finds it done."""
    lock = _take(layout)
    while not _still_there(lock, layout.lock_file):  # a reset removed it while we waited
        lock.close()
        lock = _take(layout)
    with lock:
        yield


def _take(layout: Layout) -> TextIO:
    while True:
        layout.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # removed between the two
            lock = layout.lock_file.open("w")
            break
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _still_there(lock: TextIO, file: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(lock.fileno()), file.stat())
    return False


def _says_platform(file: Path) -> bool:
    try:
        raw = json.loads(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
        return False
    return isinstance(raw, dict) and {"format", "listen", "port"} <= raw.keys()


def _own(name: str) -> bool:
    return name in _OWN or _UNFINISHED.fullmatch(name) is not None

"""Files in a folder that another user owns: made and opened so that no link planted there leads elsewhere."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o600
_NEW: Final = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_EXISTING: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def stage(target: Path, text: str) -> Path:
    """Write ``text`` to a new file beside ``target`` (0600, the folder owner's, on the disk) and return the file.

    :raises OSError: no room, or no right to write; nothing is left behind.
    """
    staged = target.with_name(f".{target.name}.{secrets.token_hex(8)}.new")
    descriptor = os.open(staged, _NEW | os.O_WRONLY, _PRIVATE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            _give_to_folder_owner(file.fileno(), target.parent)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    return staged


def write(target: Path, text: str) -> None:
    """Put a whole new private file in ``target``'s place; a link that lies there is replaced, not followed."""
    stage(target, text).replace(target)


def read(file: Path) -> str:
    """Read a file, following no link.

    :raises OSError: it is missing, or it is a link.
    """
    with os.fdopen(os.open(file, _EXISTING | os.O_RDONLY), encoding="utf-8") as opened:
        return opened.read()


def open_lock(file: Path) -> int:
    """Open a lock file, making it when it is missing, and return the descriptor (the caller closes it).

    :raises OSError: a link lies there.
    """
    try:
        descriptor = os.open(file, _NEW | os.O_RDWR, _PRIVATE)
    except FileExistsError:
        # Not given away: what lies here already may be a second name of somebody else's file.
        return os.open(file, _EXISTING | os.O_RDWR)
    _give_to_folder_owner(descriptor, file.parent)
    return descriptor


def _give_to_folder_owner(descriptor: int, folder: Path) -> None:
    # The runner writes as root; the gateway, as itself, must be able to open it at its next start.
    owner = folder.stat()
    if owner.st_uid != os.geteuid():
        os.fchown(descriptor, owner.st_uid, owner.st_gid)

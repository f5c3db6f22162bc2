"""Files and links in a folder that its store owns: found by descriptor and by name, so that no link planted there is
followed, neither in a file's place nor in a folder's.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from galleria.control.runtimes.process.sandbox import Identity

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_BYTES: Final = 64 * 1024


@contextmanager
def opened(root: Path, *below: str) -> Iterator[int]:
    """Open ``root`` and then each folder ``below`` it, and yield the last one's descriptor. Whatever holds ``root`` is
    ours.

    :raises OSError: one of them is not there, or a link stands in its place.
    """
    descriptor = os.open(root, _FOLDER)
    try:
        for name in below:
            inner = os.open(name, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def read(folder: int, name: str) -> str | None:
    """Read a file of text, or answer None: it is not there, or is none of ours (a link, too long, not text)."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8") if len(raw) <= _MOST_BYTES else None
    return None


def write(folder: int, name: str, text: str, owner: Identity | None) -> None:
    """Put a whole new file, 0600, in the place of ``name``; whatever lies there is replaced, not followed.

    :raises OSError: nothing has changed.
    """
    staged = _staged(name)
    descriptor = os.open(staged, _NEW, 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if owner is not None:
                os.fchown(descriptor, owner.uid, owner.gid)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.rename(staged, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(staged, dir_fd=folder)
        raise
    os.fsync(folder)


def link(folder: int, name: str, goal: str) -> None:
    """Let ``name`` lead to its neighbour ``goal``, in one step; whatever lies there is replaced, not followed."""
    staged = _staged(name)
    os.symlink(goal, staged, dir_fd=folder)
    try:
        os.rename(staged, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(staged, dir_fd=folder)
        raise


def linked(folder: int, name: str) -> str | None:
    """Say where a link leads, or None if there is no link."""
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError:
        return None


def is_socket(folder: int, name: str) -> bool:
    """Say whether a socket lies there, itself and not by way of a link."""
    try:
        return stat.S_ISSOCK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def remove(folder: int, name: str) -> None:
    """Remove a file, socket or link. Gone already is fine, and so is a folder that stands there: it stays."""
    with suppress(FileNotFoundError, IsADirectoryError, PermissionError):
        os.unlink(name, dir_fd=folder)


def _staged(name: str) -> str:
    return f".{name}.{secrets.token_hex(8)}.new"

"""What is checked before anything starts: Python, state folder, public port. Each refusal names the next step."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from galleria.control.runtimes.process import leftovers
from galleria.control.runtimes.process.layout import HOME_LENGTH_LIMIT, Layout

MISUSE, REFUSED, UNREACHABLE = 2, 3, 4
"""Exit codes, as the command line's: asked wrongly, not possible now, not there."""

OLDEST_PYTHON: Final = (3, 11)


class Stopped(Exception):
    """The act can't be done. Says what is wrong and what to do next."""

    def __init__(self, message: str, next_step: str, *, code: int = REFUSED) -> None:
        super().__init__(message)
        self.next_step = next_step
        self.code = code


@dataclass(frozen=True)
class Door:
    """The one public door: where the gateway listens."""

    listen: str
    port: int

    @property
    def reach(self) -> str:
        """The address by which this machine reaches it."""
        return "127.0.0.1" if self.listen in ("0.0.0.0", "", "::") else self.listen  # noqa: S104 - compared, not bound

    @property
    def public_url(self) -> str:
        """The control plane's address as operators type it."""
        return "http://galleria.localhost" if self.port == 80 else f"http://galleria.localhost:{self.port}"


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> str:
    """Check the interpreter's version and name it.

    :raises Stopped: too old.
    """
    if version < OLDEST_PYTHON:
        raise Stopped(f"Python {version[0]}.{version[1]} is too old.", "Install Python 3.11 or newer.", code=MISUSE)
    return f"Python {version[0]}.{version[1]}"


def check_home(layout: Layout) -> None:
    """Check that the state folder can hold sockets and is ours or free to take.

    :raises Stopped: too long a path, or somebody else's folder.
    """
    if layout.too_long():
        length = len(os.fsencode(layout.home))
        raise Stopped(
            f"The state folder's path is {length} bytes long; Unix sockets allow {HOME_LENGTH_LIMIT}.",
            "Set GALLERIA_HOME to a shorter path.",
            code=MISUSE,
        )
    if layout.home.is_dir() and not is_ours(layout) and any(layout.home.iterdir()):
        raise Stopped(
            f"{layout.home} is not empty and is no state folder of a platform.",
            "Set GALLERIA_HOME to a new or empty folder.",
            code=MISUSE,
        )
    if layout.home.is_dir() and layout.home.stat().st_uid != os.geteuid():
        raise Stopped(f"{layout.home} belongs to another user.", "Run this as the user who brought it up.", code=MISUSE)


def is_ours(layout: Layout) -> bool:
    """Say whether the folder is a platform's state folder."""
    return read_door(layout) is not None


def read_door(layout: Layout) -> Door | None:
    """Read where the platform listens, or None if none was ever set up here."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        raw = json.loads(layout.platform_file.read_text("utf-8"))
        return Door(str(raw["listen"]), int(raw["port"]))
    return None


def check_port(layout: Layout, door: Door) -> None:
    """Check that the public port is free, or held by this platform's own gateway.

    :raises Stopped: somebody else has it, or it may not be had.
    """
    if "gateway" in leftovers.running(layout, "gateway"):
        return
    family = socket.AF_INET6 if ":" in door.listen else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((door.listen, door.port))
        except PermissionError:
            raise Stopped(
                f"Port {door.port} needs root.", "Set GALLERIA_PORT to a port from 1024 on.", code=MISUSE
            ) from None
        except OSError as error:
            holder = who_listens(door.port)
            by = f" by {holder}" if holder else ""
            reason = f"is taken{by}" if error.errno == 98 else f"can't be had on {door.listen} ({error.strerror})"
            raise Stopped(
                f"Port {door.port} {reason}.", "End that program, or set GALLERIA_PORT to a free port."
            ) from error


def who_listens(port: int) -> str:
    """Name the process that listens on a TCP port, as far as this user may know; empty if not."""
    wanted = f"socket:[{_listening_inode(port)}]"
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(os.readlink(link) == wanted for link in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return ""


def _listening_inode(port: int) -> str:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text("ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    return fields[9]
    return ""

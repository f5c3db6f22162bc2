"""User ids of stores and parts, when the platform runs as root: one each, remembered, never shared, never reused."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from galleria.contracts.errors import ErrorCode
from galleria.control.runtimes.files import write_atomically
from galleria.control.runtimes.port import RuntimeRefused
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.sandbox import Identity

GATEWAY: Final = "gateway"
PLANE: Final = "plane"

# Ids above a thousand million belong to nobody by any distribution's policy. Each platform takes a block, chosen by its
# state folder, so that two platforms on one machine have no id in common. A container often maps 65,536 ids only.
_WIDE: Final = (1_000_000_000, 100_000, 10_000)
_NARROW: Final = (45_000, 15, 1_000)


def running_as_root() -> bool:
    """Say whether this process may give others their own user ids."""
    return os.geteuid() == 0


def block(home: Path, uid_map: str) -> range:
    """Choose the platform's block of ids. ``uid_map`` is the text of ``/proc/self/uid_map``."""
    widest = max((int(line.split()[0]) + int(line.split()[2]) for line in uid_map.splitlines()), default=0)
    first, blocks, size = _WIDE if widest > 2_000_000_000 else _NARROW
    number = int.from_bytes(hashlib.sha256(os.fsencode(home)).digest()[:8], "big") % blocks
    return range(first + number * size, first + (number + 1) * size)


class Ids:
    """The remembered ids of one platform. Every method answers None when the platform does not run as root."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def of_part(self, part: str) -> Identity | None:
        """Name the identity of the gateway or the plane."""
        return self._identity(f"/{part}")

    def of_store(self, store_id: str) -> Identity | None:
        """Name the identity of a store; the first time it is chosen and remembered.

        :raises RuntimeRefused: the block is used up.
        """
        return self._identity(store_id)

    def _identity(self, name: str) -> Identity | None:
        if not running_as_root():
            return None
        with self._locked():
            known = self._read()
            if name not in known:
                ids = block(self._layout.home, Path("/proc/self/uid_map").read_text("ascii"))
                number = max([ids.start - 1, *known.values()]) + 1
                if number >= ids.stop:
                    raise RuntimeRefused("All user ids of this platform are used up.", code=ErrorCode.UNAVAILABLE)
                known[name] = number
                write_atomically(self._layout.ids_file, json.dumps(known, indent=1, sort_keys=True), mode=0o600)
        return Identity(known[name], known[name])

    def _read(self) -> dict[str, int]:
        try:
            return {str(name): int(number) for name, number in json.loads(self._layout.ids_file.read_text()).items()}
        except FileNotFoundError:
            return {}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._layout.ids_file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

"""TCP ports for what tests and benches start."""

from __future__ import annotations

import random
import socket
from pathlib import Path
from typing import Final

_LOWEST: Final = 20_000
_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_reserved: Final[list[socket.socket]] = []


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens, and which no other test is given until this process ends.

    It lies below those that the kernel gives to outgoing connections: one of these could take it before the server
    listens, or while a test has ended the server, and a client that knocks at a closed door there may meet itself.
    """
    highest = int(_RANGE.read_text("ascii").split()[0]) - 1
    for port in random.SystemRandom().sample(range(_LOWEST, highest), k=highest - _LOWEST):
        with socket.socket() as probe:
            ours = socket.socket(socket.AF_UNIX)
            try:
                ours.bind(f"\0galleria-test-port-{port}")
                probe.bind(("127.0.0.1", port))
            except OSError:
                ours.close()
                continue
        _reserved.append(ours)
        return port
    raise RuntimeError(f"no port between {_LOWEST} and {highest} is free")

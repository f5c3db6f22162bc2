"""``python -m galleria.control.gateway serve``: write Caddy's one configuration and become Caddy."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sysconfig
from pathlib import Path
from typing import Final, NoReturn

from galleria.control.gateway.config import caddy_config

_QUEUE: Final = 1024


def main() -> NoReturn:
    """Start Caddy; which stores there are it finds out at the doors."""
    parser = argparse.ArgumentParser(prog="python -m galleria.control.gateway", description=__doc__)
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--home", type=Path, required=True, help="the platform's state folder")
    parser.add_argument("--listen", required=True, help="address:port of the public door")
    told = parser.parse_args()
    home: Path = told.home.absolute()
    folder = home / "gateway"
    os.umask(0o077)
    start_file = folder / "caddy.json"
    start_file.write_text(json.dumps(caddy_config(open_door(told.listen)), indent=1), "utf-8")
    caddy = Path(sysconfig.get_path("scripts")) / "caddy"
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    os.chdir(home)  # the paths in the configuration are relative: a Unix socket's may have 107 bytes
    os.execve(caddy, [str(caddy), "run", "--config", str(start_file)], environment)  # noqa: S606 - becoming Caddy


def open_door(listen: str) -> str:
    """Listen on ``address:port`` for Caddy and return Caddy's name for the inherited socket.

    Left to itself, Caddy shares the port with whoever of the same user listens there already (SO_REUSEPORT): two
    platforms on one port would take each other's shoppers. This refuses.
    """
    address, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    door = socket.create_server((address.strip("[]"), int(port)), family=family, backlog=_QUEUE)
    descriptor = door.detach()
    os.set_inheritable(descriptor, True)
    return f"fd/{descriptor}"


if __name__ == "__main__":
    main()

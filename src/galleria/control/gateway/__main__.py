"""``python -m galleria.control.gateway serve``: write Caddy's configuration from the route book and become Caddy."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sysconfig
from pathlib import Path
from typing import Final, NoReturn

from galleria.control.gateway import own_files
from galleria.control.gateway.book import GatewayFolder
from galleria.control.gateway.config import caddy_config
from galleria.control.gateway.port import GatewayUnavailable, Route

_QUEUE: Final = 1024


def main() -> NoReturn:
    """Start Caddy with the routes of the book; the first time with none."""
    parser = argparse.ArgumentParser(prog="python -m galleria.control.gateway", description=__doc__)
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--home", type=Path, required=True, help="the platform's state folder")
    parser.add_argument("--listen", required=True, help="address:port of the public door")
    told = parser.parse_args()
    folder = GatewayFolder(told.home.absolute())
    start_file = write_start_file(folder, open_door(told.listen))
    caddy = Path(sysconfig.get_path("scripts")) / "caddy"
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder.root), "XDG_DATA_HOME": str(folder.root)}
    os.umask(0o077)
    os.execve(caddy, [str(caddy), "run", "--config", str(start_file)], environment)  # noqa: S606 - becoming Caddy


def open_door(listen: str) -> str:
    """Listen on ``address:port`` for Caddy and return Caddy's name for the inherited socket.

    Left to itself, Caddy opens a second socket at every change and closes the first: shoppers who wait in the first
    one's queue at that moment are turned away. An inherited socket has one queue for as long as the process lives.
    """
    address, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    door = socket.create_server((address.strip("[]"), int(port)), family=family, backlog=_QUEUE)
    descriptor = door.detach()
    os.set_inheritable(descriptor, True)
    return f"fd/{descriptor}"


def write_start_file(folder: GatewayFolder, listen: str) -> Path:
    """Write the configuration that Caddy starts with, with a new admin secret, and the door's name into the book."""
    with folder.locked():
        routes: dict[str, Route] = {}
        try:
            _, routes = folder.read()
        except GatewayUnavailable:
            routes = {}
        with folder.staged(listen, routes.values()):
            start_file = folder.root / "caddy.json"
            config = caddy_config(folder.places, listen, routes.values(), folder.renew_secret())
            own_files.write(start_file, json.dumps(config))
    return start_file


if __name__ == "__main__":
    main()

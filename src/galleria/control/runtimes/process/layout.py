"""Where everything of a platform lies under its one state folder. Standard library only: the launcher imports it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOME_LENGTH_LIMIT: Final = 70
"""Longest state folder path in bytes: a Unix socket's path ends at 107 and a store's adds up to 37."""


@dataclass(frozen=True)
class StoreLayout:
    """The places of one store."""

    store_id: str
    root: Path
    agent: Path

    @property
    def env(self) -> Path:
        """The store's configuration with its secrets, 0600."""
        return self.root / ".env"

    @property
    def config(self) -> Path:
        """Each version of the configuration that the store had or has, ``<number>.env``, 0600."""
        return self.root / "config"

    @property
    def data(self) -> Path:
        """The engine's data: born from a template."""
        return self.root / "data"

    @property
    def run(self) -> Path:
        """The sockets of engine and storefront."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """One log a component, written through the launcher."""
        return self.root / "logs"

    @property
    def tmp(self) -> Path:
        """Scratch space on disk."""
        return self.root / "tmp"


@dataclass(frozen=True)
class Layout:
    """The places of a platform. `home` is absolute."""

    home: Path

    @property
    def platform_file(self) -> Path:
        """What `up` was told: port, address, and that this folder is a platform's."""
        return self.home / "platform.json"

    @property
    def registry_file(self) -> Path:
        """The registry's address if it is another than the default, 0600: it may hold a password."""
        return self.home / "registry-url"

    @property
    def lock_file(self) -> Path:
        """Held while the platform is brought up or down."""
        return self.home / "platform.lock"

    @property
    def ids_file(self) -> Path:
        """Which user id each store and part has, when the platform runs as root."""
        return self.home / "ids.json"

    @property
    def plane(self) -> Path:
        """All that the control plane may write."""
        return self.home / "plane"

    @property
    def plane_socket(self) -> Path:
        """Where the plane answers."""
        return self.plane / "run" / "plane.sock"

    @property
    def agents(self) -> Path:
        """One folder a store with its agent's socket: all of a store that the plane can reach."""
        return self.home / "agents"

    @property
    def instances(self) -> Path:
        """One folder a store."""
        return self.home / "instances"

    @property
    def runner(self) -> Path:
        """The runner's token, workflow state and logs."""
        return self.home / "runner"

    @property
    def gateway(self) -> Path:
        """All that the gateway may write: its configuration, health socket and logs."""
        return self.home / "gateway"

    @property
    def doors(self) -> Path:
        """Which host leads to which sockets: links that the runner makes and the gateway follows."""
        return self.home / "doors"

    @property
    def templates(self) -> Path:
        """Store templates, by artifact digest."""
        return self.home / "templates"

    @property
    def artifacts(self) -> Path:
        """The store of artifacts: an OCI image layout."""
        return self.home / "artifacts"

    @property
    def bundles(self) -> Path:
        """One folder an artifact, to start programs from, and the unpacked wheels that they share."""
        return self.home / "bundles"

    @property
    def supervisor(self) -> Path:
        """The supervisor's configuration, sockets, locks and the launch files of every program."""
        return self.home / "supervisor"

    @property
    def supervisor_socket(self) -> Path:
        """Where the supervisor takes commands."""
        return self.supervisor / "supervisor.sock"

    @property
    def supervisor_conf(self) -> Path:
        """The supervisor's own configuration; includes ``conf.d``."""
        return self.supervisor / "supervisord.conf"

    @property
    def down_mark(self) -> Path:
        """A file that says that the platform was brought down on purpose, so nobody mends it."""
        return self.supervisor / "down"

    @property
    def conf_d(self) -> Path:
        """One file a program."""
        return self.supervisor / "conf.d"

    @property
    def launch_d(self) -> Path:
        """One launch file a program, 0600."""
        return self.supervisor / "launch.d"

    @property
    def parts_file(self) -> Path:
        """Which artifacts control plane and runner start from, now and before."""
        return self.supervisor / "parts.json"

    @property
    def installed_file(self) -> Path:
        """What the installed environment is, for a runner that does not start from it."""
        return self.supervisor / "installed.json"

    @property
    def reports(self) -> Path:
        """The last isolation report of each store."""
        return self.supervisor / "isolation"

    @property
    def placements(self) -> Path:
        """One file a store: which slots are live, what is beside them, and from which artifacts they start."""
        return self.supervisor / "placements"

    def store(self, store_id: str) -> StoreLayout:
        """Name the places of one store."""
        return StoreLayout(store_id, self.instances / store_id, self.agents / store_id)

    def launch_file(self, program: str) -> Path:
        """Where the launcher reads how to start ``program``, a name such as ``store-shop-001.engine-blue``."""
        return self.launch_d / f"{program.replace(':', '.')}.json"

    def too_long(self) -> bool:
        """Say whether sockets under this folder would have too long a path."""
        return len(os.fsencode(self.home)) > HOME_LENGTH_LIMIT

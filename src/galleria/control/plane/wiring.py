"""Puts the plane's parts together, for the real process; tests hand in their own."""

from __future__ import annotations

from pathlib import Path

from galleria.control.clients import signing
from galleria.control.plane.agents import SocketAgents
from galleria.control.plane.context import Services
from galleria.control.plane.services import operations
from galleria.control.plane.settings import PlaneSettings
from galleria.control.registry import migrating
from galleria.control.registry.database import Database

SIGNING_KEY = "signing-key"
SESSION_SECRET = "session-secret"  # noqa: S105 - a file's name


def open_services(settings: PlaneSettings) -> Services:
    """Open the registry, bring it up to date, and read the keys.

    Raises:
        OSError: `init` has not made the keys.
        SigningKeyBroken: the signing key is none.
    """
    key = signing.load_or_create(settings.data / SIGNING_KEY)
    secret = (settings.data / SESSION_SECRET).read_bytes()
    database = Database(settings.registry)
    migrating.migrate(database)
    services = Services(
        settings=settings,
        database=database,
        agents=SocketAgents(settings.agents, key),
        session_secret=secret,
    )
    operations.end_abandoned(services)
    return services


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder, if it is not there."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)

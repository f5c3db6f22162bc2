"""Brings a registry to the newest schema."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text

from galleria.control.registry.database import Database

NEWEST: Final = "0002"
"""The newest revision in `migrations/versions`; a test holds the two equal."""

_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_LOCK: Final = 4_715_001
"""The PostgreSQL advisory lock under which one process at a time migrates."""


def level(database: Database) -> str | None:
    """Return the registry's revision, None for an empty database."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def migrate(database: Database) -> None:
    """Bring the registry to `NEWEST`; nothing happens if it is there already, or beyond.

    Migrations only add, so that a control plane that was taken back works on what a newer one has left.
    """
    if (level(database) or "") >= NEWEST:
        return
    # Alembic is only loaded when there is something to do: it would cost every start 10 MB.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with database.writing() as session:
        connection = session.connection()
        if database.kind == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
